/* Contents of regular files: bytes in memory, a memfd once a descriptor is donated or the file is
 * large. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mem.h"

/* What ext4 with 4 KiB blocks allows, the file system of the recordings. */
static const uint64_t mem_max_size = 0xffffffff000;

static bool fd_stat(const struct mem_node *n, struct stat *st)
{
    return fstat(n->data.fd->fd, st) == 0;
}

uint64_t mem_data_size(struct mem_node *n)
{
    struct stat st;
    if (n->data.fd) {
        return fd_stat(n, &st) ? (uint64_t)st.st_size : 0;
    }
    return n->data.size;
}

void mem_data_release(struct mem_data *data)
{
    mem_free(data->p);
    owned_fd_free(data->fd);
    *data = (struct mem_data){.size = data->size};
}

void mem_data_rewind_time(struct mem_node *n)
{
    if (n->data.shared) {
        struct timespec epoch[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 0}};
        (void)futimens(n->data.fd->fd, epoch); /* cannot fail on a memfd of one's own */
    }
}

void mem_data_sync_time(struct mem_host *h, struct mem_node *n)
{
    struct stat st;
    if (n->data.shared && fd_stat(n, &st) && (st.st_mtim.tv_sec != 0 || st.st_mtim.tv_nsec != 0)) {
        mem_touch_mtime(h, n);
        mem_data_rewind_time(n);
    }
}

static int write_all(int fd, const uint8_t *p, size_t n)
{
    off_t at = 0;
    while (n > 0) {
        ssize_t done = pwrite(fd, p, n, at);
        if (done < 0) {
            if (errno == EINTR) {
                continue;
            }
            return sys_error();
        }
        p += done;
        at += done;
        n -= (size_t)done;
    }
    return 0;
}

int mem_data_to_memfd(struct mem_host *h, struct mem_node *n)
{
    if (n->unread) {
        int rc = cow_load(h, n);
        if (rc < 0) {
            return rc;
        }
    }
    struct mem_data *data = &n->data;
    if (data->fd) {
        return 0;
    }
    int fd = memfd_create("simrun-host", MFD_CLOEXEC);
    if (fd < 0) {
        return sys_error();
    }
    struct owned_fd *owned;
    int rc = owned_fd_new(h->base.d, fd, "host memfd", &owned);
    if (rc < 0) {
        return rc;
    }
    rc = write_all(fd, data->p, data->n);
    if (rc == 0 && data->size > data->n && ftruncate(fd, (off_t)data->size) < 0) {
        rc = sys_error();
    }
    if (rc < 0) {
        owned_fd_free(owned);
        return rc;
    }
    mem_free(data->p);
    *data = (struct mem_data){.size = data->size, .fd = owned};
    return 0;
}

int mem_data_read(struct mem_host *h, struct mem_node *n, void *buf, size_t len, uint64_t offset,
                  size_t *ret)
{
    if (n->unread) {
        int rc = cow_load(h, n);
        if (rc < 0) {
            return rc;
        }
    }
    struct mem_data *data = &n->data;
    if (data->fd) {
        ssize_t got;
        do {
            got = pread(data->fd->fd, buf, len, (off_t)offset);
        } while (got < 0 && errno == EINTR);
        if (got < 0) {
            return sys_error();
        }
        *ret = (size_t)got;
        return 0;
    }
    if (offset >= data->size) {
        *ret = 0;
        return 0;
    }
    if (len > data->size - offset) {
        len = (size_t)(data->size - offset);
    }
    size_t have = offset < data->n ? data->n - (size_t)offset : 0;
    size_t copy = len < have ? len : have;
    if (copy > 0) {
        memcpy(buf, data->p + offset, copy);
    }
    memset((uint8_t *)buf + copy, 0, len - copy);
    *ret = len;
    return 0;
}

/* Room for `need` bytes in memory; everything up to there is defined. */
static int grow(struct mem_host *h, struct mem_data *data, size_t need)
{
    if (need > data->cap) {
        size_t cap = need < 64 ? 64 : need + need / 2;
        uint8_t *p = mem_resize(h->base.d, data->p, data->cap, cap, 1, "host content");
        if (!p) {
            return CODE_FATE;
        }
        data->p = p;
        data->cap = cap;
    }
    return 0;
}

int mem_data_write(struct mem_host *h, struct mem_node *n, const void *buf, size_t len,
                   uint64_t offset, size_t *ret)
{
    if (len == 0) {
        *ret = 0;
        return 0;
    }
    if (offset >= mem_max_size) {
        return -EFBIG;
    }
    if (len > mem_max_size - offset) {
        len = (size_t)(mem_max_size - offset);
    }
    if (n->unread) {
        int rc = cow_load(h, n);
        if (rc < 0) {
            return rc;
        }
    }
    struct mem_data *data = &n->data;
    if (!data->fd && offset + len > HOST_INLINE_MAX) {
        int rc = mem_data_to_memfd(h, n);
        if (rc < 0) {
            return rc;
        }
    }
    if (data->fd) {
        ssize_t put;
        do {
            put = pwrite(data->fd->fd, buf, len, (off_t)offset);
        } while (put < 0 && errno == EINTR);
        if (put < 0) {
            return sys_error();
        }
        mem_data_rewind_time(n);
        *ret = (size_t)put;
        return 0;
    }
    size_t end = (size_t)offset + len;
    int rc = grow(h, data, end);
    if (rc < 0) {
        return rc;
    }
    if (data->n < offset) {
        memset(data->p + data->n, 0, (size_t)offset - data->n);
    }
    memcpy(data->p + offset, buf, len);
    data->n = data->n > end ? data->n : end;
    data->size = data->size > end ? data->size : end;
    *ret = len;
    return 0;
}

int mem_data_truncate(struct mem_host *h, struct mem_node *n, uint64_t size)
{
    if (size > mem_max_size) {
        return -EFBIG;
    }
    if (n->unread && size > 0) {
        int rc = cow_load(h, n);
        if (rc < 0) {
            return rc;
        }
    }
    n->unread = false;
    struct mem_data *data = &n->data;
    if (data->fd) {
        if (ftruncate(data->fd->fd, (off_t)size) < 0) {
            return sys_error();
        }
        mem_data_rewind_time(n);
        return 0;
    }
    data->size = size;
    if (data->n > size) {
        data->n = (size_t)size;
    }
    return 0;
}
