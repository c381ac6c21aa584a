/* Small filesystems that do as a test says: stale answers, negative dirents, errors. */
#ifndef SIMRUN_FAKE_FS_H
#define SIMRUN_FAKE_FS_H

#include "vfs_test.h"

/* What a fake directory answers. One directory, flat; its children are empty files or directories
 * made at each lookup. */
struct fake {
    bool stale;     /* revalidate says so for every child */
    bool negative;  /* a missing name gives a negative dirent */
    bool missing;   /* every name is missing */
    bool keep;      /* its dirents are cached */
    bool wrong;     /* lookups and creations give another name than asked for */
    bool magic;     /* the child `link` is a magic link to `target` */
    int lookup_err; /* lookups fail */
    int op_err;     /* changes fail */
    enum inode_type child_type;
    struct dirent *target; /* borrowed */
    size_t lookups, releases;
    struct mount_source_ops ops; /* filled by fake_new */
};

/* The root directory of a new instance. `f` must outlive the world. */
struct inode *fake_new(struct test_world *w, struct fake *f);

#endif
