#include "cursor.h"

#include "../input/plain.h"

static void skip_space(struct cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' || *c->p == '\t' || *c->p == '\r')) {
        c->p++;
    }
}

static bool take(struct cursor *c, char byte)
{
    skip_space(c);
    return c->p < c->end && *c->p++ == byte;
}

bool cursor_joint_spaced(struct cursor *c, const char *json, size_t n)
{
    bool in_string = false;
    for (size_t i = 0; i < n; i++) {
        if (!in_string) {
            skip_space(c);
        }
        if (c->p == c->end || *c->p++ != json[i]) {
            return false;
        }
        in_string = in_string != (json[i] == '"');
    }
    return true;
}

bool cursor_sees(struct cursor *c, char byte)
{
    skip_space(c);
    return c->p < c->end && *c->p == byte;
}

bool cursor_at_end(struct cursor *c)
{
    skip_space(c);
    return c->p == c->end;
}

/* Is this how result lines write `byte` behind a backslash? */
static bool is_escape(char escape, char byte)
{
    switch (byte) {
    case '"':
    case '\\':
        return escape == byte;
    case '\n':
        return escape == 'n';
    case '\t':
        return escape == 't';
    default:
        return false;
    }
}

/* Moves over the bytes that both have as they are. */
static void skip_same(const char **p, const char *end, const char **text, const char *text_end)
{
    const char *a = *p, *b = *text;
    while (end - a >= PLAIN_WORD && text_end - b >= PLAIN_WORD && memcmp(a, b, PLAIN_WORD) == 0 &&
           plain_word(a)) {
        a += PLAIN_WORD;
        b += PLAIN_WORD;
    }
    while (a < end && b < text_end && *a == *b && (unsigned char)*a >= ' ' && *a != '"' &&
           *a != '\\') {
        a++;
        b++;
    }
    *p = a;
    *text = b;
}

/* A text of `n` bytes that may have escapes. */
static bool escaped_text(struct cursor *c, const char *text, size_t n)
{
    const char *p = c->p, *end = c->end, *text_end = text + n;
    skip_same(&p, end, &text, text_end);
    while (end - p >= 2 && *p == '\\' && text < text_end && is_escape(p[1], *text)) {
        p += 2;
        text++;
        skip_same(&p, end, &text, text_end);
    }
    if (p == end || *p != '"' || text != text_end) {
        return false;
    }
    c->p = p + 1;
    return true;
}

/* Do all bytes stand for themselves in JSON? */
static bool is_plain(const char *p, size_t n)
{
    for (; n >= PLAIN_WORD; p += PLAIN_WORD, n -= PLAIN_WORD) {
        if (!plain_word(p)) {
            return false;
        }
    }
    for (; n > 0; p++, n--) {
        if ((unsigned char)*p < ' ' || *p == '"' || *p == '\\') {
            return false;
        }
    }
    return true;
}

bool cursor_text(struct cursor *c, const char *text)
{
    const size_t n = strlen(text);
    if ((size_t)(c->end - c->p) > n && c->p[n] == '"' && memcmp(c->p, text, n) == 0 &&
        is_plain(text, n)) {
        c->p += n + 1;
        return true;
    }
    return escaped_text(c, text, n);
}

bool cursor_any_text(struct cursor *c, const char **ret, size_t *ret_n)
{
    const char *start = c->p, *quote = memchr(start, '"', (size_t)(c->end - start));
    if (!quote || !is_plain(start, (size_t)(quote - start))) {
        return false;
    }
    c->p = quote + 1;
    *ret = start;
    *ret_n = (size_t)(quote - start);
    return true;
}

/* The digits stand here, behind no white space. */
static bool digits(struct cursor *c, uint64_t value)
{
    const char *start = c->p, *p = start;
    uint64_t found = 0;
    for (; p < c->end && *p >= '0' && *p <= '9'; p++) {
        if (__builtin_mul_overflow(found, 10, &found) ||
            __builtin_add_overflow(found, (unsigned)(*p - '0'), &found)) {
            return false;
        }
    }
    c->p = p;
    return found == value && (p - start == 1 || (p > start && *start != '0'));
}

bool cursor_number(struct cursor *c, uint64_t value)
{
    skip_space(c);
    return digits(c, value);
}

bool cursor_integer(struct cursor *c, int64_t value)
{
    return value < 0 ? take(c, '-') && digits(c, -(uint64_t)value)
                     : cursor_number(c, (uint64_t)value);
}

bool cursor_truth(struct cursor *c, bool value)
{
    const char *word = value ? "true" : "false";
    size_t n = value ? 4 : 5;
    skip_space(c);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0) {
        return false;
    }
    c->p += n;
    return true;
}

/* Of a number, or of true, false and null: no white space stands within. */
static bool is_word(char byte)
{
    return !strchr("[]{},:\"", byte);
}

bool cursor_value(struct cursor *c, const char *json)
{
    const char *end = json + strlen(json);
    bool in_string = false, in_word = false;
    for (const char *p = json; p < end; p++) {
        if (!in_string && strchr(" \n\t\r", *p)) {
            continue;
        }
        if (!in_string && !(in_word && is_word(*p))) {
            skip_space(c);
        }
        in_word = !in_string && is_word(*p);
        if (c->p == c->end || *c->p++ != *p) {
            return false;
        }
        if (*p == '\\' && p + 1 < end) { /* what is escaped closes no string */
            p++;
            if (c->p == c->end || *c->p++ != *p) {
                return false;
            }
        } else if (*p == '"') {
            in_string = !in_string;
        }
    }
    return true;
}
