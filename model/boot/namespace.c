/* createMountNamespace (contract pipeline 9). */
#include "boot_internal.h"

/* What the original's caller has checked, and what it does not survive. */
static int check_input(struct domain *d, const struct spec *spec, const struct config *conf,
                       struct error *err)
{
    int r = domain_check(d);
    if (r == 0) {
        r = spec_check_limits(d, spec, err);
    }
    if (r == 0) {
        r = root_require(d, spec, err);
    }
    if (r == 0 && conf->overlay && conf->file_access == ACCESS_PROXY && !quirk_on(d, PQ_02)) {
        r = config_check(d, conf, err);
    }
    return r;
}

/* The compiled list is known before the root mount, for the record; its log lines come after it. */
static int prepare(struct pipeline *p)
{
    struct boot_record *rec = p->rec;
    if (compile_list(p->d, p->spec, &rec->compiled) != 0 || record_mounts(rec) != 0) {
        return CODE_FATE;
    }
    p->clean = mem_resize(p->d, NULL, 0, rec->compiled.n, sizeof(*p->clean), "clean destinations");
    for (size_t i = 0; p->clean && i < rec->compiled.n; i++) {
        p->clean[i] = path_clean(p->d, rec->compiled.v[i].m.destination);
        if (!p->clean[i]) {
            return CODE_FATE;
        }
    }
    return p->clean ? provenance_list_rules(rec, p->clean) : CODE_FATE;
}

/* Steps 1 and 2 */
static int make_root(struct pipeline *p, struct error *err)
{
    struct inode *root = NULL;
    int r = root_mount(p, &root, err);
    if (r != 0) {
        return fail_with(p->d, err, r, "failed to create root mount");
    }
    r = mount_ns_new(p->c, root, &p->ns);
    if (r != 0) {
        return fail_with(p->d, err, r, "failed to create root mount namespace");
    }
    p->rec->root.mount_id = p->ns->root->inode->ms->id;
    return 0;
}

/* Steps 3 to 5 */
static int make_mounts(struct pipeline *p, struct error *err)
{
    p->rec->log_dropped = p->d->log_n;
    int r = compile_log(p->d, p->spec);
    for (size_t i = 0; r == 0 && i < p->rec->compiled.n; i++) {
        r = mount_entry(p, i, err);
    }
    if (r != 0) {
        return fail_with(p->d, err, r, "failed to configure mounts");
    }
    return fd_list_check_empty(p->d, &p->fds, err);
}

static int run(struct pipeline *p, struct error *err)
{
    int r = check_input(p->d, p->spec, p->conf, err);
    if (r == 0) {
        r = prepare(p);
    }
    if (r == 0) {
        r = make_root(p, err);
    }
    if (r == 0) {
        r = make_mounts(p, err);
    }
    return r == 0 && domain_dead(p->d) ? CODE_FATE : r;
}

int boot_mount_namespace(struct ctx *c, const struct spec *spec, const struct config *conf,
                         const int *fds, size_t n_fds, struct boot_record *rec,
                         struct mount_ns **ret, struct error *err)
{
    struct pipeline p = {
        .c = c,
        .d = &c->s->d,
        .spec = spec,
        .conf = conf,
        .fds = {.v = fds, .n = n_fds},
        .rec = rec,
    };
    int r = run(&p, err);
    rec->fds_left = fd_list_left(&p.fds);
    for (size_t i = 0; p.clean && i < rec->compiled.n; i++) {
        mem_free(p.clean[i]);
    }
    mem_free(p.clean);
    if (r != 0) {
        mount_ns_put(p.ns);
        return r;
    }
    *ret = p.ns;
    return 0;
}
