/* Backend dir: listing, making, removing and renaming. Every name is one component below a held
 * descriptor. */
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "dir.h"

static int name_order(const void *a, const void *b)
{
    const struct host_dirent *x = a;
    const struct host_dirent *y = b;
    return strcmp(x->name, y->name);
}

/* All names, each with its NUL, and how many. */
static int read_names(DIR *stream, struct str *names, size_t *n)
{
    for (;;) {
        errno = 0;
        struct dirent *e = readdir(stream);
        if (!e) {
            return -errno;
        }
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            str_addn(names, e->d_name, strlen(e->d_name) + 1);
            ++*n;
        }
        if (domain_dead(names->d)) {
            return CODE_FATE;
        }
    }
}

static int stat_names(struct host_file *dir, const struct str *names, size_t n,
                      struct host_names *ret)
{
    struct host_dirent *v = mem_new(dir->d, n * sizeof(*v) + names->n + 1, "host names");
    if (!v) {
        return CODE_FATE;
    }
    char *text = (char *)(v + n);
    if (names->n > 0) {
        memcpy(text, names->p, names->n);
    }
    size_t found = 0;
    for (size_t i = 0; i < n; i++, text += strlen(text) + 1) {
        struct stat st;
        if (fstatat(dir_fd(dir), text, &st, AT_SYMLINK_NOFOLLOW) == 0) {
            v[found++] =
                (struct host_dirent){.name = text, .type = st.st_mode & S_IFMT, .ino = st.st_ino};
        }
    }
    if (found > 1) {
        qsort(v, found, sizeof(*v), name_order);
    }
    *ret = (struct host_names){.v = v, .n = found};
    return 0;
}

int dir_readdir(struct host_file *dir, struct host_names *ret)
{
    int fd = openat(dir_fd(dir), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return sys_error();
    }
    DIR *stream = fdopendir(fd);
    if (!stream) {
        int rc = sys_error();
        (void)close(fd);
        return rc;
    }
    struct str names;
    str_init(&names, dir->d);
    size_t n = 0;
    int rc = read_names(stream, &names, &n);
    (void)closedir(stream);
    if (rc == 0) {
        rc = stat_names(dir, &names, n, ret);
    }
    str_release(&names);
    return rc;
}

/* The umask of this process must not show. O_PATH first: the name may be something else by now. */
static int undo_umask(struct host_file *dir, const char *name, uint32_t mode)
{
    int fd = openat(dir_fd(dir), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return sys_error();
    }
    struct stat st;
    int rc = fstat(fd, &st) < 0 ? sys_error() : 0;
    if (rc == 0 && !S_ISLNK(st.st_mode) && (st.st_mode & mode) != mode &&
        chmod(dir_proc_path(fd).s, (st.st_mode & S_ISGID) | mode) < 0) {
        rc = sys_error();
    }
    (void)close(fd);
    return rc;
}

int dir_mkdirat(struct host_file *dir, const char *name, uint32_t mode)
{
    return mkdirat(dir_fd(dir), name, mode) < 0 ? sys_error() : undo_umask(dir, name, mode);
}

int dir_symlinkat(struct host_file *dir, const char *name, const char *target)
{
    return symlinkat(target, dir_fd(dir), name) < 0 ? sys_error() : 0;
}

int dir_mknodat(struct host_file *dir, const char *name, uint32_t mode, dev_t rdev)
{
    return mknodat(dir_fd(dir), name, mode, rdev) < 0 ? sys_error()
                                                      : undo_umask(dir, name, mode & 07777);
}

int dir_linkat(struct host_file *f, struct host_file *dir, const char *name)
{
    if (linkat(dir_fd(f), "", dir_fd(dir), name, AT_EMPTY_PATH) == 0) {
        return 0;
    }
    /* without CAP_DAC_READ_SEARCH the empty path is ENOENT; the descriptor's path in /proc needs
     * none */
    if (errno == ENOENT &&
        linkat(AT_FDCWD, dir_proc_path(dir_fd(f)).s, dir_fd(dir), name, AT_SYMLINK_FOLLOW) == 0) {
        return 0;
    }
    return sys_error();
}

int dir_unlinkat(struct host_file *dir, const char *name, int flags)
{
    return unlinkat(dir_fd(dir), name, flags) < 0 ? sys_error() : 0;
}

int dir_renameat(struct host_file *from, const char *old_name, struct host_file *to,
                 const char *new_name)
{
    return renameat(dir_fd(from), old_name, dir_fd(to), new_name) < 0 ? sys_error() : 0;
}
