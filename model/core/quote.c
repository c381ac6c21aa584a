/* Go's %q of a string (contract pipeline 3). */
#include <simrun/core.h>

/* Bytes of the UTF-8 sequence at `s` (NUL terminated, not empty) and its code point; 0 when it is
 * not valid. */
static size_t utf8_decode(const char *s, uint32_t *rune)
{
    const unsigned char *p = (const unsigned char *)s;
    if (p[0] < 0x80) {
        *rune = p[0];
        return 1;
    }
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t r = p[0] & (0xffU >> (n + 1));
    if (p[0] < 0xc0 || p[0] >= 0xf8) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) { /* also stops at the terminator */
            return 0;
        }
        r = r << 6 | (p[i] & 0x3fU);
    }
    if (r < least[n] || r > 0x10ffff || (r >= 0xd800 && r <= 0xdfff)) {
        return 0;
    }
    *rune = r;
    return n;
}

/* The letter of a named escape, or 0. */
static char named_escape(uint32_t r)
{
    switch (r) {
    case '\a':
        return 'a';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '\v':
        return 'v';
    default:
        return 0;
    }
}

static void add_escaped(struct str *s, uint32_t r)
{
    char letter = named_escape(r);
    if (letter) {
        str_addf(s, "\\%c", letter);
    } else if (r < 0x80) {
        str_addf(s, "\\x%02x", r);
    } else if (r < 0x10000) {
        str_addf(s, "\\u%04x", r);
    } else {
        str_addf(s, "\\U%08x", r);
    }
}

/* Bytes at `text` that stand for themselves, as almost all do. */
static size_t plain_length(const char *text)
{
    size_t n = 0;
    while (text[n] >= 0x20 && text[n] < 0x7f && text[n] != '"' && text[n] != '\\') {
        n++;
    }
    return n;
}

void str_addq(struct str *s, const char *text)
{
    str_addc(s, '"');
    for (;;) {
        size_t plain = plain_length(text);
        str_addn(s, text, plain);
        text += plain;
        if (!*text) {
            break;
        }
        uint32_t r;
        size_t n = utf8_decode(text, &r);
        if (n == 0) {
            str_addf(s, "\\x%02x", (unsigned char)*text);
            n = 1;
        } else if (r == '"' || r == '\\') {
            str_addf(s, "\\%c", (char)r);
        } else if (go_is_print(r)) {
            str_addn(s, text, n);
        } else {
            add_escaped(s, r);
        }
        text += n;
    }
    str_addc(s, '"');
}

char *go_quote(struct domain *d, const char *s)
{
    struct str out;
    str_init(&out, d);
    str_addq(&out, s);
    return str_take(&out);
}
