/* Where to listen and what to connect to. */
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tool.h"

enum { BACKLOG = 128, HOST_BYTES = 256 };

enum kind { KIND_UNIX, KIND_TCP, KIND_FD };

struct address {
    enum kind kind;
    const char *path; /* into the text */
    char host[HOST_BYTES];
    const char *port; /* into the text */
    int fd;
};

static int bad_address(struct domain *d, struct error *err, const char *text)
{
    return error_set(d, err, -EINVAL,
                     "%s is no address: unix:PATH, HOST:PORT, :PORT or fd:NUMBER are", text);
}

static int parse_number(const char *text, long max)
{
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    bool digits = text[0] >= '0' && text[0] <= '9';
    return !digits || *end || errno || n > max ? -EINVAL : (int)n;
}

/* The host of HOST:PORT without its brackets; none means loopback. */
static int split_host(const char *text, struct address *a)
{
    const char *colon = strrchr(text, ':');
    if (!colon || parse_number(colon + 1, 65535) < 0) {
        return -EINVAL;
    }
    size_t n = (size_t)(colon - text);
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    }
    if (n >= sizeof(a->host)) {
        return -EINVAL;
    }
    memcpy(a->host, text, n);
    a->host[n] = '\0';
    if (n == 0) {
        memcpy(a->host, "127.0.0.1", sizeof("127.0.0.1"));
    }
    a->port = colon + 1;
    return 0;
}

static int address_parse(const char *text, struct address *ret)
{
    *ret = (struct address){.kind = KIND_TCP};
    if (strncmp(text, "fd:", 3) == 0) {
        ret->kind = KIND_FD;
        ret->fd = parse_number(text + 3, INT32_MAX);
        return ret->fd < 0 ? ret->fd : 0;
    }
    bool prefixed = strncmp(text, "unix:", 5) == 0;
    if (prefixed || strchr(text, '/')) {
        ret->kind = KIND_UNIX;
        ret->path = prefixed ? text + 5 : text;
        return ret->path[0] ? 0 : -EINVAL;
    }
    return split_host(strncmp(text, "tcp:", 4) == 0 ? text + 4 : text, ret);
}

bool p9tool_is_address(const char *text)
{
    struct address a;
    return address_parse(text, &a) == 0;
}

static int unix_address(const char *path, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(ret->sun_path)) {
        return -ENAMETOOLONG;
    }
    memcpy(ret->sun_path, path, strlen(path) + 1);
    return 0;
}

void socket_tune(int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* ------------------------------------------------------------------------------ listening */

/* A socket that nobody listens on any more is in the way. */
static bool is_stale(const struct sockaddr_un *where)
{
    struct stat st;
    if (lstat(where->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode)) {
        return false;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool stale = fd >= 0 && connect(fd, (const struct sockaddr *)where, sizeof(*where)) < 0 &&
                 errno == ECONNREFUSED;
    if (fd >= 0) {
        (void)close(fd);
    }
    return stale;
}

/* Before listen nobody can connect, so the mode is right from the first moment. */
static int bind_unix(int fd, const char *path)
{
    struct sockaddr_un where;
    int rc = unix_address(path, &where);
    if (rc < 0) {
        return rc;
    }
    const struct sockaddr *sa = (const struct sockaddr *)&where;
    rc = bind(fd, sa, sizeof(where));
    if (rc < 0 && errno == EADDRINUSE && is_stale(&where)) {
        (void)unlink(path);
        rc = bind(fd, sa, sizeof(where));
    } else if (rc < 0) {
        return -errno;
    }
    return rc < 0 || chmod(path, 0600) < 0 || listen(fd, BACKLOG) < 0 ? -errno : 0;
}

static int listen_unix(struct domain *d, const struct address *a, struct listener *ret)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -errno;
    }
    int rc = owned_fd_new(d, fd, "listener", &ret->fd);
    if (rc < 0) {
        return rc;
    }
    rc = bind_unix(fd, a->path);
    if (rc == 0) {
        ret->unlink_path = mem_dup(d, a->path);
        rc = ret->unlink_path ? 0 : CODE_FATE;
    }
    return rc;
}

static bool is_loopback(const struct sockaddr *sa)
{
    if (sa->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)sa;
        return ntohl(in->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *in6 = (const void *)sa;
    return sa->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

static int bind_tcp(struct domain *d, const struct addrinfo *ai, struct listener *ret)
{
    int on = 1;
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -errno;
    }
    int rc = owned_fd_new(d, fd, "listener", &ret->fd);
    if (rc < 0) {
        return rc;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    return bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0 ? -errno : 0;
}

static int listen_tcp(struct domain *d, const struct address *a, bool any, struct listener *ret,
                      struct error *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *ai;
    int rc = getaddrinfo(a->host, a->port, &hints, &ai);
    if (rc != 0) {
        return error_set(d, err, -EINVAL, "%s: %s", a->host, gai_strerror(rc));
    }
    if (!any && !is_loopback(ai->ai_addr)) {
        rc = error_set(d, err, -EACCES,
                       "%s can be reached from other machines: --any-address allows it", a->host);
    } else {
        rc = bind_tcp(d, ai, ret);
        rc = rc < 0 ? error_code(d, err, rc) : 0;
    }
    freeaddrinfo(ai);
    return rc;
}

/* An inherited socket stays the user's: it is duplicated. */
static int listen_inherited(struct domain *d, int number, struct listener *ret)
{
    int listening, type;
    socklen_t n = sizeof(int), m = sizeof(int);
    if (getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) < 0 ||
        getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &m) < 0) {
        return -errno;
    }
    if (type != SOCK_STREAM) {
        return -EPROTOTYPE;
    }
    int fd = fcntl(number, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) {
        return -errno;
    }
    ret->connected = !listening;
    int flags = fcntl(fd, F_GETFL);
    int rc = flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
    int owned = owned_fd_new(d, fd, "inherited socket", &ret->fd);
    return owned < 0 ? owned : rc;
}

/* As the user would write it, with the port that the kernel chose. */
static char *listener_text(struct domain *d, const struct address *a, const struct listener *l)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {0};
    socklen_t n = sizeof(at);
    if (a->kind == KIND_UNIX) {
        return mem_printf(d, "unix:%s", a->path);
    }
    if (a->kind == KIND_FD) {
        return mem_printf(d, "fd:%d", a->fd);
    }
    int port = 0;
    if (getsockname(l->fd->fd, &at.any, &n) == 0) {
        port = ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
    }
    return mem_printf(d, strchr(a->host, ':') ? "[%s]:%d" : "%s:%d", a->host, port);
}

int address_listen(struct domain *d, const char *text, bool any_address, struct listener *ret,
                   char **ret_text, struct error *err)
{
    struct address a;
    struct listener l = {0};
    if (address_parse(text, &a) < 0) {
        return bad_address(d, err, text);
    }
    int rc;
    if (a.kind == KIND_TCP) {
        rc = listen_tcp(d, &a, any_address, &l, err);
    } else {
        rc = a.kind == KIND_UNIX ? listen_unix(d, &a, &l) : listen_inherited(d, a.fd, &l);
        rc = rc < 0 ? error_code(d, err, rc) : 0;
    }
    char *where = rc == 0 && l.fd ? listener_text(d, &a, &l) : NULL;
    if (!where) {
        listener_release(&l);
        return rc == 0 ? CODE_FATE : rc == -EINVAL ? rc : error_wrap(d, err, "listen on %s", text);
    }
    *ret = l;
    *ret_text = where;
    return 0;
}

void listener_release(struct listener *l)
{
    if (l->unlink_path) {
        (void)unlink(l->unlink_path);
    }
    mem_free(l->unlink_path);
    owned_fd_free(l->fd);
    *l = (struct listener){0};
}

/* ----------------------------------------------------------------------------- connecting */

static int connect_unix(const char *path)
{
    struct sockaddr_un where;
    int rc = unix_address(path, &where);
    if (rc < 0) {
        return rc;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&where, sizeof(where)) < 0) {
        rc = -errno;
        (void)close(fd);
        return rc;
    }
    return fd < 0 ? -errno : fd;
}

static int connect_one(const struct addrinfo *ai)
{
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -errno;
    }
    if (connect(fd, ai->ai_addr, ai->ai_addrlen) < 0) {
        int rc = -errno;
        (void)close(fd);
        return rc;
    }
    return fd;
}

static int connect_tcp(struct domain *d, const struct address *a, struct error *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list;
    int rc = getaddrinfo(a->host, a->port, &hints, &list);
    if (rc != 0) {
        return error_set(d, err, -EINVAL, "%s: %s", a->host, gai_strerror(rc));
    }
    int fd = -EADDRNOTAVAIL;
    for (const struct addrinfo *ai = list; ai && fd < 0; ai = ai->ai_next) {
        fd = connect_one(ai);
    }
    freeaddrinfo(list);
    return fd < 0 ? error_code(d, err, fd) : fd;
}

int address_connect(struct domain *d, const char *text, struct owned_fd **ret, struct error *err)
{
    struct address a;
    if (address_parse(text, &a) < 0) {
        return bad_address(d, err, text);
    }
    int fd;
    if (a.kind == KIND_TCP) {
        fd = connect_tcp(d, &a, err);
    } else {
        fd = a.kind == KIND_UNIX ? connect_unix(a.path) : fcntl(a.fd, F_DUPFD_CLOEXEC, 3);
        fd = fd < 0 ? error_code(d, err, fd == -1 ? -errno : fd) : fd;
    }
    if (fd < 0) {
        return fd == CODE_FATE ? fd : error_wrap(d, err, "connect to %s", text);
    }
    socket_tune(fd);
    return owned_fd_new(d, fd, "connection", ret);
}
