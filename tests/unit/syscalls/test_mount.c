/* mount(2) and umount2(2) (contract filesystems 11.8). */
#include "vfs_test.h"

static int mnt(struct test_world *w, const char *target, const char *type, uint64_t flags,
               const char *data)
{
    return sys_mount(&w->p, "none", target, type, flags, data);
}

static int refuse_mount(struct ctx *c, struct filesystem *fs, const char *device,
                        struct mount_flags flags, const char *data, struct inode **ret,
                        struct error *err)
{
    (void)fs, (void)device, (void)flags, (void)data, (void)ret;
    return error_set(&c->s->d, err, -ENXIO, "no");
}

/* proves: FQ-72 VQ-43 */
static void test_order(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ f=1");
    const struct filesystem closed = {.name = "closed", .mount = refuse_mount},
                            broken = {
                                .name = "broken", .mount = refuse_mount, .allow_user_mount = true};
    OK(filesystem_register(&w.s, &closed));
    OK(filesystem_register(&w.s, &broken));
    static const uint64_t refused[] = {MS_REMOUNT, MS_BIND,       MS_SHARED,     MS_PRIVATE,
                                       MS_SLAVE,   MS_UNBINDABLE, MS_MOVE,       MS_NODEV,
                                       MS_NOEXEC,  MS_NODIRATIME, MS_STRICTATIME};
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        ERR(mnt(&w, "/none", "no such type", refused[i], ""), EINVAL);
    }
    static const char *const unknown[] = {"", "bind", "overlayfs", "ramfs", "ext4"};
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        ERR(mnt(&w, "/none", unknown[i], 0, ""), ENODEV);
    }
    ERR(mnt(&w, "/none", "closed", 0, ""), EPERM);
    ERR(mnt(&w, "/none", "broken", 0, ""), EINVAL); /* any error of the filesystem */
    uint64_t inodes = w.s.last_inode[DEVICE_TMPFS];
    ERR(mnt(&w, "/none", "tmpfs", 0, "what=1"), EINVAL);
    ERR(mnt(&w, "/none", "tmpfs", 0, ""), ENOENT);
    assert_true(w.s.last_inode[DEVICE_TMPFS] > inodes); /* it was made before */
    ERR(mnt(&w, "/", "tmpfs", 0, ""), EBUSY);
    ERR(mnt(&w, "", "tmpfs", 0, ""), ENOENT);
    OK(mnt(&w, "/f", "tmpfs", 0, "")); /* a directory over a file */
    assert_string_equal(ls(&w, "/f"), "");
    become(&w, 7);
    ERR(mnt(&w, "/d", "tmpfs", MS_BIND, ""), EPERM);
    world_done(&w);
}

static void test_flags(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ e/ g/");
    OK(mnt(&w, "/d", "tmpfs", MS_RDONLY | MS_NOATIME, ""));
    OK(mnt(&w, "/e", "tmpfs", MS_NOSUID | MS_REC | UINT64_C(1) << 40, ""));
    OK(mnt(&w, "/g", "tmpfs", 0xc0ed0000 | MS_RDONLY, "")); /* the old magic is cut off */
    static const char *const paths[] = {"/d", "/e", "/g"};
    for (size_t i = 0; i < 3; i++) {
        struct dirent *d = at(&w, paths[i]);
        assert_int_equal(d->inode->ms->flags.read_only, i != 1);
        assert_int_equal(d->inode->ms->flags.no_atime, i == 0);
        dirent_put(d);
    }
    ERR(sys_mkdir(&w.p, "/d/x", 0755), EROFS);
    OK(sys_mkdir(&w.p, "/e/x", 0755));
    world_done(&w);
}

/* proves: FQ-73 */
static void test_umount(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ d/x=1 l->d f=1");
    struct process *p = &w.p;
    ERR(sys_umount(p, "/none", MNT_FORCE), EINVAL); /* before the target is looked up */
    ERR(sys_umount(p, "/", MNT_EXPIRE), EINVAL);
    ERR(sys_umount(p, "/none", 0), ENOENT);
    ERR(sys_umount(p, "/", 0), EBUSY);
    ERR(sys_umount(p, "/", MNT_DETACH), EBUSY);
    ERR(sys_umount(p, "/d", 0), EINVAL);
    OK(mnt(&w, "/d", "tmpfs", 0, ""));
    OK(mnt(&w, "/d", "tmpfs", 0, ""));
    ERR(sys_umount(p, "/l", 8), EINVAL); /* not followed: no mount root */
    OK(sys_umount(p, "/l", 0));
    OK(sys_umount(p, "/d", 16)); /* other bits are ignored */
    assert_string_equal(ls(&w, "/d"), "x");
    OK(mnt(&w, "/d", "tmpfs", 0, ""));
    become(&w, 7);
    ERR(sys_umount(p, "/d", 0), EPERM);
    ERR(sys_umount(p, "/d", MNT_FORCE), EINVAL);
    become_root(&w);
    OK(sys_chdir(p, "/d"));
    ERR(sys_umount(p, ".", 0), EBUSY);
    OK(sys_umount(p, ".", MNT_DETACH));
    ERR(sys_umount(p, ".", 0), EINVAL);
    OK(sys_chdir(p, "/"));
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_umount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
