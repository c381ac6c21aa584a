/* getdents64(2): entries as records in a buffer (contract filesystems 11.7). */
#include "internal.h"

enum { HEADER = 19, SMALLEST_BUFFER = 27 };

struct records {
    char *buf;
    size_t len, used;
    int64_t n; /* entries in this call, FQ-70 */
    bool full;
};

static unsigned char type_of(enum inode_type type)
{
    return type == INODE_SPECIAL_DIRECTORY ? 0 /* FQ-02 */
                                           : (unsigned char)(inode_type_mode(type) >> 12);
}

static int put_record(void *arg, const char *name, const struct dent_attr *attr)
{
    struct records *out = arg;
    size_t n = strlen(name), size = (HEADER + n + 8) & ~(size_t)7;
    if (size > out->len - out->used) {
        out->full = true;
        return -EINVAL;
    }
    char *at = out->buf + out->used;
    int64_t off = ++out->n;
    uint16_t length = (uint16_t)size;
    memset(at, 0, size);
    memcpy(at, &attr->inode_id, 8);
    memcpy(at + 8, &off, 8);
    memcpy(at + 16, &length, 2);
    at[18] = (char)type_of(attr->type);
    memcpy(at + HEADER, name, n + 1);
    out->used += size;
    return 0;
}

int sys_getdents64(struct process *p, struct file *f, char *buf, size_t len, size_t *n)
{
    if (len < SMALLEST_BUFFER) {
        return -EINVAL;
    }
    struct records out = {.buf = buf, .len = len};
    struct dir_ctx dc = {.emit = put_record, .arg = &out};
    int r = sys_getdents(p, f, &dc);
    if (r == -EINVAL && out.full) {
        r = 0; /* FQ-71: looks like the end */
    }
    if (r == 0) {
        *n = out.used;
    }
    return r;
}
