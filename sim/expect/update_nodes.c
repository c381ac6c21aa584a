/* Expected trees as a result would have them. */
#include "mtree.h"
#include "update_fields.h"

/* One element of a wanted list. */
struct element {
    const struct json *at;
    const char *path, *subtree; /* subtree: NULL = a node of its own */
    bool keep;                  /* it stays, or is changed in place */
    size_t node;                /* its node in the result; SIZE_MAX: none, or a subtree */
};
struct elements {
    struct fresh *f;
    struct element *v; /* owned; in the order of the list */
    size_t n;
    const char **paths; /* owned; sorted: those of nodes of their own */
    size_t n_paths;
    bool *used; /* owned: which nodes of the result the list names */
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t node_at(const struct fresh *f, const char *path)
{
    const struct sim_node *n = result_node(f->r, path);
    return n ? (size_t)(n - f->r->nodes) : SIZE_MAX;
}

static const char *text_of(const struct json *object, const char *key)
{
    const struct json *v = object->type == JSON_OBJECT ? json_exact(object, key) : NULL;
    return v && v->type == JSON_STRING ? v->text : NULL;
}

static bool elements_init(struct elements *l, struct fresh *f, const struct json *list)
{
    *l = (struct elements){.f = f};
    l->v = mem_resize(f->d, NULL, 0, list->n + 1, sizeof(*l->v), "nodes");
    l->paths = mem_resize(f->d, NULL, 0, list->n + 1, sizeof(void *), "nodes");
    l->used = mem_resize(f->d, NULL, 0, f->r->n_nodes + 1, sizeof(*l->used), "nodes");
    if (!l->v || !l->paths || !l->used) {
        return false;
    }
    json_for_each(it, list)
    {
        struct element e = {it, text_of(it, "path"), text_of(it, "subtree"), false, SIZE_MAX};
        if (e.path && !e.subtree) {
            l->paths[l->n_paths++] = e.path;
            e.node = node_at(f, e.path);
            e.keep = e.node != SIZE_MAX;
        }
        l->v[l->n++] = e;
    }
    qsort(l->paths, l->n_paths, sizeof(void *), by_text);
    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i].keep) {
            l->used[l->v[i].node] = true;
        }
    }
    return true;
}

static void elements_release(struct elements *l)
{
    mem_free(l->v);
    mem_free(l->paths);
    mem_free(l->used);
}

/* Has the result this node of a subtree, but where the list overrides it? */
static bool subtree_node_holds(struct elements *l, const char *below, const cJSON *node, bool mark)
{
    const char *rest = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(node, "path"));
    char *path = mem_printf(l->f->d, "%s%s", below, rest ? rest : "");
    const char *key = path;
    bool holds = false;
    if (path && bsearch(&key, l->paths, l->n_paths, sizeof(void *), by_text)) {
        holds = true;
    } else if (path) {
        size_t at = node_at(l->f, path);
        struct str text;
        str_init(&text, l->f->d);
        if (at != SIZE_MAX) {
            node_differences(&text, node, &l->f->r->nodes[at], false);
            holds = text.n == 0;
            l->used[at] |= mark;
        }
        str_release(&text);
    }
    mem_free(path);
    return holds;
}

/* A subtree stays as one element when all of it holds. */
static void look_at_subtree(struct elements *l, struct element *e)
{
    struct verdict ignored;
    const cJSON *node;
    bool holds;
    verdict_init(&ignored, l->f->d);
    const cJSON *nodes = subtrees_find(l->f->subtrees, e->subtree, &ignored);
    verdict_release(&ignored);
    holds = nodes != NULL;
    cJSON_ArrayForEach(node, nodes)
    {
        holds = holds && subtree_node_holds(l, e->path, node, false);
    }
    e->keep = holds;
    cJSON_ArrayForEach(node, nodes)
    {
        (void)(holds && subtree_node_holds(l, e->path, node, true));
    }
}

/* Does the wanted node differ from what the result has? */
static bool differs(struct fresh *f, const struct json *old, size_t node, bool partial)
{
    cJSON *want = NULL;
    struct str text;
    if (json_to_cjson(f->d, old, &want)) {
        return false;
    }
    str_init(&text, f->d);
    node_differences(&text, want, &f->r->nodes[node], partial);
    bool found = text.n > 0;
    str_release(&text);
    cJSON_Delete(want);
    return found;
}

/* ---- the whole tree ------------------------------------------------------------------------- */

static void add_unnamed(struct rewrite *w, struct elements *l, size_t *next, const char *until)
{
    const struct sim_result *r = l->f->r;
    for (; *next < r->n_nodes && (!until || strcmp(r->nodes[*next].path, until) < 0); ++*next) {
        if (!l->used[*next]) {
            rewrite_new(w, NULL);
            rewrite_copy(w->out, &l->f->line, l->f->nodes[*next]);
        }
    }
}

void update_nodes(struct str *out, struct fresh *f, const struct json_doc *doc,
                  const struct json *old)
{
    struct elements l;
    struct rewrite w;
    size_t next = 0;
    rewrite_begin(&w, out, doc, old);
    bool ready = elements_init(&l, f, old);
    for (size_t i = 0; ready && i < l.n; i++) {
        if (l.v[i].subtree && l.v[i].path) {
            look_at_subtree(&l, &l.v[i]);
        }
    }
    for (size_t i = 0; ready && i < l.n; i++) {
        const struct element *e = &l.v[i];
        if (e->path) {
            add_unnamed(&w, &l, &next, e->path);
        }
        if (!e->keep) {
            continue;
        }
        rewrite_item(&w, e->at);
        if (e->node != SIZE_MAX && differs(f, e->at, e->node, false)) {
            rewrite_value(out, doc, e->at, &f->line, f->nodes[e->node]);
        } else {
            rewrite_copy(out, doc, e->at);
        }
    }
    if (ready) {
        add_unnamed(&w, &l, &next, NULL);
    }
    rewrite_end(&w);
    elements_release(&l);
}

/* ---- some nodes ----------------------------------------------------------------------------- */

void update_partly(struct str *out, const struct json_doc *doc, const struct json *old,
                   const struct json_doc *want_doc, const struct json *want)
{
    struct rewrite w;
    rewrite_begin(&w, out, doc, old);
    json_for_each(it, old)
    {
        const struct json *to = json_exact(want, it->key);
        rewrite_item(&w, it);
        if (to) {
            rewrite_value(out, doc, it, want_doc, to);
        } else {
            str_add(out, "null");
        }
    }
    rewrite_end(&w);
}

/* A node that is gone goes; a reference to a subtree is nobody's node and stays. */
void update_nodes_include(struct str *out, struct fresh *f, const struct json_doc *doc,
                          const struct json *old)
{
    struct rewrite w;
    rewrite_begin(&w, out, doc, old);
    json_for_each(it, old)
    {
        const char *path = text_of(it, "path");
        bool plain = path && !text_of(it, "subtree");
        size_t node = plain ? node_at(f, path) : SIZE_MAX;
        if (plain && node == SIZE_MAX) {
            continue;
        }
        rewrite_item(&w, it);
        if (plain && differs(f, it, node, true)) {
            update_partly(out, doc, it, &f->line, f->nodes[node]);
        } else {
            rewrite_copy(out, doc, it);
        }
    }
    rewrite_end(&w);
}
