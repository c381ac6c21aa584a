/* model/fs/proc/fds.c: open files as links and as texts. */
#include "proc_test.h"

struct opened {
    struct proc_world p;
    struct task_fd fds[3];
};

static void open_world(struct opened *o)
{
    proc_world_open(&o->p);
    o->fds[0] = (struct task_fd){0, open_path(&o->p, "/version"), false};
    o->fds[1] = (struct task_fd){3, open_path(&o->p, "/sys/kernel"), true};
    o->fds[2] = (struct task_fd){10, open_path(&o->p, "/cpuinfo"), false};
    o->p.task.fds = o->fds;
    o->p.task.fds_n = 3;
}

static void close_world(struct opened *o)
{
    o->p.task.fds_n = 0;
    for (size_t i = 0; i < 3; i++) {
        file_put(o->fds[i].file);
    }
    proc_world_close(&o->p);
}

static void test_links(void **state)
{
    (void)state;
    struct opened o;
    open_world(&o);
    assert_link(&o.p, "/self/fd/0", "/version");
    assert_link(&o.p, "/self/fd/3", "/sys/kernel");
    assert_link(&o.p, "/self/fd/4294967306", "/cpuinfo");
    assert_link(&o.p, "/self/fd/003", "/sys/kernel");
    static const char *const missing[] = {"/self/fd/1", "/self/fd/x", "/self/fd/-1",
                                          "/self/fdinfo/1", "/self/fdinfo/+3"};
    for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
        struct dirent *d = NULL;
        assert_int_equal(find_code(&o.p, missing[i], &d), -ENOENT);
    }
    struct dirent *d = find(&o.p, "/self/fd/0");
    struct unstable_attr a = attr_of(&o.p.w, d->inode);
    assert_int_equal(d->inode->stable.type, INODE_SYMLINK);
    assert_int_equal(a.perms, 0777);
    assert_int_equal(a.size + (int64_t)a.links, 0);
    assert_int_equal(d->inode->ops->truncate(&o.p.w.c, d->inode, 9), 0);
    drop(&o.p, d);
    close_world(&o);
}

/* The link leads to the dirent itself, removed or not. */
static void test_following(void **state)
{
    (void)state;
    struct opened o;
    open_world(&o);
    o.fds[0].file->dirent->deleted = true;
    assert_link(&o.p, "/self/fd/0", "/version (deleted)");
    struct dirent *d = NULL;
    assert_int_equal(mount_ns_find_inode(&o.p.w.c, o.p.ns, o.p.ns->root, NULL, "/self/fd/0", 2, &d),
                     0);
    assert_ptr_equal(d, o.fds[0].file->dirent);
    drop(&o.p, d);
    assert_int_equal(mount_ns_find_inode(&o.p.w.c, o.p.ns, o.p.ns->root, NULL, "/1/fd/0", 0, &d),
                     -ELOOP);
    o.fds[0].file->dirent->deleted = false;
    close_world(&o);
}

/* By descriptor number; rewinding starts over. */
static void test_listing(void **state)
{
    (void)state;
    struct opened o;
    open_world(&o);
    static const char *const dirs[] = {"/self/fd", "/self/fdinfo"};
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        struct file *f = open_path(&o.p, dirs[i]);
        char *names = listed(&o.p.w, f);
        assert_string_equal(names, ". .. 0 3 10");
        mem_free(names);
        assert_int_equal(f->offset, 2 + 11);
        f->offset = 2 + 3;
        names = listed(&o.p.w, f);
        assert_string_equal(names, "3 10");
        mem_free(names);
        names = listed(&o.p.w, f);
        assert_string_equal(names ? names : "", "");
        mem_free(names);
        f->offset = 0;
        names = listed(&o.p.w, f);
        assert_string_equal(names, ". .. 0 3 10");
        mem_free(names);
        file_put(f);
    }
    close_world(&o);
}

static void test_info(void **state)
{
    (void)state;
    struct opened o;
    open_world(&o);
    static const struct {
        struct open_flags flags;
        bool close_on_exec;
        const char *text;
    } cases[] = {
        {{.read = true}, false, "flags:\t00\n"},
        {{.write = true}, false, "flags:\t01\n"},
        {{.read = true, .write = true, .append = true, .large_file = true},
         false,
         "flags:\t0102002\n"},
        {{.read = true, .nonblocking = true, .direct = true}, true, "flags:\t02044000\n"},
        {{.read = true, .directory = true, .sync = true}, false, "flags:\t04210000\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        o.fds[1].file->flags = cases[i].flags;
        o.fds[1].close_on_exec = cases[i].close_on_exec;
        assert_content(&o.p, "/self/fdinfo/3", cases[i].text);
        struct dirent *d = find(&o.p, "/self/fdinfo/3");
        assert_int_equal(d->inode->stable.type, INODE_SPECIAL_FILE);
        assert_int_equal(attr_of(&o.p.w, d->inode).size, strlen(cases[i].text));
        assert_int_equal(attr_of(&o.p.w, d->inode).perms, 0400);
        assert_int_equal(code_errno(d->inode->ops->truncate(&o.p.w.c, d->inode, 0)), EINVAL);
        drop(&o.p, d);
        size_t n;
        assert_int_equal(code_errno(write_code(&o.p, "/self/fdinfo/3", "x", &n)), EINVAL);
    }
    close_world(&o);
}

/* fd is open to its own process whatever its ids, fdinfo is not. proves: FQ-35 */
static void test_permission(void **state)
{
    (void)state;
    struct opened o;
    open_world(&o);
    struct dirent *fd = find(&o.p, "/1/fd"), *fdinfo = find(&o.p, "/1/fdinfo");
    o.p.w.c.creds = (struct creds){.uid = 9, .gid = 9, .euid = 9, .egid = 9};
    assert_int_equal(inode_check_permission(&o.p.w.c, fd->inode, ACCESS_READ), 0);
    assert_int_equal(inode_check_permission(&o.p.w.c, fdinfo->inode, ACCESS_READ), -EACCES);
    o.p.w.c.task = NULL;
    assert_int_equal(inode_check_permission(&o.p.w.c, fd->inode, ACCESS_READ), -EACCES);
    o.p.task.creds.euid = 9; /* now the owner */
    assert_int_equal(inode_check_permission(&o.p.w.c, fd->inode, ACCESS_READ), 0);
    assert_int_equal(inode_check_permission(&o.p.w.c, fdinfo->inode, ACCESS_READ), 0);
    o.p.w.c.creds = creds_root();
    o.p.w.c.task = &o.p.task;
    dirent_put(fd);
    drop(&o.p, fdinfo);
    close_world(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links),      cmocka_unit_test(test_following),
        cmocka_unit_test(test_listing),    cmocka_unit_test(test_info),
        cmocka_unit_test(test_permission),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
