/* Descriptors that a server gave away (contract 4, 15.2). */
#include "client.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool access_suffices(int have, uint32_t asked)
{
    return have == O_RDWR || asked > P9_OPEN_RDWR ||
           have == (asked == P9_OPEN_WRITE  ? O_WRONLY
                    : asked == P9_OPEN_READ ? O_RDONLY
                                            : O_RDWR);
}

/* Pass `fd` on if I/O on it is what the file's own would be: a regular file that can be read or
 * written as asked. The original's own client takes what it gets: its server gives away what cannot
 * be written, and finds out at the first write. */
struct owned_fd *donated_file_or_null(const struct p9_client *c, struct owned_fd *fd,
                                      uint32_t flags)
{
    struct stat st;
    if (fd) {
        int have = fcntl(fd->fd, F_GETFL);
        if (have < 0 || have & O_PATH ||
            (c->wanted != P9_GV && !access_suffices(have & O_ACCMODE, flags)) ||
            fstat(fd->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
            owned_fd_free(fd);
            return NULL;
        }
    }
    return fd;
}

int p9_fd_pread(const struct owned_fd *fd, void *buf, size_t n, uint64_t offset, size_t *ret)
{
    size_t done = 0;
    int code = 0;
    while (done < n) {
        ssize_t got = pread(fd->fd, (char *)buf + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            code = got < 0 ? -errno : 0;
            break;
        }
        done += (size_t)got;
    }
    *ret = done;
    return code;
}

int p9_fd_pwrite(const struct owned_fd *fd, const void *buf, size_t n, uint64_t offset, size_t *ret)
{
    size_t done = 0;
    int code = 0;
    while (done < n) {
        ssize_t put = pwrite(fd->fd, (const char *)buf + done, n - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            code = -errno;
            break;
        }
        done += (size_t)put;
    }
    *ret = done;
    return code;
}
