/* Listing a directory (contract ninep 10.7). */
#include "internal.h"

enum { READDIR_COUNT = 65536 };

/* I-20: our own kind of server repeats the qid's type, others send their own numbers. */
static enum inode_type entry_type(const struct p9_client *client, const struct p9_dirent *e)
{
    uint8_t t = p9_client_personality(client) == P9_STD ? e->qid.type : e->type;
    return t == P9_QTDIR       ? INODE_DIRECTORY
           : t == P9_QTSYMLINK ? INODE_SYMLINK
                               : INODE_REGULAR; /* */
}

/* A name can neither hold a NUL nor a slash: who sends that is no file server. */
static int add_entry(const struct inode *dir, const struct p9_dirent *e, struct dent_map *names)
{
    const struct gofer_inode *gi = gofer_of(dir);
    char small[256];
    CLEANUP_MEM char *large = NULL;
    char *name = small;
    if (memchr(e->name.p, '\0', e->name.n) || memchr(e->name.p, '/', e->name.n)) {
        return -EIO;
    }
    if (e->name.n < sizeof(small)) {
        memcpy(small, e->name.p, e->name.n);
        small[e->name.n] = '\0';
    } else {
        name = large = mem_dupn(names->d, e->name.p, e->name.n);
        if (!large) {
            return CODE_FATE;
        }
    }
    if (!name_is_safe(name)) {
        return 0; /* "." and ".." come from above */
    }
    struct dent_attr attr = {.type = entry_type(gi->session->client, e)};
    int r = device_map_inode(dir->s, DEVICE_GOFER, gi->rdev, gi->session->conn_id, e->qid.path,
                             &attr.inode_id);
    return r ? r : dent_map_add(names, name, attr);
}

/* One Treaddir: how many entries came, and where the next one begins. */
static int fetch_some(const struct inode *dir, const struct handle *h, uint64_t *offset,
                      struct dent_map *names, size_t *ret)
{
    const uint8_t *data;
    size_t n, cursor = 0, count = 0;
    uint64_t next = *offset;
    struct p9_dirent e;
    int r = p9_readdir(&h->file, *offset, READDIR_COUNT, &data, &n);
    while (r == 0 && p9_dirent_next(data, n, &cursor, &e)) {
        r = add_entry(dir, &e, names);
        next = e.offset;
        count++;
    }
    if (r) {
        return r;
    }
    if (count > 0 && next == *offset) {
        return -EIO; /* it would never end */
    }
    *offset = next;
    *ret = count;
    return 0;
}

static int fetch_all(const struct inode *dir, const struct handle *h, struct dent_map *names)
{
    uint64_t offset = 0;
    for (size_t total = 0, n = 1; n > 0; total += n) {
        int r = fetch_some(dir, h, &offset, names, &n);
        if (r) {
            return r;
        }
        if (total > GOFER_DIR_ENTRIES_MAX) {
            return -EIO;
        }
    }
    return 0;
}

/* Through the listing that the inode remembers. */
static int iterate_cached(struct inode *dir, const struct handle *h, struct dir_ctx *dc, int *n)
{
    struct gofer_inode *gi = gofer_of(dir);
    if (!gi->has_names) {
        int r = fetch_all(dir, h, &gi->names);
        if (r) {
            gfs_forget_names(dir);
            return r;
        }
        gi->has_names = true;
    }
    return dent_map_emit(&gi->names, dc, n);
}

static int iterate_fresh(struct inode *dir, const struct handle *h, struct dir_ctx *dc, int *n)
{
    struct dent_map names;
    dent_map_init(&names, &dir->s->d);
    int r = fetch_all(dir, h, &names);
    r = r ? r : dent_map_emit(&names, dc, n);
    dent_map_release(&names);
    return r;
}

int gfs_iterate(struct ctx *c, struct file *f, struct dir_ctx *dc, int64_t offset, int *n)
{
    (void)offset; /* the cursor is the place */
    struct inode *dir = f->dirent->inode;
    if (!type_is_directory(dir->stable.type)) {
        return -ENOTDIR;
    }
    int r = gfs_policy_caches_listings(session_of(dir)) ? iterate_cached(dir, f->priv, dc, n)
                                                        : iterate_fresh(dir, f->priv, dc, n);
    if (r != CODE_FATE && gfs_policy_caches_attrs(dir)) {
        gfs_cached_touch_atime(c, dir);
    }
    return r;
}
