#include "html/html.h"
#include "render/internal.h"

#include <stdio.h>
#include <string.h>

void html_text(struct rep_out *out, const char *text)
{
    rep_add_xml(&out->line, text);
    rep_out_raw(out, "");
}

static bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("-_.~/", c));
}

void html_fragment(struct rep_out *out, const char *text)
{
    struct rep_buf escaped = {0};
    rep_add_escaped(&escaped, text);
    for (size_t i = 0; i < escaped.size; i++) {
        char c = escaped.data[i];
        if (is_unreserved(c)) {
            rep_buf_add(&out->line, &c, 1);
        } else {
            rep_buf_fmt(&out->line, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
    out->line.failed = out->line.failed || escaped.failed;
    rep_buf_release(&escaped);
    rep_out_raw(out, "");
}

void html_json_bytes(struct rep_out *out, const char *text, size_t size)
{
    rep_buf_json_script(&out->line, text, size);
    rep_out_raw(out, "");
}

void html_json(struct rep_out *out, const char *text)
{
    if (text) {
        html_json_bytes(out, text, strlen(text));
    } else {
        rep_out_raw(out, "null");
    }
}

void html_count(struct rep_out *out, int64_t count)
{
    char digits[32];
    int size = snprintf(digits, sizeof digits, "%lld", (long long)count);
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0 && digits[i - 1] != '-') {
            rep_buf_str(&out->line, ",");
        }
        rep_buf_add(&out->line, &digits[i], 1);
    }
}

void html_duration(struct rep_out *out, int64_t ns)
{
    static const struct {
        double ns;
        const char *unit;
    } units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "\xc2\xb5s"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        double value = (double)ns / units[i].ns;
        if (value >= 0.9995) {
            int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
            rep_out_fmt(out, "%.*f %s", decimals, value, units[i].unit);
            return;
        }
    }
    rep_out_fmt(out, "%lld ns", (long long)ns);
}
