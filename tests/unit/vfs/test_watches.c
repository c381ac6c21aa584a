/* Who is told what: the sources of events, pins, the end of an inode (contract vfs 12 to 14, 23).
 */
#include "process_test.h"

/* A world with "d" watched for everything through the handle that is returned. */
static struct file *watched_dir(struct world *w, enum profile profile)
{
    world_open(w, profile);
    make_dir(w, "d");
    struct file *in = watcher(w);
    assert_int_equal(watch_path(w, in, "d", IN_ALL_EVENTS), 1);
    return in;
}

static void end(struct world *w, struct file *in)
{
    assert_int_equal(sys_close(&w->p, in), 0);
    world_close(w);
}

/* ---------------------------------------------------------------------------------- the sources */

static void making_names(void **state)
{
    (void)state;
    struct world w;
    struct file *in = watched_dir(&w, PROFILE_GVISOR_2018_08_14);
    struct file *f = open_file(&w, "d/f", O_CREAT | O_RDWR);
    assert_events(&w, in, "1 CREATE f, 1 OPEN f");
    sys_close(&w.p, f);
    assert_events(&w, in, "1 CLOSE_WRITE f");
    make_dir(&w, "d/sub");
    assert_events(&w, in, "1 CREATE+ISDIR sub");
    assert_int_equal(sys_symlink(&w.p, "x", "d/s"), 0);
    assert_events(&w, in, "1 CREATE s");
    assert_int_equal(sys_mknod(&w.p, "d/p", 0010644), 0);
    assert_events(&w, in, "1 CREATE p");
    assert_int_equal(sys_mknod(&w.p, "d/n", 0100644), 0);
    assert_events(&w, in, "1 CREATE n");
    assert_int_equal(sys_mkdir(&w.p, "d/sub", 0755), -EEXIST);
    assert_int_equal(sys_symlink(&w.p, "x", "d/s"), -EEXIST);
    assert_events(&w, in, "");
    end(&w, in);
}

static void binding_a_name(void **state)
{
    (void)state;
    struct world w;
    struct file *in = watched_dir(&w, PROFILE_GVISOR_2018_08_14);
    struct dirent *d, *sock;
    assert_int_equal(mount_ns_find_inode(&w.p.c, w.ns, w.ns->root, NULL, "d", 0, &d), 0);
    assert_int_equal(dirent_bind(&w.p.c, d, w.ns->root, "k", 0644, &sock), 0);
    assert_int_equal(dirent_bind(&w.p.c, d, w.ns->root, "k", 0644, &sock), -EADDRINUSE);
    assert_events(&w, in, "1 CREATE k");
    dirent_put(sock);
    dirent_put(d);
    end(&w, in);
}

/* The target hears of its link count first; both names reach one watch. */
static void linking(void **state)
{
    (void)state;
    struct world w;
    struct file *in = watched_dir(&w, PROFILE_GVISOR_2018_08_14);
    make_file(&w, "f", "");
    assert_int_equal(watch_path(&w, in, "f", IN_ALL_EVENTS), 2);
    assert_int_equal(sys_link(&w.p, "f", "d/g"), 0);
    assert_events(&w, in, "2 ATTRIB, 1 CREATE g");
    sys_close(&w.p, open_file(&w, "d/g", O_RDONLY));
    assert_events(&w, in, "1 OPEN g, 2 OPEN, 1 CLOSE_NOWRITE g, 2 CLOSE_NOWRITE");
    assert_int_equal(watch_path(&w, in, "d/g", IN_ALL_EVENTS), 2); /* pins the second name */
    assert_int_equal(sys_unlink(&w.p, "f"), 0);
    assert_events(&w, in, "2 ATTRIB");
    assert_int_equal(sys_unlink(&w.p, "d/g"), 0);
    assert_events(&w, in, "2 ATTRIB, 1 DELETE g, 2 DELETE_SELF, 2 IGNORED");
    end(&w, in);
}

/* The parent is told first. Nothing is told of what failed or did nothing. */
static void using_a_file(void **state)
{
    (void)state;
    struct world w;
    struct file *in = watched_dir(&w, PROFILE_GVISOR_2018_08_14);
    make_file(&w, "d/f", "old");
    char *ignored = take_events(&w, in);
    mem_free(ignored);
    assert_int_equal(watch_path(&w, in, "d/f", IN_ALL_EVENTS), 2);
    struct file *f = open_file(&w, "d/f", O_RDWR);
    assert_events(&w, in, "1 OPEN f, 2 OPEN");
    char buf[8];
    size_t n;
    assert_int_equal(sys_read(&w.p, f, buf, sizeof(buf), &n), 0);
    assert_events(&w, in, "1 ACCESS f, 2 ACCESS");
    assert_int_equal(sys_read(&w.p, f, buf, sizeof(buf), &n), 0);
    assert_events(&w, in, ""); /* the end */
    assert_int_equal(sys_write(&w.p, f, "x", 1, &n), 0);
    assert_events(&w, in, "1 MODIFY f, 2 MODIFY");
    assert_int_equal(sys_write(&w.p, f, "x", 0, &n), 0);
    assert_events(&w, in, "");
    sys_close(&w.p, f);
    assert_events(&w, in, "1 CLOSE_WRITE f, 2 CLOSE_WRITE");
    assert_int_equal(sys_truncate(&w.p, "d/f", 1), 0);
    assert_events(&w, in, "1 MODIFY f, 2 MODIFY");
    assert_int_equal(sys_truncate(&w.p, "d/f", -1), -EINVAL);
    assert_int_equal(sys_chmod(&w.p, "d/f", 0600), 0);
    assert_events(&w, in, "1 ATTRIB f, 2 ATTRIB");
    end(&w, in);
}

/* proves: VQ-42 */
static void chown_and_utimes_tell_nobody(void **state)
{
    (void)state;
    for (int p = 0; p < PROFILE_COUNT; p++) {
        struct world w;
        struct file *in = watched_dir(&w, (enum profile)p);
        assert_int_equal(sys_chown(&w.p, "d", 1, 1, true), 0);
        struct dirent *d;
        assert_int_equal(mount_ns_find_inode(&w.p.c, w.ns, w.ns->root, NULL, "d", 0, &d), 0);
        struct set_times now = {.atime_now = true, .mtime_now = true};
        assert_int_equal(inode_utimes(&w.p.c, d, &now), 0);
        dirent_put(d);
        assert_events(&w, in, "");
        end(&w, in);
    }
}

static int accept_all(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)arg, (void)name, (void)attr;
    return 0;
}

static void reading_a_directory(void **state)
{
    (void)state;
    struct world w;
    struct file *in = watched_dir(&w, PROFILE_GVISOR_2018_08_14);
    struct file *f = open_file(&w, "d", O_RDONLY);
    assert_events(&w, in, "1 OPEN+ISDIR");
    struct dir_ctx dc = {.emit = accept_all};
    assert_int_equal(sys_getdents(&w.p, f, &dc), 0);
    assert_events(&w, in, "1 ACCESS+ISDIR");
    assert_int_equal(sys_getdents(&w.p, f, &dc), 0);
    assert_events(&w, in, "1 ACCESS+ISDIR"); /* also at the end */
    sys_close(&w.p, f);
    assert_events(&w, in, "1 CLOSE_NOWRITE+ISDIR");
    end(&w, in);
}

static void removing(void **state)
{
    (void)state;
    struct world w;
    struct file *in = watched_dir(&w, PROFILE_GVISOR_2018_08_14);
    make_dir(&w, "d/sub");
    make_file(&w, "d/f", "");
    char *ignored = take_events(&w, in);
    mem_free(ignored);
    watch_path(&w, in, "d/f", IN_ALL_EVENTS);
    watch_path(&w, in, "d/sub", IN_ALL_EVENTS);
    struct file *f = open_file(&w, "d/f", O_RDONLY);
    assert_events(&w, in, "1 OPEN f, 2 OPEN");
    assert_int_equal(sys_unlink(&w.p, "d/f"), 0);
    /* The open file keeps the inode: only the link count is told. */
    assert_events(&w, in, "2 ATTRIB, 1 DELETE f");
    sys_close(&w.p, f);
    assert_events(&w, in, "1 CLOSE_NOWRITE f, 2 CLOSE_NOWRITE, 2 DELETE_SELF, 2 IGNORED");
    assert_int_equal(sys_rmdir(&w.p, "d/sub"), 0);
    assert_events(&w, in, "1 DELETE+ISDIR sub, 3 DELETE_SELF, 3 IGNORED");
    assert_int_equal(sys_rmdir(&w.p, "d/sub"), -ENOENT);
    assert_events(&w, in, "");
    assert_int_equal(sys_inotify_rm_watch(&w.p, in, 2), -EINVAL);
    end(&w, in);
}

static void renaming(void **state)
{
    (void)state;
    struct world w;
    struct file *in = watched_dir(&w, PROFILE_GVISOR_2018_08_14);
    make_dir(&w, "e");
    make_file(&w, "d/f", "");
    make_dir(&w, "d/sub");
    char *ignored = take_events(&w, in);
    mem_free(ignored);
    watch_path(&w, in, "e", IN_ALL_EVENTS);
    watch_path(&w, in, "d/f", IN_ALL_EVENTS);
    watch_path(&w, in, "d/sub", IN_ALL_EVENTS);
    assert_int_equal(sys_rename(&w.p, "d/f", "e/g"), 0);
    assert_events(&w, in, "1 MOVED_FROM#1 f, 2 MOVED_TO#1 g, 3 MOVE_SELF");
    assert_int_equal(sys_rename(&w.p, "d/sub", "d/sub2"), 0);
    assert_events(&w, in, "1 MOVED_FROM+ISDIR#2 sub, 1 MOVED_TO+ISDIR#2 sub2, 4 MOVE_SELF");
    assert_int_equal(sys_rename(&w.p, "d/none", "e/none"), -ENOENT);
    assert_int_equal(sys_rename(&w.p, "d/x", "d/x"), 0); /* VQ-10 */
    assert_events(&w, in, "");
    assert_int_equal(w.s.last_cookie, 2);
    sys_close(&w.p, open_file(&w, "e/g", O_RDONLY)); /* the new parent, the new name */
    assert_events(&w, in, "2 OPEN g, 3 OPEN, 2 CLOSE_NOWRITE g, 3 CLOSE_NOWRITE");
    end(&w, in);
}

/* proves: VQ-12 */
static void a_replaced_file_is_only_forgotten(void **state)
{
    (void)state;
    static const struct {
        enum profile profile;
        const char *events;
    } rows[] = {
        {PROFILE_GVISOR_2018_08_14, "2 IGNORED"},
        {PROFILE_STRICT, "2 DELETE_SELF, 2 IGNORED"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        struct file *in = watched_dir(&w, rows[i].profile);
        make_file(&w, "a", "");
        make_file(&w, "b", "");
        watch_path(&w, in, "b", IN_ALL_EVENTS);
        assert_int_equal(sys_rename(&w.p, "a", "b"), 0);
        assert_events(&w, in, rows[i].events);
        end(&w, in);
    }
}

/* ----------------------------------------------------------------------------------- the quirks */

/* proves: VQ-40 */
static void a_directory_event_matches_every_watch(void **state)
{
    (void)state;
    static const struct {
        enum profile profile;
        const char *opened, *made;
    } rows[] = {
        /* opening and closing look the same, in turn for parent and child */
        {PROFILE_GVISOR_2018_08_14, "1 ISDIR sub, 2 ISDIR, 1 ISDIR sub, 2 ISDIR", "1 ISDIR other"},
        {PROFILE_STRICT, "", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        world_open(&w, rows[i].profile);
        make_dir(&w, "d");
        make_dir(&w, "d/sub");
        struct file *in = watcher(&w);
        watch_path(&w, in, "d", IN_MODIFY);
        watch_path(&w, in, "d/sub", IN_MODIFY);
        sys_close(&w.p, open_file(&w, "d/sub", O_RDONLY));
        assert_events(&w, in, rows[i].opened);
        make_dir(&w, "d/other");
        assert_events(&w, in, rows[i].made);
        make_file(&w, "d/f", "x"); /* what was asked for comes in both */
        assert_events(&w, in, "1 MODIFY f");
        end(&w, in);
    }
}

/* Events of a child that lost its name, with the directory still there, and after the directory
 * lost its own. */
static void exclude_unlinked(enum profile profile, uint32_t mask, const char *child_gone,
                             const char *both_gone)
{
    struct world w;
    world_open(&w, profile);
    make_dir(&w, "d");
    make_file(&w, "d/f", "");
    struct file *in = watcher(&w);
    watch_path(&w, in, "d", IN_ATTRIB | IN_MODIFY | mask);
    struct file *f = open_file(&w, "d/f", O_RDWR), *dir = open_file(&w, "d", O_RDONLY);
    size_t n;
    char *ignored = take_events(&w, in);
    mem_free(ignored);
    assert_int_equal(sys_unlink(&w.p, "d/f"), 0);
    ignored = take_events(&w, in);
    mem_free(ignored);
    assert_int_equal(sys_write(&w.p, f, "x", 1, &n), 0);
    assert_events(&w, in, child_gone);
    assert_int_equal(sys_rmdir(&w.p, "d"), 0);
    assert_int_equal(sys_write(&w.p, f, "x", 1, &n), 0);
    assert_events(&w, in, both_gone);
    sys_close(&w.p, f);
    sys_close(&w.p, dir);
    end(&w, in);
}

/* proves: VQ-41 */
static void excl_unlink_looks_at_the_wrong_name(void **state)
{
    (void)state;
    exclude_unlinked(PROFILE_GVISOR_2018_08_14, 0, "1 MODIFY f", "1 MODIFY f");
    exclude_unlinked(PROFILE_GVISOR_2018_08_14, IN_EXCL_UNLINK, "1 MODIFY f", "");
    exclude_unlinked(PROFILE_STRICT, 0, "1 MODIFY f", "1 MODIFY f");
    exclude_unlinked(PROFILE_STRICT, IN_EXCL_UNLINK, "", "");
}

/* proves: VQ-41 */
static void oneshot_is_ignored(void **state)
{
    (void)state;
    static const struct {
        enum profile profile;
        const char *events;
    } rows[] = {
        {PROFILE_GVISOR_2018_08_14, "1 OPEN, 1 CLOSE_NOWRITE"},
        {PROFILE_STRICT, "1 OPEN, 1 IGNORED"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        world_open(&w, rows[i].profile);
        make_file(&w, "f", "");
        struct file *in = watcher(&w);
        watch_path(&w, in, "f", IN_ALL_EVENTS | IN_ONESHOT);
        sys_close(&w.p, open_file(&w, "f", O_RDONLY));
        assert_events(&w, in, rows[i].events);
        end(&w, in);
    }
}

/* IN_UNMOUNT is never sent; a pin keeps a mount busy. */
static void a_watch_keeps_a_mount_busy(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_dir(&w, "m");
    assert_int_equal(sys_mount(&w.p, "none", "m", "tmpfs", 0, ""), 0);
    make_file(&w, "m/f", "");
    struct file *in = watcher(&w);
    int32_t wd = watch_path(&w, in, "m/f", IN_ALL_EVENTS);
    assert_int_equal(sys_umount(&w.p, "m", 0), -EBUSY);
    assert_int_equal(sys_inotify_rm_watch(&w.p, in, wd), 0);
    assert_int_equal(sys_umount(&w.p, "m", 0), 0);
    assert_events(&w, in, "1 IGNORED");
    assert_int_equal(sys_mount(&w.p, "none", "m", "tmpfs", 0, ""), 0);
    make_file(&w, "m/f", "");
    watch_path(&w, in, "m/f", IN_ALL_EVENTS);
    assert_int_equal(sys_umount(&w.p, "m", 2), 0);
    assert_events(&w, in, "");
    end(&w, in);
}

/* Events of a mount root go to the directory that holds the mount point. */
static void a_mount_root_has_the_outer_parent(void **state)
{
    (void)state;
    struct world w;
    struct file *in = watched_dir(&w, PROFILE_GVISOR_2018_08_14);
    make_dir(&w, "d/m");
    assert_int_equal(sys_mount(&w.p, "none", "d/m", "tmpfs", 0, ""), 0);
    char *ignored = take_events(&w, in);
    mem_free(ignored);
    sys_close(&w.p, open_file(&w, "d/m", O_RDONLY));
    assert_events(&w, in, "1 OPEN+ISDIR m, 1 CLOSE_NOWRITE+ISDIR m");
    end(&w, in);
}

struct removal {
    struct world *w;
    struct file *in;
};

static void remove_watch(void *arg)
{
    struct removal *r = arg;
    (void)sys_inotify_rm_watch(&r->w->p, r->in, 1);
}

/* proves: VP-19 */
static void a_watch_leaves_its_inode_once(void **state)
{
    (void)state;
    skip_without_assertions();
    struct world w;
    struct dirent *d;
    struct removal r = {&w, watched_dir(&w, PROFILE_GVISOR_2018_08_14)};
    struct process *p = &w.p;
    assert_int_equal(
        mount_ns_find_inode(&p->c, p->ns, p->c.root, NULL, "/d", LINK_LIMIT_SYSCALL, &d), 0);
    struct watch *first = d->inode->watches;
    d->inode->watches = NULL;
    assert_true(asserts(remove_watch, &r));
    d->inode->watches = first;
    assert_false(asserts(remove_watch, &r));
    dirent_put(d);
    end(&w, r.in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(making_names),
        cmocka_unit_test(binding_a_name),
        cmocka_unit_test(linking),
        cmocka_unit_test(using_a_file),
        cmocka_unit_test(chown_and_utimes_tell_nobody),
        cmocka_unit_test(reading_a_directory),
        cmocka_unit_test(removing),
        cmocka_unit_test(renaming),
        cmocka_unit_test(a_replaced_file_is_only_forgotten),
        cmocka_unit_test(a_directory_event_matches_every_watch),
        cmocka_unit_test(excl_unlink_looks_at_the_wrong_name),
        cmocka_unit_test(oneshot_is_ignored),
        cmocka_unit_test(a_watch_keeps_a_mount_busy),
        cmocka_unit_test(a_mount_root_has_the_outer_parent),
        cmocka_unit_test(a_watch_leaves_its_inode_once),
    };
    return cmocka_run_group_tests_name("watches", tests, NULL, NULL);
}
