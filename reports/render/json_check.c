/* Is a text JSON? What a recorder made is; a file that somebody changed may hold anything. */
#include "internal.h"

#include <string.h>

enum { DEPTH = 256 }; /* arrays and objects inside one another; more is no JSON of ours */

/* Each returns what stands behind the thing at `p`, or NULL when it is not there. */

static const char *skip_space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static const char *skip_string(const char *p)
{
    for (p++; *p != '"'; p++) {
        if ((unsigned char)*p < 0x20) {
            return NULL;
        }
        if (*p != '\\') {
            continue;
        }
        p++;
        size_t hex = *p == 'u' ? 4 : 0;
        if (*p == '\0' || !strchr("\"\\/bfnrtu", *p) ||
            strspn(p + 1, "0123456789abcdefABCDEF") < hex) {
            return NULL;
        }
        p += hex;
    }
    return p + 1;
}

static const char *skip_digits(const char *p)
{
    size_t n = strspn(p, "0123456789");
    return n ? p + n : NULL;
}

static const char *skip_number(const char *p)
{
    p += *p == '-';
    p = *p == '0' ? p + 1 : skip_digits(p);
    if (p && *p == '.') {
        p = skip_digits(p + 1);
    }
    if (p && (*p | 32) == 'e') {
        p += 1 + (p[1] == '+' || p[1] == '-');
        p = skip_digits(p);
    }
    return p;
}

static const char *skip_word(const char *p)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        if (strncmp(p, words[i], n) == 0) {
            return p + n;
        }
    }
    return skip_number(p);
}

/* The key of a member and its colon. */
static const char *skip_key(const char *p)
{
    p = *p == '"' ? skip_string(p) : NULL;
    p = p ? skip_space(p) : NULL;
    return p && *p == ':' ? skip_space(p + 1) : NULL;
}

/* What opens here is open in `open`, innermost last; a value that is whole leaves it as it was. */
struct nest {
    char open[DEPTH];
    size_t depth;
};

/* Up to the begin of a value that opens nothing, or behind a bracket that closes at once. */
static const char *enter(struct nest *nest, const char *p, bool *whole)
{
    *whole = false;
    while (p && (*p == '[' || *p == '{')) {
        if (nest->depth == DEPTH) {
            return NULL;
        }
        char close = *p == '[' ? ']' : '}';
        nest->open[nest->depth++] = close;
        p = skip_space(p + 1);
        if (*p == close) {
            *whole = true;
            nest->depth--;
            return p + 1;
        }
        p = close == '}' ? skip_key(p) : p;
    }
    return p;
}

/* Behind a value: closes what ends here; then a comma leads to the next value. `*more`: it does. */
static const char *leave(struct nest *nest, const char *p, bool *more)
{
    p = skip_space(p);
    while (nest->depth > 0 && *p == nest->open[nest->depth - 1]) {
        nest->depth--;
        p = skip_space(p + 1);
    }
    *more = nest->depth > 0;
    if (!*more) {
        return p;
    }
    if (*p != ',') {
        return NULL;
    }
    p = skip_space(p + 1);
    return nest->open[nest->depth - 1] == '}' ? skip_key(p) : p;
}

bool rep_is_json(const char *text)
{
    struct nest nest = {.depth = 0};
    const char *p = skip_space(text);
    bool more = true;
    while (p && more) {
        bool whole;
        p = enter(&nest, p, &whole);
        if (p && !whole) {
            p = *p == '"' ? skip_string(p) : skip_word(p);
        }
        p = p ? leave(&nest, p, &more) : NULL;
    }
    return p && *p == '\0';
}
