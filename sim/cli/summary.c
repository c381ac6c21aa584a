/* What a run came to, for people. */
#include "cli.h"

#include <simrun/render.h>

void summary_init(struct summary *s, struct domain *d, size_t selected)
{
    *s = (struct summary){.d = d, .selected = selected};
}

static void case_release(struct summary_case *c)
{
    mem_free(c->name);
    mem_free(c->file);
    mem_free(c->text);
}

void summary_release(struct summary *s)
{
    for (size_t i = 0; i < s->n_failures; i++) {
        case_release(&s->failures[i]);
    }
    case_release(&s->unsupported);
    case_release(&s->warning);
    for (size_t i = 0; i < s->n_slowest; i++) {
        case_release(&s->slowest[i]);
    }
    for (size_t i = 0; i < s->flaky && i < SUMMARY_FAILURES; i++) {
        case_release(&s->flakies[i]);
    }
}

/* The first differences of a failure, one a line. */
static char *failure_text(struct summary *s, const struct run_record *r)
{
    const struct verdict *v = r->verdict;
    struct str text;
    str_init(&text, s->d);
    for (size_t i = 0; i < v->differences.n && i < SUMMARY_DIFFERENCES; i++) {
        str_add(&text, v->differences.p[i]);
        str_addc(&text, '\n');
    }
    size_t more = v->more;
    more += v->differences.n > SUMMARY_DIFFERENCES ? v->differences.n - SUMMARY_DIFFERENCES : 0;
    if (more) {
        str_addf(&text, "and %zu more\n", more);
    }
    if (v->differences.n == 0 && r->result->error[0]) {
        str_addf(&text, "%s\n", r->result->error);
    }
    if (v->status == VERDICT_XPASS) {
        str_addf(&text, "passes, though xfail says: %s\n", v->reason ? v->reason : "");
    }
    return text.n ? str_take(&text) : mem_dup(s->d, "");
}

static int keep_failure(struct summary *s, const struct run_record *r)
{
    if (s->n_failures == SUMMARY_FAILURES) {
        return 0;
    }
    struct summary_case *c = &s->failures[s->n_failures++];
    *c = (struct summary_case){mem_dup(s->d, r->info.name), mem_dup(s->d, r->info.file),
                               failure_text(s, r),          r->result->duration_ns,
                               r->verdict->status,          r->result->outcome};
    return domain_dead(s->d) ? CODE_FATE : 0;
}

/* No failure where nothing is expected, but people should hear why they got no answer. */
static int keep_unsupported(struct summary *s, const struct run_record *r)
{
    if (r->result->outcome != OUTCOME_UNSUPPORTED || s->unsupported.name) {
        return 0;
    }
    s->unsupported = (struct summary_case){.name = mem_dup(s->d, r->info.name),
                                           .text = mem_dup(s->d, r->result->error)};
    return domain_dead(s->d) ? CODE_FATE : 0;
}

static int keep_warning(struct summary *s, const struct run_record *r)
{
    const struct sim_finding *w = sim_result_warning(r->result);
    if (!w || s->warned++ > 0) {
        return 0;
    }
    s->warning =
        (struct summary_case){.name = mem_dup(s->d, r->info.name), .text = mem_dup(s->d, w->text)};
    return domain_dead(s->d) ? CODE_FATE : 0;
}

/* "5 attempts: 3 ok, 2 error" */
static char *attempts_text(struct summary *s, const struct run_record *r)
{
    size_t count[OUTCOME_COUNT] = {0};
    struct str text;
    const char *comma = "";
    str_init(&text, s->d);
    str_addf(&text, "%zu attempts: ", r->n_attempts);
    for (size_t i = 0; i < r->n_attempts; i++) {
        count[r->attempts[i].outcome]++;
    }
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (count[i]) {
            str_addf(&text, "%s%zu %s", comma, count[i], sim_outcome_name((enum sim_outcome)i));
            comma = ", ";
        }
    }
    return str_take(&text);
}

static int keep_flaky(struct summary *s, const struct run_record *r)
{
    if (s->flaky++ < SUMMARY_FAILURES) {
        s->flakies[s->flaky - 1] =
            (struct summary_case){.name = mem_dup(s->d, r->info.name), .text = attempts_text(s, r)};
    }
    return domain_dead(s->d) ? CODE_FATE : 0;
}

static int keep_slow(struct summary *s, const struct run_record *r)
{
    int64_t ns = r->result->duration_ns;
    size_t at = 0;
    while (at < s->n_slowest && s->slowest[at].ns >= ns) {
        at++;
    }
    if (at == SUMMARY_SLOWEST) {
        return 0;
    }
    if (s->n_slowest == SUMMARY_SLOWEST) {
        case_release(&s->slowest[--s->n_slowest]);
    }
    memmove(&s->slowest[at + 1], &s->slowest[at], (s->n_slowest - at) * sizeof(s->slowest[0]));
    s->slowest[at] = (struct summary_case){.name = mem_dup(s->d, r->info.name), .ns = ns};
    s->n_slowest++;
    return domain_dead(s->d) ? CODE_FATE : 0;
}

int summary_add(struct summary *s, const struct run_record *r, bool failed)
{
    s->cases++;
    s->failed += failed;
    s->status[r->verdict->status]++;
    s->outcome[r->result->outcome]++;
    s->checks += r->result->checks;
    s->checks_skipped += r->result->checks_skipped;
    int code = failed ? keep_failure(s, r) : keep_unsupported(s, r);
    code = code ? code : keep_warning(s, r);
    if (code == 0 && r->flaky) {
        code = keep_flaky(s, r);
    }
    return code ? code : keep_slow(s, r);
}

static void print_lines(FILE *out, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        struct rep_sink sink = cli_sink(out, 0, false);
        (void)fputs("     ", out);
        (void)rep_escape(&sink, text, n);
        (void)fputc('\n', out);
        text += n + (text[n] == '\n');
    }
}

/* The line that runs the case again; standard input cannot be read twice. */
static void print_again(const struct summary *s, FILE *out, const struct summary_case *f)
{
    if (strcmp(f->file, "-") != 0) {
        struct rep_sink sink = cli_sink(out, 0, false);
        (void)fputs("     again: ", out);
        (void)rep_replay(&sink, f->name, f->file, s->replay);
        (void)fputc('\n', out);
    }
}

static void print_failures(const struct summary *s, const struct cli *c, FILE *out)
{
    for (size_t i = 0; i < s->n_failures; i++) {
        const struct summary_case *f = &s->failures[i];
        const char *word = f->status == VERDICT_XPASS ? "XPASS" : "FAIL";
        (void)fprintf(out, "%s%s%s ", shade(c, SHADE_RED), word, shade(c, SHADE_OFF));
        print_escaped(out, f->name);
        (void)fprintf(out, " (%s)\n", sim_outcome_name(f->outcome));
        print_lines(out, f->text);
        print_again(s, out, f);
    }
    if (s->failed > s->n_failures) {
        (void)fprintf(out, "and %zu more failures\n", s->failed - s->n_failures);
    }
}

static void print_flaky(const struct summary *s, const struct cli *c, FILE *out)
{
    for (size_t i = 0; i < s->flaky && i < SUMMARY_FAILURES; i++) {
        (void)fprintf(out, "%sFLAKY%s ", shade(c, SHADE_BOLD), shade(c, SHADE_OFF));
        print_escaped(out, s->flakies[i].name);
        (void)fprintf(out, " (%s)\n", s->flakies[i].text);
    }
    if (s->flaky > SUMMARY_FAILURES) {
        (void)fprintf(out, "and %zu more flaky cases: simrun query flaky\n",
                      s->flaky - SUMMARY_FAILURES);
    }
}

static void print_earlier(const struct summary *s, FILE *out)
{
    const struct earlier *e = &s->earlier;
    const char *comma = ": ";
    if (e->cases == 0) {
        return;
    }
    (void)fputs("recorded before", out);
    for (int i = 0; i < VERDICT_STATUSES; i++) {
        if (e->status[i]) {
            (void)fprintf(out, "%s%zu %s", comma, e->status[i],
                          verdict_status_name((enum verdict_status)i));
            comma = ", ";
        }
    }
    (void)fprintf(out, "; %zu failed\n", e->failed);
}

static void print_counts(const struct summary *s, FILE *out)
{
    const char *comma = " ";
    if (s->cases == 0) {
        (void)fputs("no case ran\n", out);
        return;
    }
    (void)fprintf(out, "%zu case%s:", s->cases, s->cases == 1 ? "" : "s");
    for (int i = 0; i < VERDICT_STATUSES; i++) {
        if (s->status[i]) {
            (void)fprintf(out, "%s%zu %s", comma, s->status[i],
                          verdict_status_name((enum verdict_status)i));
            comma = ", ";
        }
    }
    if (s->flaky) {
        (void)fprintf(out, "%s%zu flaky", comma, s->flaky);
    }
    comma = "\nresults: ";
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (s->outcome[i]) {
            (void)fprintf(out, "%s%zu %s", comma, s->outcome[i],
                          sim_outcome_name((enum sim_outcome)i));
            comma = ", ";
        }
    }
    (void)fputc('\n', out);
}

static void print_case_text(const struct summary *s, const struct cli *c, FILE *out,
                            const char *label, const struct summary_case *one)
{
    struct str text;
    if (!one->name) {
        return;
    }
    str_init(&text, s->d);
    str_addf(&text, "%s: %s", one->name, one->text);
    print_labelled(c, out, label, str_get(&text));
    str_release(&text);
}

static void print_warnings(const struct summary *s, const struct cli *c, FILE *out, bool recorded)
{
    print_case_text(s, c, out, "warning: ", &s->warning);
    if (s->warned > 1) {
        (void)fprintf(out, "and %zu more with warnings%s\n", s->warned - 1,
                      recorded ? ": simrun query findings" : "");
    }
}

static void print_slowest(const struct summary *s, const struct cli *c, FILE *out)
{
    struct str text;
    str_init(&text, s->d);
    for (size_t i = 0; i < s->n_slowest; i++) {
        str_addf(&text, "%s%s %.1f ms", i ? ", " : "", s->slowest[i].name,
                 (double)s->slowest[i].ns / 1e6);
    }
    if (text.n) {
        print_labelled(c, out, "slowest: ", str_get(&text));
    }
    str_release(&text);
}

void summary_print(const struct summary *s, const struct cli *c, FILE *out, int64_t ns,
                   unsigned jobs, const char *recorded, bool complete)
{
    print_failures(s, c, out);
    print_flaky(s, c, out);
    if (s->n_failures && recorded) {
        (void)fputs("more: simrun show CASE; simrun tree CASE; simrun query findings\n", out);
    }
    if (c->o.quiet) {
        return;
    }
    if (!complete) {
        (void)fprintf(out, "%sended early%s: %zu of %zu cases ran\n", shade(c, SHADE_BOLD),
                      shade(c, SHADE_OFF), s->cases, s->selected);
    }
    print_earlier(s, out);
    print_counts(s, out);
    print_case_text(s, c, out, "unsupported: ", &s->unsupported);
    print_warnings(s, c, out, recorded);
    if (!s->n_failures && recorded && s->status[VERDICT_RECORDED] &&
        s->outcome[OUTCOME_OK] < s->cases) {
        (void)fputs("more: simrun query by-error; simrun query bad\n", out);
    }
    if (s->checks) {
        (void)fprintf(out, "invariants: %zu looked at, %zu of them suspended by a row\n", s->checks,
                      s->checks_skipped);
    }
    if (s->cases > 1) {
        print_slowest(s, c, out);
    }
    double seconds = (double)ns / 1e9;
    (void)fprintf(out, "%.2f s, %.0f cases/s, %u worker%s\n", seconds,
                  seconds > 0 ? (double)s->cases / seconds : 0, jobs, jobs == 1 ? "" : "s");
    if (recorded) {
        print_escaped(out, recorded);
        (void)fputc('\n', out);
    }
}
