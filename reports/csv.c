/* Cells of CSV, of queries and of reports. */
#include "private.h"

#include <string.h>

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

void rep_add_csv_cell(struct rep_buf *buf, const char *text, size_t size, bool is_text)
{
    bool formula = is_text && size > 0 && is_one_of(text[0], "=+-@\t\r");
    bool quoted = formula;
    for (size_t i = 0; i < size && !quoted; i++) {
        quoted = is_one_of(text[i], ",\"\r\n\t ");
    }
    if (!quoted) {
        rep_buf_add(buf, text, size);
        return;
    }
    rep_buf_str(buf, formula ? "\"'" : "\"");
    for (size_t i = 0; i < size; i++) {
        rep_buf_add(buf, text[i] == '"' ? "\"\"" : text + i, text[i] == '"' ? 2 : 1);
    }
    rep_buf_str(buf, "\"");
}
