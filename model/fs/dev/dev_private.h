/* What the files of devtmpfs share: one maker for each kind of node. All take a reference of `ms`
 * for the node. */
#ifndef SIMRUN_DEV_PRIVATE_H
#define SIMRUN_DEV_PRIVATE_H

#include <simrun/fs/dev.h>
#include <simrun/fs/ramfs.h>

typedef int dev_maker(struct mount_source *ms, struct inode **ret);

dev_maker dev_new_null, dev_new_zero, dev_new_full, dev_new_random;
dev_maker dev_new_binder, dev_new_ashmem;

#endif
