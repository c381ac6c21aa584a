/* The root file systems and bind sources that generated cases start from. Static tables. */
#ifndef SIMRUN_SIM_GEN_TREES_H
#define SIMRUN_SIM_GEN_TREES_H

#include "write.h"

/* One manifest entry; NULL and 0 mean "not written", so that the defaults of the format apply. */
struct gen_entry {
    const char *path, *type, *mode;
    const char *text; /* content of a file, target of a link */
    uint32_t uid, gid;
};

struct gen_tree {
    const char *name;
    const struct gen_entry *entries;
    size_t n;
};

enum gen_root {
    GEN_ROOT_EMPTY,   /* nothing at all */
    GEN_ROOT_SMALL,   /* a few directories, as a minimal image */
    GEN_ROOT_DISTRO,  /* merged /usr, /var/run -> /run, odd owners and modes */
    GEN_ROOT_LINKS,   /* links of every kind: loops, chains, dangling, to files, upwards */
    GEN_ROOT_ODD,     /* files where directories are expected, odd names, locked directories */
    GEN_ROOT_SPECIAL, /* hard links, sockets, devices */
    GEN_ROOTS
};
const struct gen_tree *gen_tree_root(enum gen_root root);

/* Writes the array of a manifest. */
void gen_tree_write(struct gen_write *w, const struct gen_tree *t);
/* Writes the object of named sources: dir0, dir1, empty, file0, file1. */
void gen_tree_write_sources(struct gen_write *w);

#endif
