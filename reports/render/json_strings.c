/* Reading back the arrays of strings that records hold: logs. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static unsigned read_hex(const char *p)
{
    char digits[5] = {0};
    memcpy(digits, p, strnlen(p, 4));
    return (unsigned)strtoul(digits, NULL, 16);
}

static void add_point(struct rep_buf *buf, unsigned point)
{
    unsigned char c[4];
    size_t n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1;) {
        c[i] = (unsigned char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    c[0] = (unsigned char)(lead[n] | point);
    rep_buf_add(buf, c, n);
}

/* The escape behind a backslash at `p`; returns what follows it. */
static const char *add_escape(struct rep_buf *buf, const char *p)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *known = *p ? strchr(from, *p) : NULL;
    if (known) {
        rep_buf_add(buf, &to[known - from], 1);
        return p + 1;
    }
    if (*p != 'u' || strnlen(p, 5) < 5) {
        rep_buf_add(buf, p, *p ? 1 : 0);
        return *p ? p + 1 : p;
    }
    unsigned point = read_hex(p + 1);
    p += 5;
    if (point >= 0xd800 && point < 0xdc00 && p[0] == '\\' && p[1] == 'u' && strnlen(p, 6) == 6) {
        unsigned low = read_hex(p + 2);
        if (low >= 0xdc00 && low < 0xe000) {
            point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
            p += 6;
        }
    }
    bool none = point == 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000);
    add_point(buf, none ? 0xfffd : point);
    return p;
}

static const char *read_string(struct rep_buf *buf, const char *p)
{
    while (*p && *p != '"') {
        size_t plain = strcspn(p, "\"\\");
        rep_buf_add(buf, p, plain);
        p += plain;
        if (*p == '\\') {
            p = add_escape(buf, p + 1);
        }
    }
    return *p ? p + 1 : p;
}

bool rep_json_next_string(const char **json, struct rep_buf *buf)
{
    const char *p = *json + strcspn(*json, "\"");
    rep_buf_clear(buf);
    if (!*p) {
        return false;
    }
    *json = read_string(buf, p + 1);
    rep_buf_add(buf, "", 0);
    return true;
}
