/* Making, removing and moving names (contract ninep 10.6). */
#include "internal.h"

enum { UNLINK_DIRECTORY = 0x200 };

/* Steps of gfs_create_node after the creation itself. `opened` stays the caller's. */
static int created_inode(struct inode *dir, const char *name, const struct p9_file *opened,
                         struct inode **ret)
{
    struct answer a;
    struct p9_file unopened;
    int r = gfs_attr_ask(opened, &a);
    /* A second walk for a fid that can be cloned; whether it leads to the same file is not checked.
     */
    r = r ? r : p9_walk(&gofer_of(dir)->file, &name, 1, NULL, &unopened);
    return r ? r : gfs_inode_new(dir->ms, unopened, &a, ret);
}

int gfs_create_node(struct ctx *c, struct inode *dir, const char *name, uint32_t flags,
                    uint16_t perms, struct created *ret)
{
    struct created made = {0};
    int r = p9_walk(&gofer_of(dir)->file, NULL, 0, NULL, &made.file);
    if (r) {
        return r;
    }
    r = p9_create(&made.file, name, flags, perms, c->creds.euid, c->creds.egid, NULL, NULL,
                  &made.host);
    if (r == 0) {
        gfs_dir_changed(c, dir);
        r = created_inode(dir, name, &made.file, &made.inode);
    }
    if (r) {
        owned_fd_free(made.host);
        return p9_clunk(&made.file) == CODE_FATE ? CODE_FATE : r; /* */
    }
    *ret = made;
    return 0;
}

/* Open the file that was just made. Takes over the inode's reference and the handle's. */
static int open_created(struct ctx *c, const char *name, struct open_flags flags,
                        struct inode *inode, struct handle *h, struct file **ret)
{
    struct dirent *d;
    if (gfs_policy_uses_page_cache(inode)) {
        if (session_of(inode)->cache == GOFER_CACHE_REVALIDATING && !h->host) { /* P-03 */
            gfs_handle_put(h);
            inode_put(inode);
            return -EIO;
        }
        gfs_handle_keep(inode, flags, h);
    }
    int r = dirent_new(inode, name, &d);
    if (r) {
        return r;
    }
    r = gfs_file_new(c, d, flags, h, ret);
    dirent_put(d);
    return r;
}

int gfs_create(struct ctx *c, struct inode *dir, const char *name, struct open_flags flags,
               uint16_t perms, struct file **ret)
{
    struct created made;
    struct handle *h;
    uint32_t mode;
    int r = gfs_handle_open_flags(flags, &mode); /* P-07 */
    r = r ? r : gfs_create_node(c, dir, name, mode, perms, &made);
    r = r ? r : gfs_handle_new(c->s, made.file, made.host, flags, &h);
    if (r) {
        return r;
    }
    return open_created(c, name, flags, made.inode, h, ret);
}

int gfs_mkdir(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)
{
    int r = p9_mkdir(&gofer_of(dir)->file, name, perms, c->creds.euid, c->creds.egid, NULL);
    if (r == 0 && gfs_policy_caches_attrs(dir)) {
        gfs_cached_add_links(c, dir, 1);
        gfs_forget_names(dir);
    }
    return r;
}

int gfs_symlink(struct ctx *c, struct inode *dir, const char *target, const char *name)
{
    int r = p9_symlink(&gofer_of(dir)->file, name, target, c->creds.euid, c->creds.egid, NULL);
    if (r == 0) {
        gfs_dir_changed(c, dir);
    }
    return r;
}

int gfs_link(struct ctx *c, struct inode *dir, struct inode *target, const char *name)
{
    if (!is_gofer_inode(target)) {
        return -EXDEV; /* P-15 */
    }
    int r = p9_link(&gofer_of(dir)->file, &gofer_of(target)->file, name);
    if (r) {
        return r;
    }
    if (gfs_policy_caches_attrs(dir)) {
        gfs_cached_add_links(c, target, 1); /* */
    }
    gfs_dir_changed(c, dir);
    return 0;
}

int gfs_mkfifo(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)
{
    (void)c, (void)dir, (void)name, (void)perms;
    return -EOPNOTSUPP;
}

/* Number of the socket called `name`, or 0. Costs a lookup where sockets can be bound at all. */
static int find_socket(struct ctx *c, struct inode *dir, const char *name, uint64_t *ret)
{
    struct dirent *d;
    *ret = 0;
    if (!session_of(dir)->has_endpoints) {
        return 0;
    }
    int r = gfs_lookup(c, dir, name, &d);
    if (r) {
        return r == CODE_FATE ? r : 0;
    }
    if (d->inode && d->inode->stable.type == INODE_SOCKET) {
        *ret = d->inode->stable.inode_id;
    }
    dirent_put(d);
    return 0;
}

int gfs_remove(struct ctx *c, struct inode *dir, const char *name)
{
    uint64_t socket;
    int r = find_socket(c, dir, name, &socket);
    r = r ? r : p9_unlinkat(&gofer_of(dir)->file, name, 0);
    if (r) {
        return r;
    }
    if (socket) {
        gfs_endpoint_forget(session_of(dir), socket);
    }
    gfs_dir_changed(c, dir);
    return 0;
}

int gfs_rmdir(struct ctx *c, struct inode *dir, const char *name)
{
    int r = p9_unlinkat(&gofer_of(dir)->file, name, UNLINK_DIRECTORY);
    if (r == 0 && gfs_policy_caches_attrs(dir)) {
        gfs_cached_add_links(c, dir, -1);
        gfs_forget_names(dir);
    }
    return r;
}

int gfs_rename(struct ctx *c, struct inode *moved, struct inode *old_dir, const char *old_name,
               struct inode *new_dir, const char *new_name)
{
    (void)old_name;
    if (!is_gofer_inode(old_dir) || !is_gofer_inode(new_dir)) {
        return -EXDEV; /* P-15 */
    }
    /* Q-73 acts inside when the two belong to different connections. */
    int r = p9_rename(&gofer_of(moved)->file, &gofer_of(new_dir)->file, new_name);
    if (r) {
        return r;
    }
    if (type_is_directory(moved->stable.type)) { /* files do not touch the parents */
        if (gfs_policy_caches_attrs(old_dir)) {
            gfs_cached_add_links(c, old_dir, -1);
        }
        if (gfs_policy_caches_attrs(new_dir)) {
            gfs_cached_add_links(c, new_dir, 1);
        }
    }
    if (gfs_policy_caches_listings(session_of(moved))) {
        gfs_forget_names(old_dir);
        gfs_forget_names(new_dir);
    }
    return 0;
}
