/* The one pass over a document. */
#include "json_internal.h"

#include <stdio.h>

uint32_t scan_column(const struct scanner *s, const char *at)
{
    return (uint32_t)(at - s->line_start) + 1;
}

int scan_fail(struct scanner *s, int code, const char *at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(s->doc->d, fmt, ap);
    va_end(ap);
    if (!text) {
        return CODE_FATE;
    }
    int rc = error_set(s->doc->d, s->err, code, "%s: %s (line %u, column %u)", s->doc->file, text,
                       s->line, scan_column(s, at));
    mem_free(text);
    return rc;
}

static void skip_blanks(struct scanner *s)
{
    for (; s->p < s->end; s->p++) {
        switch (*s->p) {
        case '\n':
            s->line++;
            s->line_start = s->p + 1;
            break;
        case ' ':
        case '\t':
        case '\r':
            break;
        default:
            return;
        }
    }
}

/* Moves over white space: mostly there is none, or one blank. */
static inline void skip_space(struct scanner *s)
{
    s->p += s->p < s->end && *s->p == ' ';
    if (s->p < s->end && (unsigned char)*s->p <= ' ') {
        skip_blanks(s);
    }
}

/* What stands at s->p, for messages: 'x', a byte value, or the end. */
static int unexpected(struct scanner *s, const char *wanted)
{
    if (s->p >= s->end) {
        return scan_fail(s, -EINVAL, s->p, "expected %s, found the end", wanted);
    }
    unsigned char c = (unsigned char)*s->p;
    if (c == 0xEF && s->end - s->p >= 3 && !memcmp(s->p, "\xEF\xBB\xBF", 3)) {
        return scan_fail(s, -EINVAL, s->p, "expected %s, found a byte order mark", wanted);
    }
    if (c >= 0x80 && !utf8_length(s->p, s->end)) {
        return scan_fail(s, -EINVAL, s->p, "invalid UTF-8: byte 0x%02x", c);
    }
    if (c > 0x20 && c < 0x7F) {
        return scan_fail(s, -EINVAL, s->p, "expected %s, found '%c'", wanted, c);
    }
    return scan_fail(s, -EINVAL, s->p, "expected %s, found byte 0x%02x", wanted, c);
}

static int digits(struct scanner *s)
{
    const char *start = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9') {
        s->p++;
    }
    return s->p > start ? 0 : unexpected(s, "a digit");
}

static int scan_number(struct scanner *s, struct json *v)
{
    const char *start = s->p;
    if (*s->p == '-') {
        s->p++;
    }
    bool zero = s->p < s->end && *s->p == '0';
    int rc = digits(s);
    if (rc) {
        return rc;
    }
    if (zero && s->p - start > (*start == '-' ? 2 : 1)) {
        return scan_fail(s, -EINVAL, start, "a number must not begin with 0");
    }
    if (s->p < s->end && *s->p == '.') {
        s->p++;
        rc = digits(s);
    }
    if (!rc && s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
        s->p++;
        if (s->p < s->end && (*s->p == '+' || *s->p == '-')) {
            s->p++;
        }
        rc = digits(s);
    }
    if (rc) {
        return rc;
    }
    v->type = JSON_NUMBER;
    v->n = (size_t)(s->p - start);
    v->text = arena_dup(s->doc->arena, start, v->n);
    return v->text ? 0 : CODE_FATE;
}

static int scan_word(struct scanner *s, struct json *v)
{
    static const struct {
        const char *word;
        enum json_type type;
    } words[] = {{"null", JSON_NULL}, {"true", JSON_TRUE}, {"false", JSON_FALSE}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        size_t n = strlen(words[i].word);
        if ((size_t)(s->end - s->p) >= n && !memcmp(s->p, words[i].word, n)) {
            v->type = words[i].type;
            s->p += n;
            return 0;
        }
    }
    return unexpected(s, "a value");
}

static int scan_value(struct scanner *s, struct json *parent, const char *key, struct json **ret);

static int scan_key(struct scanner *s, const char **ret)
{
    size_t n;
    skip_space(s);
    if (s->p >= s->end || *s->p != '"') {
        return unexpected(s, "a key in double quotes");
    }
    int rc = scan_string(s, ret, &n);
    if (rc) {
        return rc;
    }
    skip_space(s);
    if (s->p >= s->end || *s->p != ':') {
        return unexpected(s, "':'");
    }
    s->p++;
    return 0;
}

/* Elements or members up to the closing bracket. */
static int scan_items(struct scanner *s, struct json *v, char close)
{
    struct json **link = &v->child;
    skip_space(s);
    if (s->p < s->end && *s->p == close) {
        s->p++;
        return 0;
    }
    for (;;) {
        const char *key = NULL;
        int rc = close == '}' ? scan_key(s, &key) : 0;
        if (!rc) {
            rc = scan_value(s, v, key, link);
        }
        if (rc) {
            return rc;
        }
        (*link)->index = v->n++;
        link = &(*link)->next;
        skip_space(s);
        if (s->p < s->end && *s->p == close) {
            s->p++;
            return 0;
        }
        if (s->p >= s->end || *s->p != ',') {
            return unexpected(s, close == '}' ? "',' or '}'" : "',' or ']'");
        }
        s->p++;
    }
}

static int scan_container(struct scanner *s, struct json *v)
{
    if (++s->depth > LIMIT_JSON_DEPTH) {
        return scan_fail(s, -E2BIG, s->p, "nested deeper than %d (LIMIT_JSON_DEPTH)",
                         LIMIT_JSON_DEPTH);
    }
    v->type = *s->p == '{' ? JSON_OBJECT : JSON_ARRAY;
    s->p++;
    int rc = scan_items(s, v, v->type == JSON_OBJECT ? '}' : ']');
    s->depth--;
    if (rc || v->type == JSON_ARRAY) {
        return rc;
    }
    return scan_duplicates(s, v);
}

static int scan_value(struct scanner *s, struct json *parent, const char *key, struct json **ret)
{
    skip_space(s);
    if (++s->values > LIMIT_JSON_VALUES) {
        return scan_fail(s, -E2BIG, s->p, "more than %d values (LIMIT_JSON_VALUES)",
                         LIMIT_JSON_VALUES);
    }
    struct json *v = arena_alloc(s->doc->arena, sizeof(*v));
    if (!v) {
        return CODE_FATE;
    }
    v->parent = parent;
    v->key = key;
    v->line = s->line;
    v->column = scan_column(s, s->p);
    v->start = (size_t)(s->p - s->doc->bytes);
    char c = s->p < s->end ? *s->p : '\0';
    int rc;
    if (c == '{' || c == '[') {
        rc = scan_container(s, v);
    } else if (c == '"') {
        v->type = JSON_STRING;
        rc = scan_string(s, &v->text, &v->n);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        rc = scan_number(s, v);
    } else {
        rc = scan_word(s, v);
    }
    if (rc) {
        return rc;
    }
    v->end = (size_t)(s->p - s->doc->bytes);
    *ret = v;
    return 0;
}

static int scan_document(struct scanner *s)
{
    if (s->doc->n > LIMIT_JSON_BYTES) {
        return error_set(s->doc->d, s->err, -E2BIG,
                         "%s: more than %d bytes (LIMIT_JSON_BYTES) (line %u, column 1)",
                         s->doc->file, LIMIT_JSON_BYTES, s->line);
    }
    int rc = scan_value(s, NULL, NULL, &s->doc->root);
    if (rc) {
        return rc;
    }
    skip_space(s);
    return s->p < s->end ? scan_fail(s, -EINVAL, s->p, "trailing bytes after the value") : 0;
}

int json_parse(struct domain *d, const char *file, uint32_t first_line, const char *root_name,
               const char *bytes, size_t n, struct json_doc *ret, struct error *err)
{
    struct json_doc doc = {.d = d, .root_name = root_name, .n = n};
    doc.arena = arena_new(d);
    if (!doc.arena) {
        return CODE_FATE;
    }
    doc.file = arena_dup(doc.arena, file, strlen(file));
    const size_t used = n > LIMIT_JSON_BYTES ? 0 : n; /* what is refused is not copied first */
    doc.bytes = arena_dup(doc.arena, bytes, used);
    char *texts = arena_alloc(doc.arena, used);
    int rc = CODE_FATE;
    if (doc.file && doc.bytes && texts) {
        struct scanner s = {.doc = &doc,
                            .err = err,
                            .p = doc.bytes,
                            .line_start = doc.bytes,
                            .texts = texts,
                            .end = doc.bytes + used,
                            .line = first_line};
        rc = scan_document(&s);
    }
    if (rc) {
        arena_free(doc.arena);
        return rc;
    }
    *ret = doc;
    return 0;
}

void json_release(struct json_doc *doc)
{
    arena_free(doc->arena);
    *doc = (struct json_doc){0};
}

void *json_alloc(struct json_doc *doc, size_t size)
{
    return arena_alloc(doc->arena, size);
}
