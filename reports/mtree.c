/* Trees as mtree(5) manifests. */
#include "private.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One manifest on its way. */
struct mtree {
    struct archive *archive;
    struct rep_out out;
    const struct rep_node **sorted; /* owned: the nodes by path */
    size_t n;
    bool begun; /* the library wrote its first line */
    bool drop;  /* what closing a failed one writes */
};

/* ---- what the library writes ---------------------------------------------------------------- */

/*
 * mtree(8) takes `*`, `?` and `[` in a name for a pattern, and libarchive leaves them as they are.
 * Outside of names and targets it writes none of them.
 */
static la_ssize_t write_bytes(struct archive *a, void *arg, const void *data, size_t size)
{
    struct mtree *m = arg;
    const char *bytes = data;
    size_t plain = 0;
    if (m->drop) {
        return (la_ssize_t)size;
    }
    m->begun = true;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '*' || bytes[i] == '?' || bytes[i] == '[') {
            rep_buf_add(&m->out.line, bytes + plain, i - plain);
            rep_buf_fmt(&m->out.line, "\\%03o", (unsigned)bytes[i]);
            plain = i + 1;
        }
    }
    rep_buf_add(&m->out.line, bytes + plain, size - plain);
    rep_out_flush(&m->out);
    if (m->out.code) {
        archive_set_error(a, EIO, "output failed");
        return -1;
    }
    return (la_ssize_t)size;
}

static int open_archive(struct mtree *m)
{
    static const char *const keywords[] = {"type", "mode",  "uid",  "gid",
                                           "size", "nlink", "link", "device"};
    struct archive *a = archive_write_new();
    if (!a) {
        return -ENOMEM;
    }
    m->archive = a;
    int code = archive_write_set_format_mtree(a);
    code = code ? code : archive_write_set_format_option(a, "mtree", "all", NULL);
    for (size_t i = 0; !code && i < sizeof keywords / sizeof keywords[0]; i++) {
        code = archive_write_set_format_option(a, "mtree", keywords[i], "1");
    }
    code = code ? code : archive_write_set_bytes_per_block(a, 0);
    code = code ? code : archive_write_open2(a, m, NULL, write_bytes, NULL, NULL);
    return code ? -ENOMEM : 0;
}

/* ---- one node ------------------------------------------------------------------------------- */

/* A number to its end in `base`; false for anything else. */
static bool parse(const char *text, int base, unsigned long max, char until, const char **end,
                  unsigned *ret)
{
    char *stop;
    if (*text < '0' || *text > '9') {
        return false;
    }
    errno = 0;
    unsigned long value = strtoul(text, &stop, base);
    if (errno || value > max || *stop != until) {
        return false;
    }
    *end = stop;
    *ret = (unsigned)value;
    return true;
}

static unsigned filetype(const char *type)
{
    static const struct {
        const char *name;
        unsigned type;
    } types[] = {{"file", AE_IFREG},  {"dir", AE_IFDIR}, {"symlink", AE_IFLNK}, {"fifo", AE_IFIFO},
                 {"sock", AE_IFSOCK}, {"chr", AE_IFCHR}, {"blk", AE_IFBLK}};
    for (size_t i = 0; type && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i].name, type) == 0) {
            return types[i].type;
        }
    }
    return 0;
}

static int fill_special(struct archive_entry *e, unsigned type, const struct rep_node *node)
{
    unsigned major, minor;
    const char *end;
    if (type == AE_IFREG && node->size < 0) {
        return -EINVAL;
    }
    if (type == AE_IFREG) {
        archive_entry_set_size(e, node->size);
    } else if (type == AE_IFLNK) {
        archive_entry_copy_symlink(e, node->target ? node->target : "");
    } else if (type == AE_IFCHR || type == AE_IFBLK) {
        if (!node->rdev || !parse(node->rdev, 10, UINT32_MAX, ':', &end, &major) ||
            !parse(end + 1, 10, UINT32_MAX, '\0', &end, &minor)) {
            return -EINVAL;
        }
        archive_entry_set_rdevmajor(e, major);
        archive_entry_set_rdevminor(e, minor);
    }
    return 0;
}

static int fill_entry(struct archive_entry *e, const struct rep_node *node)
{
    struct rep_buf path = {0};
    unsigned type = filetype(node->type), mode;
    const char *end;
    if (!type || !node->mode || !parse(node->mode, 8, 07777, '\0', &end, &mode)) {
        return -EINVAL;
    }
    rep_buf_fmt(&path, node->path[1] ? ".%s" : ".", node->path);
    if (!path.failed) {
        archive_entry_copy_pathname(e, path.data);
    }
    bool failed = path.failed;
    rep_buf_release(&path);
    archive_entry_set_filetype(e, type);
    archive_entry_set_perm(e, (__LA_MODE_T)mode);
    archive_entry_set_uid(e, node->uid);
    archive_entry_set_gid(e, node->gid);
    archive_entry_set_nlink(e, node->nlink > UINT32_MAX ? UINT32_MAX : (unsigned)node->nlink);
    return failed ? -ENOMEM : fill_special(e, type, node);
}

static int write_node(struct mtree *m, const struct rep_node *node)
{
    if (strcmp(node->type, "?") == 0) {
        return 0;
    }
    struct archive_entry *e = archive_entry_new();
    if (!e) {
        return -ENOMEM;
    }
    int code = fill_entry(e, node);
    if (!code && archive_write_header(m->archive, e) != ARCHIVE_OK) {
        code = -ENOMEM;
    }
    archive_entry_free(e);
    return code;
}

/* ---- the tree ------------------------------------------------------------------------------- */

static int by_path(const void *a, const void *b)
{
    const struct rep_node *const *x = a, *const *y = b;
    return rep_path_compare((*x)->path, (*y)->path);
}

static int check_node(const struct rep_node *node)
{
    if (!rep_path_is_good(node->path) || !node->type) {
        return -EINVAL;
    }
    return strlen(node->path) > REP_MAX_PATH ? -E2BIG : 0;
}

static int sort(struct mtree *m, const struct rep_node *nodes, size_t n)
{
    m->sorted = calloc(n + 1, sizeof(struct rep_node *));
    if (!m->sorted) {
        return -ENOMEM;
    }
    for (m->n = 0; m->n < n; m->n++) {
        int code = check_node(&nodes[m->n]);
        if (code) {
            return code;
        }
        m->sorted[m->n] = &nodes[m->n];
    }
    qsort(m->sorted, n, sizeof(struct rep_node *), by_path);
    for (size_t i = 1; i < n; i++) {
        if (by_path(&m->sorted[i - 1], &m->sorted[i]) == 0) {
            return -EINVAL;
        }
    }
    return 0;
}

/* ---- comments ------------------------------------------------------------------------------- */

static void tell(struct rep_out *out, const struct rep_node *node)
{
    rep_out_raw(out, "# .");
    rep_out_text(out, node->path[1] ? node->path : "");
    rep_out_raw(out, ":");
    if (node->mountpoint) {
        rep_out_raw(out, " mount of ");
        rep_out_text(out, node->fs && *node->fs ? node->fs : "the stub tree");
        rep_out_raw(out, node->flags && *node->flags ? " " : "");
        rep_out_text(out, node->flags);
    }
    if (node->error) {
        rep_out_raw(out, node->mountpoint ? "; error: " : " error: ");
        rep_out_text(out, node->error);
    }
    rep_out_raw(out, "\n");
}

static void tell_all(struct mtree *m)
{
    if (!m->begun) {
        rep_out_raw(&m->out, "#mtree\n");
    }
    for (size_t i = 0; i < m->n; i++) {
        if (m->sorted[i]->mountpoint || m->sorted[i]->error) {
            tell(&m->out, m->sorted[i]);
        }
    }
}

int rep_mtree_write(const struct rep_node *nodes, size_t n, const struct rep_sink *sink)
{
    struct mtree m = {0};
    if (n > REP_MAX_NODES) {
        return -E2BIG;
    }
    rep_out_init(&m.out, sink);
    int code = sort(&m, nodes, n);
    code = code ? code : open_archive(&m);
    for (size_t i = 0; !code && i < n; i++) {
        code = write_node(&m, m.sorted[i]);
    }
    m.drop = code != 0;
    if (!code && archive_write_close(m.archive) != ARCHIVE_OK && !m.out.code) {
        code = -ENOMEM;
    }
    if (!code) {
        tell_all(&m);
    }
    (void)archive_write_free(m.archive);
    free(m.sorted);
    int written = rep_out_finish(&m.out);
    return code ? code : written;
}
