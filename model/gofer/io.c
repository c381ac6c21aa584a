/* Contents of opened files and directories (contract ninep 9.6). */
#include "gofer_impl.h"

/* the flags of the open are compared as they came, so any further bit shuts everything out.
 */
static bool opened_for(struct gofer_file *f, uint32_t access)
{
    if (!f->opened) {
        return false;
    }
    uint32_t mode = f->mode;
    if (mode > P9_OPEN_RDWR && !quirk_on(file_domain(f), Q_45)) {
        mode &= P9_OPEN_ACCESS;
    }
    return mode == access || mode == P9_OPEN_RDWR;
}

int opened_read(struct gofer_file *f, void *buf, size_t n, uint64_t offset, size_t *ret)
{
    if (offset > INT64_MAX) {
        return -EIO;
    }
    size_t done = 0, got = 0;
    do {
        int rc =
            host_pread(f->opened, (uint8_t *)buf + done, n - done, (int64_t)(offset + done), &got);
        if (rc < 0) {
            return rc;
        }
        done += got;
    } while (done < n && got > 0);
    *ret = done;
    return 0;
}

int opened_write(struct gofer_file *f, const void *buf, size_t n, uint64_t offset, size_t *ret)
{
    if (offset > INT64_MAX) {
        return -EIO;
    }
    size_t done = 0, put = 0;
    do {
        int rc = host_pwrite(f->opened, (const uint8_t *)buf + done, n - done,
                             (int64_t)(offset + done), &put);
        if (rc < 0) {
            return rc;
        }
        done += put;
    } while (done < n && put > 0);
    *ret = done;
    return 0;
}

int served_read(struct p9_node *node, void *buf, size_t n, uint64_t offset, size_t *ret)
{
    struct gofer_file *f = gofer_file_of(node);
    return opened_for(f, P9_OPEN_READ) ? opened_read(f, buf, n, offset, ret) : -EBADF;
}

int served_write(struct p9_node *node, const void *buf, size_t n, uint64_t offset, size_t *ret)
{
    struct gofer_file *f = gofer_file_of(node);
    return opened_for(f, P9_OPEN_WRITE) ? opened_write(f, buf, n, offset, ret) : -EBADF;
}

/* an offset is an index into the listing as it is now. */
int served_readdir(struct p9_node *node, uint64_t offset, struct p9_dirsink *sink)
{
    struct gofer_file *f = gofer_file_of(node);
    if (!opened_for(f, P9_OPEN_READ)) {
        return -EBADF;
    }
    struct host_names names;
    int rc = host_readdir(f->opened, &names);
    if (rc < 0) {
        return rc;
    }
    struct stat dir;
    rc = host_fstat(f->opened, &dir);
    for (uint64_t i = offset; rc == 0 && i < names.n; i++) {
        const struct host_dirent *e = &names.v[i];
        dir.st_ino = e->ino;
        dir.st_mode = e->type;
        struct p9_qid qid = served_qid(f->point, &dir);
        if (!p9_dirsink_add(sink, &qid, i + 1, qid.type, e->name)) {
            break;
        }
    }
    host_names_release(&names);
    return rc;
}

int served_fsync(struct p9_node *node)
{
    struct gofer_file *f = gofer_file_of(node);
    return f->opened ? host_fsync(f->opened) : -EBADF;
}
