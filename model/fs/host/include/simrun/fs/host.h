/*
 * fs/host: whitelistfs, the sandbox's direct access to files of the host (contract filesystems 8).
 *
 * A mount shows a part of a `struct host`. Each inode holds one host file, opened when it was
 * looked up with the most it could get: for reading and writing, else for reading, else for
 * writing, else as a mere place (O_PATH). Nothing is cached: attributes are the host's at each
 * question. The process that acts on the host is root with umask 0.
 *
 * Names that a process gives never reach the host with ".." or a link in them: the core walks
 * component by component.
 */
#ifndef SIMRUN_FS_HOST_H
#define SIMRUN_FS_HOST_H

#include <simrun/host.h>
#include <simrun/vfs.h>

/*
 * Registers "whitelistfs". `h` is borrowed and must outlive the world's inodes. Returns 0, -EEXIST
 * or CODE_FATE.
 *
 * Mount options: root=PATH (default "/"), whitelist=A|B|..., dont_translate_ownership=BOOL. Every
 * failure is -EINVAL for the caller of the pipeline, with the texts of 8.1 in `err`, but for a root
 * that opens and then cannot be used: the errno itself (FQ-51).
 */
int fs_host_register(struct sentry *s, struct host *h);

/*
 * The whitelist that the registered file system remembers (FQ-50): `*n` strings, borrowed until the
 * next mount. Nobody in the pipeline reads it.
 */
const char *const *fs_host_whitelist(const struct filesystem *fs, size_t *n);

enum { HOST_WHITELIST_MAX = 1000000 }; /* paths that one installation may come to; -E2BIG above */

/*
 * InstallWhitelist (8.6; the pipeline never calls it): looks up each path with its prefixes, all
 * that is below a directory and what a link leads to, then freezes the tree of `ns`: from then on
 * only those names can be found. `paths` empty or one "": nothing happens. What cannot be found is
 * a warning in the log. -EINVAL with `path <q> is not absolute` in `err`.
 *
 * `pins` (initialised by the caller) gets the references that keep the names alive, also on
 * failure: the caller puts each before the namespace.
 */
int fs_host_install_whitelist(struct ctx *c, struct mount_ns *ns, const char *const *paths,
                              size_t n, struct ptrvec *pins, struct error *err);

/* The host file behind an inode of this file system, borrowed; NULL for any other inode. */
struct host_file *fs_host_file(const struct inode *inode);

#endif
