/* Trees: wanted nodes, with subtrees put back, against the nodes of a result. */
#include "absent.h"
#include "compare.h"

/* One wanted node. */
struct wanted {
    const char *path;
    const cJSON *node;
    size_t order; /* of two with the same path the later one counts */
};
struct wanted_list {
    struct domain *d;
    struct wanted *v; /* owned */
    size_t n, cap;
    struct ptrvec paths; /* owned: paths of nodes that came from subtrees */
};

static int push(struct wanted_list *l, const char *path, const cJSON *node)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 256;
        struct wanted *v = mem_resize(l->d, l->v, l->n, cap, sizeof(*v), "wanted nodes");
        if (!v) {
            return CODE_FATE;
        }
        l->v = v;
        l->cap = cap;
    }
    l->v[l->n] = (struct wanted){path, node, l->n};
    l->n++;
    return 0;
}

/* A member that is a string, or NULL. Nodes are many and their members few. */
static const char *member_text(const cJSON *node, const char *key)
{
    const cJSON *m = node->child;
    while (m && (!m->string || m->string[0] != key[0] || strcmp(m->string, key) != 0)) {
        m = m->next;
    }
    return cJSON_GetStringValue(m);
}

static void push_subtree(struct wanted_list *l, const char *below, const cJSON *nodes)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, nodes)
    {
        const char *rest = member_text(node, "path");
        size_t n = strlen(below), m = rest ? strlen(rest) : 0;
        char *path = mem_new(l->d, n + m + 1, "wanted path");
        if (!path || ptrvec_push(&l->paths, path) || push(l, path, node)) {
            return;
        }
        memcpy(path, below, n + 1);
        memcpy(path + n, rest ? rest : "", m + 1);
    }
}

static int by_path(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Sorted by path, each path once. */
static void wanted_init(struct wanted_list *l, struct verdict *v, const cJSON *want,
                        struct subtrees *s)
{
    *l = (struct wanted_list){.d = v->d};
    ptrvec_init(&l->paths, v->d);
    const cJSON *node;
    cJSON_ArrayForEach(node, want)
    {
        const char *path = member_text(node, "path"), *subtree = member_text(node, "subtree");
        if (!path) {
            verdict_add(v, "nodes: an expected node has no path");
        } else if (!subtree) {
            (void)push(l, path, node);
        } else {
            push_subtree(l, path, subtrees_find(s, subtree, v));
        }
    }
    sort_nearly(l->v, l->n, sizeof(*l->v), by_path);
    size_t kept = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (i + 1 == l->n || strcmp(l->v[i].path, l->v[i + 1].path) != 0) {
            l->v[kept++] = l->v[i];
        }
    }
    l->n = kept;
}

static void wanted_release(struct wanted_list *l)
{
    for (size_t i = 0; i < l->paths.n; i++) {
        mem_free(l->paths.p[i]);
    }
    ptrvec_release(&l->paths);
    mem_free(l->v);
}

static void compare_node(struct verdict *v, const struct wanted *want, const struct sim_node *got,
                         bool partial)
{
    struct str text;
    str_init(&text, v->d);
    node_differences(&text, want->node, got, partial);
    if (text.n) {
        verdict_add(v, "nodes %s: %s", want->path, str_get(&text));
    }
    str_release(&text);
}

static const char *text_of(const cJSON *node, const char *key)
{
    const char *text = member_text(node, key);
    return text ? text : "";
}

static void add_missing(struct verdict *v, struct absent *a, const struct wanted *w)
{
    absent_add(v, a, w->path, text_of(w->node, "type"), text_of(w->node, "mode"),
               text_of(w->node, "fs"));
}

void compare_nodes(struct verdict *v, const cJSON *want, const struct sim_result *r,
                   struct subtrees *s)
{
    struct wanted_list l;
    if (!value_is_list(v, "nodes", want)) {
        return;
    }
    wanted_init(&l, v, want, s);
    struct absent missing = {.what = "missing"}, extra = {.what = "not expected"};
    size_t i = 0, j = 0;
    while (i < l.n || j < r->n_nodes) {
        int order = i == l.n ? 1 : j == r->n_nodes ? -1 : strcmp(l.v[i].path, r->nodes[j].path);
        if (order < 0) {
            add_missing(v, &missing, &l.v[i++]);
        } else if (order > 0) {
            const struct sim_node *n = &r->nodes[j++];
            absent_add(v, &extra, n->path, n->type, n->mode, n->fs);
        } else {
            compare_node(v, &l.v[i++], &r->nodes[j++], false);
        }
    }
    absent_flush(v, &missing);
    absent_flush(v, &extra);
    wanted_release(&l);
}

void compare_nodes_include(struct verdict *v, const cJSON *want, const struct sim_result *r,
                           struct subtrees *s)
{
    struct wanted_list l;
    if (!value_is_list(v, "nodes_include", want)) {
        return;
    }
    wanted_init(&l, v, want, s);
    size_t j = 0;
    for (size_t i = 0; i < l.n; i++) {
        while (j < r->n_nodes && strcmp(r->nodes[j].path, l.v[i].path) < 0) {
            j++;
        }
        if (j < r->n_nodes && strcmp(r->nodes[j].path, l.v[i].path) == 0) {
            compare_node(v, &l.v[i], &r->nodes[j], true);
        } else {
            verdict_add(v, "nodes %s: missing", l.v[i].path);
        }
    }
    wanted_release(&l);
}
