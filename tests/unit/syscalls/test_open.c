/* open(2) (contract filesystems 11.1, 11.2, 11.9). */
#include "vfs_test.h"

enum { OTHER = 7 };

static int try_open(struct test_world *w, const char *path, int flags)
{
    struct file *f = NULL;
    int r = sys_open(&w->p, path, flags, 0644, &f);
    if (r == 0) {
        OK(sys_close(&w->p, f));
    }
    return r;
}

static void check(struct test_world *w, const char *path, int flags, int expected)
{
    int r = try_open(w, path, flags);
    if (r != -expected) {
        fail_msg("open %s %o: %s, expected %s", path, (unsigned)flags, code_name(r),
                 code_name(-expected));
    }
}

static void test_without_creat(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=data d/ closed=1 closed@0600 lf->f ld->d dangling->none");
    const struct {
        const char *path;
        int flags, result;
    } table[] = {
        {"/none", O_RDONLY, ENOENT},
        {"", O_RDONLY, ENOENT},
        {"/f", O_RDWR, 0},
        {"/d", O_RDONLY, 0},
        {"/d", O_WRONLY, EISDIR},
        {"/d", O_RDWR | O_DIRECTORY, EISDIR},
        {"/f", O_RDONLY | O_DIRECTORY, ENOTDIR},
        {"/f/", O_RDONLY, ENOTDIR},
        {"/d/", O_RDONLY, 0},
        {"/lf", O_RDONLY, 0},
        {"/ld", O_RDONLY | O_DIRECTORY, 0},
        {"/dangling", O_RDONLY, ENOENT},
        {"/f/x", O_RDONLY, ENOTDIR},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        check(&w, table[i].path, table[i].flags, table[i].result);
    }
    check(&w, "/f", O_RDONLY | O_TRUNC, 0); /* ignored without writing */
    assert_string_equal(cat(&w, "/f"), "data");
    check(&w, "/f", O_WRONLY | O_TRUNC, 0);
    assert_string_equal(cat(&w, "/f"), "");
    become(&w, OTHER);
    check(&w, "/closed", O_RDONLY, EACCES);
    check(&w, "/f", O_WRONLY, EACCES);
    check(&w, "/f", O_RDONLY, 0);
    check(&w, "/d", O_WRONLY, EACCES); /* permission before type */
    world_done(&w);
}

/* proves: FQ-58 */
static void test_unknown_flags(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=data l->f d/");
    check(&w, "/l", O_RDONLY | O_NOFOLLOW, 0); /* follows */
    check(&w, "/f", O_RDONLY | O_PATH, 0);
    check(&w, "/f", O_RDONLY | O_NOATIME, 0);
    check(&w, "/d", O_WRONLY | __O_TMPFILE, EISDIR);
    struct file *f = NULL;
    char buf[8];
    size_t n;
    OK(sys_open(&w.p, "/l", O_RDONLY | O_PATH, 0, &f));
    OK(sys_read(&w.p, f, buf, sizeof(buf), &n));
    assert_int_equal(n, 4);
    OK(sys_close(&w.p, f));
    world_done(&w);
}

/* proves: FQ-59 */
static void test_mode_three(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_plain(&w, ORIGINAL, "f=data f@0600 d/");
        w.s.d.quirks.value[FQ_59] = !strict;
        check(&w, "/d", O_ACCMODE, EISDIR);
        become(&w, OTHER);
        struct file *f = NULL;
        ERR(sys_open(&w.p, "/f", O_ACCMODE, 0, &f), strict ? EACCES : 0);
        if (!strict) {
            size_t n;
            OK(sys_write(&w.p, f, "DATA", 4, &n));
            assert_string_equal(read_all(&w, f), "DATA");
            OK(sys_close(&w.p, f));
        }
        world_done(&w);
    }
}

/* proves: FQ-60 FQ-61 VQ-43 */
static void test_creat(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=data d/ dangling->none loop->loop lf->f ld->d");
    const struct {
        const char *path;
        int flags, result;
    } table[] = {
        {"/new/", O_WRONLY, ENOENT},
        {"/d/", O_RDONLY, ENOENT},
        {"/f/x", O_WRONLY, ENOTDIR},
        {"/none/x", O_WRONLY, ENOENT},
        {"/f", O_WRONLY | O_EXCL, EEXIST},
        {"/lf", O_WRONLY | O_EXCL, EEXIST},
        {"/dangling", O_WRONLY, EEXIST}, /* Linux creates the target */
        {"/loop", O_WRONLY, EEXIST},
        {"/d", O_RDWR, 0}, /* opens a directory for writing */
        {"/d", O_RDWR | O_TRUNC, EINVAL},
        {"/f", O_RDONLY | O_DIRECTORY, 0},
        {"/f", O_RDONLY, 0},
        {"/.", O_RDONLY, 0},
        {"/", O_RDONLY, 0},
        {"/new", O_RDONLY, 0},
        {"/ld/made", O_WRONLY, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        check(&w, table[i].path, O_CREAT | table[i].flags, table[i].result);
    }
    assert_string_equal(ls(&w, "/d"), "made");
    assert_string_equal(cat(&w, "/f"), "data");
    struct file *f = NULL;
    size_t n;
    OK(sys_open(&w.p, "/d", O_CREAT | O_RDWR, 0, &f));
    ERR(sys_write(&w.p, f, "x", 1, &n), EISDIR);
    OK(sys_close(&w.p, f));
    /* The mode of the new file is not asked. */
    become(&w, OTHER);
    check(&w, "/none", O_CREAT | O_WRONLY, EACCES);
    become_root(&w);
    OK(sys_mkdir(&w.p, "/tmp", 0777));
    OK(sys_chmod(&w.p, "/tmp", 0777));
    become(&w, OTHER);
    OK(sys_open(&w.p, "/tmp/x", O_CREAT | O_RDWR, 0000, &f));
    OK(sys_write(&w.p, f, "x", 1, &n));
    OK(sys_close(&w.p, f));
    check(&w, "/tmp/x", O_RDONLY, EACCES);
    world_done(&w);
}

static void test_creat_behind_a_wall(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "wall/ wall/f=1 wall@0600 l->wall/f");
    become(&w, OTHER);
    check(&w, "/l", O_CREAT | O_WRONLY, EACCES); /* not the parent's answer */
    check(&w, "/wall/f", O_CREAT | O_WRONLY, EACCES);
    check(&w, "/wall/none", O_CREAT | O_WRONLY, EACCES);
    world_done(&w);
}

/* proves: FQ-62 */
static void test_truncate_without_permission(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_plain(&w, ORIGINAL, "f=data");
        w.s.d.quirks.value[FQ_62] = !strict;
        become(&w, OTHER);
        check(&w, "/f", O_CREAT | O_TRUNC | O_RDONLY, strict ? EACCES : 0);
        assert_string_equal(cat(&w, "/f"), strict ? "data" : "");
        world_done(&w);
    }
}

/* proves: FQ-59 FQ-62 FQ-68 FQ-63 FI-19 */
static void test_read_only_mount(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct test_world w;
        world_empty(&w, strict ? PROFILE_STRICT : ORIGINAL);
        struct inode *root = new_tmpfs(&w, "mode=0755");
        fill(&w, root, "f=data d/ d/x=1 g=1");
        root->ms->flags.read_only = true;
        world_on(&w, root);
        struct process *p = &w.p;
        ERR(sys_mkdir(p, "/new", 0755), EROFS);
        ERR(try_open(&w, "/new", O_CREAT | O_WRONLY), EROFS);
        ERR(sys_symlink(p, "x", "/new"), EROFS);
        ERR(sys_mknod(p, "/new", S_IFIFO | 0644), EROFS);
        ERR(sys_mkdir(p, "/d", 0755), EEXIST);
        ERR(sys_unlink(p, "/f"), EROFS);
        ERR(sys_unlink(p, "/none"), ENOENT);
        ERR(sys_rmdir(p, "/d"), EROFS);
        ERR(sys_rename(p, "/f", "/new"), EROFS);
        ERR(sys_rename(p, "/none", "/new"), ENOENT);
        ERR(sys_link(p, "/f", "/new"), EPERM);
        ERR(try_open(&w, "/f", O_WRONLY), EROFS);
        ERR(try_open(&w, "/f", O_CREAT | O_RDONLY), 0);
        ERR(sys_access(p, "/f", ACCESS_WRITE), EROFS);
        ERR(sys_truncate(p, "/f", 1), EROFS);
        OK(sys_chmod(p, "/f", 0600));
        OK(sys_chown(p, "/f", 1, 1, true));
        ERR(try_open(&w, "/f", O_ACCMODE), strict ? EROFS : 0);
        ERR(try_open(&w, "/g", O_CREAT | O_TRUNC | O_RDONLY), strict ? EROFS : 0);
        assert_string_equal(cat(&w, "/g"), strict ? "1" : "");
        world_done(&w);
    }
}

/* Every mode of a file against every way to open it, by owner, group and others. */
/* proves: FI-18 */
static void test_class_bits(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, PROFILE_STRICT, "f=data");
    static const int ways[] = {O_RDONLY, O_WRONLY, O_RDWR};
    for (unsigned mode = 0; mode < 01000; mode++) {
        become_root(&w);
        OK(sys_chmod(&w.p, "/f", mode));
        for (uint32_t class = 0; class < 3; class ++) { /* others, group, owner */
            become_root(&w);
            OK(sys_chown(&w.p, "/f", class == 2 ? OTHER : 0, class == 1 ? OTHER : 0, true));
            OK(sys_chmod(&w.p, "/f", mode));
            become(&w, OTHER);
            for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
                unsigned needed = i == 0 ? 4 : i == 1 ? 2 : 6;
                bool allowed = (mode >> (3 * class) & needed) == needed;
                check(&w, "/f", ways[i], allowed ? 0 : EACCES);
            }
            unsigned both = mode >> (3 * class) & 6;
            check(&w, "/f", O_ACCMODE, both == 6 ? 0 : EACCES);                    /* FQ-59 off */
            check(&w, "/f", O_CREAT | O_TRUNC | O_RDONLY, both == 6 ? 0 : EACCES); /* FQ-62 off */
        }
    }
    become_root(&w);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_creat),
        cmocka_unit_test(test_unknown_flags),
        cmocka_unit_test(test_mode_three),
        cmocka_unit_test(test_creat),
        cmocka_unit_test(test_creat_behind_a_wall),
        cmocka_unit_test(test_truncate_without_permission),
        cmocka_unit_test(test_read_only_mount),
        cmocka_unit_test(test_class_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
