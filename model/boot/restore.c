/* createRestoreEnvironment (contract pipeline 15). */
#include "boot_internal.h"

struct restore_run {
    struct domain *d;
    const struct config *conf;
    struct fd_list fds;
    struct restore_env *env;
    size_t cap;
};

/* Takes over `data`, also on failure. */
static int add(struct restore_run *run, const char *fs, char *dev, char *data,
               struct mount_flags flags)
{
    struct restore_env *env = run->env;
    char *name = mem_dup(run->d, fs);
    if (name && dev && data && env->n == run->cap) {
        size_t cap = run->cap ? run->cap * 2 : 8;
        struct restore_mount *v =
            mem_resize(run->d, env->v, run->cap, cap, sizeof(*v), "restore mounts");
        if (v) {
            env->v = v;
            run->cap = cap;
        }
    }
    if (!name || !dev || !data || env->n == run->cap) {
        mem_free(name);
        mem_free(dev);
        mem_free(data);
        return CODE_FATE;
    }
    env->v[env->n++] = (struct restore_mount){.fs = name, .dev = dev, .data = data, .flags = flags};
    return 0;
}

static const char *bool_text(bool b)
{
    return b ? "true" : "false";
}

static int log_added(struct domain *d, const struct restore_mount *m)
{
    CLEANUP_MEM char *q = go_quote(d, m->fs);
    if (!q) {
        return CODE_FATE;
    }
    log_line(d, LOG_INFO,
             "Added mount at %s: {Dev:%s Flags:{ReadOnly:%s NoAtime:%s ForcePageCache:%s} "
             "Data:%s}",
             q, m->dev, bool_text(m->flags.read_only), bool_text(m->flags.no_atime),
             bool_text(m->flags.force_page_cache), m->data);
    return domain_dead(d) ? CODE_FATE : 0;
}

static int add_root(struct restore_run *run, const struct spec *spec, struct error *err)
{
    int fd = -1;
    int r = fd_list_take(run->d, &run->fds, &fd, err);
    if (r == 0) {
        r = root_require(run->d, spec, err);
    }
    if (r != 0) {
        return r;
    }
    struct mount_flags flags = {.read_only = spec->root_readonly};
    return add(run, "9p", mem_dup(run->d, "9pfs-/"), mount_9p_data(run->d, run->conf, fd), flags);
}

/*
 * The 9P filesystem finds its new channel by device string and the last match wins, so two mounts
 * with one destination would both get the second channel (PQ-28).
 */
static int check_key(struct restore_run *run, const char *dev, struct error *err)
{
    for (size_t i = 0; i < run->env->n; i++) {
        const struct restore_mount *m = &run->env->v[i];
        if (strcmp(m->fs, "9p") == 0 && strcmp(m->dev, dev) == 0 && !quirk_on(run->d, PQ_28)) {
            CLEANUP_MEM char *q = go_quote(run->d, dev);
            return q ? error_set(run->d, err, -EEXIST, "two mounts have the device %s", q)
                     : CODE_FATE;
        }
    }
    return 0;
}

static int add_mount(struct restore_run *run, const struct spec_mount *m, struct error *err)
{
    struct mount_choice ch = {.fd = -1};
    int r = mount_choose(run->d, run->conf, m, &run->fds, NULL, &ch, err);
    if (r != 0 || !ch.fs) {
        return r;
    }
    struct mount_flags flags;
    boot_mount_flags(run->d, m->options, m->n_options, &flags);
    if (ch.use_overlay && !quirk_on(run->d, PQ_27)) {
        flags.read_only = true; /* what the live mount got */
    }
    char *dev = mount_device(run->d, m);
    if (dev && strcmp(ch.fs, "9p") == 0) {
        r = check_key(run, dev, err);
    }
    if (r != 0) {
        mem_free(dev);
        mem_free(ch.data);
        return r;
    }
    r = add(run, ch.fs, dev, ch.data, flags);
    return r == 0 ? log_added(run->d, &run->env->v[run->env->n - 1]) : r;
}

static int fill(struct restore_run *run, const struct spec *spec, struct error *err)
{
    if (domain_check(run->d) != 0) {
        return CODE_FATE;
    }
    if (run->conf->file_access == ACCESS_DIRECT) {
        return error_set(run->d, err, -EINVAL,
                         "host filesystem with whitelist not supported with S/R");
    }
    int r = spec_check_limits(run->d, spec, err);
    if (r != 0) {
        return r;
    }
    struct boot_mounts mounts;
    r = boot_compile(run->d, spec, &mounts);
    if (r != 0) {
        return r;
    }
    r = add_root(run, spec, err);
    for (size_t i = 0; r == 0 && i < mounts.n; i++) {
        r = add_mount(run, &mounts.v[i].m, err);
    }
    boot_mounts_release(&mounts);
    return r;
}

int boot_restore_env(struct domain *d, const struct spec *spec, const struct config *conf,
                     const int *fds, size_t n_fds, struct restore_env *ret, struct error *err)
{
    struct restore_env env = {0};
    struct restore_run run = {.d = d, .conf = conf, .fds = {.v = fds, .n = n_fds}, .env = &env};
    int r = fill(&run, spec, err);
    if (r != 0) {
        restore_env_release(&env);
    }
    env.fds_left = fd_list_left(&run.fds); /* PQ-26: no error */
    *ret = env;
    return r;
}

void restore_env_release(struct restore_env *e)
{
    for (size_t i = 0; i < e->n; i++) {
        mem_free(e->v[i].fs);
        mem_free(e->v[i].dev);
        mem_free(e->v[i].data);
    }
    mem_free(e->v);
    *e = (struct restore_env){0};
}
