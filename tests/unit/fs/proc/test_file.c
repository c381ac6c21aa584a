/* model/fs/proc/file.c: what all files have in common. */
#include "proc_test.h"

static int write_bytes(struct proc_world *p, const char *path, const char *text)
{
    size_t n = 0;
    return write_code(p, path, text, &n);
}

/* Seqfiles are denied, also an empty write; direct files and stubs are invalid (recorded). */
static void test_writes(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    static const char *const denied[] = {"/version",     "/self/mounts",          "/net/dev",
                                         "/self/status", "/sys/vm/mmap_min_addr", "/stat"};
    static const char *const invalid[] = {"/cpuinfo",
                                          "/uptime",
                                          "/net/arp",
                                          "/self/comm",
                                          "/sys/net/core/somaxconn",
                                          "/self/cmdline",
                                          "/sys/kernel/hostname",
                                          "/self/environ"};
    for (size_t i = 0; i < ARRAY_LEN(denied); i++) {
        assert_int_equal(code_errno(write_bytes(&p, denied[i], "data")), EACCES);
        assert_int_equal(code_errno(write_bytes(&p, denied[i], "")), EACCES);
    }
    for (size_t i = 0; i < ARRAY_LEN(invalid); i++) {
        assert_int_equal(code_errno(write_bytes(&p, invalid[i], "data")), EINVAL);
        assert_int_equal(code_errno(write_bytes(&p, invalid[i], "")), EINVAL);
    }
    proc_world_close(&p);
}

static void test_truncation_and_negative_offsets(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    static const char *const paths[] = {"/version",     "/cpuinfo",   "/net/arp",
                                        "/self/status", "/self/comm", "/self/uid_map"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct file *f = open_path(&p, paths[i]);
        struct inode *inode = f->dirent->inode;
        assert_int_equal(code_errno(inode->ops->truncate(&p.w.c, inode, 0)), EINVAL);
        char c;
        size_t n = 7;
        assert_int_equal(file_pread(&p.w.c, f, -1, &c, 1, &n), -EINVAL);
        assert_int_equal(n, 7);
        assert_int_equal(file_pread(&p.w.c, f, 1 << 20, &c, 1, &n), 0);
        assert_int_equal(n, 0);
        file_put(f);
    }
    proc_world_close(&p);
}

/* Static nodes keep what chmod and chown say; those of a task show its ids. proves: FQ-11 FQ-35 */
static void test_owners(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct dirent *version = find(&p, "/version"), *status = find(&p, "/1/status");
    assert_int_equal(version->inode->ops->chown(&p.w.c, version->inode, 5, NO_ID), 0);
    assert_int_equal(version->inode->ops->chmod(&p.w.c, version->inode, 0600), 0);
    assert_int_equal(attr_of(&p.w, version->inode).uid, 5);
    assert_int_equal(attr_of(&p.w, version->inode).perms, 0600);
    assert_int_equal(status->inode->ops->chown(&p.w.c, status->inode, 5, 6), 0);
    assert_int_equal(attr_of(&p.w, status->inode).uid, 0);
    p.task.creds.euid = 1000;
    p.task.creds.egid = 100;
    assert_int_equal(attr_of(&p.w, status->inode).uid, 1000);
    assert_int_equal(attr_of(&p.w, status->inode).gid, 100);
    assert_int_equal(attr_of(&p.w, version->inode).uid, 5);
    dirent_put(version);
    drop(&p, status);
    proc_world_close(&p);
}

/* Contract 7.9. */
static void test_mtime_of_a_seqfile_is_now(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    struct dirent *version = find(&p, "/version"), *uptime = find(&p, "/uptime");
    struct unstable_attr a = attr_of(&p.w, version->inode), b = attr_of(&p.w, uptime->inode);
    p.w.s.d.now_ns += 1000000000;
    assert_true(attr_of(&p.w, version->inode).mtime > a.mtime + 999999999);
    assert_int_equal(attr_of(&p.w, version->inode).ctime, a.ctime);
    assert_int_equal(attr_of(&p.w, uptime->inode).mtime, b.mtime);
    dirent_put(version);
    dirent_put(uptime);
    proc_world_close(&p);
}

static const struct inet6_address two_addresses[] = {{{0x20, 1}, 64, 0x80}, {{0xfe, 0x80}, 10, 2}};
static const struct net_interface two_interfaces[] = {{"lo", 1, NULL, 0},
                                                      {"eth0", 2, two_addresses, 2}};

/* Nothing comes after a short read, unless told otherwise. proves: FQ-47 */
static void test_several_records(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct proc_world p;
        proc_world_init(&p, strict ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
        p.k.net.interfaces = two_interfaces;
        p.k.net.interfaces_n = 2;
        proc_world_enter(&p);
        char *whole = content_of(&p, "/net/dev", 65536);
        char *pieces = content_of(&p, "/net/dev", 50);
        size_t first_line = strcspn(whole, "\n") + 1;
        assert_int_equal(strlen(pieces), strict ? strlen(whole) : first_line);
        assert_memory_equal(pieces, whole, strlen(pieces));
        mem_free(whole);
        mem_free(pieces);
        proc_world_close(&p);
    }
}

/* The maps of ids go on: nothing is lost in any piece. */
static void test_resumed_records(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    static const struct id_range ranges[] = {{0, 1000, 1}, {1, 2000, 99}, {100, 5, 7}};
    p.task.uid_map = ranges;
    p.task.uid_map_n = 3;
    assert_content(&p, "/self/uid_map",
                   "         0       1000          1\n         1       2000         99\n"
                   "       100          5          7\n");
    proc_world_close(&p);
}

/* Random reads of one file: never more than asked for, and at 0 with room for all the whole
 * content. */
static void read_at_random(struct proc_world *p, struct dirent *d)
{
    static char buf[65536], whole[65536];
    struct file *f = NULL;
    assert_int_equal(inode_open(&p->w.c, d->inode, d, (struct open_flags){.read = true}, &f), 0);
    size_t n = 0, again = 0;
    assert_int_equal(file_pread(&p->w.c, f, 0, whole, sizeof(whole), &n), 0);
    for (int i = 0; i < 40; i++) {
        size_t len = (size_t)(domain_random(&p->w.s.d) % 200);
        int64_t off = (int64_t)(domain_random(&p->w.s.d) % (i % 2 ? 100 : n + 2));
        assert_int_equal(file_pread(&p->w.c, f, off, buf, len, &again), 0);
        assert_true(again <= len);
    }
    assert_int_equal(file_pread(&p->w.c, f, INT64_MAX, buf, 10, &again), 0);
    assert_int_equal(again, 0);
    if (strcmp(d->name, "uptime") != 0) { /* its content is the time */
        assert_int_equal(file_pread(&p->w.c, f, 0, buf, sizeof(buf), &again), 0);
        assert_int_equal(again, n);
        assert_memory_equal(buf, whole, n);
    }
    file_put(f);
}

/* Everything that is listed, and what is not. */
static size_t read_tree(struct proc_world *p, struct dirent *dir)
{
    struct file *f = NULL;
    assert_int_equal(inode_open(&p->w.c, dir->inode, dir, (struct open_flags){.read = true}, &f),
                     0);
    char *names = listed(&p->w, f);
    file_put(f);
    struct str all;
    str_init(&all, &p->w.s.d);
    str_addf(&all, "%s%s", names, dir == p->ns->root ? " net self thread-self" : "");
    mem_free(names);
    char *text = str_take(&all), *save;
    size_t files = 0;
    for (char *name = strtok_r(text, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        struct dirent *d = NULL;
        if (name[0] == '.' || dirent_walk(&p->w.c, dir, p->ns->root, name, &d)) {
            continue; /* FI-03 */
        }
        if (type_is_directory(d->inode->stable.type)) {
            files += read_tree(p, d);
        } else if (type_is_file(d->inode->stable.type)) {
            read_at_random(p, d);
            files++;
        }
        drop(p, d);
    }
    mem_free(text);
    return files;
}

/* proves: FI-03 FI-14 */
static void test_random_reads_of_all_files(void **state)
{
    (void)state;
    struct proc_world p;
    proc_world_open(&p);
    static const char argv[] = "sleep";
    struct task_memory memory = {.argv = argv, .argv_n = sizeof(argv), .generation = 1};
    p.task.memory = &memory;
    struct dirent *root = find(&p, "/");
    const size_t of_root = 7, of_sys = 3, settings = 9 + 32, of_net = 15, of_task = 13;
    assert_int_equal(read_tree(&p, root), of_root + of_sys + settings + of_net + 2 * of_task);
    dirent_put(root);
    proc_world_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes),
        cmocka_unit_test(test_truncation_and_negative_offsets),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_mtime_of_a_seqfile_is_now),
        cmocka_unit_test(test_several_records),
        cmocka_unit_test(test_resumed_records),
        cmocka_unit_test(test_random_reads_of_all_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
