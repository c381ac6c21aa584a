#include "rewrite.h"

#include <simrun/sim/result.h>

/* ---- equality ------------------------------------------------------------------------------- */

static bool lists_equal(const struct json *a, const struct json *b)
{
    const struct json *y = b->child;
    json_for_each(x, a)
    {
        if (!json_equal(x, y)) {
            return false;
        }
        y = y->next;
    }
    return true;
}

static bool objects_equal(const struct json *a, const struct json *b)
{
    json_for_each(x, a)
    {
        const struct json *y = json_exact(b, x->key);
        if (!y || !json_equal(json_exact(a, x->key), y)) {
            return false;
        }
    }
    json_for_each(y, b)
    {
        if (!json_exact(a, y->key)) {
            return false;
        }
    }
    return true;
}

bool json_equal(const struct json *a, const struct json *b)
{
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case JSON_STRING:
        return strcmp(a->text, b->text) == 0;
    case JSON_NUMBER: {
        double x = strtod(a->text, NULL), y = strtod(b->text, NULL);
        return strcmp(a->text, b->text) == 0 || (x <= y && x >= y);
    }
    case JSON_ARRAY:
        return a->n == b->n && lists_equal(a, b);
    case JSON_OBJECT:
        return objects_equal(a, b);
    default:
        return true;
    }
}

/* ---- items ---------------------------------------------------------------------------------- */

/* Where the text between the item before and this one ends: at its key, or its value. */
static size_t item_start(const struct json_doc *doc, const struct json *of, const struct json *item,
                         const struct json *before)
{
    size_t at = before ? before->end : of->start + 1;
    if (!item->key) {
        return item->start;
    }
    while (strchr(" \t\r\n,", doc->bytes[at])) {
        at++;
    }
    return at;
}

static const struct json *item_before(const struct rewrite *w, const struct json *item)
{
    const struct json *before = w->at, *it = w->at ? w->at->next : w->of->child;
    for (; it != item; it = it->next) {
        before = it;
    }
    return before;
}

void rewrite_begin(struct rewrite *w, struct str *out, const struct json_doc *doc,
                   const struct json *of)
{
    *w = (struct rewrite){.out = out, .doc = doc, .of = of};
    size_t end = of->child ? item_start(doc, of, of->child, NULL) : of->start + 1;
    str_addn(out, doc->bytes + of->start, end - of->start);
}

/* Between two items: as it is before this one, or as between the first two. */
static void separate(struct rewrite *w, const struct json *item, const struct json *before)
{
    if (w->n++ == 0) {
        return;
    }
    if (!before && w->of->child && w->of->child->next) {
        before = w->of->child;
        item = before->next;
    }
    if (!item || !before) {
        str_add(w->out, ", ");
        return;
    }
    size_t end = item_start(w->doc, w->of, item, before);
    str_addn(w->out, w->doc->bytes + before->end, end - before->end);
}

void rewrite_item(struct rewrite *w, const struct json *item)
{
    const struct json *before = item_before(w, item);
    w->at = item;
    separate(w, item, before);
    size_t start = item_start(w->doc, w->of, item, before);
    str_addn(w->out, w->doc->bytes + start, item->start - start);
}

void rewrite_new(struct rewrite *w, const char *key)
{
    separate(w, NULL, NULL);
    if (key) {
        sim_json_text(w->out, key, strlen(key));
        str_add(w->out, ": ");
    }
}

void rewrite_copy(struct str *out, const struct json_doc *doc, const struct json *v)
{
    str_addn(out, doc->bytes + v->start, v->end - v->start);
}

void rewrite_keep(struct rewrite *w, const struct json *item)
{
    rewrite_item(w, item);
    rewrite_copy(w->out, w->doc, item);
}

void rewrite_end(struct rewrite *w)
{
    const struct json *last = w->of->child;
    while (last && last->next) {
        last = last->next;
    }
    size_t from = last && w->n ? last->end : w->of->end - 1;
    from = last || w->n ? from : w->of->start + 1; /* empty it was and is: with its blanks */
    str_addn(w->out, w->doc->bytes + from, w->of->end - from);
}

/* ---- values --------------------------------------------------------------------------------- */

static void rewrite_object(struct str *out, const struct json_doc *doc, const struct json *old,
                           const struct json_doc *want_doc, const struct json *want)
{
    struct rewrite w;
    rewrite_begin(&w, out, doc, old);
    json_for_each(it, old)
    {
        const struct json *to = json_exact(want, it->key);
        if (to && !it->shadowed) {
            rewrite_item(&w, it);
            rewrite_value(out, doc, it, want_doc, to);
        }
    }
    json_for_each(it, want)
    {
        if (!json_exact(old, it->key)) {
            rewrite_new(&w, it->key);
            rewrite_copy(out, want_doc, it);
        }
    }
    rewrite_end(&w);
}

/* How many elements at the end are equal, but for the first `n`. */
static size_t equal_tail(const struct json **a, size_t na, const struct json **b, size_t nb,
                         size_t n)
{
    size_t same = 0;
    while (same + n < na && same + n < nb && json_equal(a[na - 1 - same], b[nb - 1 - same])) {
        same++;
    }
    return same;
}

static const struct json **elements(struct domain *d, const struct json *of)
{
    const struct json **v = mem_resize(d, NULL, 0, of->n + 1, sizeof(void *), "elements");
    size_t n = 0;
    for (const struct json *it = of->child; v && it; it = it->next) {
        v[n++] = it;
    }
    return v;
}

/* What is equal at both ends stays; between, elements are paired by place. */
static void rewrite_array(struct str *out, const struct json_doc *doc, const struct json *old,
                          const struct json_doc *want_doc, const struct json *want)
{
    const struct json **a = elements(out->d, old), **b = elements(out->d, want);
    struct rewrite w;
    size_t head = 0;
    rewrite_begin(&w, out, doc, old);
    while (a && b && head < old->n && head < want->n && json_equal(a[head], b[head])) {
        head++;
    }
    size_t tail = a && b ? equal_tail(a, old->n, b, want->n, head) : 0;
    for (size_t i = 0; a && b && i < want->n; i++) {
        bool in_tail = i >= want->n - tail;
        size_t from = in_tail ? i + old->n - want->n : i;
        if (in_tail || i < old->n - tail) {
            rewrite_item(&w, a[from]);
            rewrite_value(out, doc, a[from], want_doc, b[i]);
        } else {
            rewrite_new(&w, NULL);
            rewrite_copy(out, want_doc, b[i]);
        }
    }
    rewrite_end(&w);
    mem_free(a);
    mem_free(b);
}

void rewrite_value(struct str *out, const struct json_doc *doc, const struct json *old,
                   const struct json_doc *want_doc, const struct json *want)
{
    if (json_equal(old, want)) {
        rewrite_copy(out, doc, old);
    } else if (old->type == JSON_OBJECT && want->type == JSON_OBJECT) {
        rewrite_object(out, doc, old, want_doc, want);
    } else if (old->type == JSON_ARRAY && want->type == JSON_ARRAY) {
        rewrite_array(out, doc, old, want_doc, want);
    } else {
        rewrite_copy(out, want_doc, want);
    }
}

void rewrite_set(struct str *out, const struct json_doc *doc, const struct json *object,
                 const struct json *member, const char *key, const char *text)
{
    struct rewrite w;
    rewrite_begin(&w, out, doc, object);
    json_for_each(it, object)
    {
        rewrite_item(&w, it);
        if (it == member) {
            str_add(out, text);
        } else {
            rewrite_copy(out, doc, it);
        }
    }
    if (!member) {
        rewrite_new(&w, key);
        str_add(out, text);
    }
    rewrite_end(&w);
}

/* ---- for people ----------------------------------------------------------------------------- */

static void show_value(struct str *out, const struct json_doc *doc, const struct json *v)
{
    if (v->type != JSON_OBJECT && v->type != JSON_ARRAY) {
        rewrite_copy(out, doc, v);
        return;
    }
    str_addc(out, v->type == JSON_OBJECT ? '{' : '[');
    json_for_each(it, v)
    {
        str_add(out, it->index ? ", " : "");
        if (it->key) {
            sim_json_text(out, it->key, strlen(it->key));
            str_add(out, ": ");
        }
        show_value(out, doc, it);
    }
    str_addc(out, v->type == JSON_OBJECT ? '}' : ']');
}

void rewrite_show(struct str *out, const struct json_doc *doc, const struct json *v)
{
    json_for_each(it, v)
    {
        bool list = it->type == JSON_ARRAY && it->n;
        for (const struct json *line = list ? it->child : it; line;
             line = list ? line->next : NULL) {
            str_addf(out, "%s%s: ", it->key, list ? "[]" : "");
            show_value(out, doc, line);
            str_addc(out, '\n');
        }
    }
}
