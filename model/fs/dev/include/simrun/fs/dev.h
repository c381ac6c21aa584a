/*
 * devtmpfs: the static device nodes (contract filesystems 4).
 *
 * Options: binder_enabled and ashmem_enabled, booleans; a bad boolean is -EINVAL "invalid
 * argument", all else is ignored. Nothing can be made in it but hard links (FQ-14) and what goes
 * into "shm", which is a tmpfs directory on devtmpfs' mount source (FQ-30).
 */
#ifndef SIMRUN_FS_DEV_H
#define SIMRUN_FS_DEV_H

#include <simrun/save.h>
#include <simrun/vfs.h>

/* Register "devtmpfs" in the world. 0, -EEXIST or CODE_FATE. */
int fs_dev_register(struct sentry *s);
extern const struct save_fs fs_dev_save;

#endif
