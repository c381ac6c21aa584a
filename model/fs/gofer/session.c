/* Sessions: one for each mount source, and what is left of them. */
#include "internal.h"

int gfs_session_new(struct ctx *c, struct gofer_fs *gfs, struct p9_client *client,
                    const char *conn_id, const struct gofer_options *o, struct session **ret)
{
    struct domain *d = &c->s->d;
    struct session *ses = MEM_NEW(d, struct session);
    char *id = ses ? mem_dup(d, conn_id) : NULL;
    if (!id) {
        return CODE_FATE;
    }
    *ses = (struct session){
        .s = c->s,
        .client = client,
        .conn_id = id,
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

static void session_free(struct session *ses)
{
    list_remove(&ses->link);
    p9_client_free(ses->client);
    mem_free(ses->conn_id);
    mem_free(ses);
}

void gfs_session_end(struct session *ses)
{
    if (!quirk_on(&ses->s->d, Q_57)) {
        session_free(ses);
        return;
    }
    mem_free(ses->conn_id);
    ses->conn_id = NULL;
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
