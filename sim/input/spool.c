/* What cannot be read twice (standard input, pipes) goes to a file without a name first. */
#include "source.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { COPY_BYTES = 64 << 10 };

static int write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno != EINTR) {
            return -errno;
        }
        if (put > 0) {
            p += put;
            n -= (size_t)put;
        }
    }
    return 0;
}

static int copy(int from, int to, char *buf)
{
    for (;;) {
        ssize_t got = read(from, buf, COPY_BYTES);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -errno : 0;
        }
        int rc = write_all(to, buf, (size_t)got);
        if (rc) {
            return rc;
        }
    }
}

int spool(struct case_source *s, int fd, const char *shown, const char **path, struct error *err)
{
    if (s->spool) {
        return error_set(s->d, err, -EINVAL, "%s: only one input that is no file can be read",
                         shown);
    }
    const char *tmp = getenv("TMPDIR");
    int to = open(tmp && *tmp ? tmp : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (to < 0) {
        to = memfd_create("simrun-input", MFD_CLOEXEC);
    }
    if (to < 0) {
        int code = -errno;
        return error_set(s->d, err, code, "%s: no temporary file: %s", shown, code_text(code));
    }
    int rc = owned_fd_new(s->d, to, "spool", &s->spool);
    char *buf = rc ? NULL : mem_new(s->d, COPY_BYTES, "spool buffer");
    if (!buf) {
        return CODE_FATE;
    }
    rc = copy(fd, to, buf);
    mem_free(buf);
    if (rc) {
        return error_set(s->d, err, rc, "%s: %s", shown, code_text(rc));
    }
    /* Through /proc everyone who opens it has an offset of his own. */
    *path = arena_printf(s->arena, "/proc/self/fd/%d", to);
    return *path ? 0 : CODE_FATE;
}
