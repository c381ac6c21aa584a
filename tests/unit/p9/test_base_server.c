/*
 * Our client with a server of the base protocol alone, as strict as diod: it drops the connection
 * on anything that it does not know or that is too large (contract 13.1, 13.2).
 */
#include <stdio.h>

#include "proxy.h"

struct strict {
    bool says_unknown; /* to versions that it does not know: "unknown" instead of EIO */
    uint32_t msize;
    const char *violation; /* why it dropped the connection */
    char uname[16];
    uint32_t n_uname;
    unsigned walks;
};

static bool drop(struct proxy *p, const char *why)
{
    struct strict *s = p->arg;
    s->violation = why;
    proxy_drop(p);
    return true;
}

static bool version(struct proxy *p, const struct p9_msg *t)
{
    struct strict *s = p->arg;
    struct p9_msg r = {.type = P9_TVERSION + 1, .tag = t->tag, .msize = s->msize};
    if (t->tag != P9_NOTAG) {
        return drop(p, "Tversion without NOTAG");
    }
    if (t->name.n == 8) {
        r.name = t->name;
        if (t->msize < r.msize) {
            r.msize = t->msize;
        }
        uint8_t frame[64]; /* the server behind must know too */
        size_t n;
        struct p9_msg copy = *t;
        copy.msize = r.msize;
        assert_int_equal(p9_encode(&copy, 0, frame, sizeof(frame), &n), 0);
        raw_send(p->s.raw->fd, frame, n);
        while (p9_server_serve_some(p->s.server) == P9_PUMP_PROGRESS) {
        }
        struct p9_msg inner;
        assert_true(raw_receive(p->s.raw->fd, frame, sizeof(frame), &inner) > 0);
    } else if (s->says_unknown) {
        r.name = p9_str("unknown");
    } else {
        r = (struct p9_msg){.type = P9_RLERROR, .tag = t->tag, .ecode = EIO};
    }
    proxy_answer(p, &r);
    return true;
}

/* Dots, DT_ types, and offsets without any order that must come back as they are. */
static bool readdir(struct proxy *p, const struct p9_msg *t)
{
    static const struct p9_dirent entries[] = {
        {.qid = {.type = P9_QTDIR, .path = 1}, .offset = 77, .type = 4, .name = {".", 1}},
        {.qid = {.type = P9_QTDIR, .path = 1}, .offset = 1ULL << 40, .type = 4, .name = {"..", 2}},
        {.qid = {.path = 2}, .offset = 5, .type = 8, .name = {"file", 4}},
        {.qid = {.path = 3}, .offset = 0x7FFFFFFF, .type = 2, .name = {"tty", 3}},
        {.qid = {.type = P9_QTSYMLINK, .path = 4}, .offset = 9, .type = 10, .name = {"link", 4}},
    };
    uint8_t data[64];
    struct p9_msg r = {.type = P9_TREADDIR + 1, .tag = t->tag, .data = data};
    size_t i = 0;
    while (t->offset != 0 && i < ARRAY_LEN(entries) && entries[i].offset != t->offset) {
        i++;
    }
    if (i == ARRAY_LEN(entries)) {
        return drop(p, "an offset that was never given");
    }
    i += t->offset != 0;
    if (i < ARRAY_LEN(entries)) {
        r.count = (uint32_t)p9_dirent_pack(data, &entries[i]);
    }
    proxy_answer(p, &r);
    return true;
}

static bool strict_request(struct proxy *p, uint8_t *frame, size_t n, const struct p9_msg *t)
{
    struct strict *s = p->arg;
    (void)frame;
    bool is_io = t->type == P9_TREAD || t->type == P9_TWRITE || t->type == P9_TREADDIR;
    if (n > s->msize && t->type != P9_TVERSION) {
        return drop(p, "a frame above msize");
    }
    if (t->type >= P9_TFLUSHF || !p9_type_name(t->type)) {
        return drop(p, "an unknown type");
    }
    if (is_io && t->count + 24 > s->msize) {
        return drop(p, "a count above msize - 24");
    }
    if (t->type == P9_TFSYNC && n != 15) {
        return drop(p, "Tfsync without datasync");
    }
    if (t->type == P9_TWALK) {
        s->walks++;
        if (t->names.n > 16) {
            return drop(p, "more than 16 names");
        }
    }
    if (t->type == P9_TATTACH) {
        (void)snprintf(s->uname, sizeof(s->uname), "%.*s", (int)t->name.n, t->name.p);
        s->n_uname = t->uid;
    }
    if (t->type == P9_TVERSION) {
        return version(p, t);
    }
    return t->type == P9_TREADDIR && readdir(p, t);
}

static void connect_strict(struct proxy *p, struct strict *s)
{
    const struct p9_client_options o = {
        .personality = P9_AUTO, .uname = "user", .n_uname = 5, .msize = 65536};
    proxy_open(p);
    p->s.mock.no_clone_qid = true;
    p->request = strict_request;
    p->arg = s;
    assert_int_equal(proxy_connect(p, &o), 0);
    assert_int_equal(p9_client_personality(p->client), P9_STD);
    struct p9_client_info info = p9_client_info(p->client);
    assert_int_equal(info.version, 0);
    assert_int_equal(info.msize, s->msize);
}

static void names_and_attributes(struct proxy *p, struct strict *s, const struct p9_file *root)
{
    const char *names[20];
    struct p9_file f, g;
    struct p9_attr attr;
    uint64_t valid, size;
    struct p9_qid qids[20];
    struct p9_qid *qid = qids;
    for (size_t i = 0; i < 20; i++) {
        names[i] = "n";
    }
    unsigned before = s->walks;
    assert_int_equal(p9_walk(root, names, 20, qids, &f), 0);
    assert_int_equal(s->walks - before, 2);
    assert_int_equal(p9_clunk(&f), 0);
    names[18] = "missing";
    assert_int_equal(p9_walk(root, names, 20, NULL, &f), -ENOENT);
    assert_int_equal(p9_client_info(p->client).live_fids, 1);
    assert_int_equal(p9_walkgetattr(root, names, 1, NULL, &valid, &attr, &f), 0);
    assert_int_equal(p9_walk(&f, NULL, 0, NULL, &g), 0);
    assert_int_equal(p9_clunk(&f), 0);
    assert_int_equal(p9_mkdir(&g, "d", 043755, 7, 8, qid), 0);
    assert_string_equal(p->s.mock.last, "mkdir d 43755 -1 8"); /* the gid goes, no uid can */
    assert_int_equal(p9_symlink(&g, "l", "to", 7, 8, qid), 0);
    assert_string_equal(p->s.mock.last, "symlink l to -1 8");
    assert_int_equal(p9_mknod(&g, "f", 0100644, 0, 0, 7, 8, qid), 0);
    assert_int_equal(p9_setattr(&g, P9_SETATTR_MODE, &(struct p9_setattr){.mode = 04755}), 0);
    assert_string_equal(p->s.mock.last, "setattr 1 4755 0 0 0");
    assert_int_equal(p9_flush(&g), 0); /* no message */
    assert_int_equal(p9_lconnect(&g, 0, NULL), -ECONNREFUSED);
    assert_int_equal(p9_xattrwalk(&g, "user.x", &size, &f), -EOPNOTSUPP);
    assert_int_equal(p9_xattrcreate(&g, "user.x", 3, 0), -EOPNOTSUPP);
    uint8_t status;
    struct p9_lock lock = {.type = P9_LOCK_READ, .length = 1};
    assert_int_equal(p9_setlock(&g, &lock, 0, "me", &status), -EOPNOTSUPP);
    assert_int_equal(p9_getlock(&g, &lock, "me", &lock), -EOPNOTSUPP);
    const struct p9_msg extension = {.type = P9_TWALKGETATTR, .fid = root->fid, .fid2 = 99};
    struct p9_msg r;
    assert_int_equal(p9_call(p->client, &extension, &r, NULL), -EOPNOTSUPP);
    assert_int_equal(p9_clunk(&g), 0);
}

static void contents(struct proxy *p, const struct p9_file *root)
{
    static uint8_t buf[20000];
    struct p9_file f;
    size_t n, cursor;
    const uint8_t *data;
    struct p9_dirent e = {0};
    assert_int_equal(p9_walk(root, NULL, 0, NULL, &f), 0);
    assert_int_equal(p9_lopen(&f, P9_OPEN_RDWR, NULL, NULL, NULL), 0);
    assert_int_equal(p9_read(&f, buf, sizeof(buf), 0, &n), 0);
    assert_int_equal(n, sizeof(buf));
    assert_int_equal(p9_write(&f, buf, sizeof(buf), 0, &n), 0);
    assert_int_equal(n, sizeof(buf));
    assert_int_equal(p9_fsync(&f), 0);
    unsigned seen = 0;
    for (;;) {
        cursor = 0;
        assert_int_equal(p9_readdir(&f, e.offset, 65536, &data, &n), 0);
        if (!p9_dirent_next(data, n, &cursor, &e)) {
            break;
        }
        seen++;
    }
    assert_int_equal(seen, 5);
    p->s.mock.fail = 0;
    assert_int_equal(p9_clunk(&f), 0);
}

/* proves: I-01 I-02 I-03 I-05 I-06 I-11 I-12 I-20 I-22 I-24 I-26 I-28 I-31 QI-22 */
static void a_strict_base_server_is_satisfied(void **state)
{
    (void)state;
    for (int unknown = 0; unknown < 2; unknown++) {
        struct strict s = {.says_unknown = unknown, .msize = 8192};
        struct proxy p;
        struct p9_file root;
        connect_strict(&p, &s);
        assert_int_equal(p9_attach(p.client, "/", &root), 0);
        assert_string_equal(s.uname, "user");
        assert_int_equal(s.n_uname, 5);
        names_and_attributes(&p, &s, &root);
        contents(&p, &root);
        assert_int_equal(p9_clunk(&root), 0);
        struct p9_client_info info = p9_client_info(p.client);
        assert_null(info.dead);
        assert_null(s.violation);
        assert_int_equal(info.live_fids, 0);
        assert_int_equal(info.lost_fids, 0);
        proxy_close(&p);
    }
}

/* proves: I-03 */
static void a_tiny_msize_is_refused(void **state)
{
    (void)state;
    struct strict s = {.msize = 4095};
    struct proxy p;
    const struct p9_client_options o = {.personality = P9_AUTO, .n_uname = P9_NOUID};
    proxy_open(&p);
    p.request = strict_request;
    p.arg = &s;
    assert_int_equal(proxy_connect(&p, &o), -EIO);
    assert_null(p.client);
    proxy_close(&p);
}

/* The original's client asks once and takes what comes: no second try, nothing std about it. */
static void the_originals_client_does_not_ask_again(void **state)
{
    (void)state;
    struct strict s = {.msize = 8192, .says_unknown = true};
    struct proxy p;
    const struct p9_client_options o = {.personality = P9_GV, .n_uname = P9_NOUID};
    proxy_open(&p);
    p.request = strict_request;
    p.arg = &s;
    assert_int_equal(proxy_connect(&p, &o), -EIO);
    assert_int_equal(p.requests, 1);
    proxy_close(&p);
}

/* A failed clunk or remove gives the number back (I-24), also of a file that the server has lost.
 */
static void ended_fids_are_used_again(void **state)
{
    (void)state;
    struct strict s = {.msize = 8192};
    struct proxy p;
    struct p9_file root, f;
    connect_strict(&p, &s);
    assert_int_equal(p9_attach(p.client, "/", &root), 0);
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &f), 0);
    p.s.mock.fail = -EACCES;
    assert_int_equal(p9_remove(&f), -EACCES);
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &f), 0);
    struct p9_msg gone;
    assert_int_equal(
        p9_call(p.client, &(struct p9_msg){.type = P9_TCLUNK, .fid = f.fid}, &gone, NULL), 0);
    assert_int_equal(p9_clunk(&f), -EBADF); /* the server knows it no more */
    assert_int_equal(p9_client_info(p.client).lost_fids, 0);
    assert_int_equal(p9_clunk(&root), 0);
    proxy_close(&p);
}

/* proves: I-25 */
static void locks_travel(void **state)
{
    (void)state;
    struct p9_msg m = {.type = P9_TLOCK, .tag = 1, .fid = 2, .flags = 3, .name = p9_str("me")},
                  back;
    uint8_t want[64], got[64];
    m.lock = (struct p9_lock){.type = 1, .start = 4, .length = 5, .proc_id = 6};
    size_t n, want_n = unhex("28000000 34 0100 02000000 01 03000000 0400000000000000"
                             "0500000000000000 06000000 0200 6d65",
                             want);
    assert_int_equal(p9_encode(&m, P9_CODEC_STD, got, sizeof(got), &n), 0);
    assert_int_equal(n, want_n);
    assert_memory_equal(got, want, n);
    assert_int_equal(p9_encode(&m, 0, got, sizeof(got), &n), -ENOMSG);
    assert_int_equal(p9_decode(want, want_n, 0, &back), -ENOMSG);
    assert_int_equal(p9_decode(want, want_n, P9_CODEC_STD, &back), 0);
    assert_int_equal(back.lock.start, 4);
    assert_int_equal(back.lock.proc_id, 6);
    m = (struct p9_msg){.type = P9_TLOCK + 1, .status = P9_LOCK_GRACE};
    assert_int_equal(p9_encode(&m, P9_CODEC_STD, got, sizeof(got), &n), 0);
    assert_int_equal(n, 8);
    assert_int_equal(p9_decode(got, n, P9_CODEC_STD, &back), 0);
    assert_int_equal(back.status, P9_LOCK_GRACE);
}

static bool answer_locks(struct proxy *p, uint8_t *frame, size_t n, const struct p9_msg *t)
{
    struct p9_msg r = {.type = (uint8_t)(t->type + 1), .tag = t->tag, .status = P9_LOCK_BLOCKED};
    (void)frame, (void)n;
    if (t->type == P9_TXATTRWALK) {
        r.size = 12;
    } else if (t->type != P9_TLOCK && t->type != P9_TGETLOCK) {
        return false;
    }
    r.lock = (struct p9_lock){.type = P9_LOCK_UNLOCK, .proc_id = t->lock.proc_id};
    proxy_answer(p, &r);
    return true;
}

static void lock_and_attribute_calls_give_their_results(void **state)
{
    (void)state;
    const struct p9_client_options o = {
        .personality = P9_AUTO, .n_uname = P9_NOUID, .version = "9P2000.L"};
    struct proxy p;
    struct p9_file root, x;
    struct p9_lock lock = {.type = P9_LOCK_WRITE, .proc_id = 44}, got;
    uint8_t status = 0;
    uint64_t size = 0;
    proxy_open(&p);
    p.request = answer_locks;
    assert_int_equal(proxy_connect(&p, &o), 0);
    assert_int_equal(p9_attach(p.client, "/", &root), 0);
    assert_int_equal(p9_setlock(&root, &lock, 1, "me", &status), 0);
    assert_int_equal(status, P9_LOCK_BLOCKED);
    assert_int_equal(p9_getlock(&root, &lock, "me", &got), 0);
    assert_int_equal(got.type, P9_LOCK_UNLOCK);
    assert_int_equal(got.proc_id, 44);
    assert_int_equal(p9_xattrwalk(&root, "", &size, &x), 0);
    assert_int_equal(size, 12);
    p9_client_set_personality(p.client, P9_GV); /* the original has none of them */
    assert_int_equal(p9_setlock(&root, &lock, 1, "me", &status), -EOPNOTSUPP);
    assert_int_equal(p9_getlock(&root, &lock, "me", &got), -EOPNOTSUPP);
    struct p9_file closed = {0};
    assert_int_equal(p9_xattrwalk(&closed, "", &size, &x), -EBADF);
    proxy_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strict_base_server_is_satisfied),
        cmocka_unit_test(a_tiny_msize_is_refused),
        cmocka_unit_test(the_originals_client_does_not_ask_again),
        cmocka_unit_test(ended_fids_are_used_again),
        cmocka_unit_test(locks_travel),
        cmocka_unit_test(lock_and_attribute_calls_give_their_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
