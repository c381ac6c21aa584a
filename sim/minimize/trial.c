/* A batch of candidates as files of a temporary folder, run by workers. */
#include "trial.h"

#include <errno.h>
#include <simrun/sim/run.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* One batch on its way. */
struct batch {
    struct trials *t;
    struct trial_sign *learn; /* NULL: compare */
    size_t first;             /* that holds */
};

void trial_sign_release(struct trial_sign *sign)
{
    mem_free(sign->error);
    mem_free(sign->difference);
    *sign = (struct trial_sign){0};
}

int trials_open(struct domain *d, const struct minimize_options *o, enum case_kind kind,
                struct trials *ret, struct error *err)
{
    const char *base = getenv("TMPDIR");
    *ret = (struct trials){.d = d, .o = o, .kind = kind};
    for (size_t i = 0; i < TRIAL_BATCH; i++) {
        str_init(&ret->text[i], d);
    }
    ret->dir = mem_printf(d, "%s/simrun-minimize-XXXXXX", base && *base ? base : "/tmp");
    if (!ret->dir) {
        return CODE_FATE;
    }
    if (!mkdtemp(ret->dir)) {
        int code = error_set(d, err, -errno, "cannot make %s: %s", ret->dir, code_text(-errno));
        mem_free(ret->dir);
        ret->dir = NULL;
        return code;
    }
    return 0;
}

/* "DIR/000007.json", or the one suite. NULL = fate oom. */
static char *file_of(const struct trials *t, size_t i)
{
    return t->kind == CASE_SUITE ? mem_printf(t->d, "%s/candidates.jsonl", t->dir)
                                 : mem_printf(t->d, "%s/%06zu.json", t->dir, i);
}

static void remove_files(struct trials *t)
{
    size_t files = t->kind == CASE_SUITE ? 1 : TRIAL_BATCH;
    for (size_t i = 0; i < files; i++) {
        char *path = file_of(t, i);
        if (path) {
            (void)unlink(path);
        }
        mem_free(path);
    }
}

void trials_close(struct trials *t)
{
    if (t->dir) {
        remove_files(t);
        (void)rmdir(t->dir);
    }
    for (size_t i = 0; i < TRIAL_BATCH; i++) {
        str_release(&t->text[i]);
    }
    mem_free(t->dir);
    trial_sign_release(&t->want);
}

int trials_add(struct trials *t, const struct shape *s)
{
    char id[32];
    struct str *text = &t->text[t->n];
    (void)snprintf(id, sizeof(id), "%06zu", t->n);
    str_release(text);
    str_init(text, t->d);
    shape_render(s, id, text);
    str_addc(text, '\n');
    t->n++;
    return domain_dead(t->d) ? CODE_FATE : 0;
}

static int write_file(struct trials *t, size_t i, const char *how, struct error *err)
{
    char *path = file_of(t, i);
    FILE *f = path ? fopen(path, how) : NULL;
    bool good = f && fwrite(t->text[i].p, 1, t->text[i].n, f) == t->text[i].n;
    int failure = errno;
    good = (!f || fclose(f) == 0) && good;
    int code =
        !path  ? CODE_FATE
        : good ? 0
               : error_set(t->d, err, -failure, "cannot write %s: %s", path, code_text(-failure));
    mem_free(path);
    return code;
}

static int write_batch(struct trials *t, struct error *err)
{
    int code = 0;
    remove_files(t);
    for (size_t i = 0; i < t->n && code == 0; i++) {
        code = write_file(t, i, t->kind == CASE_SUITE ? "a" : "w", err);
    }
    return code;
}

/* --------------------------------------------------------------------------------------- judging
 */

static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += n) {
        bool starts = at == words || at[-1] == ' ';
        if (starts && (at[n] == ' ' || at[n] == '\0')) {
            return true;
        }
    }
    return false;
}

/* A row acts where a mount says so; a switch also where it was asked. */
static bool row_acts(const struct sim_result *r, const char *row)
{
    char quoted[40];
    (void)snprintf(quoted, sizeof(quoted), "\"rule\":\"%.20s\"", row);
    for (size_t i = 0; i < r->n_mounts; i++) {
        const struct sim_mount *m = &r->mounts[i];
        if (has_word(m->rules, row) || (m->reasons && strstr(m->reasons, quoted)) ||
            (m->options && strstr(m->options, quoted))) {
            return true;
        }
    }
    for (size_t i = 0; i < r->asked.n; i++) {
        if (strcmp(r->asked.v[i], row) == 0) {
            return true;
        }
    }
    return false;
}

static bool holds(const struct trials *t, const struct run_record *record)
{
    const struct sim_result *r = record->result;
    const struct verdict *v = record->verdict;
    bool outcome = r->outcome == t->want.outcome;
    bool error = strcmp(r->error, t->want.error) == 0;
    switch (t->o->keep) {
    case MINIMIZE_SAME:
        return outcome && error;
    case MINIMIZE_RESULT:
        return outcome;
    case MINIMIZE_ERROR:
        return error;
    case MINIMIZE_STATUS:
        return v->status == t->want.status;
    case MINIMIZE_DIFFERENCE:
        return v->differences.n && strcmp(v->differences.p[0], t->want.difference) == 0;
    case MINIMIZE_ROW:
        return row_acts(r, t->o->row);
    }
    return false;
}

static int record(void *arg, const struct run_record *record)
{
    struct batch *b = arg;
    struct domain *d = b->t->d;
    const struct verdict *v = record->verdict;
    if (!b->learn) {
        if (record->index < b->first && holds(b->t, record)) {
            b->first = record->index;
        }
        return 0;
    }
    *b->learn = (struct trial_sign){
        .outcome = record->result->outcome,
        .status = v->status,
        .error = mem_dup(d, record->result->error),
        .difference = mem_dup(d, v->differences.n ? v->differences.p[0] : ""),
        .row = b->t->o->row && row_acts(record->result, b->t->o->row),
    };
    return b->learn->error && b->learn->difference ? 0 : CODE_FATE;
}

/* --------------------------------------------------------------------------------------- running
 */

static int run_source(struct batch *b, const struct case_source *source,
                      const struct expect_set *expect, struct error *err)
{
    const struct minimize_options *o = b->t->o;
    size_t selection[TRIAL_BATCH];
    struct run *run;
    for (size_t i = 0; i < b->t->n; i++) {
        selection[i] = i;
    }
    struct run_options ro = {
        .subject = o->subject,
        .source = source,
        .expect = expect,
        .selection = selection,
        .n = b->t->n,
        .jobs = o->jobs < b->t->n ? o->jobs : (unsigned)b->t->n,
        .timeout_ns = o->timeout_ns,
        .now = o->now,
        .now_arg = o->now_arg,
        .stop_fd = o->stop_fd,
    };
    int code = run_new(b->t->d, &ro, &run, err);
    if (code) {
        return code;
    }
    code = run_go(run, record, b, err);
    run_free(run);
    b->t->stopped = b->t->stopped || code == RUN_STOPPED;
    return code < 0 ? code : 0;
}

static int run_batch(struct batch *b, struct error *err)
{
    struct trials *t = b->t;
    struct case_source *source = NULL;
    struct expect_set *expect = NULL;
    char *suite = file_of(t, 0);
    const char *path = t->kind == CASE_SUITE ? suite : t->dir;
    int code = suite ? write_batch(t, err) : CODE_FATE;
    code = code ? code : case_source_open(t->d, t->o->cases, &path, 1, &source, err);
    if (code == 0 && case_source_count(source) != t->n) {
        code = error_set(t->d, err, -EINVAL, "it is no case that can be run from a file");
    }
    code = code ? code : expect_open(t->d, source, t->o->profile, &expect, err);
    code = code ? code : run_source(b, source, expect, err);
    expect_free(expect);
    case_source_free(source);
    mem_free(suite);
    t->runs += t->n;
    return code;
}

int trials_run(struct trials *t, size_t *ret, struct error *err)
{
    struct batch b = {.t = t, .first = t->n};
    int code = run_batch(&b, err);
    *ret = b.first;
    t->n = 0;
    return code;
}

int trials_learn(struct trials *t, struct error *err)
{
    struct batch b = {.t = t, .learn = &t->want, .first = t->n};
    trial_sign_release(&t->want);
    int code = run_batch(&b, err);
    t->n = 0;
    return code;
}
