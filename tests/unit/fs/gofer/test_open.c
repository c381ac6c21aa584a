/* open.c: contract ninep 10.5, 10.6. */
#include "world.h"

#include <sys/socket.h>
#include <unistd.h>

static const struct open_flags READ = {.read = true}, WRITE = {.write = true};

static int try_open(struct world *w, struct dirent *d, struct open_flags flags, struct file **ret)
{
    int r = inode_open(&w->c, d->inode, d, flags, ret);
    jobs_drain(&w->s.d);
    return r;
}

/* A read-only mount of peer 0. */
static struct dirent *read_only_tree(struct world *w, const char *options)
{
    struct inode *inode;
    struct dirent *root;
    assert_int_equal(world_try_mount(w, 0, options, READ_ONLY, &inode, NULL), 0);
    assert_int_equal(dirent_new(inode, "/", &root), 0);
    return root;
}

static void readers_of_a_read_only_mount_share(void **state)
{
    struct world *w = *state;
    struct file *one, *two;
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = read_only_tree(w, CACHED), *f = world_walk(w, root, "f");
    world_forget(w, root->inode);
    assert_int_equal(try_open(w, f, READ, &one), 0);
    assert_int_equal(try_open(w, f, READ, &two), 0);
    SENT(w, root->inode, "two opens", P9_TWALK, 1, P9_TLOPEN, 1);
    assert_ptr_equal(one->priv, two->priv);
    world_put_file(w, one);
    world_put_file(w, two);
    SENT_NOTHING(w, root->inode, "two closes");
    world_put(w, f);
    SENT(w, root->inode, "release", P9_TCLUNK, 2);
    world_drop(w, root);
}

static void readers_of_a_writable_mount_do_not(void **state)
{
    struct world *w = *state;
    struct file *one, *two;
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, CACHED), *f = world_walk(w, root, "f");
    world_forget(w, root->inode);
    assert_int_equal(try_open(w, f, READ, &one), 0);
    assert_int_equal(try_open(w, f, READ, &two), 0);
    SENT(w, root->inode, "two opens", P9_TWALK, 2, P9_TLOPEN, 2);
    world_put_file(w, one);
    world_put_file(w, two);
    SENT(w, root->inode, "two closes", P9_TCLUNK, 1); /* the first one is kept */
    world_put(w, f);
    world_drop(w, root);
}

/* proves: Q-63 */
static void a_failed_shared_open_is_tried_again(void **state)
{
    struct world *w = *state;
    struct file *one;
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = read_only_tree(w, CACHED), *f = world_walk(w, root, "f");
    world_forget(w, root->inode);
    w->peer[0]->fail[P9_TLOPEN] = EACCES;
    assert_int_equal(try_open(w, f, READ, &one), -EACCES);
    SENT(w, root->inode, "both fail", P9_TWALK, 2, P9_TLOPEN, 2, P9_TCLUNK, 2);
    w->peer[0]->fail_times[P9_TLOPEN] = 1;
    assert_int_equal(try_open(w, f, READ, &one), 0);
    assert_null(gofer_of(f->inode)->shared);
    world_put_file(w, one);
    world_put(w, f);
    world_drop(w, root);
}

/* P-03 is never reproduced. */
/* proves: P-03 */
static void remote_revalidating_needs_a_descriptor(void **state)
{
    struct world *w = *state;
    struct file *one = NULL;
    peer_file(w->peer[0], w->top, "f", "");
    w->peer[0]->donate = DONATE_NOTHING;
    struct dirent *root = read_only_tree(w, REVALIDATING), *f = world_walk(w, root, "f");
    assert_int_equal(try_open(w, f, READ, &one), -EIO);
    assert_int_equal(try_open(w, f, WRITE, &one), -EIO);
    assert_null(one);
    assert_int_equal(world_fids(w, root->inode), 2);
    struct file *dir = world_open_file(w, root, true, false);
    world_put_file(w, dir);
    world_put(w, f);
    world_drop(w, root);
}

/* proves: P-04 */
static void neither_read_nor_write_is_refused(void **state)
{
    struct world *w = *state;
    struct file *one;
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, CACHED), *f = world_walk(w, root, "f");
    world_forget(w, root->inode);
    assert_int_equal(try_open(w, f, (struct open_flags){0}, &one), -EINVAL);
    SENT_NOTHING(w, root->inode, "open");
    world_put(w, f);
    world_drop(w, root);
}

/* proves: Q-07 */
static void a_socket_is_connected_with_flag_3(void **state)
{
    struct world *w = *state;
    struct file *one;
    char buf[4];
    size_t n;
    peer_add(w->peer[0], w->top, "s", S_IFSOCK | 0755);
    struct dirent *root = world_tree(w, ",version=9P2000.L.Google.4"),
                  *s = world_walk(w, root, "s");
    world_forget(w, root->inode);
    assert_int_equal(try_open(w, s, READ, &one), -EIO);
    SENT(w, root->inode, "open", P9_TLCONNECT, 1);
    assert_int_equal(w->peer[0]->open_flags, 3);

    w->peer[0]->connects = true;
    assert_int_equal(try_open(w, s, (struct open_flags){.read = true, .write = true}, &one), 0);
    assert_int_equal(file_pread(&w->c, one, 0, buf, sizeof(buf), &n), ERR_WOULD_BLOCK);
    assert_int_equal(send(w->peer[0]->connected, "hi", 2, 0), 2);
    assert_int_equal(file_pread(&w->c, one, 0, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(file_pwrite(&w->c, one, 0, "x", 1, &n), 0);
    assert_int_equal(recv(w->peer[0]->connected, buf, sizeof(buf), 0), 1);
    world_forget(w, root->inode);
    world_put_file(w, one);
    SENT_NOTHING(w, root->inode, "close");
    world_put(w, s);
    world_drop(w, root);
}

static struct dirent *pipe_of(struct world *w, struct dirent **ret_root)
{
    peer_add(w->peer[0], w->top, "p", S_IFIFO | 0644);
    *ret_root = world_tree(w, UNCACHED);
    return world_walk(w, *ret_root, "p");
}

/* proves: Q-69 */
static void a_pipe_without_descriptor_is_a_plain_handle(void **state)
{
    struct world *w = *state;
    struct dirent *root, *p = pipe_of(w, &root);
    struct file *one;
    assert_int_equal(try_open(w, p, (struct open_flags){0}, &one), -EINVAL);
    assert_int_equal(try_open(w, p, READ, &one), 0);
    world_put_file(w, one);
    w->peer[0]->fail[P9_TLOPEN] = ENXIO;
    assert_int_equal(try_open(w, p, READ, &one), -ENXIO);
    assert_int_equal(try_open(w, p, (struct open_flags){.write = true, .nonblocking = true}, &one),
                     -ENXIO);
    assert_int_equal(p->refs, 1); /* nothing leaks */
    world_put(w, p);
    world_drop(w, root);
}

static void a_writer_waits_for_a_reader_for_ever(void **state)
{
    struct world *w = *state;
    struct dirent *root, *p = pipe_of(w, &root);
    struct file *one;
    w->peer[0]->fail[P9_TLOPEN] = ENXIO;
    assert_int_equal(try_open(w, p, WRITE, &one), CODE_FATE);
    assert_int_equal(w->s.d.fate, FATE_HANG);
}

/* What was only looked at has no handle, and nothing was donated for it. */
/* proves: P-05 */
static void a_file_that_was_never_opened_has_no_descriptor(void **state)
{
    struct world *w = *state;
    struct unstable_attr a;
    peer_file(w->peer[0], w->top, "f", "data");
    w->peer[0]->donate = DONATE_RW;
    struct dirent *root = world_tree(w, CACHED);
    size_t before = domain_fds(&w->s.d, NULL, 0);
    struct dirent *f = world_walk(w, root, "f");
    assert_int_equal(inode_getattr(&w->c, f->inode, &a), 0);
    const struct gofer_inode *gi = gofer_of(f->inode);
    assert_true(inode_mappable(f->inode)); /* a mapping opens it first */
    assert_true(!gi->shared && !gi->read && !gi->write);
    assert_int_equal(domain_fds(&w->s.d, NULL, 0), before);
    struct file *one = world_open_file(w, f, true, false);
    assert_int_equal(domain_fds(&w->s.d, NULL, 0), before + 1);
    world_put_file(w, one);
    world_put(w, f);
    world_drop(w, root);
}

int main(void)
{
    const struct CMUnitTest open[] = {
        WORLD_TEST(readers_of_a_read_only_mount_share),
        WORLD_TEST(readers_of_a_writable_mount_do_not),
        WORLD_TEST(a_failed_shared_open_is_tried_again),
        WORLD_TEST(remote_revalidating_needs_a_descriptor),
        WORLD_TEST(neither_read_nor_write_is_refused),
        WORLD_TEST(a_socket_is_connected_with_flag_3),
        WORLD_TEST(a_pipe_without_descriptor_is_a_plain_handle),
        WORLD_TEST(a_writer_waits_for_a_reader_for_ever),
        WORLD_TEST(a_file_that_was_never_opened_has_no_descriptor),
    };
    return cmocka_run_group_tests(open, NULL, NULL);
}
