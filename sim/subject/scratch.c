/* A temporary directory for the host side of one case. */
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct scratch {
    struct owned_fd *dir;
    char *path; /* owned */
};

int scratch_new(struct domain *d, const char *base, struct scratch **ret)
{
    const char *tmp = base ? base : getenv("TMPDIR");
    struct scratch *s = mem_new(d, sizeof(*s), "scratch directory");
    char *path = s ? mem_printf(d, "%s/simrun-XXXXXX", tmp && *tmp ? tmp : "/tmp") : NULL;
    if (!path) {
        return CODE_FATE;
    }
    s->path = path;
    if (!mkdtemp(path)) {
        int r = -errno;
        mem_free(path);
        mem_free(s);
        return r;
    }
    int r = owned_fd_new(d, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "scratch directory",
                         &s->dir);
    if (r) {
        rmdir(path);
        mem_free(path);
        mem_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

int scratch_fd(const struct scratch *s)
{
    return s->dir->fd;
}

/* Removes what is in the directory behind `fd`, which is closed. Never follows a link. */
static void empty_directory(int fd)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(dir));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
            continue;
        }
        if (unlinkat(dirfd(dir), e->d_name, 0) == 0) {
            continue;
        }
        int child = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (child < 0 && errno == EACCES && fchmodat(dirfd(dir), e->d_name, 0700, 0) == 0) {
            child = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        }
        if (child >= 0) {
            fchmod(child, 0700);
            empty_directory(child);
            unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
        }
    }
    closedir(dir);
}

void scratch_free(struct scratch *s)
{
    if (!s) {
        return;
    }
    int copy = fcntl(s->dir->fd, F_DUPFD_CLOEXEC, 0);
    if (copy >= 0) {
        empty_directory(copy);
    }
    rmdir(s->path);
    owned_fd_free(s->dir);
    mem_free(s->path);
    mem_free(s);
}
