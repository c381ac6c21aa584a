/* The host side: which channels exist, in which order, what stands behind them (contract pipeline
 * 7). */
#include "boot_internal.h"

static bool has_option(const struct spec_mount *m, const char *option)
{
    for (size_t i = 0; i < m->n_options; i++) {
        if (strcmp(m->options[i], option) == 0) {
            return true;
        }
    }
    return false;
}

/* The attach point of spec mount `index`, -1 = the root. */
static int add(struct domain *d, struct boot_plan *plan, const struct spec *spec,
               const char *bundle, int index)
{
    const struct spec_mount *m = index < 0 ? NULL : &spec->mounts[index];
    char *path = path_abs(d, bundle, m ? m->source : spec->root_path);
    if (!path) {
        return CODE_FATE;
    }
    plan->v[plan->n++] = (struct boot_attach){
        .path = path,
        .read_only = m ? has_option(m, "ro") : spec->root_readonly, /* PQ-08: any `ro` */
        .lazy_open = !m,
        .spec_index = index,
    };
    return 0;
}

int boot_gofer_plan(struct domain *d, const struct spec *spec, const struct config *conf,
                    const char *bundle, struct boot_plan *ret)
{
    struct boot_plan plan = {0};
    if (domain_check(d) != 0) {
        return CODE_FATE;
    }
    if (conf->file_access == ACCESS_DIRECT) {
        *ret = plan;
        return 0;
    }
    plan.v = mem_resize(d, NULL, 0, spec->n_mounts + 1, sizeof(*plan.v), "attach points");
    int r = plan.v ? add(d, &plan, spec, bundle, -1) : CODE_FATE;
    for (size_t i = 0; r == 0 && i < spec->n_mounts; i++) {
        if (mount_is_9p(d, &spec->mounts[i])) {
            r = add(d, &plan, spec, bundle, (int)i);
        }
    }
    if (r != 0 || domain_dead(d)) {
        boot_plan_release(&plan);
        return CODE_FATE;
    }
    *ret = plan;
    return 0;
}

void boot_plan_release(struct boot_plan *p)
{
    for (size_t i = 0; i < p->n; i++) {
        mem_free(p->v[i].path);
    }
    mem_free(p->v);
    *p = (struct boot_plan){0};
}

static int announce(struct domain *d, const struct spec *spec, const struct boot_attach *a, int fd)
{
    const char *where = a->spec_index < 0 ? "/" : spec->mounts[a->spec_index].destination;
    CLEANUP_MEM char *q_where = go_quote(d, where);
    CLEANUP_MEM char *q_path = go_quote(d, a->path);
    if (!q_where || !q_path) {
        return CODE_FATE;
    }
    log_line(d, LOG_INFO, "Serving %s mapped to %s on FD %d", q_where, q_path, fd);
    return domain_dead(d) ? CODE_FATE : 0;
}

int boot_plan_announce(struct domain *d, const struct spec *spec, const struct boot_plan *plan,
                       const int *fds, size_t n_fds, struct error *err)
{
    int r = domain_check(d);
    for (size_t i = 0; r == 0 && i < plan->n; i++) {
        if (i == n_fds) {
            /* the original goes on with a dump of the mount */
            return error_set(d, err, -EINVAL,
                             "No FD found for mount. Did you forget --io-fd? mount: %zu, ", n_fds);
        }
        r = announce(d, spec, &plan->v[i], fds[i]);
    }
    if (r == 0 && n_fds > plan->n) {
        r = error_set(d, err, -EINVAL, "Too many FDs passed for mounts. mounts: %zu, FDs: %zu",
                      plan->n, n_fds);
    }
    return r;
}

int boot_parse_fd_flag(struct domain *d, const char *text, int *ret, struct error *err)
{
    int64_t value = 0;
    int r = go_parse_int(d, "Atoi", text, 10, 64, &value, err);
    if (r != 0) {
        return fail_with(d, err, r, "invalid flag value");
    }
    if (value < 0) {
        return error_set(d, err, -EINVAL, "flag value must be greater than 0: %lld",
                         (long long)value);
    }
    if (value > INT32_MAX) { /* ours: no descriptor has such a number */
        return error_set(d, err, -EINVAL, "flag value must be at most %d: %lld", INT32_MAX,
                         (long long)value);
    }
    *ret = (int)value; /* PQ-07: also 0 */
    return 0;
}
