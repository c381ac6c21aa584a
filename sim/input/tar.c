/* A tar archive as a manifest. */
#include "input.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/sysmacros.h>

enum { READ_BLOCK = 64 << 10 };

/* Entries as they come; the node finds an earlier entry of the same path, which the later one
 * replaces. */
struct tar_entry {
    struct namenode node;
    struct tar_entry *next;
    struct host_entry e;
};

struct tar {
    struct arena *arena;
    const char *path;
    struct error *err;
    struct archive *archive;
    struct namemap by_path;
    struct tar_entry *first, *last;
    size_t n;
    uint64_t bytes;
};

static int tar_fail(struct tar *t, int code, const char *what)
{
    return error_set(t->arena->d, t->err, code, "%s: %s", t->path, what);
}

static int archive_fail(struct tar *t)
{
    const char *why = archive_error_string(t->archive);
    return tar_fail(t, -EINVAL, why ? why : "not a tar archive");
}

/* Relative, without "." components; NULL in *ret: outside of the root. */
static int clean_name(struct tar *t, const char *name, const char **ret)
{
    char *out = arena_alloc(t->arena, strlen(name) + 2);
    if (!out) {
        return CODE_FATE;
    }
    size_t n = 0;
    for (const char *p = name; *p;) {
        size_t len = strcspn(p, "/");
        if (len == 2 && p[0] == '.' && p[1] == '.') {
            *ret = NULL;
            return 0;
        }
        if (len && !(len == 1 && p[0] == '.')) {
            if (n) {
                out[n++] = '/';
            }
            memcpy(out + n, p, len);
            n += len;
        }
        p += len + (p[len] == '/');
    }
    if (!n) {
        out[0] = '.';
    }
    *ret = out;
    return 0;
}

static int read_content(struct tar *t, struct archive_entry *ae, struct host_entry *e)
{
    int64_t size = archive_entry_size_is_set(ae) ? archive_entry_size(ae) : 0;
    t->bytes += size > 0 ? (uint64_t)size : 0;
    if (size < 0 || t->bytes > LIMIT_TAR_BYTES) {
        return tar_fail(t, -E2BIG, "more contents than LIMIT_TAR_BYTES (1 GiB)");
    }
    char *content = arena_alloc(t->arena, (size_t)size + 1);
    if (!content) {
        return CODE_FATE;
    }
    size_t n = 0;
    while (n < (size_t)size) {
        la_ssize_t got = archive_read_data(t->archive, content + n, (size_t)size - n);
        if (got < 0) {
            return archive_fail(t);
        }
        if (!got) {
            break;
        }
        n += (size_t)got;
    }
    e->content = content;
    e->content_n = n;
    return 0;
}

static int copy_target(struct tar *t, const char *target, struct host_entry *e)
{
    e->target = target ? arena_dup(t->arena, target, strlen(target)) : "";
    return e->target ? 0 : CODE_FATE;
}

static int read_type(struct tar *t, struct archive_entry *ae, struct host_entry *e)
{
    const char *link = archive_entry_hardlink(ae);
    if (link) {
        e->type = HOST_HARDLINK;
        int rc = clean_name(t, link, &e->target);
        return !rc && !e->target ? tar_fail(t, -EINVAL, "a hard link leads out of the root") : rc;
    }
    switch (archive_entry_filetype(ae)) {
    case AE_IFDIR:
        e->type = HOST_DIR;
        return 0;
    case AE_IFLNK:
        e->type = HOST_SYMLINK;
        return copy_target(t, archive_entry_symlink(ae), e);
    case AE_IFIFO:
        e->type = HOST_FIFO;
        return 0;
    case AE_IFSOCK:
        e->type = HOST_SOCK;
        return 0;
    case AE_IFCHR:
    case AE_IFBLK:
        e->type = archive_entry_filetype(ae) == AE_IFCHR ? HOST_CHR : HOST_BLK;
        e->major = (uint32_t)archive_entry_rdevmajor(ae);
        e->minor = (uint32_t)archive_entry_rdevminor(ae);
        return 0;
    default:
        e->type = HOST_FILE;
        return read_content(t, ae, e);
    }
}

static int add_entry(struct tar *t, const struct host_entry *e)
{
    struct namenode *old = namemap_find(&t->by_path, e->path);
    if (old) {
        container_of(old, struct tar_entry, node)->e = *e; /* tar: the later one replaces */
        return 0;
    }
    if (t->n >= HOST_MAX_MANIFEST) {
        return tar_fail(t, -E2BIG, "more entries than HOST_MAX_MANIFEST (1000000)");
    }
    struct tar_entry *te = arena_alloc(t->arena, sizeof(*te));
    if (!te) {
        return CODE_FATE;
    }
    te->e = *e;
    te->node.name = e->path;
    namemap_insert(&t->by_path, &te->node);
    *(t->last ? &t->last->next : &t->first) = te;
    t->last = te;
    t->n++;
    return 0;
}

static int read_entry(struct tar *t, struct archive_entry *ae)
{
    struct host_entry e = {.has_mode = true, .has_uid = true, .has_gid = true};
    const char *name = archive_entry_pathname(ae);
    if (!name) {
        return tar_fail(t, -EINVAL, "an entry without a readable name");
    }
    int rc = clean_name(t, name, &e.path);
    if (rc || !e.path) {
        return rc ? rc : tar_fail(t, -EINVAL, "an entry's name leads out of the root");
    }
    int64_t uid = archive_entry_uid(ae), gid = archive_entry_gid(ae);
    if (uid < 0 || gid < 0 || uid > UINT32_MAX || gid > UINT32_MAX) {
        return tar_fail(t, -EINVAL, "an owner is out of the range of uint32");
    }
    e.uid = (uint32_t)uid;
    e.gid = (uint32_t)gid;
    e.mode = (uint32_t)archive_entry_perm(ae) & 07777;
    rc = read_type(t, ae, &e);
    return rc ? rc : add_entry(t, &e);
}

static int make_manifest(struct tar *t, const struct host_manifest **ret)
{
    struct host_manifest *m = arena_alloc(t->arena, sizeof(*m));
    struct host_entry *v = m ? arena_alloc(t->arena, (t->n + 1) * sizeof(*v)) : NULL;
    if (!v) {
        return CODE_FATE;
    }
    for (const struct tar_entry *te = t->first; te; te = te->next) {
        v[m->n++] = te->e;
    }
    m->entries = v;
    *ret = m;
    return 0;
}

/* Only formats and filters that the library unpacks itself: no other program is started. */
static void allow_formats(struct archive *a)
{
    archive_read_support_format_tar(a);
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_zstd(a);
}

int tar_read(struct arena *arena, const char *path, const struct host_manifest **ret,
             struct error *err)
{
    struct tar t = {.arena = arena, .path = path, .err = err, .archive = archive_read_new()};
    if (!t.archive) {
        return domain_oom(arena->d);
    }
    allow_formats(t.archive);
    int rc = archive_read_open_filename(t.archive, path, READ_BLOCK) == ARCHIVE_OK
                 ? 0
                 : archive_fail(&t);
    while (!rc) {
        struct archive_entry *ae;
        int got = archive_read_next_header(t.archive, &ae);
        if (got == ARCHIVE_EOF) {
            rc = make_manifest(&t, ret);
            break;
        }
        rc = got < ARCHIVE_WARN ? archive_fail(&t) : read_entry(&t, ae);
    }
    archive_read_free(t.archive);
    return rc;
}
