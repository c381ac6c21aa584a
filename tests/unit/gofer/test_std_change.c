/* The script of contract 13.2, second half: what changes the tree, who may, and what happens when
 * it fails. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "peer.h"

enum { MSIZE = 8192 };

static struct p9_msg create(uint32_t fid, const char *name, uint32_t flags, uint32_t mode)
{
    return (struct p9_msg){.type = P9_TLCREATE,
                           .fid = fid,
                           .name = p9_str(name),
                           .flags = flags,
                           .mode = mode,
                           .gid = 0};
}

static uint64_t size_of(struct peer *p, uint32_t fid)
{
    return peer_getattr(p, fid).attr.size;
}

static void creates(struct peer *p)
{
    peer_attach(p, MSIZE);
    for (uint32_t fid = 1; fid < 9; fid++) {
        assert_int_equal(peer_walk(p, 0, fid, NULL, 0), 0);
    }
    assert_int_equal(peer_errno(p, create(1, "new", 0100 | 02 | 0100000, 0106751)), 0);
    struct p9_msg a = peer_getattr(p, 1);
    assert_int_equal(a.attr.mode, 0106751); /* set-id bits survive */
    assert_int_equal(peer_errno(p, create(2, "new", 0100 | 0200 | 02, 0100644)), EEXIST);
    struct p9_msg write = {.type = P9_TWRITE, .fid = 1, .count = 3, .data = (const void *)"abc"};
    assert_int_equal(peer_call(p, write).count, 3);
    assert_int_equal(peer_errno(p, create(2, "new", 0100 | 02, 0100600)), 0); /* opens it */
    assert_int_equal(size_of(p, 2), 3);
    assert_int_equal(peer_getattr(p, 2).attr.mode & 0777, 0751);
    assert_int_equal(peer_errno(p, create(3, "new", 0100 | 01 | 01000, 0100600)), 0);
    assert_int_equal(size_of(p, 3), 0);
    assert_int_equal(peer_errno(p, create(4, "new2", 3, 0100600)), EINVAL);
    assert_int_equal(peer_errno(p, create(4, "dir", 0100, 0100600)), EISDIR);
    assert_int_equal(peer_errno(p, create(4, "link", 0100, 0100600)), ELOOP);
    int fifo = peer_errno(p, create(4, "pipe", 0100 | 02, 0100600));
    assert_int_equal(fifo, ENXIO);
    assert_int_equal(peer_errno(p, create(4, "..", 0100, 0100600)), EINVAL);
    assert_int_equal(peer_walk1(p, 0, 9, "file"), 0);
    assert_int_equal(peer_errno(p, create(9, "x", 0100, 0100600)), ENOTDIR);

    struct p9_msg mkdir = {.type = P9_TMKDIR, .fid = 0, .name = p9_str("made"), .mode = 0043755};
    mkdir.gid = 5;
    assert_int_equal(peer_call(p, mkdir).qid.type, P9_QTDIR);
    assert_int_equal(peer_walk1(p, 0, 10, "made"), 0);
    a = peer_getattr(p, 10);
    assert_int_equal(a.attr.mode, 0043755);
    assert_int_equal(a.attr.gid, 5);
    const struct p9_msg symlink = {
        .type = P9_TSYMLINK, .name = p9_str("s"), .name2 = p9_str("to"), .gid = 5};
    assert_int_equal(peer_call(p, symlink).qid.type, P9_QTSYMLINK);
}

/* proves: I-15 I-16 I-31 */
static void test_creates(void **state)
{
    (void)state;
    peer_both(RW, creates);
}

static int mknod_errno(struct peer *p, const char *name, uint32_t mode)
{
    return peer_errno(p, (struct p9_msg){.type = P9_TMKNOD,
                                         .name = p9_str(name),
                                         .mode = mode,
                                         .major = 1,
                                         .minor = 3,
                                         .gid = P9_NOUID});
}

static void nodes(struct peer *p)
{
    static const struct {
        const char *name;
        uint32_t mode, type;
    } made[] = {{"reg", S_IFREG | 0640, S_IFREG},
                {"plain", 0640, S_IFREG},
                {"fifo", S_IFIFO | 0622, S_IFIFO},
                {"socket", S_IFSOCK | 0600, S_IFSOCK}};
    peer_attach(p, MSIZE);
    for (uint32_t i = 0; i < ARRAY_LEN(made); i++) {
        assert_int_equal(mknod_errno(p, made[i].name, made[i].mode), 0);
        assert_int_equal(peer_walk1(p, 0, 1 + i, made[i].name), 0);
        assert_int_equal(peer_getattr(p, 1 + i).attr.mode, made[i].type | (made[i].mode & 0777));
    }
    assert_int_equal(mknod_errno(p, "reg", S_IFREG | 0640), EEXIST);
    assert_int_equal(mknod_errno(p, "chr", S_IFCHR | 0640), EPERM);
    assert_int_equal(mknod_errno(p, "blk", S_IFBLK | 0640), EPERM);
    assert_int_equal(mknod_errno(p, "dir2", S_IFDIR | 0640), EINVAL);
}

/* proves: I-17 */
static void test_nodes(void **state)
{
    (void)state;
    peer_both(RW, nodes);
}

/* ------------------------------------------------------------------------------ attributes */

static int setattr(struct peer *p, uint32_t fid, uint32_t valid, struct p9_setattr a)
{
    return peer_errno(
        p, (struct p9_msg){.type = P9_TSETATTR, .fid = fid, .mask = valid, .setattr = a});
}

static void attributes(struct peer *p)
{
    peer_attach(p, MSIZE);
    assert_int_equal(peer_walk1(p, 0, 1, "file"), 0);
    assert_int_equal(peer_walk1(p, 0, 2, "link"), 0);
    assert_int_equal(peer_walk1(p, 0, 3, "dir"), 0);
    assert_int_equal(setattr(p, 1, 0x41, (struct p9_setattr){.mode = 0106711}), 0); /* ctime */
    assert_int_equal(peer_getattr(p, 1).attr.mode, 0106711);
    assert_int_equal(setattr(p, 1, 0x47, (struct p9_setattr){.mode = 04700, .uid = 7, .gid = 8}),
                     0);
    struct p9_msg a = peer_getattr(p, 1);
    assert_int_equal(a.attr.mode, 0104700); /* the owner first: it clears set-id bits */
    assert_int_equal(a.attr.uid, 7);
    assert_int_equal(a.attr.gid, 8);
    assert_int_equal(setattr(p, 1, 0x8, (struct p9_setattr){.size = 2}), 0);
    assert_int_equal(size_of(p, 1), 2);
    assert_int_equal(setattr(p, 1, 0x8, (struct p9_setattr){.size = UINT64_MAX}), EINVAL);
    assert_int_equal(setattr(p, 3, 0x8, (struct p9_setattr){.size = 2}), EISDIR);
    assert_int_equal(setattr(p, 2, 0x8, (struct p9_setattr){.size = 2}), EINVAL);
    assert_int_equal(setattr(p, 2, 0x1, (struct p9_setattr){.mode = 0600}), EOPNOTSUPP);
    const struct p9_setattr times = {
        .atime_sec = 11, .atime_nsec = 12, .mtime_sec = 13, .mtime_nsec = 14};
    for (uint32_t fid = 1; fid < 4; fid++) { /* a link's own times as well */
        assert_int_equal(setattr(p, fid, 0x1B0, times), 0);
        a = peer_getattr(p, fid);
        assert_int_equal(a.attr.atime_sec, 11);
        assert_int_equal(a.attr.mtime_sec, 13);
        assert_int_equal(a.attr.mtime_nsec, 14);
    }
    const struct p9_setattr bad = {.mtime_nsec = 2000000000};
    assert_int_equal(setattr(p, 1, 0x120, bad), EINVAL);
    assert_int_equal(setattr(p, 1, 0, bad), 0);
    const struct p9_msg statfs = {.type = P9_TSTATFS, .fid = 1};
    assert_true(peer_call(p, statfs).fsstat.namelen > 0);
}

/* proves: I-16 I-18 I-19 */
static void test_attributes(void **state)
{
    (void)state;
    peer_both(RW, attributes);
}

/* ---------------------------------------------------------------------- names and removals */

static void names(struct peer *p)
{
    peer_attach(p, MSIZE);
    assert_int_equal(peer_walk1(p, 0, 1, "dir"), 0);
    assert_int_equal(peer_walk1(p, 0, 2, "file"), 0);
    struct p9_msg link = {.type = P9_TLINK, .fid = 1, .fid2 = 2, .name = p9_str("hard")};
    assert_int_equal(peer_errno(p, link), 0);
    assert_int_equal(peer_getattr(p, 2).attr.nlink, 2);
    link.fid2 = 0;
    link.name = p9_str("hard2");
    assert_int_equal(peer_errno(p, link), EPERM);
    struct p9_msg renameat = {.type = P9_TRENAMEAT, .fid = 1, .fid2 = 0};
    renameat.name = p9_str("hard");
    renameat.name2 = p9_str("moved");
    assert_int_equal(peer_errno(p, renameat), 0);
    assert_int_equal(peer_errno(p, renameat), ENOENT);
    struct p9_msg rename = {.type = P9_TRENAME, .fid = 2, .fid2 = 1, .name = p9_str("file2")};
    assert_int_equal(peer_errno(p, rename), 0);
    rename.name = p9_str("file3"); /* once more: from where it is now */
    assert_int_equal(peer_errno(p, rename), 0);
    assert_int_equal(peer_walk1(p, 1, 3, "file3"), 0);
    rename.fid = 0;
    assert_int_equal(peer_errno(p, rename), EBUSY); /* the top */
    struct p9_msg unlink = {.type = P9_TUNLINKAT, .fid = 0, .name = p9_str("dir")};
    assert_int_equal(peer_errno(p, unlink), EISDIR);
    unlink.flags = 0x200;
    assert_int_equal(peer_errno(p, unlink), ENOTEMPTY);
    unlink.name = p9_str("moved");
    assert_int_equal(peer_errno(p, unlink), ENOTDIR);
    unlink.flags = 0;
    assert_int_equal(peer_errno(p, unlink), 0);

    const struct p9_msg remove = {.type = P9_TREMOVE, .fid = 3};
    assert_int_equal(peer_errno(p, remove), 0);
    assert_int_equal(peer_clunk(p, 3), EBADF);
    assert_int_equal(peer_walk1(p, 1, 3, "sub"), 0);
    assert_int_equal(peer_errno(p, remove), 0); /* an empty directory */
    assert_int_equal(peer_walk1(p, 0, 3, "dir"), 0);
    assert_int_equal(peer_errno(p, remove), ENOTEMPTY);
    assert_int_equal(peer_clunk(p, 3), EBADF); /* gone all the same */
    const struct p9_msg top = {.type = P9_TREMOVE, .fid = 0};
    assert_int_equal(peer_errno(p, top), EBUSY);
    const struct p9_msg gone = {.type = P9_TRENAME, .fid = 2, .fid2 = 1, .name = p9_str("y")};
    assert_int_equal(peer_errno(p, gone), ENOENT); /* of a removed file */
}

/* proves: I-23 I-24 */
static void test_names(void **state)
{
    (void)state;
    peer_both(RW, names);
}

/* ------------------------------------------------------------------------------- read-only */

static void read_only(struct peer *p)
{
    static const struct p9_msg changes[] = {
        {.type = P9_TLCREATE, .fid = 9, .name = {"n", 1}, .flags = 0101, .mode = 0644},
        {.type = P9_TMKDIR, .fid = 1, .name = {"n", 1}, .mode = 0755},
        {.type = P9_TMKNOD, .fid = 1, .name = {"n", 1}, .mode = 0100644},
        {.type = P9_TSYMLINK, .fid = 1, .name = {"n", 1}, .name2 = {"t", 1}},
        {.type = P9_TLINK, .fid = 1, .fid2 = 2, .name = {"n", 1}},
        {.type = P9_TRENAME, .fid = 2, .fid2 = 1, .name = {"n", 1}},
        {.type = P9_TRENAMEAT, .fid = 0, .fid2 = 1, .name = {"file", 4}, .name2 = {"n", 1}},
        {.type = P9_TUNLINKAT, .fid = 0, .name = {"file", 4}},
        {.type = P9_TREMOVE, .fid = 3},
        {.type = P9_TSETATTR, .fid = 2, .mask = 8},
        {.type = P9_TLOPEN, .fid = 2, .flags = 1},
        {.type = P9_TLOPEN, .fid = 2, .flags = 2},
        {.type = P9_TLOPEN, .fid = 2, .flags = 01000},
    };
    peer_attach(p, MSIZE);
    assert_int_equal(peer_walk1(p, 0, 1, "dir"), 0);
    assert_int_equal(peer_walk1(p, 0, 9, "dir"), 0);
    assert_int_equal(peer_walk1(p, 0, 2, "file"), 0);
    assert_int_equal(peer_walk1(p, 0, 3, "file"), 0);
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        assert_int_equal(peer_errno(p, changes[i]), EROFS);
    }
    assert_int_equal(peer_open_fid(p, 2, 0), 0);
    struct p9_msg write = {.type = P9_TWRITE, .fid = 2, .count = 1, .data = (const void *)"z"};
    assert_int_equal(peer_errno(p, write), EPERM);
    const struct p9_msg read = {.type = P9_TREAD, .fid = 2, .count = 100};
    assert_int_equal(peer_call(p, read).count, 5);
}

/* proves: QI-10 */
static void test_read_only(void **state)
{
    (void)state;
    peer_both(RO, read_only);
    peer_both(RO | LAZY, read_only);
}

/* ------------------------------------------------------------------------ everything fails */

/* A little of everything by our own client; whatever fails ends it. */
static int visit(struct fixture *f)
{
    static const char *const names[] = {"dir", "..", ".", "file"};
    const struct p9_setattr attr = {.mode = 0600, .uid = 1, .gid = 1, .mtime_sec = 5};
    struct p9_file file, clone, made, dir;
    struct p9_qid qid;
    const uint8_t *data;
    char *target;
    size_t n;
    int code = p9_attach(f->client, "/", &f->root);
    code = code ? code : p9_attach(f->client, "/dir", &dir);
    code = code ? code : p9_walk(&f->root, names, 4, NULL, &file);
    code = code ? code : p9_walk(&file, NULL, 0, NULL, &clone);
    code = code ? code : p9_lopen(&clone, 02 | 01000 | 04000000, NULL, NULL, NULL);
    code = code ? code : p9_write(&clone, "x", 1, 9, &n);
    code = code ? code : p9_walk(&f->root, NULL, 0, NULL, &made);
    code = code ? code : p9_create(&made, "new", 0102, 06755, 1, 1, NULL, NULL, NULL);
    code = code ? code : p9_clunk(&made);
    code = code ? code : p9_walk(&f->root, NULL, 0, NULL, &made);
    code = code ? code : p9_create(&made, "new", 01102, 0644, 1, 1, NULL, NULL, NULL);
    code = code ? code : p9_mkdir(&dir, "d", 02755, 1, 1, &qid);
    code = code ? code : p9_mknod(&dir, "p", S_IFIFO | 0644, 0, 0, 1, 1, &qid);
    code = code ? code : p9_symlink(&dir, "s", "to", 1, 1, &qid);
    code = code ? code : p9_link(&dir, &file, "hard");
    code = code ? code : p9_rename(&file, &dir, "moved");
    code = code ? code : p9_renameat(&dir, "moved", &f->root, "back");
    code = code ? code : p9_setattr(&file, 0x123, &attr);
    code = code ? code : p9_unlinkat(&dir, "hard", 0);
    code = code ? code : p9_readlink(&f->root, &target) == -EINVAL ? 0 : -EIO;
    code = code ? code : p9_lopen(&dir, 0, NULL, NULL, NULL);
    code = code ? code : p9_readdir(&dir, 0, 100, &data, &n);
    code = code ? code : p9_readdir(&dir, 2, 100, &data, &n);
    code = code ? code : p9_remove(&file);
    code = code ? code : p9_clunk(&clone);
    code = code ? code : p9_clunk(&made);
    return code ? code : p9_clunk(&dir);
}

/* A client of the base protocol in place of the fixture's own, which stays idle on its channel. */
struct base {
    struct fixture f;
    struct p9_client *idle;
};

static void base_open(struct base *b, bool dir)
{
    struct fixture *f = &b->f;
    struct owned_fd *ours, *theirs;
    struct gofer_point *point;
    const struct p9_client_options o = {
        .personality = P9_AUTO, .n_uname = P9_NOUID, .version = "9P2000.L"};
    fixture_open(f, RW, dir, NULL);
    b->idle = f->client;
    assert_int_equal(p9_socketpair(&f->d, &f->gofer_domain, &ours, &theirs), 0);
    assert_int_equal(gofer_point_new(f->g, &(struct gofer_attach){.prefix = "/h/root"}, &point), 0);
    assert_int_equal(gofer_serve(point, theirs, &f->channel), 0);
    p9_server_set_personality(gofer_channel_server(f->channel), P9_AUTO);
    const struct p9_pump pump = {.run = gofer_channel_pump, .arg = f->channel};
    assert_int_equal(p9_client_connect(&f->d, ours, &o, &pump, NULL, &f->client), 0);
}

static void base_close(struct base *b)
{
    p9_client_free(b->idle);
    fixture_close(&b->f);
}

/* Fail the n-th allocation of the gofer or of the host, or meet a fate at the n-th check. */
static void run_out(int what)
{
    for (uint64_t i = 1;; i++) {
        struct base b;
        base_open(&b, false);
        struct domain *d = what == 1 ? &b.f.host_domain : &b.f.gofer_domain;
        if (what == 2) {
            d->fate_inject_at = d->fate_checks + i;
        } else {
            d->alloc_fail_at = d->allocs + i;
        }
        int code = visit(&b.f);
        if (d->fate == FATE_NONE) {
            assert_int_equal(code, 0);
            assert_true(i > (what == 1 ? 5 : 30));
            d->alloc_fail_at = d->fate_inject_at = 0;
            base_close(&b);
            return;
        }
        assert_true(code < 0);
        assert_true(domain_dead(&b.f.gofer_domain));
        p9_client_free(b.idle);
        fixture_abandon(&b.f);
    }
}

static void test_out_of_memory(void **state)
{
    (void)state;
    for (int what = 0; what < 3; what++) {
        run_out(what);
    }
}

/* The host runs out of descriptors at every point: an errno, nothing left behind. */
static void test_out_of_descriptors(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    int code = -1;
    for (int spare = 0; code && spare < 40; spare++) {
        struct rlimit limit, small;
        struct base b;
        base_open(&b, true);
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
        small = limit;
        small.rlim_cur = (rlim_t)(open_fds() - 1 + spare); /* one is open_fds' own */
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
        code = visit(&b.f);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        if (code && code != -EMFILE) {
            fail_msg("%d descriptors to spare: %d", spare, code);
        }
        assert_null(p9_client_info(b.f.client).dead);
        b.f.root = (struct p9_file){0}; /* the server drops what is left */
        base_close(&b);
    }
    assert_int_equal(code, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_creates),
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_out_of_descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
