#include "write.h"
#include <inttypes.h>

void gen_write_init(struct gen_write *w, struct domain *d)
{
    str_init(&w->s, d);
    w->comma = false;
}

void gen_write_release(struct gen_write *w)
{
    str_release(&w->s);
}

static void separate(struct gen_write *w)
{
    if (w->comma) {
        str_add(&w->s, ", ");
    }
    w->comma = true;
}

void gen_write_open(struct gen_write *w, char bracket)
{
    separate(w);
    str_addc(&w->s, bracket);
    w->comma = false;
}

void gen_write_close(struct gen_write *w, char bracket)
{
    str_addc(&w->s, bracket);
    w->comma = true;
}

static void add_quoted(struct str *s, const char *text)
{
    str_addc(s, '"');
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\') {
            str_addc(s, '\\');
            str_addc(s, *p);
        } else if (c == '\n') {
            str_add(s, "\\n");
        } else if (c < 0x20 || c == 0x7f) {
            str_addf(s, "\\u%04x", c);
        } else {
            str_addc(s, *p);
        }
    }
    str_addc(s, '"');
}

void gen_write_key(struct gen_write *w, const char *key)
{
    separate(w);
    add_quoted(&w->s, key);
    str_add(&w->s, ": ");
    w->comma = false;
}

void gen_write_text(struct gen_write *w, const char *text)
{
    separate(w);
    add_quoted(&w->s, text);
}

void gen_write_number(struct gen_write *w, int64_t n)
{
    separate(w);
    str_addf(&w->s, "%" PRId64, n);
}

void gen_write_bool(struct gen_write *w, bool value)
{
    separate(w);
    str_add(&w->s, value ? "true" : "false");
}

void gen_write_field(struct gen_write *w, const char *key, const char *text)
{
    gen_write_key(w, key);
    gen_write_text(w, text);
}
