/* The instance: descriptors, queue, records, the handle (contract vfs 23). */
#include "process_test.h"

/* The record's fields and padding, byte for byte. */
static void records_are_padded_to_sixteen(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t len;
    } rows[] = {
        {"a", 16},
        {"fifteen-bytes-x", 16},
        {"sixteen-bytes-xy", 32},
        {"thirty-one-bytes-of-a-file-name", 32},
        {"thirty-two-bytes-of-a-file-name!", 48},
    };
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct file *f = watcher(&w);
    watch_path(&w, f, "/", IN_CREATE);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        make_file(&w, rows[i].name, "");
        size_t pending = 0, n = 0;
        assert_int_equal(sys_fionread(&w.p, f, &pending), 0);
        assert_int_equal(pending, 16 + rows[i].len);
        char buf[256];
        memset(buf, 'x', sizeof(buf));
        assert_int_equal(sys_read(&w.p, f, buf, sizeof(buf), &n), 0);
        assert_int_equal(n, pending);
        struct inotify_event ev;
        memcpy(&ev, buf, sizeof(ev));
        assert_int_equal(ev.wd, 1);
        assert_int_equal(ev.mask, IN_CREATE);
        assert_int_equal(ev.cookie, 0);
        assert_int_equal(ev.len, rows[i].len);
        assert_string_equal(buf + 16, rows[i].name);
        for (size_t k = strlen(rows[i].name); k < rows[i].len; k++) {
            assert_int_equal(buf[16 + k], 0);
        }
        assert_int_equal(buf[n], 'x');
    }
    sys_close(&w.p, f);
    world_close(&w);
}

static void reading_takes_whole_records(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct file *f = watcher(&w);
    char buf[64];
    size_t n = 77;
    assert_int_equal(sys_read(&w.p, f, buf, 15, &n), -EINVAL);
    assert_int_equal(sys_read(&w.p, f, buf, 16, &n), -EAGAIN);
    watch_path(&w, f, "/", IN_CREATE | IN_DELETE_SELF);
    make_file(&w, "a", "");
    make_file(&w, "b", "");
    assert_int_equal(sys_read(&w.p, f, buf, 15, &n), -EINVAL);
    assert_int_equal(sys_read(&w.p, f, buf, 31, &n), -EINVAL); /* the first does not fit */
    assert_int_equal(n, 77);
    assert_int_equal(sys_read(&w.p, f, buf, 63, &n), 0); /* the second does not */
    assert_int_equal(n, 32);
    assert_string_equal(buf + 16, "a");
    assert_events(&w, f, "1 CREATE b");
    sys_close(&w.p, f);
    world_close(&w);
}

static void a_read_that_waits_is_a_hang(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct file *f = NULL;
    char buf[16];
    size_t n;
    assert_int_equal(sys_inotify_init(&w.p, 0, &f), 0);
    assert_int_equal(sys_read(&w.p, f, buf, sizeof(buf), &n), CODE_FATE);
    assert_int_equal(w.s.d.fate, FATE_HANG);
    sentry_close(&w.s, NULL, NULL);
}

static int refuse(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)arg, (void)name, (void)attr;
    return -EIO;
}

/* write EBADF, fsync EINVAL, readdir ENOTDIR, other ioctl ENOTTY. */
static void the_handle_refuses_the_rest(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct file *f = watcher(&w);
    size_t n;
    assert_int_equal(sys_write(&w.p, f, "x", 1, &n), -EBADF);
    assert_int_equal(f->ops->fsync(&w.p.c, f), -EINVAL);
    struct dir_ctx dc = {.emit = refuse};
    assert_int_equal(sys_getdents(&w.p, f, &dc), -ENOTDIR);
    struct unstable_attr a;
    assert_int_equal(inode_getattr(&w.p.c, f->dirent->inode, &a), 0);
    assert_int_equal(a.perms, 0600);
    assert_int_equal(a.links, 1);
    struct statfs_info info;
    assert_int_equal(inode_statfs(&w.p.c, f->dirent->inode, &info), 0);
    assert_int_equal(info.type, 0x09041934);
    assert_int_equal(inode_chmod(&w.p.c, f->dirent, 0777), -EPERM);
    assert_int_equal(inode_truncate(&w.p.c, f->dirent, 0), -EINVAL);
    assert_ptr_equal(inotify_of(f), f->priv);
    struct file *other = open_file(&w, "/", O_RDONLY);
    assert_null(inotify_of(other));
    assert_int_equal(sys_fionread(&w.p, other, &n), -ENOTTY);
    sys_close(&w.p, other);
    sys_close(&w.p, f);
    world_close(&w);
}

static void arguments_are_checked_in_order(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_file(&w, "file", "");
    make_dir(&w, "dir");
    assert_int_equal(sys_symlink(&w.p, "dir", "to-dir"), 0);
    assert_int_equal(sys_symlink(&w.p, "nowhere", "dangling"), 0);
    struct file *f = NULL;
    assert_int_equal(sys_inotify_init(&w.p, 1, &f), -EINVAL);
    f = watcher(&w);
    struct file *plain = open_file(&w, "file", O_RDONLY);
    int32_t wd = 99;
    assert_int_equal(sys_inotify_add_watch(&w.p, f, "nowhere", 0, &wd), -EINVAL);
    assert_int_equal(sys_inotify_add_watch(&w.p, f, "file", 0x1000, &wd), -EINVAL);
    assert_int_equal(sys_inotify_add_watch(&w.p, plain, "nowhere", IN_OPEN, &wd), -EINVAL);
    assert_int_equal(sys_inotify_add_watch(&w.p, f, "nowhere", IN_OPEN, &wd), -ENOENT);
    assert_int_equal(sys_inotify_add_watch(&w.p, f, "", IN_OPEN, &wd), -ENOENT);
    assert_int_equal(sys_inotify_add_watch(&w.p, f, "file", IN_OPEN | IN_ONLYDIR, &wd), -ENOTDIR);
    assert_int_equal(sys_inotify_add_watch(&w.p, f, "dangling", IN_OPEN, &wd), -ENOENT);
    assert_int_equal(wd, 99);
    assert_int_equal(watch_path(&w, f, "dangling", IN_OPEN | IN_DONT_FOLLOW), 1);
    assert_int_equal(watch_path(&w, f, "to-dir", IN_OPEN | IN_ONLYDIR), 2);
    assert_int_equal(watch_path(&w, f, "dir", IN_OPEN), 2); /* the same inode */
    assert_int_equal(watch_path(&w, f, "file/", IN_ONLYDIR << 1), 3);
    assert_int_equal(sys_inotify_rm_watch(&w.p, plain, 1), -EINVAL);
    assert_int_equal(sys_inotify_rm_watch(&w.p, f, 4), -EINVAL);
    assert_int_equal(sys_inotify_rm_watch(&w.p, f, 0), -EINVAL);
    sys_close(&w.p, plain);
    sys_close(&w.p, f);
    world_close(&w);
}

static void descriptors_are_never_reused(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_dir(&w, "a");
    make_dir(&w, "b");
    make_dir(&w, "c");
    struct file *f = watcher(&w);
    assert_int_equal(watch_path(&w, f, "a", IN_OPEN), 1);
    assert_int_equal(watch_path(&w, f, "b", IN_OPEN), 2);
    assert_int_equal(watch_path(&w, f, "c", IN_OPEN), 3);
    assert_int_equal(sys_inotify_rm_watch(&w.p, f, 2), 0);
    assert_int_equal(sys_inotify_rm_watch(&w.p, f, 2), -EINVAL);
    assert_int_equal(watch_path(&w, f, "b", IN_OPEN), 4);
    assert_int_equal(sys_inotify_rm_watch(&w.p, f, 1), 0);
    assert_int_equal(sys_inotify_rm_watch(&w.p, f, 4), 0);
    assert_int_equal(sys_inotify_rm_watch(&w.p, f, 3), 0);
    assert_events(&w, f, "2 IGNORED, 1 IGNORED, 4 IGNORED, 3 IGNORED");
    sys_close(&w.p, open_file(&w, "a", O_RDONLY));
    assert_events(&w, f, ""); /* nothing after IN_IGNORED */
    sys_close(&w.p, f);
    world_close(&w);
}

static void equal_neighbours_are_one_event(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_file(&w, "f", "0123456789");
    struct file *in = watcher(&w);
    watch_path(&w, in, "/", IN_ACCESS | IN_MODIFY);
    struct file *f = open_file(&w, "f", O_RDWR);
    char byte;
    size_t n;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sys_read(&w.p, f, &byte, 1, &n), 0);
    }
    assert_int_equal(sys_write(&w.p, f, "x", 1, &n), 0);
    assert_int_equal(sys_read(&w.p, f, &byte, 1, &n), 0);
    assert_events(&w, in, "1 ACCESS f, 1 MODIFY f, 1 ACCESS f");
    assert_int_equal(sys_read(&w.p, f, &byte, 1, &n), 0); /* the queue was empty */
    assert_events(&w, in, "1 ACCESS f");
    sys_close(&w.p, f);
    sys_close(&w.p, in);
    world_close(&w);
}

static void a_new_mask_replaces_or_adds(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_file(&w, "f", "");
    struct file *in = watcher(&w);
    assert_int_equal(watch_path(&w, in, "f", IN_OPEN), 1);
    assert_int_equal(watch_path(&w, in, "f", IN_CLOSE_NOWRITE | IN_MASK_ADD), 1);
    sys_close(&w.p, open_file(&w, "f", O_RDONLY));
    assert_events(&w, in, "1 OPEN, 1 CLOSE_NOWRITE");
    assert_int_equal(watch_path(&w, in, "f", IN_CLOSE_NOWRITE), 1);
    sys_close(&w.p, open_file(&w, "f", O_RDONLY));
    assert_events(&w, in, "1 CLOSE_NOWRITE");
    sys_close(&w.p, in);
    world_close(&w);
}

/* Two instances watch one inode; the end of one leaves the other. */
static void instances_are_independent(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_dir(&w, "d");
    struct file *a = watcher(&w), *b = watcher(&w);
    assert_int_equal(inotify_of(b)->id, inotify_of(a)->id + 1);
    watch_path(&w, a, "d", IN_CREATE);
    watch_path(&w, b, "/", IN_CREATE);
    watch_path(&w, b, "d", IN_CREATE);
    make_file(&w, "d/f", "");
    assert_events(&w, a, "1 CREATE f");
    assert_events(&w, b, "2 CREATE f");
    sys_close(&w.p, a);
    make_file(&w, "d/g", "");
    assert_events(&w, b, "2 CREATE g");
    sys_close(&w.p, b);
    struct dirent *d;
    assert_int_equal(mount_ns_find_inode(&w.p.c, w.ns, w.ns->root, NULL, "d", 0, &d), 0);
    assert_null(d->inode->watches);
    dirent_put(d);
    world_close(&w);
}

/* Lets a queue go past the limit of Linux. */
static void fill_queue(struct world *w, size_t n)
{
    for (size_t i = 0; i < n; i += 2) {
        assert_int_equal(sys_chmod(&w->p, "f", 0600), 0);
        struct file *f = open_file(w, "f", O_RDONLY);
        assert_int_equal(sys_close(&w->p, f), 0);
    }
}

/* proves: VQ-41 */
static void the_queue_is_unbounded(void **state)
{
    (void)state;
    static const struct {
        enum profile profile;
        size_t left;
    } rows[] = {
        {PROFILE_GVISOR_2018_08_14, INOTIFY_QUEUE_LIMIT + 200},
        {PROFILE_STRICT, INOTIFY_QUEUE_LIMIT + 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        world_open(&w, rows[i].profile);
        make_file(&w, "f", "");
        struct file *in = watcher(&w);
        watch_path(&w, in, "f", IN_ATTRIB | IN_OPEN);
        fill_queue(&w, INOTIFY_QUEUE_LIMIT + 200);
        assert_int_equal(inotify_of(in)->n_events, rows[i].left);
        char *events = take_events(&w, in);
        bool overflowed = strstr(events, ", -1 Q_OVERFLOW") != NULL;
        assert_true(overflowed == (rows[i].profile == PROFILE_STRICT));
        mem_free(events);
        sys_close(&w.p, in);
        world_close(&w);
    }
}

static void scenario_without_memory(struct world *w)
{
    struct file *in = NULL, *f = NULL;
    int32_t wd;
    (void)sys_inotify_init(&w->p, IN_NONBLOCK, &in);
    if (in) {
        (void)sys_inotify_add_watch(&w->p, in, "/", IN_ALL_EVENTS, &wd);
        (void)sys_mkdir(&w->p, "d", 0755);
        (void)sys_inotify_add_watch(&w->p, in, "d", IN_ALL_EVENTS, &wd);
        (void)sys_open(&w->p, "d/f", O_CREAT | O_RDWR, 0644, &f);
        if (f) {
            (void)sys_close(&w->p, f);
        }
        (void)sys_rename(&w->p, "d/f", "g");
        (void)sys_unlink(&w->p, "g");
        (void)sys_rmdir(&w->p, "d");
        (void)sys_close(&w->p, in);
    }
    process_release(&w->p);
    mount_ns_put(w->ns);
}

static void every_allocation_can_fail(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        struct world w;
        world_open(&w, PROFILE_GVISOR_2018_08_14);
        w.s.d.alloc_fail_at = w.s.d.allocs + n;
        scenario_without_memory(&w);
        enum fate fate = w.s.d.fate;
        size_t left = sentry_close(&w.s, NULL, NULL);
        if (fate == FATE_NONE) {
            assert_int_equal(left, 0);
            assert_true(n > 20);
            return;
        }
        assert_int_equal(fate, FATE_OOM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_padded_to_sixteen),
        cmocka_unit_test(reading_takes_whole_records),
        cmocka_unit_test(a_read_that_waits_is_a_hang),
        cmocka_unit_test(the_handle_refuses_the_rest),
        cmocka_unit_test(arguments_are_checked_in_order),
        cmocka_unit_test(descriptors_are_never_reused),
        cmocka_unit_test(equal_neighbours_are_one_event),
        cmocka_unit_test(a_new_mask_replaces_or_adds),
        cmocka_unit_test(instances_are_independent),
        cmocka_unit_test(the_queue_is_unbounded),
        cmocka_unit_test(every_allocation_can_fail),
    };
    return cmocka_run_group_tests_name("inotify", tests, NULL, NULL);
}
