/* The poll loop of `serve`: one thread, many connections, none of which can keep the others
 * waiting. */
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tool.h"

enum {
    SPARE_FDS = 64, /* for everything that is no file of a client */
    FIRST_POLLS = 1 + P9TOOL_LISTENERS,
};

struct serving {
    struct domain *d;
    const struct p9tool_env *env;
    const struct p9tool_serve_options *o;
    struct host *host;
    struct listener listeners[P9TOOL_LISTENERS];
    size_t listeners_n;
    struct list connections;
    uint32_t connections_n, connections_max, fids_max;
    bool accept_paused;   /* no descriptor was left: until a connection ends */
    bool busy;            /* somebody made progress and may have more to do */
    struct pollfd *polls; /* owned: stop, listeners, connections in the order of the list */
};

/* Every fid may hold two descriptors: all clients together must not take what accept needs. */
static uint32_t fid_budget(void)
{
    struct rlimit limit = {.rlim_cur = 1024};
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    rlim_t n =
        limit.rlim_cur > (rlim_t)4 * SPARE_FDS ? (limit.rlim_cur - SPARE_FDS) / 4 : SPARE_FDS / 4;
    return n < P9_FIDS_MAX ? (uint32_t)n : P9_FIDS_MAX;
}

static int open_host(struct serving *v, struct error *err)
{
    int fd = open(v->o->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 ? -errno : host_dir_new(v->d, fd, &v->host);
    if (fd >= 0) {
        (void)close(fd);
    }
    if (rc < 0 && rc != CODE_FATE) {
        (void)error_code(v->d, err, rc);
        return error_wrap(v->d, err, "serve %s", v->o->dir);
    }
    return rc;
}

static int add_connection(struct serving *v, int fd)
{
    struct connection *c;
    int rc = connection_new(v->d, v->host, fd, v->o, v->fids_max, &c);
    if (rc == CODE_FATE) {
        return domain_dead(v->d) ? rc : 0; /* its own fate is its own end */
    }
    if (rc == 0) {
        c->since = v->env->now(v->env->arg);
        list_push_back(&v->connections, &c->link);
        v->connections_n++;
    }
    return 0;
}

static int open_listeners(struct serving *v, struct error *err)
{
    if (v->o->n_listen == 0 || v->o->n_listen > P9TOOL_LISTENERS) {
        return error_set(v->d, err, -EINVAL, "1 to %d addresses to listen on",
                         (int)P9TOOL_LISTENERS);
    }
    for (size_t i = 0; i < v->o->n_listen; i++) {
        struct listener l;
        CLEANUP_MEM char *where = NULL;
        int rc = address_listen(v->d, v->o->listen[i], v->o->any_address, &l, &where, err);
        if (rc < 0) {
            return rc;
        }
        fprintf(v->env->out, "serving %s on %s, %s\n", v->o->dir, where,
                v->o->writable ? "read-write" : "read-only");
        if (!l.connected) {
            v->listeners[v->listeners_n++] = l;
            continue;
        }
        int fd = fcntl(l.fd->fd, F_DUPFD_CLOEXEC, 3);
        listener_release(&l);
        rc = fd < 0 ? error_code(v->d, err, -errno) : add_connection(v, fd);
        if (rc < 0) {
            return rc;
        }
    }
    fflush(v->env->out); /* others wait for it to know the port */
    return 0;
}

/* ------------------------------------------------------------------------------------ loop */

static bool may_accept(const struct serving *v)
{
    return !v->accept_paused && v->connections_n < v->connections_max;
}

static short wanted_events(const struct p9_server *s)
{
    return (short)((p9_server_wants_read(s) ? POLLIN : 0) |
                   (p9_server_wants_write(s) ? POLLOUT : 0));
}

static nfds_t fill_polls(struct serving *v)
{
    nfds_t n = 0;
    v->polls[n++] = (struct pollfd){.fd = v->env->stop_fd, .events = POLLIN};
    for (size_t i = 0; i < v->listeners_n; i++) {
        v->polls[n++] =
            (struct pollfd){.fd = may_accept(v) ? v->listeners[i].fd->fd : -1, .events = POLLIN};
    }
    list_for_each(it, &v->connections)
    {
        const struct p9_server *s = connection_server(container_of(it, struct connection, link));
        v->polls[n++] = (struct pollfd){.fd = s ? p9_server_fd(s) : -1,
                                        .events = s ? wanted_events(s) : (short)0};
    }
    return n;
}

static void end_connection(struct serving *v, struct connection *c)
{
    connection_free(c);
    v->connections_n--;
    v->accept_paused = false;
}

/* Those who never said a word would keep others from being accepted. */
static bool waited_enough(const struct serving *v, const struct connection *c)
{
    return connection_silent(c) &&
           v->env->now(v->env->arg) - c->since > (int64_t)P9TOOL_HANDSHAKE_S * 1000000000;
}

static void serve_connections(struct serving *v)
{
    v->busy = false;
    list_for_each_safe(it, &v->connections)
    {
        struct connection *c = container_of(it, struct connection, link);
        int result = connection_serve(c); /* one turn, so that all get theirs */
        v->busy = v->busy || result == P9_PUMP_PROGRESS;
        if (result == P9_PUMP_DEAD || result == P9_PUMP_HUNG || waited_enough(v, c)) {
            end_connection(v, c);
        }
    }
}

static int accept_from(struct serving *v, const struct listener *l)
{
    while (may_accept(v)) {
        int fd = accept4(l->fd->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            v->accept_paused = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
            return 0; /* EAGAIN, or a client that is gone already */
        }
        int rc = add_connection(v, fd);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

static int one_turn(struct serving *v, bool *ret_stop)
{
    nfds_t n = fill_polls(v);
    if (poll(v->polls, n, v->busy ? 0 : 1000) < 0 && errno != EINTR) {
        return -errno;
    }
    if (v->env->stop_fd >= 0 && v->polls[0].revents) {
        *ret_stop = true;
        return 0;
    }
    serve_connections(v);
    for (size_t i = 0; i < v->listeners_n; i++) {
        int rc = accept_from(v, &v->listeners[i]);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

static int serve_all(struct serving *v)
{
    bool stop = false;
    int rc = 0;
    while (rc == 0 && !stop && (v->listeners_n > 0 || !list_empty(&v->connections))) {
        rc = one_turn(v, &stop);
    }
    return rc;
}

int p9tool_serve(struct domain *d, const struct p9tool_env *env,
                 const struct p9tool_serve_options *o, struct error *err)
{
    struct serving v = {.d = d, .env = env, .o = o};
    list_init(&v.connections);
    v.connections_max = o->connections ? o->connections : P9TOOL_CONNECTIONS;
    v.fids_max = fid_budget();
    v.polls = mem_new(d, (FIRST_POLLS + v.connections_max + P9TOOL_LISTENERS) * sizeof(*v.polls),
                      "polls");
    if (!v.polls) {
        return CODE_FATE;
    }
    int rc = open_host(&v, err);
    if (rc == 0) {
        rc = open_listeners(&v, err);
        if (rc == 0) {
            rc = serve_all(&v);
            rc = rc < 0 ? error_code(d, err, rc) : 0;
        }
    }
    list_for_each_safe(it, &v.connections)
    {
        connection_free(container_of(it, struct connection, link));
    }
    for (size_t i = 0; i < v.listeners_n; i++) {
        listener_release(&v.listeners[i]);
    }
    host_free(v.host);
    mem_free(v.polls);
    return rc;
}
