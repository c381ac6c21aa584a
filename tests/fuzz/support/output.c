#include "output.h"

#include <cjson/cJSON.h>

static int add(void *arg, const char *data, size_t size)
{
    struct output *o = arg;
    CHECK(o->n + size <= OUTPUT_MAX);
    if (o->n + size + 1 > o->room) {
        o->room = 2 * (o->n + size + 1);
        o->p = realloc(o->p, o->room);
        CHECK(o->p);
    }
    memcpy(o->p + o->n, data, size);
    o->n += size;
    o->p[o->n] = '\0';
    return 0;
}

struct rep_sink output_sink(struct output *o)
{
    return (struct rep_sink){.write = add, .arg = o, .width = 80};
}

void output_release(struct output *o)
{
    free(o->p);
    *o = (struct output){0};
}

void output_is_plain(const struct output *o)
{
    for (size_t i = 0; i < o->n; i++) {
        const unsigned char *p = (const unsigned char *)o->p + i;
        CHECK(*p >= 0x20 || *p == '\n' || *p == '\t');
        CHECK(*p != 0x7f && !(p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0));
        CHECK(!(p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae));
        CHECK(*p < 0xf8 && *p != 0xc0 && *p != 0xc1);
    }
}

void output_is_json_lines(const struct output *o)
{
    for (char *line = o->p, *end; line && *line; line = end + 1) {
        const char *stop = NULL;
        end = strchr(line, '\n');
        CHECK(end);
        cJSON *json = cJSON_ParseWithLengthOpts(line, (size_t)(end - line), &stop, false);
        CHECK(cJSON_IsObject(json) && stop == end);
        cJSON_Delete(json);
    }
    for (size_t i = 0; i < o->n; i++) {
        CHECK((unsigned char)o->p[i] >= 0x20 || o->p[i] == '\n');
    }
}

void output_is_csv(const struct output *o)
{
    size_t columns = 0, n = 1;
    bool quoted = false;
    for (const char *p = o->p; p && *p; p++) {
        if (*p == '"') {
            quoted = !quoted;
        } else if (!quoted && *p == ',') {
            n++;
        } else if (!quoted && *p == '\n') {
            CHECK(columns == 0 || n == columns);
            columns = n;
            n = 1;
        }
    }
    CHECK(!quoted);
}

/* Behind the reference that begins at `p`. */
static const char *reference(const char *p)
{
    static const char *const names[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&#"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strncmp(p, names[i], strlen(names[i])) == 0) {
            return strchr(p, ';') + 1;
        }
    }
    fprintf(stderr, "no reference of XML: %.20s\n", p);
    abort();
}

/* The attributes of a tag, up to its end; *single: it closes itself. */
static const char *attributes(const char *p, bool *single)
{
    char quote = '\0';
    for (; quote || *p != '>'; p++) {
        CHECK(*p && *p != '<');
        if (*p == '&') {
            CHECK(quote);
            p = reference(p) - 1;
        } else if (quote ? *p == quote : (*p == '"' || *p == '\'')) {
            quote = quote ? '\0' : *p;
        }
    }
    *single = p[-1] == '/' || p[-1] == '?';
    return p + 1;
}

void output_is_xml(const struct output *o)
{
    enum { DEPTH = 16 };
    const char *open[DEPTH];
    size_t depth = 0;
    for (const char *p = o->p; p && *p;) {
        if (*p == '&') {
            p = reference(p);
        } else if (strncmp(p, "</", 2) == 0) {
            CHECK(depth > 0);
            size_t n = strcspn(p + 2, ">");
            CHECK(strncmp(open[--depth], p + 2, n) == 0 && strchr(" >", open[depth][n]));
            p += n + 3;
        } else if (*p == '<') {
            bool single;
            const char *name = p + 1;
            p = attributes(name, &single);
            if (!single) {
                CHECK(depth < DEPTH);
                open[depth++] = name;
            }
        } else {
            CHECK(*p != '>' || depth > 0);
            p++;
        }
    }
    CHECK(depth == 0);
    output_is_plain(o);
}

void output_is_html(const struct output *o, const char *tag)
{
    CHECK(!o->p || !strstr(o->p, tag));
    CHECK(!o->p || !memchr(o->p, '\x1b', o->n));
}
