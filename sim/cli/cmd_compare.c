/* simrun compare: the same cases under two profiles, and the rows of the contract that make the
 * difference. */
#include "cli.h"

#include <cjson/cJSON.h>
#include <simrun/sim/compare.h>

enum { COMPARE_NAMES = 3, COMPARE_CHANGES = 6 }; /* shown of a row's cases, of a case's changes */

/* The cases that a row changes. */
struct row_cases {
    size_t n;
    char *names[COMPARE_NAMES]; /* owned */
};

struct comparing {
    struct cli *c;
    struct settings set;
    struct model_options a, b;
    const char *name_a, *name_b;
    size_t cases, changed, unread;
    struct row_cases rows[QUIRK_COUNT + 1]; /* the last: no single row does it */
};

static int note_case(struct comparing *cmp, size_t row, const char *name)
{
    struct row_cases *rc = &cmp->rows[row];
    if (rc->n < COMPARE_NAMES) {
        rc->names[rc->n] = mem_dup(cmp->c->d, name);
        if (!rc->names[rc->n]) {
            return CODE_FATE;
        }
    }
    rc->n++;
    return 0;
}

static int note_causes(struct comparing *cmp, const struct comparison *diff, const char *name)
{
    int code = diff->causes.n ? 0 : note_case(cmp, QUIRK_COUNT, name);
    for (size_t i = 0; i < diff->causes.n && code == 0; i++) {
        enum quirk q;
        code = quirk_parse(diff->causes.p[i], &q);
        code = code ? code : note_case(cmp, q, name);
    }
    return code;
}

/* --------------------------------------------------------------------------------------------------
 * output */

static void print_texts(const struct cli *c, const struct comparison *diff, const char *name)
{
    FILE *out = c->env->out;
    print_escaped(out, name);
    (void)fputc('\n', out);
    for (size_t i = 0; i < diff->changes.n && i < COMPARE_CHANGES; i++) {
        print_wrapped(c, out, diff->changes.p[i]);
    }
    if (diff->changes.n + diff->more > COMPARE_CHANGES) {
        (void)fprintf(out, "  and %zu more\n", diff->changes.n + diff->more - COMPARE_CHANGES);
    }
    (void)fputs(diff->causes.n ? "  because of" : "  no single row of the contract does it", out);
    for (size_t i = 0; i < diff->causes.n; i++) {
        (void)fprintf(out, " %s", (const char *)diff->causes.p[i]);
    }
    (void)fputs("\n", out);
}

static void add_texts(cJSON *o, const char *key, const struct ptrvec *texts)
{
    cJSON *list = cJSON_AddArrayToObject(o, key);
    for (size_t i = 0; i < texts->n; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateString(texts->p[i]));
    }
}

static void print_json(const struct cli *c, const struct comparison *diff, const char *name)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", name);
    add_texts(o, "changes", &diff->changes);
    cJSON_AddNumberToObject(o, "more", (double)diff->more);
    add_texts(o, "causes", &diff->causes);
    char *text = cJSON_PrintUnformatted(o);
    (void)fprintf(c->env->out, "%s\n", text ? text : "");
    cJSON_free(text);
    cJSON_Delete(o);
}

static void print_row(const struct comparing *cmp, size_t row)
{
    const struct row_cases *rc = &cmp->rows[row];
    FILE *out = cmp->c->env->out;
    if (rc->n == 0) {
        return;
    }
    const char *id = row < QUIRK_COUNT ? quirk_id((enum quirk)row) : "-";
    const char *subject =
        row < QUIRK_COUNT ? quirk_subject((enum quirk)row) : "several rows together";
    (void)fprintf(out, "%6zu  %-6s  %s\n                in", rc->n, id, subject);
    for (size_t i = 0; i < rc->n && i < COMPARE_NAMES; i++) {
        (void)fputc(' ', out);
        print_escaped(out, rc->names[i]);
    }
    (void)fputs(rc->n > COMPARE_NAMES ? " ...\n" : "\n", out);
}

static void print_summary(const struct comparing *cmp)
{
    (void)fprintf(cmp->c->env->out, "%zu case%s under %s and %s: %zu differ\n", cmp->cases,
                  cmp->cases == 1 ? "" : "s", cmp->name_a, cmp->name_b, cmp->changed);
    for (size_t row = 0; row <= QUIRK_COUNT; row++) {
        print_row(cmp, row);
    }
}

/* ---------------------------------------------------------------------------------------------------
 * cases */

static int compare_one(struct comparing *cmp, struct case_reader *reader, size_t index, bool json)
{
    struct domain d;
    struct error err = {0};
    struct sim_case *sc = NULL;
    domain_init(&d, "case", PROFILE_GVISOR_2018_08_14);
    int code = case_read(reader, index, &d, &sc, &err);
    if (code && code != CODE_FATE) {
        (void)complain(cmp->c, EXIT_FAILED, "%s", err.text);
        cmp->unread++;
        error_release(&err);
        domain_close(&d, NULL, NULL);
        return 0;
    }
    struct comparison diff;
    comparison_init(&diff, &d);
    code = code ? code : compare_case(&d, sc, &cmp->a, &cmp->b, &diff);
    cmp->cases++;
    if (code == 0 && !diff.equal) {
        cmp->changed++;
        code = note_causes(cmp, &diff, sc->name);
        if (json) {
            print_json(cmp->c, &diff, sc->name);
        } else if (!cmp->c->o.quiet) {
            print_texts(cmp->c, &diff, sc->name);
        }
    }
    comparison_release(&diff);
    case_free(sc);
    domain_close(&d, NULL, NULL);
    return code;
}

static int compare_all(struct comparing *cmp, const struct case_source *source, struct error *err)
{
    struct cli *c = cmp->c;
    bool json = c->o.format && strcmp(c->o.format, "jsonl") == 0;
    struct case_reader *reader;
    size_t *selection, n;
    int code = case_reader_new(c->d, source, &reader, err);
    if (code) {
        return code;
    }
    code = select_cases(c, source, &selection, &n);
    for (size_t i = 0; i < n && code == 0; i++) {
        code = compare_one(cmp, reader, selection[i], json);
    }
    mem_free(selection);
    case_reader_free(reader);
    if (code == 0 && n == 0) {
        (void)nothing_selected(c, source);
    } else if (code == 0 && !json) {
        print_summary(cmp);
    }
    for (size_t row = 0; row <= QUIRK_COUNT; row++) {
        for (size_t i = 0; i < COMPARE_NAMES; i++) {
            mem_free(cmp->rows[row].names[i]);
        }
    }
    return code;
}

/* The two profiles; --quirk counts for both. */
static int read_sides(struct comparing *cmp, struct error *err)
{
    struct cli *c = cmp->c;
    enum profile profiles[2];
    if (c->o.profile.n != 2) {
        return error_set(c->d, err, -EINVAL, "compare needs --profile twice, not %zu times",
                         c->o.profile.n);
    }
    if (strcmp(c->o.profile.p[0], c->o.profile.p[1]) == 0) {
        return error_set(c->d, err, -EINVAL, "compare needs two profiles, not %s twice",
                         (const char *)c->o.profile.p[0]);
    }
    for (size_t i = 0; i < 2; i++) {
        if (profile_parse(c->o.profile.p[i], &profiles[i])) {
            return error_set(c->d, err, -EINVAL, "--profile: no profile \"%s\"",
                             (const char *)c->o.profile.p[i]);
        }
    }
    cmp->a = cmp->b = cmp->set.model;
    cmp->a.profile = profiles[0];
    cmp->b.profile = profiles[1];
    cmp->name_a = profile_name(profiles[0]);
    cmp->name_b = profile_name(profiles[1]);
    return 0;
}

int cmd_compare(struct cli *c)
{
    struct comparing cmp = {.c = c};
    struct error err = {0};
    struct case_source *source = NULL;
    int code = settings_init(c, &cmp.set, &err);
    bool has_settings = code == 0;
    code = code ? code : read_sides(&cmp, &err);
    code = code ? code
                : case_source_open(c->d, &cmp.set.cases, (const char *const *)(void *)c->o.words.p,
                                   c->o.words.n, &source, &err);
    code = code ? code : compare_all(&cmp, source, &err);
    case_source_free(source);
    if (has_settings) {
        settings_release(&cmp.set);
    }
    if (code) {
        return input_trouble(c, code, &err);
    }
    code = finish_output(c);
    return code ? code : cmp.unread ? EXIT_FAILED : cmp.cases ? EXIT_FINE : EXIT_USAGE;
}
