/* cat and put. */
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

enum { COPY_BYTES = 1 << 20 };

/* A FIFO or device on the other side could keep us waiting for ever. */
static int open_regular(struct remote *r, const char *path, uint32_t flags, struct p9_file *ret,
                        struct error *err)
{
    struct p9_file f;
    struct p9_attr a;
    int rc = remote_walk(r, path, &f, err);
    if (rc < 0) {
        return rc;
    }
    rc = remote_stat(r, &f, &a);
    if (rc == 0 && !S_ISREG(a.mode)) {
        rc = S_ISDIR(a.mode) ? -EISDIR : -EINVAL;
    }
    if (rc == 0 && flags != P9_OPEN_READ) {
        rc = p9_setattr(&f, P9_SETATTR_SIZE, &(struct p9_setattr){.size = 0});
    }
    if (rc == 0) {
        rc = p9_lopen(&f, flags, NULL, NULL, NULL);
    }
    if (rc < 0) {
        return p9_clunk(&f) == CODE_FATE ? CODE_FATE : remote_error(r, err, path, rc);
    }
    *ret = f;
    return 0;
}

static int copy_out(struct remote *r, const struct p9_file *f, uint8_t *buf)
{
    uint64_t at = 0;
    for (;;) {
        size_t n;
        int rc = p9_read(f, buf, COPY_BYTES, at, &n);
        if (rc < 0 || n == 0) {
            return rc;
        }
        if (fwrite(buf, 1, n, r->env->out) != n) {
            return errno ? -errno : -EIO;
        }
        at += n;
    }
}

int action_cat(struct remote *r, struct error *err)
{
    struct p9_file f;
    int rc = open_regular(r, r->o->path, P9_OPEN_READ, &f, err);
    if (rc < 0) {
        return rc;
    }
    uint8_t *buf = mem_new(r->d, COPY_BYTES, "copy");
    rc = buf ? copy_out(r, &f, buf) : CODE_FATE;
    mem_free(buf);
    if (rc != CODE_FATE && p9_clunk(&f) == CODE_FATE) {
        rc = CODE_FATE;
    }
    return rc < 0 ? remote_error(r, err, r->o->path, rc) : 0;
}

/* -------------------------------------------------------------------------------------- put */

/* Its directory, and the last name; both of the path as it is without dots. */
static int create_file(struct remote *r, const char *path, struct p9_file *ret, struct error *err)
{
    CLEANUP_MEM char *clean = path_join(r->d, "/", path);
    if (!clean) {
        return CODE_FATE;
    }
    char *slash = strrchr(clean, '/');
    struct p9_file dir;
    *slash = '\0';
    int rc = remote_walk(r, clean[0] ? clean : "/", &dir, err);
    if (rc < 0) {
        return rc;
    }
    uint32_t flags = P9_OPEN_WRITE | (remote_is_std(r) ? P9_OPEN_CREAT : 0);
    rc = p9_create(&dir, slash + 1, flags, S_IFREG | 0644, geteuid(), getegid(), NULL, NULL, NULL);
    if (rc < 0) {
        return p9_clunk(&dir) == CODE_FATE ? CODE_FATE : remote_error(r, err, path, rc);
    }
    *ret = dir;
    return 0;
}

static int copy_in(const struct p9_file *f, FILE *in, uint8_t *buf)
{
    uint64_t at = 0;
    size_t n;
    while ((n = fread(buf, 1, COPY_BYTES, in)) > 0) {
        size_t done = 0, put;
        while (done < n) {
            int rc = p9_write(f, buf + done, n - done, at + done, &put);
            if (rc < 0 || put == 0) {
                return rc < 0 ? rc : -EIO;
            }
            done += put;
        }
        at += n;
    }
    return ferror(in) ? -EIO : p9_fsync(f);
}

static int put_stream(struct remote *r, FILE *in, struct error *err)
{
    struct p9_file f;
    int rc = open_regular(r, r->o->path, P9_OPEN_WRITE, &f, err);
    if (rc == -ENOENT) {
        error_release(err);
        rc = create_file(r, r->o->path, &f, err);
    }
    if (rc < 0) {
        return rc;
    }
    uint8_t *buf = mem_new(r->d, COPY_BYTES, "copy");
    rc = buf ? copy_in(&f, in, buf) : CODE_FATE;
    mem_free(buf);
    if (rc != CODE_FATE && p9_clunk(&f) == CODE_FATE) {
        rc = CODE_FATE;
    }
    return rc < 0 ? remote_error(r, err, r->o->path, rc) : 0;
}

int action_put(struct remote *r, struct error *err)
{
    if (!r->o->local) {
        return r->env->in ? put_stream(r, r->env->in, err)
                          : error_set(r->d, err, -EINVAL, "put: nothing to read from");
    }
    FILE *in = fopen(r->o->local, "re");
    if (!in) {
        (void)error_code(r->d, err, -errno);
        return error_wrap(r->d, err, "%s", r->o->local);
    }
    int rc = put_stream(r, in, err);
    (void)fclose(in);
    return rc;
}
