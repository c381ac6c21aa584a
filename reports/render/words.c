/* Texts as the formats quote them. All but CSV cells are escaped for terminals first. */
#include "internal.h"

#include <string.h>

void rep_add_escaped(struct rep_buf *buf, const char *text)
{
    if (text) {
        rep_escape_into(buf, text, strlen(text), 0);
    }
}

/* What stands for a character of escaped text; NULL = itself. */
typedef const char *replace_fn(char c);

static void add_replaced_raw(struct rep_buf *buf, const char *text, size_t size,
                             replace_fn *replace)
{
    size_t plain = 0;
    for (size_t i = 0; i < size; i++) {
        const char *other = replace(text[i]);
        if (other) {
            rep_buf_add(buf, text + plain, i - plain);
            rep_buf_str(buf, other);
            plain = i + 1;
        }
    }
    if (size > plain) {
        rep_buf_add(buf, text + plain, size - plain);
    }
}

static void add_replaced(struct rep_buf *buf, const char *text, replace_fn *replace)
{
    struct rep_buf escaped = {0};
    rep_add_escaped(&escaped, text);
    add_replaced_raw(buf, escaped.data, escaped.size, replace);
    buf->failed = buf->failed || escaped.failed;
    rep_buf_release(&escaped);
}

static const char *xml_entity(char c)
{
    return c == '&'    ? "&amp;"
           : c == '<'  ? "&lt;"
           : c == '>'  ? "&gt;"
           : c == '"'  ? "&quot;"
           : c == '\'' ? "&apos;"
                       : NULL;
}

void rep_add_xml(struct rep_buf *buf, const char *text)
{
    add_replaced(buf, text, xml_entity);
}

void rep_add_xml_raw(struct rep_buf *buf, const char *text)
{
    if (text) {
        add_replaced_raw(buf, text, strlen(text), xml_entity);
    }
}

static const char *in_quotes(char c)
{
    return c == '\\' ? "\\\\" : c == '"' ? "\\\"" : NULL;
}

void rep_add_in_quotes(struct rep_buf *buf, const char *text)
{
    add_replaced(buf, text, in_quotes);
}

void rep_add_quoted(struct rep_buf *buf, const char *text)
{
    if (text) {
        rep_buf_str(buf, "\"");
        rep_add_in_quotes(buf, text);
        rep_buf_str(buf, "\"");
    }
}
