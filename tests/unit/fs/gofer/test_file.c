/* file.c: contract ninep 10.7. */
#include "world.h"

static struct dirent *start(struct world *w, const char *options, struct dirent **ret_root)
{
    peer_file(w->peer[0], w->top, "f", "hello world");
    *ret_root = world_tree(w, options);
    return world_walk(w, *ret_root, "f");
}

static void finish(struct world *w, struct dirent *root, struct dirent *f, struct file *open)
{
    world_put_file(w, open);
    world_put(w, f);
    world_drop(w, root);
}

static void directories_are_neither_read_nor_written(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    struct file *dir = world_open_file(w, root, true, false);
    char buf[4];
    size_t n;
    assert_int_equal(file_pread(&w->c, dir, 0, buf, sizeof(buf), &n), -EISDIR);
    assert_int_equal(file_pwrite(&w->c, dir, 0, buf, sizeof(buf), &n), -EISDIR);
    world_put_file(w, dir);
    world_drop(w, root);
}

/* Without a descriptor a cached read asks up to the size, an uncached one for all. */
static void reads_by_message(void **state)
{
    struct world *w = *state;
    static char buf[20000];
    size_t n;
    w->peer[0]->donate = DONATE_NOTHING;
    struct dirent *root, *f = start(w, ",cache=fscache,msize=8192", &root);
    struct file *open = world_open_file(w, f, true, false);
    world_forget(w, root->inode);
    assert_int_equal(file_pread(&w->c, open, 0, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 11);
    SENT(w, root->inode, "read", P9_TREAD, 1);
    assert_int_equal(file_pread(&w->c, open, 11, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(file_pread(&w->c, open, 0, buf, 0, &n), 0);
    SENT_NOTHING(w, root->inode, "at the end, and nothing");
    finish(w, root, f, open);
}

static void writes_are_split(void **state)
{
    struct world *w = *state;
    static char buf[20000];
    size_t n;
    w->peer[0]->donate = DONATE_NOTHING;
    struct dirent *root, *f = start(w, ",cache=none,msize=8192", &root);
    struct file *open = world_open_file(w, f, true, true);
    world_forget(w, root->inode);
    assert_int_equal(file_pwrite(&w->c, open, 0, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, sizeof(buf));
    SENT(w, root->inode, "write", P9_TWRITE, 3);
    finish(w, root, f, open);
}

/* proves: Q-59 */
static void reads_stop_at_the_size_seen_at_lookup(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, REVALIDATING, &root);
    struct file *open = world_open_file(w, f, true, false);
    struct unstable_attr u;
    char buf[64];
    size_t n;
    peer_append(peer_find(w->top, "f"), " and more  ");
    assert_int_equal(inode_getattr(&w->c, f->inode, &u), 0);
    assert_int_equal(u.size, 22);
    assert_int_equal(file_pread(&w->c, open, 0, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 11);
    finish(w, root, f, open);
}

/* proves: Q-70 */
static void fsync_without_descriptor_is_sent_twice(void **state)
{
    struct world *w = *state;
    w->peer[0]->donate = DONATE_NOTHING;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct file *open = world_open_file(w, f, true, true);
    world_forget(w, root->inode);
    assert_int_equal(open->ops->fsync(&w->c, open), 0);
    SENT(w, root->inode, "fsync", P9_TFSYNC, 2);
    w->peer[0]->fail[P9_TFSYNC] = EIO;
    assert_int_equal(open->ops->fsync(&w->c, open), -EIO);
    w->peer[0]->fail[P9_TFSYNC] = 0;
    finish(w, root, f, open);
}

static void errors_of_read_and_write_pass(void **state)
{
    struct world *w = *state;
    w->peer[0]->donate = DONATE_NOTHING;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct file *open = world_open_file(w, f, true, true);
    char buf[4];
    size_t n = 99;
    w->peer[0]->fail[P9_TREAD] = ESTALE;
    w->peer[0]->fail[P9_TWRITE] = EDQUOT;
    w->peer[0]->fail[P9_TFLUSHF] = ENOSPC;
    assert_int_equal(file_pread(&w->c, open, 0, buf, sizeof(buf), &n), -ESTALE);
    assert_int_equal(file_pwrite(&w->c, open, 0, buf, sizeof(buf), &n), -EDQUOT);
    assert_int_equal(open->ops->flush(&w->c, open), -ENOSPC);
    assert_int_equal(n, 99);
    finish(w, root, f, open);
}

static void an_error_of_writing_through_is_dropped_once_bytes_are_there(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, THROUGH, &root);
    struct file *open = world_open_file(w, f, false, true);
    size_t n = 0;
    w->peer[0]->fail[P9_TSETATTR] = EIO;
    assert_int_equal(file_pwrite(&w->c, open, 0, "HELLO", 5, &n), 0);
    assert_int_equal(n, 5);
    w->peer[0]->fail[P9_TSETATTR] = 0;
    finish(w, root, f, open);
}

/* What a file allows is what it was opened for, not what its permissions say. */
static void permissions_do_not_matter_once_open(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, UNCACHED, &root);
    struct file *open = world_open_file(w, f, true, true);
    size_t n;
    assert_int_equal(f->inode->ops->chmod(&w->c, f->inode, 0), 0);
    assert_int_equal(file_pwrite(&w->c, open, 0, "x", 1, &n), 0);
    assert_int_equal(n, 1);
    finish(w, root, f, open);
}

static size_t warnings(const struct world *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->s.d.log_n; i++) {
        n += w->s.d.log[i].level == LOG_WARNING &&
             strcmp(w->s.d.log[i].text, "Opened a writable executable: \"/f\"") == 0;
    }
    return n;
}

static void writable_executables_are_warned_about(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    world_put_file(w, world_open_file(w, f, false, true));
    assert_int_equal(warnings(w), 0); /* 0644: not even root may run it */
    assert_int_equal(f->inode->ops->chmod(&w->c, f->inode, 0755), 0);
    world_put_file(w, world_open_file(w, f, true, false));
    assert_int_equal(warnings(w), 0);
    world_put_file(w, world_open_file(w, f, false, true));
    assert_int_equal(warnings(w), 1);
    world_put(w, f);
    world_drop(w, root);
}

/* The gofer file system holds no lock of the world while its socket blocks. */
/* proves: QI-21 */
static void no_lock_is_held_while_the_socket_blocks(void **state)
{
    struct world *w = *state;
    struct unstable_attr a;
    struct statfs_info st;
    struct file *made;
    char buf[4];
    size_t n;
    peer_file(w->peer[0], w->top, "f", "data");
    struct dirent *root = world_tree(w, UNCACHED), *f = world_walk(w, root, "f"), *found;
    const struct inode_ops *ops = root->inode->ops;
    const struct open_flags both = {.read = true, .write = true};
    w->peer[0]->client = &w->s.d;
    w->peer[0]->locks_seen = 0;
    assert_int_equal(ops->lookup(&w->c, root->inode, "f", &found), 0);
    dirent_put(found);
    assert_int_equal(inode_getattr(&w->c, f->inode, &a), 0);
    assert_int_equal(inode_statfs(&w->c, f->inode, &st), 0);
    struct file *one = world_open_file(w, f, true, true);
    assert_int_equal(file_pread(&w->c, one, 0, buf, 4, &n), 0);
    assert_int_equal(file_pwrite(&w->c, one, 0, "abc", 3, &n), 0);
    world_put_file(w, one);
    assert_int_equal(ops->mkdir(&w->c, root->inode, "d", 0755), 0);
    assert_int_equal(ops->create(&w->c, root->inode, "new", both, 0644, &made), 0);
    world_put_file(w, made);
    assert_int_equal(f->inode->ops->rename(&w->c, f->inode, root->inode, "f", root->inode, "g"), 0);
    assert_int_equal(ops->remove(&w->c, root->inode, "new"), 0);
    assert_int_equal(w->peer[0]->locks_seen, 0);
    struct lockword held = {0}; /* the count can be other than 0 */
    assert_int_equal(lock_write(&w->s.d, &held, "test"), 0);
    assert_int_equal(inode_getattr(&w->c, root->inode, &a), 0);
    unlock_write(&w->s.d, &held);
    assert_int_equal(w->peer[0]->locks_seen, 1);
    w->peer[0]->client = NULL;
    world_put(w, f);
    world_drop(w, root);
}

int main(void)
{
    const struct CMUnitTest file[] = {
        WORLD_TEST(directories_are_neither_read_nor_written),
        WORLD_TEST(reads_by_message),
        WORLD_TEST(writes_are_split),
        WORLD_TEST(reads_stop_at_the_size_seen_at_lookup),
        WORLD_TEST(fsync_without_descriptor_is_sent_twice),
        WORLD_TEST(errors_of_read_and_write_pass),
        WORLD_TEST(an_error_of_writing_through_is_dropped_once_bytes_are_there),
        WORLD_TEST(permissions_do_not_matter_once_open),
        WORLD_TEST(writable_executables_are_warned_about),
        WORLD_TEST(no_lock_is_held_while_the_socket_blocks),
    };
    return cmocka_run_group_tests(file, NULL, NULL);
}
