/* simrun explain: a path of a case, or a row of the contract. */
#include "cli.h"

#include <cjson/cJSON.h>
#include <fnmatch.h>
#include <simrun/contract.h>
#include <unistd.h>

/* ------------------------------------------------------------------------------- a row of the
 * contract */

static void print_label(const struct cli *c, const char *label, const char *text)
{
    char first[16];
    (void)snprintf(first, sizeof(first), "%-10s", label);
    print_labelled(c, c->env->out, first, text);
}

/* "on" or "off" of a switch under a profile. */
static const char *value_text(enum quirk q, enum profile p)
{
    struct domain d;
    domain_init(&d, "profile", p);
    bool on = d.quirks.value[q];
    domain_close(&d, NULL, NULL);
    return on ? "on" : "off";
}

static void print_switch(struct cli *c, const struct contract_row *row, enum quirk q)
{
    struct str s;
    str_init(&s, c->d);
    for (int p = 0; p < PROFILE_COUNT; p++) {
        str_addf(&s, "%s%s in %s", p ? ", " : "", value_text(q, (enum profile)p),
                 profile_name((enum profile)p));
    }
    print_label(c, "Profiles", str_get(&s));
    str_release(&s);
    str_init(&s, c->d);
    str_addf(&s, "simrun run --quirk %s=off PATH", row->id);
    print_label(c, "Try", str_get(&s));
    str_release(&s);
}

static void print_row(struct cli *c, const struct contract_row *row)
{
    enum quirk q;
    struct str s;
    const char *colon = strchr(row->where, ':');
    (void)fprintf(c->env->out, "%s%s: %s%s\n", shade(c, SHADE_BOLD), row->id, row->subject,
                  c->colour ? SHADE_OFF : "");
    str_init(&s, c->d);
    str_addf(&s, "model/contract/%.*s.md, section %s", (int)(colon - row->where), row->where,
             colon + 1);
    print_label(c, "Where", str_get(&s));
    str_release(&s);
    str_init(&s, c->d);
    str_addf(&s, "%s%s%s", row->kind, strcmp(row->kind, row->cls) ? ", " : "",
             strcmp(row->kind, row->cls) ? row->cls : "");
    print_label(c, "Kind", str_get(&s));
    str_release(&s);
    print_label(c, "Decision", row->decision);
    if (quirk_parse(row->id, &q) == 0) {
        print_switch(c, row, q);
    }
}

static void print_row_json(struct cli *c, const struct contract_row *row)
{
    enum quirk q;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "row", row->id);
    cJSON_AddStringToObject(o, "kind", row->kind);
    cJSON_AddStringToObject(o, "class", row->cls);
    cJSON_AddStringToObject(o, "where", row->where);
    cJSON_AddStringToObject(o, "subject", row->subject);
    cJSON_AddStringToObject(o, "decision", row->decision);
    cJSON *profiles = quirk_parse(row->id, &q) ? NULL : cJSON_AddObjectToObject(o, "profiles");
    for (int p = 0; profiles && p < PROFILE_COUNT; p++) {
        cJSON_AddBoolToObject(profiles, profile_name((enum profile)p),
                              strcmp(value_text(q, (enum profile)p), "on") == 0);
    }
    char *text = cJSON_PrintUnformatted(o);
    (void)fprintf(c->env->out, "%s\n", text ? text : "");
    cJSON_free(text);
    cJSON_Delete(o);
}

static const char *const *row_ids(struct domain *d, size_t *n)
{
    struct contract_row row;
    size_t rows = 0;
    while (contract_row_at(rows, &row)) {
        rows++;
    }
    const char **ids = mem_resize(d, NULL, 0, rows + 1, sizeof(*ids), "row ids");
    for (size_t i = 0; ids && i < rows; i++) {
        (void)contract_row_at(i, &row);
        ids[i] = row.id;
    }
    *n = ids ? rows : 0;
    return ids;
}

static int no_row(struct cli *c, const char *id)
{
    size_t n;
    const char *const *ids = row_ids(c->d, &n);
    const char *hint = n ? rep_nearest(id, ids, n) : NULL;
    int code = complain(c, EXIT_USAGE,
                        "%s is no row of the contract%s%s (simrun explain '*' lists them); for a "
                        "case a PATH is needed: simrun explain CASE PATH",
                        id, hint ? ", like " : "", hint ? hint : "");
    mem_free((void *)ids);
    return code;
}

/* A line for each row, and how the profiles set those that can be switched. */
static void print_row_line(struct cli *c, const struct contract_row *row)
{
    enum quirk q;
    struct str s;
    str_init(&s, c->d);
    str_add(&s, row->subject);
    for (int p = 0; quirk_parse(row->id, &q) == 0 && p < PROFILE_COUNT; p++) {
        str_addf(&s, "%s%s%s", p ? "/" : " (", value_text(q, (enum profile)p),
                 p + 1 == PROFILE_COUNT ? ")" : "");
    }
    print_label(c, row->id, str_get(&s));
    str_release(&s);
}

/* The rows that `glob` matches. How many there are. */
static size_t list_rows(struct cli *c, const char *glob)
{
    struct contract_row row;
    size_t n = 0;
    for (size_t i = 0; contract_row_at(i, &row); i++) {
        if (fnmatch(glob, row.id, 0) != 0) {
            continue;
        }
        n++;
        if (output_format(c) == REP_FORMAT_JSONL) {
            print_row_json(c, &row);
        } else {
            print_row_line(c, &row);
        }
    }
    if (n && output_format(c) != REP_FORMAT_JSONL) {
        (void)fputs("\nin brackets, of rows that --quirk ID=on|off switches: the value in",
                    c->env->out);
        for (int p = 0; p < PROFILE_COUNT; p++) {
            (void)fprintf(c->env->out, "%s%s", p ? "/" : "\n", profile_name((enum profile)p));
        }
        (void)fputc('\n', c->env->out);
    }
    return n;
}

static int explain_row(struct cli *c, const char *id)
{
    struct contract_row row;
    if (strpbrk(id, "*?[")) {
        return list_rows(c, id) ? finish_output(c) : no_row(c, id);
    }
    if (contract_row_find(id, &row)) {
        return no_row(c, id);
    }
    if (output_format(c) == REP_FORMAT_JSONL) {
        print_row_json(c, &row);
    } else {
        print_row(c, &row);
    }
    return finish_output(c);
}

/* ------------------------------------------------------------------------------------ a path of a
 * case */

static const char *subject_of_row(void *arg, const char *id)
{
    struct contract_row row;
    (void)arg;
    return contract_row_find(id, &row) ? NULL : row.subject;
}

static int explain_path(struct cli *c, const char *word, const char *path)
{
    struct rep_db *db = NULL;
    char *name = NULL;
    bool fresh = !c->o.run && !c->o.db && access(word, F_OK) == 0;
    int code = fresh ? fresh_run(c, word, &db, &name) : open_records(c, c->o.db, REP_READ, &db);
    if (code) {
        return code;
    }
    struct rep_sink sink = cli_sink(c->env->out, c->env->width, c->colour);
    struct rep_explain what = {
        .run = c->o.run ? c->o.run : "latest",
        .name = fresh ? name : word,
        .path = path,
        .rule = subject_of_row,
    };
    code = settle(c, db, rep_explain(db, &what, &sink, output_format(c)));
    mem_free(name);
    return code;
}

int cmd_explain(struct cli *c)
{
    const char *word = c->o.words.p[0];
    const char *format = c->o.format ? c->o.format : "text";
    if (strcmp(format, "text") != 0 && strcmp(format, "jsonl") != 0) {
        return complain(c, EXIT_USAGE, "--format: an explanation is text or jsonl");
    }
    return c->o.words.n == 1 ? explain_row(c, word) : explain_path(c, word, c->o.words.p[1]);
}
