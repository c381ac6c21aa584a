/* Any bytes from a client, on the whole way to a host tree (contract 15.1), in both personalities.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

struct way {
    bool dir, std;
};

/* The session that every test starts with: fid 0 is the top, 1 "file" (open read/write), 2 "dir"
 * (open). */
static void begin(struct peer *p, const struct way *w)
{
    peer_open(p, RW, w->dir);
    if (w->std) {
        peer_attach(p, 65536);
    } else {
        const struct p9_msg version = {
            .type = P9_TVERSION, .msize = 65536, .name = p9_str("9P2000.L.Google.6")};
        assert_int_equal(peer_errno(p, version), 0);
        const struct p9_msg attach = {.type = P9_TATTACH, .fid2 = P9_NOFID, .name2 = p9_str("/")};
        assert_int_equal(peer_errno(p, attach), 0);
    }
    assert_int_equal(peer_walk1(p, 0, 1, "file"), 0);
    assert_int_equal(peer_walk1(p, 0, 2, "dir"), 0);
}

static void each_way(void (*test)(struct peer *p, const struct way *w))
{
    static const struct way ways[] = {{false, false}, {false, true}, {true, false}, {true, true}};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        if (ways[i].dir && geteuid() != 0) {
            continue; /* owners 0:0 on a real disk need root */
        }
        struct peer *p = calloc(1, sizeof(*p));
        assert_non_null(p);
        begin(p, &ways[i]);
        test(p, &ways[i]);
        peer_close(p);
        free(p);
    }
}

static void serve(struct peer *p)
{
    while (gofer_channel_pump(p->channel) == P9_PUMP_PROGRESS) {
    }
}

static bool ended(const struct peer *p)
{
    return p9_server_info(gofer_channel_server(p->channel)).ended;
}

/* Send a frame as it is, and count the whole replies that come. */
static unsigned send_frame(struct peer *p, const uint8_t *frame, size_t n, struct p9_msg *ret)
{
    assert_int_equal(send(p->sock->fd, frame, n, MSG_NOSIGNAL), n);
    serve(p);
    unsigned replies = 0;
    size_t at = 0;
    ssize_t got = recv(p->sock->fd, p->buf, sizeof(p->buf), MSG_DONTWAIT);
    while (got > 0 && at < (size_t)got) {
        size_t size = p->buf[at] | (size_t)p->buf[at + 1] << 8 | (size_t)p->buf[at + 2] << 16;
        assert_true(size >= P9_HEADER && at + size <= (size_t)got);
        assert_int_equal(p9_decode(p->buf + at, size, P9_CODEC_STD, ret), 0);
        at += size;
        replies++;
    }
    return replies;
}

static void set_size(uint8_t *frame, size_t n)
{
    for (unsigned i = 0; i < 4; i++) {
        frame[i] = (uint8_t)(n >> 8 * i);
    }
}

/* ------------------------------------------------------------------------------------ bodies */

/* One of each, with fids and names that exist. */
static const struct p9_msg requests[] = {
    {.type = P9_TSTATFS, .fid = 1},
    {.type = P9_TGETATTR, .fid = 1, .mask = P9_ATTR_ALL},
    {.type = P9_TSETATTR, .fid = 1, .mask = 1, .setattr = {.mode = 0644}},
    {.type = P9_TREADLINK, .fid = 1},
    {.type = P9_TXATTRWALK, .fid = 1, .fid2 = 70, .name = {"user.x", 6}},
    {.type = P9_TXATTRCREATE, .fid = 1, .name = {"user.x", 6}},
    {.type = P9_TLOCK, .fid = 1, .name = {"me", 2}},
    {.type = P9_TGETLOCK, .fid = 1, .name = {"me", 2}},
    {.type = P9_TWALK, .fid = 0, .fid2 = 71, .names = {.n = 1, .v = (const char *[]){"file"}}},
    {.type = P9_TWALKGETATTR, .fid2 = 72, .names = {.n = 1, .v = (const char *[]){"file"}}},
    {.type = P9_TLOPEN, .fid = 1, .flags = 2},
    {.type = P9_TREAD, .fid = 1, .count = 10},
    {.type = P9_TWRITE, .fid = 1, .count = 3, .data = (const uint8_t *)"abc"},
    {.type = P9_TFSYNC, .fid = 1},
    {.type = P9_TLOPEN, .fid = 2},
    {.type = P9_TREADDIR, .fid = 2, .count = 1000},
    {.type = P9_TLCREATE, .fid = 71, .name = {"new", 3}, .flags = 0102, .mode = 0644},
    {.type = P9_TMKDIR, .fid = 0, .name = {"m", 1}, .mode = 0755},
    {.type = P9_TSYMLINK, .fid = 0, .name = {"s", 1}, .name2 = {"t", 1}},
    {.type = P9_TMKNOD, .fid = 0, .name = {"n", 1}, .mode = 0100644},
    {.type = P9_TLINK, .fid = 0, .fid2 = 1, .name = {"l", 1}},
    {.type = P9_TRENAMEAT, .fid = 0, .fid2 = 0, .name = {"l", 1}, .name2 = {"l2", 2}},
    {.type = P9_TRENAME, .fid = 72, .fid2 = 0, .name = {"r", 1}},
    {.type = P9_TUNLINKAT, .fid = 0, .name = {"l2", 2}},
    {.type = P9_TUCREATE, .fid = 72, .name = {"u", 1}, .flags = 2, .mode = 0644},
    {.type = P9_TUMKDIR, .fid = 0, .name = {"um", 2}, .mode = 0755},
    {.type = P9_TUMKNOD, .fid = 0, .name = {"un", 2}, .mode = 0100644},
    {.type = P9_TUSYMLINK, .fid = 0, .name = {"us", 2}, .name2 = {"t", 1}},
    {.type = P9_TFLUSHF, .fid = 1},
    {.type = P9_TLCONNECT, .fid = 1, .flags = 3},
    {.type = P9_TFLUSH, .oldtag = 3},
    {.type = P9_TAUTH, .fid = 9},
    {.type = P9_TATTACH, .fid = 73, .fid2 = P9_NOFID, .name2 = {"/", 1}},
    {.type = P9_TREMOVE, .fid = 73},
    {.type = P9_TCLUNK, .fid = 2},
    {.type = P9_TVERSION, .msize = 65536, .name = {"9P2000.L", 8}},
};

/* Whole, cut at each byte, and with bytes too many: one reply each, never two, never none. */
static void bodies(struct peer *p, const struct way *w)
{
    uint8_t frame[256];
    struct p9_msg r;
    size_t n;
    for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
        struct p9_msg t = requests[i];
        t.tag = 9;
        assert_int_equal(p9_encode(&t, P9_CODEC_STD, frame, sizeof(frame), &n), 0);
        for (size_t cut = P9_HEADER; cut < n; cut++) {
            set_size(frame, cut);
            assert_int_equal(send_frame(p, frame, cut, &r), 1);
            assert_true(r.tag == 9 || (!w->std && r.tag == P9_NOTAG));
        }
        memset(frame + n, 0xAA, 8);
        set_size(frame, n + 8);
        assert_int_equal(send_frame(p, frame, n + 8, &r), 1);
        set_size(frame, n);
        assert_int_equal(send_frame(p, frame, n, &r), 1);
        assert_false(ended(p));
    }
}

/* proves: QI-01 QI-13 I-33 */
static void every_body_gets_one_reply(void **state)
{
    (void)state;
    each_way(bodies);
}

/* -------------------------------------------------------------------------------------- names */

static void names(struct peer *p, const struct way *w)
{
    static char long_name[65536], longer[257];
    memset(long_name, 'x', sizeof(long_name) - 1);
    memset(longer, 'y', 256);
    const struct {
        struct p9_str name;
        int code;
    } rows[] = {
        {{"", 0}, EINVAL},        {{".", 1}, EINVAL},
        {{"..", 2}, EINVAL},      {{"a/b", 3}, EINVAL},
        {{"/", 1}, EINVAL},       {{"a\0b", 3}, EINVAL},
        {{"\0", 1}, EINVAL},      {{longer, 256}, ENAMETOOLONG},
        {{"\xff\xfe\x80", 3}, 0},
    };
    (void)w;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct p9_msg t = {.type = P9_TMKDIR, .name = rows[i].name, .mode = 0755, .gid = P9_NOUID};
        assert_int_equal(peer_errno(p, t), rows[i].code);
        t = (struct p9_msg){.type = P9_TUNLINKAT, .name = rows[i].name, .flags = 0x200};
        assert_int_equal(peer_errno(p, t), rows[i].code);
        t = (struct p9_msg){.type = P9_TLINK, .fid2 = 1, .name = rows[i].name};
        assert_int_equal(peer_errno(p, t), rows[i].code);
        t = (struct p9_msg){.type = P9_TUNLINKAT,
                            .name = rows[i].name}; /* what the link made is gone again */
        assert_int_equal(peer_errno(p, t), rows[i].code);
        t = (struct p9_msg){.type = P9_TRENAME, .fid = 1, .name = rows[i].name};
        if (rows[i].code) {
            assert_int_equal(peer_errno(p, t), rows[i].code);
        }
        t = (struct p9_msg){
            .type = P9_TSYMLINK, .name = rows[i].name, .name2 = p9_str("t"), .gid = P9_NOUID};
        assert_int_equal(peer_errno(p, t), rows[i].code);
    }
    const struct p9_msg target = {
        .type = P9_TSYMLINK, .name = p9_str("nul"), .name2 = {"a\0b", 3}, .gid = P9_NOUID};
    assert_int_equal(peer_errno(p, target), EINVAL);
    const struct p9_msg aname = {
        .type = P9_TATTACH, .fid = 80, .fid2 = P9_NOFID, .name2 = {"/\0dir", 5}};
    assert_int_equal(peer_errno(p, aname), EINVAL);
    static uint8_t frame[66000]; /* a name of 65535 bytes needs a larger msize than the session's */
    struct p9_msg r, t = {.type = P9_TMKDIR, .tag = 1, .name = {long_name, 65000}, .gid = P9_NOUID};
    size_t n;
    assert_int_equal(p9_encode(&t, P9_CODEC_STD, frame, sizeof(frame), &n), 0);
    assert_int_equal(send_frame(p, frame, n, &r), 1);
    assert_int_equal(r.ecode, ENAMETOOLONG);
}

/* proves: QI-12 */
static void names_of_all_kinds(void **state)
{
    (void)state;
    each_way(names);
}

/* -------------------------------------------------------------------------------------- sizes */

static void sizes(struct peer *p, const struct way *w)
{
    static const uint32_t counts[] = {0, 1, 4096, P9_FRAME_MAX, P9_FRAME_MAX + 1, UINT32_MAX};
    static const uint64_t offsets[] = {0, 4, 5, 1ULL << 62, 1ULL << 63, UINT64_MAX};
    assert_int_equal(peer_open_fid(p, 1, 2), 0);
    assert_int_equal(peer_open_fid(p, 2, 0), 0);
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        for (size_t k = 0; k < ARRAY_LEN(offsets); k++) {
            struct p9_msg t = {
                .type = P9_TREAD, .fid = 1, .offset = offsets[k], .count = counts[i]};
            struct p9_msg r = peer_call(p, t);
            if (r.type != P9_RLERROR) {
                assert_true(r.count <= counts[i] && r.count <= 65536 - 11);
                assert_int_equal(r.count, offsets[k] >= 5 || counts[i] == 0 ? 0
                                          : counts[i] < 5 - offsets[k]      ? counts[i]
                                                                            : 5 - offsets[k]);
            }
            t.type = P9_TREADDIR;
            t.fid = 2;
            r = peer_call(p, t);
            assert_true(r.type == P9_RLERROR || r.count <= counts[i]);
            const struct p9_msg write = {.type = P9_TWRITE, .fid = 1, .offset = offsets[k]};
            (void)peer_call(p, write);
        }
    }
    const struct p9_msg size = {
        .type = P9_TSETATTR, .fid = 1, .mask = 8, .setattr = {.size = 1ULL << 63}};
    assert_int_equal(peer_errno(p, size), EINVAL);
    (void)w;
    assert_false(ended(p));
}

/* proves: Q-14 QI-05 I-32 */
static void sizes_of_all_kinds(void **state)
{
    (void)state;
    each_way(sizes);
}

/* --------------------------------------------------------------------------------------- fids */

static void fids(struct peer *p, const struct way *w)
{
    assert_int_equal(peer_walk1(p, 77, 3, "x"), EBADF);
    assert_int_equal(peer_walk1(p, 0, P9_NOFID, "file"), 0); /* an ordinary number */
    assert_int_equal(peer_clunk(p, P9_NOFID), 0);
    assert_int_equal(peer_walk1(p, 0, 1, "dir"), w->std ? EINVAL : 0);
    assert_int_equal(peer_clunk(p, 1), 0);
    assert_int_equal(peer_walk1(p, 0, 1, "file"), 0);
    assert_int_equal(peer_open_fid(p, 1, 0), 0);
    assert_int_equal(peer_open_fid(p, 1, 0), EINVAL); /* twice */
    const struct p9_msg create = {
        .type = P9_TLCREATE, .fid = 1, .name = p9_str("c"), .flags = 2, .gid = P9_NOUID};
    assert_int_equal(peer_errno(p, create), ENOTDIR); /* on an open file */
    assert_int_equal(peer_walk1(p, 0, 4, "file"), 0);
    const struct p9_msg unlink = {.type = P9_TUNLINKAT, .name = p9_str("file")};
    assert_int_equal(peer_errno(p, unlink), 0);
    struct p9_msg t = {.type = P9_TLINK, .fid = 0, .fid2 = 4, .name = p9_str("again")};
    assert_int_equal(peer_errno(p, t), ENOENT); /* of a removed file */
    t = (struct p9_msg){.type = P9_TRENAME, .fid = 4, .fid2 = 0, .name = p9_str("again")};
    assert_int_equal(peer_errno(p, t), ENOENT);
    t = (struct p9_msg){.type = P9_TREAD, .fid = 1, .count = 5};
    assert_int_equal(peer_call(p, t).count, 5); /* still there for who has it open */
    t = (struct p9_msg){.type = P9_TREAD, .fid = 4, .count = 5};
    assert_int_equal(peer_errno(p, t), EINVAL);
    t = (struct p9_msg){.type = P9_TRENAME, .fid = 2, .fid2 = 2, .name = p9_str("inside")};
    assert_int_equal(peer_errno(p, t), EINVAL); /* a directory into itself */
    t = (struct p9_msg){.type = P9_TUNLINKAT, .fid = 2, .name = p9_str("sub"), .flags = 0xFFFF};
    assert_int_equal(peer_errno(p, t), EINVAL);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(peer_clunk(p, 2), i == 0 ? 0 : EBADF);
    }
}

/* proves: QI-08 QI-09 */
static void fids_of_all_kinds(void **state)
{
    (void)state;
    each_way(fids);
}

/* A client that takes fids without end meets the bound of the server, or that of the process. */
static void many_fids(struct peer *p, const struct way *w)
{
    struct rlimit limit, small;
    (void)w;
    p9_server_set_bounds(gofer_channel_server(p->channel), 65536, 100);
    int code = 0;
    uint32_t fid = 100;
    for (; !code && fid < 300; fid++) {
        code = peer_walk1(p, 0, fid, "file");
    }
    assert_int_equal(code, EMFILE);
    assert_int_equal(p9_server_info(gofer_channel_server(p->channel)).fids, 100);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    p9_server_set_bounds(gofer_channel_server(p->channel), 65536, P9_FIDS_MAX);
    small = limit;
    small.rlim_cur = (rlim_t)open_fds() + 10;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
    for (code = 0; !code && fid < 400; fid++) {
        code = peer_walk1(p, 0, fid, "file");
    }
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_true(code == 0 || code == EMFILE); /* memory files take no descriptors */
    assert_false(ended(p));
    assert_int_equal(peer_walk1(p, 0, 500, "file"), 0);
}

static void fids_are_bounded(void **state)
{
    (void)state;
    each_way(many_fids);
}

/* --------------------------------------------------------------------------------------- tags */

static void tags(struct peer *p, const struct way *w)
{
    uint8_t frames[1024];
    size_t n = 0, one;
    static const struct p9_msg burst[] = {
        {.type = P9_TGETATTR, .tag = 5, .fid = 1},
        {.type = P9_TGETATTR, .tag = 5, .fid = 1},
        {.type = P9_TFLUSH, .tag = 6, .oldtag = 5},
        {.type = P9_TFLUSH, .tag = 7, .oldtag = 8},
        {.type = P9_TFLUSH, .tag = 8, .oldtag = 7},
        {.type = P9_TFLUSH, .tag = 9, .oldtag = 9},
        {.type = P9_TFLUSH, .tag = P9_NOTAG, .oldtag = P9_NOTAG},
        {.type = P9_TCLUNK, .tag = P9_NOTAG, .fid = 2},
    };
    (void)w;
    for (size_t i = 0; i < ARRAY_LEN(burst); i++) {
        assert_int_equal(p9_encode(&burst[i], P9_CODEC_STD, frames + n, sizeof(frames) - n, &one),
                         0);
        n += one;
    }
    struct p9_msg last;
    assert_int_equal(send_frame(p, frames, n, &last), ARRAY_LEN(burst)); /* one for each */
    assert_int_equal(last.type, P9_TCLUNK + 1);
    assert_int_equal(last.tag, P9_NOTAG);
}

/* proves: QI-02 QI-03 */
static void tags_of_all_kinds(void **state)
{
    (void)state;
    each_way(tags);
}

/* ------------------------------------------------------------------------------------- frames */

/* Half a frame keeps nobody busy, and ends with the connection. */
static void half_frames(struct peer *p, const struct way *w)
{
    static const uint8_t head[] = {0, 4, 0, 0, P9_TWRITE, 1, 0, 1, 0, 0, 0};
    (void)w;
    for (size_t i = 0; i < sizeof(head); i++) {
        assert_int_equal(send(p->sock->fd, head + i, 1, MSG_NOSIGNAL), 1);
        serve(p);
    }
    assert_int_equal(gofer_channel_pump(p->channel), P9_PUMP_IDLE);
    assert_false(ended(p));
    owned_fd_free(p->sock); /* now, in the middle of the body */
    p->sock = NULL;
    while (!ended(p)) {
        (void)p9_server_serve_some(gofer_channel_server(p->channel));
    }
    assert_int_equal(p9_server_info(gofer_channel_server(p->channel)).fids, 0);
}

static void half_frames_hold_nothing(void **state)
{
    (void)state;
    each_way(half_frames);
}

/* msize 1: std refuses; gv ends at the next frame. */
static void tiny_msize(struct peer *p, const struct way *w)
{
    struct p9_msg version = {.type = P9_TVERSION, .msize = 1, .name = p9_str("9P2000.L.Google.6")};
    if (w->std) {
        version.name = p9_str("9P2000.L");
        assert_int_equal(peer_errno(p, version), EMSGSIZE);
        assert_int_equal(peer_clunk(p, 1), 0);
        return;
    }
    assert_int_equal(peer_errno(p, version), 0);
    static const uint8_t clunk[] = {11, 0, 0, 0, P9_TCLUNK, 1, 0, 1, 0, 0, 0};
    assert_int_equal(send(p->sock->fd, clunk, sizeof(clunk), MSG_NOSIGNAL), sizeof(clunk));
    while (p9_server_serve_some(gofer_channel_server(p->channel)) == P9_PUMP_PROGRESS) {
    }
    assert_true(ended(p));
}

static void a_tiny_msize(void **state)
{
    (void)state;
    each_way(tiny_msize);
}

/* A client that sends without end and reads nothing costs a bounded queue, and no more is read. */
static void deaf(struct peer *p, const struct way *w)
{
    static const uint8_t getattr[] = {19, 0,    0, 0, P9_TGETATTR, 1, 0, 1, 0, 0,
                                      0,  0xFF, 7, 0, 0,           0, 0, 0, 0};
    struct p9_server *s = gofer_channel_server(p->channel);
    size_t sent = 0;
    (void)w;
    for (size_t idle = 0; idle < 3;) {
        ssize_t n = send(p->sock->fd, getattr, sizeof(getattr), MSG_DONTWAIT | MSG_NOSIGNAL);
        sent += n > 0;
        idle = n > 0 ? 0 : idle + 1;
        serve(p);
    }
    assert_false(p9_server_wants_read(s));
    assert_true(p9_server_wants_write(s));
    assert_true(p->f.gofer_domain.live_bytes < 3 * P9_QUEUE_BOUND);
    assert_true(sent < 100000);
    assert_false(ended(p));
}

/* proves: Q-28 */
static void who_does_not_read_is_not_served(void **state)
{
    (void)state;
    each_way(deaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_body_gets_one_reply),
        cmocka_unit_test(names_of_all_kinds),
        cmocka_unit_test(sizes_of_all_kinds),
        cmocka_unit_test(fids_of_all_kinds),
        cmocka_unit_test(fids_are_bounded),
        cmocka_unit_test(tags_of_all_kinds),
        cmocka_unit_test(half_frames_hold_nothing),
        cmocka_unit_test(a_tiny_msize),
        cmocka_unit_test(who_does_not_read_is_not_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
