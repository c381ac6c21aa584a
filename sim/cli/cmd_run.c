/* simrun run: discover, select, fork, run, record, tell. */
#include "reports.h"
#include "update.h"

#include <simrun/p9.h>

enum { SHOWN_NOTES = 5 };

/* One run on its way; record() sees it. */
struct session {
    struct cli *c;
    struct settings set;
    struct p9_pairs *pairs; /* owned; NULL where open descriptors are counted */
    struct case_source *source;
    struct resume resume;
    struct choice choice;
    struct expect_set *expect;
    struct subject subject;
    struct run *run;
    struct store store;
    struct summary summary;
    struct progress progress;
    struct live_reports reports;
    struct update update;
    const char *fail_on[FAIL_ON_NAMES]; /* names */
    struct ptrvec replay;               /* words */
    FILE *text;                         /* where what people read goes */
    bool answer;
    int failure; /* exit code of a trouble that was already complained about */
};

static void print_notes(const struct session *s)
{
    const char *const *notes;
    size_t n = case_source_notes(s->source, &notes);
    for (size_t i = 0; i < n && i < SHOWN_NOTES && !s->c->o.quiet; i++) {
        (void)complain(s->c, 0, "note: %s", notes[i]);
    }
    if (n > SHOWN_NOTES && !s->c->o.quiet) {
        (void)complain(s->c, 0, "note: and %zu more that were skipped", n - SHOWN_NOTES);
    }
}

/* Cases and what they should come to. An exit code. */
static int read_input(struct session *s)
{
    struct cli *c = s->c;
    struct error err = {0};
    int code = case_source_open(c->d, &s->set.cases, (const char *const *)(void *)c->o.words.p,
                                c->o.words.n, &s->source, &err);
    if (code) {
        code = input_trouble(s->c, code, &err);
        resume_tell_place(c, &s->resume);
        return code;
    }
    print_notes(s);
    code = s->resume.on ? resume_choose(c, &s->resume, &s->set, &s->subject, s->source, &s->choice)
                        : choose_cases(c, &s->set, s->source, &s->choice);
    if (code) {
        return code;
    }
    code = expect_open(c->d, s->source, s->set.profile, &s->expect, &err);
    return code ? input_trouble(s->c, code, &err) : EXIT_FINE;
}

static bool wants_answer(const struct session *s)
{
    struct case_info info;
    if (s->choice.n != 1 || s->resume.on) {
        return false;
    }
    case_source_info(s->source, s->choice.todo[0], &info);
    bool text = s->c->o.format ? !s->reports.on_out : s->c->env->out_tty;
    return case_source_count(s->source) == 1 && info.kind != CASE_SUITE && text && !s->c->o.quiet;
}

static unsigned jobs_of(const struct session *s)
{
    return s->c->o.jobs >= 0 ? (unsigned)s->c->o.jobs : s->c->env->cpus;
}

static bool always_checked(void)
{
#ifdef NDEBUG
    return false;
#else
    return true;
#endif
}

/* Does nothing but the database ask for more than what a run came to? */
static bool only_stored(const struct session *s)
{
    return !s->c->o.no_db && s->reports.n == 0 && !s->answer && !s->c->o.update &&
           !s->c->o.update_all;
}

static int fork_workers(struct session *s)
{
    const struct cli_env *env = s->c->env;
    struct error err = {0};
    struct run_options o = {
        .subject = &s->subject,
        .source = s->source,
        .expect = s->expect,
        .selection = s->choice.todo,
        .n = s->choice.n,
        .repeat = s->c->o.repeat > 0 ? (unsigned)s->c->o.repeat : 1,
        .retries = (unsigned)s->c->o.retries,
        .fail_on = s->set.fail_on,
        .jobs = jobs_of(s),
        .timeout_ns = s->set.timeout_ns,
        .now = env->now,
        .now_arg = env->arg,
        .stop_fd = cli_watch(s->c),
        .stopping = env->stopping,
        .stopping_arg = env->arg,
        .idle = store_idle,
        .idle_arg = &s->store,
        .pack = only_stored(s),
        .check_descriptors = always_checked(),
    };
    (void)fflush(env->out);
    (void)fflush(env->err);
    int code = run_new(s->c->d, &o, &s->run, &err);
    cli_unwatch(s->c);
    return code ? input_trouble(s->c, code, &err) : EXIT_FINE;
}

/* A gofer in a process of its own says once what confines it. */
static void tell_confinement(struct session *s)
{
    char *text =
        s->c->env->subject || s->c->o.quiet ? NULL : model_confinement(&s->set.model, s->c->d);
    if (text) {
        (void)complain(s->c, 0, "%s", text);
    }
    mem_free(text);
}

/* ------------------------------------------------------------------------------------ records */

/* `updated`: what it expects is about to be what it came to. */
static bool is_failure(const struct session *s, const struct run_record *r, bool updated)
{
    const struct run_options opt = {.fail_on = s->set.fail_on};
    return run_failed(&opt, updated ? VERDICT_PASS : r->verdict->status, r->result->outcome) ||
           (r->flaky && s->set.fail_on_flaky);
}

/* Into the database and the reports. */
static int store_and_report(struct session *s, const struct run_record *r)
{
    struct record_view view;
    if (!s->store.run && s->reports.n == 0) {
        return 0;
    }
    if (r->packed.data) {
        return store_packed(&s->store, &r->packed);
    }
    int code = record_open(&view, r);
    if (code) {
        (void)complain(s->c, 0, "out of memory");
        return code;
    }
    code = store_record(&s->store, &view.result);
    if (code == 0 && !live_reports_result(&s->reports, &view.result)) {
        code = 1;
    }
    record_close(&view);
    return code;
}

static int record(void *arg, const struct run_record *r)
{
    struct session *s = arg;
    bool failed = is_failure(s, r, update_record(&s->update, r));
    int code = store_and_report(s, r);
    code = code ? code : summary_add(&s->summary, r, failed);
    if (code < 0) {
        s->failure = EXIT_HARNESS;
    }
    if (code) {
        return code;
    }
    if (s->answer) {
        answer_print(s->c, s->text, r, s->set.profile);
    }
    progress_step(&s->progress, failed);
    return failed && s->c->o.fail_fast;
}

/* --------------------------------------------------------------------------------- the ending */

static const char *recorded_text(const struct session *s, char *buf, size_t n)
{
    if (!s->store.id) {
        return NULL;
    }
    (void)snprintf(buf, n, "recorded as run %lld in %.400s", (long long)s->store.id, s->store.path);
    return buf;
}

static void tell(struct session *s, int64_t ns, bool complete)
{
    char buf[512];
    const char *recorded = recorded_text(s, buf, sizeof(buf));
    size_t n = s->choice.n;
    unsigned jobs = jobs_of(s) < n ? jobs_of(s) : (unsigned)n;
    if (!s->answer) {
        summary_print(&s->summary, s->c, s->text, ns, jobs ? jobs : 1, recorded, complete);
    } else if (recorded) {
        (void)complain(s->c, 0, "%s", recorded);
    }
}

static int64_t planned(const struct session *s)
{
    return (int64_t)(s->resume.on ? s->choice.n_plan : s->choice.n);
}

static int begin_reports(struct session *s)
{
    const struct rep_run_options *run = &s->store.run_options;
    if (replay_words(s->c->d, run->profile, run->options, &s->replay)) {
        return complain(s->c, EXIT_HARNESS, "out of memory");
    }
    struct rep_report_head head = {
        .replay = replay_text(&s->replay),
        .run = &s->store.run_options,
        .id = s->store.id,
        .planned = planned(s),
        .fail_on = settings_fail_on(&s->set, s->fail_on),
    };
    int code = live_reports_begin(&s->reports, &head);
    return code || !s->resume.on ? code
                                 : live_reports_earlier(&s->reports, s->store.db, s->resume.ref);
}

static int end_reports(struct session *s, bool complete)
{
    char ref[32];
    const char *base = s->store.base;
    struct rep_report_records records = {
        .db = s->store.db,
        .run = ref,
        .base_db = s->store.base_ref.db,
        .base_run = base[0] ? base : NULL,
    };
    struct rep_report_tail tail = {
        .ended = s->store.ended,
        .complete = complete,
        .records = s->store.db ? &records : NULL,
    };
    (void)snprintf(ref, sizeof(ref), "%lld", (long long)s->store.id);
    return live_reports_end(&s->reports, &tail);
}

static int run_all(struct session *s)
{
    const struct cli_env *env = s->c->env;
    struct error err = {0};
    summary_init(&s->summary, s->c->d, s->choice.n);
    s->summary.earlier = s->resume.earlier;
    /* On a terminal the profile need not be told to whoever did not choose it. */
    s->summary.replay = replay_text(&s->replay) + (s->c->o.profile.n ? 0 : 2);
    progress_init(&s->progress, s->c, s->choice.n);
    int64_t start = env->now(env->arg);
    (void)cli_watch(s->c);
    int how = run_go(s->run, record, s, &err);
    cli_unwatch(s->c);
    int64_t ns = env->now(env->arg) - start;
    progress_clear(&s->progress);
    if (how < 0 && !s->failure) {
        s->failure = EXIT_HARNESS;
        (void)complain(s->c, 0, "%s", err.text ? err.text : "out of memory");
    }
    error_release(&err);
    bool piped = ferror(env->out) != 0;
    if (!s->failure) {
        s->failure = update_end(&s->update, s->text, how != RUN_STOPPED);
    }
    if (!piped && !s->failure) {
        tell(s, ns, how == RUN_COMPLETE);
    }
    int ended = store_end(&s->store, how == RUN_COMPLETE, s->text);
    int reported = end_reports(s, how == RUN_COMPLETE);
    int code = s->failure              ? s->failure
               : ended == EXIT_HARNESS ? ended
               : piped                 ? EXIT_FINE
                                       : reported;
    int output = code ? code : finish_output(s->c);
    if (output) {
        return output;
    }
    bool failed = s->summary.failed || s->summary.earlier.failed;
    return how == RUN_STOPPED ? EXIT_INTERRUPTED : failed ? EXIT_FAILED : ended;
}

static int run_session(struct session *s)
{
    struct error err = {0};
    int code = settings_init(s->c, &s->set, &err);
    if (code) {
        return input_trouble(s->c, code, &err);
    }
    const struct subject *other = s->c->env->subject;
    if (!always_checked() && p9_pairs_new(&s->pairs)) {
        return input_trouble(s->c, error_code(s->c->d, &err, -ENOMEM), &err);
    }
    s->set.model.pairs = s->pairs;
    s->subject = other ? *other : subject_model(&s->set.model, s->set.version);
    code = read_input(s);
    if (code) {
        return code;
    }
    s->answer = wants_answer(s);
    code = live_reports_spare(&s->reports, s->source, s->c->o.no_db ? NULL : cli_db(s->c));
    if (code) {
        return code;
    }
    tell_confinement(s);
    code = fork_workers(s);
    code = code ? code : live_reports_open(&s->reports, planned(s));
    code =
        code ? code
             : store_open(&s->store, s->c, &s->set, &s->subject, s->source, &s->choice, &s->resume);
    code = code ? code : begin_reports(s);
    code = code ? code : update_begin(&s->update, s->c, s->source, s->expect);
    return code ? code : run_all(s);
}

/* Options that only make sense together, or not at all. */
static int check_together(struct cli *c)
{
    if (c->o.retries && c->o.repeat > 1) {
        return complain(c, EXIT_USAGE,
                        "--repeat and --retries exclude each other: a repeated case runs again "
                        "whatever it gives");
    }
    if (c->o.seed >= 0 && !c->o.shuffle) {
        return complain(c, EXIT_USAGE, "--seed goes with --shuffle");
    }
    if (c->o.no_db && c->o.db && !c->o.failed && !c->o.changed_since) {
        return complain(c, EXIT_USAGE,
                        "--db does not go with --no-db, where --failed or --changed-since do not "
                        "read it");
    }
    if (c->o.run && !c->o.failed) {
        return complain(c, EXIT_USAGE, "--run goes with --failed");
    }
    return EXIT_FINE;
}

int cmd_run(struct cli *c)
{
    struct session s = {.c = c};
    int code = resume_load(c, &s.resume);
    code = code ? code : check_together(c);
    code = code ? code : update_check(c);
    code = code ? code : live_reports_init(&s.reports, c);
    s.text = s.reports.on_out ? c->env->err : c->env->out;
    code = code ? code : run_session(&s);
    live_reports_release(&s.reports);
    replay_release(&s.replay);
    update_release(&s.update);
    run_free(s.run);
    store_close(&s.store);
    summary_release(&s.summary);
    expect_free(s.expect);
    choice_release(&s.choice);
    case_source_free(s.source);
    settings_release(&s.set);
    p9_pairs_free(s.pairs);
    if (s.resume.on) {
        c->o.words.n = 0; /* they belong to the record */
    }
    resume_release(&s.resume);
    return code;
}
