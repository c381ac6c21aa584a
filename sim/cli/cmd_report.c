/* simrun report: a run that was recorded, as a document. */
#include "reports.h"

static int list_formats(struct cli *c)
{
    for (const struct rep_renderer *r = rep_renderers(); r->name; r++) {
        (void)fprintf(c->env->out, "%-8s %s\n", r->name, r->about);
    }
    return finish_output(c);
}

struct reading {
    struct report_target *target;
    int64_t given;
};

static int give(void *arg, const struct rep_result *result)
{
    struct reading *r = arg;
    r->given++;
    return target_result(r->target, result) && !r->target->failed ? 0 : 1;
}

/* The cases that are asked for: words behind the format; all when there are none. */
static size_t names_of(const struct cli *c, const char *const **names)
{
    *names = (const char *const *)(void *)(c->o.words.p + 1);
    return c->o.words.n - 1;
}

/* What goes into the document. */
struct report_source {
    struct rep_db *db;
    struct rep_run_info info;
    struct ptrvec replay; /* words */
    struct run_ref base;  /* of --baseline */
};

static int write_report(struct cli *c, const struct report_source *source,
                        const struct settings *set, struct report_target *t)
{
    const struct rep_run_info *info = &source->info;
    struct rep_db *db = source->db;
    const char *const *names;
    const char *fail_on[FAIL_ON_NAMES];
    size_t n = names_of(c, &names);
    char ref[32];
    struct rep_run_options run = {
        .subject = info->subject,
        .subject_version = info->subject_version,
        .profile = info->profile,
        .label = info->label,
        .started = info->started,
        .seed = info->seed,
        .shard_index = info->shard_index,
        .shard_count = info->shard_count,
    };
    struct rep_report_head head = {
        .run = &run,
        .replay = replay_text(&source->replay),
        .id = info->id,
        .planned = n                       ? (int64_t)n
                   : t->renderer->one_case ? info->counts.recorded
                                           : info->counts.planned,
        .fail_on = settings_fail_on(set, fail_on),
    };
    int code = target_open(t, head.planned);
    code = code ? code : target_begin(t, &head);
    if (code) {
        return code;
    }
    struct reading reading = {.target = t};
    (void)snprintf(ref, sizeof(ref), "%lld", (long long)info->id);
    code = rep_read_run(db, ref, names, n, t->renderer->nodes, give, &reading);
    if (code < 0) {
        target_release(t);
        return complain(c, code == -ENOENT ? EXIT_USAGE : EXIT_HARNESS, "%s", rep_error_text(db));
    }
    struct rep_report_records records = {
        .db = db,
        .run = ref,
        .base_db = source->base.db,
        .base_run = source->base.run,
    };
    struct rep_report_tail tail = {
        .ended = info->ended,
        .complete = n || strcmp(info->state, "finished") == 0,
        .records = &records,
    };
    code = target_end(t, &tail);
    target_release(t);
    int output = finish_output(c);
    return output ? output : code;
}

/* The run to compare with, which has to be there before anything is written. */
static int find_baseline(struct cli *c, struct report_source *source)
{
    struct rep_run_info info;
    if (!c->o.baseline) {
        return EXIT_FINE;
    }
    int code = run_ref_init(&source->base, c, c->o.baseline);
    struct rep_db *db = source->base.db ? source->base.db : source->db;
    if (code == EXIT_FINE && rep_run_find(db, source->base.run, &info)) {
        return complain(c, EXIT_USAGE, "--baseline: %s", rep_error_text(db));
    }
    if (code == EXIT_FINE) {
        rep_run_info_release(&info);
    }
    return code;
}

static int report_run(struct cli *c, const struct settings *set, struct report_target *t)
{
    struct run_ref ref;
    struct rep_db *own = NULL;
    struct report_source source = {0};
    int code = run_ref_init(&ref, c, c->o.run ? c->o.run : "latest");
    if (!code && !ref.db) {
        code = open_records(c, c->o.db, REP_READ, &own);
    }
    source.db = ref.db ? ref.db : own;
    if (!code && rep_run_find(source.db, ref.run, &source.info)) {
        code = complain(c, EXIT_USAGE, "%s", rep_error_text(source.db));
    }
    if (!code && replay_words(c->d, source.info.profile, source.info.options, &source.replay)) {
        code = complain(c, EXIT_HARNESS, "out of memory");
    }
    code = code ? code : find_baseline(c, &source);
    code = code ? code : target_spare(t, ref.file ? ref.file : cli_db(c), "the database");
    code = code || !source.base.file ? code : target_spare(t, source.base.file, "the baseline");
    code = code ? code : write_report(c, &source, set, t);
    replay_release(&source.replay);
    rep_run_info_release(&source.info);
    run_ref_release(&source.base);
    (void)rep_close(own);
    run_ref_release(&ref);
    return code;
}

/* What only some formats can do. */
static int check_words(struct cli *c, const struct rep_renderer *renderer)
{
    bool records = rep_renderer_needs_records(renderer);
    if (records && c->o.words.n > 1) {
        return complain(c, EXIT_USAGE, "the %s report holds the whole run: name no cases",
                        renderer->name);
    }
    if (!records && c->o.baseline) {
        return complain(c, EXIT_USAGE, "--baseline does not go with the %s report", renderer->name);
    }
    return EXIT_FINE;
}

int cmd_report(struct cli *c)
{
    struct report_target target;
    struct settings set;
    struct error err = {0};
    if (c->o.words.n == 0) {
        return list_formats(c);
    }
    int code = target_init(&target, c, c->o.words.p[0], c->o.output);
    code = code ? code : check_words(c, target.renderer);
    if (code) {
        return code;
    }
    code = settings_init(c, &set, &err);
    if (code) {
        return input_trouble(c, code, &err);
    }
    code = report_run(c, &set, &target);
    settings_release(&set);
    return code;
}
