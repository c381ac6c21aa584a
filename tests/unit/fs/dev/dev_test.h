/* What the tests of devtmpfs share. */
#ifndef SIMRUN_DEV_TEST_H
#define SIMRUN_DEV_TEST_H

#include "fs_test.h"

#include <simrun/fs/dev.h>

static inline struct inode *dev_mounted(struct world *w, const char *data)
{
    world_open(w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_dev_register(&w->s), 0);
    return world_mount(w, "devtmpfs", data);
}

#endif
