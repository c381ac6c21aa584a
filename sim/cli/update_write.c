/* Changed files: the old bytes but for the edits, written beside the old file, which they replace.
 */
#include "update.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* One file on its way. */
struct replacing {
    struct domain *d;
    struct error *err;
    const char *shown;
    int in; /* -1 = a new file */
    struct whole_file to;
    uint64_t at;    /* bytes of the old file that were copied */
    bool open_line; /* what was written last does not end a line */
};

static int fail(struct replacing *f, int code)
{
    return code == CODE_FATE ? code
                             : error_set(f->d, f->err, code, "%s: %s", f->shown, code_text(code));
}

static int changed(struct replacing *f)
{
    return error_set(f->d, f->err, -ESTALE, "%s: it has changed since it was read", f->shown);
}

static int write_all(struct replacing *f, const char *p, size_t n)
{
    f->open_line = n ? p[n - 1] != '\n' : f->open_line;
    errno = 0;
    return fwrite(p, 1, n, f->to.out) == n ? 0 : fail(f, errno ? -errno : -EIO);
}

/* Old bytes up to `until` (UINT64_MAX: to the end) go over. */
static int copy(struct replacing *f, uint64_t until)
{
    char buf[65536];
    while (f->in >= 0 && f->at < until) {
        size_t want = until - f->at < sizeof(buf) ? (size_t)(until - f->at) : sizeof(buf);
        ssize_t got = pread(f->in, buf, want, (off_t)f->at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(f, -errno);
        }
        if (got == 0) {
            return until == UINT64_MAX ? 0 : changed(f);
        }
        int code = write_all(f, buf, (size_t)got);
        if (code) {
            return code;
        }
        f->at += (uint64_t)got;
    }
    return 0;
}

/* The old bytes must be those that the edit was made for. */
static int skip(struct replacing *f, const struct expect_edit *e)
{
    char buf[65536];
    for (size_t done = 0; done < e->n_old;) {
        size_t want = e->n_old - done < sizeof(buf) ? e->n_old - done : sizeof(buf);
        ssize_t got = pread(f->in, buf, want, (off_t)(e->offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(f, -errno);
        }
        if (got == 0 || memcmp(buf, e->old + done, (size_t)got) != 0) {
            return changed(f);
        }
        done += (size_t)got;
    }
    f->at = e->offset + e->n_old;
    return 0;
}

static int apply(struct replacing *f, const struct expect_edit *e)
{
    int code = copy(f, e->append ? UINT64_MAX : e->offset);
    code = code || e->append ? code : skip(f, e);
    if (!code && e->append && f->open_line) {
        code = write_all(f, "\n", 1);
    }
    return code ? code : write_all(f, e->new, e->n_new);
}

/* ---- one file ------------------------------------------------------------------------------- */

/* Only what is a file, or is not there, has lines to keep. */
static int open_both(struct replacing *f, bool must_exist)
{
    struct stat st;
    f->in = open(f->shown, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (f->in < 0 && errno != ENOENT) {
        return fail(f, -errno);
    }
    if (f->in < 0 && must_exist) {
        return changed(f);
    }
    if (f->in >= 0 && (fstat(f->in, &st) || !S_ISREG(st.st_mode))) {
        return error_set(f->d, f->err, -EINVAL, "%s: not a regular file", f->shown);
    }
    int code = whole_file_open(&f->to, f->d, f->shown);
    return code ? fail(f, code) : 0;
}

static int replace(struct domain *d, const struct expect_edit *const *edits, size_t n,
                   struct error *err)
{
    struct replacing f = {.d = d, .err = err, .shown = edits[0]->file, .in = -1};
    int code = open_both(&f, !edits[0]->append);
    for (size_t i = 0; !code && i < n; i++) {
        code = apply(&f, edits[i]);
    }
    code = code ? code : copy(&f, UINT64_MAX);
    if (code) {
        whole_file_abandon(&f.to);
    } else {
        code = whole_file_commit(&f.to);
        code = code ? fail(&f, code) : 0;
    }
    if (f.in >= 0) {
        (void)close(f.in);
    }
    return code;
}

/* ---- all ------------------------------------------------------------------------------------ */

static int by_place(const void *a, const void *b)
{
    const struct expect_edit *x = *(const struct expect_edit *const *)a,
                             *y = *(const struct expect_edit *const *)b;
    int order = strcmp(x->file, y->file);
    order = order ? order : x->append - y->append;
    order = order ? order : (x->offset > y->offset) - (x->offset < y->offset);
    return order ? order : (x > y) - (x < y);
}

int update_write(struct domain *d, const struct expect_edit *edits, size_t n, size_t *files,
                 struct error *err)
{
    const struct expect_edit **sorted = mem_resize(d, NULL, 0, n + 1, sizeof(void *), "edits");
    int code = sorted ? 0 : CODE_FATE;
    for (size_t i = 0; sorted && i < n; i++) {
        sorted[i] = &edits[i];
    }
    if (sorted && n) {
        qsort(sorted, n, sizeof(void *), by_place);
    }
    size_t written = 0;
    for (size_t i = 0, end; !code && i < n; i = end) {
        for (end = i + 1; end < n && strcmp(sorted[end]->file, sorted[i]->file) == 0;) {
            end++;
        }
        code = replace(d, sorted + i, end - i, err);
        written += code == 0;
    }
    mem_free(sorted);
    *files = written;
    return code;
}
