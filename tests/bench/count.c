/* Requests that leave through send(), by the frames in what was sent (contract ninep 2: size[4]
 * type[1], requests are even). The linker puts this in front of libc's. */
#include "count.h"

#include <sys/socket.h>

static uint64_t requests;

ssize_t __real_send(int fd, const void *buf, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *buf, size_t n, int flags);

ssize_t __wrap_send(int fd, const void *buf, size_t n, int flags)
{
    enum { HEADER = 7 };
    const uint8_t *p = buf;
    ssize_t sent = __real_send(fd, buf, n, flags);
    for (size_t at = 0; sent > 0 && at + HEADER <= (size_t)sent;) {
        const uint8_t *f = p + at;
        size_t size = f[0] | (size_t)f[1] << 8 | (size_t)f[2] << 16 | (size_t)f[3] << 24;
        requests += f[4] % 2 == 0;
        at += size < HEADER ? HEADER : size;
    }
    return sent;
}

uint64_t count_requests(void)
{
    return requests;
}
