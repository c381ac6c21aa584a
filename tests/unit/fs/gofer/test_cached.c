/* cached.c: the copy of the attributes (contract filesystems 9.3, ninep 10.4). */
#include "world.h"

enum { SET_BITS = P9_SETATTR_ATIME_SET | P9_SETATTR_MTIME_SET };

static struct unstable_attr attr_of(struct world *w, struct dirent *d)
{
    struct unstable_attr u = {0};
    assert_int_equal(inode_getattr(&w->c, d->inode, &u), 0);
    return u;
}

static struct dirent *start(struct world *w, const char *options, struct dirent **ret_root)
{
    peer_file(w->peer[0], w->top, "f", "hello");
    *ret_root = world_tree(w, options);
    return world_walk(w, *ret_root, "f");
}

static void chmod_shows_all_12_bits_here_and_9_there(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    int64_t before = attr_of(w, f).ctime;
    assert_int_equal(f->inode->ops->chmod(&w->c, f->inode, 04755), 0);
    assert_int_equal(attr_of(w, f).perms, 04755);
    assert_true(attr_of(w, f).ctime > before);
    assert_int_equal(peer_find(w->top, "f")->mode & 07777, 0755);
    assert_int_equal(w->peer[0]->setattr_valid, P9_SETATTR_MODE | SET_BITS);
    world_put(w, f);
    world_drop(w, root);
}

static void a_failed_change_changes_nothing(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct unstable_attr before = attr_of(w, f);
    w->peer[0]->fail[P9_TSETATTR] = EPERM;
    assert_int_equal(f->inode->ops->chmod(&w->c, f->inode, 0), -EPERM);
    assert_int_equal(inode_chown(&w->c, f, 1, 1), -EPERM);
    assert_int_equal(f->inode->ops->truncate(&w->c, f->inode, 0), -EPERM);
    assert_int_equal(inode_utimes(&w->c, f, &(struct set_times){.atime = 1}), -EPERM);
    struct unstable_attr after = attr_of(w, f);
    assert_memory_equal(&before, &after, sizeof(before));
    assert_int_equal(gofer_of(f->inode)->dirty, 0);
    world_put(w, f);
    world_drop(w, root);
}

static void chown_sets_what_is_given(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    assert_int_equal(inode_chown(&w->c, f, NO_ID, 9), 0);
    assert_int_equal(w->peer[0]->setattr_valid, P9_SETATTR_GID | SET_BITS);
    assert_int_equal(attr_of(w, f).uid, 0);
    assert_int_equal(attr_of(w, f).gid, 9);
    world_put(w, f);
    world_drop(w, root);
}

static void outside_changes_are_invisible_while_it_lives(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    peer_append(peer_find(w->top, "f"), " world");
    assert_int_equal(attr_of(w, f).size, 5);
    world_put(w, f);
    f = world_walk(w, root, "f");
    assert_int_equal(attr_of(w, f).size, 11);
    world_put(w, f);
    world_drop(w, root);
}

/* proves: Q-62 */
static void utimes_of_an_open_file_go_out_with_the_next_writeout(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct file *open = world_open_file(w, f, true, false);
    struct set_times t = {.atime = 5000000000, .mtime = 6000000001};
    world_forget(w, root->inode);
    assert_int_equal(inode_utimes(&w->c, f, &t), 0);
    SENT_NOTHING(w, root->inode, "utimes");
    assert_true(attr_of(w, f).atime == t.atime && attr_of(w, f).mtime == t.mtime);
    assert_int_equal(f->inode->ops->writeout(&w->c, f->inode), 0);
    SENT(w, root->inode, "writeout", P9_TSETATTR, 1);
    assert_int_equal(w->peer[0]->setattr_valid, P9_SETATTR_ATIME | P9_SETATTR_MTIME | SET_BITS);
    assert_int_equal(w->peer[0]->setattr.mtime_sec, 6);
    assert_int_equal(w->peer[0]->setattr.mtime_nsec, 1);
    assert_int_equal(f->inode->ops->writeout(&w->c, f->inode), 0);
    SENT_NOTHING(w, root->inode, "nothing is dirty");
    world_put_file(w, open);
    world_put(w, f);
    world_drop(w, root);
}

static void now_is_the_sentrys(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    int64_t before = domain_now(&w->s.d);
    assert_int_equal(
        inode_utimes(&w->c, f, &(struct set_times){.atime_now = true, .mtime_omit = true}), 0);
    assert_int_equal(w->peer[0]->setattr_valid, P9_SETATTR_ATIME | SET_BITS);
    assert_true(attr_of(w, f).atime > before);
    assert_int_equal(attr_of(w, f).mtime, 22000000000);
    world_put(w, f);
    world_drop(w, root);
}

static void truncate_touches_times_only_if_the_size_changes(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    assert_int_equal(f->inode->ops->truncate(&w->c, f->inode, 5), 0);
    assert_int_equal(attr_of(w, f).mtime, 22000000000);
    assert_int_equal(f->inode->ops->truncate(&w->c, f->inode, 3), 0);
    assert_int_not_equal(attr_of(w, f).mtime, 22000000000);
    assert_int_equal(attr_of(w, f).size, 3);
    assert_int_equal(peer_size(peer_find(w->top, "f")), 3);
    world_put(w, f);
    world_drop(w, root);
}

static void a_failed_writeout_stays_dirty(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    assert_int_equal(f->inode->ops->chmod(&w->c, f->inode, 0600), 0);
    w->peer[0]->fail[P9_TSETATTR] = EIO;
    assert_int_equal(f->inode->ops->writeout(&w->c, f->inode), -EIO);
    w->peer[0]->fail[P9_TSETATTR] = 0;
    world_forget(w, root->inode);
    assert_int_equal(f->inode->ops->writeout(&w->c, f->inode), 0);
    SENT(w, root->inode, "second try", P9_TSETATTR, 1);
    world_put(w, f);
    world_drop(w, root);
}

static int64_t atime_after_read(struct world *w, struct mount_flags flags)
{
    struct inode *root;
    struct dirent *top, *f;
    char buf[8];
    size_t n;
    assert_int_equal(world_try_mount(w, 0, CACHED, flags, &root, NULL), 0);
    assert_int_equal(dirent_new(root, "/", &top), 0);
    f = world_walk(w, top, "f");
    struct file *open = world_open_file(w, f, true, false);
    assert_int_equal(file_pread(&w->c, open, 5, buf, sizeof(buf), &n), 0);
    assert_int_equal(attr_of(w, f).atime, 11000000000); /* at the end nothing is touched */
    assert_int_equal(file_pread(&w->c, open, 0, buf, sizeof(buf), &n), 0);
    int64_t atime = attr_of(w, f).atime;
    file_put(open);
    dirent_put(f);
    world_drop(w, top);
    return atime;
}

static void reading_touches_atime(void **state)
{
    struct world *w = *state;
    peer_file(w->peer[0], w->top, "f", "hello");
    assert_int_not_equal(atime_after_read(w, (struct mount_flags){0}), 11000000000);
}

static void but_not_with_noatime(void **state)
{
    struct world *w = *state;
    peer_file(w->peer[0], w->top, "f", "hello");
    assert_int_equal(atime_after_read(w, (struct mount_flags){.no_atime = true}), 11000000000);
}

static void writing_grows_the_copy(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct file *open = world_open_file(w, f, false, true);
    size_t n;
    assert_int_equal(file_pwrite(&w->c, open, 10, "abc", 3, &n), 0);
    assert_int_equal(n, 3);
    assert_int_equal(attr_of(w, f).size, 13);
    assert_int_equal(attr_of(w, f).usage, 13);
    assert_int_not_equal(attr_of(w, f).mtime, 22000000000);
    assert_int_equal(open->ops->fsync(&w->c, open), 0);
    assert_int_equal(w->peer[0]->setattr_valid, P9_SETATTR_MTIME | SET_BITS); /* not the size */
    world_put_file(w, open);
    world_put(w, f);
    world_drop(w, root);
}

int main(void)
{
    const struct CMUnitTest cached[] = {
        WORLD_TEST(chmod_shows_all_12_bits_here_and_9_there),
        WORLD_TEST(a_failed_change_changes_nothing),
        WORLD_TEST(chown_sets_what_is_given),
        WORLD_TEST(outside_changes_are_invisible_while_it_lives),
        WORLD_TEST(utimes_of_an_open_file_go_out_with_the_next_writeout),
        WORLD_TEST(now_is_the_sentrys),
        WORLD_TEST(truncate_touches_times_only_if_the_size_changes),
        WORLD_TEST(a_failed_writeout_stays_dirty),
        WORLD_TEST(reading_touches_atime),
        WORLD_TEST(but_not_with_noatime),
        WORLD_TEST(writing_grows_the_copy),
    };
    return cmocka_run_group_tests(cached, NULL, NULL);
}
