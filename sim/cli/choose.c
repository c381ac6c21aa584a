#include "choose.h"

#include "cli.h"

void choice_release(struct choice *choice)
{
    mem_free(choice->plan);
    mem_free(choice->todo);
    *choice = (struct choice){0};
}

/* What a run tells about the cases that are here, by number in the source. */
struct recorded {
    struct cli *c;
    const struct settings *set;
    const struct case_source *source;
    struct known {
        bool there, failed;
        struct rep_hash input;
    } * v;       /* owned */
    size_t gone; /* cases that failed there and are not here */
};

static int see(void *arg, const struct rep_outcome *o)
{
    struct recorded *r = arg;
    enum sim_outcome outcome;
    size_t index;
    bool failed = o->status == REP_FAIL || o->status == REP_XPASS ||
                  (o->flaky && r->set->fail_on_flaky) ||
                  (sim_outcome_parse(o->result, &outcome) == 0 && r->set->fail_on[outcome]);
    if (case_source_find(r->source, o->name, &index)) {
        r->v[index] = (struct known){true, failed, o->input};
    } else {
        r->gone += failed;
    }
    return 0;
}

/* `word` names the run. An exit code. */
static int look_up(struct recorded *r, const char *option, const char *word)
{
    struct cli *c = r->c;
    struct run_ref ref;
    struct rep_db *ours = NULL;
    int code = run_ref_init(&ref, c, word);
    if (code == 0 && !ref.db) {
        /* Writing, where the run is going to: an older file is then brought up to date. */
        code = open_records(c, c->o.db, c->o.no_db ? REP_READ : REP_WRITE, &ours);
    }
    if (code == 0) {
        struct rep_db *db = ref.db ? ref.db : ours;
        code = rep_read_outcomes(db, ref.run, see, r);
        code = code ? complain(c, code == -ENOENT ? EXIT_USAGE : EXIT_HARNESS, "%s: %s", option,
                               rep_error_text(db))
                    : EXIT_FINE;
    }
    (void)rep_close(ours);
    run_ref_release(&ref);
    return code;
}

static int recorded_init(struct recorded *r, struct cli *c, const struct settings *set,
                         const struct case_source *source)
{
    *r = (struct recorded){c, set, source, NULL, 0};
    r->v = mem_resize(c->d, NULL, 0, case_source_count(source) + 1, sizeof(*r->v), "known cases");
    return r->v ? EXIT_FINE : complain(c, EXIT_HARNESS, "out of memory");
}

/* ------------------------------------------------------------------------------------ --failed */

static int keep_failed(struct cli *c, const struct settings *set, const struct case_source *source,
                       struct choice *ch)
{
    struct recorded r;
    const char *ref = c->o.run ? c->o.run : "latest";
    int code = recorded_init(&r, c, set, source);
    code = code ? code : look_up(&r, "--failed", ref);
    size_t before = ch->n_plan;
    ch->n_plan = 0;
    for (size_t i = 0; i < before && !code; i++) {
        if (r.v[ch->plan[i]].failed) {
            ch->plan[ch->n_plan++] = ch->plan[i];
        }
    }
    mem_free(r.v);
    if (code == 0 && r.gone) {
        (void)complain(c, 0, "--failed: %zu case%s of run %s %s not among the PATHs", r.gone,
                       r.gone == 1 ? "" : "s", ref, r.gone == 1 ? "is" : "are");
    }
    if (code == 0 && ch->n_plan == 0) {
        (void)complain(c, 0, "--failed: %zu selected, none of them failed in run %s", before, ref);
    }
    return code;
}

/* ----------------------------------------------------------------------------- --changed-since */

struct changed {
    const struct recorded *r;
    struct choice *ch;
};

static int see_input(void *arg, size_t index, const struct rep_input_key *key)
{
    struct changed *s = arg;
    const struct known *known = &s->r->v[index];
    struct rep_hash now = rep_input_key_hash(key);
    if (!known->there || memcmp(&known->input, &now, sizeof(now)) != 0) {
        s->ch->plan[s->ch->n_plan++] = index;
    }
    return 0;
}

static int keep_changed(struct cli *c, const struct settings *set, const struct case_source *source,
                        struct choice *ch)
{
    struct recorded r;
    struct error err = {0};
    const char *ref = c->o.changed_since;
    int code = recorded_init(&r, c, set, source);
    code = code ? code : look_up(&r, "--changed-since", ref);
    if (code == 0) {
        size_t before = ch->n_plan;
        struct changed s = {&r, ch};
        ch->n_plan = 0; /* filled from the front, behind what was read */
        if (run_inputs(c->d, source, ch->plan, before, see_input, &s, &err)) {
            code = complain(c, EXIT_HARNESS, "%s", err.text ? err.text : "out of memory");
        } else if (ch->n_plan == 0) {
            (void)complain(c, 0, "--changed-since: %zu selected, all as in run %s", before, ref);
        }
        error_release(&err);
    }
    mem_free(r.v);
    return code;
}

/* ------------------------------------------------------------------------------------------- */

static int keep_by_records(struct cli *c, const struct settings *set,
                           const struct case_source *source, struct choice *ch)
{
    int code = c->o.failed ? keep_failed(c, set, source, ch) : EXIT_FINE;
    if (code == 0 && c->o.changed_since && ch->n_plan) {
        code = keep_changed(c, set, source, ch);
    }
    ch->nothing = code == 0 && ch->n_plan == 0;
    return code;
}

static int order(struct cli *c, struct choice *ch)
{
    ch->n = ch->n_plan;
    ch->todo = mem_resize(c->d, NULL, 0, ch->n + 1, sizeof(*ch->todo), "selection");
    if (!ch->todo) {
        return complain(c, EXIT_HARNESS, "out of memory");
    }
    if (ch->n) {
        memcpy(ch->todo, ch->plan, ch->n * sizeof(*ch->todo));
    }
    if (c->o.shuffle) {
        ch->seed = order_seed(c);
        order_shuffle(ch->todo, ch->n, ch->seed);
        (void)complain(c, 0, "shuffled: --shuffle --seed %llu gives this order again",
                       (unsigned long long)ch->seed);
    }
    return EXIT_FINE;
}

static int choose(struct cli *c, const struct settings *set, const struct case_source *source,
                  struct choice *ch)
{
    int code = shard_find(c, &ch->shard);
    if (code) {
        return code;
    }
    if (select_cases(c, source, &ch->plan, &ch->n_plan)) {
        return complain(c, EXIT_HARNESS, "out of memory");
    }
    if (ch->n_plan == 0) {
        return nothing_selected(c, source);
    }
    ch->n_plan = shard_keep(&ch->shard, ch->plan, ch->n_plan);
    if (ch->n_plan) {
        code = keep_by_records(c, set, source, ch);
    }
    return code ? code : order(c, ch);
}

int choose_cases(struct cli *c, const struct settings *set, const struct case_source *source,
                 struct choice *ret)
{
    struct choice ch = {0};
    int code = choose(c, set, source, &ch);
    if (code) {
        choice_release(&ch);
        return code;
    }
    *ret = ch;
    return EXIT_FINE;
}
