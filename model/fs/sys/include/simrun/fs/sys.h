/*
 * sysfs: ten empty special directories (contract filesystems 6). Options are ignored; nothing can
 * be made in it, and rename is always ERR_CROSS_DEVICE. Names can be removed (FQ-15).
 */
#ifndef SIMRUN_FS_SYS_H
#define SIMRUN_FS_SYS_H

#include <simrun/save.h>
#include <simrun/vfs.h>

/* Register "sysfs" in the world. 0, -EEXIST or CODE_FATE. */
int fs_sys_register(struct sentry *s);
extern const struct save_fs fs_sys_save;

#endif
