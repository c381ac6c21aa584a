#include "light.h"

#include <simrun/sim/json.h>

static void skip_space(struct light *l)
{
    while (l->p < l->end && (*l->p == ' ' || *l->p == '\t' || *l->p == '\r' || *l->p == '\n')) {
        l->p++;
    }
}

/* From an opening quote to behind the closing one. */
static bool skip_string(struct light *l)
{
    const char *start = ++l->p;
    while (l->p < l->end) {
        const char *quote = memchr(l->p, '"', (size_t)(l->end - l->p)), *before = quote;
        if (!quote) {
            break;
        }
        while (before > start && before[-1] == '\\') {
            before--;
        }
        l->p = quote + 1;
        if ((quote - before) % 2 == 0) {
            return true;
        }
    }
    l->p = l->end;
    return false;
}

/* To the ',' or '}' behind a value, over strings and brackets. */
static void skip_value(struct light *l)
{
    size_t depth = 0;
    while (l->p < l->end) {
        char c = *l->p;
        if (c == '"') {
            skip_string(l);
            continue;
        }
        if (c == '{' || c == '[') {
            depth++;
        } else if (!depth && (c == ',' || c == '}')) {
            return;
        } else if (depth && (c == '}' || c == ']')) {
            depth--;
        }
        l->p++;
    }
}

bool light_begin(struct light *l, const char *p, size_t n)
{
    *l = (struct light){p, p + n};
    skip_space(l);
    return l->p < l->end && *l->p++ == '{';
}

bool light_next(struct light *l, struct light_member *ret)
{
    skip_space(l);
    if (l->p < l->end && *l->p == ',') {
        l->p++;
        skip_space(l);
    }
    if (l->p >= l->end || *l->p != '"') {
        return false;
    }
    ret->key = l->p + 1;
    if (!skip_string(l)) {
        return false;
    }
    ret->key_n = (size_t)(l->p - 1 - ret->key);
    skip_space(l);
    if (l->p >= l->end || *l->p++ != ':') {
        return false;
    }
    skip_space(l);
    ret->value = l->p;
    skip_value(l);
    return true;
}

static bool key_is(const struct light_member *m, const char *name)
{
    char key[32];
    if (m->key_n >= sizeof(key)) {
        return false;
    }
    memcpy(key, m->key, m->key_n);
    key[m->key_n] = '\0';
    return json_key_matches(key, name);
}

bool light_has(const char *p, size_t n, const char *name)
{
    struct light l;
    struct light_member m;
    if (!light_begin(&l, p, n)) {
        return false;
    }
    while (light_next(&l, &m)) {
        if (key_is(&m, name)) {
            return true;
        }
    }
    return false;
}

enum light_id light_id(const char *p, size_t n, const char **ret, size_t *ret_n)
{
    struct light l;
    struct light_member m;
    if (!light_begin(&l, p, n)) {
        return LIGHT_ID_HARD;
    }
    while (light_next(&l, &m)) {
        if (m.key_n != 2 || memcmp(m.key, "id", 2) != 0) {
            continue;
        }
        if (m.value >= l.end || *m.value != '"') {
            return LIGHT_ID_HARD;
        }
        const char *text = m.value + 1, *c = text;
        while (c < l.end && *c != '"') {
            if (*c == '\\' || (unsigned char)*c >= 0x80 || (unsigned char)*c < 0x20) {
                return LIGHT_ID_HARD;
            }
            c++;
        }
        *ret = text;
        *ret_n = (size_t)(c - text);
        return c < l.end && c > text ? LIGHT_ID_FOUND : LIGHT_ID_HARD;
    }
    return LIGHT_ID_HARD;
}
