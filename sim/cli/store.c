/* The database of a run: opened after the workers were forked, written by this process alone. */
#include "cli.h"

#define STORE_INTERVAL_NS INT64_C(1000000000)

static int trouble(const struct store *s, struct rep_db *db)
{
    return complain(s->c, EXIT_HARNESS, "%s", rep_error_text(db));
}

/* --baseline is looked up before the new run begins, for then `latest` is the new one. */
static int find_baseline(struct store *s)
{
    struct rep_run_info info;
    if (!s->c->o.baseline) {
        return EXIT_FINE;
    }
    int code = run_ref_init(&s->base_ref, s->c, s->c->o.baseline);
    if (code) {
        return code;
    }
    struct rep_db *db = s->base_ref.db ? s->base_ref.db : s->db;
    if (rep_run_find(db, s->base_ref.run, &info)) {
        return complain(s->c, EXIT_USAGE, "--baseline: %s", rep_error_text(db));
    }
    (void)snprintf(s->base, sizeof(s->base), "%lld", (long long)info.id);
    rep_run_info_release(&info);
    return EXIT_FINE;
}

/* A baseline by its number: on the way to the end other runs may become the latest. */
static char *baseline_text(const struct store *s)
{
    if (!s->base[0]) {
        return NULL;
    }
    return s->base_ref.file ? mem_printf(s->c->d, "%s:%s", s->base_ref.file, s->base)
                            : mem_dup(s->c->d, s->base);
}

/* What a row of this run holds, also where none is made. A run that goes on has one already. */
static void set_options(struct store *s, const struct settings *set, const struct subject *subject,
                        const struct choice *choice, const struct resume *resume)
{
    s->c->env->wall(s->c->env->arg, s->started);
    s->run_options = (struct rep_run_options){
        .argv = (const char *const *)s->c->argv,
        .subject = subject->name,
        .subject_version = subject->version,
        .profile = set->profile,
        .label = s->c->o.label,
        .started = s->started,
        .seed = choice->seed,
        .shard_index = choice->shard.index,
        .shard_count = choice->shard.count,
        .options = s->options = record_options(s->c, set, choice, NULL),
    };
    if (resume->on) {
        s->run_options.argv = (const char *const *)resume->words;
        s->run_options.label = resume->info.label;
        s->run_options.started = resume->info.started;
    }
}

static int begin(struct store *s, const struct settings *set, const struct choice *choice)
{
    char *baseline = baseline_text(s);
    mem_free(s->options);
    s->options = record_options(s->c, set, choice, baseline);
    s->run_options.options = s->options;
    mem_free(baseline);
    int code = rep_run_begin(s->db, &s->run_options, &s->run);
    return code ? complain(s->c, code == -EINVAL ? EXIT_USAGE : EXIT_HARNESS, "%s",
                           rep_error_text(s->db))
                : EXIT_FINE;
}

static int plan(struct store *s, const struct case_source *source, const struct choice *choice)
{
    for (size_t i = 0; i < choice->n_plan; i++) {
        struct case_info info;
        case_source_info(source, choice->plan[i], &info);
        if (rep_plan(s->run, info.name, NULL)) {
            return trouble(s, s->db);
        }
    }
    return rep_flush(s->run) ? trouble(s, s->db) : EXIT_FINE;
}

int store_open(struct store *s, struct cli *c, const struct settings *set,
               const struct subject *subject, const struct case_source *source,
               const struct choice *choice, const struct resume *resume)
{
    *s = (struct store){.c = c, .path = cli_db(c)};
    struct rep_error error;
    set_options(s, set, subject, choice, resume);
    if (c->o.no_db || choice->nothing) {
        return c->o.no_db && c->o.baseline
                   ? complain(c, EXIT_USAGE, "--baseline needs a database: no --no-db")
                   : EXIT_FINE;
    }
    if (rep_open(s->path, REP_CREATE, &error, &s->db)) {
        return complain(c, EXIT_HARNESS, "%s (another --db FILE, or --no-db?)", error.text);
    }
    int code = find_baseline(s);
    if (code == 0 && resume->on) {
        code = rep_run_resume(s->db, resume->ref, 0, &s->run) ? trouble(s, s->db) : EXIT_FINE;
    } else {
        code = code ? code : begin(s, set, choice);
        code = code ? code : plan(s, source, choice);
    }
    s->id = code ? 0 : rep_run_id(s->run);
    s->stored = c->env->now(c->env->arg);
    return code;
}

/* A batch may be long in coming: what a killed run loses is bounded by time, too. */
static int store_in_time(struct store *s)
{
    const struct cli_env *env = s->c->env;
    int64_t now = env->now(env->arg);
    if (now - s->stored < STORE_INTERVAL_NS) {
        return 0;
    }
    s->stored = now;
    return rep_flush(s->run);
}

static int stored(struct store *s, int code)
{
    code = code ? code : store_in_time(s);
    if (code) {
        s->told = true;
        (void)complain(s->c, 0, "%s", rep_error_text(s->db));
    }
    return code;
}

int store_record(struct store *s, const struct rep_result *result)
{
    return s->run ? stored(s, rep_record(s->run, result)) : 0;
}

int store_packed(struct store *s, const struct rep_bytes *packed)
{
    return s->run ? stored(s, rep_record_packed(s->run, packed)) : 0;
}

int store_idle(void *arg)
{
    struct store *s = arg;
    return s->run ? stored(s, 0) : 0;
}

/* What changed against the baseline. */
static int compare(struct store *s, FILE *out)
{
    char ours[32];
    struct rep_diff_counts counts;
    struct rep_db *base = s->base_ref.db ? s->base_ref.db : s->db;
    struct rep_sink sink = cli_sink(out, s->c->env->width, s->c->colour);
    (void)snprintf(ours, sizeof(ours), "%lld", (long long)s->id);
    const struct rep_diff_side a = {base, s->base, NULL}, b = {s->db, ours, NULL};
    if (rep_diff(&a, &b, s->c->o.quiet ? NULL : &sink, REP_FORMAT_TEXT, &counts)) {
        return trouble(s, s->db);
    }
    if (counts.regressions) {
        (void)fprintf(out, "%lld regression%s against the baseline\n",
                      (long long)counts.regressions, counts.regressions == 1 ? "" : "s");
    }
    return counts.regressions ? EXIT_FAILED : EXIT_FINE;
}

int store_end(struct store *s, bool complete, FILE *out)
{
    s->c->env->wall(s->c->env->arg, s->ended);
    if (!s->run) {
        return EXIT_FINE;
    }
    int code = rep_run_end(s->run, complete ? REP_FINISHED : REP_INTERRUPTED, s->ended, NULL);
    s->run = NULL;
    if (code) {
        return s->told ? EXIT_HARNESS : trouble(s, s->db);
    }
    return s->base[0] ? compare(s, out) : EXIT_FINE;
}

void store_close(struct store *s)
{
    mem_free(s->options);
    (void)rep_close(s->db);
    run_ref_release(&s->base_ref);
    s->db = NULL;
}
