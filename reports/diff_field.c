#include "diff.h"

#include <string.h>

static void add_value(struct rep_buf *text, const char *value)
{
    rep_buf_str(text, !value ? "none" : value[0] ? value : "\"\"");
}

void rep_diff_field(struct rep_buf *text, size_t start, const char *what, const char *a,
                    const char *b)
{
    if (a == b || (a && b && strcmp(a, b) == 0)) {
        return;
    }
    rep_buf_str(text, text->size > start ? ", " : "");
    rep_buf_str(text, what);
    rep_buf_str(text, " ");
    add_value(text, a);
    rep_buf_str(text, " => ");
    add_value(text, b);
}

void rep_diff_flag(struct rep_buf *text, size_t start, const char *what, bool a, bool b)
{
    if (a != b) {
        rep_buf_str(text, text->size > start ? ", " : "");
        rep_buf_str(text, b ? "now " : "no longer ");
        rep_buf_str(text, what);
    }
}
