/* A treap of names. No recursion: names come from hostile specs and peers. */
#include <simrun/core.h>

#include <assert.h>

enum { PREFIX_BYTES = 8 };

/* The first bytes, the first one on top, zeros behind a shorter name: numbers order as names do. */
static uint64_t name_prefix(const char *name)
{
    const unsigned char *p = (const unsigned char *)name;
    uint64_t prefix = 0;
    int missing = 8 * PREFIX_BYTES;
    for (; missing > 0 && *p; missing -= 8) {
        prefix = prefix << 8 | *p++;
    }
    return prefix ? prefix << missing : 0;
}

/* The order of a name, whose prefix is given, and that of a node. */
static int compare(const char *name, uint64_t prefix, const struct namenode *node)
{
    if (prefix != node->prefix) {
        return prefix < node->prefix ? -1 : 1;
    }
    bool whole = (prefix & 0xff) == 0; /* both names end within it */
    return whole ? 0 : strcmp(name + PREFIX_BYTES, node->name + PREFIX_BYTES);
}

/* FNV-1a over what follows the prefix, with a final mix, so that names that differ in the last byte
 * only do not get neighbouring priorities. */
static uint32_t name_priority(const char *name, uint64_t prefix)
{
    uint64_t h = prefix ^ UINT64_C(14695981039346656037);
    if (prefix & 0xff) {
        for (const unsigned char *p = (const unsigned char *)name + PREFIX_BYTES; *p; p++) {
            h = (h ^ *p) * UINT64_C(1099511628211);
        }
    }
    h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(h >> 32);
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
    const uint64_t prefix = node ? name_prefix(name) : 0;
    while (node) {
        int order = compare(name, prefix, node);
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
    const uint64_t prefix = name_prefix(name);
    struct namenode *best = NULL;
    struct namenode *node = m->root;
    while (node) {
        if (compare(name, prefix, node) < 0) {
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
    const uint64_t prefix = name_prefix(node->name);
    while (*slot) {
        parent = *slot;
        int order = compare(node->name, prefix, parent);
        assert(order != 0);
        slot = order < 0 ? &parent->left : &parent->right;
    }
    node->left = node->right = NULL;
    node->parent = parent;
    node->prefix = prefix;
    node->priority = name_priority(node->name, prefix);
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
