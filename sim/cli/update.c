#include "update.h"

enum { SHOWN_NOTES = 20 };

static bool wants_update(const struct cli *c)
{
    return c->o.update || c->o.update_all;
}

int update_check(struct cli *c)
{
    const char *option = c->o.update_all ? "--update-all" : "--update";
    const char *ci = cli_variable(c, "CI");
    if (!wants_update(c)) {
        return EXIT_FINE;
    }
    if (c->o.ci) {
        return complain(c, EXIT_USAGE, "%s does not go with --ci", option);
    }
    if (ci && strcmp(ci, "0") != 0 && strcmp(ci, "false") != 0) {
        return complain(c, EXIT_USAGE,
                        "%s: the environment says CI=%s, where expectations are not rewritten "
                        "(CI=false allows it)",
                        option, ci);
    }
    for (size_t i = 0; i < c->o.words.n; i++) {
        if (strcmp(c->o.words.p[i], "-") == 0) {
            return complain(c, EXIT_USAGE, "%s: standard input cannot be rewritten", option);
        }
    }
    return EXIT_FINE;
}

int update_begin(struct update *t, struct cli *c, const struct case_source *source,
                 const struct expect_set *set)
{
    struct error err = {0};
    *t = (struct update){.c = c};
    ptrvec_init(&t->notes, c->d);
    if (!wants_update(c)) {
        return EXIT_FINE;
    }
    int code = case_reader_new(c->d, source, &t->reader, &err);
    code = code ? code : expect_update_new(c->d, set, c->o.update_all, &t->u);
    if (code) {
        code = complain(c, EXIT_HARNESS, "%s", err.text ? err.text : "out of memory");
    }
    error_release(&err);
    return code;
}

/* Read again here, for a worker had it. -EPERM and others: `why` tells. */
static int look(struct update *t, const struct run_record *r, struct domain *d, struct error *why)
{
    struct sim_case *c;
    int code = case_read(t->reader, r->index, d, &c, why);
    if (code) {
        return code;
    }
    code = expect_update_case(t->u, &r->info, c, r->result, why);
    case_free(c);
    return code;
}

/* It fails, and will. */
static void leave(struct update *t, const struct run_record *r, const char *why)
{
    char *text = NULL;
    t->left++;
    if (t->notes.n < SHOWN_NOTES) {
        text = mem_printf(t->c->d, "not updated: %s: %s", r->info.name, why);
    }
    if (text && ptrvec_push(&t->notes, text)) {
        mem_free(text);
    }
}

bool update_record(struct update *t, const struct run_record *r)
{
    struct domain d;
    struct error why = {0};
    bool failed = r->verdict->status == VERDICT_FAIL;
    if (!t->u || (!failed && r->verdict->status != VERDICT_RECORDED)) {
        t->left += t->u && r->verdict->status != VERDICT_PASS ? 1 : 0;
        return false;
    }
    if (r->flaky) {
        leave(t, r, "flaky");
        return false;
    }
    domain_init(&d, "update", PROFILE_GVISOR_2018_08_14);
    int code = look(t, r, &d, &why);
    t->broken |= code == CODE_FATE;
    if (code < 0 || (code == 0 && failed)) {
        leave(t, r, why.text ? why.text : "nothing to rewrite would make it pass");
    }
    error_release(&why);
    domain_close(&d, NULL, NULL);
    t->cases += code == 1;
    return code == 1;
}

/* ---- the end -------------------------------------------------------------------------------- */

static void print_edit(struct update *t, FILE *out, const struct expect_edit *e)
{
    const struct cli *c = t->c;
    (void)fprintf(out, "%s--- ", shade(c, SHADE_BOLD));
    print_escaped(out, *e->before ? e->file : "/dev/null");
    if (e->line && *e->before) {
        (void)fprintf(out, ":%llu", (unsigned long long)e->line);
    }
    (void)fputs("\n+++ ", out);
    print_escaped(out, e->file);
    (void)fputs(" (", out);
    print_escaped(out, e->name);
    (void)fprintf(out, ")%s\n", shade(c, SHADE_OFF));
    t->broken |= unified_print(c, out, e->before, e->after) != 0;
}

static int write_all(struct update *t, const struct expect_edit *edits, size_t n, FILE *out)
{
    struct error err = {0};
    size_t files = 0;
    int code = update_write(t->c->d, edits, n, &files, &err);
    if (code) {
        (void)complain(t->c, 0, "%s", err.text ? err.text : "out of memory");
        error_release(&err);
    }
    if (!code && !n) {
        (void)fputs("updated: nothing", out);
    } else if (!code || files) {
        (void)fprintf(out, "updated: %zu case%s in %zu file%s%s", t->cases,
                      t->cases == 1 ? "" : "s", files, files == 1 ? "" : "s",
                      code ? ", before the failure" : "");
    }
    if ((!code || files) && t->left) {
        (void)fprintf(out, "; %zu left alone", t->left);
    }
    (void)fputs(!code || files ? "\n" : "", out);
    return code ? EXIT_HARNESS : EXIT_FINE;
}

static void print_notes(struct update *t)
{
    for (size_t i = 0; i < t->notes.n; i++) {
        (void)complain(t->c, 0, "%s", (const char *)t->notes.p[i]);
    }
    if (t->notes.n == SHOWN_NOTES) {
        (void)complain(t->c, 0, "not updated: these are the first %d", SHOWN_NOTES);
    }
}

int update_end(struct update *t, FILE *out, bool complete)
{
    const struct expect_edit *edits;
    if (!t->u) {
        return EXIT_FINE;
    }
    if (!complete || t->broken) {
        return complain(t->c, complete ? EXIT_HARNESS : EXIT_FINE,
                        "%s: no expectation was rewritten",
                        complete ? "out of memory" : "ended early");
    }
    size_t n = expect_update_edits(t->u, &edits);
    for (size_t i = 0; i < n; i++) {
        print_edit(t, out, &edits[i]);
    }
    print_notes(t);
    return write_all(t, edits, n, out);
}

void update_release(struct update *t)
{
    for (size_t i = 0; i < t->notes.n; i++) {
        mem_free(t->notes.p[i]);
    }
    ptrvec_release(&t->notes);
    expect_update_free(t->u);
    case_reader_free(t->reader);
}
