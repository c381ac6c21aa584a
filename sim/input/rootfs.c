/* Root file systems that cases share: read once, kept by the reader. */
#include "input.h"

#include <sys/stat.h>

/* FNV-1a over `n` bytes, and a mark behind them so that neighbours do not run together. */
static uint64_t mix(uint64_t h, const void *p, size_t n)
{
    const unsigned char *c = p;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ c[i]) * 0x100000001b3ull;
    }
    return (h ^ n) * 0x100000001b3ull;
}

static uint64_t mix_entry(uint64_t h, const struct host_entry *e)
{
    const uint32_t numbers[] = {(uint32_t)e->type, e->mode, e->uid, e->gid, e->major, e->minor};
    h = mix(h, e->path, strlen(e->path));
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        h = (h ^ numbers[i]) * 0x100000001b3ull;
    }
    h = mix(h, e->content, e->content_n);
    return mix(h, e->target, e->target ? strlen(e->target) : 0);
}

/* An archive is known by what is in it, not by its bytes: packing it anew changes nothing. */
static int identify_tar(struct rootfs *r)
{
    uint64_t h = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < r->manifest->n; i++) {
        h = mix_entry(h, &r->manifest->entries[i]);
    }
    const char *text = arena_printf(r->arena, "tar:%016llx", (unsigned long long)h);
    if (!text) {
        return CODE_FATE;
    }
    r->identity = (struct text_range){text, strlen(text)};
    return 0;
}

static int read_manifest(struct rootfs *r, struct error *err)
{
    r->kind = TREE_MANIFEST;
    r->identity = (struct text_range){r->doc.bytes, r->doc.n};
    return manifest_read(&r->doc, r->doc.root, &r->manifest, err);
}

static int load_default(struct rootfs_cache *cache, struct rootfs *r, struct error *err)
{
    int rc = json_parse(cache->d, "default", 1, "rootfs", case_default_rootfs,
                        case_default_rootfs_n, &r->doc, err);
    return rc ? rc : read_manifest(r, err);
}

static int load_manifest(struct rootfs_cache *cache, struct rootfs *r, struct error *err)
{
    char *bytes;
    size_t n;
    int rc = file_read(cache->d, r->where, &bytes, &n, err);
    if (rc) {
        return rc;
    }
    rc = json_parse(cache->d, r->where, 1, "rootfs", bytes, n, &r->doc, err);
    mem_free(bytes);
    return rc ? rc : read_manifest(r, err);
}

static int load(struct rootfs_cache *cache, struct rootfs *r, struct error *err)
{
    if (!strcmp(r->where, "default")) {
        return load_default(cache, r, err);
    }
    if (cache->no_files) {
        return error_set(cache->d, err, -EPERM, "%s: no files are opened here", r->where);
    }
    struct stat st;
    if (stat(r->where, &st)) {
        int code = -errno;
        return error_set(cache->d, err, code, "%s: %s", r->where, code_text(code));
    }
    if (S_ISDIR(st.st_mode)) {
        r->kind = TREE_HOST;
        r->host_path = r->where;
        bool whole;
        const char *text = host_identity(r->arena, r->where, &whole);
        r->identity = (struct text_range){text, text ? strlen(text) : 0};
        r->partly = !whole;
        return text ? 0 : CODE_FATE;
    }
    size_t n = strlen(r->where);
    if (n > 5 && !strcmp(r->where + n - 5, ".json")) {
        return load_manifest(cache, r, err);
    }
    r->kind = TREE_MANIFEST;
    int rc = tar_read(r->arena, r->where, &r->manifest, err);
    return rc ? rc : identify_tar(r);
}

static void rootfs_free(struct rootfs *r)
{
    if (r) {
        json_release(&r->doc);
        arena_free(r->arena);
        mem_free(r);
    }
}

static struct rootfs *rootfs_new(struct rootfs_cache *cache, const char *where)
{
    struct rootfs *r = MEM_NEW(cache->d, struct rootfs);
    struct arena *arena = r ? arena_new(cache->d) : NULL;
    if (!arena) {
        mem_free(r);
        return NULL;
    }
    r->arena = arena;
    r->where = arena_dup(arena, where, strlen(where));
    if (!r->where) {
        rootfs_free(r);
        return NULL;
    }
    return r;
}

/* The cache has a domain of its own; what went wrong there is told in the asker's. */
static int pass_error(struct rootfs_cache *cache, struct domain *ed, int rc, struct error *inner,
                      struct error *err)
{
    if (rc == CODE_FATE && cache->d != ed) {
        rc = domain_oom(ed);
    } else if (rc != CODE_FATE) {
        rc = error_set(ed, err, rc, "root file system: %s", inner->text);
    }
    error_release(inner);
    return rc;
}

int rootfs_get(struct rootfs_cache *cache, const char *where, struct domain *ed,
               const struct rootfs **ret, struct error *err)
{
    struct error inner = {0};
    for (const struct rootfs *r = cache->list; r; r = r->next) {
        if (!strcmp(r->where, where)) {
            *ret = r;
            return 0;
        }
    }
    struct rootfs *r = rootfs_new(cache, where);
    int rc = r ? load(cache, r, &inner) : CODE_FATE;
    if (rc) {
        rootfs_free(r);
        return pass_error(cache, ed, rc, &inner, err);
    }
    r->next = cache->list;
    cache->list = r;
    *ret = r;
    return 0;
}

void rootfs_cache_release(struct rootfs_cache *cache)
{
    for (struct rootfs *r = cache->list, *next; r; r = next) {
        next = r->next;
        rootfs_free(r);
    }
    cache->list = NULL;
}
