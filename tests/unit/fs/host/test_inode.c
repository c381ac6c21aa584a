/* model/fs/host/inode.c: the table of contract 8.4, attributes of 8.3. */
#include "host_test.h"

static void test_attributes(struct host_world *p)
{
    struct inode *root = host_mounted(p, AS_PIPELINE("/h/dir")), *a = child_of(&p->w, root, "a");
    struct unstable_attr attr = attr_of(&p->w, a);
    assert_int_equal(attr.size, 5);
    assert_int_equal(attr.perms, 04750);
    assert_int_equal(attr.uid, 7);
    assert_int_equal(attr.gid, 8);
    assert_int_equal(attr.links, 2);
    assert_int_equal(attr_of(&p->w, root).links, 3);
    struct inode *sub = child_of(&p->w, root, "sub");
    assert_int_equal(attr_of(&p->w, sub).perms, 01777);
    struct statfs_info info;
    struct str s;
    str_init(&s, &p->w.s.d);
    assert_int_equal(inode_statfs(&p->w.c, a, &info), -ENOSYS);
    assert_int_equal(inode_getxattr(&p->w.c, a, "user.k", &s), -EOPNOTSUPP);
    assert_int_equal(inode_setxattr(&p->w.c, a, "user.k", "v", 1), -EOPNOTSUPP);
    assert_true(inode_mappable(a));
    assert_false(inode_mappable(root));
    assert_false(inode_is_virtual(root));
    inode_put(sub);
    inode_put(a);
    inode_put(root);
}

/* What the mounter may know of the host's ids. */
static void test_translated_owners(void **state)
{
    (void)state;
    struct host_world p;
    host_world_open(&p);
    p.w.c.creds.euid = 1000;
    p.w.c.creds.egid = 100;
    struct inode *root = host_mounted(&p, "root=/h/dir"), *a = child_of(&p.w, root, "a");
    assert_int_equal(attr_of(&p.w, root).uid, 1000);
    assert_int_equal(attr_of(&p.w, root).gid, 100);
    assert_int_equal(attr_of(&p.w, a).uid, 65534);
    assert_int_equal(attr_of(&p.w, a).gid, 65534);
    inode_put(a);
    inode_put(root);
    host_world_close(&p);
}

static void test_making(struct host_world *p)
{
    struct ctx *c = &p->w.c;
    struct inode *dir = host_mounted(p, AS_PIPELINE("/h/dir"));
    const struct inode_ops *ops = dir->ops;
    assert_int_equal(ops->mkdir(c, dir, "new", 0750), 0);
    assert_int_equal(ops->mkdir(c, dir, "new", 0750), -EEXIST);
    assert_int_equal(ops->symlink(c, dir, "../x", "l"), 0);
    assert_int_equal(ops->symlink(c, dir, "t", "a"), -EEXIST);
    make_file(&p->w, dir, "file", 0604);
    struct file *f = NULL;
    assert_int_equal(ops->create(c, dir, "file", (struct open_flags){.read = true}, 0644, &f),
                     -EEXIST);
    struct inode *file = child_of(&p->w, dir, "file"), *link = child_of(&p->w, dir, "l");
    assert_int_equal(attr_of(&p->w, file).perms, 0604);
    assert_int_equal(attr_of(&p->w, file).uid, 0); /* of the sandbox process, not the caller's */
    char *target = NULL;
    assert_int_equal(inode_readlink(c, link, &target), 0);
    assert_string_equal(target, "../x");
    mem_free(target);
    assert_int_equal(ops->link(c, dir, file, "hard"), -EPERM);
    assert_int_equal(ops->mkfifo(c, dir, "p", 0644), -EOPNOTSUPP);
    struct dirent *d = NULL;
    assert_int_equal(ops->bind(c, dir, "s", 0644, &d), -EOPNOTSUPP);
    assert_listing(&p->w, dir, ". .. a b file l link new sub");
    inode_put(file);
    inode_put(link);
    inode_put(dir);
}

static void test_removing(struct host_world *p)
{
    struct ctx *c = &p->w.c;
    struct inode *dir = host_mounted(p, AS_PIPELINE("/h/dir")), *a = child_of(&p->w, dir, "a");
    const struct inode_ops *ops = dir->ops;
    assert_int_equal(ops->remove(c, dir, "none"), -ENOENT);
    assert_int_equal(ops->remove(c, dir, "sub"), -EISDIR);
    assert_int_equal(ops->rmdir(c, dir, "a"), -ENOTDIR);
    assert_int_equal(ops->remove(c, dir, "a"), 0);
    assert_int_equal(ops->rmdir(c, dir, "sub"), 0);
    assert_int_equal(lookup_code(&p->w, dir, "a"), -ENOENT);
    assert_int_equal(attr_of(&p->w, a).links, 1); /* still held, still the host's answer */
    struct inode *top = host_mounted(p, AS_PIPELINE("/h"));
    assert_int_equal(ops->rmdir(c, top, "dir"), -ENOTEMPTY);
    inode_put(top);
    inode_put(a);
    inode_put(dir);
}

/* Between two mounts of one host as well. proves: FQ-53 */
static void test_renaming(struct host_world *p)
{
    struct ctx *c = &p->w.c;
    struct inode *top = host_mounted(p, AS_PIPELINE("/h")),
                 *dir = host_mounted(p, AS_PIPELINE("/h/dir"));
    struct inode *a = child_of(&p->w, dir, "a"), *sub = child_of(&p->w, dir, "sub");
    const struct inode_ops *ops = dir->ops;
    assert_int_equal(ops->rename(c, a, dir, "a", dir, "c"), 0);
    assert_int_equal(ops->rename(c, a, dir, "c", top, "d"), 0);
    assert_int_equal(ops->rename(c, a, dir, "c", top, "d"), -ENOENT);
    assert_int_equal(ops->rename(c, sub, dir, "sub", sub, "x"), -EINVAL);
    struct mount_source *ms = NULL;
    assert_int_equal(
        mount_source_new(c->s, &mount_source_non_caching, NULL, (struct mount_flags){0}, NULL, &ms),
        0);
    struct inode *other = NULL;
    assert_int_equal(ramfs_new_dir(ms, &ramfs_dir_ops, NULL,
                                   ramfs_stable(c->s, INODE_DIRECTORY, DEVICE_PSEUDO),
                                   ramfs_root_owner(), 0755, &other),
                     0);
    mount_source_put(ms);
    assert_int_equal(ops->rename(c, a, top, "d", other, "d"), -EXDEV);
    assert_int_equal(ops->rename(c, a, other, "d", top, "d"), -EXDEV);
    assert_int_equal(ops->rename(c, a, top, "d", a, "d"), -EXDEV); /* no directory */
    assert_listing(&p->w, dir, ". .. b link sub");
    struct inode *all[] = {other, sub, a, dir, top};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        inode_put(all[i]);
    }
}

static void test_changing_attributes(struct host_world *p)
{
    struct ctx *c = &p->w.c;
    struct inode *dir = host_mounted(p, AS_PIPELINE("/h/dir"));
    struct inode *a = child_of(&p->w, dir, "a"), *link = child_of(&p->w, dir, "link");
    const struct inode_ops *ops = dir->ops;
    assert_int_equal(ops->chmod(c, a, 0640), 0);
    assert_int_equal(attr_of(&p->w, a).perms, 0640);
    assert_int_equal(ops->chmod(c, dir, 0700), 0);
    assert_int_equal(ops->chmod(c, link, 0640), -EPERM); /* held as a place */
    assert_int_equal(ops->chown(c, a, 7, 8), -EPERM);
    assert_int_equal(ops->chown(c, a, NO_ID, NO_ID), -EPERM);
    assert_int_equal(ops->utimes(c, a, &(struct set_times){.atime = -1, .mtime = 5000000007}), 0);
    assert_int_equal(attr_of(&p->w, a).atime, -1);
    assert_int_equal(attr_of(&p->w, a).mtime, 5000000007);
    assert_int_equal(ops->utimes(c, a, &(struct set_times){.atime_omit = true, .mtime_now = true}),
                     0);
    assert_int_equal(attr_of(&p->w, a).atime, -1);
    assert_true(attr_of(&p->w, a).mtime > 5000000007);
    struct unstable_attr before = attr_of(&p->w, a);
    assert_int_equal(ops->utimes(c, a, &(struct set_times){.atime_omit = true, .mtime_omit = true}),
                     0);
    struct unstable_attr after = attr_of(&p->w, a);
    assert_true(attr_equal(&before, &after));
    assert_int_equal(ops->utimes(c, link, &(struct set_times){.atime_now = true}), -EBADF);
    inode_put(link);
    inode_put(a);
    inode_put(dir);
}

static void test_truncating(struct host_world *p)
{
    struct ctx *c = &p->w.c;
    struct inode *dir = host_mounted(p, AS_PIPELINE("/h/dir"));
    struct inode *a = child_of(&p->w, dir, "a"), *link = child_of(&p->w, dir, "link");
    struct inode *top = host_mounted(p, AS_PIPELINE("/h")), *fifo = child_of(&p->w, top, "fifo");
    const struct inode_ops *ops = dir->ops;
    assert_int_equal(ops->truncate(c, a, 2), 0);
    assert_int_equal(attr_of(&p->w, a).size, 2);
    assert_int_equal(ops->truncate(c, a, 9000), 0);
    assert_int_equal(attr_of(&p->w, a).size, 9000);
    assert_int_equal(ops->truncate(c, dir, 0), -EINVAL);
    assert_int_equal(ops->truncate(c, fifo, 0), -EINVAL);
    assert_int_equal(ops->truncate(c, link, 0), -EBADF);
    struct inode *all[] = {fifo, top, link, a, dir};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        inode_put(all[i]);
    }
}

/* proves: FQ-54 */
static void test_links(struct host_world *p)
{
    struct ctx *c = &p->w.c;
    struct inode *dir = host_mounted(p, AS_PIPELINE("/h/dir"));
    struct inode *a = child_of(&p->w, dir, "a"), *link = child_of(&p->w, dir, "link");
    char *target = NULL;
    struct dirent *d = NULL;
    assert_int_equal(inode_readlink(c, link, &target), 0);
    assert_string_equal(target, "a");
    mem_free(target);
    assert_int_equal(inode_getlink(c, link, &d), CODE_READLINK);
    assert_int_equal(inode_readlink(c, a, &target), -ENOENT);
    assert_int_equal(inode_readlink(c, dir, &target), -ENOENT);
    assert_int_equal(inode_getlink(c, a, &d), -ENOLINK);
    assert_int_equal(lookup_code(&p->w, a, "x"), -ENOTDIR);
    inode_put(link);
    inode_put(a);
    inode_put(dir);
}

/* The core's walk never gives the host a name that leaves the directory. */
static void test_names(struct host_world *p)
{
    char name[258];
    memset(name, 'n', 257);
    name[257] = '\0';
    struct inode *dir = host_mounted(p, AS_PIPELINE("/h/dir"));
    assert_int_equal(lookup_code(&p->w, dir, "none"), -ENOENT);
    assert_int_equal(lookup_code(&p->w, dir, name), -ENAMETOOLONG);
    assert_int_equal(lookup_code(&p->w, dir, ".."), -EINVAL);
    assert_int_equal(dir->ops->mkdir(&p->w.c, dir, name, 0755), -ENAMETOOLONG);
    assert_ptr_equal(fs_host_file(dir), dir->priv);
    inode_put(dir);
}

/* Changes from outside are seen at once. */
static void test_changes_of_the_host(struct host_world *p)
{
    struct inode *dir = host_mounted(p, AS_PIPELINE("/h/dir")), *a = child_of(&p->w, dir, "a");
    struct host_file *outside = NULL;
    assert_int_equal(host_open(p->h, &p->w.s.d, "/h/hard", O_RDWR, &outside), 0);
    size_t n;
    assert_int_equal(host_pwrite(outside, "HELLO world", 11, 0, &n), 0);
    char *text = host_content(p, a, 4);
    assert_string_equal(text, "HELLO world");
    mem_free(text);
    assert_int_equal(host_fchmod(outside, 0600), 0);
    assert_int_equal(attr_of(&p->w, a).perms, 0600);
    assert_int_equal(attr_of(&p->w, a).size, 11);
    host_file_put(outside);
    inode_put(a);
    inode_put(dir);
}

#define ON_BOTH(f)                                                                                 \
    static void f##_on_both(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        on_both(f);                                                                                \
    }
ON_BOTH(test_attributes)
ON_BOTH(test_making)
ON_BOTH(test_removing)
ON_BOTH(test_renaming)
ON_BOTH(test_changing_attributes)
ON_BOTH(test_truncating)
ON_BOTH(test_links)
ON_BOTH(test_names)
ON_BOTH(test_changes_of_the_host)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attributes_on_both),
        cmocka_unit_test(test_translated_owners),
        cmocka_unit_test(test_making_on_both),
        cmocka_unit_test(test_removing_on_both),
        cmocka_unit_test(test_renaming_on_both),
        cmocka_unit_test(test_changing_attributes_on_both),
        cmocka_unit_test(test_truncating_on_both),
        cmocka_unit_test(test_links_on_both),
        cmocka_unit_test(test_names_on_both),
        cmocka_unit_test(test_changes_of_the_host_on_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
