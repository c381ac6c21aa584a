#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WRITE_SIZE 16384
#define MIN_WIDTH  20

void rep_out_init(struct rep_out *out, const struct rep_sink *sink)
{
    *out = (struct rep_out){.sink = sink};
}

void rep_out_flush(struct rep_out *out)
{
    if (out->code == 0 && out->line.failed) {
        out->code = -ENOMEM;
    }
    if (out->code == 0 && out->line.size > 0) {
        out->code = out->sink->write(out->sink->arg, out->line.data, out->line.size);
    }
    rep_buf_clear(&out->line);
}

static void flush_when_long(struct rep_out *out)
{
    if (out->line.size >= WRITE_SIZE || out->line.failed) {
        rep_out_flush(out);
    }
}

int rep_out_finish(struct rep_out *out)
{
    rep_out_flush(out);
    rep_buf_release(&out->line);
    return out->code;
}

size_t rep_out_width(const struct rep_out *out)
{
    size_t width = out->sink->width ? out->sink->width : 80;
    return width < MIN_WIDTH ? MIN_WIDTH : width;
}

void rep_out_raw(struct rep_out *out, const char *text)
{
    rep_buf_str(&out->line, text);
    flush_when_long(out);
}

void rep_out_fmt(struct rep_out *out, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    rep_out_raw(out, text);
}

void rep_out_text(struct rep_out *out, const char *text)
{
    if (text) {
        rep_escape_into(&out->line, text, strlen(text), 0);
        flush_when_long(out);
    }
}

void rep_out_colour(struct rep_out *out, enum rep_colour colour)
{
    static const char *const codes[] = {"\033[0m",  "\033[1m",  "\033[2m", "\033[31m",
                                        "\033[32m", "\033[33m", "\033[36m"};
    if (out->sink->colour) {
        rep_out_raw(out, codes[colour]);
    }
}

static void pad(struct rep_out *out, size_t columns)
{
    while (columns-- > 0) {
        rep_buf_str(&out->line, " ");
    }
}

/* Bytes of the next line: up to the last space that fits, or what fits when a word is longer than
 * the line. */
size_t rep_line_size(const char *text, size_t size, size_t columns)
{
    size_t fits = rep_fit(text, size, columns);
    if (fits == size) {
        return size;
    }
    size_t at = fits;
    while (at > 0 && text[at] != ' ') {
        at--;
    }
    if (at > 0) {
        return at;
    }
    return fits > 0 ? fits : 1;
}

void rep_out_wrap(struct rep_out *out, const char *first, size_t indent, const char *text)
{
    struct rep_buf escaped = {0};
    size_t width = rep_out_width(out);
    size_t columns = width > indent + 8 ? width - indent : 8;
    rep_escape_into(&escaped, text, strlen(text), 0);
    if (escaped.failed) {
        out->line.failed = true;
    }
    rep_buf_str(&out->line, first);
    size_t used = rep_columns(first, strlen(first));
    pad(out, used < indent ? indent - used : 0);
    const char *rest = escaped.data ? escaped.data : "";
    size_t left = escaped.size;
    while (left > 0) {
        size_t size = rep_line_size(rest, left, columns);
        rep_buf_add(&out->line, rest, size);
        rest += size;
        left -= size;
        if (left > 0) {
            rep_buf_str(&out->line, "\n");
            pad(out, indent);
            size_t blank = strspn(rest, " ");
            rest += blank;
            left -= blank;
        }
    }
    rep_buf_str(&out->line, "\n");
    rep_buf_release(&escaped);
    flush_when_long(out);
}
