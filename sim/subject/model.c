/* The model as a subject: one case through one world. */
#include "capture.h"
#include "invariants.h"
#include "ops.h"
#include "provenance.h"
#include "trip.h"
#include "world.h"

#include <simrun/boot.h>

/* --------------------------------------------------------------------------------------------------
 * texts */

/* The W and I lines of a log. */
static int add_log(struct sim_result *r, const struct domain *d, struct sim_texts *list)
{
    struct str line;
    int code = 0;
    str_init(&line, r->d);
    for (size_t i = 0; i < d->log_n && code == 0; i++) {
        if (d->log[i].level != LOG_DEBUG) {
            line.n = 0;
            str_addc(&line, (char)d->log[i].level);
            str_addc(&line, ' ');
            case_show_text(&line, d->log[i].text);
            code = domain_dead(r->d) ? CODE_FATE : sim_result_add(r, list, str_get(&line));
        }
    }
    str_release(&line);
    return code;
}

static int set_outcome(struct sim_result *r, enum sim_outcome outcome, const char *text)
{
    const char *copy = result_shown_text(r, text);
    return copy ? sim_result_outcome(r, outcome, copy) : CODE_FATE;
}

/* What the fate of the world means for the case. Nothing else counts then (golden/README.md). */
static int outcome_of_fate(struct sim_result *r, const struct domain *d)
{
    switch (d->fate) {
    case FATE_PANIC:
        return set_outcome(r, OUTCOME_PANIC, d->fate_text);
    case FATE_HANG:
        return set_outcome(r, OUTCOME_HANG, d->fate_text);
    default:
        return set_outcome(r, OUTCOME_OOM, "out of memory");
    }
}

/* ------------------------------------------------------------------------------------------------
 * the case */

/* What runsc does before the pipeline (contract pipeline 4.1, 5). */
static int check_spec(struct world *w, struct error *err)
{
    if (w->c->entry != ENTRY_RUNSC) {
        return 0;
    }
    int r = config_check(&w->s.d, &w->c->config, err);
    return r ? r : spec_validate(&w->s.d, &w->c->spec, err);
}

/* Operations and capture, by the one process. */
static int run_process(struct world *w, struct mount_ns *ns, struct sim_result *r)
{
    struct process p;
    process_init(&p, &w->s, ns, &w->task);
    w->task.root = ns->root;
    int code = ops_run(&p, w->c, r);
    code = code ? code : capture_tree(&p.c, ns, r);
    w->task.root = NULL;
    process_release(&p);
    return code;
}

static const char *capture_bound(int code)
{
    return code == -E2BIG ? "the tree has more than LIMIT_CAPTURE_NODES (4000000) nodes"
                          : "the tree is deeper than LIMIT_CAPTURE_DEPTH (2048) directories";
}

/* What must hold at the end of any case (contract pipeline 22, vfs 27, filesystems 14). */
static int check_end(struct world *w, const struct boot_record *rec, struct mount_ns *ns,
                     const struct error *err, struct sim_result *r)
{
    const struct invariant_input in = {
        .c = w->c,
        .rec = rec,
        .ns = ns,
        .dead = world_dead(w),
        .error = err->text,
        .n_fds = w->n_fds,
        .rows = &w->s.d.quirks,
        .gofer_rows = w->opt->gofer == GOFER_INLINE ? &w->gofer_d.quirks : NULL,
    };
    return INVARIANTS_ON ? invariants_check(&in, r) : 0;
}

/* The pipeline and all that comes after it. `rec` says how far it came. */
static int run_pipeline(struct world *w, struct boot_record *rec, struct sim_result *r,
                        struct error *err)
{
    struct ctx c = {.s = &w->s, .creds = creds_root(), .umask = 0022};
    struct mount_ns *ns = NULL;
    int code = check_spec(w, err);
    code = code ? code
                : boot_mount_namespace(&c, &w->c->real, &w->c->config, w->fds, w->n_fds, rec, &ns,
                                       err);
    int logged = add_log(r, &w->s.d, &r->log);
    logged = logged ? logged : provenance_keep(rec, w->c, r);
    r->fds_left = (int64_t)rec->fds_left;
    if (code && code != CODE_FATE) {
        code = set_outcome(r, OUTCOME_ERROR, err->text ? err->text : code_text(code));
        code = code ? code : check_end(w, rec, NULL, err, r);
        return code ? code : logged;
    }
    if (code == 0) {
        code = logged ? logged : provenance_sight(ns, r, false);
    }
    if (code == 0) {
        code = run_process(w, ns, r);
    }
    if (code == 0) {
        code = provenance_sight(ns, r, true);
    }
    int checked = check_end(w, rec, code == 0 ? ns : NULL, err, r);
    mount_ns_put(ns);
    code = code == 0 ? checked : code;
    if (code && code != CODE_FATE) {
        return sim_result_outcome(r, OUTCOME_UNSUPPORTED, capture_bound(code));
    }
    return code ? code : logged;
}

/* ------------------------------------------------------------------------------- the restore
 * environment */

static int keep_restore(struct sim_result *r, const struct restore_env *env)
{
    struct sim_restore *out = r->restore;
    if (env->n == 0) {
        return 0;
    }
    out->mounts = mem_resize(r->d, NULL, 0, env->n, sizeof(*out->mounts), "restore mounts");
    if (!out->mounts) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < env->n; i++) {
        const struct restore_mount *m = &env->v[i];
        out->mounts[i] = (struct sim_restore_mount){
            .fs = sim_result_dup(r, m->fs),
            .dev = result_shown_text(r, m->dev),
            .flags = mount_flags_text(m->flags),
            .data = result_shown_text(r, m->data),
        };
        if (!out->mounts[i].fs || !out->mounts[i].dev || !out->mounts[i].data) {
            return CODE_FATE;
        }
    }
    out->n_mounts = env->n;
    return 0;
}

/* In a domain of its own: a panic in here does not change the result of the case (contract pipeline
 * 24). */
static int run_restore(const struct world *w, struct domain *d, struct sim_result *r)
{
    const struct sim_case *c = w->c;
    struct sim_restore *out = sim_result_alloc(r, sizeof(*out));
    int *fds = mem_resize(d, NULL, 0, w->n_restore_fds + 1, sizeof(int), "fd list");
    if (!out || !fds) {
        return CODE_FATE;
    }
    memset(out, 0, sizeof(*out));
    out->error = "";
    r->restore = out;
    for (size_t i = 0; i < w->n_restore_fds; i++) {
        fds[i] = (int)i;
    }
    struct restore_env env = {0};
    struct error err = {0};
    int kept = 0,
        code = boot_restore_env(d, &c->real, &c->config, fds, w->n_restore_fds, &env, &err);
    out->fds_left = (int64_t)env.fds_left;
    if (code == CODE_FATE) {
        out->error = sim_result_printf(r, "panic: %s", d->fate_text);
        out->fds_left = -1;
    } else if (code) {
        out->error = result_shown_text(r, err.text ? err.text : code_text(code));
    } else {
        kept = keep_restore(r, &env);
    }
    restore_env_release(&env);
    error_release(&err);
    mem_free(fds);
    return kept || !out->error ? CODE_FATE : add_log(r, d, &out->log);
}

static int restore_part(struct world *w, struct sim_result *r)
{
    if (!w->c->restore || !w->c->real.has_root) {
        return 0;
    }
    struct domain d;
    domain_init(&d, "restore environment", w->opt->profile);
    d.quirks = w->s.d.quirks;
    int code = run_restore(w, &d, r);
    domain_close(&d, NULL, NULL);
    return code;
}

/* -------------------------------------------------------------------------------------------------
 * result */

/* Rows asked by the sentry up to here (closing it is not part of the case), and by the gofer up to
 * its end, which in a thread or process nobody can see before. */
static int keep_asked(struct sim_result *r, const struct quirks *sentry, const struct quirks *gofer)
{
    for (size_t i = 0; i < QUIRK_COUNT; i++) {
        bool asked = sentry->asked[i] || gofer->asked[i];
        if (asked && sim_result_add(r, &r->asked, quirk_id((enum quirk)i))) {
            return CODE_FATE;
        }
    }
    return 0;
}

static const struct {
    const char *severity, *code;
} finding_names[] = {
    [FINDING_SOURCE_MADE_UP] = {"info", "source-made-up"},
    [FINDING_SOURCE_MISSING] = {"warning", "source-missing"},
    [FINDING_ROOT_MADE_UP] = {"info", "root-made-up"},
};

static int keep_findings(struct sim_result *r, const struct sim_case *c)
{
    for (size_t i = 0; i < c->n_findings; i++) {
        const struct case_finding *f = &c->findings[i];
        if (sim_result_add_finding(r, finding_names[f->kind].severity, finding_names[f->kind].code,
                                   f->text)) {
            return CODE_FATE;
        }
    }
    for (size_t i = 0; i < c->n_warnings; i++) {
        if (sim_result_add_finding(r, "warning", "input", c->warnings[i])) {
            return CODE_FATE;
        }
    }
    return 0;
}

/* The restore trip as a finding: a difference is an error and fails the case, a refusal is the
 * original's. */
static int check_restore(const struct model_options *o, struct domain *d, const struct sim_case *c,
                         struct sim_result *r)
{
    if (!o->restore_check || r->outcome != OUTCOME_OK) {
        return 0;
    }
    struct trip t = {0};
    int code = model_trip(o, d, c, &t);
    if (code || t.outcome == TRIP_NOTHING) {
        return code;
    }
    const char *text;
    bool bad = t.outcome == TRIP_DIFFERENT || t.left != 0;
    if (t.outcome == TRIP_EQUAL) {
        text = sim_result_printf(r, "saved and restored: the tree came back equal (%zu nodes)",
                                 t.n_nodes);
    } else {
        static const char *const what[] = {[TRIP_REJECTED] = "the save is refused",
                                           [TRIP_FAILED] = "the restore fails",
                                           [TRIP_DIFFERENT] = "the restored tree differs"};
        text = sim_result_printf(r, "%s: %s", what[t.outcome], t.text ? t.text : "");
    }
    code =
        text ? sim_result_add_finding(r, bad ? "error" : "info", "restore-check", text) : CODE_FATE;
    trip_release(&t);
    return code;
}

static int run_world(struct world *w, struct sim_result *r, struct error *err)
{
    struct boot_record rec;
    boot_record_init(&rec, &w->s.d);
    int code = run_pipeline(w, &rec, r, err);
    int kept = domain_dead(&w->s.d) ? 0 : restore_part(w, r);
    boot_record_release(&rec);
    return domain_dead(r->d) ? CODE_FATE : code ? code : kept;
}

/* Why a case could not even begin. */
static const char *opening_text(int code, const struct error *err)
{
    const char *text = err->text ? err->text : code_text(code);
    return code == -EMFILE ? "too many open files: its mounts need more than this process may open "
                             "(ulimit -n)"
                           : text;
}

static int model_run(const struct subject *s, struct domain *d, const struct sim_case *c,
                     struct sim_result **ret)
{
    struct sim_result *r = sim_result_new(d, c->name);
    if (!r) {
        return CODE_FATE;
    }
    struct world w;
    struct error err = {0};
    int code = world_open(&w, s->options, c, &err);
    if (code && code != CODE_FATE) {
        code = sim_result_outcome(r, OUTCOME_UNSUPPORTED, opening_text(code, &err));
    } else if (code == 0) {
        code = run_world(&w, r, &err);
    }
    const struct domain *dead = world_dead(&w);
    if (dead && !domain_dead(d)) {
        code = outcome_of_fate(r, dead);
    }
    error_release(&err);
    code = code ? code : keep_findings(r, c);
    r->leaks = w.s.d.leak_count;
    const struct quirks asked = w.s.d.quirks;
    int closed = world_close(&w, r, !dead);
    code = code ? code : closed;
    code = code ? code : keep_asked(r, &asked, &w.gofer_d.quirks);
    code = code ? code : check_restore(s->options, d, c, r);
    if (code) {
        sim_result_free(r);
        return domain_dead(d) ? CODE_FATE : domain_oom(d);
    }
    *ret = r;
    return 0;
}

struct subject subject_model(const struct model_options *options, const char *version)
{
    return (struct subject){
        .name = "model", .version = version, .run = model_run, .options = options};
}

char *model_confinement(const struct model_options *options, struct domain *d)
{
    struct gofer_confinement c;
    struct str s;
    if (options->gofer != GOFER_PROCESS) {
        return NULL;
    }
    str_init(&s, d);
    str_add(&s, "gofer: process, ");
    int code = gofer_confinement_probe(options->host == HOST_BACKEND_DIR, &c);
    if (code) {
        str_addf(&s, "what confines it could not be tried (%s)", code_text(code));
    } else {
        gofer_confinement_text(&c, &s);
    }
    return str_take(&s);
}
