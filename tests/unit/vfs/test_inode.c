/* Inodes: defaults of an empty table, release as a job, write-out (contract vfs 2, 7.1). */
#include "vfs_internal.h"
#include "vfs_test.h"

static size_t released, written;
static int writeout_result;

static void release(struct inode *inode)
{
    (void)inode;
    released++;
}
static int writeout(struct ctx *c, struct inode *inode)
{
    (void)c, (void)inode;
    written++;
    return writeout_result;
}
static int getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c, (void)inode;
    *ret = (struct unstable_attr){.perms = 0777};
    return 0;
}

static struct inode *new_inode(struct test_world *w, const struct inode_ops *ops)
{
    struct mount_source *ms = NULL;
    struct inode *inode = NULL;
    OK(mount_source_new(&w->s, &mount_source_caching, NULL, (struct mount_flags){0}, NULL, &ms));
    OK(inode_new(ms, ops, NULL, (struct stable_attr){.type = INODE_DIRECTORY}, &inode));
    mount_source_put(ms);
    return inode;
}

static void test_release(void **state)
{
    (void)state;
    struct test_world w;
    world_empty(&w, ORIGINAL);
    const struct inode_ops ops = {.getattr = getattr, .release = release, .writeout = writeout};
    released = written = 0;
    writeout_result = -EIO; /* only logged */
    struct inode *inode = new_inode(&w, &ops);
    inode_put(inode_get(inode));
    assert_int_equal(written, 0);
    OK(lock_write(&w.s.d, &w.s.rename_mu, "renameMu"));
    inode_put(inode);
    jobs_drain(&w.s.d);
    assert_int_equal(released, 0); /* never under a lock */
    unlock_write(&w.s.d, &w.s.rename_mu);
    jobs_drain(&w.s.d);
    assert_int_equal(released, 1);
    assert_int_equal(written, 1);
    assert_int_equal(w.s.d.log_n, 1);
    assert_int_equal(w.s.d.log[0].level, LOG_DEBUG);
    inode_put(NULL);
    world_done(&w);
}

static void test_defaults(void **state)
{
    (void)state;
    struct test_world w;
    world_empty(&w, ORIGINAL);
    const struct inode_ops ops = {.getattr = getattr};
    struct inode *inode = new_inode(&w, &ops);
    struct ctx *c = &w.p.c;
    struct dirent *d = NULL, *out = NULL;
    struct file *f = NULL;
    char *text = NULL;
    struct statfs_info info;
    struct str value;
    struct ptrvec list;
    str_init(&value, &w.s.d);
    ptrvec_init(&list, &w.s.d);
    OK(dirent_new(inode, "x", &d));
    ERR(inode_lookup(c, inode, "n", &out), ENOTDIR);
    ERR(inode_open(c, inode, d, (struct open_flags){0}, &f), EIO);
    ERR(inode_readlink(c, inode, &text), ENOLINK);
    ERR(inode_getlink(c, inode, &out), ENOLINK);
    ERR(inode_getxattr(c, inode, "a", &value), EOPNOTSUPP);
    ERR(inode_setxattr(c, inode, "a", "b", 1), EOPNOTSUPP);
    ERR(inode_listxattr(c, inode, &list), EOPNOTSUPP);
    ERR(inode_statfs(c, inode, &info), ENOSYS);
    assert_false(inode_mappable(inode));
    assert_false(inode_is_virtual(inode));
    OK(inode_check_permission(c, inode, 7));
    ERR(inode_create(c, d, "n", (struct open_flags){0}, 0, &f), ENOTDIR);
    ERR(inode_mkdir(c, d, "n", 0), ENOTDIR);
    ERR(inode_symlink(c, d, "t", "n"), ENOTDIR);
    ERR(inode_mkfifo(c, d, "n", 0), ENOTDIR);
    ERR(inode_link(c, d, d, "n"), ENOTDIR);
    ERR(inode_bind(c, d, "n", 0, &out), ENOTDIR);
    ERR(inode_remove(c, d, d), ENOTDIR);
    ERR(inode_rename(c, d, d, d, "n"), EXDEV);
    ERR(inode_chmod(c, d, 0), EPERM);
    ERR(inode_chown(c, d, 0, 0), EINVAL);
    ERR(inode_truncate(c, d, 0), EINVAL);
    ERR(inode_utimes(c, d, &(struct set_times){0}), EINVAL);
    dirent_put(d);
    str_release(&value);
    ptrvec_release(&list);
    world_done(&w);
}

/* After a fate every entry point answers with it at once. */
static void test_after_a_fate(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/");
    struct dirent *root = w.ns->root, *d = NULL;
    struct unstable_attr a;
    domain_panic(&w.s.d, "over");
    assert_int_equal(inode_getattr(&w.p.c, root->inode, &a), CODE_FATE);
    assert_int_equal(inode_lookup(&w.p.c, root->inode, "d", &d), CODE_FATE);
    assert_int_equal(dirent_walk(&w.p.c, root, root, "d", &d), CODE_FATE);
    assert_int_equal(sys_mkdir(&w.p, "/x", 0755), CODE_FATE);
    assert_int_equal(sys_rename(&w.p, "/d", "/x"), CODE_FATE);
    assert_int_equal(inode_chmod(&w.p.c, root, 0), CODE_FATE);
    world_fated(&w, FATE_PANIC, "over");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_release),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_after_a_fate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
