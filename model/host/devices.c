/* Special files, imitated: no backend ever opens a real device or FIFO. */
#include <sys/sysmacros.h>

#include "host_impl.h"

enum { FIFO_CAPACITY = 65536 };

struct host_fifo {
    struct list link;
    struct host *host;
    dev_t dev;
    ino_t ino;
    uint32_t refs;
    uint8_t *buf; /* owned, FIFO_CAPACITY bytes */
    size_t n;
};

enum mem_device { DEV_NULL = 3, DEV_ZERO = 5, DEV_FULL = 7, DEV_RANDOM = 8, DEV_URANDOM = 9 };

static bool char_device_has_driver(dev_t rdev)
{
    if (major(rdev) != 1) {
        return false;
    }
    switch (minor(rdev)) {
    case DEV_NULL:
    case DEV_ZERO:
    case DEV_FULL:
    case DEV_RANDOM:
    case DEV_URANDOM:
        return true;
    default:
        return false;
    }
}

int device_open_check(uint32_t type, dev_t rdev, int flags)
{
    if ((flags & O_DIRECTORY) && type != S_IFDIR) {
        return -ENOTDIR;
    }
    if (flags & O_PATH) {
        return 0;
    }
    switch (type) {
    case S_IFLNK:
        return -ELOOP;
    case S_IFDIR:
        return (flags & (O_ACCMODE | O_CREAT)) ? -EISDIR : 0;
    case S_IFIFO:
        if ((flags & O_ACCMODE) == O_RDWR) {
            return 0;
        }
        if (!(flags & O_NONBLOCK)) {
            return HOST_BLOCKS; /* nobody else can ever open the other end */
        }
        return (flags & O_ACCMODE) == O_WRONLY ? -ENXIO : 0;
    case S_IFSOCK:
    case S_IFBLK:
        return -ENXIO;
    case S_IFCHR:
        return char_device_has_driver(rdev) ? 0 : -ENXIO;
    default:
        return 0;
    }
}

int fifo_get(struct host *h, dev_t dev, ino_t ino, struct host_fifo **ret)
{
    list_for_each(it, &h->fifos)
    {
        struct host_fifo *fifo = container_of(it, struct host_fifo, link);
        if (fifo->dev == dev && fifo->ino == ino) {
            fifo->refs++;
            *ret = fifo;
            return 0;
        }
    }
    struct host_fifo *fifo = MEM_NEW(h->d, struct host_fifo);
    if (!fifo) {
        return CODE_FATE;
    }
    fifo->buf = mem_new(h->d, FIFO_CAPACITY, "host fifo buffer");
    if (!fifo->buf) {
        return CODE_FATE;
    }
    fifo->host = h;
    fifo->dev = dev;
    fifo->ino = ino;
    fifo->refs = 1;
    list_push_back(&h->fifos, &fifo->link);
    *ret = fifo;
    return 0;
}

static void fifo_free(struct host_fifo *fifo)
{
    list_remove(&fifo->link);
    mem_free(fifo->buf);
    mem_free(fifo);
}

void fifo_put(struct host_fifo *fifo)
{
    if (fifo && !domain_dead(fifo->host->d) && --fifo->refs == 0) {
        fifo_free(fifo);
    }
}

void fifos_free(struct host *h)
{
    list_for_each_safe(it, &h->fifos)
    {
        fifo_free(container_of(it, struct host_fifo, link));
    }
}

static int fifo_read(struct host_fifo *fifo, void *buf, size_t n, size_t *ret)
{
    if (fifo->n == 0 && n > 0) {
        return -EAGAIN;
    }
    size_t take = n < fifo->n ? n : fifo->n;
    if (take > 0) {
        memcpy(buf, fifo->buf, take);
        memmove(fifo->buf, fifo->buf + take, fifo->n - take);
        fifo->n -= take;
    }
    *ret = take;
    return 0;
}

static int fifo_write(struct host_fifo *fifo, const void *buf, size_t n, size_t *ret)
{
    size_t room = FIFO_CAPACITY - fifo->n;
    /* POSIX: a write of up to PIPE_BUF bytes is atomic */
    if (n > 0 && (room == 0 || (n <= 4096 && n > room))) {
        return -EAGAIN;
    }
    size_t put = n < room ? n : room;
    if (put > 0) {
        memcpy(fifo->buf + fifo->n, buf, put);
        fifo->n += put;
    }
    *ret = put;
    return 0;
}

int device_read(struct host_file *f, void *buf, size_t n, size_t *ret)
{
    if (f->type == S_IFIFO) {
        return fifo_read(f->fifo, buf, n, ret);
    }
    switch (minor(f->rdev)) {
    case DEV_NULL:
        *ret = 0;
        return 0;
    case DEV_ZERO:
    case DEV_FULL:
        memset(buf, 0, n);
        break;
    default:
        for (size_t i = 0; i < n; i++) {
            ((uint8_t *)buf)[i] = (uint8_t)domain_random(f->d);
        }
    }
    *ret = n;
    return 0;
}

int device_write(struct host_file *f, const void *buf, size_t n, size_t *ret)
{
    if (f->type == S_IFIFO) {
        return fifo_write(f->fifo, buf, n, ret);
    }
    if (minor(f->rdev) == DEV_FULL) {
        return -ENOSPC;
    }
    *ret = n;
    return 0;
}
