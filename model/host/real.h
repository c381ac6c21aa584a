/* Real descriptors: opening beneath a directory and never opening anything but regular files and
 * directories. */
#ifndef SIMRUN_HOST_REAL_H
#define SIMRUN_HOST_REAL_H

#include <stdbool.h>
#include <sys/types.h>

/* Each returns a new close-on-exec descriptor or -errno. */

/*
 * O_PATH of `rel` below `root`, following nothing: a symlink as last component is opened itself, in
 * the middle it is -ENOTDIR or -ELOOP. "" is the root. Neither ".." nor an absolute path gets out
 * (-EXDEV).
 */
int real_open_beneath(int root, const char *rel);
/* O_PATH of an absolute path with `root` as "/": links and ".." stay inside. */
int real_open_in_root(int root, const char *path, bool follow_last);
/* What the two do on a kernel without openat2. */
int real_beneath_by_hand(int root, const char *rel);
int real_in_root_by_hand(int root, const char *path, bool follow_last);
/* Another description of what an O_PATH descriptor holds. The caller has seen that it is a regular
 * file or a directory. */
int real_reopen(int fd, int flags);
int real_dup(int fd);

#endif
