/* Values of result lines, and which of them count. */
#include "compare.h"

#include <stdio.h>

static const char *const field_names[] = {
    "result", "error", "compiled", "log", "fds_left", "nodes", "ops", "restore", "host_diff",
};

/* JSON text becomes what it stands for: who shows a difference escapes it, once. */
static void undo_escapes(char *text)
{
    static const char letters[] = "bfnrt";
    static const char meant[] = "\b\f\n\r\t";
    char *to = text;
    for (const char *p = text; *p; p++) {
        if (*p != '\\') {
            *to++ = *p;
            continue;
        }
        const char *letter = strchr(letters, *++p);
        unsigned code = 0;
        if (sscanf(p, "u%4x", &code) == 1) { /* a control character: all else is written as it is */
            *to++ = (char)code;
            p += 4;
        } else {
            *to++ = letter ? meant[letter - letters] : *p;
        }
    }
    *to = '\0';
}

char *value_text(struct domain *d, const cJSON *value)
{
    if (!value) {
        return mem_dup(d, "nothing");
    }
    char *whole = cJSON_PrintUnformatted(value);
    if (!whole) {
        return mem_dup(d, "?");
    }
    undo_escapes(whole);
    bool cut = strlen(whole) > LIMIT_DIFFERENCE_VALUE;
    char *text = mem_printf(d, "%.*s%s", (int)LIMIT_DIFFERENCE_VALUE, whole, cut ? "..." : "");
    cJSON_free(whole);
    return text;
}

bool value_is_empty(const cJSON *value)
{
    return !value || cJSON_IsNull(value) || cJSON_IsFalse(value) ||
           (cJSON_IsNumber(value) && !(value->valuedouble < 0 || value->valuedouble > 0)) ||
           (cJSON_IsString(value) && value->valuestring[0] == '\0') ||
           ((cJSON_IsArray(value) || cJSON_IsObject(value)) && !value->child);
}

bool value_is_list(struct verdict *v, const char *where, const cJSON *want)
{
    bool is_list = value_is_empty(want) || cJSON_IsArray(want);
    if (!is_list) {
        verdict_add(v, "%s: what is wanted is no list", where);
    }
    return is_list;
}

static void add(struct verdict *v, const char *where, const cJSON *want, const cJSON *got)
{
    char *w = value_text(v->d, want), *g = value_text(v->d, got);
    verdict_add(v, "%s: want %s got %s", where, w ? w : "", g ? g : "");
    mem_free(w);
    mem_free(g);
}

static void elements(struct verdict *v, const char *where, const cJSON *want, const cJSON *got)
{
    const cJSON *w = want->child, *g = got->child;
    for (size_t i = 0; w || g; i++) {
        char *at = mem_printf(v->d, "%s[%zu]", where, i);
        if (at && w && g) {
            compare_value(v, at, w, g);
        } else if (at) {
            add(v, at, w, g);
        }
        mem_free(at);
        w = w ? w->next : NULL;
        g = g ? g->next : NULL;
    }
}

static void members(struct verdict *v, const char *where, const cJSON *want, const cJSON *got)
{
    for (const cJSON *w = want->child; w; w = w->next) {
        const cJSON *g = cJSON_GetObjectItemCaseSensitive(got, w->string);
        char *at = mem_printf(v->d, "%s.%s", where, w->string);
        if (at && g) {
            compare_value(v, at, w, g);
        } else if (at) {
            add(v, at, w, NULL);
        }
        mem_free(at);
    }
    for (const cJSON *g = got->child; g; g = g->next) {
        if (!cJSON_GetObjectItemCaseSensitive(want, g->string)) {
            char *at = mem_printf(v->d, "%s.%s", where, g->string);
            add(v, at ? at : where, NULL, g);
            mem_free(at);
        }
    }
}

void compare_value(struct verdict *v, const char *where, const cJSON *want, const cJSON *got)
{
    if (cJSON_Compare(want, got, true)) {
        return; /* mostly; the places of differences are made only for some */
    }
    if (cJSON_IsArray(want) && cJSON_IsArray(got)) {
        elements(v, where, want, got);
    } else if (cJSON_IsObject(want) && cJSON_IsObject(got)) {
        members(v, where, want, got);
    } else {
        add(v, where, want, got);
    }
}

/* Does the wanted value stand for any text, and is there one? */
static bool any_text(const cJSON *want, const cJSON *got)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(want, "value"));
    return text && strcmp(text, "*") == 0 &&
           cJSON_IsString(cJSON_GetObjectItemCaseSensitive(got, "value"));
}

static void compare_op(struct verdict *v, const char *where, const cJSON *want, const cJSON *got)
{
    if (!any_text(want, got)) {
        compare_value(v, where, want, got);
        return;
    }
    cJSON *copy = cJSON_Duplicate(want, true);
    cJSON *value = cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(got, "value"), true);
    if (copy && value && cJSON_ReplaceItemInObjectCaseSensitive(copy, "value", value)) {
        compare_value(v, where, copy, got);
    } else {
        cJSON_Delete(value);
        domain_oom(v->d);
    }
    cJSON_Delete(copy);
}

void compare_ops(struct verdict *v, const cJSON *want, const cJSON *got)
{
    if (!value_is_list(v, "ops", want)) {
        return;
    }
    const cJSON *w = want ? want->child : NULL, *g = got ? got->child : NULL;
    for (size_t i = 0; w || g; i++) {
        char *at = mem_printf(v->d, "ops[%zu]", i);
        if (at && w && g) {
            compare_op(v, at, w, g);
        } else if (at) {
            add(v, at, w, g);
        }
        mem_free(at);
        w = w ? w->next : NULL;
        g = g ? g->next : NULL;
    }
}

/* ------------------------------------------------------------------------------------- results */

/* The result as a result line without nodes: those are compared as they are. */
static cJSON *small_line(struct domain *d, const struct sim_result *r)
{
    struct sim_result copy = *r;
    copy.has_nodes = false;
    struct str line;
    str_init(&line, d);
    cJSON *got = sim_result_line(&copy, &line) ? NULL : cJSON_ParseWithLength(line.p, line.n);
    str_release(&line);
    return got;
}

const cJSON *expectation_member(const struct expectation *e, const char *key)
{
    const cJSON *m = cJSON_GetObjectItemCaseSensitive(e->over, key);
    return m ? m : cJSON_GetObjectItemCaseSensitive(e->base, key);
}

bool expectation_counts(const char *field, enum sim_outcome outcome, bool same)
{
    if (!same || strcmp(field, "result") == 0) {
        return true;
    }
    return outcome == OUTCOME_PANIC ? strcmp(field, "error") == 0 : outcome != OUTCOME_HANG;
}

bool expectation_is_of(const struct expectation *e, enum sim_outcome outcome)
{
    const char *result = cJSON_GetStringValue(expectation_member(e, "result"));
    return result && strcmp(result, sim_outcome_name(outcome)) == 0;
}

static void compare_field(struct verdict *v, const struct expectation *e, const char *field,
                          const struct sim_result *r, const cJSON *got_line)
{
    const cJSON *want = expectation_member(e, field);
    if (!e->whole && (!want || cJSON_IsNull(want))) {
        return;
    }
    const cJSON *got = cJSON_GetObjectItemCaseSensitive(got_line, field);
    if (strcmp(field, "nodes") == 0) {
        compare_nodes(v, want, r, e->subtrees);
    } else if (strcmp(field, "ops") == 0) {
        compare_ops(v, want, got);
    } else if (value_is_empty(want) || value_is_empty(got)) {
        if (!value_is_empty(want) || !value_is_empty(got)) {
            add(v, field, want, got);
        }
    } else {
        compare_value(v, field, want, got);
    }
}

static bool is_known(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(field_names); i++) {
        if (strcmp(field_names[i], key) == 0) {
            return true;
        }
    }
    static const char *const more[] = {"nodes_include", "mounts", "mounts_include", "mtree",
                                       "comment"};
    for (size_t i = 0; i < ARRAY_LEN(more); i++) {
        if (strcmp(more[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static void refuse_unknown(struct verdict *v, const cJSON *object)
{
    for (const cJSON *m = object ? object->child : NULL; m; m = m->next) {
        if (!is_known(m->string)) {
            verdict_add(v, "expect: a result has no field \"%s\"", m->string);
        }
    }
}

/* What a case may want beside the fields of a recorded line. */
static void compare_more(struct verdict *v, const struct expectation *e, const struct sim_result *r)
{
    const cJSON *some = expectation_member(e, "nodes_include");
    const cJSON *mounts = expectation_member(e, "mounts");
    const cJSON *some_mounts = expectation_member(e, "mounts_include");
    compare_nodes_include(v, some, r, e->subtrees);
    if (mounts && !cJSON_IsNull(mounts)) {
        compare_mounts(v, mounts, r, true);
    }
    if (some_mounts && !cJSON_IsNull(some_mounts)) {
        compare_mounts(v, some_mounts, r, false);
    }
}

void compare_result(struct verdict *v, const struct expectation *e, const struct sim_result *r)
{
    cJSON *got = small_line(v->d, r);
    if (!got) {
        verdict_add(v, "result: its line is not JSON");
        return;
    }
    bool same = expectation_is_of(e, r->outcome);
    for (size_t i = 0; i < ARRAY_LEN(field_names); i++) {
        if (expectation_counts(field_names[i], r->outcome, same)) {
            compare_field(v, e, field_names[i], r, got);
        }
    }
    if (!e->whole) {
        if (expectation_counts("nodes_include", r->outcome, same)) {
            compare_more(v, e, r);
        }
        refuse_unknown(v, e->base);
        refuse_unknown(v, e->over);
    }
    cJSON_Delete(got);
}
