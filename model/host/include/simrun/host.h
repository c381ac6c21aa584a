/*
 * host: the file tree of the machine outside of the sandbox.
 *
 * What the gofer (model/gofer) and direct access (model/fs/host) stand on. A `struct host` is one
 * whole host namespace: the root file system of a container and every bind source have an absolute
 * path in it (for example "/h/rootfs", "/h/src/NAME"). Semantics and errno are those of Linux for a
 * process of root with umask 0. One operations table, three makes:
 *
 *   mem   nodes in memory, built from manifests; no system calls but for donated files and very
 * large ones cow   the same, with trees whose nodes come on demand from a real directory that is
 * never changed dir   a real directory; nothing outside of it is reachable, and no device or FIFO
 * below it is ever opened
 *
 * Ownership. The tree's memory lives in the domain given to host_*_new. A `struct host_file` (an
 * open description, as behind a file descriptor) lives in the domain given when it was opened; a
 * file opened through another one lives in the domain of that one. The host must outlive every
 * file; a domain that met a fate may abandon its files, which costs the host nothing. One thread at
 * a time uses a host and all of its files; descriptors that were donated are free of that rule.
 *
 * Results: 0, -errno, CODE_FATE (memory ran out; the file's domain has met fate oom), or where
 * stated HOST_BLOCKS.
 */
#ifndef SIMRUN_HOST_H
#define SIMRUN_HOST_H

#include <fcntl.h>
#include <simrun/core.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <time.h>

struct host;
struct host_file;

enum {
    HOST_BLOCKS = -(
        1
        << 19), /* the call would wait for a peer that cannot exist: the caller's fate is a hang */
    HOST_NAME_LIMIT = 255,       /* ENAMETOOLONG above, as every Linux file system */
    HOST_MAX_NODES = 4000000,    /* nodes of one mem or cow host; ENOSPC above */
    HOST_MAX_MANIFEST = 1000000, /* entries of one manifest; E2BIG above */
    HOST_INLINE_MAX = 1 << 20,   /* mem: larger contents move to a memfd, which may be sparse */
};

/* ----------------------------------------------------------------------- manifests */

enum host_type {
    HOST_DIR,
    HOST_FILE,
    HOST_SYMLINK,
    HOST_HARDLINK, /* `target` is the path of an earlier entry of the same manifest, relative to its
                      root */
    HOST_FIFO,
    HOST_SOCK,
    HOST_CHR,
    HOST_BLK,
};

struct host_xattr {
    const char *name;
    const void *value;
    size_t n;
};

/* One entry. All pointers are borrowed for the time of host_add_tree. */
struct host_entry {
    const char *path; /* relative to the tree's root; NULL, "" or "." is the root itself */
    enum host_type type;
    bool has_mode, has_uid, has_gid; /* absent: 0755 for a directory, 0644 else; 0:0 */
    uint32_t mode, uid, gid;         /* mode: the low 12 bits. Symlinks always have 0777 */
    const void *content;             /* files: `content_n` bytes, may be NULL when 0 */
    size_t content_n;
    const char *target;    /* symlinks, hard links */
    uint32_t major, minor; /* HOST_CHR, HOST_BLK */
    const struct host_xattr
        *xattr; /* set on backend dir where the file system takes them; nobody reads them */
    size_t xattr_n;
};

/*
 * A tree as a list of entries (golden/README.md). Missing parents are directories 0755 0:0. A
 * single HOST_FILE (or other non-directory) entry for the root makes a tree that is that file. No
 * entry at all: an empty directory 0755.
 */
struct host_manifest {
    const struct host_entry *entries;
    size_t n;
};

/* Name of a type as manifests spell it ("hardlink"), and the reverse: 0 or -EINVAL. */
const char *host_type_name(enum host_type type);
int host_type_parse(const char *name, enum host_type *ret);

/* ------------------------------------------------------------------- making a host */

/* An empty tree: "/" 0755 0:0. Inode numbers count from 2, times come from the clock of `d`. */
int host_mem_new(struct domain *d, struct host **ret);

/*
 * A real directory as the whole host namespace. `fd` is borrowed (duplicated): any descriptor of a
 * directory. Changes are real. Creating files with owners other than one's own needs root, as on
 * the command line.
 */
int host_dir_new(struct domain *d, int fd, struct host **ret);

/* Takes NULL. All files must be closed, or abandoned by a domain that met its fate. Does nothing
 * after a fate of the host's own domain (its ledger frees everything). */
void host_free(struct host *h);

/*
 * Build a tree at `path` (absolute, clean; its parents are made as directories 0755; it must not
 * exist, -EEXIST). On failure parts may be there: the host is to be given up. -EINVAL: an entry
 * without a needed field, a path with "..", a parent that is not a directory (-ENOTDIR), a hard
 * link to nothing (-ENOENT), -EPERM: a device, or an owner
 * asked for, on backend dir without privilege (an absent owner is then the process's own).
 */
int host_add_tree(struct host *h, const char *path, const struct host_manifest *m);

/*
 * mem hosts only: a private copy-on-write tree at `path` whose nodes are read on demand from the
 * directory (or single file) `fd` (borrowed, duplicated), which is never written. -EINVAL on a dir
 * host.
 */
int host_add_lower(struct host *h, const char *path, int fd);

/* ------------------------------------------------------------------- opening files */

/*
 * Flags: one of O_RDONLY, O_WRONLY, O_RDWR, O_PATH; and O_CREAT with O_EXCL, O_DIRECTORY,
 * O_NOFOLLOW, O_NONBLOCK, O_TRUNC. Others are ignored.
 *
 * What opening a special file gives (never really opened on backend dir, but imitated):
 *   FIFO        O_RDWR opens; O_RDONLY and O_WRONLY: HOST_BLOCKS, with O_NONBLOCK they open and
 * give ENXIO. socket      ENXIO character   1:3, 1:5, 1:7, 1:8, 1:9 open; all others ENXIO
 * (5:0: no terminal; FQ-74) block       ENXIO (7:0 without a backing file is opened by nobody here;
 * FQ-51) symlink     ELOOP and O_PATH opens each of them.
 */

/*
 * Open by absolute path. Links in the prefix are followed inside of the host root (".." and
 * absolute links stop there); the last component is followed unless O_NOFOLLOW. At most 40 links
 * (ELOOP). O_CREAT is refused (-EINVAL). The file lives in `d`.
 */
int host_open(struct host *h, struct domain *d, const char *path, int flags,
              struct host_file **ret);

/*
 * Open the child `name` of a directory. `name` is one component; "", ".", ".." or one with '/' give
 * -EINVAL here and in every call that takes a name, so that no name leaves its directory. A link is
 * never followed (O_NOFOLLOW is implied).
 */
int host_openat(struct host_file *dir, const char *name, int flags, uint32_t mode,
                struct host_file **ret);

/* Another open description of the same node (the original's reopen by /proc/self/fd), independent
 * of its names. */
int host_reopen(struct host_file *f, int flags, struct host_file **ret);

/* dup: one more reference of the same description. Returns `f`. */
struct host_file *host_file_get(struct host_file *f);
/* Takes NULL; the last put closes. Does nothing after a fate of the file's domain. */
void host_file_put(struct host_file *f);

/* O_RDONLY, O_WRONLY, O_RDWR or O_PATH. */
int host_file_flags(const struct host_file *f);
struct host *host_file_host(const struct host_file *f);
struct domain *host_file_domain(const struct host_file *f);

/* ----------------------------------------------------------------------- questions */

int host_fstat(struct host_file *f, struct stat *ret);
/* The child itself, never what a link points to. */
int host_fstatat(struct host_file *dir, const char *name, struct stat *ret);
/* stat by absolute path, following all links. */
int host_stat(struct host *h, struct domain *d, const char *path, struct stat *ret);
int host_fstatfs(struct host_file *f, struct statfs *ret);
/* Target of a symlink held with O_PATH: a new string in the file's domain. -ENOENT when it is none
 * (FQ-54). */
int host_readlink(struct host_file *f, char **ret);
/* Where the node is now: absolute path in a new string in the file's domain. -ENOENT when it has no
 * name left. */
int host_file_path(struct host_file *f, char **ret);

/* A whole directory without "." and "..", in bytewise order of the names. */
struct host_dirent {
    const char *name;
    uint32_t type; /* S_IFMT bits */
    uint64_t ino;
};
struct host_names {
    struct host_dirent *v; /* owned, one allocation of the file's domain together with the names */
    size_t n;
};
/* -EBADF on O_PATH, -ENOTDIR on others. There is no shared position: each call lists anew.
 */
int host_readdir(struct host_file *dir, struct host_names *ret);
void host_names_release(struct host_names *names);

/* ------------------------------------------------------------------------ contents */

/*
 * Positional input and output; a FIFO or character device ignores the offset (read(2), write(2)).
 * At most one result for one call, as the system calls: short at the end of file. -EBADF when the
 * mode does not allow it, -EISDIR, -EAGAIN for a FIFO that is empty or full.
 */
int host_pread(struct host_file *f, void *buf, size_t n, int64_t offset, size_t *ret);
int host_pwrite(struct host_file *f, const void *buf, size_t n, int64_t offset, size_t *ret);
/* -EINVAL when not open for writing or not a regular file, -EBADF on O_PATH. */
int host_ftruncate(struct host_file *f, int64_t size);
int host_fsync(struct host_file *f);

/*
 * A real descriptor for a regular file, non-blocking, with the access mode of `f`; both sides see
 * each other's changes. In the domain of `f`. mem: the content moves into a memfd at the first
 * donation of a node and stays there. -EINVAL: not a regular file; -EBADF: O_PATH.
 */
int host_file_donate(struct host_file *f, struct owned_fd **ret);

/* ---------------------------------------------------------------------- attributes */

/* -EBADF on O_PATH. `mode`: the low 12 bits. */
int host_fchmod(struct host_file *f, uint32_t mode);
/* The same also for what is held with O_PATH, without opening it. -EOPNOTSUPP for a symlink. */
int host_chmod(struct host_file *f, uint32_t mode);
/* UINT32_MAX leaves an id alone. Works on O_PATH (fchownat with an empty path). Clears set-id bits
 * of non-directories. */
int host_fchown(struct host_file *f, uint32_t uid, uint32_t gid);
/* {atime, mtime}, tv_nsec may be UTIME_NOW or UTIME_OMIT. -EBADF on O_PATH, -EINVAL for nanoseconds
 * out of range. */
int host_futimens(struct host_file *f, const struct timespec times[2]);
/* The same also for what is held with O_PATH, symlinks included, without opening it. */
int host_utimens(struct host_file *f, const struct timespec times[2]);
/* The child itself, never what a link points to. */
int host_utimensat(struct host_file *dir, const char *name, const struct timespec times[2]);

/* --------------------------------------------------------------------------- names */

/* The order of checks is that of Linux: ENOTDIR, EINVAL (name), ENAMETOOLONG, ENOENT (directory
 * removed), EEXIST. */
int host_mkdirat(struct host_file *dir, const char *name, uint32_t mode);
int host_symlinkat(struct host_file *dir, const char *name, const char *target);
/* `mode` with its S_IFMT bits: FIFO, socket, device (rdev from makedev) or regular. */
int host_mknodat(struct host_file *dir, const char *name, uint32_t mode, dev_t rdev);
/* linkat with an empty path: `f` may be O_PATH. -EPERM for a directory, -ENOENT for a node without
 * names. */
int host_linkat(struct host_file *f, struct host_file *dir, const char *name);
/* `flags` raw: 0, AT_REMOVEDIR (0x200); others -EINVAL, which is checked first. */
int host_unlinkat(struct host_file *dir, const char *name, int flags);
/* Both directories must be of the same host (-EXDEV). */
int host_renameat(struct host_file *from, const char *old_name, struct host_file *to,
                  const char *new_name);
/* rename(2) by absolute paths; only prefixes follow links. */
int host_rename(struct host *h, struct domain *d, const char *from, const char *to);

/* ---------------------------------------------------------------- what has changed */

/* One tree to watch: lines name its root `label` ("@rootfs") and what is below it "@rootfs/a/b".
 * Borrowed. */
struct host_label {
    const char *label;
    const char *path; /* absolute path in the host; it may be missing */
};

struct host_snapshot;

/*
 * Remember how the labelled trees look. In `d` (labels are copied). mem and cow copy nothing: nodes
 * keep their old self when they first change; there a host has at most one snapshot at a time
 * (-EBUSY). dir: walks everything.
 */
int host_snapshot_new(struct host *h, struct domain *d, const struct host_label *labels, size_t n,
                      struct host_snapshot **ret);
void host_snapshot_free(struct host_snapshot *s);

/*
 * What changed since: lines of golden/README.md `host_diff` ("+ @rootfs/x 040755 0:0"), sorted by
 * path bytes. `ret` is an initialised vector in the domain that shall own the lines (char *,
 * mem_free each, then ptrvec_release). Times, link counts and bytes after the first 64 do not
 * count.
 */
int host_diff(struct host_snapshot *s, struct ptrvec *ret);

#endif
