/* Strings of the JSON that is written: almost all bytes stand for themselves. */
#include "../input/plain.h"

#include <simrun/sim/result.h>

enum {
    PIECE = 256, /* bytes that are looked at together */
    LONGEST = 6, /* of what one byte becomes: \u001f, \ufffd */
};

/* Bytes of the UTF-8 sequence at `p`, or 0 if it is none. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t k = 0; k < ARRAY_LEN(forms); k++) {
        size_t len = k + 2;
        if ((p[0] & forms[k].mask) != forms[k].lead || len > n) {
            continue;
        }
        uint32_t rune = p[0] & (unsigned char)~forms[k].mask;
        for (size_t i = 1; i < len; i++) {
            if ((p[i] & 0xc0) != 0x80) {
                return 0;
            }
            rune = rune << 6 | (p[i] & 0x3fu);
        }
        bool surrogate = rune >= 0xd800 && rune < 0xe000;
        return rune >= forms[k].least && rune <= 0x10ffff && !surrogate ? len : 0;
    }
    return 0;
}

/* Copies the bytes that stand for themselves; returns where the others begin. */
static const unsigned char *put_plain(const unsigned char *p, const unsigned char *end, char **out)
{
    char *to = *out;
    for (; end - p >= PLAIN_WORD && plain_word(p); p += PLAIN_WORD, to += PLAIN_WORD) {
        memcpy(to, p, PLAIN_WORD);
    }
    for (; p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\'; p++) {
        *to++ = (char)*p;
    }
    *out = to;
    return p;
}

static char *put_escape(char *to, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    *to++ = '\\';
    if (byte == '"' || byte == '\\') {
        *to++ = (char)byte;
    } else if (byte == '\n' || byte == '\t') {
        *to++ = byte == '\n' ? 'n' : 't';
    } else {
        to[0] = 'u';
        to[1] = to[2] = '0';
        to[3] = digits[byte >> 4];
        to[4] = digits[byte & 0xf];
        to += 5;
    }
    return to;
}

/* One character that is no plain byte; returns what is behind it. */
static const unsigned char *put_other(const unsigned char *p, const unsigned char *end, char **out)
{
    static const char unknown[] = {'\\', 'u', 'f', 'f', 'f', 'd'};
    size_t n = *p < 0x80 ? 1 : utf8_length(p, (size_t)(end - p));
    if (*p < 0x80) {
        *out = put_escape(*out, *p);
    } else if (n == 0) {
        memcpy(*out, unknown, sizeof(unknown)); /* as the recorder's JSON library */
        *out += sizeof(unknown);
        n = 1;
    } else {
        memcpy(*out, p, n);
        *out += n;
    }
    return p + n;
}

void sim_json_text(struct str *s, const char *bytes, size_t n)
{
    const unsigned char *start = (const unsigned char *)bytes, *p = start, *end = p + n;
    do {
        const unsigned char *stop = (size_t)(end - p) > PIECE ? p + PIECE : end;
        char *out = str_room(s, (size_t)(stop - p) * LONGEST + 2);
        if (!out) {
            return;
        }
        if (p == start) {
            *out++ = '"';
        }
        while ((p = put_plain(p, stop, &out)) < stop) {
            p = put_other(p, end, &out);
        }
        if (p >= end) {
            *out++ = '"';
        }
        str_wrote(s, out);
    } while (p < end);
}
