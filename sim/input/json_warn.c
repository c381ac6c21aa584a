/* Warnings of a document: duplicate keys, and what readers add. */
#include "json_internal.h"

#include <stdio.h>

enum { FEW_MEMBERS = 16 }; /* up to here every pair is compared, above they are sorted */

static void add_warning(struct json_doc *doc, uint32_t line, uint32_t column, const char *what)
{
    struct json_warning *w = arena_alloc(doc->arena, sizeof(*w));
    if (!w) {
        return; /* the domain has met its fate, which every reader checks */
    }
    bool last = doc->n_warnings == LIMIT_JSON_WARNINGS - 1;
    w->line = line;
    w->column = column;
    w->text = last ? arena_printf(doc->arena, "%s: more warnings (LIMIT_JSON_WARNINGS)", doc->file)
                   : arena_printf(doc->arena, "%s: %s (line %u, column %u)", doc->file, what, line,
                                  column);
    if (!w->text) {
        return;
    }
    if (doc->last_warning) {
        doc->last_warning->next = w;
    } else {
        doc->warnings = w;
    }
    doc->last_warning = w;
    doc->n_warnings++;
}

void json_warn(struct json_doc *doc, const struct json *at, const char *fmt, ...)
{
    if (doc->n_warnings >= LIMIT_JSON_WARNINGS) {
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    char *what = mem_vprintf(doc->d, fmt, ap);
    va_end(ap);
    if (what) {
        add_warning(doc, at ? at->line : 1, at ? at->column : 1, what);
        mem_free(what);
    }
}

static void shadow(struct scanner *s, struct json *earlier, const struct json *later)
{
    earlier->shadowed = true;
    json_warn(s->doc, later, "key \"%s\" comes twice, the one at line %u, column %u is ignored",
              later->key, earlier->line, earlier->column);
}

struct member {
    struct json *v;
};

static int by_key(const void *left, const void *right)
{
    const struct json *a = ((const struct member *)left)->v;
    const struct json *b = ((const struct member *)right)->v;
    int order = strcmp(a->key, b->key);
    if (order) {
        return order;
    }
    return a->index < b->index ? -1 : 1;
}

static int many_members(struct scanner *s, struct json *object)
{
    struct member *sorted = mem_new(s->doc->d, object->n * sizeof(*sorted), "json members");
    if (!sorted) {
        return CODE_FATE;
    }
    size_t n = 0;
    json_for_each(it, object)
    {
        sorted[n++].v = it;
    }
    qsort(sorted, n, sizeof(*sorted), by_key);
    for (size_t i = 1; i < n; i++) {
        if (!strcmp(sorted[i - 1].v->key, sorted[i].v->key)) {
            shadow(s, sorted[i - 1].v, sorted[i].v);
        }
    }
    mem_free(sorted);
    return 0;
}

int scan_duplicates(struct scanner *s, struct json *object)
{
    if (object->n > FEW_MEMBERS) {
        return many_members(s, object);
    }
    json_for_each(a, object)
    {
        for (struct json *b = a->next; b; b = b->next) {
            if (!strcmp(a->key, b->key)) {
                shadow(s, a, b);
                break;
            }
        }
    }
    return domain_dead(s->doc->d) ? CODE_FATE : 0;
}
