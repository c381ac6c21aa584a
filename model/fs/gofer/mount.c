/* Registration, and making a mount (contract ninep 10.1, 10.2). */
#include "internal.h"

static void gofer_fs_release(struct filesystem *fs)
{
    struct gofer_fs *gfs = fs->priv;
    gfs_sessions_close(gfs);
    mem_free(gfs);
}

int fs_gofer_register(struct sentry *s, struct gofer_channels *channels)
{
    struct gofer_fs *gfs = MEM_NEW(&s->d, struct gofer_fs);
    if (!gfs) {
        return CODE_FATE;
    }
    gfs->s = s;
    gfs->channels = channels;
    list_init(&gfs->sessions);
    return filesystem_register(s, &(struct filesystem){
                                      .name = "9p",
                                      .allow_user_list = true,
                                      .mount = gfs_mount,
                                      .release = gofer_fs_release,
                                      .priv = gfs,
                                  });
}

/* The root of a session: attach, then ask for everything. Q-61: the valid mask is not looked at. */
static int attach_root(struct p9_client *client, const char *aname, struct p9_file *ret,
                       struct answer *ret_answer)
{
    struct p9_file root;
    struct answer a = {0};
    int r = p9_attach(client, aname, &root);
    if (r) {
        return r;
    }
    r = p9_getattr(&root, P9_ATTR_ALL, &a.qid, &a.valid, &a.attr);
    if (r) {
        return p9_clunk(&root) == CODE_FATE ? CODE_FATE : r;
    }
    *ret = root;
    *ret_answer = a;
    return 0;
}

/* Takes over `client` in any case. */
static int mount_session(struct ctx *c, struct filesystem *fs, const char *device,
                         struct mount_flags flags, const struct gofer_options *o,
                         struct p9_client *client, struct inode **ret, struct error *err)
{
    struct p9_file root;
    struct answer a;
    struct session *ses;
    struct mount_source *ms;
    int r = attach_root(client, o->aname, &root, &a);
    if (r) {
        p9_client_free(client); /* */
        return error_code(&c->s->d, err, r);
    }
    /* From here on only a fate can stop it. */
    r = gfs_session_new(c, fs->priv, client, device, o, &ses);
    r = r ? r : mount_source_new(c->s, &gfs_source_ops, fs, flags, ses, &ms);
    if (r) {
        return r;
    }
    r = gfs_inode_new(ms, root, &a, ret);
    mount_source_put(ms);
    return r;
}

int gfs_connect(struct ctx *c, struct filesystem *fs, const struct gofer_options *o,
                struct p9_client **ret, struct error *err)
{
    struct domain *d = &c->s->d;
    const struct gofer_fs *gfs = fs->priv;
    struct owned_fd *sock;
    struct p9_pump pump;
    int r = gfs_channels_take(gfs->channels, o->fd, &sock, &pump);
    return r ? error_code(d, err, r)
             : p9_client_new(d, sock, o->msize, o->version, pump.run ? &pump : NULL, err, ret);
}

int gfs_mount(struct ctx *c, struct filesystem *fs, const char *device, struct mount_flags flags,
              const char *data, struct inode **ret, struct error *err)
{
    struct gofer_options o;
    int r = gfs_options_parse(&c->s->d, data, &o, err);
    if (r) {
        return r;
    }
    struct p9_client *client = NULL;
    r = gfs_connect(c, fs, &o, &client, err);
    r = r ? r : mount_session(c, fs, device, flags, &o, client, ret, err);
    gfs_options_release(&o);
    return r;
}

struct p9_client *fs_gofer_client(const struct mount_source *ms)
{
    const struct session *ses = ms->ops == &gfs_source_ops ? ms->priv : NULL;
    return ses ? ses->client : NULL;
}

int fs_gofer_cache(const struct mount_source *ms, enum gofer_cache *ret)
{
    if (ms->ops != &gfs_source_ops) {
        return -EINVAL;
    }
    *ret = ((const struct session *)ms->priv)->cache;
    return 0;
}

size_t fs_gofer_idle_connections(const struct sentry *s)
{
    const struct filesystem *fs = filesystem_find(s, "9p");
    size_t n = 0;
    if (fs) {
        const struct gofer_fs *gfs = fs->priv;
        list_for_each(it, &gfs->sessions)
        {
            n += container_of(it, struct session, link)->conn_id == NULL;
        }
    }
    return n;
}
