/* model/fs/ramfs/dir.c */
#include "fs_test.h"

#include <simrun/fs/tmpfs.h>

static struct inode *mounted(struct world *w)
{
    world_open(w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w->s), 0);
    return world_mount(w, "tmpfs", "");
}

/* proves: FQ-07 FQ-08 FI-05 */
static void test_link_counts(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w);
    assert_int_equal(attr_of(&w, root).links, 1);
    assert_int_equal(root->ops->mkdir(&w.c, root, "d", 0755), 0);
    make_file(&w, root, "f", 0644);
    struct inode *d = child_of(&w, root, "d"), *f = child_of(&w, root, "f");
    assert_int_equal(attr_of(&w, root).links, 2);
    assert_int_equal(attr_of(&w, d).links, 2);
    assert_int_equal(attr_of(&w, f).links, 1);
    assert_int_equal(root->ops->link(&w.c, d, f, "g"), 0);
    assert_int_equal(attr_of(&w, f).links, 2);
    assert_int_equal(root->ops->remove(&w.c, d, "g"), 0);
    assert_int_equal(root->ops->remove(&w.c, root, "f"), 0);
    assert_int_equal(root->ops->rmdir(&w.c, root, "d"), 0);
    assert_int_equal(attr_of(&w, f).links, 0);
    assert_int_equal(attr_of(&w, d).links, 1);
    assert_int_equal(attr_of(&w, root).links, 1);
    inode_put(d);
    inode_put(f);
    inode_put(root);
    world_close(&w);
}

struct limited {
    struct str out;
    int left;
};

static int emit_limited(void *arg, const char *name, const struct dent_attr *attr)
{
    struct limited *l = arg;
    if (l->left == 0) {
        return -EINVAL;
    }
    l->left--;
    return emit_name(&l->out, name, attr);
}

/* proves: FI-02 FI-04 */
static void test_listing_resumes_behind_the_cursor(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w);
    const char *const names[] = {"m", "b", "a", "\xff", "z", "B"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        make_file(&w, root, names[i], 0644);
    }
    struct file *f = opened(&w, root);
    w.c.root = f->dirent;
    struct limited l = {.left = 4}; /* both dots and two names */
    str_init(&l.out, &w.s.d);
    struct dir_ctx dc = {.emit = emit_limited, .arg = &l};
    assert_int_equal(file_readdir(&w.c, f, &dc), 0);
    assert_string_equal(str_get(&l.out), ". .. B a");
    make_file(&w, root, "aa", 0644); /* behind the cursor: seen */
    make_file(&w, root, "A", 0644);  /* before it: not */
    assert_int_equal(root->ops->remove(&w.c, root, "a"), 0);
    char *rest = listed(&w, f);
    assert_string_equal(rest, "aa b m z \xff");
    assert_int_equal(f->offset, 9);
    mem_free(rest);
    str_release(&l.out);
    w.c.root = NULL;
    file_put(f);
    inode_put(root);
    world_close(&w);
}

static void test_reading_a_directory(void **state)
{
    (void)state;
    struct world w;
    struct inode *root = mounted(&w);
    struct file *f = opened(&w, root);
    char buf[1] = {0};
    size_t n;
    assert_int_equal(file_pread(&w.c, f, 0, buf, 1, &n), ERR_IS_DIRECTORY);
    assert_int_equal(file_pwrite(&w.c, f, 0, buf, 1, &n), ERR_IS_DIRECTORY);
    int64_t atime = attr_of(&w, root).atime;
    char *names = listed(&w, f);
    mem_free(names);
    assert_true(attr_of(&w, root).atime > atime);
    file_put(f);
    inode_put(root);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link_counts),
        cmocka_unit_test(test_listing_resumes_behind_the_cursor),
        cmocka_unit_test(test_reading_a_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
