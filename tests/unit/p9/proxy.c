#include "proxy.h"

#include <sys/socket.h>

void proxy_open(struct proxy *p)
{
    *p = (struct proxy){.cut_at = SIZE_MAX};
    assert_int_equal(session_open(&p->s), 0);
    p9_server_set_personality(p->s.server, P9_AUTO);
    assert_int_equal(p9_socketpair(&p->s.client_domain, &p->s.client_domain, &p->client_fd, &p->fd),
                     0);
}

void proxy_drop(struct proxy *p)
{
    owned_fd_free(p->fd);
    p->fd = NULL;
}

void proxy_answer_bytes(struct proxy *p, const void *bytes, size_t n)
{
    if (!p->fd) {
        return;
    }
    size_t room = p->cut_at - p->reply_bytes;
    size_t now = n < room ? n : room;
    if (now > 0) {
        assert_int_equal(send(p->fd->fd, bytes, now, MSG_NOSIGNAL), now);
    }
    p->reply_bytes += now;
    if (now < n) {
        proxy_drop(p);
    }
}

void proxy_answer(struct proxy *p, const struct p9_msg *r)
{
    size_t n = p9_msg_bound(r);
    uint8_t *buf = malloc(n);
    assert_non_null(buf);
    assert_int_equal(p9_encode(r, P9_CODEC_STD, buf, n, &n), 0);
    proxy_answer_bytes(p, buf, n);
    free(buf);
}

static void pass_on(struct proxy *p, const uint8_t *frame, size_t n)
{
    static uint8_t reply[1 << 16];
    raw_send(p->s.raw->fd, frame, n);
    while (p9_server_serve_some(p->s.server) == P9_PUMP_PROGRESS) {
    }
    ssize_t got;
    while ((got = recv(p->s.raw->fd, reply, sizeof(reply), MSG_DONTWAIT)) > 0) {
        proxy_answer_bytes(p, reply, (size_t)got);
    }
}

/* One whole request; the client sends each at once. */
static int pump(void *arg)
{
    static uint8_t frame[1 << 16];
    struct proxy *p = arg;
    struct p9_msg t = {0};
    if (!p->fd) {
        return P9_PUMP_DEAD;
    }
    ssize_t got = recv(p->fd->fd, frame, 4, MSG_PEEK | MSG_DONTWAIT);
    if (got < 4) {
        return P9_PUMP_IDLE;
    }
    size_t n = (size_t)frame[0] | (size_t)frame[1] << 8 | (size_t)frame[2] << 16;
    assert_true(n <= sizeof(frame) && frame[3] == 0);
    assert_int_equal(recv(p->fd->fd, frame, n, MSG_DONTWAIT), n);
    p->requests++;
    int code = p9_decode(frame, n, P9_CODEC_STD, &t);
    assert_true(code == 0 || code == -ENOMSG);
    if (!p->request || !p->request(p, frame, n, &t)) {
        pass_on(p, frame, n);
    }
    return P9_PUMP_PROGRESS;
}

int proxy_connect(struct proxy *p, const struct p9_client_options *o)
{
    const struct p9_pump pumped = {.run = pump, .arg = p};
    struct owned_fd *fd = p->client_fd;
    p->client_fd = NULL;
    return p9_client_connect(&p->s.client_domain, fd, o, &pumped, NULL, &p->client);
}

void proxy_close(struct proxy *p)
{
    p9_client_free(p->client);
    owned_fd_free(p->client_fd);
    owned_fd_free(p->fd);
    assert_int_equal(session_close(&p->s), 0);
}
