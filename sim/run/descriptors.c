#include "descriptors.h"

#include <dirent.h>
#include <unistd.h>

/* The descriptor that an entry of /proc/self/fd names; -1 = none, or the listing's own. */
static int number_of(const struct dirent *e, DIR *dir)
{
    if (e->d_name[0] < '0' || e->d_name[0] > '9') {
        return -1;
    }
    int fd = atoi(e->d_name);
    return fd == dirfd(dir) ? -1 : fd;
}

int descriptors_read(struct domain *d, struct descriptors *ret)
{
    DIR *dir = opendir("/proc/self/fd");
    if (!dir) {
        return -errno;
    }
    struct descriptors f = {0};
    size_t cap = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        int fd = number_of(e, dir);
        if (fd < 0) {
            continue;
        }
        if (f.n == cap) {
            int *v = mem_resize(d, f.v, f.n, cap + 64, sizeof(*v), "descriptor list");
            if (!v) {
                closedir(dir);
                return CODE_FATE;
            }
            f.v = v;
            cap += 64;
        }
        f.v[f.n++] = fd;
    }
    closedir(dir);
    *ret = f;
    return 0;
}

void descriptors_release(struct descriptors *f)
{
    mem_free(f->v);
    *f = (struct descriptors){0};
}

int descriptors_count(void)
{
    DIR *dir = opendir("/proc/self/fd");
    if (!dir) {
        return -1;
    }
    int n = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        n += number_of(e, dir) >= 0;
    }
    closedir(dir);
    return n;
}

static bool is_kept(const struct descriptors *keep, int fd)
{
    for (size_t i = 0; i < keep->n; i++) {
        if (keep->v[i] == fd) {
            return true;
        }
    }
    return false;
}

void descriptors_close_others(const struct descriptors *keep, int own)
{
    DIR *dir = opendir("/proc/self/fd");
    if (!dir) {
        return;
    }
    for (struct dirent *e; (e = readdir(dir));) {
        int fd = number_of(e, dir);
        if (fd >= 0 && fd != own && !is_kept(keep, fd)) {
            close(fd);
        }
    }
    closedir(dir);
}
