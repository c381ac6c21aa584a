#include "lines.h"

#include "spool.h"

#include <fcntl.h>
#include <simrun/sim/case.h>
#include <unistd.h>
#include <zlib.h>

enum {
    FIRST_BUFFER = 64 << 10,
    ZLIB_BUFFER = 128 << 10,
};

struct lines {
    struct domain *d;
    const char *shown;
    gzFile gz;
    char *buf;         /* owned */
    size_t cap, at, n; /* bytes at..n of `buf` are read but not given out */
    uint64_t base;     /* offset of buf[0] in the unpacked bytes */
    uint64_t number;   /* of the line at `at` */
    bool end;          /* nothing more behind the buffer */
};

int lines_open(struct domain *d, const char *path, const char *shown, struct lines **ret,
               struct error *err)
{
    struct lines *l = MEM_NEW(d, struct lines);
    if (!l) {
        return CODE_FATE;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        int code = -errno;
        mem_free(l);
        return error_set(d, err, code, "%s: %s", shown, code_text(code));
    }
    l->gz = gzdopen(fd, "rb");
    if (!l->gz) {
        close(fd);
        mem_free(l);
        return domain_oom(d);
    }
    gzbuffer(l->gz, ZLIB_BUFFER);
    l->d = d;
    l->shown = shown;
    l->number = 1;
    *ret = l;
    return 0;
}

void lines_free(struct lines *l)
{
    if (l) {
        gzclose(l->gz);
        l->gz = NULL;
        mem_free(l->buf);
        mem_free(l);
    }
}

static int read_error(struct lines *l, struct domain *ed, struct error *err)
{
    int code;
    const char *text = gzerror(l->gz, &code);
    if (code == Z_OK || code == Z_STREAM_END) {
        return 0;
    }
    if (code == Z_MEM_ERROR) {
        return domain_oom(ed);
    }
    const char *what = strncmp(text, "<fd:", 4) ? NULL : strstr(text, ">: "); /* zlib's own name */
    text = what ? what + 3 : text;
    return error_set(ed, err, -EIO, "%s: line %llu: cannot be read: %s", l->shown,
                     (unsigned long long)l->number, code == Z_ERRNO ? code_text(-errno) : text);
}

/* Room behind the unread bytes: they move to the front, or the buffer grows up to one line's bound.
 */
static int make_room(struct lines *l, struct domain *ed, struct error *err)
{
    if (l->buf && l->at) {
        memmove(l->buf, l->buf + l->at, l->n - l->at);
        l->base += l->at;
        l->n -= l->at;
        l->at = 0;
    }
    if (l->n < l->cap) {
        return 0;
    }
    if (l->cap > LIMIT_CASE_BYTES) {
        return error_set(ed, err, -E2BIG, "%s: line %llu: more than %d bytes (LIMIT_CASE_BYTES)",
                         l->shown, (unsigned long long)l->number, LIMIT_CASE_BYTES);
    }
    size_t cap = l->cap ? l->cap * 2 : FIRST_BUFFER;
    if (cap > LIMIT_CASE_BYTES) {
        cap = (size_t)LIMIT_CASE_BYTES + 1; /* the newline of the longest line */
    }
    char *bigger = mem_buffer(l->d, l->buf, cap, "lines");
    if (!bigger) {
        return l->d == ed ? CODE_FATE : domain_oom(ed);
    }
    l->buf = bigger;
    l->cap = cap;
    return 0;
}

static int fill(struct lines *l, struct domain *ed, struct error *err)
{
    int rc = make_room(l, ed, err);
    if (rc) {
        return rc;
    }
    int got = gzread(l->gz, l->buf + l->n, (unsigned)(l->cap - l->n));
    if (got > 0) {
        l->n += (size_t)got;
        return 0;
    }
    rc = read_error(l, ed, err);
    l->end = true;
    return rc;
}

static bool blank(const char *p, size_t n)
{
    while (n && (*p == ' ' || *p == '\t' || *p == '\r')) {
        p++;
        n--;
    }
    return !n;
}

int lines_next(struct lines *l, struct line *ret, struct domain *ed, struct error *err)
{
    size_t searched = 0; /* bytes behind `at` that hold no newline */
    for (;;) {
        const char *from = l->buf ? l->buf + l->at : "";
        size_t left = l->n - l->at;
        const char *newline =
            left > searched ? memchr(from + searched, '\n', left - searched) : NULL;
        if (!newline && !l->end) {
            searched = left;
            int rc = fill(l, ed, err);
            if (rc) {
                return rc;
            }
            continue;
        }
        if (!newline && !left) {
            return 0;
        }
        size_t n = newline ? (size_t)(newline - from) : left;
        struct line line = {from, n, l->base + l->at, l->number};
        l->at += n + (newline != NULL);
        l->number++;
        searched = 0;
        if (!blank(from, n)) {
            *ret = line;
            return 1;
        }
    }
}

/* All of a packed file into `fd`, from its beginning. */
static int unpack_to(struct lines *l, int fd, struct domain *ed, struct error *err)
{
    int got, code = gzrewind(l->gz) ? -EIO : 0;
    while (code == 0 && (got = gzread(l->gz, l->buf, (unsigned)l->cap)) > 0) {
        code = spool_write(fd, l->buf, (size_t)got);
    }
    if (code == 0) {
        return read_error(l, ed, err);
    }
    return error_set(ed, err, code, "%s: cannot be unpacked: %s", l->shown, code_text(code));
}

/* Going back in a packed file starts it again. Who goes back once will do so often (an order of its
 * own): it is unpacked then, to be read at any place. */
static int unpack(struct lines *l, struct domain *ed, struct error *err)
{
    int fd = spool_open();
    if (fd < 0) {
        return error_set(ed, err, fd, "%s: no temporary file: %s", l->shown, code_text(fd));
    }
    int code = unpack_to(l, fd, ed, err);
    gzFile gz = code || lseek(fd, 0, SEEK_SET) ? NULL : gzdopen(fd, "rb");
    if (!gz) {
        close(fd);
        return code ? code : domain_oom(ed);
    }
    gzbuffer(gz, ZLIB_BUFFER);
    gzclose(l->gz);
    l->gz = gz;
    return 0;
}

int lines_seek(struct lines *l, uint64_t offset, uint64_t number, struct domain *ed,
               struct error *err)
{
    l->number = number;
    if (offset >= l->base && offset <= l->base + l->n && l->n) {
        l->at = (size_t)(offset - l->base);
        return 0;
    }
    bool back = offset < l->base + l->n;
    l->base = offset;
    l->at = l->n = 0;
    l->end = false;
    if (back && l->buf && !gzdirect(l->gz)) {
        int rc = unpack(l, ed, err);
        if (rc) {
            return rc;
        }
    }
    if (gzseek(l->gz, (z_off_t)offset, SEEK_SET) < 0) {
        int rc = read_error(l, ed, err);
        return rc ? rc
                  : error_set(ed, err, -EIO, "%s: line %llu: no longer there", l->shown,
                              (unsigned long long)number);
    }
    return 0;
}
