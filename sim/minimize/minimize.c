/* Hierarchical delta debugging over the parts of a case. */
#include "trial.h"

#include <stdio.h>

struct search {
    const struct minimize_options *o;
    struct shape shape;
    struct trials trials;
    size_t *level; /* owned: units of the level at hand */
    size_t n;
    bool changed;
};

const char *minimize_part_name(enum minimize_part part)
{
    static const char *const names[PART_COUNT] = {
        [PART_MOUNTS] = "mounts",           [PART_OPTIONS] = "options",
        [PART_OPS] = "operations",          [PART_ROOT_NODES] = "root nodes",
        [PART_SOURCES] = "sources",         [PART_SOURCE_NODES] = "source nodes",
        [PART_ANNOTATIONS] = "annotations", [PART_OTHERS] = "other values",
    };
    return names[part];
}

static bool at_end(const struct search *s)
{
    return s->trials.stopped || s->trials.runs >= s->o->max_runs;
}

static void set_gone(struct search *s, size_t from, size_t to, bool gone)
{
    for (size_t i = from; i < to; i++) {
        s->shape.units[s->level[i]].gone = gone;
    }
}

/* Chunk number `i` of `chunks` of the level: [*from, *to). */
static void chunk_of(const struct search *s, size_t chunks, size_t i, size_t *from, size_t *to)
{
    *from = s->n * i / chunks;
    *to = s->n * (i + 1) / chunks;
}

/*
 * Tries the level without each of its chunks, a batch at a time. *ret: the first chunk that is not
 * needed; `chunks` when all are.
 */
static int try_chunks(struct search *s, size_t chunks, size_t *ret, struct error *err)
{
    size_t done = 0;
    while (done < chunks && !at_end(s)) {
        size_t left = s->o->max_runs - s->trials.runs;
        size_t n = chunks - done < TRIAL_BATCH ? chunks - done : TRIAL_BATCH;
        n = n < left ? n : left;
        int code = 0;
        for (size_t i = 0; i < n && code == 0; i++) {
            size_t from, to;
            chunk_of(s, chunks, done + i, &from, &to);
            set_gone(s, from, to, true);
            code = trials_add(&s->trials, &s->shape);
            set_gone(s, from, to, false);
        }
        size_t first = n;
        code = code ? code : trials_run(&s->trials, &first, err);
        if (code) {
            return code;
        }
        if (first < n && !s->trials.stopped) {
            *ret = done + first;
            return 0;
        }
        done += n;
    }
    *ret = chunks;
    return 0;
}

/* Takes a chunk away for good. */
static void drop(struct search *s, size_t chunks, size_t chunk)
{
    size_t from, to;
    chunk_of(s, chunks, chunk, &from, &to);
    set_gone(s, from, to, true);
    memmove(&s->level[from], &s->level[to], (s->n - to) * sizeof(*s->level));
    s->n -= to - from;
    s->changed = true;
}

static int reduce_level(struct search *s, unsigned depth, struct error *err)
{
    size_t chunks = 1;
    s->n = shape_level(&s->shape, depth, s->level);
    while (s->n > 0 && chunks <= s->n && !at_end(s)) {
        size_t chunk = chunks;
        int code = try_chunks(s, chunks, &chunk, err);
        if (code) {
            return code;
        }
        if (chunk < chunks) {
            drop(s, chunks, chunk);
            chunks = chunks > 1 ? chunks - 1 : 1;
        } else if (chunks == s->n) {
            break;
        } else {
            chunks = 2 * chunks < s->n ? 2 * chunks : s->n;
        }
    }
    return 0;
}

/* A root that the case shares with others cannot be made smaller, but perhaps it is not needed. */
static int empty_root(struct search *s, struct error *err)
{
    size_t first = 1;
    if (!shape_has_shared_root(&s->shape) || at_end(s)) {
        return 0;
    }
    s->shape.empty_root = true;
    int code = trials_add(&s->trials, &s->shape);
    code = code ? code : trials_run(&s->trials, &first, err);
    s->shape.empty_root = code == 0 && first == 0 && !s->trials.stopped;
    return code;
}

static int reduce(struct search *s, struct error *err)
{
    int code = empty_root(s, err);
    do {
        s->changed = false;
        for (unsigned depth = 1; depth <= s->shape.depth && code == 0; depth++) {
            code = reduce_level(s, depth, err);
        }
    } while (s->changed && code == 0 && !at_end(s));
    return code;
}

/* What the case comes to as it was given, and whether there is anything to keep. */
static int learn(struct search *s, struct minimize_report *report, struct error *err)
{
    int code = trials_add(&s->trials, &s->shape);
    code = code ? code : trials_learn(&s->trials, err);
    if (code) {
        return code;
    }
    const struct trial_sign *want = &s->trials.want;
    if (s->trials.stopped || !want->error) {
        return error_set(s->trials.d, err, -EINTR, "interrupted");
    }
    if (s->o->keep == MINIMIZE_DIFFERENCE && !want->difference[0]) {
        return error_set(s->trials.d, err, -EINVAL,
                         "the case does not differ from an expectation of its own");
    }
    if (s->o->keep == MINIMIZE_ROW && !want->row) {
        return error_set(s->trials.d, err, -EINVAL, "%s does not act in the case", s->o->row);
    }
    const char *text = s->o->keep == MINIMIZE_ROW          ? s->o->row
                       : s->o->keep == MINIMIZE_DIFFERENCE ? want->difference
                       : s->o->keep == MINIMIZE_STATUS     ? verdict_status_name(want->status)
                                                           : sim_outcome_name(want->outcome);
    bool error = (s->o->keep == MINIMIZE_SAME || s->o->keep == MINIMIZE_ERROR) && want->error[0];
    (void)snprintf(report->holds, sizeof(report->holds), "%s%s%s", text, error ? ": " : "",
                   error ? want->error : "");
    return 0;
}

int minimize_case(struct domain *d, const struct minimize_options *o, enum case_kind kind,
                  const char *file, const char *bytes, size_t n, struct str *ret,
                  struct minimize_report *report, struct error *err)
{
    struct search s = {.o = o};
    struct minimize_report made = {0};
    int code = shape_open(d, kind, file, bytes, n, &s.shape, err);
    if (code) {
        return code;
    }
    shape_count(&s.shape, made.before);
    s.level = mem_resize(d, NULL, 0, s.shape.n, sizeof(*s.level), "level");
    code = s.level ? trials_open(d, o, kind, &s.trials, err) : CODE_FATE;
    code = code ? code : learn(&s, &made, err);
    code = code ? code : reduce(&s, err);
    if (code == 0) {
        shape_count(&s.shape, made.after);
        shape_render(&s.shape, NULL, ret);
        made.runs = s.trials.runs;
        made.stopped = at_end(&s);
        made.empty_root = s.shape.empty_root;
        *report = made;
    }
    trials_close(&s.trials);
    mem_free(s.level);
    shape_release(&s.shape);
    return code == 0 && domain_dead(d) ? CODE_FATE : code;
}
