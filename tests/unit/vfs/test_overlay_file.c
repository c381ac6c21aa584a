/* Open overlay inodes (contract vfs 21.5 to 21.7). */
#include "fake_fs.h"

/* proves: VI-10 */
static void test_merged_listing(void **state)
{
    (void)state;
    const struct {
        const char *lower, *upper, *whiteout, *merged;
    } table[] = {
        {"b=1 a=1 c=1", "", NULL, "a b c"},
        {"", "b=1 a=1 c=1", NULL, "a b c"},
        {"b=1 d=1", "a=1 c=1 d/", NULL, "a b c d"},
        {"a=1", "b=1", "none", "a b"},
        {"a=1 b=1", "c=1", "a", "b c"},
        {"a=1", "a=2", "a", "a"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, table[i].lower, table[i].upper);
        if (table[i].whiteout) {
            char key[64];
            snprintf(key, sizeof(key), "trusted.overlay.whiteout.%s", table[i].whiteout);
            OK(inode_setxattr(&w.p.c, w.upper, key, "y", 1));
        }
        assert_string_equal(ls(&w, "/"), table[i].merged);
        world_done(&w);
    }
}

/* The map is rebuilt in each call. */
static void test_fresh(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "a=1 c=1", "");
    assert_string_equal(ls(&w, "/"), "a c");
    fill(&w, w.upper, "b=1");
    OK(inode_setxattr(&w.p.c, w.upper, "trusted.overlay.whiteout.c", "y", 1));
    assert_string_equal(ls(&w, "/"), "a b");
    world_done(&w);
}

static int fail_open(struct ctx *c, struct inode *inode, struct dirent *d, struct open_flags flags,
                     struct file **ret)
{
    (void)c, (void)inode, (void)d, (void)flags, (void)ret;
    return -EMFILE;
}

static int count_entry(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)arg, (void)name, (void)attr;
    return 0;
}

static void test_errors_of_the_layers(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "a=1", "b=1");
    struct file *f = NULL;
    OK(sys_open(&w.p, "/", O_RDONLY, 0, &f));
    const struct inode_ops *good = w.lower->ops;
    struct inode_ops bad = *good;
    bad.open = fail_open;
    w.lower->ops = &bad;
    assert_string_equal(ls(&w, "/"), ""); /* the dots were written, so the error is dropped */
    struct dir_ctx dc = {.emit = count_entry};
    f->offset = 2;
    ERR(file_readdir(&w.p.c, f, &dc), EMFILE);
    assert_int_equal(f->offset, 2);
    w.lower->ops = good;
    OK(file_readdir(&w.p.c, f, &dc));
    assert_int_equal(dc.written, 2);
    OK(sys_close(&w.p, f));
    world_done(&w);
}

/* Handles opened before follow the copy-up. */
static void test_reads_follow_copy_up(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "f=before", "");
    struct file *f = NULL;
    OK(sys_open(&w.p, "/f", O_RDONLY, 0, &f));
    assert_string_equal(read_all(&w, f), "before");
    OK(put_file(&w, "/f", "after"));
    assert_string_equal(read_all(&w, f), "after");
    OK(sys_truncate(&w.p, "/f", 2));
    assert_string_equal(read_all(&w, f), "af");
    OK(sys_close(&w.p, f));
    world_done(&w);
}

static void test_no_upper_handle(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "f=before", "");
    struct file *f = NULL;
    OK(sys_open(&w.p, "/f", O_RDONLY, 0, &f));
    OK(sys_chmod(&w.p, "/f", 0600));
    struct inode *upper = f->dirent->inode->overlay->upper;
    const struct inode_ops *good = upper->ops;
    struct inode_ops bad = *good;
    bad.open = fail_open;
    upper->ops = &bad;
    assert_string_equal(read_all(&w, f), "EIO");
    assert_true(logged(&w,
                       "failed to acquire handle with flags {false false false false true false "
                       "false false false false true}: too many open files"));
    upper->ops = good;
    assert_string_equal(read_all(&w, f), "before");
    OK(sys_close(&w.p, f));
    world_done(&w);
}

static int upper_result, lower_result;
static int upper_sync(struct ctx *c, struct file *f)
{
    (void)c, (void)f;
    return upper_result;
}
static int lower_sync(struct ctx *c, struct file *f)
{
    (void)c, (void)f;
    return lower_result;
}

/* proves: VQ-38 */
static void test_fsync(void **state)
{
    (void)state;
    const int results[][4] = {
        /* upper, lower, the original's, strict's */
        {0, 0, 0, 0},
        {-EIO, 0, 0, -EIO},
        {0, -ENOSPC, -ENOSPC, -ENOSPC},
        {-EIO, -ENOSPC, -ENOSPC, -EIO},
    };
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_overlay(&w, ORIGINAL, "f=1", "");
        w.s.d.quirks.value[VQ_38] = !strict;
        struct file *f = NULL;
        OK(sys_open(&w.p, "/f", O_RDONLY, 0, &f));
        OK(sys_chmod(&w.p, "/f", 0600));
        read_all(&w, f); /* both handles are there */
        struct {
            struct file *upper, *lower;
        } *handles = f->priv;
        assert_non_null(handles->upper);
        assert_non_null(handles->lower);
        const struct file_ops *u = handles->upper->ops, *l = handles->lower->ops;
        struct file_ops uo = *u, lo = *l;
        uo.fsync = uo.flush = upper_sync;
        lo.fsync = lo.flush = lower_sync;
        handles->upper->ops = &uo;
        handles->lower->ops = &lo;
        for (size_t i = 0; i < ARRAY_LEN(results); i++) {
            upper_result = results[i][0];
            lower_result = results[i][1];
            assert_int_equal(f->ops->fsync(&w.p.c, f), results[i][2 + strict]);
            assert_int_equal(f->ops->flush(&w.p.c, f), results[i][2 + strict]);
        }
        handles->upper->ops = u;
        handles->lower->ops = l;
        OK(sys_close(&w.p, f));
        world_done(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merged_listing),       cmocka_unit_test(test_fresh),
        cmocka_unit_test(test_errors_of_the_layers), cmocka_unit_test(test_reads_follow_copy_up),
        cmocka_unit_test(test_no_upper_handle),      cmocka_unit_test(test_fsync),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
