#include "private.h"

#include <stdint.h>
#include <string.h>

/* Length of the well-formed UTF-8 sequence at `text`, its code point in `*point`; 0 when it is not
 * well-formed. */
static size_t decode(const unsigned char *text, size_t size, uint32_t *point)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char c = text[0];
    if (c < 0x80) {
        *point = c;
        return 1;
    }
    size_t need = c >= 0xc2 && c <= 0xdf   ? 2
                  : (c & 0xf0) == 0xe0     ? 3
                  : c >= 0xf0 && c <= 0xf4 ? 4
                                           : 0;
    if (need == 0 || need > size) {
        return 0;
    }
    uint32_t value = c & (0x7fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (text[i] & 0x3fu);
    }
    if (value < smallest[need] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *point = value;
    return need;
}

struct range {
    uint32_t first;
    uint32_t last;
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* What moves, hides or reorders text without being seen: controls, bidi, zero width, tags, private
 * use, not-a-character. */
static bool is_hostile(uint32_t point)
{
    static const struct range ranges[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},       {0xad, 0xad},       {0x61c, 0x61c},
        {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},
        {0x2028, 0x202e}, {0x2060, 0x206f},   {0x3164, 0x3164},   {0xe000, 0xf8ff},
        {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
        {0xfffe, 0xffff}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
    };
    return in_ranges(ranges, sizeof ranges / sizeof ranges[0], point);
}

static bool is_wide(uint32_t point)
{
    static const struct range ranges[] = {
        {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
        {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
        {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
    };
    return in_ranges(ranges, sizeof ranges / sizeof ranges[0], point);
}

static bool is_combining(uint32_t point)
{
    static const struct range ranges[] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
        {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f},
    };
    return in_ranges(ranges, sizeof ranges / sizeof ranges[0], point);
}

static void escape_point(struct rep_buf *buf, uint32_t point, unsigned flags)
{
    bool keeps_lines = (flags & REP_ESCAPE_KEEP_LINES) != 0;
    if (point == '\n' || point == '\t') {
        rep_buf_str(buf, keeps_lines     ? (point == '\n' ? "\n" : "\t")
                         : point == '\n' ? "\\n"
                                         : "\\t");
    } else if (point < 0x80) {
        rep_buf_fmt(buf, "\\x%02x", point);
    } else {
        rep_buf_fmt(buf, "\\u{%x}", point);
    }
}

void rep_escape_into(struct rep_buf *buf, const char *text, size_t size, unsigned flags)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t plain = 0; /* start of what needs no escape yet */
    size_t at = 0;
    while (at < size) {
        uint32_t point = 0;
        size_t length = decode(bytes + at, size - at, &point);
        if (length > 0 && point != '\\' && !is_hostile(point)) {
            at += length;
            continue;
        }
        rep_buf_add(buf, text + plain, at - plain);
        if (length == 0) {
            rep_buf_fmt(buf, "\\x%02x", bytes[at]);
            length = 1;
        } else if (point == '\\') {
            rep_buf_str(buf, "\\\\");
        } else {
            escape_point(buf, point, flags);
        }
        at += length;
        plain = at;
    }
    rep_buf_add(buf, text + plain, size - plain);
}

static size_t point_columns(const unsigned char *text, size_t size, size_t *length)
{
    uint32_t point = 0;
    *length = decode(text, size, &point);
    if (*length == 0) {
        *length = 1;
        return 1;
    }
    return is_combining(point) ? 0 : is_wide(point) ? 2 : 1;
}

size_t rep_columns(const char *text, size_t size)
{
    size_t columns = 0;
    for (size_t at = 0, length; at < size; at += length) {
        columns += point_columns((const unsigned char *)text + at, size - at, &length);
    }
    return columns;
}

size_t rep_fit(const char *text, size_t size, size_t columns)
{
    size_t used = 0;
    size_t at = 0;
    while (at < size) {
        size_t length;
        used += point_columns((const unsigned char *)text + at, size - at, &length);
        if (used > columns) {
            break;
        }
        at += length;
    }
    return at;
}

/* In JSON what is hostile stands in strings only, where an escape means the same character. */
void rep_buf_json_value(struct rep_buf *buf, const char *json)
{
    const unsigned char *bytes = (const unsigned char *)json;
    size_t size = strlen(json);
    for (size_t at = 0, length; at < size; at += length) {
        uint32_t point = 0;
        length = decode(bytes + at, size - at, &point);
        if (length == 0) {
            rep_buf_str(buf, "\\ufffd");
            length = 1;
        } else if (point > 0xffff && is_hostile(point)) {
            rep_buf_fmt(buf, "\\u%04x\\u%04x", 0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
        } else if (point == '\t' || point == '\r' || point == '\n') {
            rep_buf_str(buf, " "); /* between tokens; what is written is one line */
        } else if (is_hostile(point)) {
            rep_buf_fmt(buf, "\\u%04x", point);
        } else {
            rep_buf_add(buf, json + at, length);
        }
    }
}

int rep_escape(const struct rep_sink *sink, const char *text, size_t size)
{
    struct rep_out out;
    rep_out_init(&out, sink);
    rep_escape_into(&out.line, text, size, 0);
    return rep_out_finish(&out);
}

/* With `script`, no '<', and bytes that are not UTF-8 stay apart as lone surrogates. */
static void add_json(struct rep_buf *buf, const char *text, size_t size, bool script)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t plain = 0; /* start of what needs no escape yet */
    size_t at = 0;
    rep_buf_str(buf, "\"");
    while (at < size) {
        uint32_t point = 0;
        size_t length = decode(bytes + at, size - at, &point);
        bool quoted = point == '"' || point == '\\' || (script && point == '<');
        if (length > 0 && !quoted && !is_hostile(point)) {
            at += length;
            continue;
        }
        rep_buf_add(buf, text + plain, at - plain);
        if (length == 0) {
            rep_buf_fmt(buf, "\\u%04x", script ? 0xdc00u + bytes[at] : 0xfffdu);
            length = 1;
        } else if (point == '"' || point == '\\') {
            rep_buf_fmt(buf, "\\%c", (int)point);
        } else if (point > 0xffff) {
            rep_buf_fmt(buf, "\\u%04x\\u%04x", 0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
        } else {
            rep_buf_fmt(buf, "\\u%04x", point);
        }
        at += length;
        plain = at;
    }
    rep_buf_add(buf, text + plain, size - plain);
    rep_buf_str(buf, "\"");
}

/* JSON has no bytes: what is not UTF-8 becomes U+FFFD. */
void rep_buf_json(struct rep_buf *buf, const char *text, size_t size)
{
    add_json(buf, text, size, false);
}

void rep_buf_json_script(struct rep_buf *buf, const char *text, size_t size)
{
    add_json(buf, text, size, true);
}

void rep_buf_key(struct rep_buf *buf, const char *key)
{
    char last = buf->size ? buf->data[buf->size - 1] : '{';
    rep_buf_str(buf, last == '{' ? "\"" : ",\"");
    rep_buf_str(buf, key);
    rep_buf_str(buf, "\":");
}

void rep_buf_member(struct rep_buf *buf, const char *key, const char *text)
{
    if (text) {
        rep_buf_key(buf, key);
        rep_buf_json(buf, text, strlen(text));
    }
}

void rep_buf_nullable(struct rep_buf *buf, const char *key, const char *text)
{
    if (text) {
        rep_buf_member(buf, key, text);
    } else {
        rep_buf_key(buf, key);
        rep_buf_str(buf, "null");
    }
}

void rep_buf_number(struct rep_buf *buf, const char *key, int64_t value)
{
    rep_buf_key(buf, key);
    rep_buf_fmt(buf, "%lld", (long long)value);
}

void rep_buf_truth(struct rep_buf *buf, const char *key, bool value)
{
    rep_buf_key(buf, key);
    rep_buf_str(buf, value ? "true" : "false");
}
