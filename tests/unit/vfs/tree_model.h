/*
 * A second opinion: a file tree as anybody would write it down, and what system calls answer on it
 * (contract filesystems 11). It knows no dirents, layers or caches. For an overlay it starts as the
 * union and remembers only which names have something below, to tell where a quirk would act.
 */
#ifndef SIMRUN_TREE_MODEL_H
#define SIMRUN_TREE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum { TREE_NODES = 4096, TREE_NAMES = 4, TREE_BYTES = 64, TREE_SKIP = -1 };

struct tree_node {
    char type; /* f d l p */
    unsigned perms;
    uint32_t owner; /* uid and gid */
    int size;
    char bytes[TREE_BYTES]; /* content or target */
    int child[TREE_NAMES];  /* 0: none */
    int parent;             /* of a directory */
    bool lower;             /* a directory with a lower part */
    char below[TREE_NAMES]; /* type of what the lower part has and no whiteout hides, or 0 */
};

struct tree {
    bool strict;   /* rows that strict changes are off; else ops that would show one are skipped */
    uint32_t user; /* who acts; 0 has all capabilities */
    int links;     /* expanded in this walk */
    int n;
    struct tree_node node[TREE_NODES];
};

/* Results: 0, an errno, or TREE_SKIP: do not do this, a quirk would act or the call would block. */
void tree_init(struct tree *t);
/* `lower`: it comes from the lower layer. */
int tree_add(struct tree *t, int dir, int name, char type, bool lower, const char *bytes);
int tree_mkdir(struct tree *t, const char *path, unsigned perms);
int tree_mkfifo(struct tree *t, const char *path);
int tree_put(struct tree *t, const char *path, const char *content);
int tree_symlink(struct tree *t, const char *target, const char *path);
int tree_link(struct tree *t, const char *from, const char *to);
int tree_unlink(struct tree *t, const char *path);
int tree_rmdir(struct tree *t, const char *path);
int tree_rename(struct tree *t, const char *from, const char *to);
int tree_chmod(struct tree *t, const char *path, unsigned perms);
int tree_lchown(struct tree *t, const char *path, uint32_t owner);
int tree_truncate(struct tree *t, const char *path, int size);
/* The node that may be read; readdir: that may be listed. */
int tree_read(struct tree *t, const char *path, int *node);
int tree_list(struct tree *t, const char *path, int *node);

#endif
