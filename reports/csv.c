/* Cells of CSV, of queries and of reports. */
#include "private.h"

#include <string.h>

void rep_add_csv_cell(struct rep_buf *buf, const char *text, size_t size, bool is_text)
{
    bool formula = is_text && size > 0 && memchr("=+-@\t\r", text[0], 6);
    bool quoted = formula;
    for (size_t i = 0; i < size && !quoted; i++) {
        quoted = memchr(",\"\r\n\t ", text[i], 6) != NULL;
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
