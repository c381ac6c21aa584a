/* Sockets bound in a mount with private sockets (contract ninep 10.2, 10.6). */
#include "internal.h"

static struct endpoint *endpoint_find(const struct session *ses, uint64_t inode_id)
{
    list_for_each(it, &ses->endpoints)
    {
        struct endpoint *e = container_of(it, struct endpoint, link);
        if (e->inode_id == inode_id) {
            return e;
        }
    }
    return NULL;
}

bool gfs_endpoint_known(const struct session *ses, uint64_t inode_id)
{
    return endpoint_find(ses, inode_id) != NULL;
}

static void endpoint_free(struct endpoint *e)
{
    struct dirent *d = e->dirent;
    list_remove(&e->link);
    mem_free(e);
    dirent_put(d);
}

void gfs_endpoint_forget(struct session *ses, uint64_t inode_id)
{
    struct endpoint *e = endpoint_find(ses, inode_id);
    if (e) {
        endpoint_free(e);
    }
}

void gfs_endpoints_clear(struct session *ses)
{
    while (!list_empty(&ses->endpoints) && !domain_dead(&ses->s->d)) {
        endpoint_free(container_of(ses->endpoints.next, struct endpoint, link));
    }
}

int gfs_endpoint_add(struct session *ses, struct dirent *d)
{
    struct endpoint *e = MEM_NEW(&ses->s->d, struct endpoint);
    if (!e) {
        return CODE_FATE;
    }
    uint64_t inode_id = d->inode->stable.inode_id;
    gfs_endpoint_forget(ses, inode_id); /* a number that the server used again */
    e->inode_id = inode_id;
    e->dirent = dirent_get(d);
    list_push_back(&ses->endpoints, &e->link);
    return 0;
}

/* The server gets a regular file; only here is it a socket. */
int gfs_bind(struct ctx *c, struct inode *dir, const char *name, uint16_t perms,
             struct dirent **ret)
{
    struct session *ses = session_of(dir);
    struct created made;
    if (!ses->has_endpoints) {
        return -EOPNOTSUPP;
    }
    int r = gfs_create_node(c, dir, name, P9_OPEN_RDWR, perms, &made);
    if (r) {
        return r;
    }
    owned_fd_free(made.host);                /* P-08: there need not be one */
    if (p9_clunk(&made.file) == CODE_FATE) { /* */
        return CODE_FATE;
    }
    made.inode->stable.type = INODE_SOCKET;
    struct dirent *d;
    r = dirent_new(made.inode, name, &d);
    r = r ? r : gfs_endpoint_add(ses, d);
    if (r == 0) {
        *ret = d;
    }
    return r;
}
