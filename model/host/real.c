/* openat2 where the kernel has it; the same rules by hand where it has not. */
#include "real.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys_error.h"

enum { NAME_BYTES = 256, PATH_BYTES = 4096, MAX_LINKS = 40, MAX_DEPTH = 2048 };

int real_dup(int fd)
{
    int n = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return n < 0 ? sys_error() : n;
}

int real_reopen(int fd, int flags)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    int n = open(path, (flags & ~(O_NOFOLLOW | O_CREAT | O_EXCL)) | O_CLOEXEC | O_NOCTTY);
    return n < 0 ? sys_error() : n;
}

static int open2(int root, const char *path, uint64_t flags, uint64_t resolve)
{
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
    long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
    return fd < 0 ? sys_error() : (int)fd;
}

/* No openat2: an old kernel, or a filter that answers EPERM to what it does not know. */
static bool openat2_missing(int rc)
{
    return rc == -ENOSYS || rc == -EPERM;
}

static int open_child(int dir, const char *name)
{
    int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? sys_error() : fd;
}

/* The next component of *path into `name`: 1, 0 at the end, -ENAMETOOLONG. */
static int next_name(const char **path, char name[NAME_BYTES])
{
    const char *p = *path + strspn(*path, "/");
    size_t n = strcspn(p, "/");
    if (n >= NAME_BYTES) {
        return -ENAMETOOLONG;
    }
    memcpy(name, p, n);
    name[n] = '\0';
    *path = p + n;
    return n > 0;
}

int real_beneath_by_hand(int root, const char *rel)
{
    char name[NAME_BYTES];
    int at = real_dup(root);
    int rc;
    while (at >= 0 && (rc = next_name(&rel, name)) != 0) {
        int next = rc < 0 ? rc : strcmp(name, "..") == 0 ? -EXDEV : open_child(at, name);
        (void)close(at);
        at = next;
    }
    return at;
}

int real_open_beneath(int root, const char *rel)
{
    if (rel[0] == '\0') {
        return real_dup(root);
    }
    if (rel[0] == '/') {
        return -EXDEV;
    }
    int fd = open2(root, rel, O_PATH | O_NOFOLLOW,
                   RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    return openat2_missing(fd) ? real_beneath_by_hand(root, rel) : fd;
}

/* A walk that keeps every directory it came through, so that ".." is where it came from. */
struct walk {
    int stack[MAX_DEPTH]; /* stack[0] is a duplicate of the root */
    size_t n;
    int links;
};

static void walk_pop(struct walk *w)
{
    (void)close(w->stack[--w->n]);
}

static int walk_path(struct walk *w, const char *path, bool follow_last);

static int walk_link(struct walk *w, int link)
{
    char target[PATH_BYTES];
    ssize_t n = readlinkat(link, "", target, sizeof(target) - 1);
    (void)close(link);
    if (n < 0) {
        return sys_error();
    }
    target[n] = '\0';
    return ++w->links > MAX_LINKS ? -ELOOP : walk_path(w, target, true);
}

static int walk_name(struct walk *w, const char *name, bool follow)
{
    if (strcmp(name, ".") == 0) {
        return 0;
    }
    if (strcmp(name, "..") == 0) {
        if (w->n > 1) {
            walk_pop(w);
        }
        return 0;
    }
    if (w->n == MAX_DEPTH) {
        return -ENAMETOOLONG;
    }
    int fd = open_child(w->stack[w->n - 1], name);
    if (fd < 0) {
        return fd;
    }
    struct stat st;
    if (fstat(fd, &st) < 0) {
        int rc = sys_error();
        (void)close(fd);
        return rc;
    }
    if (S_ISLNK(st.st_mode) && follow) {
        return walk_link(w, fd);
    }
    w->stack[w->n++] = fd;
    return 0;
}

static int walk_path(struct walk *w, const char *path, bool follow_last)
{
    if (path[0] == '/') {
        while (w->n > 1) {
            walk_pop(w);
        }
    }
    char name[NAME_BYTES];
    int rc;
    while ((rc = next_name(&path, name)) > 0) {
        rc = walk_name(w, name, follow_last || *path == '/');
        if (rc < 0) {
            return rc;
        }
    }
    return rc;
}

int real_in_root_by_hand(int root, const char *path, bool follow_last)
{
    struct walk w = {.n = 1};
    w.stack[0] = real_dup(root);
    if (w.stack[0] < 0) {
        return w.stack[0];
    }
    int rc = walk_path(&w, path, follow_last);
    int fd = rc < 0 ? rc : real_dup(w.stack[w.n - 1]);
    while (w.n > 0) {
        walk_pop(&w);
    }
    return fd;
}

int real_open_in_root(int root, const char *path, bool follow_last)
{
    uint64_t flags = O_PATH | (follow_last ? 0 : (uint64_t)O_NOFOLLOW);
    int fd = open2(root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    /* EAGAIN: the tree was renamed meanwhile and ".." was not certain; by hand it always is */
    return openat2_missing(fd) || fd == -EAGAIN ? real_in_root_by_hand(root, path, follow_last)
                                                : fd;
}
