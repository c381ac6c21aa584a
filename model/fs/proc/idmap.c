/* uid_map and gid_map (contract filesystems 7.8). */
#include "private.h"

#include <inttypes.h>

enum { PAGE = 4096, MAX_LINES = 5 };

static int fill(const struct id_range *ranges, size_t n, struct seq_out *out)
{
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        str_addf(&out->text, "%10" PRIu32 " %10" PRIu32 " %10" PRIu32 "\n", ranges[i].first,
                 ranges[i].first_parent, ranges[i].length);
        rc = seq_out_cut(out);
    }
    return rc;
}

int proc_fill_uid_map(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct task *task = proc_file_of(inode)->task;
    return fill(task->uid_map, task->uid_map_n, out);
}

int proc_fill_gid_map(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct task *task = proc_file_of(inode)->task;
    return fill(task->gid_map, task->gid_map_n, out);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* An unsigned 32-bit decimal after blanks; moves *p behind it. */
static bool scan_number(const char **p, const char *end)
{
    while (*p < end && is_blank(**p)) {
        ++*p;
    }
    const char *start = *p;
    uint64_t value = 0;
    while (*p < end && **p >= '0' && **p <= '9') {
        value = value * 10 + (uint64_t)(**p - '0');
        if (value > UINT32_MAX) {
            return false;
        }
        ++*p;
    }
    return *p > start;
}

static bool is_line(const char *p, const char *end)
{
    bool good = true;
    for (int i = 0; i < 3; i++) {
        good = good && scan_number(&p, end);
    }
    return good;
}

static bool is_space(char c)
{
    return is_blank(c) || c == '\n';
}

static bool is_map(const char *p, const char *end)
{
    while (p < end && is_space(*p)) {
        p++;
    }
    while (p < end && is_space(end[-1])) {
        end--;
    }
    for (size_t lines = 1;; lines++) {
        const char *newline = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
        if (lines > MAX_LINES || !is_line(p, newline ? newline : end)) {
            return false;
        }
        if (!newline) {
            return true;
        }
        p = newline + 1;
    }
}

/* The one user namespace of the model is the root one, whose maps nobody may change. */
static int idmap_write(struct ctx *c, struct inode *inode, int64_t off, const char *buf, size_t len,
                       size_t *n)
{
    (void)c, (void)inode, (void)n;
    return len < PAGE && off == 0 && is_map(buf, buf + len) ? -EPERM : -EINVAL;
}

const struct ramfs_node_ops proc_idmap_node = {.read = proc_seq_read, .write = idmap_write};
