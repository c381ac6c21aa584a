/* Checks in their order and what reaches the backend (contract 7.4, 7.5). */
#include <sys/socket.h>

#include "p9_test.h"

#define M(...) (&(struct p9_msg){__VA_ARGS__})

/* fid 1: attached; fid 2: opened read/write; fid 3: opened for reading; fid 4: for writing; fid 5:
 * plain. */
static struct session *prepared(void **state)
{
    struct session *s = *state;
    assert_int_equal(
        raw_errno(s, M(.type = P9_TATTACH, .fid = 1, .fid2 = P9_NOFID, .name2 = p9_str("/"))), 0);
    for (uint32_t fid = 2; fid <= 5; fid++) {
        assert_int_equal(raw_errno(s, M(.type = P9_TWALK, .fid = 1, .fid2 = fid)), 0);
    }
    assert_int_equal(raw_errno(s, M(.type = P9_TLOPEN, .fid = 2, .flags = 2)), 0);
    assert_int_equal(raw_errno(s, M(.type = P9_TLOPEN, .fid = 3, .flags = 0)), 0);
    assert_int_equal(raw_errno(s, M(.type = P9_TLOPEN, .fid = 4, .flags = 1)), 0);
    return s;
}

struct row {
    struct p9_msg t;
    int error;
    const char *last; /* the backend call; NULL: it was not called */
};

static void run_rows(struct session *s, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned calls = s->mock.calls;
        int error = raw_errno(s, &rows[i].t);
        if (error != rows[i].error || (s->mock.calls > calls) != (rows[i].last != NULL)) {
            fail_msg("row %zu (%s): errno %d, want %d, calls %u", i, p9_type_name(rows[i].t.type),
                     error, rows[i].error, s->mock.calls - calls);
        }
        if (rows[i].last) {
            assert_string_equal(s->mock.last, rows[i].last);
        }
    }
}

#define NAME .name = {.p = "n", .n = 1}
#define DOTS .name = {.p = "..", .n = 2}

/* proves: QI-01 */
static void every_request_reaches_its_backend_call(void **state)
{
    struct session *s = prepared(state);
    const struct p9_setattr sa = {.mode = 0644, .uid = 1, .gid = 2, .size = 3};
    const struct row rows[] = {
        {{.type = P9_TSTATFS, .fid = 1}, 0, "statfs"},
        {{.type = P9_TSTATFS, .fid = 2}, 0, "statfs"},
        {{.type = P9_TLCREATE, .fid = 5, NAME, .flags = 2, .mode = 0644, .gid = 6},
         0,
         "create n 2 644 -1 6"},
        {{.type = P9_TUCREATE, .fid = 5, NAME, .flags = 1, .mode = 0600, .gid = 6, .uid = 7},
         0,
         "create n 1 600 7 6"}, /* 5 is open by now */
        {{.type = P9_TSYMLINK, .fid = 1, NAME, .name2 = {.p = "../t", .n = 4}, .gid = 6},
         0,
         "symlink n ../t -1 6"},
        {{.type = P9_TUSYMLINK, .fid = 1, NAME, .name2 = {.p = "", .n = 0}, .gid = 6, .uid = 7},
         0,
         "symlink n  7 6"},
        {{.type = P9_TMKDIR, .fid = 1, NAME, .mode = 01755, .gid = 6}, 0, "mkdir n 755 -1 6"},
        {{.type = P9_TUMKDIR, .fid = 1, NAME, .mode = 0755, .gid = 6, .uid = 7},
         0,
         "mkdir n 755 7 6"},
        {{.type = P9_TMKNOD, .fid = 1, NAME, .mode = 0644, .major = 1, .minor = 3, .gid = 6},
         0,
         "mknod n 644 1 3 -1 6"},
        {{.type = P9_TUMKNOD, .fid = 1, NAME, .mode = 0644, .gid = 6, .uid = 7},
         0,
         "mknod n 644 0 0 7 6"},
        {{.type = P9_TLINK, .fid = 1, .fid2 = 2, NAME}, 0, "link n other"},
        {{.type = P9_TRENAME, .fid = 1, .fid2 = 1, NAME}, 0, "rename n self"},
        {{.type = P9_TRENAMEAT, .fid = 1, .fid2 = 2, NAME, .name2 = {.p = "m", .n = 1}},
         0,
         "renameat n m other"},
        {{.type = P9_TUNLINKAT, .fid = 1, NAME, .flags = 0xffff}, 0, "unlinkat n ffff"},
        {{.type = P9_TREADLINK, .fid = 2}, 0, "readlink"},
        {{.type = P9_TGETATTR, .fid = 2, .mask = 0x3fff}, 0, "getattr 3fff"},
        {{.type = P9_TSETATTR, .fid = 1, .mask = 9, .setattr = sa}, 0, "setattr 9 644 1 2 3"},
        {{.type = P9_TFLUSHF, .fid = 1}, 0, "flush"},
        {{.type = P9_TREAD, .fid = 2, .offset = 5, .count = 7}, 0, "read 7 5"},
        {{.type = P9_TWRITE, .fid = 2, .offset = 5, .count = 3, .data = (const uint8_t *)"xyz"},
         0,
         "write 3 5"},
        {{.type = P9_TREADDIR, .fid = 2, .offset = 1, .count = 1000}, 0, "readdir 1"},
        {{.type = P9_TREADDIR, .fid = 4, .offset = 0, .count = 1000}, 0, "readdir 0"},
        {{.type = P9_TFSYNC, .fid = 3}, 0, "fsync"},
        {{.type = P9_TLCONNECT, .fid = 1, .flags = 3}, 0, "connect 3"},
        {{.type = P9_TLCONNECT, .fid = 2, .flags = 1}, 0, "connect 1"},
        {{.type = P9_TREMOVE, .fid = 5}, 0, "remove"},
    };
    run_rows(s, rows, ARRAY_LEN(rows));
}

/* proves: Q-34 QI-09 */
static void checks_come_in_order_and_before_the_backend(void **state)
{
    struct session *s = prepared(state);
    const struct row rows[] = {
        {{.type = P9_TAUTH, .fid = 9}, ENOSYS, NULL},
        {{.type = P9_TATTACH, .fid = 9, .fid2 = 1}, EINVAL, NULL},
        {{.type = P9_TATTACH, .fid = 9, .fid2 = P9_NOFID, .name2 = {.p = "/\0x", .n = 3}},
         EINVAL,
         NULL},
        {{.type = P9_TFLUSH, .oldtag = 0}, 0, NULL}, /* its own tag: Q-32 */
        {{.type = P9_TFLUSH, .oldtag = 77}, 0, NULL},
        {{.type = P9_TWALK, .fid = 9, .fid2 = 10}, EBADF, NULL},
        {{.type = P9_TWALK, .fid = 2, .fid2 = 10}, EBUSY, NULL},
        {{.type = P9_TWALKGETATTR, .fid = 2, .fid2 = 10}, EBUSY, NULL},
        {{.type = P9_TCLUNK, .fid = 9}, EBADF, NULL},
        {{.type = P9_TREMOVE, .fid = 9}, EBADF, NULL},
        {{.type = P9_TLOPEN, .fid = 9}, EBADF, NULL},
        {{.type = P9_TLOPEN, .fid = 2}, EINVAL, NULL},
        {{.type = P9_TLCREATE, .fid = 9, DOTS}, EINVAL, NULL},
        {{.type = P9_TLCREATE, .fid = 9, NAME}, EBADF, NULL},
        {{.type = P9_TSYMLINK, .fid = 9, DOTS}, EINVAL, NULL},
        {{.type = P9_TSYMLINK, .fid = 1, NAME, .name2 = {.p = "a\0b", .n = 3}}, EINVAL, NULL},
        {{.type = P9_TSYMLINK, .fid = 9, NAME}, EBADF, NULL},
        {{.type = P9_TMKDIR, .fid = 9, DOTS}, EINVAL, NULL},
        {{.type = P9_TMKDIR, .fid = 9, NAME}, EBADF, NULL},
        {{.type = P9_TMKNOD, .fid = 9, DOTS}, EINVAL, NULL},
        {{.type = P9_TMKNOD, .fid = 9, NAME}, EBADF, NULL},
        {{.type = P9_TLINK, .fid = 9, .fid2 = 9, DOTS}, EINVAL, NULL},
        {{.type = P9_TLINK, .fid = 9, .fid2 = 1, NAME}, EBADF, NULL},
        {{.type = P9_TLINK, .fid = 1, .fid2 = 9, NAME}, EBADF, NULL},
        {{.type = P9_TRENAME, .fid = 9, .fid2 = 1, DOTS}, EINVAL, NULL},
        {{.type = P9_TRENAME, .fid = 9, .fid2 = 1, NAME}, EBADF, NULL},
        {{.type = P9_TRENAME, .fid = 1, .fid2 = 9, NAME}, EBADF, NULL},
        {{.type = P9_TRENAMEAT, .fid = 1, .fid2 = 1, NAME, .name2 = {.p = "..", .n = 2}},
         EINVAL,
         NULL},
        {{.type = P9_TRENAMEAT, .fid = 1, .fid2 = 9, NAME, .name2 = {.p = "m", .n = 1}},
         EBADF,
         NULL},
        {{.type = P9_TUNLINKAT, .fid = 9, DOTS}, EINVAL, NULL},
        {{.type = P9_TUNLINKAT, .fid = 9, NAME}, EBADF, NULL},
        {{.type = P9_TREADLINK, .fid = 9}, EBADF, NULL},
        {{.type = P9_TGETATTR, .fid = 9}, EBADF, NULL},
        {{.type = P9_TSETATTR, .fid = 9}, EBADF, NULL},
        {{.type = P9_TSTATFS, .fid = P9_NOFID}, EBADF, NULL},
        {{.type = P9_TFLUSHF, .fid = 9}, EBADF, NULL},
        {{.type = P9_TREAD, .fid = 9, .count = UINT32_MAX}, EBADF, NULL},
        {{.type = P9_TREAD, .fid = 1, .count = UINT32_MAX}, EINVAL, NULL},
        {{.type = P9_TREAD, .fid = 4, .count = UINT32_MAX}, EPERM, NULL},
        {{.type = P9_TREAD, .fid = 3, .count = UINT32_MAX}, ENOBUFS, NULL},
        {{.type = P9_TREAD, .fid = 3, .count = P9_FRAME_MAX + 1}, ENOBUFS, NULL},
        {{.type = P9_TWRITE, .fid = 9}, EBADF, NULL},
        {{.type = P9_TWRITE, .fid = 1}, EINVAL, NULL},
        {{.type = P9_TWRITE, .fid = 3}, EPERM, NULL},
        {{.type = P9_TREADDIR, .fid = 9}, EBADF, NULL},
        {{.type = P9_TREADDIR, .fid = 1}, EINVAL, NULL},
        {{.type = P9_TFSYNC, .fid = 9}, EBADF, NULL},
        {{.type = P9_TFSYNC, .fid = 1}, EINVAL, NULL},
        {{.type = P9_TXATTRWALK, .fid = 9}, EBADF, NULL},
        {{.type = P9_TXATTRWALK, .fid = 1}, ENODATA, NULL},
        {{.type = P9_TXATTRCREATE, .fid = 9}, EBADF, NULL},
        {{.type = P9_TXATTRCREATE, .fid = 1}, ENOSYS, NULL},
        {{.type = P9_TLCONNECT, .fid = 9}, EBADF, NULL},
    };
    run_rows(s, rows, ARRAY_LEN(rows));
}

/* proves: QI-12 */
static void unsafe_names_never_reach_the_backend(void **state)
{
    struct session *s = prepared(state);
    static const struct {
        struct p9_str name;
        bool safe;
    } names[] = {
        {{"", 0}, false},        {{".", 1}, false},          {{"..", 2}, false},
        {{"a/b", 3}, false},     {{"/name", 5}, false},      {{"name/", 5}, false},
        {{"/", 1}, false},       {{"a\0b", 3}, false},       {{"\0", 1}, false},
        {{"..\0", 3}, false},    {{"name", 4}, true},        {{"...", 3}, true},
        {{".name", 5}, true},    {{"name..", 6}, true},      {{"..name", 6}, true},
        {{"name 123", 8}, true}, {{"!@#$%^&*()", 10}, true}, {{"\xff\xfe", 2}, true},
    };
    static const uint8_t types[] = {P9_TLCREATE, P9_TUCREATE, P9_TSYMLINK, P9_TUSYMLINK,
                                    P9_TMKDIR,   P9_TUMKDIR,  P9_TMKNOD,   P9_TUMKNOD,
                                    P9_TLINK,    P9_TRENAME,  P9_TUNLINKAT};
    for (size_t n = 0; n < ARRAY_LEN(names); n++) {
        for (size_t t = 0; t < ARRAY_LEN(types); t++) {
            unsigned calls = s->mock.calls;
            int error =
                raw_errno(s, M(.type = types[t], .fid = 5, .fid2 = 1, .name = names[n].name));
            assert_int_equal(error, names[n].safe ? 0 : EINVAL);
            assert_int_equal(s->mock.calls - calls, names[n].safe);
        }
        uint8_t raw[32];
        raw[0] = (uint8_t)names[n].name.n;
        raw[1] = 0;
        memcpy(raw + 2, names[n].name.p, names[n].name.n);
        const struct p9_names list = {.n = 1, .raw = raw, .raw_n = names[n].name.n + 2};
        int error = raw_errno(s, M(.type = P9_TWALK, .fid = 1, .fid2 = 9, .names = list));
        assert_int_equal(error, names[n].safe ? 0 : EINVAL);
    }
}

/* proves: Q-41 */
static void walks_give_qids_in_order(void **state)
{
    struct session *s = prepared(state);
    static const char *const names[] = {"a", "b", "c"};
    static const char *const lost[] = {"a", "missing"};
    struct p9_msg r =
        raw_call(s, M(.type = P9_TWALK, .fid = 1, .fid2 = 8, .names = {.n = 3, .v = names}));
    assert_int_equal(r.qids.n, 3);
    assert_int_equal(p9_qids_at(&r.qids, 2).path, 102);
    assert_string_equal(s->mock.last, "walk 3 c");
    r = raw_call(s, M(.type = P9_TWALK, .fid = 1, .fid2 = 8));
    assert_int_equal(r.qids.n, 1);
    unsigned live = s->mock.live;
    assert_int_equal(
        raw_errno(s, M(.type = P9_TWALK, .fid = 1, .fid2 = 9, .names = {.n = 2, .v = lost})),
        ENOENT);
    assert_int_equal(s->mock.live, live);
    assert_int_equal(raw_errno(s, M(.type = P9_TCLUNK, .fid = 9)), EBADF);
    p9_server_set_personality(s->server, P9_STD);
    r = raw_call(s, M(.type = P9_TWALK, .fid = 1, .fid2 = 1));
    assert_int_equal(r.qids.n, 0);
}

/* proves: Q-33 */
static void walkgetattr_falls_back_and_leaks_nothing(void **state)
{
    struct session *s = prepared(state);
    static const char *const names[] = {"a"};
    const struct p9_msg t = {
        .type = P9_TWALKGETATTR, .fid = 1, .fid2 = 8, .names = {.n = 1, .v = names}};
    struct p9_msg r = raw_call(s, &t);
    assert_int_equal(r.type, P9_TWALKGETATTR + 1);
    assert_string_equal(s->mock.last, "walkgetattr 1 a");
    assert_int_equal(r.attr.size, 4);
    s->mock.no_walkgetattr = true;
    r = raw_call(s, &t);
    assert_int_equal(r.type, P9_TWALKGETATTR + 1);
    assert_string_equal(s->mock.last, "getattr 3fff");
    assert_int_equal(r.mask, P9_ATTR_STAT);
    unsigned live = s->mock.live;
    s->mock.fail = -EACCES;
    s->mock.fail_later = 1; /* the walk succeeds, its getattr does not */
    assert_int_equal(raw_errno(s, &t), EACCES);
    assert_string_equal(s->mock.last, "getattr 3fff");
    assert_int_equal(s->mock.live, live);
}

/* proves: Q-26 QI-06 QI-08 */
static void fid_numbers_are_replaced_and_dropped(void **state)
{
    struct session *s = prepared(state);
    struct p9_server_info before = p9_server_info(s->server);
    assert_int_equal(raw_errno(s, M(.type = P9_TWALK, .fid = 1, .fid2 = 2)), 0);
    assert_int_equal(raw_errno(s, M(.type = P9_TWALK, .fid = 1, .fid2 = 1)), 0);
    assert_int_equal(raw_errno(s, M(.type = P9_TFSYNC, .fid = 2)), EINVAL); /* no longer open */
    struct p9_server_info info = p9_server_info(s->server);
    assert_int_equal(info.fids, before.fids);
    assert_int_equal(info.fid_replaced, before.fid_replaced + 2);
    assert_int_equal(info.fids, info.fid_inserts - info.fid_deletes - info.fid_replaced);
    s->mock.fail = -EACCES;
    assert_int_equal(raw_errno(s, M(.type = P9_TREMOVE, .fid = 2)), EACCES);
    assert_int_equal(raw_errno(s, M(.type = P9_TGETATTR, .fid = 2)), EBADF);
    assert_int_equal(raw_errno(s, M(.type = P9_TCLUNK, .fid = 3)), 0);
    assert_int_equal(raw_errno(s, M(.type = P9_TCLUNK, .fid = 3)), EBADF);
    p9_server_set_personality(s->server, P9_STD);
    assert_int_equal(raw_errno(s, M(.type = P9_TWALK, .fid = 1, .fid2 = 4)), EINVAL);
    assert_int_equal(raw_errno(s, M(.type = P9_TWALK, .fid = 1, .fid2 = 1)), 0);
    assert_int_equal(raw_errno(s, M(.type = P9_TATTACH, .fid = 4, .fid2 = P9_NOFID)), EINVAL);
}

/* proves: Q-31 */
static void rattach_has_a_zero_qid_unless_told_otherwise(void **state)
{
    struct session *s = *state;
    const struct p9_msg t = {.type = P9_TATTACH, .fid = 1, .fid2 = P9_NOFID};
    assert_int_equal(raw_call(s, &t).qid.type, 0);
    p9_server_set_personality(s->server, P9_STD);
    const struct p9_msg again = {.type = P9_TATTACH, .fid = 2, .fid2 = P9_NOFID};
    assert_int_equal(raw_call(s, &again).qid.type, P9_QTDIR);
}

static void a_failed_open_leaves_the_fid_unopened(void **state)
{
    struct session *s = prepared(state);
    s->mock.fail = -EACCES;
    assert_int_equal(raw_errno(s, M(.type = P9_TLOPEN, .fid = 5)), EACCES);
    assert_int_equal(raw_errno(s, M(.type = P9_TFSYNC, .fid = 5)), EINVAL);
    assert_int_equal(raw_errno(s, M(.type = P9_TLOPEN, .fid = 5, .flags = 3)), 0);
    assert_int_equal(raw_errno(s, M(.type = P9_TREAD, .fid = 5)),
                     0); /* access mode 3 passes both */
    assert_int_equal(raw_errno(s, M(.type = P9_TWRITE, .fid = 5)), 0);
}

/* proves: QI-13 */
static void error_codes_go_out_as_errno(void **state)
{
    struct session *s = prepared(state);
    static const struct {
        int code, error;
    } rows[] = {{-ENOENT, ENOENT}, {-4095, 4095}, {ERR_NOT_FOUND, ENOENT}, {-4096, EIO}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        s->mock.fail = rows[i].code;
        assert_int_equal(raw_errno(s, M(.type = P9_TSTATFS, .fid = 1)), rows[i].error);
    }
}

/* proves: Q-06 */
static void directory_replies_hold_whole_entries(void **state)
{
    struct session *s = prepared(state);
    s->mock.entries = 1000;
    for (uint32_t count = 0; count < 120; count++) {
        struct p9_msg r =
            raw_call(s, M(.type = P9_TREADDIR, .fid = 2, .offset = 0, .count = count));
        if (count < 26) {
            assert_int_equal(r.type, P9_RLERROR);
            assert_int_equal(r.ecode, EINVAL);
            continue;
        }
        size_t cursor = 0, n = 0;
        struct p9_dirent e;
        while (p9_dirent_next(r.data, r.count, &cursor, &e)) {
            assert_int_equal(e.offset, ++n);
        }
        assert_int_equal(cursor, r.count);
        assert_int_equal(n, count / 26);
    }
    struct p9_msg r = raw_call(s, M(.type = P9_TREADDIR, .fid = 2, .offset = 1000, .count = 0));
    assert_int_equal(r.type, P9_TREADDIR + 1);
    assert_int_equal(r.count, 0);
}

/* proves: Q-14 QI-05 */
static void replies_are_cut_to_the_message_size(void **state)
{
    struct session *s = prepared(state);
    const struct p9_msg v = {.type = P9_TVERSION, .msize = 4096, .name = p9_str("9P2000.L")};
    assert_int_equal(raw_errno(s, &v), 0);
    struct p9_msg r = raw_call(s, M(.type = P9_TREAD, .fid = 2, .offset = 3, .count = 60000));
    assert_int_equal(r.count, 4096 - 11);
    assert_int_equal(r.data[1], 4);
    s->mock.entries = 10000;
    r = raw_call(s, M(.type = P9_TREADDIR, .fid = 2, .count = UINT32_MAX));
    assert_true(r.count <= 4096 - 11);
    s->mock.link_n = 4096 - 9;
    assert_int_equal(raw_call(s, M(.type = P9_TREADLINK, .fid = 2)).name.n, 4096 - 9);
    s->mock.link_n++;
    assert_int_equal(raw_errno(s, M(.type = P9_TREADLINK, .fid = 2)), ENAMETOOLONG);
    static const char *names[400];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        names[i] = "n";
    }
    unsigned calls = s->mock.calls;
    assert_int_equal(
        raw_errno(s, M(.type = P9_TWALK, .fid = 1, .fid2 = 9, .names = {.n = 400, .v = names})),
        EMSGSIZE);
    assert_int_equal(s->mock.calls, calls);
}

/* proves: Q-08 Q-09 Q-10 */
static void versions_are_answered_in_the_originals_order(void **state)
{
    struct session *s = prepared(state);
    size_t fids = p9_server_info(s->server).fids;
    static const struct {
        uint32_t msize;
        const char *text;
        int error;
    } rows[] = {
        {0, "notokay", EINVAL},
        {P9_FRAME_MAX + 1, "9P2000.L", EINVAL},
        {8192, "notokay", EINVAL},
        {8192, "9P1000.L", EINVAL},
        {8192, "9P2000.L.Google.7", EAGAIN},
        {8192, "9P2000.L.Google.4294967295", EAGAIN},
        {8192, "9P2000.L.Google.6", 0},
        {P9_FRAME_MAX, "9P2000.L.Google.0", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct p9_msg r = raw_call(s, M(.type = P9_TVERSION, .tag = 5, .msize = rows[i].msize,
                                        .name = p9_str(rows[i].text)));
        if (rows[i].error) {
            assert_int_equal(r.type, P9_RLERROR);
            assert_int_equal(r.ecode, rows[i].error);
        } else {
            assert_int_equal(r.msize, rows[i].msize);
            assert_int_equal(r.name.n, strlen(rows[i].text)); /* byte for byte */
            assert_memory_equal(r.name.p, rows[i].text, r.name.n);
        }
    }
    assert_int_equal(p9_server_info(s->server).fids, fids);
    assert_int_equal(p9_server_info(s->server).version, 0);
    p9_server_set_personality(s->server, P9_STD);
    struct p9_msg r =
        raw_call(s, M(.type = P9_TVERSION, .msize = 8192, .name = p9_str("9P2000.u")));
    assert_memory_equal(r.name.p, "unknown", 7);
    assert_int_equal(
        raw_errno(s, M(.type = P9_TVERSION, .msize = 8192, .name = p9_str("9P2000.L"))), 0);
    assert_int_equal(p9_server_info(s->server).fids, 0);
}

static void donated_descriptors_go_with_the_reply(void **state)
{
    struct session *s = prepared(state);
    uint8_t buf[64];
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } control;
    struct iovec iov = {.iov_base = buf, .iov_len = sizeof(buf)};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = control.bytes,
                         .msg_controllen = sizeof(control.bytes)};
    s->mock.donate = true;
    raw_send_msg(s->raw->fd, M(.type = P9_TLOPEN, .tag = 1, .fid = 5));
    assert_int_equal(p9_server_serve_some(s->server), P9_PUMP_PROGRESS);
    assert_int_equal(recvmsg(s->raw->fd, &msg, MSG_CMSG_CLOEXEC), 24);
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    assert_non_null(c);
    assert_int_equal(c->cmsg_type, SCM_RIGHTS);
    assert_int_equal(c->cmsg_len, CMSG_LEN(sizeof(int)));
    int fd;
    struct owned_fd *owned;
    memcpy(&fd, CMSG_DATA(c), sizeof(fd));
    assert_int_equal(owned_fd_new(&s->client_domain, fd, "donated", &owned), 0);
    owned_fd_free(owned);
}

struct two_kinds {
    struct p9_attach_point attach;
    struct p9_backend_ops ops;
    unsigned attached;
};

static int attach_by_turns(void *arg, const char *aname, struct p9_node **ret,
                           struct p9_qid *ret_qid)
{
    struct two_kinds *kinds = arg;
    int code = kinds->attach.attach(kinds->attach.arg, aname, ret, ret_qid);
    if (code == 0 && kinds->attached++ % 2) {
        kinds->ops = *(*ret)->ops;
        (*ret)->ops = &kinds->ops;
    }
    return code;
}

/* Files of two kinds behind one server: nothing goes from one to the other. */
/* proves: P-15 */
static void backends_of_two_kinds_do_not_mix(void **state)
{
    (void)state;
    struct session s;
    struct owned_fd *end;
    session_domains(&s);
    mock_init(&s.mock, &s.server_domain);
    struct two_kinds kinds = {.attach = s.mock.attach};
    const struct p9_attach_point both = {.attach = attach_by_turns, .arg = &kinds};
    assert_int_equal(p9_socketpair(&s.server_domain, &s.client_domain, &end, &s.raw), 0);
    assert_int_equal(p9_server_new(&s.server_domain, end, &both, &s.server), 0);
    for (uint32_t fid = 1; fid <= 2; fid++) {
        const struct p9_msg attach = {
            .type = P9_TATTACH, .fid = fid, .fid2 = P9_NOFID, .name2 = p9_str("/")};
        assert_int_equal(raw_errno(&s, &attach), 0);
    }
    unsigned calls = s.mock.calls;
    const struct p9_msg refused[] = {
        {.type = P9_TLINK, .fid = 1, .fid2 = 2, .name = p9_str("x")},
        {.type = P9_TRENAME, .fid = 1, .fid2 = 2, .name = p9_str("x")},
        {.type = P9_TRENAMEAT, .fid = 1, .name = p9_str("x"), .fid2 = 2, .name2 = p9_str("y")},
    };
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        assert_int_equal(raw_errno(&s, &refused[i]), EXDEV);
    }
    assert_int_equal(s.mock.calls, calls);
    assert_int_equal(session_close(&s), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RAW_TEST(every_request_reaches_its_backend_call),
        RAW_TEST(checks_come_in_order_and_before_the_backend),
        RAW_TEST(unsafe_names_never_reach_the_backend),
        RAW_TEST(walks_give_qids_in_order),
        RAW_TEST(walkgetattr_falls_back_and_leaks_nothing),
        RAW_TEST(fid_numbers_are_replaced_and_dropped),
        RAW_TEST(rattach_has_a_zero_qid_unless_told_otherwise),
        RAW_TEST(a_failed_open_leaves_the_fid_unopened),
        RAW_TEST(error_codes_go_out_as_errno),
        RAW_TEST(directory_replies_hold_whole_entries),
        RAW_TEST(replies_are_cut_to_the_message_size),
        RAW_TEST(versions_are_answered_in_the_originals_order),
        RAW_TEST(donated_descriptors_go_with_the_reply),
        cmocka_unit_test(backends_of_two_kinds_do_not_mix),
    };
    return cmocka_run_group_tests_name("p9_handlers", tests, NULL, NULL);
}
