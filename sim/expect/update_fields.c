#include "update_fields.h"

int fresh_init(struct fresh *f, struct domain *d, const struct sim_result *r,
               struct subtrees *subtrees, struct error *err)
{
    struct str line;
    *f = (struct fresh){.d = d, .r = r, .subtrees = subtrees};
    str_init(&line, d);
    int code = sim_result_line(r, &line);
    code = code ? code : json_parse(d, "result", 1, "", line.p, line.n, &f->line, err);
    str_release(&line);
    f->nodes = code ? NULL : mem_resize(d, NULL, 0, r->n_nodes + 1, sizeof(void *), "nodes");
    if (!f->nodes) {
        fresh_release(f);
        return code ? code : CODE_FATE;
    }
    const struct json *nodes = json_exact(f->line.root, "nodes");
    for (const struct json *it = nodes ? nodes->child : NULL; it; it = it->next) {
        f->nodes[it->index] = it;
    }
    return 0;
}

void fresh_release(struct fresh *f)
{
    mem_free(f->nodes);
    json_release(&f->line);
    f->nodes = NULL;
}

/* What a result line leaves out. */
static bool is_empty(const struct json *v)
{
    return !v || v->type == JSON_NULL || v->type == JSON_FALSE ||
           ((v->type == JSON_STRING || v->type == JSON_ARRAY || v->type == JSON_OBJECT) && !v->n) ||
           (v->type == JSON_NUMBER && !(strtod(v->text, NULL) < 0 || strtod(v->text, NULL) > 0));
}

static const char *empty_text(enum json_type type)
{
    switch (type) {
    case JSON_STRING:
        return "\"\"";
    case JSON_ARRAY:
        return "[]";
    case JSON_OBJECT:
        return "{}";
    case JSON_NUMBER:
        return "0";
    default:
        return "false";
    }
}

/* ---- operations ----------------------------------------------------------------------------- */

static bool stands_for_any(const struct json *old, const struct json *want)
{
    const struct json *value = json_exact(old, "value"), *got = json_exact(want, "value");
    return value && value->type == JSON_STRING && strcmp(value->text, "*") == 0 && got &&
           got->type == JSON_STRING;
}

/* An operation whose value is any text: only what else differs is written. */
static void update_op(struct str *out, struct fresh *f, const struct json_doc *doc,
                      const struct json *old, const struct json *want)
{
    if (old->type != JSON_OBJECT || !stands_for_any(old, want)) {
        rewrite_value(out, doc, old, &f->line, want);
        return;
    }
    struct rewrite w;
    rewrite_begin(&w, out, doc, old);
    json_for_each(it, old)
    {
        const struct json *to = json_exact(want, it->key);
        if (!to) {
            continue;
        }
        rewrite_item(&w, it);
        if (it->shadowed || strcmp(it->key, "value") == 0) {
            rewrite_copy(out, doc, it);
        } else {
            rewrite_value(out, doc, it, &f->line, to);
        }
    }
    json_for_each(it, want)
    {
        if (!json_exact(old, it->key)) {
            rewrite_new(&w, it->key);
            rewrite_copy(out, &f->line, it);
        }
    }
    rewrite_end(&w);
}

static void update_ops(struct str *out, struct fresh *f, const struct json_doc *doc,
                       const struct json *old, const struct json *want)
{
    struct rewrite w;
    const struct json *to = want->child;
    rewrite_begin(&w, out, doc, old);
    for (const struct json *it = old->child; it && to; it = it->next, to = to->next) {
        rewrite_item(&w, it);
        update_op(out, f, doc, it, to);
    }
    for (; to; to = to->next) {
        rewrite_new(&w, NULL);
        rewrite_copy(out, &f->line, to);
    }
    rewrite_end(&w);
}

/* ---- fields --------------------------------------------------------------------------------- */

static bool is_field(const char *key)
{
    static const char *const keys[] = {"result",   "error", "compiled", "log",
                                       "fds_left", "ops",   "restore",  "host_diff"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (strcmp(key, keys[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void update_value(struct str *out, struct fresh *f, const struct json_doc *doc,
                         const struct json *old)
{
    const struct json *want = json_exact(f->line.root, old->key);
    if (is_empty(old) && is_empty(want)) {
        rewrite_copy(out, doc, old);
    } else if (!want) {
        str_add(out, empty_text(old->type));
    } else if (strcmp(old->key, "ops") == 0 && old->type == JSON_ARRAY) {
        update_ops(out, f, doc, old, want);
    } else {
        rewrite_value(out, doc, old, &f->line, want);
    }
}

bool update_field(struct str *out, struct fresh *f, const struct json_doc *doc,
                  const struct json *old)
{
    bool tree = strcmp(old->key, "nodes") == 0, part = strcmp(old->key, "nodes_include") == 0;
    bool mounts = strcmp(old->key, "mounts") == 0;
    bool some_mounts = strcmp(old->key, "mounts_include") == 0;
    bool field = tree || part || mounts || some_mounts || is_field(old->key);
    if (old->type == JSON_NULL || !field) {
        rewrite_copy(out, doc, old);
        return true;
    }
    if (!expectation_counts(old->key, f->r->outcome, true)) {
        return false;
    }
    if ((mounts || some_mounts) && old->type == JSON_ARRAY) {
        update_mounts(out, f, doc, old, mounts);
    } else if (tree && old->type == JSON_ARRAY) {
        update_nodes(out, f, doc, old);
    } else if (part && old->type == JSON_ARRAY) {
        update_nodes_include(out, f, doc, old);
    } else if (!part && !mounts && !some_mounts) {
        update_value(out, f, doc, old);
    } else {
        rewrite_copy(out, doc, old);
    }
    return true;
}

static void add_members(struct rewrite *w, struct fresh *f, const struct json *old)
{
    json_for_each(it, f->line.root)
    {
        if (!json_exact(old, it->key) && !is_empty(it) &&
            expectation_counts(it->key, f->r->outcome, true)) {
            rewrite_new(w, it->key);
            rewrite_copy(w->out, &f->line, it);
        }
    }
}

void update_fields(struct str *out, struct fresh *f, const struct json_doc *doc,
                   const struct json *old, bool whole)
{
    struct rewrite w;
    struct str value;
    str_init(&value, f->d);
    rewrite_begin(&w, out, doc, old);
    json_for_each(it, old)
    {
        if (!it->shadowed && update_field(&value, f, doc, it)) {
            rewrite_item(&w, it);
            str_addn(out, str_get(&value), value.n);
        }
        str_release(&value);
        str_init(&value, f->d);
    }
    if (whole) {
        add_members(&w, f, old);
    }
    rewrite_end(&w);
    str_release(&value);
}
