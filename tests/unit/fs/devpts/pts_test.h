/* What the tests of devpts share. */
#ifndef SIMRUN_PTS_TEST_H
#define SIMRUN_PTS_TEST_H

#include "fs_test.h"

#include <simrun/fs/devpts.h>

static inline struct inode *pts_mounted(struct world *w, enum profile profile)
{
    world_open(w, profile);
    assert_int_equal(fs_devpts_register(&w->s), 0);
    return world_mount(w, "devpts", "");
}

static inline struct file *pts_open(struct world *w, struct inode *root, const char *name)
{
    struct inode *inode = child_of(w, root, name);
    struct file *f = opened(w, inode);
    inode_put(inode);
    return f;
}

#endif
