#include "peer.h"

#include <sys/socket.h>
#include <unistd.h>

void peer_open(struct peer *p, int conf, bool dir)
{
    struct owned_fd *theirs;
    struct gofer_point *point;
    fixture_open(&p->f, conf, dir, NULL);
    assert_int_equal(p9_socketpair(&p->f.d, &p->f.gofer_domain, &p->sock, &theirs), 0);
    const struct gofer_attach attach = {
        .prefix = "/h/root", .ro_mount = conf & RO, .lazy_open_for_write = conf & LAZY};
    assert_int_equal(gofer_point_new(p->f.g, &attach, &point), 0);
    assert_int_equal(gofer_serve(point, theirs, &p->channel), 0);
    p9_server_set_personality(gofer_channel_server(p->channel), P9_AUTO);
}

void peer_close(struct peer *p)
{
    struct p9_server_info info = p9_server_info(gofer_channel_server(p->channel));
    assert_int_equal(info.fids, info.fid_inserts - info.fid_deletes - info.fid_replaced);
    owned_fd_free(p->sock);
    fixture_close(&p->f);
}

struct p9_msg peer_call(struct peer *p, struct p9_msg t)
{
    uint8_t frame[9000];
    struct p9_msg r = {0};
    size_t n;
    assert_int_equal(p9_encode(&t, P9_CODEC_STD, frame, sizeof(frame), &n), 0);
    assert_int_equal(send(p->sock->fd, frame, n, MSG_NOSIGNAL), n);
    while (gofer_channel_pump(p->channel) == P9_PUMP_PROGRESS) {
    }
    struct iovec iov = {.iov_base = p->buf, .iov_len = sizeof(p->buf)};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
    ssize_t got = recvmsg(p->sock->fd, &msg, MSG_DONTWAIT);
    assert_true(got > 0);
    if (p9_server_personality(gofer_channel_server(p->channel)) == P9_STD) {
        assert_false(msg.msg_flags & MSG_CTRUNC); /* no descriptor comes along (I-29) */
    }
    assert_int_equal(p9_decode(p->buf, (size_t)got, P9_CODEC_STD, &r), 0);
    assert_int_equal(r.tag, t.tag);
    assert_true(r.type == t.type + 1 || r.type == P9_RLERROR);
    return r;
}

int peer_errno(struct peer *p, struct p9_msg t)
{
    struct p9_msg r = peer_call(p, t);
    return r.type == P9_RLERROR ? (int)r.ecode : 0;
}

void peer_attach(struct peer *p, uint32_t msize)
{
    struct p9_msg r = peer_call(
        p, (struct p9_msg){
               .type = P9_TVERSION, .tag = P9_NOTAG, .msize = msize, .name = p9_str("9P2000.L")});
    assert_int_equal(r.type, P9_TVERSION + 1);
    assert_int_equal(r.msize, msize);
    r = peer_call(p, (struct p9_msg){.type = P9_TATTACH,
                                     .fid2 = P9_NOFID,
                                     .name = p9_str("nobody"),
                                     .name2 = p9_str(""),
                                     .uid = 0});
    assert_int_equal(r.type, P9_TATTACH + 1);
    assert_int_equal(r.qid.type, P9_QTDIR);
    assert_true(r.qid.path != 0);
}

int peer_walk(struct peer *p, uint32_t fid, uint32_t newfid, const char *const *names, size_t n)
{
    struct p9_msg r = peer_call(
        p,
        (struct p9_msg){
            .type = P9_TWALK, .tag = 1, .fid = fid, .fid2 = newfid, .names = {.n = n, .v = names}});
    if (r.type == P9_RLERROR) {
        return (int)r.ecode;
    }
    assert_int_equal(r.qids.n, n);
    return 0;
}

int peer_walk1(struct peer *p, uint32_t fid, uint32_t newfid, const char *name)
{
    return peer_walk(p, fid, newfid, &name, 1);
}

int peer_open_fid(struct peer *p, uint32_t fid, uint32_t flags)
{
    return peer_errno(p, (struct p9_msg){.type = P9_TLOPEN, .fid = fid, .flags = flags});
}

int peer_clunk(struct peer *p, uint32_t fid)
{
    return peer_errno(p, (struct p9_msg){.type = P9_TCLUNK, .fid = fid});
}

struct p9_msg peer_getattr(struct peer *p, uint32_t fid)
{
    struct p9_msg r =
        peer_call(p, (struct p9_msg){.type = P9_TGETATTR, .fid = fid, .mask = P9_ATTR_ALL});
    assert_int_equal(r.type, P9_TGETATTR + 1);
    return r;
}

void peer_both(int conf, void (*test)(struct peer *p))
{
    for (int dir = 0; dir < 2; dir++) {
        struct peer *p = calloc(1, sizeof(*p));
        assert_non_null(p);
        if (dir && geteuid() != 0) {
            free(p);
            return; /* owners 0:0 on a real disk need root */
        }
        peer_open(p, conf, dir);
        test(p);
        peer_close(p);
        free(p);
    }
}
