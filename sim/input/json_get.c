/* Members and typed values. */
#include "arena.h"

#include <simrun/sim/json.h>
#include <stdio.h>

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool json_key_matches(const char *key, const char *name)
{
    for (; *key && fold(*key) == fold(*name); key++, name++) {
    }
    return *key == *name; /* both ended */
}

const struct json *json_member(struct json_doc *doc, const struct json *object, const char *name)
{
    const struct json *found = NULL;
    if (!object || object->type != JSON_OBJECT) {
        return NULL;
    }
    json_for_each(it, object)
    {
        if (it->shadowed || !json_key_matches(it->key, name)) {
            continue;
        }
        if (found) {
            json_warn(doc, it, "keys \"%s\" and \"%s\" are the same field, the last one counts",
                      found->key, it->key);
        }
        found = it;
    }
    return found;
}

const struct json *json_exact(const struct json *object, const char *name)
{
    if (!object || object->type != JSON_OBJECT) {
        return NULL;
    }
    json_for_each(it, object)
    {
        if (!it->shadowed && !strcmp(it->key, name)) {
            return it;
        }
    }
    return NULL;
}

const char *json_type_name(enum json_type type)
{
    static const char *const names[] = {"null",     "a boolean", "a boolean", "a number",
                                        "a string", "an array",  "an object"};
    return names[type];
}

/* Is a key readable behind a dot? */
static bool plain_key(const char *key)
{
    return *key && key[strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789_")] == '\0';
}

/* `spec.mounts[3].options[1]`, at most LIMIT_JSON_DEPTH steps. */
static void add_path(struct str *s, const struct json_doc *doc, const struct json *v)
{
    if (!v->parent) {
        str_add(s, doc->root_name);
        return;
    }
    add_path(s, doc, v->parent);
    if (!v->key) {
        str_addf(s, "[%zu]", v->index);
    } else if (plain_key(v->key)) {
        str_addf(s, "%s%s", s->n ? "." : "", v->key);
    } else {
        str_addc(s, '[');
        str_addq(s, v->key);
        str_addc(s, ']');
    }
}

int json_fail(struct json_doc *doc, const struct json *at, struct error *err, const char *fmt, ...)
{
    struct str path;
    str_init(&path, doc->d);
    add_path(&path, doc, at);
    va_list ap;
    va_start(ap, fmt);
    char *what = mem_vprintf(doc->d, fmt, ap);
    va_end(ap);
    int rc = CODE_FATE;
    if (what && !domain_dead(doc->d)) {
        rc = error_set(doc->d, err, -EINVAL, "%s: %s%s%s (line %u, column %u)", doc->file,
                       str_get(&path), path.n ? ": " : "", what, at->line, at->column);
    }
    mem_free(what);
    str_release(&path);
    return rc;
}

static int wrong_type(struct json_doc *doc, const struct json *v, const char *wanted,
                      struct error *err)
{
    return json_fail(doc, v, err, "expected %s, found %s", wanted, json_type_name(v->type));
}

static bool absent(const struct json *v)
{
    return !v || v->type == JSON_NULL;
}

int json_string(struct json_doc *doc, const struct json *v, const char **ret, struct error *err)
{
    if (absent(v)) {
        *ret = "";
        return 0;
    }
    if (v->type != JSON_STRING) {
        return wrong_type(doc, v, "a string", err);
    }
    *ret = v->text;
    return 0;
}

int json_bool(struct json_doc *doc, const struct json *v, bool *ret, struct error *err)
{
    if (absent(v)) {
        *ret = false;
        return 0;
    }
    if (v->type != JSON_TRUE && v->type != JSON_FALSE) {
        return wrong_type(doc, v, "a boolean", err);
    }
    *ret = v->type == JSON_TRUE;
    return 0;
}

/* Digits behind an optional sign; 0, -EINVAL for another form, -ERANGE. `high` is the largest,
 * -`low` the smallest value. */
static int integer(const char *text, uint64_t low, uint64_t high, bool *negative, uint64_t *ret)
{
    bool minus = *text == '-';
    uint64_t limit = minus ? low : high, v = 0;
    bool range = false;
    for (const char *p = text + minus; *p; p++) {
        if (*p < '0' || *p > '9') {
            return -EINVAL;
        }
        uint64_t digit = (uint64_t)(*p - '0');
        if (range || v > (limit - digit) / 10) {
            range = true;
            continue;
        }
        v = v * 10 + digit;
    }
    if (range) {
        return -ERANGE;
    }
    *negative = minus;
    *ret = v;
    return 0;
}

static int typed_integer(struct json_doc *doc, const struct json *v, const char *type, uint64_t low,
                         uint64_t high, bool *negative, uint64_t *ret, struct error *err)
{
    if (v->type != JSON_NUMBER) {
        return wrong_type(doc, v, "a number", err);
    }
    int rc = integer(v->text, low, high, negative, ret);
    if (rc) {
        return json_fail(doc, v, err, "number %.40s%s is %s %s", v->text, v->n > 40 ? "..." : "",
                         rc == -ERANGE ? "out of the range of" : "no", type);
    }
    return 0;
}

int json_u32(struct json_doc *doc, const struct json *v, uint32_t *ret, struct error *err)
{
    bool negative = false;
    uint64_t value = 0;
    if (absent(v)) {
        *ret = 0;
        return 0;
    }
    /* Go has no "-0" for unsigned numbers. */
    if (v->type == JSON_NUMBER && v->text[0] == '-') {
        return json_fail(doc, v, err, "number %.40s is out of the range of uint32", v->text);
    }
    int rc = typed_integer(doc, v, "uint32", 0, UINT32_MAX, &negative, &value, err);
    if (rc) {
        return rc;
    }
    *ret = (uint32_t)value;
    return 0;
}

int json_i64(struct json_doc *doc, const struct json *v, int64_t *ret, struct error *err)
{
    bool negative = false;
    uint64_t value = 0;
    if (absent(v)) {
        *ret = 0;
        return 0;
    }
    int rc =
        typed_integer(doc, v, "int64", (uint64_t)INT64_MAX + 1, INT64_MAX, &negative, &value, err);
    if (rc) {
        return rc;
    }
    *ret = negative ? (int64_t)(0 - value) : (int64_t)value;
    return 0;
}

int json_object(struct json_doc *doc, const struct json *v, const struct json **ret,
                struct error *err)
{
    if (!absent(v) && v->type != JSON_OBJECT) {
        return wrong_type(doc, v, "an object", err);
    }
    *ret = absent(v) ? NULL : v;
    return 0;
}

int json_array(struct json_doc *doc, const struct json *v, const struct json **ret,
               struct error *err)
{
    if (!absent(v) && v->type != JSON_ARRAY) {
        return wrong_type(doc, v, "an array", err);
    }
    *ret = absent(v) ? NULL : v;
    return 0;
}

int json_strings(struct json_doc *doc, const struct json *v, const char ***ret, size_t *ret_n,
                 struct error *err)
{
    const struct json *list = NULL;
    int rc = json_array(doc, v, &list, err);
    if (rc) {
        return rc;
    }
    size_t n = list ? list->n : 0;
    const char **texts = NULL;
    if (n) {
        texts = arena_alloc(doc->arena, n * sizeof(*texts));
        if (!texts) {
            return CODE_FATE;
        }
        json_for_each(it, list)
        {
            rc = json_string(doc, it, &texts[it->index], err);
            if (rc) {
                return rc;
            }
        }
    }
    *ret = texts;
    *ret_n = n;
    return 0;
}
