/* Opening and closing the world of a case. */
#include "world.h"

#include "keep.h"

#include <simrun/fs/dev.h>
#include <simrun/fs/devpts.h>
#include <simrun/fs/host.h>
#include <simrun/fs/sys.h>
#include <simrun/fs/tmpfs.h>

static void init_domain(struct domain *d, const char *name, const struct model_options *opt)
{
    domain_init(d, name, opt->profile);
    for (size_t i = 0; i < opt->n_quirks; i++) {
        d->quirks.value[opt->quirks[i].quirk] = opt->quirks[i].value;
    }
}

/* ----------------------------------------------------------------------------------------------
 * host side */

static int open_host(struct world *w, struct error *err)
{
    struct domain *d = &w->host_d;
    int r;
    if (w->opt->host == HOST_BACKEND_DIR) {
        r = scratch_new(d, w->opt->scratch, &w->scratch);
        r = r ? r : host_dir_new(d, scratch_fd(w->scratch), &w->host);
    } else {
        r = host_mem_new(d, &w->host);
    }
    if (r) {
        return error_code(&w->s.d, err, r), error_wrap(&w->s.d, err, "making the host side");
    }
    struct error place = {0};
    r = case_place(w->c, w->host, &place);
    if (r) {
        r = error_set(&w->s.d, err, r, "%s", place.text ? place.text : code_text(r));
        error_release(&place);
        return r;
    }
    struct host_label *labels =
        mem_resize(d, NULL, 0, w->c->n_trees + 1, sizeof(*labels), "labels");
    if (!labels) {
        return CODE_FATE;
    }
    case_labels(w->c, labels);
    r = host_snapshot_new(w->host, d, labels, w->c->n_trees, &w->before);
    mem_free(labels);
    return r ? error_code(&w->s.d, err, r) : 0;
}

/* -------------------------------------------------------------------------------------------------
 * gofer */

/* One channel: a socketpair between the sentry and the gofer, served at an attach point. */
static int open_channel(struct world *w, int number, const struct boot_attach *attach)
{
    struct owned_fd *ours, *theirs;
    struct gofer_point *point;
    struct gofer_channel *channel;
    bool kept = w->opt->pairs && w->opt->gofer == GOFER_INLINE;
    int r = kept ? p9_pairs_take(w->opt->pairs, &w->s.d, &w->gofer_d, &ours, &theirs)
                 : p9_socketpair(&w->s.d, &w->gofer_d, &ours, &theirs);
    if (r) {
        return r;
    }
    r = gofer_point_new(w->task_g.gofer,
                        &(struct gofer_attach){.prefix = attach->path,
                                               .ro_mount = attach->read_only,
                                               .lazy_open_for_write = attach->lazy_open},
                        &point);
    r = r ? r : gofer_serve(point, theirs, &channel);
    if (r) {
        owned_fd_free(ours);
        return r;
    }
    struct p9_pump pump = gofer_task_pump(&w->task_g, (size_t)number, channel, ours->fd);
    return gofer_channels_add(&w->channels, number, ours, &pump);
}

static size_t count_channels(struct world *w)
{
    size_t n = 1;
    for (size_t i = 0; i < w->c->real.n_mounts; i++) {
        n += mount_is_9p(&w->s.d, &w->c->real.mounts[i]);
    }
    return n;
}

static int open_gofer(struct world *w)
{
    struct boot_plan plan = {0};
    int r = boot_gofer_plan(&w->s.d, &w->c->real, &w->c->config, w->c->bundle, &plan);
    if (r) {
        return r;
    }
    if (plan.n) {
        r = gofer_task_open(&w->task_g, w->opt->gofer, &w->gofer_d, &w->host_d, w->host,
                            w->scratch ? NULL : w->before, plan.n);
        w->fds = r ? NULL : mem_resize(&w->s.d, NULL, 0, plan.n, sizeof(int), "fd list");
        r = r ? r : w->fds ? 0 : CODE_FATE;
    }
    for (size_t i = 0; i < plan.n && r == 0; i++) {
        r = open_channel(w, (int)i, &plan.v[i]);
        w->fds[w->n_fds++] = (int)i;
    }
    if (plan.n && r == 0) {
        r = gofer_task_start(&w->task_g);
    }
    boot_plan_release(&plan);
    return r;
}

/* -------------------------------------------------------------------------------------------------
 * sentry */

static int register_filesystems(struct world *w)
{
    struct sentry *s = &w->s;
    int r = fs_tmpfs_register(s);
    r = r ? r : fs_dev_register(s);
    r = r ? r : fs_devpts_register(s);
    r = r ? r : fs_sys_register(s);
    r = r ? r : fs_proc_register(s, &w->kernel);
    r = r ? r : fs_host_register(s, w->host);
    return r ? r : fs_gofer_register(s, &w->channels);
}

int world_open(struct world *w, const struct model_options *opt, const struct sim_case *c,
               struct error *err)
{
    memset(w, 0, sizeof(*w));
    w->opt = opt;
    w->c = c;
    init_domain(&w->host_d, "host side", opt);
    init_domain(&w->gofer_d, "gofer", opt);
    sentry_init(&w->s, "sentry", opt->profile);
    w->s.d.quirks = w->host_d.quirks;
    gofer_channels_init(&w->channels, &w->s.d);
    kernel_init(&w->kernel);
    task_init(&w->task, "init");
    w->tasks[0] = &w->task;
    w->kernel.tasks = w->tasks;
    w->kernel.tasks_n = 1;
    int r = open_host(w, err);
    r = r ? r : register_filesystems(w);
    if (r == 0) {
        w->n_restore_fds = count_channels(w);
        r = open_gofer(w);
    }
    if (r && r != CODE_FATE && !err->text) {
        r = error_code(&w->s.d, err, r);
    }
    return r;
}

/* ------------------------------------------------------------------------------------------------
 * closing */

const struct domain *world_dead(struct world *w)
{
    if (domain_dead(&w->s.d)) {
        return &w->s.d;
    }
    if (!gofer_task_over(&w->task_g)) {
        return NULL;
    }
    return domain_dead(&w->gofer_d) ? &w->gofer_d : domain_dead(&w->host_d) ? &w->host_d : NULL;
}

/* A mem host that a process served changed there: its report has told. */
static bool changes_are_here(const struct world *w)
{
    return w->opt->gofer != GOFER_PROCESS || w->scratch || !w->n_fds;
}

static int outcome_of_death(struct sim_result *r, const char *death)
{
    return death ? sim_result_outcome(r, OUTCOME_CRASH, death) : 0;
}

int world_close(struct world *w, struct sim_result *r, bool good_end)
{
    const char *death = NULL;
    mem_free(w->fds);
    gofer_channels_release(&w->channels);
    struct leftover l = {.r = r, .where = w->s.d.name};
    sentry_close(&w->s, leftover_report, &l);
    int code = gofer_task_end(&w->task_g, r, good_end, &death);
    code = l.code ? l.code : code ? code : keep_leftovers(&w->gofer_d, r);
    if (good_end && code == 0 && changes_are_here(w)) {
        code = keep_host_diff(w->before, &w->host_d, r);
    }
    host_snapshot_free(w->before);
    host_free(w->host);
    scratch_free(w->scratch);
    int closed = keep_leftovers(&w->host_d, r);
    code = code ? code : closed;
    return code ? code : outcome_of_death(r, death);
}
