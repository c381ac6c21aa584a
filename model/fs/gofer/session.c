/* Sessions: one for each mount source, and what is left of them. */
#include "internal.h"

int gfs_session_new(struct ctx *c, struct gofer_fs *gfs, struct p9_client *client,
                    const char *conn_id, const struct gofer_options *o, struct session **ret)
{
    struct domain *d = &c->s->d;
    struct session *ses = MEM_NEW(d, struct session);
    char *id = ses ? mem_dup(d, conn_id) : NULL;
    char *aname = id ? mem_dup(d, o->aname) : NULL;
    char *asked = aname ? mem_dup(d, o->version) : NULL;
    if (!asked) {
        return CODE_FATE;
    }
    *ses = (struct session){
        .s = c->s,
        .client = client,
        .conn_id = id,
        .aname = aname,
        .asked = asked,
        .msize = o->msize,
        .cache = o->cache,
        .uid = c->creds.euid,
        .gid = c->creds.egid,
        .version = p9_client_info(client).version,
        .has_endpoints = o->private_unix_socket,
    };
    list_init(&ses->endpoints);
    list_push_back(&gfs->sessions, &ses->link);
    *ret = ses;
    return 0;
}

static void forget_texts(struct session *ses)
{
    mem_free(ses->conn_id);
    mem_free(ses->aname);
    mem_free(ses->asked);
    ses->conn_id = ses->aname = ses->asked = NULL;
}

static void session_free(struct session *ses)
{
    list_remove(&ses->link);
    p9_client_free(ses->client);
    forget_texts(ses);
    mem_free(ses);
}

void gfs_session_end(struct session *ses)
{
    if (ses->has_attach) {
        ses->has_attach = false;
        if (p9_clunk(&ses->attach) == CODE_FATE) {
            return;
        }
    }
    if (!quirk_on(&ses->s->d, Q_57)) {
        session_free(ses);
        return;
    }
    forget_texts(ses);
}

/* A session that still holds endpoints, or NULL. */
static struct session *find_bound(struct gofer_fs *gfs)
{
    list_for_each(it, &gfs->sessions)
    {
        struct session *ses = container_of(it, struct session, link);
        if (!list_empty(&ses->endpoints)) {
            return ses;
        }
    }
    return NULL;
}

void gfs_sessions_close(struct gofer_fs *gfs)
{
    /* A bound socket holds its mount source and so its own session: somebody must let go first. */
    for (struct session *ses; (ses = find_bound(gfs));) {
        gfs_endpoints_clear(ses);
    }
    jobs_drain(&gfs->s->d);
    list_for_each_safe(it, &gfs->sessions)
    {
        struct session *ses = container_of(it, struct session, link);
        if (ses->conn_id) {
            list_remove(&ses->link); /* its mount source still lives: the ledger will tell */
        } else {
            session_free(ses);
        }
    }
}
