/* The database of a run: opened after the workers were forked, written by this process alone. */
#include "cli.h"

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

static void set_options(struct store *s, const struct settings *set, const struct subject *subject)
{
    s->c->env->wall(s->c->env->arg, s->started);
    s->run_options = (struct rep_run_options){
        .argv = (const char *const *)s->c->argv,
        .subject = subject->name,
        .subject_version = subject->version,
        .profile = set->profile,
        .label = s->c->o.label,
        .started = s->started,
    };
}

static int begin(struct store *s)
{
    int code = rep_run_begin(s->db, &s->run_options, &s->run);
    if (code) {
        return complain(s->c, code == -EINVAL ? EXIT_USAGE : EXIT_HARNESS, "%s",
                        rep_error_text(s->db));
    }
    s->id = rep_run_id(s->run);
    return EXIT_FINE;
}

static int plan(struct store *s, const struct case_source *source, const size_t *selection,
                size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct case_info info;
        case_source_info(source, selection[i], &info);
        if (rep_plan(s->run, info.name, NULL)) {
            return trouble(s, s->db);
        }
    }
    return rep_flush(s->run) ? trouble(s, s->db) : EXIT_FINE;
}

int store_open(struct store *s, struct cli *c, const struct settings *set,
               const struct subject *subject, const struct case_source *source,
               const size_t *selection, size_t n)
{
    *s = (struct store){.c = c, .path = c->o.db ? c->o.db : DEFAULT_DB};
    struct rep_error error;
    set_options(s, set, subject);
    if (c->o.no_db) {
        return c->o.baseline ? complain(c, EXIT_USAGE, "--baseline needs a database: no --no-db")
                             : EXIT_FINE;
    }
    if (rep_open(s->path, REP_CREATE, &error, &s->db)) {
        return complain(c, EXIT_HARNESS, "%s (another --db FILE, or --no-db?)", error.text);
    }
    int code = find_baseline(s);
    code = code ? code : begin(s);
    return code ? code : plan(s, source, selection, n);
}

int store_record(struct store *s, const struct rep_result *result)
{
    int code = s->run ? rep_record(s->run, result) : 0;
    if (code) {
        (void)complain(s->c, 0, "%s", rep_error_text(s->db));
    }
    return code;
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
        return trouble(s, s->db);
    }
    return s->base[0] ? compare(s, out) : EXIT_FINE;
}

void store_close(struct store *s)
{
    (void)rep_close(s->db);
    run_ref_release(&s->base_ref);
    s->db = NULL;
}
