/* A treap of names. No recursion: names come from hostile specs and peers. */
#include <simrun/core.h>

#include <assert.h>

/* FNV-1a with a final mix, so that names that differ in the last byte only do not get neighbouring
 * priorities. */
static uint32_t name_priority(const char *name)
{
    uint32_t h = UINT32_C(2166136261);
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        h = (h ^ *p) * UINT32_C(16777619);
    }
    h ^= h >> 16;
    h *= UINT32_C(0x85ebca6b);
    h ^= h >> 13;
    h *= UINT32_C(0xc2b2ae35);
    return h ^ (h >> 16);
}

/* The pointer that points to `node`. */
static struct namenode **slot_of(struct namemap *m, struct namenode *node)
{
    if (!node->parent) {
        return &m->root;
    }
    return node->parent->left == node ? &node->parent->left : &node->parent->right;
}

/* Lift `node` above its parent; the order of names stays. */
static void rotate_up(struct namemap *m, struct namenode *node)
{
    struct namenode *parent = node->parent;
    struct namenode **slot = slot_of(m, parent);
    struct namenode *moved;
    if (parent->left == node) {
        moved = parent->left = node->right;
        node->right = parent;
    } else {
        moved = parent->right = node->left;
        node->left = parent;
    }
    if (moved) {
        moved->parent = parent;
    }
    node->parent = parent->parent;
    parent->parent = node;
    *slot = node;
}

struct namenode *namemap_find(const struct namemap *m, const char *name)
{
    struct namenode *node = m->root;
    while (node) {
        int order = strcmp(name, node->name);
        if (order == 0) {
            return node;
        }
        node = order < 0 ? node->left : node->right;
    }
    return NULL;
}

struct namenode *namemap_first(const struct namemap *m)
{
    struct namenode *node = m->root;
    while (node && node->left) {
        node = node->left;
    }
    return node;
}

struct namenode *namemap_after(const struct namemap *m, const char *name)
{
    if (!name) {
        return namemap_first(m);
    }
    struct namenode *best = NULL;
    struct namenode *node = m->root;
    while (node) {
        if (strcmp(name, node->name) < 0) {
            best = node;
            node = node->left;
        } else {
            node = node->right;
        }
    }
    return best;
}

struct namenode *namenode_next(const struct namenode *node)
{
    if (node->right) {
        struct namenode *next = node->right;
        while (next->left) {
            next = next->left;
        }
        return next;
    }
    while (node->parent && node->parent->right == node) {
        node = node->parent;
    }
    return node->parent;
}

void namemap_insert(struct namemap *m, struct namenode *node)
{
    struct namenode **slot = &m->root;
    struct namenode *parent = NULL;
    while (*slot) {
        parent = *slot;
        int order = strcmp(node->name, parent->name);
        assert(order != 0);
        slot = order < 0 ? &parent->left : &parent->right;
    }
    node->left = node->right = NULL;
    node->parent = parent;
    node->priority = name_priority(node->name);
    *slot = node;
    while (node->parent && node->parent->priority < node->priority) {
        rotate_up(m, node);
    }
    m->n++;
}

void namemap_remove(struct namemap *m, struct namenode *node)
{
    while (node->left && node->right) {
        bool left = node->left->priority > node->right->priority;
        rotate_up(m, left ? node->left : node->right);
    }
    struct namenode *child = node->left ? node->left : node->right;
    *slot_of(m, node) = child;
    if (child) {
        child->parent = node->parent;
    }
    node->left = node->right = node->parent = NULL;
    m->n--;
}
