/* Strings of JSON: UTF-8, escapes, surrogates. */
#include "json_internal.h"

#include <stdio.h>

size_t utf8_length(const char *at, const char *end)
{
    const unsigned char *p = (const unsigned char *)at;
    size_t left = (size_t)(end - at);
    if (!left) {
        return 0;
    }
    unsigned char low = 0x80, high = 0xBF; /* bounds of the second byte */
    size_t n;
    if (p[0] < 0x80) {
        return 1;
    }
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        n = 2;
    } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        n = 3;
        low = p[0] == 0xE0 ? 0xA0 : low;
        high = p[0] == 0xED ? 0x9F : high; /* no encoded surrogates */
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        n = 4;
        low = p[0] == 0xF0 ? 0x90 : low;
        high = p[0] == 0xF4 ? 0x8F : high;
    } else {
        return 0;
    }
    if (left < n || p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return n;
}

static char *put_rune(char *out, uint32_t rune)
{
    if (rune < 0x80) {
        *out++ = (char)rune;
    } else if (rune < 0x800) {
        *out++ = (char)(0xC0 | rune >> 6);
        *out++ = (char)(0x80 | (rune & 0x3F));
    } else if (rune < 0x10000) {
        *out++ = (char)(0xE0 | rune >> 12);
        *out++ = (char)(0x80 | (rune >> 6 & 0x3F));
        *out++ = (char)(0x80 | (rune & 0x3F));
    } else {
        *out++ = (char)(0xF0 | rune >> 18);
        *out++ = (char)(0x80 | (rune >> 12 & 0x3F));
        *out++ = (char)(0x80 | (rune >> 6 & 0x3F));
        *out++ = (char)(0x80 | (rune & 0x3F));
    }
    return out;
}

/* The four digits behind a `\u` at `p`; -1 when they are not there. */
static int32_t hex4(const char *p, const char *end)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u') {
        return -1;
    }
    int32_t v = 0;
    for (int i = 2; i < 6; i++) {
        int digit;
        if (p[i] >= '0' && p[i] <= '9') {
            digit = p[i] - '0';
        } else if (p[i] >= 'a' && p[i] <= 'f') {
            digit = p[i] - 'a' + 10;
        } else if (p[i] >= 'A' && p[i] <= 'F') {
            digit = p[i] - 'A' + 10;
        } else {
            return -1;
        }
        v = v << 4 | digit;
    }
    return v;
}

static int unicode_escape(struct scanner *s, char **out)
{
    int32_t v = hex4(s->p, s->end);
    if (v < 0) {
        return scan_fail(s, -EINVAL, s->p, "\\u needs four hexadecimal digits");
    }
    if (v == 0) {
        return scan_fail(s, -EINVAL, s->p, "\\u0000 is refused: no text of a spec can hold it");
    }
    s->p += 6;
    uint32_t rune = (uint32_t)v;
    if (rune >= 0xD800 && rune <= 0xDFFF) {
        int32_t low = rune < 0xDC00 ? hex4(s->p, s->end) : -1;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            s->p += 6;
            rune = 0x10000 + ((rune - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
        } else {
            rune = 0xFFFD; /* half a pair, as Go's encoding/json */
        }
    }
    *out = put_rune(*out, rune);
    return 0;
}

static int escape(struct scanner *s, char **out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (s->end - s->p < 2) {
        return scan_fail(s, -EINVAL, s->p, "string does not end");
    }
    if (s->p[1] == 'u') {
        return unicode_escape(s, out);
    }
    const char *known = s->p[1] ? strchr(from, s->p[1]) : NULL;
    if (!known) {
        return scan_fail(s, -EINVAL, s->p, "unknown escape in a string");
    }
    *(*out)++ = to[known - from];
    s->p += 2;
    return 0;
}

/* Copies the bytes that stand for themselves, up to what closes the string or needs a look. */
static char *plain_bytes(struct scanner *s, char *out)
{
    const char *p = s->p;
    for (; p < s->end && (unsigned char)(*p - 0x20) < 0x60 && *p != '"' && *p != '\\'; p++) {
        *out++ = *p;
    }
    s->p = p;
    return out;
}

/* One character that is no plain byte. */
static int other_character(struct scanner *s, char **out)
{
    unsigned char c = (unsigned char)*s->p;
    if (c == '\\') {
        return escape(s, out);
    }
    if (c < 0x20) {
        return scan_fail(s, -EINVAL, s->p, "control character 0x%02x in a string", c);
    }
    size_t n = utf8_length(s->p, s->end);
    if (!n) {
        return scan_fail(s, -EINVAL, s->p, "invalid UTF-8: byte 0x%02x", c);
    }
    memcpy(*out, s->p, n);
    *out += n;
    s->p += n;
    return 0;
}

int scan_string(struct scanner *s, const char **ret, size_t *ret_n)
{
    const char *start = s->p++;
    char *out = s->texts;
    while (out = plain_bytes(s, out), s->p < s->end && *s->p != '"') {
        int rc = other_character(s, &out);
        if (rc) {
            return rc;
        }
    }
    if (s->p >= s->end) {
        return scan_fail(s, -EINVAL, start, "string does not end");
    }
    s->p++;
    *out = '\0';
    *ret = s->texts;
    *ret_n = (size_t)(out - s->texts);
    s->texts = out + 1;
    return 0;
}
