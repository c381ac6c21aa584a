/* What cannot be read twice (standard input, pipes) goes to a file without a name first. */
#include "spool.h"

#include "source.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { COPY_BYTES = 64 << 10 };

int spool_open(void)
{
    const char *tmp = getenv("TMPDIR");
    int fd = open(tmp && *tmp ? tmp : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        fd = memfd_create("simrun-input", MFD_CLOEXEC);
    }
    return fd < 0 ? -errno : fd;
}

int spool_write(int fd, const char *p, size_t n)
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

/* What follows the last newline, over one block. */
static size_t behind_last_line(size_t before, const char *buf, size_t n)
{
    const char *newline = memrchr(buf, '\n', n);
    return newline ? (size_t)(buf + n - newline) - 1 : before + n;
}

/* -E2BIG once a line is longer than any case may be: an endless input must not fill the disk. */
static int copy(int from, int to, char *buf)
{
    size_t line = 0;
    for (;;) {
        ssize_t got = read(from, buf, COPY_BYTES);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -errno : 0;
        }
        line = behind_last_line(line, buf, (size_t)got);
        int rc = line > LIMIT_CASE_BYTES ? -E2BIG : spool_write(to, buf, (size_t)got);
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
    int to = spool_open();
    if (to < 0) {
        return error_set(s->d, err, to, "%s: no temporary file: %s", shown, code_text(to));
    }
    int rc = owned_fd_new(s->d, to, "spool", &s->spool);
    char *buf = rc ? NULL : mem_new(s->d, COPY_BYTES, "spool buffer");
    if (!buf) {
        return CODE_FATE;
    }
    rc = copy(fd, to, buf);
    mem_free(buf);
    if (rc == -E2BIG) {
        return error_set(s->d, err, rc, "%s: a line of more than %d bytes (LIMIT_CASE_BYTES)",
                         shown, LIMIT_CASE_BYTES);
    }
    if (rc == -ENOSPC) {
        return error_set(s->d, err, rc,
                         "%s: no space for a copy of it in the folder for temporary files (TMPDIR)",
                         shown);
    }
    if (rc) {
        return error_set(s->d, err, rc, "%s: %s", shown, code_text(rc));
    }
    /* Through /proc everyone who opens it has an offset of his own. */
    *path = arena_printf(s->arena, "/proc/self/fd/%d", to);
    return *path ? 0 : CODE_FATE;
}
