/* model/fs/proc/link.c: self, thread-self, exe, namespaces. */
#include "proc_test.h"

/* proves: FQ-36 */
static void test_self(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    assert_link(&p, "/self", "1");
    assert_link(&p, "/thread-self", "1/task/1");
    task_init(&p.other, "thread");
    p.other.id = 12;
    p.other.leader = &p.task;
    p.tasks[p.k.tasks_n++] = &p.other;
    p.w.c.task = &p.other;
    assert_link(&p, "/self", "1");
    assert_link(&p, "/thread-self", "1/task/12");
    p.k.tasks_n = 1; /* not visible in the mount's namespace */
    char *text = NULL;
    assert_int_equal(readlink_code(&p, "/self", &text), ERR_NOT_FOUND);
    assert_int_equal(readlink_code(&p, "/thread-self", &text), ERR_NOT_FOUND);
    proc_world_close(&p);
}

/* What the pipeline, which has no task, meets: the texts of contract 1.3. */
static void test_without_a_task(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text;
    } cases[] = {
        {"/self", "invalid operation"},
        {"/thread-self", "invalid operation"},
        {"/mounts", "invalid operation"},
        {"/self/mounts", "invalid operation"},
        {"/1/exe", "permission denied"},
        {"/1/ns/net", "permission denied"},
        {"/1/ns/mnt", "no such file or directory"},
    };
    struct proc_world p;
    proc_world_open(&p);
    p.w.c.task = NULL;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct dirent *d = NULL;
        int rc = mount_ns_find_inode(&p.w.c, p.ns, p.ns->root, NULL, cases[i].path,
                                     LINK_LIMIT_INTERNAL, &d);
        assert_string_equal(code_text(rc), cases[i].text);
    }
    proc_world_close(&p);
}

static void test_exe(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    char *text = NULL;
    assert_int_equal(readlink_code(&p, "/self/exe", &text), -EACCES); /* no memory */
    struct task_memory memory = {.vss = 1};
    p.task.memory = &memory;
    assert_int_equal(readlink_code(&p, "/self/exe", &text), -ENOENT);
    memory.executable = find(&p, "/version");
    assert_link(&p, "/self/exe", "/version");
    drop(&p, memory.executable);
    memory.executable = NULL;
    p.task.exited = true;
    assert_int_equal(readlink_code(&p, "/self/exe", &text), -EACCES);
    proc_world_close(&p);
}

/* A fresh number for each lookup, one below the link's own. proves: FQ-40 */
static void test_namespaces(void **state)
{
    (void)state;
    static const char *const names[] = {"net", "pid", "user"};
    struct proc_world p;
    proc_world_open(&p);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        uint64_t last = 0;
        for (int round = 0; round < 2; round++) {
            char path[32], expected[64];
            snprintf(path, sizeof(path), "/self/ns/%s", names[i]);
            struct dirent *d = find(&p, path);
            char *text = NULL;
            assert_int_equal(inode_readlink(&p.w.c, d->inode, &text), 0);
            snprintf(expected, sizeof(expected), "%s:[%llu]", names[i],
                     (unsigned long long)d->inode->stable.inode_id - 1);
            assert_string_equal(text, expected);
            assert_int_equal(attr_of(&p.w, d->inode).size, strlen(text));
            assert_true(d->inode->stable.inode_id > last);
            last = d->inode->stable.inode_id;
            mem_free(text);
            drop(&p, d);
        }
    }
    proc_world_close(&p);
}

static void test_behind_a_namespace_link(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct file *f = open_path(&p, "/self/ns/net");
    struct unstable_attr a = attr_of(&p.w, f->dirent->inode);
    assert_int_equal(f->dirent->inode->stable.type, INODE_REGULAR);
    assert_int_equal(a.perms, 0777);
    assert_int_equal(a.uid + a.gid, 0);
    char c;
    size_t n;
    assert_int_equal(file_pread(&p.w.c, f, 0, &c, 1, &n), ERR_INVALID_OP);
    assert_int_equal(file_pwrite(&p.w.c, f, 0, &c, 1, &n), ERR_INVALID_OP);
    file_put(f);
    proc_world_close(&p);
}

static void test_links_cannot_be_changed(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    static const char *const paths[] = {"/mounts", "/self", "/1/exe", "/1/ns/pid"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct dirent *d = find(&p, paths[i]);
        const struct inode_ops *ops = d->inode->ops;
        assert_int_equal(ops->chmod(&p.w.c, d->inode, 0600), -EPERM);
        assert_int_equal(ops->chown(&p.w.c, d->inode, 1, 1), 0);
        assert_int_equal(code_errno(ops->truncate(&p.w.c, d->inode, 0)), EINVAL);
        assert_null(ops->rename);
        drop(&p, d);
    }
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self),
        cmocka_unit_test(test_without_a_task),
        cmocka_unit_test(test_exe),
        cmocka_unit_test(test_namespaces),
        cmocka_unit_test(test_behind_a_namespace_link),
        cmocka_unit_test(test_links_cannot_be_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
