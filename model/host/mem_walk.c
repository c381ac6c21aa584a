/* Absolute paths in backend mem: links are followed inside of the host root. */
#include "mem.h"

enum { MAX_LINKS = 40 };

struct walk {
    struct mem_host *h;
    struct mem_node *at;
    struct mem_dentry *dentry; /* the name `at` was found by; NULL for the root and after ".." */
    int links;
};

static int walk_path(struct walk *w, const char *path, bool follow_last);

/* Enter the node behind `de`; what a link points to is relative to where the walk stands now. */
static int step_into(struct walk *w, struct mem_dentry *de, bool follow)
{
    if (de->inode->type != S_IFLNK || !follow) {
        w->at = de->inode;
        w->dentry = de;
        return 0;
    }
    if (++w->links > MAX_LINKS) {
        return -ELOOP;
    }
    return walk_path(w, de->inode->target, true);
}

static int step(struct walk *w, const char *name, bool follow)
{
    if (w->at->type != S_IFDIR) {
        return -ENOTDIR;
    }
    if (strcmp(name, ".") == 0) {
        return 0;
    }
    if (strcmp(name, "..") == 0) {
        w->at = mem_parent(w->h, w->at);
        w->dentry = list_empty(&w->at->names)
                        ? NULL
                        : container_of(w->at->names.next, struct mem_dentry, of_node);
        return 0;
    }
    struct mem_dentry *de;
    int rc = mem_lookup(w->h, w->at, name, &de);
    if (rc < 0) {
        return rc;
    }
    return de ? step_into(w, de, follow) : -ENOENT;
}

static int walk_path(struct walk *w, const char *path, bool follow_last)
{
    if (path[0] == '/') {
        w->at = w->h->root;
        w->dentry = NULL;
    }
    char name[HOST_NAME_LIMIT + 1];
    while (*path) {
        if (*path == '/') {
            path++;
            continue;
        }
        size_t n = strcspn(path, "/");
        if (n > HOST_NAME_LIMIT) {
            return -ENAMETOOLONG;
        }
        memcpy(name, path, n);
        name[n] = '\0';
        path += n;
        /* a slash behind the last name asks for a directory, so a link there is followed */
        int rc = step(w, name, follow_last || *path == '/');
        if (rc < 0) {
            return rc;
        }
        if (*path == '/' && w->at->type != S_IFDIR) {
            return -ENOTDIR;
        }
    }
    return 0;
}

int mem_walk(struct mem_host *h, const char *path, bool follow, struct mem_node **ret,
             struct mem_dentry **ret_dentry)
{
    struct walk w = {.h = h, .at = h->root};
    int rc = walk_path(&w, path, follow);
    if (rc < 0) {
        return rc;
    }
    *ret = w.at;
    *ret_dentry = w.dentry;
    return 0;
}
