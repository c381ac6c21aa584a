/* Creating, linking, renaming and removing through 9P (contract ninep 9.5, 9.6). */
#include <unistd.h>

#include "fixture.h"

#include "host_impl.h"

static int create(const struct p9_file *dir, const char *name, uint32_t flags, uint32_t mode,
                  struct p9_file *ret)
{
    struct p9_file file = clone_of(dir);
    struct owned_fd *fd = NULL;
    int rc = p9_create(&file, name, flags, mode, P9_NOUID, P9_NOUID, NULL, NULL, &fd);
    owned_fd_free(fd);
    if (rc == 0 && ret) {
        *ret = file;
    } else {
        assert_int_equal(p9_clunk(&file), 0);
    }
    return rc;
}

/* Test Create of the original, and what a create hands out. */
static void test_create(void **state)
{
    (void)state;
    for (int dir = 0; dir < 2; dir++) {
        struct fixture f;
        char buf[8];
        size_t n;
        fixture_open(&f, LAZY, dir, NULL);
        fixture_attach(&f);
        struct p9_file file;
        assert_int_equal(create(&f.root, "w", 1, 0640, &file), 0);
        assert_int_equal(p9_write(&file, "abc", 3, 0, &n), 0);
        assert_int_equal(p9_read(&file, buf, 3, 0, &n), -EPERM);
        assert_int_equal(attr_of(&file).mode, 0100640);
        assert_int_equal(p9_clunk(&file), 0);
        assert_int_equal(create(&f.root, "rw", 2, 04777, &file), 0);
        assert_int_equal(p9_write(&file, "abc", 3, 0, &n), 0);
        assert_int_equal(p9_read(&file, buf, 3, 0, &n), 0);
        assert_int_equal(attr_of(&file).mode, 0100777); /* */
        assert_int_equal(p9_clunk(&file), 0);
        assert_int_equal(create(&f.root, "w", 2, 0644, NULL), -EEXIST);
        assert_int_equal(create(&f.root, "link", 2, 0644, NULL), -EEXIST);
        struct p9_file plain = walk_to(&f, "file");
        assert_int_equal(create(&plain, "x", 2, 0644, NULL), -ENOTDIR);
        assert_int_equal(p9_clunk(&plain), 0);
        fixture_close(&f);
    }
}

static void test_owner(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    for (int dir = 0; dir < 2; dir++) {
        struct fixture f;
        struct p9_qid qid;
        fixture_open(&f, RW, dir, NULL);
        fixture_attach(&f);
        assert_int_equal(p9_mkdir(&f.root, "d", 01755, 5, 6, &qid), 0);
        assert_int_equal(qid.type, P9_QTDIR);
        assert_int_equal(p9_symlink(&f.root, "s", "nowhere", 7, P9_NOUID, &qid), 0);
        assert_int_equal(qid.type, P9_QTSYMLINK);
        struct p9_file d = walk_to(&f, "d");
        struct p9_file s = walk_to(&f, "s");
        assert_int_equal(attr_of(&d).mode, 040755);
        assert_int_equal(attr_of(&d).uid, 5);
        assert_int_equal(attr_of(&d).gid, 6);
        assert_int_equal(attr_of(&s).uid, 7);
        assert_int_equal(attr_of(&s).gid, 0);
        assert_int_equal(p9_mkdir(&f.root, "d", 0755, 0, 0, &qid), -EEXIST);
        assert_int_equal(p9_symlink(&f.root, "d", "x", 0, 0, &qid), -EEXIST);
        assert_int_equal(p9_clunk(&d), 0);
        assert_int_equal(p9_clunk(&s), 0);
        fixture_close(&f);
    }
}

static void test_link(void **state)
{
    (void)state;
    for (int dir = 0; dir < 2; dir++) {
        struct fixture f;
        fixture_open(&f, LAZY, dir, NULL);
        fixture_attach(&f);
        struct p9_file file = walk_to(&f, "file");
        struct p9_file d = walk_to(&f, "dir");
        assert_int_equal(p9_link(&d, &file, "hard"), 0);
        assert_int_equal(attr_of(&file).nlink, 2);
        assert_int_equal(p9_link(&d, &file, "hard"), -EEXIST);
        assert_int_equal(p9_link(&f.root, &d, "dirlink"), -EPERM);
        assert_int_equal(p9_clunk(&file), 0);
        assert_int_equal(p9_clunk(&d), 0);
        fixture_close(&f);
    }
}

static void test_unlink(void **state)
{
    (void)state;
    for (int dir = 0; dir < 2; dir++) {
        struct fixture f;
        fixture_open(&f, LAZY, dir, NULL);
        fixture_attach(&f);
        assert_int_equal(p9_unlinkat(&f.root, "dir", 0), -EISDIR);
        assert_int_equal(p9_unlinkat(&f.root, "dir", 0x200), -ENOTEMPTY);
        assert_int_equal(p9_unlinkat(&f.root, "file", 0x200), -ENOTDIR);
        assert_int_equal(p9_unlinkat(&f.root, "file", 1), -EINVAL);
        assert_int_equal(p9_unlinkat(&f.root, "none", 0), -ENOENT);
        assert_int_equal(p9_unlinkat(&f.root, "file", 0), 0);
        assert_int_equal(p9_unlinkat(&f.root, "link", 0), 0);
        assert_int_equal(p9_unlinkat(&f.root, "pipe", 0), 0); /* unlinking opens nothing */
        fixture_close(&f);
    }
}

/* Children of a renamed directory keep their old path. */
/* proves: Q-49 */
static void test_rename(void **state)
{
    (void)state;
    static const char *const off[] = {"Q-49", NULL};
    for (int fixed = 0; fixed < 2; fixed++) {
        for (int dir = 0; dir < 2; dir++) {
            struct fixture f;
            fixture_open(&f, RW, dir, fixed ? off : NULL);
            fixture_attach(&f);
            struct p9_file d = walk_to(&f, "dir");
            struct p9_file x, sub;
            assert_int_equal(walk1(&d, "x", &x), 0);
            assert_int_equal(walk1(&d, "sub", &sub), 0);
            assert_int_equal(p9_rename(&d, &sub, "below"), -EINVAL);
            assert_int_equal(p9_rename(&d, &f.root, "file"), -ENOTDIR);
            assert_int_equal(p9_rename(&d, &f.root, "d2"), 0);
            assert_int_equal(p9_rename(&d, &f.root, "d3"), 0); /* its own path is right */
            assert_int_equal(p9_rename(&x, &f.root, "x2"), fixed ? 0 : -ENOENT);
            assert_int_equal(p9_rename(&d, &sub, "below"), fixed ? -EINVAL : -ENOENT);
            assert_int_equal(p9_clunk(&d), 0);
            assert_int_equal(p9_clunk(&x), 0);
            assert_int_equal(p9_clunk(&sub), 0);
            fixture_close(&f);
        }
    }
}

/* ROMountChecks of the original: EBADF before the name is looked at. */
/* proves: Q-53 QI-10 */
static void test_read_only(void **state)
{
    (void)state;
    struct fixture f;
    struct host_label label = {.label = "@rootfs", .path = "/h/root"};
    struct host_snapshot *snapshot;
    struct ptrvec lines;
    struct p9_qid qid;
    fixture_open(&f, RO, false, NULL);
    fixture_attach(&f);
    assert_int_equal(host_snapshot_new(f.h, &f.d, &label, 1, &snapshot), 0);
    struct p9_file file = walk_to(&f, "file");
    assert_int_equal(create(&f.root, "new", 2, 0644, NULL), -EBADF);
    assert_int_equal(p9_mkdir(&f.root, "new", 0755, 0, 0, &qid), -EBADF);
    assert_int_equal(p9_symlink(&f.root, "new", "x", 0, 0, &qid), -EBADF);
    assert_int_equal(p9_link(&f.root, &file, "new"), -EBADF);
    assert_int_equal(p9_rename(&file, &f.root, "new"), -EBADF);
    assert_int_equal(p9_unlinkat(&f.root, "file", 0), -EBADF);
    assert_int_equal(p9_clunk(&file), 0);
    ptrvec_init(&lines, &f.d);
    assert_int_equal(host_diff(snapshot, &lines), 0);
    assert_int_equal(lines.n, 0);
    ptrvec_release(&lines);
    host_snapshot_free(snapshot);
    fixture_close(&f);
}

/* InvalidName of the original. */
/* proves: QI-12 */
static void test_invalid_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"..", ".", "", "name/name", "/name", "name/"};
    static const char *const good[] = {"name", "123", "!@#$%^&*()", ".name", "..name", "..."};
    struct fixture f;
    struct p9_qid qid;
    struct p9_file got;
    fixture_open(&f, RW, false, NULL);
    fixture_attach(&f);
    struct p9_file file = walk_to(&f, "file");
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(walk1(&f.root, bad[i], &got), -EINVAL);
        assert_int_equal(create(&f.root, bad[i], 2, 0644, NULL), -EINVAL);
        assert_int_equal(p9_mkdir(&f.root, bad[i], 0755, 0, 0, &qid), -EINVAL);
        assert_int_equal(p9_symlink(&f.root, bad[i], "x", 0, 0, &qid), -EINVAL);
        assert_int_equal(p9_link(&f.root, &file, bad[i]), -EINVAL);
        assert_int_equal(p9_rename(&file, &f.root, bad[i]), -EINVAL);
        assert_int_equal(p9_unlinkat(&f.root, bad[i], 0), -EINVAL);
    }
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_int_equal(p9_mkdir(&f.root, good[i], 0755, P9_NOUID, P9_NOUID, &qid), 0);
    }
    assert_int_equal(p9_clunk(&file), 0);
    fixture_close(&f);
}

static int refuse_owner(struct host_file *f, uint32_t uid, uint32_t gid)
{
    (void)f;
    (void)uid;
    (void)gid;
    return -EDQUOT;
}

/* What was made and cannot get its owner does not stay. */
/* proves: Q-48 */
static void test_failure_after_making(void **state)
{
    (void)state;
    struct fixture f;
    struct p9_qid qid;
    fixture_open(&f, LAZY, false, NULL);
    fixture_attach(&f);
    const struct host_ops *was = f.h->ops;
    struct host_ops ops = *was;
    ops.fchown = refuse_owner;
    f.h->ops = &ops;
    assert_int_equal(p9_mkdir(&f.root, "d", 0755, 5, 6, &qid), -EDQUOT);
    assert_int_equal(p9_symlink(&f.root, "s", "target", 5, 6, &qid), -EDQUOT);
    assert_int_equal(create(&f.root, "c", 2, 0644, NULL), -EDQUOT);
    f.h->ops = was;
    assert_int_equal(p9_mkdir(&f.root, "d", 0755, P9_NOUID, P9_NOUID, &qid), 0);
    assert_int_equal(p9_symlink(&f.root, "s", "target", P9_NOUID, P9_NOUID, &qid), 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_link),          cmocka_unit_test(test_unlink),
        cmocka_unit_test(test_rename),        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_invalid_names), cmocka_unit_test(test_failure_after_making),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
