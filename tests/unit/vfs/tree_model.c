#include "tree_model.h"

#include <errno.h>
#include <string.h>

enum { SAME_FILE = -2 }; /* nothing is to be done */
enum { R = 4, W = 2, X = 1, STICKY = 01000, NEST = 40, LINKS = 4096 };

void tree_init(struct tree *t)
{
    memset(t, 0, sizeof(*t));
    t->n = 1;
    t->node[0] = (struct tree_node){.type = 'd', .perms = 0755};
}

static int new_node(struct tree *t, char type, unsigned perms, const char *bytes)
{
    struct tree_node *n = &t->node[t->n];
    *n = (struct tree_node){.type = type, .perms = perms, .owner = t->user};
    n->size = (int)strlen(bytes);
    memcpy(n->bytes, bytes, (size_t)n->size);
    return t->n++;
}

static void enter(struct tree *t, int dir, int name, int node)
{
    t->node[dir].child[name] = node;
    if (t->node[node].type == 'd') {
        t->node[node].parent = dir;
    }
}

int tree_add(struct tree *t, int dir, int name, char type, bool lower, const char *bytes)
{
    int node = t->node[dir].child[name];
    if (!node) {
        node = new_node(t, type, type == 'd' ? 0755 : type == 'l' ? 0777 : 0644, bytes);
        enter(t, dir, name, node);
    }
    if (lower) {
        t->node[dir].below[name] = type;
        t->node[node].lower |= type == 'd';
    }
    return node;
}

static bool may(const struct tree *t, int node, unsigned mask)
{
    const struct tree_node *n = &t->node[node];
    if (t->user == 0) {
        return n->type == 'd' || !(mask & X) || (n->perms & 0111);
    }
    unsigned bits = n->owner == t->user ? n->perms >> 6 : n->perms;
    return (bits & mask) == mask;
}

static int lookup(const struct tree *t, int dir, const char *name, int *ret)
{
    if (strcmp(name, "..") == 0) {
        *ret = t->node[dir].parent;
    } else {
        *ret = t->node[dir].child[name[0] - 'a'];
        if (!*ret) {
            return ENOENT;
        }
    }
    return 0;
}

static int walk(struct tree *t, int from, const char *path, bool follow, int nest, int *ret)
{
    int at = path[0] == '/' ? 0 : from;
    while (*path == '/') {
        path++;
    }
    while (*path) {
        char name[8] = "";
        size_t n = strcspn(path, "/");
        memcpy(name, path, n);
        path += n;
        path += strspn(path, "/");
        if (at != 0 && t->node[at].type != 'd') {
            return ENOTDIR;
        }
        if (at != 0 && !may(t, at, X)) {
            return EACCES;
        }
        int next;
        int r = lookup(t, at, name, &next);
        if (r) {
            return r;
        }
        if (t->node[next].type == 'l' && (*path || follow)) {
            if (nest == 0 || ++t->links > LINKS) {
                return ELOOP;
            }
            r = walk(t, at, t->node[next].bytes, true, nest - 1, &next);
            if (r) {
                return r;
            }
        }
        at = next;
    }
    *ret = at;
    return 0;
}

static int find(struct tree *t, int from, const char *path, bool follow, int *ret)
{
    t->links = 0;
    return walk(t, from, path, follow, NEST, ret);
}

struct place {
    int dir, name;
    char text[2];
};

/* Paths of tests are absolute and end in a plain name. */
static int find_place(struct tree *t, const char *path, struct place *ret)
{
    const char *slash = strrchr(path, '/');
    char dir[64] = "";
    memcpy(dir, path, (size_t)(slash - path));
    ret->name = slash[1] - 'a';
    ret->text[0] = slash[1];
    ret->text[1] = '\0';
    int r = find(t, 0, dir, true, &ret->dir);
    return r ? r : t->node[ret->dir].type != 'd' ? ENOTDIR : 0;
}

static int *slot(struct tree *t, const struct place *p)
{
    return &t->node[p->dir].child[p->name];
}

static int may_change(const struct tree *t, int dir)
{
    return may(t, dir, W | X) ? 0 : EACCES;
}

static int make(struct tree *t, const struct place *p, char type, unsigned perms, const char *bytes)
{
    int r = may_change(t, p->dir);
    if (r || *slot(t, p)) {
        return r ? r : EEXIST;
    }
    enter(t, p->dir, p->name, new_node(t, type, perms, bytes));
    return 0;
}

int tree_mkdir(struct tree *t, const char *path, unsigned perms)
{
    struct place p;
    int found, r = find_place(t, path, &p);
    if (r) {
        return r;
    }
    r = find(t, p.dir, p.text, true, &found);
    if (r == 0 || r == EACCES) {
        return r ? r : EEXIST;
    }
    return make(t, &p, 'd', perms & ~022u, "");
}

int tree_mkfifo(struct tree *t, const char *path)
{
    struct place p;
    int r = find_place(t, path, &p);
    return r ? r : make(t, &p, 'p', 0644, "");
}

int tree_symlink(struct tree *t, const char *target, const char *path)
{
    struct place p;
    int r = find_place(t, path, &p);
    return r ? r : make(t, &p, 'l', 0777, target);
}

int tree_put(struct tree *t, const char *path, const char *content)
{
    struct place p;
    int found, r = find_place(t, path, &p);
    if (r) {
        return r;
    }
    r = find(t, p.dir, p.text, true, &found);
    if (r == EACCES) {
        return r;
    }
    if (r) {
        return make(t, &p, 'f', 0644, content);
    }
    struct tree_node *n = &t->node[found];
    if (n->type == 'p') {
        return TREE_SKIP;
    }
    if (!may(t, found, W)) {
        return EACCES;
    }
    if (n->type == 'd') {
        return EINVAL;
    }
    memset(n->bytes, 0, sizeof(n->bytes));
    n->size = (int)strlen(content);
    memcpy(n->bytes, content, (size_t)n->size);
    return 0;
}

int tree_link(struct tree *t, const char *from, const char *to)
{
    struct place p;
    int node, r = find(t, 0, from, false, &node);
    if (r) {
        return r;
    }
    if ((t->user && t->node[node].owner != t->user) || t->node[node].type == 'd' ||
        !may(t, node, R | W)) {
        return EPERM;
    }
    r = find_place(t, to, &p);
    r = r ? r : may_change(t, p.dir);
    if (r || *slot(t, &p)) {
        return r ? r : EEXIST;
    }
    enter(t, p.dir, p.name, node);
    return 0;
}

static int sticky(const struct tree *t, int dir, int victim)
{
    const struct tree_node *d = &t->node[dir];
    bool free_for_all = !(d->perms & STICKY) || t->user == 0 || d->owner == t->user;
    return free_for_all || t->node[victim].owner == t->user ? 0 : EPERM;
}

static bool is_empty(const struct tree *t, int dir)
{
    for (int i = 0; i < TREE_NAMES; i++) {
        if (t->node[dir].child[i]) {
            return false;
        }
    }
    return true;
}

/* A name goes: what is below it stays hidden from now on. */
static void leave(struct tree *t, const struct place *p)
{
    *slot(t, p) = 0;
    t->node[p->dir].below[p->name] = 0;
}

static int find_victim(struct tree *t, const char *path, struct place *p, int *victim)
{
    int r = find_place(t, path, p);
    if (r) {
        return r;
    }
    *victim = *slot(t, p);
    if (!*victim) {
        return ENOENT;
    }
    r = may_change(t, p->dir);
    return r ? r : sticky(t, p->dir, *victim);
}

int tree_unlink(struct tree *t, const char *path)
{
    struct place p;
    int victim, r = find_victim(t, path, &p, &victim);
    if (r || t->node[victim].type == 'd') {
        return r ? r : EISDIR;
    }
    leave(t, &p);
    return 0;
}

int tree_rmdir(struct tree *t, const char *path)
{
    struct place p;
    int victim, r = find_victim(t, path, &p, &victim);
    if (r || t->node[victim].type != 'd') {
        return r ? r : ENOTDIR;
    }
    if (!is_empty(t, victim)) {
        return t->node[victim].lower && !t->strict ? TREE_SKIP : ENOTEMPTY; /* VQ-32 */
    }
    leave(t, &p);
    return 0;
}

static bool is_above(const struct tree *t, int above, int dir)
{
    while (dir != above && dir != 0) {
        dir = t->node[dir].parent;
    }
    return dir == above;
}

static int check_target(const struct tree *t, const struct place *from, const struct place *to,
                        int moved, int replaced)
{
    const struct tree_node *m = &t->node[moved], *r = &t->node[replaced];
    if (replaced && r->type == 'd' && is_above(t, replaced, from->dir)) {
        return replaced == from->dir || t->strict ? ENOTEMPTY : TREE_SKIP; /* VP-11 */
    }
    if (replaced && (m->type == 'd') != (r->type == 'd')) {
        return m->type == 'd' ? ENOTDIR : EISDIR;
    }
    int refused = replaced && t->strict ? sticky(t, to->dir, replaced) : 0; /* VQ-11 */
    if (refused) {
        return refused;
    }
    if (replaced == moved) {
        return t->strict ? SAME_FILE : TREE_SKIP; /* VQ-14 */
    }
    if (replaced && r->type == 'd' && !is_empty(t, replaced)) {
        return ENOTEMPTY;
    }
    if (m->type == 'd' && m->lower) {
        return t->strict ? EXDEV : TREE_SKIP; /* VQ-35 */
    }
    char below = t->node[to->dir].below[to->name];
    if (!t->strict && below && (below != m->type || below == 'd')) {
        return TREE_SKIP; /* VQ-27, VQ-36 */
    }
    return 0;
}

int tree_rename(struct tree *t, const char *from_path, const char *to_path)
{
    struct place from, to;
    int r = find_place(t, from_path, &from);
    r = r ? r : find_place(t, to_path, &to);
    if (r || (from.dir == to.dir && from.name == to.name)) {
        return r;
    }
    int moved = *slot(t, &from);
    if (moved && t->node[moved].type == 'd' && is_above(t, moved, to.dir)) {
        return EINVAL;
    }
    if (!moved) {
        return ENOENT;
    }
    r = may_change(t, from.dir);
    r = r ? r : sticky(t, from.dir, moved);
    r = r ? r : may_change(t, to.dir);
    if (r == 0 && t->node[moved].type == 'd' && !may(t, moved, W)) {
        r = EACCES;
    }
    r = r ? r : check_target(t, &from, &to, moved, *slot(t, &to));
    if (r) {
        return r == SAME_FILE ? 0 : r;
    }
    leave(t, &from);
    enter(t, to.dir, to.name, moved);
    return 0;
}

static bool owns(const struct tree *t, int node)
{
    return t->user == 0 || t->node[node].owner == t->user;
}

int tree_chmod(struct tree *t, const char *path, unsigned perms)
{
    int node, r = find(t, 0, path, true, &node);
    if (r || !owns(t, node)) {
        return r ? r : EPERM;
    }
    t->node[node].perms = perms;
    return 0;
}

int tree_lchown(struct tree *t, const char *path, uint32_t owner)
{
    int node, r = find(t, 0, path, false, &node);
    if (r) {
        return r;
    }
    if (t->user && (t->node[node].owner != t->user || owner != t->user)) {
        return EPERM;
    }
    t->node[node].owner = owner;
    return 0;
}

int tree_truncate(struct tree *t, const char *path, int size)
{
    int node, r = find(t, 0, path, true, &node);
    if (r) {
        return r;
    }
    struct tree_node *n = &t->node[node];
    if (n->type != 'f') {
        return n->type == 'd' ? EISDIR : EINVAL;
    }
    if (!may(t, node, W)) {
        return EACCES;
    }
    if (size < n->size) {
        memset(n->bytes + size, 0, sizeof(n->bytes) - (size_t)size);
    }
    n->size = size;
    return 0;
}

int tree_read(struct tree *t, const char *path, int *node)
{
    int r = find(t, 0, path, true, node);
    if (r || !may(t, *node, R)) {
        return r ? r : EACCES;
    }
    char type = t->node[*node].type;
    return type == 'p' ? TREE_SKIP : type == 'd' ? EISDIR : 0;
}

int tree_list(struct tree *t, const char *path, int *node)
{
    int r = find(t, 0, path, true, node);
    if (r || !may(t, *node, R)) {
        return r ? r : EACCES;
    }
    return t->node[*node].type == 'd' ? 0 : ENOTDIR;
}
