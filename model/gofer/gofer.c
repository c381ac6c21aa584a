/* The process: attach points, channels, and the three ways to serve them. */
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gofer_impl.h"

int gofer_new(struct domain *d, struct host *h, struct gofer **ret)
{
    struct gofer *g = MEM_NEW(d, struct gofer);
    if (!g) {
        return CODE_FATE;
    }
    g->d = d;
    g->h = h;
    g->next_fd = GOFER_FIRST_FD;
    list_init(&g->points);
    list_init(&g->channels);
    *ret = g;
    return 0;
}

static void close_channels(struct gofer *g)
{
    list_for_each(it, &g->channels)
    {
        struct gofer_channel *c = container_of(it, struct gofer_channel, link);
        p9_server_free(c->server);
        c->server = NULL;
    }
    g->down = true;
}

void gofer_free(struct gofer *g)
{
    if (!g || domain_dead(g->d)) {
        return;
    }
    close_channels(g);
    list_for_each_safe(it, &g->channels)
    {
        mem_free(container_of(it, struct gofer_channel, link));
    }
    list_for_each_safe(it, &g->points)
    {
        struct gofer_point *p = container_of(it, struct gofer_point, link);
        mem_free(p->prefix);
        mem_free(p);
    }
    owned_fd_free(g->hang_fd);
    mem_free(g);
}

int gofer_point_new(struct gofer *g, const struct gofer_attach *conf, struct gofer_point **ret)
{
    struct gofer_point *p = MEM_NEW(g->d, struct gofer_point);
    if (!p) {
        return CODE_FATE;
    }
    p->g = g;
    p->ro_mount = conf->ro_mount;
    p->lazy = conf->lazy_open_for_write;
    p->prefix = path_clean(g->d, conf->prefix);
    if (!p->prefix) {
        return CODE_FATE;
    }
    list_push_back(&g->points, &p->link);
    *ret = p;
    return 0;
}

int gofer_serve(struct gofer_point *point, struct owned_fd *sock, struct gofer_channel **ret)
{
    struct gofer *g = point->g;
    struct gofer_channel *c = MEM_NEW(g->d, struct gofer_channel);
    if (!c) {
        return CODE_FATE; /* the ledger closes the socket */
    }
    const struct p9_attach_point hook = {
        .attach = served_attach_hook, .attach_std = std_attach_hook, .arg = point};
    int rc = p9_server_new(g->d, sock, &hook, &c->server);
    if (rc < 0) {
        mem_free(c);
        return rc;
    }
    c->g = g;
    c->fd = g->next_fd++;
    list_push_back(&g->channels, &c->link);
    *ret = c;
    return 0;
}

struct p9_server *gofer_channel_server(const struct gofer_channel *c)
{
    return c->server;
}

/* whatever way a server returns, the process goes with it; the others see an end of file. */
static void channel_ended(struct gofer_channel *c)
{
    struct gofer *g = c->g;
    if (domain_dead(g->d)) {
        return;
    }
    if (!quirk_on(g->d, Q_35)) {
        p9_server_free(c->server);
        c->server = NULL;
        return;
    }
    log_line(g->d, LOG_WARNING,
             "FATAL ERROR: P9 server returned error. Gofer is shutting down. FD: %d, err: EOF",
             c->fd);
    close_channels(g);
}

int gofer_channel_pump(void *channel)
{
    struct gofer_channel *c = channel;
    if (c->g->d->fate == FATE_HANG) {
        return P9_PUMP_HUNG;
    }
    if (!c->server || domain_dead(c->g->d)) {
        return P9_PUMP_DEAD;
    }
    int result = p9_server_serve_some(c->server);
    if (result == P9_PUMP_DEAD) {
        channel_ended(c);
    }
    return result;
}

int gofer_pump(void *gofer)
{
    struct gofer *g = gofer;
    int result = P9_PUMP_DEAD; /* when nobody is left */
    list_for_each(it, &g->channels)
    {
        int one = gofer_channel_pump(container_of(it, struct gofer_channel, link));
        if (one == P9_PUMP_HUNG) {
            return one;
        }
        if (one == P9_PUMP_PROGRESS || result == P9_PUMP_DEAD) {
            result = one;
        }
    }
    return result;
}

/* -------------------------------------------------------------- a gofer of its own */

int gofer_hang_fd(struct gofer *g)
{
    if (!g->hang_fd) {
        int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (fd < 0) {
            return -errno;
        }
        int rc = owned_fd_new(g->d, fd, "gofer hang", &g->hang_fd);
        return rc < 0 ? rc : fd;
    }
    return g->hang_fd->fd;
}

static size_t fill_poll(struct gofer *g, struct pollfd *fds)
{
    size_t n = 0;
    list_for_each(it, &g->channels)
    {
        const struct gofer_channel *c = container_of(it, struct gofer_channel, link);
        if (c->server) {
            int events = (p9_server_wants_read(c->server) ? POLLIN : 0) |
                         (p9_server_wants_write(c->server) ? POLLOUT : 0);
            fds[n++] = (struct pollfd){.fd = p9_server_fd(c->server), .events = (short)events};
        }
    }
    return n;
}

static void tell_hang(struct gofer *g)
{
    if (g->d->fate == FATE_HANG && g->hang_fd) {
        (void)eventfd_write(g->hang_fd->fd, 1); /* cannot fail: it is written once */
    }
}

int gofer_run(struct gofer *g)
{
    size_t n = 0;
    list_for_each(it, &g->channels)
    {
        n++;
    }
    struct pollfd *fds = mem_new(g->d, (n + 1) * sizeof(*fds), "gofer poll");
    while (fds) {
        int result = gofer_pump(g);
        if (domain_dead(g->d) || result == P9_PUMP_DEAD) {
            break;
        }
        /* none: one that was idle a moment ago went with another */
        nfds_t open = result == P9_PUMP_IDLE ? (nfds_t)fill_poll(g, fds) : 0;
        if (open > 0) {
            (void)poll(fds, open, -1); /* woken for nothing: idle again */
        }
    }
    tell_hang(g);
    mem_free(fds);
    return domain_dead(g->d) ? CODE_FATE : 0;
}

int gofer_wait_pump(void *wait)
{
    const struct gofer_wait *w = wait;
    struct pollfd fds[2] = {
        {.fd = w->client_fd, .events = (short)(w->unsent ? POLLIN | POLLOUT : POLLIN)},
        {.fd = w->hang_fd, .events = POLLIN}};
    if (poll(fds, 2, -1) < 0) {
        return errno == EINTR ? P9_PUMP_PROGRESS : P9_PUMP_DEAD;
    }
    /* what was answered before the hang still counts */
    return fds[0].revents ? P9_PUMP_PROGRESS : P9_PUMP_HUNG;
}
