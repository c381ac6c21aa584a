/* Saving the namespace of a case and restoring it into a fresh sentry. */
#include "trip.h"

#include "capture.h"
#include "ops.h"
#include "world.h"

#include <simrun/boot.h>
#include <simrun/fs/dev.h>
#include <simrun/fs/devpts.h>
#include <simrun/fs/host.h>
#include <simrun/fs/sys.h>
#include <simrun/fs/tmpfs.h>

/* Direct access cannot be saved: the host filesystem is not here. */
static const struct save_fs *const filesystems[] = {
    &ramfs_save,  &tmpfs_save,   &fs_dev_save,   &fs_devpts_save,
    &fs_sys_save, &fs_proc_save, &fs_gofer_save,
};

struct second { /* the fresh sentry */
    struct sentry s;
    struct kernel kernel;
    struct task task;
    struct task *tasks[1];
    struct gofer_channels channels;
    struct restore_env env;
    struct load_mount *mounts;
};

struct running {
    struct domain *d;
    struct world w;
    struct saved_ns saved;
    struct sim_result *before, *after;
    struct trip *out;
};

static int end_with(struct running *run, enum trip_outcome outcome, const char *text)
{
    run->out->outcome = outcome;
    mem_free(run->out->text);
    run->out->text = mem_dup(run->d, text);
    return run->out->text ? 0 : CODE_FATE;
}

/* What an error or a fate of a sentry says. 1 = there was one, and the trip ends with it. */
static int end_with_error(struct running *run, enum trip_outcome outcome, struct sentry *s,
                          int code, struct error *err)
{
    const char *text = domain_dead(&s->d) ? s->d.fate_text : err->text;
    int r = end_with(run, outcome, text ? text : code_text(code));
    error_release(err);
    return r ? r : 1;
}

/* ----------------------------------------------------------------------------------- comparing */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The name of the first field that differs, or NULL. */
static const char *field_of_difference(const struct sim_node *a, const struct sim_node *b)
{
    return !same_text(a->type, b->type)           ? "type"
           : !same_text(a->error, b->error)       ? "error"
           : !same_text(a->mode, b->mode)         ? "mode"
           : a->uid != b->uid || a->gid != b->gid ? "owner"
           : a->size != b->size                   ? "size"
           : a->nlink != b->nlink                 ? "nlink"
           : !same_text(a->rdev, b->rdev)         ? "rdev"
           : !same_text(a->target, b->target)     ? "target"
           : !same_text(a->fs, b->fs)             ? "fs"
           : !same_text(a->flags, b->flags)       ? "flags"
           : a->mountpoint != b->mountpoint       ? "mountpoint"
           : a->overlay != b->overlay             ? "overlay"
           : a->special != b->special             ? "special"
           : a->readdir != b->readdir             ? "readdir"
           : !same_text(a->upper, b->upper)       ? "upper"
           : !same_text(a->lower, b->lower)       ? "lower"
                                                  : NULL;
}

static int compare(struct running *run)
{
    const struct sim_result *a = run->before, *b = run->after;
    size_t n = a->n_nodes < b->n_nodes ? a->n_nodes : b->n_nodes;
    for (size_t i = 0; i < n; i++) {
        const struct sim_node *x = &a->nodes[i], *y = &b->nodes[i];
        const char *field = field_of_difference(x, y);
        int order = strcmp(x->path, y->path);
        if (order == 0 && !field) {
            continue;
        }
        CLEANUP_MEM char *text =
            order ? mem_printf(run->d, "%s is only there %s", order < 0 ? x->path : y->path,
                               order < 0 ? "before" : "after")
                  : mem_printf(run->d, "%s of %s", field, x->path);
        return text ? end_with(run, TRIP_DIFFERENT, text) : CODE_FATE;
    }
    if (a->n_nodes != b->n_nodes) {
        const struct sim_result *longer = a->n_nodes > n ? a : b;
        return end_with(run, TRIP_DIFFERENT, longer->nodes[n].path);
    }
    run->out->outcome = TRIP_EQUAL;
    return 0;
}

static int capture(struct sentry *s, struct mount_ns *ns, struct task *task, struct sim_result *r)
{
    struct process p;
    process_init(&p, s, ns, task);
    task->root = ns->root;
    int code = capture_tree(&p.c, ns, r);
    task->root = NULL;
    process_release(&p);
    return code;
}

/* ------------------------------------------------------------------------------------ the first */

static int run_operations(struct running *run, struct mount_ns *ns)
{
    struct world *w = &run->w;
    struct process p;
    process_init(&p, &w->s, ns, &w->task);
    w->task.root = ns->root;
    int code = ops_run(&p, w->c, run->before);
    w->task.root = NULL;
    process_release(&p);
    return code;
}

/* Runs the case, saves it, and takes the tree after that, for saving flushes what was cached. */
static int save_first(struct running *run)
{
    struct world *w = &run->w;
    struct ctx c = {.s = &w->s, .creds = creds_root(), .umask = 0022};
    struct boot_record rec;
    struct error err = {0};
    struct mount_ns *ns = NULL;
    boot_record_init(&rec, &w->s.d);
    int code =
        boot_mount_namespace(&c, &w->c->real, &w->c->config, w->fds, w->n_fds, &rec, &ns, &err);
    boot_record_release(&rec);
    code = code ? code : run_operations(run, ns);
    if (code) {
        return end_with_error(run, TRIP_NOTHING, &w->s, code, &err);
    }
    code = mount_ns_save(&c, ns, filesystems, ARRAY_LEN(filesystems), &run->saved, &err);
    if (code) {
        mount_ns_put(ns);
        return end_with_error(run, TRIP_REJECTED, &w->s, code, &err);
    }
    code = capture(&w->s, ns, &w->task, run->before);
    mount_ns_put(ns);
    run->out->n_nodes = run->before->n_nodes;
    return code ? end_with_error(run, TRIP_NOTHING, &w->s, code, &err) : 0;
}

/* ----------------------------------------------------------------------------------- the second */

static int open_channel(struct running *run, struct second *to, int number,
                        const struct boot_attach *attach)
{
    struct world *w = &run->w;
    struct owned_fd *ours, *theirs;
    struct gofer_point *point;
    struct gofer_channel *channel;
    int r = p9_socketpair(&to->s.d, &w->gofer_d, &ours, &theirs);
    struct gofer_attach at = {
        .prefix = attach->path,
        .ro_mount = attach->read_only,
        .lazy_open_for_write = attach->lazy_open,
    };
    r = r ? r : gofer_point_new(w->task_g.gofer, &at, &point);
    r = r ? r : gofer_serve(point, theirs, &channel);
    if (r) {
        return r;
    }
    struct p9_pump pump = {.run = gofer_channel_pump, .arg = channel};
    return gofer_channels_add(&to->channels, number, ours, &pump);
}

static int open_channels(struct running *run, struct second *to)
{
    const struct sim_case *c = run->w.c;
    struct boot_plan plan = {0};
    int r = boot_gofer_plan(&to->s.d, &c->real, &c->config, c->bundle, &plan);
    for (size_t i = 0; i < plan.n && r == 0; i++) {
        r = open_channel(run, to, (int)i, &plan.v[i]);
    }
    boot_plan_release(&plan);
    return r;
}

static int register_filesystems(struct running *run, struct second *to)
{
    struct sentry *s = &to->s;
    int r = fs_tmpfs_register(s);
    r = r ? r : fs_dev_register(s);
    r = r ? r : fs_devpts_register(s);
    r = r ? r : fs_sys_register(s);
    r = r ? r : fs_proc_register(s, &to->kernel);
    r = r ? r : fs_host_register(s, run->w.host);
    return r ? r : fs_gofer_register(s, &to->channels);
}

static int second_open(struct running *run, struct second *to)
{
    memset(to, 0, sizeof(*to));
    sentry_init(&to->s, "restored sentry", run->w.opt->profile);
    to->s.d.quirks = run->w.s.d.quirks;
    gofer_channels_init(&to->channels, &to->s.d);
    kernel_init(&to->kernel);
    task_init(&to->task, "init");
    to->tasks[0] = &to->task;
    to->kernel.tasks = to->tasks;
    to->kernel.tasks_n = 1;
    int r = register_filesystems(run, to);
    return r ? r : open_channels(run, to);
}

/* The environment as the loader wants it. */
static int make_env(struct running *run, struct second *to, struct load_env *ret, struct error *err)
{
    const struct world *w = &run->w;
    struct domain *d = &to->s.d;
    int *fds = mem_resize(d, NULL, 0, w->n_restore_fds + 1, sizeof(int), "fd list");
    if (!fds) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < w->n_restore_fds; i++) {
        fds[i] = (int)i;
    }
    int r = boot_restore_env(d, &w->c->real, &w->c->config, fds, w->n_restore_fds, &to->env, err);
    mem_free(fds);
    if (r) {
        return r;
    }
    to->mounts = mem_resize(d, NULL, 0, to->env.n + 1, sizeof(*to->mounts), "load mounts");
    if (!to->mounts) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < to->env.n; i++) {
        const struct restore_mount *m = &to->env.v[i];
        to->mounts[i] = (struct load_mount){m->fs, m->dev, m->data, m->flags};
    }
    *ret = (struct load_env){.mounts = to->mounts, .n = to->env.n};
    return 0;
}

static int load_second(struct running *run, struct second *to)
{
    struct ctx c = {.s = &to->s, .creds = creds_root(), .umask = 0022};
    struct error err = {0};
    struct load_env env;
    struct mount_ns *ns = NULL;
    int r = second_open(run, to);
    r = r ? r : make_env(run, to, &env, &err);
    r = r ? r
          : mount_ns_load(&c, &run->saved, filesystems, ARRAY_LEN(filesystems), &env, &ns, &err);
    if (r == 0) {
        r = capture(&to->s, ns, &to->task, run->after);
        mount_ns_put(ns);
    }
    return r ? end_with_error(run, TRIP_FAILED, &to->s, r, &err) : 0;
}

static void second_close(struct running *run, struct second *to)
{
    bool dead = domain_dead(&to->s.d);
    restore_env_release(&to->env);
    mem_free(to->mounts);
    gofer_channels_release(&to->channels);
    size_t left = sentry_close(&to->s, NULL, NULL);
    run->out->left += dead ? 0 : left;
}

/* ----------------------------------------------------------------------------------------- both */

static int run_both(struct running *run)
{
    struct second to;
    int r = save_first(run);
    if (r) {
        return r == 1 ? 0 : r;
    }
    r = load_second(run, &to);
    r = r ? r : compare(run);
    second_close(run, &to);
    return r == 1 ? 0 : r;
}

int model_trip(const struct model_options *options, struct domain *d, const struct sim_case *c,
               struct trip *ret)
{
    struct model_options here = *options;
    here.gofer = GOFER_INLINE;
    struct running run = {.d = d, .out = ret};
    struct error err = {0};
    *ret = (struct trip){0};
    run.before = sim_result_new(d, c->name);
    run.after = run.before ? sim_result_new(d, c->name) : NULL;
    if (!run.after) {
        return CODE_FATE;
    }
    saved_ns_init(&run.saved, d);
    int r = world_open(&run.w, &here, c, &err);
    r = r == 0 ? run_both(&run) : end_with_error(&run, TRIP_NOTHING, &run.w.s, r, &err);
    const struct domain *dead = world_dead(&run.w);
    int closed = world_close(&run.w, run.before, false);
    ret->left += dead ? 0 : run.before->ledger.n;
    saved_ns_release(&run.saved);
    sim_result_free(run.before);
    sim_result_free(run.after);
    return closed == CODE_FATE || domain_dead(d) || r == CODE_FATE ? CODE_FATE : 0;
}

void trip_release(struct trip *t)
{
    mem_free(t->text);
    *t = (struct trip){0};
}
