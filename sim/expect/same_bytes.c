/* The quick look at an expected line: almost always the result's own line has the same bytes, or
 * has them but for the spaces between values. */
#include "compare.h"

#include "../input/light.h"

static bool key_is(const struct light_member *m, const char *key)
{
    return m->key_n == strlen(key) && memcmp(m->key, key, m->key_n) == 0;
}

static const char *skip_space(const char *p, const char *end)
{
    while (p < end && *p == ' ') {
        p++;
    }
    return p;
}

/* The same bytes but for spaces outside of strings. */
static bool same_value(const char *a, const char *a_end, const char *b, const char *b_end)
{
    bool in_string = false;
    for (;; a++, b++) {
        a = in_string ? a : skip_space(a, a_end);
        b = in_string ? b : skip_space(b, b_end);
        if (a == a_end || b == b_end) {
            return a == a_end && b == b_end;
        }
        if (*a != *b) {
            return false;
        }
        if (*a == '"') {
            in_string = !in_string;
        } else if (*a == '\\' && a + 1 < a_end && b + 1 < b_end && *++a != *++b) {
            return false;
        }
    }
}

/* Objects also when their members stand in another order. */
static bool same_object(const char *a, const char *a_end, const char *b, const char *b_end)
{
    if (a == a_end || *a != '{' || b == b_end || *b != '{') {
        return false;
    }
    cJSON *x = cJSON_ParseWithLength(a, (size_t)(a_end - a));
    cJSON *y = cJSON_ParseWithLength(b, (size_t)(b_end - b));
    bool same = cJSON_Compare(x, y, true);
    cJSON_Delete(x);
    cJSON_Delete(y);
    return same;
}

static bool same_member(const struct light *a, const struct light_member *x, const struct light *b,
                        const struct light_member *y)
{
    return x->key_n == y->key_n && memcmp(x->key, y->key, x->key_n) == 0 &&
           (same_value(x->value, a->p, y->value, b->p) ||
            same_object(x->value, a->p, y->value, b->p));
}

/* Do both have the same members but for the first one's nodes? */
static bool same_members(struct light *want, struct light *got, struct text_range *nodes)
{
    struct light_member w, g;
    while (light_next(want, &w)) {
        if (key_is(&w, "nodes")) {
            if (nodes->p) {
                return false;
            }
            *nodes = (struct text_range){w.value, (size_t)(want->p - w.value)};
        } else if (!light_next(got, &g) || !same_member(want, &w, got, &g)) {
            return false;
        }
    }
    return want->p < want->end && *want->p == '}' && !light_next(got, &g);
}

bool line_same_bytes(struct domain *d, const char *p, size_t n, const struct sim_result *r,
                     struct text_range *nodes)
{
    struct sim_result copy = *r;
    struct light want, got;
    struct text_range found = {0};
    struct str line;
    copy.has_nodes = false;
    str_init(&line, d);
    bool same = sim_result_line(&copy, &line) == 0 && light_begin(&want, p, n) &&
                light_begin(&got, line.p, line.n) && same_members(&want, &got, &found) &&
                (found.p != NULL) == r->has_nodes;
    str_release(&line);
    if (same) {
        *nodes = found;
    }
    return same;
}
