/* Watches: what they pin, how they end, and any sequence of both (contract vfs 23). */
#include "process_test.h"

static struct inode *inode_at(struct world *w, const char *path)
{
    struct dirent *d = NULL;
    assert_int_equal(mount_ns_find_link(&w->p.c, w->ns, w->ns->root, NULL, path, 0, &d), 0);
    struct inode *inode = d->inode;
    dirent_put(d);
    return inode;
}

static void end(struct world *w, struct file *in)
{
    assert_int_equal(sys_close(&w->p, in), 0);
    world_close(w);
}

/* ----------------------------------------------------------------------------- pins and the end */

/* A pinned name stays in memory when the cache lets it go, and is let go with the watch. */
static void a_pin_holds_one_reference(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_file(&w, "f", "");
    struct file *in = watcher(&w);
    watch_path(&w, in, "f", IN_OPEN);
    watch_path(&w, in, "f", IN_OPEN); /* again: no second pin */
    mount_source_flush(w.ns->root->inode->ms);
    struct dirent *d;
    assert_int_equal(dirent_walk(&w.p.c, w.ns->root, w.ns->root, "f", &d), 0);
    assert_int_equal(d->refs, 2);
    assert_int_equal(sys_inotify_rm_watch(&w.p, in, 1), 0);
    assert_int_equal(d->refs, 1);
    dirent_put(d);
    end(&w, in);
}

static void the_end_of_the_instance_drops_pins(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    make_file(&w, "f", "");
    struct file *in = watcher(&w);
    watch_path(&w, in, "f", IN_ALL_EVENTS);
    assert_non_null(inode_at(&w, "f")->watches);
    sys_close(&w.p, in);
    assert_null(inode_at(&w, "f")->watches);
    mount_source_flush(w.ns->root->inode->ms);
    assert_int_equal(w.ns->root->inode->ms->dirent_refs, 2); /* namespace, working directory */
    world_close(&w);
}

/* A directory whose children are new inodes at every lookup, and always stale. */
static int fresh_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    (void)c, (void)inode;
    *ret = (struct unstable_attr){.perms = 0777, .links = 1};
    return 0;
}

static const struct inode_ops fresh_file_ops = {.getattr = fresh_getattr};

static int fresh_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    (void)c;
    struct inode *inode;
    assert_int_equal(inode_new(dir->ms, &fresh_file_ops, NULL, (struct stable_attr){0}, &inode), 0);
    return dirent_new(inode, name, ret);
}

static const struct inode_ops fresh_dir_ops = {.getattr = fresh_getattr, .lookup = fresh_lookup};

static int always_stale(struct ctx *c, struct mount_source *ms, struct inode *dir, const char *name,
                        struct inode *child, bool *stale)
{
    (void)c, (void)ms, (void)dir, (void)name, (void)child;
    *stale = true;
    return 0;
}

static void revalidation_loses_the_watch(void **state)
{
    (void)state;
    static const struct mount_source_ops ops = {.revalidate = always_stale};
    struct world w;
    sentry_init(&w.s, "test", PROFILE_GVISOR_2018_08_14);
    struct mount_source *ms;
    struct inode *root;
    assert_int_equal(mount_source_new(&w.s, &ops, NULL, (struct mount_flags){0}, NULL, &ms), 0);
    struct stable_attr dir = {.type = INODE_DIRECTORY};
    assert_int_equal(inode_new(ms, &fresh_dir_ops, NULL, dir, &root), 0);
    mount_source_put(ms);
    world_enter(&w, root);
    struct file *in = watcher(&w);
    watch_path(&w, in, "f", IN_ALL_EVENTS);
    assert_events(&w, in, "");
    struct sys_stat st;
    assert_int_equal(sys_stat(&w.p, "f", true, &st), 0);
    assert_events(&w, in, "1 IGNORED"); /* not unlinked: no IN_DELETE_SELF */
    end(&w, in);
}

/* ---------------------------------------------------------------------------------- the overlay */

/* A watch is on the overlay's inode: it sees what happens through the overlay, once, and outlives
 * the copy-up. */
static void a_watch_outlives_copy_up(void **state)
{
    (void)state;
    struct world w;
    sentry_init(&w.s, "test", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w.s), 0);
    struct ctx c = {.s = &w.s, .creds = creds_root(), .umask = 022};
    struct inode *upper = world_tmpfs(&w), *lower = world_tmpfs(&w), *root;
    struct file *made = NULL;
    struct open_flags rw = {.read = true, .write = true};
    assert_int_equal(lower->ops->create(&c, lower, "f", rw, 0644, &made), 0);
    file_put(made);
    assert_int_equal(overlay_new_root(&c, upper, lower, (struct mount_flags){0}, &root, NULL), 0);
    inode_put(upper);
    inode_put(lower);
    world_enter(&w, root);
    struct file *in = watcher(&w);
    watch_path(&w, in, "/", IN_ALL_EVENTS);
    watch_path(&w, in, "f", IN_ALL_EVENTS);
    struct inode *before = inode_at(&w, "f");
    assert_int_equal(sys_chmod(&w.p, "f", 0600), 0);
    assert_non_null(before->overlay->upper);
    assert_null(before->overlay->upper->watches);
    assert_events(&w, in, "1 ATTRIB f, 2 ATTRIB");
    assert_int_equal(sys_rename(&w.p, "f", "g"), 0);
    assert_events(&w, in, "1 MOVED_FROM#1 f, 1 MOVED_TO#1 g, 2 MOVE_SELF");
    assert_int_equal(sys_unlink(&w.p, "g"), 0);
    assert_events(&w, in, "2 ATTRIB, 1 DELETE g, 2 DELETE_SELF, 2 IGNORED");
    end(&w, in);
}

/* ---------------------------------------------------------------------------------- at random */

struct random_run {
    struct world w;
    struct file *in;
    bool ended[4096]; /* descriptors that were told IN_IGNORED */
    uint32_t open_cookie;
};

static void check_record(struct random_run *run, const struct inotify_event *ev)
{
    assert_true(ev->wd > 0 && ev->wd < (int)ARRAY_LEN(run->ended));
    assert_false(run->ended[ev->wd]);
    run->ended[ev->wd] = ev->mask & IN_IGNORED;
    if (ev->mask & IN_MOVED_FROM) {
        run->open_cookie = ev->cookie;
    } else if ((ev->mask & IN_MOVED_TO) && run->open_cookie) {
        assert_int_equal(ev->cookie, run->open_cookie); /* both directories are watched, or none */
        run->open_cookie = 0;
    } else {
        assert_int_equal(ev->mask & IN_MOVED_TO ? 0 : ev->cookie, 0);
    }
}

static void check_queue(struct random_run *run)
{
    char buf[512];
    size_t n;
    while (inotify_of(run->in)->pending > 0) {
        assert_int_equal(sys_read(&run->w.p, run->in, buf, sizeof(buf), &n), 0);
        for (size_t at = 0; at < n;) {
            struct inotify_event ev;
            assert_true(at + sizeof(ev) <= n);
            memcpy(&ev, buf + at, sizeof(ev));
            check_record(run, &ev);
            at += sizeof(ev) + ev.len;
            assert_true(at <= n);
        }
    }
    run->open_cookie = 0; /* the other directory was not watched */
}

static void one_step(struct random_run *run)
{
    static const char *const names[] = {"a", "b", "a/x", "a/y", "b/x", "b/y", "a/d", "b/d/x"};
    struct process *p = &run->w.p;
    uint64_t r = domain_random(&run->w.s.d);
    const char *from = names[r % 8], *to = names[r / 8 % 8];
    struct file *f;
    int32_t wd;
    switch (r / 64 % 8) {
    case 0:
        (void)sys_mkdir(p, from, 0755);
        break;
    case 1:
        if (sys_open(p, from, O_CREAT | O_RDWR, 0644, &f) == 0) {
            (void)sys_close(p, f);
        }
        break;
    case 2:
        (void)sys_rename(p, from, to);
        break;
    case 3:
        (void)sys_link(p, from, to);
        break;
    case 4:
        (void)sys_unlink(p, from);
        break;
    case 5:
        (void)sys_rmdir(p, from);
        break;
    case 6:
        (void)sys_inotify_add_watch(p, run->in, from, IN_ALL_EVENTS, &wd);
        break;
    default:
        if (r / 512 % 8 == 0) {
            (void)sys_inotify_rm_watch(p, run->in, (int32_t)(r / 4096 % 64));
        }
        break;
    }
}

/* proves: VI-16 */
static void any_sequence_gives_sound_records(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct random_run run = {0};
        world_open(&run.w, PROFILE_STRICT); /* where no rename hangs */
        run.w.s.d.random_state = seed;
        run.in = watcher(&run.w);
        for (int i = 0; i < 1000; i++) {
            one_step(&run);
            assert_int_equal(run.w.s.d.fate, FATE_NONE);
            if (i % 3 == 0) {
                check_queue(&run);
            }
        }
        end(&run.w, run.in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pin_holds_one_reference),
        cmocka_unit_test(the_end_of_the_instance_drops_pins),
        cmocka_unit_test(revalidation_loses_the_watch),
        cmocka_unit_test(a_watch_outlives_copy_up),
        cmocka_unit_test(any_sequence_gives_sound_records),
    };
    return cmocka_run_group_tests_name("watch life", tests, NULL, NULL);
}
