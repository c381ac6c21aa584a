/* A manifest's entries: paths and values as libarchive decodes them. */
#include "mtree.h"

#include <archive.h>
#include <archive_entry.h>
#include <simrun/host.h>

/* One manifest on its way. */
struct reading {
    struct mtree *m;
    struct error *err;
    struct archive *archive;
};

static int fail(const struct reading *r, const struct mtree_entry *e, const char *what)
{
    return error_set(r->m->d, r->err, -EINVAL, "%s:%u: %s", r->m->file, e->line, what);
}

/* `./NUMBER/PATH`, where the number must be the entry's; then the path without empty components
 * and `.`. */
static int take_path(const struct reading *r, struct mtree_entry *e, size_t number,
                     const char *name)
{
    char *end;
    if (!name || strncmp(name, "./", 2) != 0 || strtoull(name + 2, &end, 10) != number ||
        *end != '/') {
        return fail(r, e, "libarchive reads another path here");
    }
    char *path = arena_alloc(r->m->arena, strlen(end) + 2);
    if (!path) {
        return CODE_FATE;
    }
    size_t n = 0;
    for (const char *p = end; *p;) {
        size_t len = strcspn(p, "/");
        if (len == 2 && p[0] == '.' && p[1] == '.') {
            return fail(r, e, "`..` in a path");
        }
        if (len && !(len == 1 && p[0] == '.')) {
            path[n++] = '/';
            memcpy(path + n, p, len);
            n += len;
        }
        p += len + (p[len] == '/');
    }
    if (!n) {
        path[0] = '/';
    }
    e->path = path;
    return 0;
}

static const char *type_of(const struct mtree *m, const struct mtree_entry *e)
{
    static const struct {
        const char *mtree, *shown;
    } types[] = {{"file", "file"},   {"dir", "dir"},  {"link", "symlink"}, {"fifo", "fifo"},
                 {"socket", "sock"}, {"char", "chr"}, {"block", "blk"}};
    struct span v = e->value[MTREE_TYPE];
    for (size_t i = 0; (e->has & 1u << MTREE_TYPE) && i < ARRAY_LEN(types); i++) {
        if (strlen(types[i].mtree) == v.n && !memcmp(types[i].mtree, m->bytes + v.at, v.n)) {
            return types[i].shown;
        }
    }
    return NULL;
}

static int take_values(const struct reading *r, struct mtree_entry *e, struct archive_entry *ae)
{
    const char *target = archive_entry_symlink(ae);
    e->type = type_of(r->m, e);
    e->mode = (uint32_t)archive_entry_perm(ae) & 07777;
    e->uid = (uint32_t)archive_entry_uid(ae);
    e->gid = (uint32_t)archive_entry_gid(ae);
    e->size = archive_entry_size(ae);
    e->nlink = archive_entry_nlink(ae);
    e->major = (uint32_t)archive_entry_rdevmajor(ae);
    e->minor = (uint32_t)archive_entry_rdevminor(ae);
    if (e->has & 1u << MTREE_LINK) {
        e->target = arena_dup(r->m->arena, target ? target : "", target ? strlen(target) : 0);
        return e->target ? 0 : CODE_FATE;
    }
    return 0;
}

static int take_entry(const struct reading *r, size_t i)
{
    struct archive_entry *ae;
    struct mtree_entry *e = &r->m->entries[i];
    int code = archive_read_next_header(r->archive, &ae);
    if (code != ARCHIVE_OK) {
        const char *why = code == ARCHIVE_EOF ? NULL : archive_error_string(r->archive);
        return fail(r, e, why ? why : "libarchive reads no entry here");
    }
    code = take_path(r, e, i, archive_entry_pathname(ae));
    return code ? code : take_values(r, e, ae);
}

static int by_path(const void *a, const void *b)
{
    const struct mtree_entry *const *x = a, *const *y = b;
    int order = strcmp((*x)->path, (*y)->path);
    return order ? order : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static int sort(const struct reading *r)
{
    struct mtree *m = r->m;
    m->sorted = mem_resize(m->d, NULL, 0, m->n + 1, sizeof(void *), "manifest");
    if (!m->sorted) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < m->n; i++) {
        m->sorted[i] = &m->entries[i];
    }
    qsort(m->sorted, m->n, sizeof(void *), by_path);
    for (size_t i = 1; i < m->n; i++) {
        if (strcmp(m->sorted[i - 1]->path, m->sorted[i]->path) == 0) {
            return error_set(m->d, r->err, -EINVAL,
                             "%s:%u: the path \"%.200s\" stands on line %u too", m->file,
                             m->sorted[i]->line, m->sorted[i]->path, m->sorted[i - 1]->line);
        }
    }
    return 0;
}

static int decode(struct mtree *m, const struct str *plain, struct error *err)
{
    struct reading r = {m, err, archive_read_new()};
    if (!r.archive || archive_read_support_format_mtree(r.archive) != ARCHIVE_OK) {
        archive_read_free(r.archive);
        return domain_oom(m->d);
    }
    int code = 0;
    if (archive_read_open_memory(r.archive, str_get(plain), plain->n) != ARCHIVE_OK) {
        code = error_set(m->d, err, -EINVAL, "%s: %s", m->file, archive_error_string(r.archive));
    }
    for (size_t i = 0; !code && i < m->n; i++) {
        code = take_entry(&r, i);
    }
    archive_read_free(r.archive);
    return code ? code : sort(&r);
}

int mtree_read(struct domain *d, const char *file, const char *bytes, size_t n, struct mtree *ret,
               struct error *err)
{
    struct mtree m = {.d = d, .file = file, .bytes = bytes, .n_bytes = n, .arena = arena_new(d)};
    struct str plain;
    str_init(&plain, d);
    int code = m.arena ? mtree_scan(&m, &plain, err) : CODE_FATE;
    code = code ? code : decode(&m, &plain, err);
    str_release(&plain);
    if (code) {
        mtree_release(&m);
        return code;
    }
    *ret = m;
    return 0;
}

void mtree_release(struct mtree *m)
{
    mem_free(m->sorted);
    mem_free(m->entries);
    arena_free(m->arena);
    *m = (struct mtree){0};
}
