#include "cursor.h"

static void skip_space(struct cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' || *c->p == '\t' || *c->p == '\r')) {
        c->p++;
    }
}

bool cursor_take(struct cursor *c, char byte)
{
    skip_space(c);
    return c->p < c->end && *c->p++ == byte;
}

bool cursor_text(struct cursor *c, const char *text)
{
    if (!cursor_take(c, '"')) {
        return false;
    }
    const char *p = c->p;
    while (p < c->end && *text && *p == *text && *p != '"' && *p != '\\') {
        p++;
        text++;
    }
    c->p = p;
    return *text == '\0' && p < c->end && *c->p++ == '"';
}

bool cursor_any_text(struct cursor *c, const char **ret, size_t *ret_n)
{
    if (!cursor_take(c, '"')) {
        return false;
    }
    const char *start = c->p, *quote = memchr(start, '"', (size_t)(c->end - start));
    if (!quote || memchr(start, '\\', (size_t)(quote - start))) {
        return false;
    }
    c->p = quote + 1;
    *ret = start;
    *ret_n = (size_t)(quote - start);
    return true;
}

/* The word ends before a comma, a bracket or white space. */
static bool take_word(struct cursor *c, const char *word, size_t n)
{
    skip_space(c);
    if ((size_t)(c->end - c->p) <= n || memcmp(c->p, word, n) != 0) {
        return false;
    }
    c->p += n;
    return strchr(",}] \n\t\r", *c->p) && *c->p;
}

bool cursor_number(struct cursor *c, int64_t value)
{
    char digits[24], *p = digits + sizeof(digits);
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) {
        *--p = '-';
    }
    return take_word(c, p, (size_t)(digits + sizeof(digits) - p));
}

bool cursor_truth(struct cursor *c, bool value)
{
    return value ? take_word(c, "true", 4) : take_word(c, "false", 5);
}

bool cursor_at_end(struct cursor *c)
{
    skip_space(c);
    return c->p == c->end;
}
