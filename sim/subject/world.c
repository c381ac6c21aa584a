/* Opening and closing the world of a case. */
#include "world.h"

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
    int r = p9_socketpair(&w->s.d, &w->gofer_d, &ours, &theirs);
    if (r) {
        return r;
    }
    r = gofer_point_new(w->gofer,
                        &(struct gofer_attach){.prefix = attach->path,
                                               .ro_mount = attach->read_only,
                                               .lazy_open_for_write = attach->lazy_open},
                        &point);
    r = r ? r : gofer_serve(point, theirs, &channel);
    if (r) {
        owned_fd_free(ours);
        return r;
    }
    struct p9_pump pump = {gofer_channel_pump, channel};
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
        r = gofer_new(&w->gofer_d, w->host, &w->gofer);
        w->fds = r ? NULL : mem_resize(&w->s.d, NULL, 0, plan.n, sizeof(int), "fd list");
        r = r ? r : w->fds ? 0 : CODE_FATE;
    }
    for (size_t i = 0; i < plan.n && r == 0; i++) {
        r = open_channel(w, (int)i, &plan.v[i]);
        w->fds[w->n_fds++] = (int)i;
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

struct leftover {
    struct sim_result *r;
    const char *where;
    int code;
};

static void report_leftover(void *arg, const char *kind, size_t size)
{
    struct leftover *l = arg;
    const char *text = sim_result_printf(l->r, "%s: %s (%zu bytes)", l->where, kind, size);
    l->code = l->code ? l->code : text ? sim_result_add(l->r, &l->r->ledger, text) : CODE_FATE;
}

static int close_domain(struct domain *d, struct sim_result *r)
{
    struct leftover l = {.r = r, .where = d->name};
    domain_close(d, report_leftover, &l);
    return l.code;
}

static int add_host_diff(struct world *w, struct sim_result *r)
{
    struct ptrvec lines;
    ptrvec_init(&lines, &w->host_d);
    int code = w->before ? host_diff(w->before, &lines) : 0;
    for (size_t i = 0; i < lines.n; i++) {
        code = code ? code : sim_result_add(r, &r->host_diff, lines.p[i]);
        mem_free(lines.p[i]);
    }
    ptrvec_release(&lines);
    return code;
}

int world_close(struct world *w, struct sim_result *r, bool good_end)
{
    mem_free(w->fds);
    gofer_channels_release(&w->channels);
    struct leftover l = {.r = r, .where = w->s.d.name};
    sentry_close(&w->s, report_leftover, &l);
    int code = l.code;
    if (w->gofer) {
        gofer_pump(w->gofer); /* it sees the connections end */
        gofer_free(w->gofer);
    }
    code = code ? code : close_domain(&w->gofer_d, r);
    if (good_end && code == 0) {
        code = add_host_diff(w, r);
    }
    host_snapshot_free(w->before);
    host_free(w->host);
    scratch_free(w->scratch);
    int closed = close_domain(&w->host_d, r);
    return code ? code : closed;
}
