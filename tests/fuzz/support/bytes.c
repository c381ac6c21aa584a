#include "bytes.h"

enum { EDITS_MAX = 8 };

static void edit_once(struct bytes *b, struct str *text, const char *const *tokens, size_t n_tokens)
{
    struct str out;
    size_t at = take_u16(b) % (text->n + 1), kind = take_below(b, 5);
    uint8_t value = take_byte(b);
    size_t piece = value % 32u < text->n - at ? value % 32u : text->n - at;
    const char *p = str_get(text);
    str_init(&out, text->d);
    str_addn(&out, p, at);
    if (kind == 0 && at < text->n) {
        str_addc(&out, (char)value);
        at++;
    } else if (kind == 1) {
        at += piece;
    } else if (kind == 2) {
        str_addn(&out, p + at, piece);
    } else {
        str_add(&out, tokens[value % n_tokens]);
    }
    str_addn(&out, p + at, text->n - at);
    str_release(text);
    *text = out;
}

void edit_text(struct bytes *b, struct str *text, const char *const *tokens, size_t n_tokens)
{
    for (size_t n = take_below(b, EDITS_MAX); n > 0; n--) {
        edit_once(b, text, tokens, n_tokens);
    }
}
