/* The script of contract 13.2: what a client like Linux's must be able to do, row by row of 13.1.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "peer.h"

enum { MSIZE = 8192 };

/* ---------------------------------------------------------------------- sessions and walks */

static void sessions(struct peer *p)
{
    struct p9_server *s = gofer_channel_server(p->channel);
    const struct p9_msg bad = {.type = P9_TVERSION, .msize = MSIZE, .name = p9_str("9P2000")};
    assert_int_equal(p9_server_personality(s), P9_GV);
    struct p9_msg r = peer_call(p, bad);
    assert_int_equal(r.type, P9_TVERSION + 1);
    assert_int_equal(r.name.n, 7);
    assert_memory_equal(r.name.p, "unknown", 7);
    assert_int_equal(p9_server_personality(s), P9_GV);
    const struct p9_msg small = {.type = P9_TVERSION, .msize = 4095, .name = p9_str("9P2000.L")};
    assert_int_equal(peer_errno(p, small), EMSGSIZE);
    const struct p9_msg odd = {.type = P9_TVERSION, .msize = MSIZE, .name = p9_str("9P2000.Lx")};
    assert_int_equal(peer_errno(p, odd), EINVAL);
    const struct p9_msg high = {
        .type = P9_TVERSION, .msize = MSIZE, .name = p9_str("9P2000.L.Google.7")};
    assert_int_equal(peer_errno(p, high), EAGAIN);

    peer_attach(p, MSIZE);
    assert_int_equal(p9_server_personality(s), P9_STD);
    struct p9_msg again = {.type = P9_TATTACH, .fid = 1, .fid2 = P9_NOFID, .name2 = p9_str("/dir")};
    again.uid = 1000;
    assert_int_equal(peer_errno(p, again), 0); /* one attach for each user */
    again.fid = 2;
    again.name2 = p9_str("/none");
    assert_int_equal(peer_errno(p, again), ENOENT);
    again.name2 = p9_str("../..");
    assert_int_equal(peer_errno(p, again), 0); /* by text never above the top */
    const struct p9_msg auth = {.type = P9_TAUTH, .fid = 9, .name2 = p9_str("/")};
    assert_int_equal(peer_errno(p, auth), ENOENT);
    const struct p9_msg large = {
        .type = P9_TVERSION, .msize = UINT32_MAX, .name = p9_str("9P2000.L")};
    r = peer_call(p, large);
    assert_int_equal(r.msize, P9_FRAME_MAX);
    assert_int_equal(p9_server_info(s).fids, 0); /* Tversion resets the session */
    assert_int_equal(peer_clunk(p, 0), EBADF);
    const struct p9_msg google = {
        .type = P9_TVERSION, .msize = MSIZE, .name = p9_str("9P2000.L.Google.6")};
    assert_int_equal(peer_errno(p, google), 0);
    assert_int_equal(p9_server_personality(s), P9_GV);
}

/* proves: I-02 I-03 I-04 I-06 I-07 I-08 I-30 I-34 */
static void test_sessions(void **state)
{
    (void)state;
    peer_both(RW, sessions);
}

static void walks(struct peer *p)
{
    static const char *const down[] = {"dir", "sub", "..", "x"};
    static const char *const up[] = {"..", "..", "..", "file"};
    const char *many[17];
    peer_attach(p, MSIZE);
    assert_int_equal(peer_walk(p, 0, 1, NULL, 0), 0);      /* no qid for a clone */
    assert_int_equal(peer_walk1(p, 0, 1, "file"), EINVAL); /* newfid in use */
    assert_int_equal(peer_walk1(p, 1, 1, "dir"), 0);       /* but newfid = fid is fine */
    assert_int_equal(peer_walk(p, 0, 2, down, 4), 0);
    assert_int_equal(peer_walk(p, 0, 3, up, 4), 0); /* the top is its own parent */
    assert_int_equal(peer_walk1(p, 0, 4, "none"), ENOENT);
    assert_int_equal(peer_walk1(p, 2, 4, "x"), ENOTDIR);
    assert_int_equal(peer_walk1(p, 0, 4, "a/b"), EINVAL);
    assert_int_equal(peer_walk1(p, 0, 4, ""), EINVAL);
    for (size_t i = 0; i < 17; i++) {
        many[i] = i % 2 ? "." : "dir";
    }
    many[2] = "..";
    assert_int_equal(peer_walk(p, 0, 4, many, 17), EINVAL);
    for (size_t i = 0; i < 16; i++) {
        many[i] = i == 0 ? "dir" : ".";
    }
    assert_int_equal(peer_walk(p, 0, 4, many, 16), 0);
    static const char *const special[] = {"pipe", "sock"};
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(peer_walk1(p, 0, 5 + i, special[i]), 0); /* never opened by looking */
        assert_int_equal(peer_open_fid(p, 5 + i, 0), ENXIO);
        struct p9_msg a = peer_getattr(p, 5 + i);
        assert_int_equal(a.attr.mode & S_IFMT, i == 0 ? S_IFIFO : S_IFSOCK);
        assert_int_equal(a.qid.type, P9_QTFILE);
        assert_int_equal(a.mask, 0x7FF);
    }
    assert_int_equal(peer_walk1(p, 0, 7, "dir"), 0);
    assert_int_equal(peer_open_fid(p, 7, 0), 0);
    assert_int_equal(peer_walk1(p, 7, 8, "x"), 0); /* diod's clients do it */
}

/* proves: I-09 I-10 I-11 I-12 I-13 I-19 */
static void test_walks(void **state)
{
    (void)state;
    peer_both(RW, walks);
}

/* ------------------------------------------------------------------------ opens, contents */

static uint64_t size_of(struct peer *p, uint32_t fid)
{
    return peer_getattr(p, fid).attr.size;
}

static void opens(struct peer *p)
{
    peer_attach(p, MSIZE);
    assert_int_equal(peer_walk1(p, 0, 1, "file"), 0);
    assert_int_equal(peer_open_fid(p, 1, 3), EINVAL);
    assert_int_equal(peer_open_fid(p, 1, 0200000), ENOTDIR);
    assert_int_equal(peer_open_fid(p, 1, 0100000 | 02 | 02000 | 04000), 0); /* unknown bits */
    const struct p9_msg read = {.type = P9_TREAD, .fid = 1, .offset = 1, .count = 100};
    struct p9_msg r = peer_call(p, read);
    assert_int_equal(r.count, 4);
    assert_memory_equal(r.data, "ello", 4);
    struct p9_msg write = {
        .type = P9_TWRITE, .fid = 1, .offset = 5, .count = 2, .data = (const uint8_t *)"!!"};
    assert_int_equal(peer_call(p, write).count, 2);
    assert_int_equal(size_of(p, 1), 7);
    const struct p9_msg sync = {.type = P9_TFSYNC, .fid = 1, .datasync = 1};
    assert_int_equal(peer_errno(p, sync), 0);
    write.offset = UINT64_MAX;
    assert_int_equal(peer_errno(p, write), EIO);

    assert_int_equal(peer_walk1(p, 0, 2, "file"), 0);
    assert_int_equal(peer_open_fid(p, 2, 01 | 01000 | 04010000), 0); /* trunc, sync */
    assert_int_equal(size_of(p, 2), 0);
    write = (struct p9_msg){.type = P9_TWRITE, .fid = 2, .count = 1, .data = (const uint8_t *)"z"};
    assert_int_equal(peer_call(p, write).count, 1);
    assert_int_equal(peer_walk1(p, 0, 3, "dir"), 0);
    assert_int_equal(peer_open_fid(p, 3, 1), EISDIR);
    assert_int_equal(peer_open_fid(p, 3, 0200000 | 0100000), 0);
    assert_int_equal(peer_walk1(p, 0, 4, "link"), 0);
    assert_int_equal(peer_open_fid(p, 4, 0), ELOOP);
    const struct p9_msg readlink = {.type = P9_TREADLINK, .fid = 4};
    r = peer_call(p, readlink);
    assert_int_equal(r.name.n, 4);
    assert_memory_equal(r.name.p, "file", 4);
    const struct p9_msg no_link = {.type = P9_TREADLINK, .fid = 1};
    assert_int_equal(peer_errno(p, no_link), EINVAL);
}

/* proves: I-14 I-22 */
static void test_opens(void **state)
{
    (void)state;
    peer_both(RW, opens);
}

/* ----------------------------------------------------------------------------- directories */

struct seen {
    char names[64][16];
    uint8_t types[64];
    uint64_t inos[64];
    size_t n;
};

static void list(struct peer *p, uint32_t fid, uint32_t count, struct seen *s)
{
    struct p9_msg t = {.type = P9_TREADDIR, .fid = fid, .count = count};
    struct p9_dirent e;
    *s = (struct seen){0};
    for (;;) {
        struct p9_msg r = peer_call(p, t);
        size_t cursor = 0;
        assert_int_equal(r.type, P9_TREADDIR + 1);
        assert_true(r.count <= count);
        if (r.count == 0) {
            return;
        }
        while (p9_dirent_next(r.data, r.count, &cursor, &e)) {
            assert_true(s->n < 64 && e.name.n < 16);
            memcpy(s->names[s->n], e.name.p, e.name.n);
            s->inos[s->n] = e.qid.path;
            s->types[s->n++] = e.type;
            t.offset = e.offset;
        }
        assert_int_equal(cursor, r.count); /* whole entries only */
    }
}

static int find(const struct seen *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->names[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static void directories(struct peer *p)
{
    static const struct {
        const char *name;
        uint8_t type;
    } want[] = {{".", 4}, {"..", 4}, {"file", 8}, {"link", 10}, {"pipe", 1}, {"sock", 12}};
    struct seen s, pieces;
    peer_attach(p, MSIZE);
    assert_int_equal(peer_walk(p, 0, 1, NULL, 0), 0);
    assert_int_equal(peer_open_fid(p, 1, 0200000), 0);
    list(p, 1, 4096, &s);
    assert_string_equal(s.names[0], ".");
    assert_string_equal(s.names[1], "..");
    assert_int_equal(s.inos[0], s.inos[1]); /* at the top */
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        int at = find(&s, want[i].name);
        assert_true(at >= 0);
        assert_int_equal(s.types[at], want[i].type);
    }
    list(p, 1, 40, &pieces); /* one entry or two in each reply */
    assert_int_equal(pieces.n, s.n);
    const struct p9_msg tiny = {.type = P9_TREADDIR, .fid = 1, .count = 20};
    assert_int_equal(peer_errno(p, tiny), EINVAL);

    assert_int_equal(peer_walk1(p, 0, 2, "dir"), 0);
    assert_int_equal(peer_open_fid(p, 2, 0), 0);
    list(p, 2, 4096, &pieces);
    assert_int_equal(pieces.n, 4);
    assert_int_equal(pieces.inos[1], s.inos[0]); /* ".." is the directory above */
    const struct p9_msg far = {.type = P9_TREADDIR, .fid = 2, .offset = UINT64_MAX, .count = 4096};
    assert_int_equal(peer_call(p, far).count, 0);
}

/* proves: I-20 I-21 */
static void test_directories(void **state)
{
    (void)state;
    peer_both(RW, directories);
}

/* What is removed while a listing goes on moves nothing of the rest. */
static void removing_while_listing(struct peer *p)
{
    char name[16];
    struct seen s;
    size_t removed = 0;
    peer_attach(p, MSIZE);
    assert_int_equal(peer_walk1(p, 0, 1, "dir"), 0);
    for (unsigned i = 0; i < 20; i++) {
        (void)snprintf(name, sizeof(name), "n%02u", i);
        const struct p9_msg t = {
            .type = P9_TMKDIR, .fid = 1, .name = p9_str(name), .mode = 0755, .gid = P9_NOUID};
        assert_int_equal(peer_errno(p, t), 0);
    }
    assert_int_equal(peer_walk(p, 1, 2, NULL, 0), 0);
    assert_int_equal(peer_open_fid(p, 2, 0), 0);
    struct p9_msg t = {.type = P9_TREADDIR, .fid = 2, .count = 100};
    for (;;) {
        struct p9_dirent e[8];
        size_t cursor = 0, n = 0;
        char copies[8][16] = {0};
        struct p9_msg r = peer_call(p, t);
        while (n < 8 && p9_dirent_next(r.data, r.count, &cursor, &e[n])) {
            memcpy(copies[n], e[n].name.p, e[n].name.n);
            t.offset = e[n++].offset;
        }
        if (n == 0) {
            break;
        }
        for (size_t i = 0; i < n; i++) {
            if (copies[i][0] == 'n') {
                const struct p9_msg rm = {
                    .type = P9_TUNLINKAT, .fid = 1, .name = p9_str(copies[i]), .flags = 0x200};
                assert_int_equal(peer_errno(p, rm), 0);
                removed++;
            }
        }
    }
    assert_int_equal(removed, 20);
    list(p, 2, 4096, &s); /* from the start: afresh */
    assert_int_equal(s.n, 4);
}

static void test_removing_while_listing(void **state)
{
    (void)state;
    peer_both(RW, removing_while_listing);
}

static void the_rest(struct peer *p)
{
    peer_attach(p, MSIZE);
    assert_int_equal(peer_walk1(p, 0, 1, "file"), 0);
    const struct p9_msg walk = {.type = P9_TXATTRWALK, .fid = 1, .fid2 = 2, .name = p9_str("u.x")};
    assert_int_equal(peer_errno(p, walk), EOPNOTSUPP);
    const struct p9_msg make = {.type = P9_TXATTRCREATE, .fid = 1, .name = p9_str("user.x")};
    assert_int_equal(peer_errno(p, make), EOPNOTSUPP);
    struct p9_msg lock = {.type = P9_TLOCK, .fid = 1, .name = p9_str("client")};
    lock.lock = (struct p9_lock){.type = P9_LOCK_WRITE, .length = 1, .proc_id = 3};
    assert_int_equal(peer_errno(p, lock), EOPNOTSUPP);
    lock.type = P9_TGETLOCK;
    assert_int_equal(peer_errno(p, lock), EOPNOTSUPP);
    lock.fid = 99;
    assert_int_equal(peer_errno(p, lock), EBADF);
    const struct p9_msg flush = {.type = P9_TFLUSH, .tag = 4, .oldtag = 4};
    assert_int_equal(peer_errno(p, flush), 0);   /* of itself */
    assert_int_equal(peer_open_fid(p, 1, 2), 0); /* peer_call sees that no descriptor comes */
}

/* proves: I-25 I-26 I-27 I-29 */
static void test_the_rest(void **state)
{
    (void)state;
    peer_both(RW, the_rest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_walks),
        cmocka_unit_test(test_opens),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_removing_while_listing),
        cmocka_unit_test(test_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
