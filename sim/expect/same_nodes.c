/* The quick look at an expected tree: almost always its text names the nodes of the result, each
 * list in their order and with their members in the order of result lines. */
#include "compare.h"

enum { LOOK_MODELS = 64 };

/* A node, and the text behind its path that says it. */
struct model {
    const struct sim_node *node; /* NULL = none yet */
    struct text_range rest;
};
struct look {
    const struct sim_result *r;
    struct subtrees *subtrees;
    bool *found; /* of each node of the result */
    size_t n_found;
    struct model models[LOOK_MODELS]; /* by model_number: most nodes of a tree are alike */
};
/* One list of the text: that of the tree, or of a subtree. */
struct list_text {
    struct cursor *c;
    const char *below; /* before each path, not terminated */
    size_t below_n;
    size_t next; /* node of the result that may be the next one of the list */
};

/* What comes behind the path of a node. */
static bool rest_is(struct cursor *c, const struct sim_node *n)
{
    return CURSOR_JOINT(c, ",\"type\":\"") && cursor_text(c, n->type) &&
           CURSOR_JOINT(c, ",\"mode\":\"") && cursor_text(c, n->mode) &&
           CURSOR_JOINT(c, ",\"uid\":") && cursor_number(c, n->uid) &&
           CURSOR_JOINT(c, ",\"gid\":") && cursor_number(c, n->gid) &&
           (n->size < 0 ||
            (CURSOR_JOINT(c, ",\"size\":") && cursor_number(c, (uint64_t)n->size))) &&
           CURSOR_JOINT(c, ",\"nlink\":") && cursor_number(c, n->nlink) &&
           (!n->rdev || (CURSOR_JOINT(c, ",\"rdev\":\"") && cursor_text(c, n->rdev))) &&
           (!n->target || (CURSOR_JOINT(c, ",\"target\":\"") && cursor_text(c, n->target))) &&
           CURSOR_JOINT(c, ",\"fs\":\"") && cursor_text(c, n->fs) &&
           CURSOR_JOINT(c, ",\"flags\":\"") && cursor_text(c, n->flags) &&
           CURSOR_JOINT(c, ",\"mountpoint\":") && cursor_truth(c, n->mountpoint) &&
           CURSOR_JOINT(c, ",\"overlay\":") && cursor_truth(c, n->overlay) &&
           (!n->upper || (CURSOR_JOINT(c, ",\"upper\":\"") && cursor_text(c, n->upper))) &&
           (!n->lower || (CURSOR_JOINT(c, ",\"lower\":\"") && cursor_text(c, n->lower))) &&
           (!n->special || CURSOR_JOINT(c, ",\"special\":true")) &&
           CURSOR_JOINT(c, ",\"readdir\":") && cursor_truth(c, n->readdir) &&
           (!n->error || (CURSOR_JOINT(c, ",\"error\":\"") && cursor_text(c, n->error))) &&
           CURSOR_JOINT(c, "}");
}

static size_t model_number(const struct sim_node *n)
{
    size_t h = (size_t)n->size * 7 + n->nlink * 5 + (size_t)n->uid * 3 + n->special + n->mountpoint;
    h += (size_t)(unsigned char)n->type[0] * 31 + (size_t)(unsigned char)n->fs[0] * 17;
    for (const char *c = n->mode; *c; c++) {
        h = h * 3 + (unsigned char)*c;
    }
    return h % LOOK_MODELS;
}

/* Is there surely the same text behind the paths of both? Texts that many nodes share are static:
 * those that are not are compared byte by byte, or are a doubt. */
static bool alike(const struct sim_node *a, const struct sim_node *b)
{
    return a->type == b->type && a->fs == b->fs && a->flags == b->flags && a->upper == b->upper &&
           a->lower == b->lower && a->uid == b->uid && a->gid == b->gid && a->size == b->size &&
           a->nlink == b->nlink && a->mountpoint == b->mountpoint && a->overlay == b->overlay &&
           a->special == b->special && a->readdir == b->readdir && a->rdev == b->rdev &&
           a->target == b->target && a->error == b->error && strcmp(a->mode, b->mode) == 0;
}

static bool rest_is_known(struct look *k, struct cursor *c, const struct sim_node *n)
{
    struct model *m = &k->models[model_number(n)];
    if (m->node && alike(m->node, n) && cursor_bytes(c, m->rest.p, m->rest.n)) {
        return true;
    }
    const char *start = c->p;
    bool same = rest_is(c, n);
    if (same) {
        *m = (struct model){n, {start, (size_t)(c->p - start)}};
    }
    return same;
}

/* The first node of the result whose path is not before `path`. */
static size_t first_from(const struct sim_result *r, const struct text_range *path)
{
    size_t low = 0, high = r->n_nodes;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strncmp(r->nodes[mid].path, path->p, path->n) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* The node whose path comes next. Nodes of other lists may stand between two of this one. */
static bool find_node(struct look *k, struct list_text *l)
{
    const struct cursor start = *l->c;
    for (; l->next < k->r->n_nodes; l->next++) {
        const struct sim_node *n = &k->r->nodes[l->next];
        *l->c = start;
        if (!k->found[l->next] && strncmp(n->path, l->below, l->below_n) == 0 &&
            cursor_text(l->c, n->path + l->below_n)) {
            k->found[l->next++] = true;
            k->n_found++;
            return rest_is_known(k, l->c, n);
        }
    }
    return false;
}

static bool find_subtree(struct look *k, const struct text_range *name,
                         const struct text_range *path)
{
    const struct text_range *text = subtrees_text(k->subtrees, name->p, name->n);
    if (!text) {
        return false;
    }
    struct cursor c = {text->p, text->p + text->n};
    struct list_text l = {
        .c = &c, .below = path->p, .below_n = path->n, .next = first_from(k->r, path)};
    bool same = CURSOR_JOINT(&c, "["), first = true;
    while (same && !cursor_sees(&c, ']')) {
        same = (first || CURSOR_JOINT(&c, ",")) && CURSOR_JOINT(&c, "{\"path\":\"") &&
               find_node(k, &l);
        first = false;
    }
    return same && CURSOR_JOINT(&c, "]");
}

/* {"path": P, "subtree": S} from P on; the place stays where it is when this is no reference. */
static bool take_reference(struct cursor *c, struct text_range *path, struct text_range *name)
{
    struct cursor at = *c;
    if (!cursor_any_text(&at, &path->p, &path->n) || !CURSOR_JOINT(&at, ",\"subtree\":\"")) {
        return false;
    }
    *c = at;
    return cursor_any_text(c, &name->p, &name->n) && CURSOR_JOINT(c, "}");
}

static bool find_element(struct look *k, struct list_text *l)
{
    struct text_range path, name;
    if (!CURSOR_JOINT(l->c, "{\"path\":\"")) {
        return false;
    }
    return take_reference(l->c, &path, &name) ? find_subtree(k, &name, &path) : find_node(k, l);
}

bool nodes_are(struct domain *d, struct cursor *c, const struct sim_result *r, struct subtrees *s)
{
    struct look k = {.r = r, .subtrees = s};
    struct list_text l = {.c = c, .below = ""};
    k.found = mem_new(d, r->n_nodes * sizeof(*k.found), "found nodes");
    bool same = k.found != NULL && CURSOR_JOINT(c, "["), first = true;
    while (same && !cursor_sees(c, ']')) {
        same = (first || CURSOR_JOINT(c, ",")) && find_element(&k, &l);
        first = false;
    }
    mem_free(k.found);
    return same && k.n_found == r->n_nodes && CURSOR_JOINT(c, "]");
}
