/* One client of `serve`: a gofer with one channel, in a domain that is given up as a whole. */
#include "tool.h"

static int start(struct connection *c, struct host *h, struct owned_fd *sock,
                 const struct p9tool_serve_options *o, uint32_t fids)
{
    struct gofer_point *point;
    int rc = gofer_new(&c->domain, h, &c->gofer);
    if (rc == 0) {
        rc = gofer_point_new(
            c->gofer, &(struct gofer_attach){.prefix = "/", .ro_mount = !o->writable}, &point);
    }
    if (rc == 0) {
        rc = gofer_serve(point, sock, &c->channel);
    }
    if (rc == 0) {
        struct p9_server *s = gofer_channel_server(c->channel);
        p9_server_set_personality(s, o->personality);
        p9_server_set_bounds(s, o->msize ? o->msize : P9_MSIZE_DEFAULT, fids);
    }
    return rc;
}

int connection_new(struct domain *d, struct host *h, int fd, const struct p9tool_serve_options *o,
                   uint32_t fids, struct connection **ret)
{
    struct owned_fd *sock;
    struct connection *c = MEM_NEW(d, struct connection);
    if (!c) {
        return CODE_FATE;
    }
    /* strict: what the original does against its own safety is no use here */
    domain_init(&c->domain, "connection", PROFILE_STRICT);
    list_init(&c->link);
    socket_tune(fd);
    int rc = owned_fd_new(&c->domain, fd, "connection", &sock);
    if (rc == 0) {
        rc = start(c, h, sock, o, fids);
    }
    if (rc < 0) {
        connection_free(c);
        return rc;
    }
    *ret = c;
    return 0;
}

void connection_free(struct connection *c)
{
    if (!c) {
        return;
    }
    list_remove(&c->link);
    gofer_free(c->gofer);
    (void)domain_close(&c->domain, NULL, NULL); /* empty, or what a fate has abandoned */
    mem_free(c);
}

int connection_serve(struct connection *c)
{
    return gofer_channel_pump(c->channel);
}

struct p9_server *connection_server(const struct connection *c)
{
    return gofer_channel_server(c->channel);
}

bool connection_silent(const struct connection *c)
{
    struct p9_server *s = connection_server(c);
    return s && p9_server_info(s).requests == 0;
}
