/* Which cases of a run are left, and whether they are still those of its record. */
#include "cli.h"
#include "resume.h"

struct reading {
    struct cli *c;
    struct resume *r;
    const struct settings *set;
    const struct case_source *source;
    struct choice *ch;
    bool *recorded;         /* owned; by number in the source */
    struct rep_hash *input; /* owned; of those */
    size_t *done, n_done;   /* owned: those */
    const char *changed;    /* one that has changed, or NULL */
    size_t gone;
    char missing[256]; /* the first that is planned and not found */
};

static int see_plan(void *arg, const char *name, bool recorded)
{
    struct reading *g = arg;
    size_t index;
    if (!case_source_find(g->source, name, &index)) {
        if (g->gone++ == 0) {
            (void)snprintf(g->missing, sizeof(g->missing), "%s", name);
        }
        return 0;
    }
    if (g->ch->n_plan < case_source_count(g->source)) {
        g->ch->plan[g->ch->n_plan++] = index;
    }
    g->recorded[index] = recorded;
    return 0;
}

/* Was it lost before it was read? Then nobody knows what its input was. */
static bool is_unread(const struct rep_hash *input, enum sim_outcome outcome)
{
    static const struct rep_input_key none;
    struct rep_hash hash = rep_input_key_hash(&none);
    return outcome != OUTCOME_UNSUPPORTED && memcmp(&hash, input, sizeof(hash)) == 0;
}

static int see_result(void *arg, const struct rep_outcome *o)
{
    static const enum verdict_status statuses[REP_STATUSES] = {
        [REP_PASS] = VERDICT_PASS,   [REP_FAIL] = VERDICT_FAIL,         [REP_XFAIL] = VERDICT_XFAIL,
        [REP_XPASS] = VERDICT_XPASS, [REP_RECORDED] = VERDICT_RECORDED,
    };
    struct reading *g = arg;
    struct earlier *e = &g->r->earlier;
    enum sim_outcome outcome = OUTCOME_UNSUPPORTED;
    size_t index;
    if (sim_outcome_parse(o->result, &outcome) == 0) {
        struct run_options opt = {.fail_on = g->set->fail_on};
        e->cases++;
        e->status[statuses[o->status]]++;
        e->outcome[outcome]++;
        e->flaky += o->flaky;
        e->failed +=
            run_failed(&opt, statuses[o->status], outcome) || (o->flaky && g->set->fail_on_flaky);
    }
    if (case_source_find(g->source, o->name, &index) && g->recorded[index] &&
        !is_unread(&o->input, outcome) && g->n_done < case_source_count(g->source)) {
        g->input[index] = o->input;
        g->done[g->n_done++] = index;
    }
    return 0;
}

static int see_input(void *arg, size_t index, const struct rep_input_key *key)
{
    struct reading *g = arg;
    struct rep_hash now = rep_input_key_hash(key);
    if (memcmp(&now, &g->input[index], sizeof(now)) != 0) {
        struct case_info info;
        case_source_info(g->source, index, &info);
        g->changed = info.name;
        return 1;
    }
    return 0;
}

static int refuse(const struct reading *g, const char *what, const char *name)
{
    (void)complain(g->c, 0, "--resume: the cases are not those of run %s: %s%s%s", g->r->ref, what,
                   *name ? ": " : "", name);
    resume_tell_place(g->c, g->r);
    return EXIT_USAGE;
}

/* Where the command line alone says which cases there are, it must say the same again. */
static int check_selection(struct reading *g)
{
    struct cli *c = g->c;
    size_t *found, n;
    if (c->o.failed || c->o.changed_since) {
        return EXIT_FINE;
    }
    if (select_cases(c, g->source, &found, &n)) {
        return complain(c, EXIT_HARNESS, "out of memory");
    }
    n = shard_keep(&g->ch->shard, found, n);
    size_t i = 0;
    while (i < n && i < g->ch->n_plan && found[i] == g->ch->plan[i]) {
        i++;
    }
    int code = EXIT_FINE;
    if (i < n || i < g->ch->n_plan) {
        struct case_info info;
        case_source_info(g->source, i < n ? found[i] : g->ch->plan[i], &info);
        code = refuse(g, "one is new, or stands elsewhere", info.name);
    }
    mem_free(found);
    return code;
}

static int check_inputs(struct reading *g)
{
    struct error err = {0};
    int code = run_inputs(g->c->d, g->source, g->done, g->n_done, see_input, g, &err);
    if (code < 0) {
        code = complain(g->c, EXIT_HARNESS, "%s", err.text ? err.text : "out of memory");
    } else if (code > 0) {
        code = refuse(g, "one that has a result has changed since", g->changed);
    }
    error_release(&err);
    return code;
}

static int read_records(struct reading *g)
{
    struct rep_db *db;
    int code = open_records(g->c, g->c->o.db, REP_WRITE, &db);
    if (code) {
        return code;
    }
    code = rep_read_plan(db, g->r->ref, see_plan, g);
    code = code ? code : rep_read_outcomes(db, g->r->ref, see_result, g);
    code = code ? complain(g->c, EXIT_HARNESS, "--resume: %s", rep_error_text(db)) : EXIT_FINE;
    (void)rep_close(db);
    if (code == 0 && g->gone) {
        code = refuse(g, "one is not found", g->missing);
    }
    code = code ? code : check_selection(g);
    return code ? code : check_inputs(g);
}

/* What is left, in the order in which the run goes on. */
static void keep_pending(struct reading *g)
{
    struct choice *ch = g->ch;
    if (ch->n_plan) {
        memcpy(ch->todo, ch->plan, ch->n_plan * sizeof(*ch->todo));
    }
    ch->seed = g->r->info.seed;
    if (g->c->o.shuffle) {
        order_shuffle(ch->todo, ch->n_plan, ch->seed);
    }
    for (size_t i = 0; i < ch->n_plan; i++) {
        if (!g->recorded[ch->todo[i]]) {
            ch->todo[ch->n++] = ch->todo[i];
        }
    }
    (void)complain(g->c, 0, "resuming run %s: %zu of %zu cases have a result", g->r->ref,
                   ch->n_plan - ch->n, ch->n_plan);
}

static int same_subject(const struct cli *c, const struct resume *r, const struct subject *subject)
{
    const char *version = r->info.subject_version ? r->info.subject_version : "";
    if (strcmp(r->info.subject, subject->name) == 0 && strcmp(version, subject->version) == 0) {
        return EXIT_FINE;
    }
    return complain(c, EXIT_USAGE, "--resume: run %s is of %s %s, this is %s %s", r->ref,
                    r->info.subject, version, subject->name, subject->version);
}

int resume_choose(struct cli *c, struct resume *r, const struct settings *set,
                  const struct subject *subject, const struct case_source *source,
                  struct choice *ret)
{
    size_t n = case_source_count(source) + 1;
    struct choice ch = {.shard = {r->info.shard_index, r->info.shard_count, "its record"}};
    struct reading g = {.c = c, .r = r, .set = set, .source = source, .ch = &ch};
    int code = same_subject(c, r, subject);
    if (code) {
        return code;
    }
    ch.plan = mem_resize(c->d, NULL, 0, n, sizeof(*ch.plan), "selection");
    ch.todo = mem_resize(c->d, NULL, 0, n, sizeof(*ch.todo), "selection");
    g.recorded = mem_resize(c->d, NULL, 0, n, sizeof(*g.recorded), "recorded cases");
    g.input = mem_resize(c->d, NULL, 0, n, sizeof(*g.input), "recorded cases");
    g.done = mem_resize(c->d, NULL, 0, n, sizeof(*g.done), "recorded cases");
    code = domain_dead(c->d) ? complain(c, EXIT_HARNESS, "out of memory") : read_records(&g);
    if (code == 0) {
        keep_pending(&g);
    }
    mem_free(g.recorded);
    mem_free(g.input);
    mem_free(g.done);
    if (code) {
        choice_release(&ch);
        return code;
    }
    *ret = ch;
    return EXIT_FINE;
}
