/* Tsetattr (contract ninep 9.6). */
#include <unistd.h>

#include "fixture.h"

static const char *const names[] = {"file", "dir", "link"};

static int chmod_of(const struct p9_file *f, uint32_t mode)
{
    return p9_setattr(f, P9_SETATTR_MODE, &(struct p9_setattr){.mode = mode});
}

static int truncate_of(const struct p9_file *f, uint64_t size)
{
    return p9_setattr(f, P9_SETATTR_SIZE, &(struct p9_setattr){.size = size});
}

static void each(int conf, void (*test)(const struct p9_file *file, int kind))
{
    for (int dir = 0; dir < 2; dir++) {
        struct fixture f;
        fixture_open(&f, conf, dir, NULL);
        fixture_attach(&f);
        for (int i = 0; i < 3; i++) {
            struct p9_file file = walk_to(&f, names[i]);
            test(&file, i);
            assert_int_equal(p9_clunk(&file), 0);
        }
        fixture_close(&f);
    }
}

static void perm(const struct p9_file *file, int kind)
{
    assert_int_equal(chmod_of(file, 0777), kind == 2 ? -EBADF : 0);
    if (kind != 2) {
        assert_int_equal(attr_of(file).mode & 07777, 0777);
    }
}

static void size(const struct p9_file *file, int kind)
{
    static const uint64_t sizes[] = {1024, 0, 1 << 20};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        int want = kind == 0 ? 0 : kind == 1 ? -EINVAL : -EBADF;
        assert_int_equal(truncate_of(file, sizes[i]), want);
        if (kind == 0) {
            assert_int_equal(attr_of(file).size, sizes[i]);
        }
    }
    assert_int_equal(truncate_of(file, UINT64_MAX), -EINVAL);
}

static void times(const struct p9_file *file, int kind)
{
    (void)kind;
    const struct p9_setattr attr = {
        .atime_sec = 123, .atime_nsec = 456, .mtime_sec = 789, .mtime_nsec = 12};
    assert_int_equal(p9_setattr(file,
                                P9_SETATTR_ATIME | P9_SETATTR_ATIME_SET | P9_SETATTR_MTIME |
                                    P9_SETATTR_MTIME_SET,
                                &attr),
                     0);
    struct p9_attr got = attr_of(file);
    assert_int_equal(got.atime_sec, 123);
    assert_int_equal(got.atime_nsec, 456);
    assert_int_equal(got.mtime_sec, 789);
    assert_int_equal(got.mtime_nsec, 12);
    /* a `_set` bit alone does nothing; a time bit alone is now */
    assert_int_equal(p9_setattr(file, P9_SETATTR_MTIME_SET, &(struct p9_setattr){0}), 0);
    assert_int_equal(attr_of(file).mtime_sec, 789);
    assert_int_equal(p9_setattr(file, P9_SETATTR_ATIME, &(struct p9_setattr){0}), 0);
    assert_true(attr_of(file).atime_sec > 1000000000);
    assert_int_equal(attr_of(file).mtime_sec, 789);
}

static void owner(const struct p9_file *file, int kind)
{
    (void)kind;
    assert_int_equal(p9_setattr(file, P9_SETATTR_UID, &(struct p9_setattr){.uid = 1}), 0);
    assert_int_equal(attr_of(file).uid, 1);
    assert_int_equal(attr_of(file).gid, 0);
    assert_int_equal(p9_setattr(file, P9_SETATTR_GID, &(struct p9_setattr){.gid = 2}), 0);
    assert_int_equal(attr_of(file).uid, 1);
    assert_int_equal(attr_of(file).gid, 2);
}

static void test_each(void **state)
{
    (void)state;
    for (int conf = RW; conf <= LAZY; conf += LAZY) {
        each(conf, perm);
        each(conf, size);
        each(conf, times);
        if (geteuid() == 0) {
            each(conf, owner);
        }
    }
}

/* proves: Q-51 Q-53 */
static void test_refused(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, RW, false, NULL);
    fixture_attach(&f);
    assert_int_equal(p9_setattr(&f.root, 0, &(struct p9_setattr){0}), 0);
    assert_int_equal(p9_setattr(&f.root, P9_SETATTR_CTIME, &(struct p9_setattr){0}), -EPERM);
    fixture_close(&f);

    static const char *const off[] = {"Q-51", NULL};
    fixture_open(&f, RW, false, off);
    fixture_attach(&f);
    assert_int_equal(p9_setattr(&f.root, P9_SETATTR_CTIME, &(struct p9_setattr){0}), 0);
    fixture_close(&f);

    fixture_open(&f, RO, false, NULL);
    fixture_attach(&f);
    assert_int_equal(p9_setattr(&f.root, 0, &(struct p9_setattr){0}), -EBADF);
    assert_int_equal(truncate_of(&f.root, 0), -EBADF);
    fixture_close(&f);
}

/* The last error wins, what was done stays done. */
/* proves: Q-52 */
static void test_partial(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, RW, false, NULL);
    fixture_attach(&f);
    struct p9_file file = walk_to(&f, "dir");
    const struct p9_setattr attr = {.mode = 0711, .size = 1, .uid = 3};
    assert_int_equal(p9_setattr(&file, P9_SETATTR_MODE | P9_SETATTR_SIZE | P9_SETATTR_UID, &attr),
                     -EINVAL);
    assert_int_equal(attr_of(&file).mode & 07777, 0711);
    assert_int_equal(attr_of(&file).uid, 3);
    assert_int_equal(p9_clunk(&file), 0);
    fixture_close(&f);
}

/* A clone forgets its type: a lazy directory is opened for writing, a link has no times. */
/* proves: Q-42 */
static void test_clone(void **state)
{
    (void)state;
    static const char *const off[] = {"Q-42", NULL};
    const struct p9_setattr attr = {.mtime_sec = 5};
    for (int fixed = 0; fixed < 2; fixed++) {
        struct fixture f;
        fixture_open(&f, LAZY, false, fixed ? off : NULL);
        fixture_attach(&f);
        struct p9_file clone = clone_of(&f.root);
        assert_int_equal(chmod_of(&clone, 0700), fixed ? 0 : -EISDIR);
        assert_int_equal(p9_clunk(&clone), 0);
        fixture_close(&f);

        fixture_open(&f, RW, false, fixed ? off : NULL);
        fixture_attach(&f);
        struct p9_file link = walk_to(&f, "link");
        clone = clone_of(&link);
        uint32_t valid = P9_SETATTR_MTIME | P9_SETATTR_MTIME_SET;
        assert_int_equal(p9_setattr(&clone, valid, &attr), fixed ? 0 : -EBADF);
        assert_int_equal(p9_clunk(&clone), 0);
        assert_int_equal(p9_clunk(&link), 0);
        fixture_close(&f);
    }
}

/* Even a pure chmod of a lazy file goes by its path. */
/* proves: Q-47 */
static void test_lazy_path(void **state)
{
    (void)state;
    static const char *const off[] = {"Q-47", NULL};
    for (int fixed = 0; fixed < 2; fixed++) {
        struct fixture f;
        fixture_open(&f, LAZY, false, fixed ? off : NULL);
        fixture_attach(&f);
        struct p9_file file = walk_to(&f, "file");
        assert_int_equal(p9_unlinkat(&f.root, "file", 0), 0);
        assert_int_equal(chmod_of(&file, 0600), fixed ? 0 : -ENOENT);
        assert_int_equal(p9_clunk(&file), 0);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each),      cmocka_unit_test(test_refused),
        cmocka_unit_test(test_partial),   cmocka_unit_test(test_clone),
        cmocka_unit_test(test_lazy_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
