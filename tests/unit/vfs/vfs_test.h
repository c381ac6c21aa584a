/*
 * What the tests of vfs and syscalls share: a world with a process in it, trees written as one line
 * of text, and short words for what a test does and sees.
 */
#ifndef SIMRUN_VFS_TEST_H
#define SIMRUN_VFS_TEST_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <simrun/fs/ramfs.h>
#include <simrun/fs/tmpfs.h>
#include <simrun/syscalls.h>
#include <simrun/vfs.h>
#include <support.h>

#define ORIGINAL       PROFILE_GVISOR_2018_08_14
#define OK(call)       assert_int_equal((call), 0)
#define ERR(call, err) assert_string_equal(code_name(call), code_name(-(err)))

struct test_world {
    struct sentry s;
    struct mount_ns *ns;
    struct process p;            /* root, at / */
    struct inode *upper, *lower; /* layers of an overlay: one reference each, or NULL */
    char text[4096];             /* what cat and ls found */
};

/* A namespace on an empty tmpfs, then `tree` is made in it. */
void world_plain(struct test_world *w, enum profile profile, const char *tree);
/* A namespace on an overlay of two tmpfs. */
void world_overlay(struct test_world *w, enum profile profile, const char *lower,
                   const char *upper);
/* A namespace on `root` (its reference passes); the world must have been opened by world_empty. */
void world_on(struct test_world *w, struct inode *root);
/* Only the world with tmpfs registered: no namespace. */
void world_empty(struct test_world *w, enum profile profile);
/* Everything must be gone: invariants, counts after a flush, ledger. No fate was met. */
void world_done(struct test_world *w);
/* The same after a fate: the world is abandoned. The fate must be this one, its text begin so. */
void world_fated(struct test_world *w, enum fate fate, const char *text);

/* A new tmpfs instance; `data` are its options. */
struct inode *new_tmpfs(struct test_world *w, const char *data);
struct inode *new_tmpfs_flags(struct test_world *w, struct mount_flags flags);
/*
 * Makes a tree in a filesystem, from words with a space between: `a/` directory, `a=text` file,
 * `a->target` link, `a|` fifo, `a@0700` chmod, `a#7` chown to 7:7. Parents must stand before.
 */
void fill(struct test_world *w, struct inode *root, const char *tree);
/* A whole layer as text: names, types, modes, owners, times but atime, content, targets, xattrs. */
char *snapshot(struct test_world *w, struct inode *root);

/* Another user without capabilities. */
void become(struct test_world *w, uint32_t uid);
void become_root(struct test_world *w);

/* Files by path. cat and ls return w->text, or a name of the errno such as "ENOENT". */
int put_file(struct test_world *w, const char *path, const char *content);
const char *cat(struct test_world *w, const char *path);
const char *ls(struct test_world *w, const char *path); /* without the dots */
const char *read_all(struct test_world *w, struct file *f);
bool exists(struct test_world *w, const char *path); /* by lstat */
struct sys_stat stat_of(struct test_world *w, const char *path);
int sys_mount_tmpfs(struct test_world *w, const char *path);
/* One reference on what the path leads to. */
struct dirent *at(struct test_world *w, const char *path);
/* Is this line in the log, at level W? */
bool logged(struct test_world *w, const char *text);

#endif
