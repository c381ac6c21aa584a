/*
 * What changed, for backend mem, without a copy of the tree: a node keeps its old self at its first
 * change, and it and all directories above it are marked. Two walks side by side, the old tree and
 * the new one, enter only what is marked.
 *
 * Why the mark is complete: a directory that gains or loses a name is marked itself, with all that
 * is above it at that time; so a marked node has marked directories above it in the old tree and in
 * the new one, however things were moved between.
 */
#include "mem.h"

static void mark_dirty(struct mem_node *n)
{
    if (n->dirty) {
        return;
    }
    n->dirty = true;
    list_for_each(it, &n->names)
    {
        mark_dirty(container_of(it, struct mem_dentry, of_node)->parent);
    }
}

int mem_describe(struct mem_host *h, struct mem_node *n, struct diff_node *ret)
{
    struct diff_node out = {
        .mode = n->type | n->mode, .uid = n->uid, .gid = n->gid, .target = n->target};
    if (n->type == S_IFREG) {
        int rc = mem_data_read(h, n, out.head, sizeof(out.head), 0, &out.head_n);
        if (rc < 0) {
            return rc;
        }
        out.size = mem_data_size(n);
    }
    *ret = out;
    return 0;
}

int mem_touch(struct mem_host *h, struct mem_node *n)
{
    if (!h->snapshot) {
        return 0;
    }
    if (n->orig) {
        return 0;
    }
    mark_dirty(n);
    struct mem_orig *orig = mem_new(h->base.d, sizeof(*orig), "mem_orig");
    if (!orig) {
        return CODE_FATE;
    }
    int rc = mem_describe(h, n, &orig->self);
    if (rc < 0) {
        mem_free(orig);
        return rc;
    }
    n->orig = orig;
    return 0;
}

int mem_touch_children(struct mem_host *h, struct mem_node *dir)
{
    if (!h->snapshot) {
        return 0;
    }
    int rc = mem_touch(h, dir);
    if (rc < 0 || dir->orig->children_saved) {
        return rc;
    }
    struct mem_orig *orig = dir->orig;
    if (dir->children.n > 0) {
        orig->children =
            mem_new(h->base.d, dir->children.n * sizeof(struct mem_dentry *), "mem_orig children");
        if (!orig->children) {
            return CODE_FATE;
        }
    }
    for (struct namenode *it = namemap_first(&dir->children); it; it = namenode_next(it)) {
        orig->children[orig->n++] = dentry_of(it);
    }
    orig->children_saved = true;
    return 0;
}

int mem_snapshot(struct host_snapshot *s)
{
    struct mem_host *h = mem_of(s->host);
    if (h->snapshot) {
        return -EBUSY;
    }
    s->roots = mem_new(s->d, (s->n + 1) * sizeof(struct mem_node *), "snapshot roots");
    if (!s->roots) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < s->n; i++) {
        struct mem_dentry *de;
        int rc = mem_walk(h, s->labels[i].path, false, &s->roots[i], &de);
        if (rc == CODE_FATE) {
            return rc;
        }
        if (rc < 0) {
            s->roots[i] = NULL;
        }
    }
    h->snapshot = s;
    /* writers that hold a descriptor from before do not tell anybody */
    list_for_each(it, &h->nodes)
    {
        struct mem_node *n = container_of(it, struct mem_node, all);
        if (n->data.shared) {
            int rc = mem_touch(h, n);
            if (rc < 0) {
                h->snapshot = NULL;
                return rc;
            }
        }
    }
    return 0;
}

void mem_snapshot_drop(struct host_snapshot *s)
{
    struct mem_host *h = mem_of(s->host);
    mem_free(s->roots);
    if (h->snapshot != s || domain_dead(h->base.d)) {
        return;
    }
    h->snapshot = NULL;
    list_for_each(it, &h->nodes)
    {
        struct mem_node *n = container_of(it, struct mem_node, all);
        if (n->orig) {
            mem_free(n->orig->children);
            mem_free(n->orig);
            n->orig = NULL;
        }
        n->dirty = false;
    }
}

/* One side of the double walk: the children of a directory in order, as they were or as they are.
 */
struct cursor {
    const struct mem_orig *orig; /* not NULL: the saved list */
    size_t i;
    struct namenode *next;
};

static int cursor_init(struct mem_host *h, struct cursor *c, struct mem_node *dir, bool old)
{
    *c = (struct cursor){0};
    if (!dir || dir->type != S_IFDIR) {
        return 0;
    }
    if (old && dir->orig && dir->orig->children_saved) {
        c->orig = dir->orig;
        return 0;
    }
    if (dir->unread) {
        int rc = cow_populate(h, dir);
        if (rc < 0) {
            return rc;
        }
    }
    c->next = namemap_first(&dir->children);
    return 0;
}

static struct mem_dentry *cursor_at(const struct cursor *c)
{
    if (c->orig) {
        return c->i < c->orig->n ? c->orig->children[c->i] : NULL;
    }
    return dentry_of(c->next);
}

static void cursor_step(struct cursor *c)
{
    if (c->orig) {
        c->i++;
    } else {
        c->next = namenode_next(c->next);
    }
}

struct diff {
    struct mem_host *h;
    struct domain *d;
    struct ptrvec *out;
};

static int diff_walk(struct diff *df, struct mem_node *before, struct mem_node *after,
                     const char *path);

static int text_of(struct diff *df, struct mem_node *n, bool old, char **ret)
{
    struct diff_node desc;
    if (!n) {
        *ret = NULL;
        return 0;
    }
    if (old && n->orig) {
        desc = n->orig->self;
    } else {
        int rc = mem_describe(df->h, n, &desc);
        if (rc < 0) {
            return rc;
        }
    }
    char *text = diff_text(df->d, &desc);
    if (!text) {
        return CODE_FATE;
    }
    *ret = text;
    return 0;
}

static int diff_line(struct diff *df, struct mem_node *before, struct mem_node *after,
                     const char *path)
{
    CLEANUP_MEM char *old = NULL;
    CLEANUP_MEM char *new = NULL;
    int rc = text_of(df, before, true, &old);
    if (rc == 0) {
        rc = text_of(df, after, false, &new);
    }
    if (rc < 0) {
        return rc;
    }
    if (!new) {
        return diff_add(df->out, '-', path, NULL);
    }
    if (!old) {
        return diff_add(df->out, '+', path, new);
    }
    return strcmp(old, new) == 0 ? 0 : diff_add(df->out, '~', path, new);
}

static int diff_children(struct diff *df, struct mem_node *before, struct mem_node *after,
                         const char *path)
{
    struct cursor a, b;
    int rc = cursor_init(df->h, &a, before, true);
    if (rc == 0) {
        rc = cursor_init(df->h, &b, after, false);
    }
    while (rc == 0) {
        struct mem_dentry *x = cursor_at(&a);
        struct mem_dentry *y = cursor_at(&b);
        if (!x && !y) {
            break;
        }
        int order = !x ? 1 : !y ? -1 : name_compare(x->name, y->name);
        CLEANUP_MEM char *child = diff_child_path(df->d, path, order <= 0 ? x->name : y->name);
        if (!child) {
            return CODE_FATE;
        }
        rc = diff_walk(df, order <= 0 ? x->inode : NULL, order >= 0 ? y->inode : NULL, child);
        if (order <= 0) {
            cursor_step(&a);
        }
        if (order >= 0) {
            cursor_step(&b);
        }
    }
    return rc;
}

static int diff_walk(struct diff *df, struct mem_node *before, struct mem_node *after,
                     const char *path)
{
    if (before == after && (!before || !before->dirty)) {
        return 0;
    }
    int rc = diff_line(df, before, after, path);
    return rc < 0 ? rc : diff_children(df, before, after, path);
}

int mem_diff(struct host_snapshot *s, struct ptrvec *ret)
{
    struct mem_host *h = mem_of(s->host);
    struct diff df = {.h = h, .d = ret->d, .out = ret};
    for (size_t i = 0; i < s->n; i++) {
        struct mem_node *now = NULL;
        struct mem_dentry *de;
        int rc = mem_walk(h, s->labels[i].path, false, &now, &de);
        if (rc == CODE_FATE) {
            return rc;
        }
        rc = diff_walk(&df, s->roots[i], rc < 0 ? NULL : now, s->labels[i].label);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}
