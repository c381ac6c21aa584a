/* The quick look at an expected tree: almost always its text names the nodes of the result, each
 * list in their order and with their members in the order of result lines. */
#include "compare.h"

struct look {
    const struct sim_result *r;
    struct subtrees *subtrees;
    bool *found; /* of each node of the result */
    size_t n_found;
};
/* One list of the text: that of the tree, or of a subtree. */
struct list_text {
    struct cursor c;
    const char *below; /* before each path, not terminated */
    size_t below_n;
    size_t next; /* node of the result that may be the next one of the list */
};

static bool list_begin(struct list_text *l, const struct text_range *text)
{
    l->c = (struct cursor){text->p, text->p + text->n};
    return cursor_take(&l->c, '[');
}

/* A comma or the end of the list; *more says which. */
static bool list_go_on(struct cursor *c, bool *more)
{
    struct cursor at = *c;
    *more = cursor_take(&at, ',');
    if (*more) {
        *c = at;
        return true;
    }
    return cursor_take(c, ']');
}

/* Nodes of other lists may stand between two of this one. */
static bool find_node(struct look *k, struct list_text *l)
{
    while (l->next < k->r->n_nodes) {
        size_t at = l->next++;
        const struct sim_node *n = &k->r->nodes[at];
        struct cursor c = l->c;
        if (!k->found[at] && strncmp(n->path, l->below, l->below_n) == 0 &&
            node_is_text(&c, n->path + l->below_n, n)) {
            l->c = c;
            k->found[at] = true;
            k->n_found++;
            return true;
        }
    }
    return false;
}

static bool find_subtree(struct look *k, const struct text_range *name,
                         const struct text_range *path)
{
    const struct text_range *text = subtrees_text(k->subtrees, name->p, name->n);
    struct list_text l = {.below = path->p, .below_n = path->n};
    bool more = text && list_begin(&l, text);
    bool same = more;
    while (same && more) {
        same = find_node(k, &l) && list_go_on(&l.c, &more);
    }
    return same;
}

/* {"path": P, "subtree": S} */
static bool take_reference(struct cursor *c, struct text_range *path, struct text_range *name)
{
    return cursor_take(c, '{') && cursor_text(c, "path") && cursor_take(c, ':') &&
           cursor_any_text(c, &path->p, &path->n) && cursor_take(c, ',') &&
           cursor_text(c, "subtree") && cursor_take(c, ':') &&
           cursor_any_text(c, &name->p, &name->n) && cursor_take(c, '}');
}

static bool find_element(struct look *k, struct list_text *l)
{
    struct cursor at = l->c;
    struct text_range path, name;
    if (!take_reference(&at, &path, &name)) {
        return find_node(k, l);
    }
    l->c = at;
    return find_subtree(k, &name, &path);
}

bool nodes_same_text(struct domain *d, const struct text_range *text, const struct sim_result *r,
                     struct subtrees *s)
{
    struct look k = {.r = r, .subtrees = s};
    struct list_text l = {.below = ""};
    bool more = list_begin(&l, text);
    k.found = more ? mem_new(d, r->n_nodes * sizeof(*k.found), "found nodes") : NULL;
    bool same = k.found != NULL;
    while (same && more) {
        same = find_element(&k, &l) && list_go_on(&l.c, &more);
    }
    mem_free(k.found);
    return same && k.n_found == r->n_nodes && cursor_at_end(&l.c);
}
