/*
 * Frames and descriptors over a stream socket (contract 4 and 5).
 *
 * Which frame a received descriptor belongs to: the kernel ends a receive with the last byte that
 * it takes from a message that carried descriptors, and hands them over with the first byte taken
 * from it. So they belong to the message that holds the last byte of that receive, while older
 * frames may precede it in the same receive. Our sender lets a send that carries a descriptor begin
 * with the frame and never reach past it; the original sends every frame by itself. Hence: the
 * frame that holds the last byte, provided it began in this receive (otherwise the descriptor came
 * in the middle of a frame and is dropped, Q-15).
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pairs.h"
#include "wire.h"

enum {
    BUFFER_FIRST = 8192,
    CONTROL_FDS = 4, /* room for descriptors of one receive; the kernel discards the surplus */
};

struct buffer {
    uint8_t *p; /* owned */
    size_t start, end, cap;
};

/* A descriptor on its way out with the bytes [from, to) of the stream. */
struct outgoing {
    uint64_t from, to;
    struct owned_fd *fd; /* owned */
};

struct incoming {
    uint64_t frame;      /* stream position where its frame begins */
    struct owned_fd *fd; /* owned; NULL: free slot */
};

struct p9_transport {
    struct domain *d;
    struct owned_fd *sock; /* owned */
    struct pair_end *end;  /* what `sock` is, or NULL */
    bool take_fds;
    uint32_t limit;
    struct buffer in, out;
    uint64_t in_at, out_at;                     /* stream positions of in.start and out.start */
    struct outgoing out_fds[P9_QUEUED_FDS_MAX]; /* a ring */
    unsigned out_fds_first, out_fds_n;
    struct incoming in_fds[2]; /* of the frame at in.start, and of the last one that began */
};

/* An end of a pair is so from the start. */
static int make_nonblocking(const struct owned_fd *sock)
{
    int flags = pair_end_of(sock) ? O_NONBLOCK : fcntl(sock->fd, F_GETFL);
    bool failed =
        flags < 0 || (!(flags & O_NONBLOCK) && fcntl(sock->fd, F_SETFL, flags | O_NONBLOCK) < 0);
    return failed ? -errno : 0;
}

int p9_transport_new(struct domain *d, struct owned_fd *sock, struct p9_transport **ret)
{
    int code = make_nonblocking(sock);
    if (code) {
        owned_fd_free(sock);
        return code;
    }
    struct p9_transport *t = MEM_NEW(d, struct p9_transport);
    if (!t) {
        owned_fd_free(sock);
        return CODE_FATE;
    }
    t->d = d;
    t->sock = sock;
    t->end = pair_end_of(sock);
    t->limit = P9_FRAME_MAX;
    *ret = t;
    return 0;
}

void p9_transport_free(struct p9_transport *t)
{
    if (!t || domain_dead(t->d)) {
        return;
    }
    for (; t->out_fds_n > 0; t->out_fds_n--) {
        owned_fd_free(t->out_fds[t->out_fds_first++ % P9_QUEUED_FDS_MAX].fd);
    }
    for (size_t i = 0; i < ARRAY_LEN(t->in_fds); i++) {
        owned_fd_free(t->in_fds[i].fd);
    }
    owned_fd_free(t->sock);
    mem_free(t->in.p);
    mem_free(t->out.p);
    mem_free(t);
}

void p9_transport_take_fds(struct p9_transport *t, bool take)
{
    t->take_fds = take;
}

int p9_transport_fd(const struct p9_transport *t)
{
    return t->sock->fd;
}

void p9_transport_set_limit(struct p9_transport *t, uint32_t limit)
{
    t->limit = limit;
}

/* Has the other end of a pair been closed? Of other sockets the kernel knows. */
static bool peer_closed(const struct p9_transport *t)
{
    return t->end && !pair_other_end(t->end)->open;
}

static bool nothing_comes(const struct p9_transport *t)
{
    return peer_closed(t) && pair_other_end(t->end)->unread == 0;
}

/* Room for `n` bytes after `end`. */
static int buffer_room(struct domain *d, struct buffer *b, size_t n)
{
    if (b->start == b->end) {
        b->start = b->end = 0;
    }
    if (b->cap - b->end >= n) {
        return 0;
    }
    size_t held = b->end - b->start;
    if (b->start > 0) {
        memmove(b->p, b->p + b->start, held);
        b->start = 0;
        b->end = held;
    }
    if (b->cap - b->end >= n) {
        return 0;
    }
    size_t cap = b->cap ? 2 * b->cap : BUFFER_FIRST;
    while (cap - held < n) {
        cap *= 2;
    }
    uint8_t *grown = mem_buffer(d, b->p, cap, "p9 buffer");
    if (!grown) {
        return CODE_FATE;
    }
    b->p = grown;
    b->cap = cap;
    return 0;
}

/* --------------------------------------------------------------------------------- sending */

int p9_transport_reserve(struct p9_transport *t, size_t n, uint8_t **ret)
{
    int code = buffer_room(t->d, &t->out, n);
    if (code) {
        return code;
    }
    *ret = t->out.p + t->out.end;
    return 0;
}

void p9_transport_commit(struct p9_transport *t, size_t n, struct owned_fd *fd)
{
    uint64_t from = t->out_at + p9_transport_queued(t);
    t->out.end += n;
    if (!fd) {
        return;
    }
    if (t->out_fds_n == P9_QUEUED_FDS_MAX) { /* optional by contract 5.3 */
        owned_fd_free(fd);
        return;
    }
    t->out_fds[(t->out_fds_first + t->out_fds_n++) % P9_QUEUED_FDS_MAX] =
        (struct outgoing){.from = from, .to = from + n, .fd = fd};
}

size_t p9_transport_queued(const struct p9_transport *t)
{
    return t->out.end - t->out.start;
}

bool p9_transport_busy(const struct p9_transport *t)
{
    return p9_transport_queued(t) >= P9_QUEUE_BOUND || t->out_fds_n == P9_QUEUED_FDS_MAX;
}

static ssize_t send_once(int sock, uint8_t *p, size_t n, const struct owned_fd *fd)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec iov = {.iov_base = p, .iov_len = n};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
    ssize_t sent;
    if (fd) {
        msg.msg_control = control.bytes;
        msg.msg_controllen = sizeof(control.bytes);
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &fd->fd, sizeof(int));
    }
    do {
        sent = fd ? sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL)
                  : send(sock, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

/* The descriptor is closed after its send, whether it worked or not (5.1). */
static void drop_first_outgoing(struct p9_transport *t)
{
    owned_fd_free(t->out_fds[t->out_fds_first].fd);
    t->out_fds_first = (t->out_fds_first + 1) % P9_QUEUED_FDS_MAX;
    t->out_fds_n--;
}

int p9_transport_flush(struct p9_transport *t, size_t *ret)
{
    size_t total = 0;
    while (p9_transport_queued(t) > 0) {
        int code = domain_check(t->d);
        if (code) {
            return code;
        }
        if (peer_closed(t)) {
            return -EPIPE;
        }
        const struct outgoing *o = t->out_fds_n > 0 ? &t->out_fds[t->out_fds_first] : NULL;
        const struct owned_fd *fd = NULL;
        size_t n = p9_transport_queued(t);
        if (o && o->from == t->out_at) {
            n = (size_t)(o->to - o->from);
            fd = o->fd;
        } else if (o) {
            n = (size_t)(o->from - t->out_at);
        }
        ssize_t sent = send_once(t->sock->fd, t->out.p + t->out.start, n, fd);
        if (sent < 0 && fd && errno != EAGAIN && errno != EPIPE) {
            drop_first_outgoing(t); /* too many in flight: donation is optional, the frame is not */
            continue;
        }
        if (sent < 0 && errno != EAGAIN) {
            return -EPIPE;
        }
        if (sent <= 0) {
            break;
        }
        if (fd) {
            drop_first_outgoing(t);
        }
        if (t->end) {
            t->end->unread += (size_t)sent;
        }
        t->out.start += (size_t)sent;
        t->out_at += (uint64_t)sent;
        total += (size_t)sent;
    }
    *ret = total;
    return 0;
}

/* ------------------------------------------------------------------------------- receiving */

static uint32_t frame_size(const uint8_t *p)
{
    struct wire_in in = {.p = p, .n = 4};
    return wire_get32(&in);
}

/* Where the frame that holds the last received byte begins; false when the stream is no 9P any
 * more. */
static bool last_frame(const struct p9_transport *t, uint64_t *ret)
{
    size_t at = t->in.start;
    while (t->in.end - at >= P9_HEADER) {
        uint32_t size = frame_size(t->in.p + at);
        if (size < P9_HEADER) {
            return false;
        }
        if (t->in.end - at <= size) {
            break;
        }
        at += size;
    }
    *ret = t->in_at + (at - t->in.start);
    return true;
}

/* Give `fd` to its frame or close it. `from` is where the receive that brought it began. */
static void attribute_fd(struct p9_transport *t, struct owned_fd *fd, uint64_t from)
{
    uint64_t frame;
    if (last_frame(t, &frame) && frame >= from) {
        for (size_t i = 0; i < ARRAY_LEN(t->in_fds); i++) {
            if (!t->in_fds[i].fd) {
                t->in_fds[i] = (struct incoming){.frame = frame, .fd = fd};
                return;
            }
        }
    }
    owned_fd_free(fd);
}

/* Own the first descriptor of a receive, close the others. Other kinds of control messages are
 * ignored. */
static int collect_fds(struct p9_transport *t, struct msghdr *msg, uint64_t from)
{
    int code = 0;
    bool have = false;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
            struct owned_fd *owned;
            if (have) {
                close(fd);
                continue;
            }
            have = true;
            code = owned_fd_new(t->d, fd, "donated descriptor", &owned);
            if (!code) {
                attribute_fd(t, owned, from);
            }
        }
    }
    return code;
}

/* Without a control buffer the kernel discards all descriptors. Otherwise they are close-on-exec
 * always: Q-13. */
static ssize_t receive_once(int sock, struct iovec iov, struct msghdr *msg)
{
    ssize_t got;
    do {
        if (msg->msg_control) {
            msg->msg_iov = &iov;
            msg->msg_iovlen = 1;
            got = recvmsg(sock, msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
            msg->msg_iov = NULL;
        } else {
            got = recv(sock, iov.iov_base, iov.iov_len, MSG_DONTWAIT);
        }
    } while (got < 0 && errno == EINTR);
    return got;
}

int p9_transport_fill(struct p9_transport *t, size_t *ret)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(CONTROL_FDS * sizeof(int))];
    } control;
    struct msghdr msg = {.msg_control = t->take_fds ? control.bytes : NULL,
                         .msg_controllen = t->take_fds ? sizeof(control.bytes) : 0};
    size_t room = t->in.cap - (t->in.end - t->in.start);
    int code = buffer_room(t->d, &t->in, room < BUFFER_FIRST / 2 ? BUFFER_FIRST / 2 : room);
    if (code) {
        return code;
    }
    const struct iovec iov = {.iov_base = t->in.p + t->in.end, .iov_len = t->in.cap - t->in.end};
    ssize_t got = nothing_comes(t) ? 0 : receive_once(t->sock->fd, iov, &msg);
    if (got <= 0) {
        return got < 0 && errno == EAGAIN ? -EAGAIN : -EPIPE;
    }
    if (t->end) {
        pair_other_end(t->end)->unread -= (size_t)got;
    }
    uint64_t from = t->in_at + (t->in.end - t->in.start);
    t->in.end += (size_t)got;
    if (t->take_fds && msg.msg_controllen > 0) {
        code = collect_fds(t, &msg, from);
    }
    if (code) {
        return code;
    }
    *ret = (size_t)got;
    return 0;
}

static struct owned_fd *take_fd(struct p9_transport *t, uint8_t type)
{
    for (size_t i = 0; i < ARRAY_LEN(t->in_fds); i++) {
        struct owned_fd *fd = t->in_fds[i].fd;
        if (!fd || t->in_fds[i].frame != t->in_at) {
            continue;
        }
        t->in_fds[i].fd = NULL;
        if (p9_type_may_carry_fd(type)) {
            return fd;
        }
        owned_fd_free(fd);
    }
    return NULL;
}

int p9_transport_next(struct p9_transport *t, struct p9_frame *ret)
{
    size_t held = t->in.end - t->in.start;
    if (held < P9_HEADER) {
        return -EAGAIN;
    }
    const uint8_t *p = t->in.p + t->in.start;
    uint32_t size = frame_size(p);
    if (size < P9_HEADER) {
        return -EBADMSG;
    }
    if (size > P9_FRAME_MAX || size > t->limit) {
        return -EMSGSIZE;
    }
    if (held < size) {
        return -EAGAIN;
    }
    *ret = (struct p9_frame){.p = p,
                             .n = size,
                             .type = p[4],
                             .tag = (uint16_t)(p[5] | (uint32_t)p[6] << 8),
                             .fd = take_fd(t, p[4])};
    t->in.start += size;
    t->in_at += size;
    return 0;
}
