/* handle.c: opened fids and descriptors (contract ninep 10.5). */
#include "world.h"

#include <fcntl.h>

static struct dirent *start(struct world *w, const char *options, struct dirent **ret_root)
{
    peer_file(w->peer[0], w->top, "f", "hello");
    *ret_root = world_tree(w, options);
    struct dirent *f = world_walk(w, *ret_root, "f");
    world_forget(w, (*ret_root)->inode);
    return f;
}

static const struct open_flags READ = {.read = true}, WRITE = {.write = true},
                               BOTH = {.read = true, .write = true};

static void modes_are_0_1_2(void **state)
{
    (void)state;
    uint32_t mode = 99;
    assert_int_equal(gfs_handle_open_flags((struct open_flags){.append = true}, &mode), -EINVAL);
    assert_int_equal(mode, 99);
    assert_int_equal(gfs_handle_open_flags(READ, &mode), 0);
    assert_int_equal(mode, 0);
    assert_int_equal(gfs_handle_open_flags(WRITE, &mode), 0);
    assert_int_equal(mode, 1);
    assert_int_equal(gfs_handle_open_flags(BOTH, &mode), 0);
    assert_int_equal(mode, 2);
}

static void the_last_put_closes_then_clunks(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct handle *h;
    assert_int_equal(gfs_handle_open(f->inode, WRITE, &h), 0);
    assert_int_equal(w->peer[0]->open_flags, 1);
    assert_non_null(h->host);
    SENT(w, root->inode, "open", P9_TWALK, 1, P9_TLOPEN, 1);
    gfs_handle_get(h);
    gfs_handle_put(h);
    SENT_NOTHING(w, root->inode, "still held");
    gfs_handle_put(h);
    SENT(w, root->inode, "last", P9_TCLUNK, 1);
    gfs_handle_put(NULL);
    world_put(w, f);
    world_drop(w, root);
}

static void a_failed_open_clunks_the_clone(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct handle *h = NULL;
    w->peer[0]->fail[P9_TLOPEN] = EACCES;
    assert_int_equal(gfs_handle_open(f->inode, READ, &h), -EACCES);
    SENT(w, root->inode, "open", P9_TWALK, 1, P9_TLOPEN, 1, P9_TCLUNK, 1);
    w->peer[0]->fail[P9_TWALK] = EMFILE;
    assert_int_equal(gfs_handle_open(f->inode, READ, &h), -EMFILE);
    SENT(w, root->inode, "clone", P9_TWALK, 1, P9_TLOPEN, 1); /* which finds no such fid */
    assert_null(h);
    world_put(w, f);
    world_drop(w, root);
}

static void a_descriptor_that_cannot_do_it_is_not_used(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct handle *reader, *writer;
    size_t n;
    w->peer[0]->donate = DONATE_READ_ONLY;
    assert_int_equal(gfs_handle_open(f->inode, READ, &reader), 0);
    assert_int_equal(gfs_handle_open(f->inode, BOTH, &writer), 0);
    assert_non_null(reader->host);
    assert_null(writer->host);
    world_forget(w, root->inode);
    assert_int_equal(gfs_handle_write(writer, 0, "J", 1, &n), 0);
    SENT(w, root->inode, "by message", P9_TWRITE, 1);
    gfs_handle_put(reader);
    gfs_handle_put(writer);
    world_put(w, f);
    world_drop(w, root);
}

static void the_first_of_each_kind_is_kept(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct gofer_inode *gi = gofer_of(f->inode);
    struct handle *r, *wr, *rw, *rw2;
    assert_false(gfs_handle_kept_host(f->inode));
    assert_int_equal(gfs_handle_open(f->inode, READ, &r), 0);
    assert_int_equal(gfs_handle_open(f->inode, WRITE, &wr), 0);
    assert_int_equal(gfs_handle_open(f->inode, BOTH, &rw), 0);
    assert_int_equal(gfs_handle_open(f->inode, BOTH, &rw2), 0);
    gfs_handle_keep(f->inode, WRITE, wr);
    assert_null(gi->read);
    assert_ptr_equal(gi->write, wr);
    gfs_handle_keep(f->inode, READ, r);
    assert_ptr_equal(gi->read, r);
    gfs_handle_keep(f->inode, WRITE, rw2);
    assert_ptr_equal(gi->write, wr);
    gfs_handle_keep(f->inode, BOTH, rw); /* replaces a write-only one, once */
    assert_ptr_equal(gi->read, r);
    assert_ptr_equal(gi->write, rw);
    gfs_handle_keep(f->inode, BOTH, rw2);
    assert_ptr_equal(gi->write, rw);
    assert_true(gfs_handle_kept_host(f->inode));
    world_forget(w, root->inode);
    gfs_handle_put(wr);
    gfs_handle_put(rw2);
    SENT(w, root->inode, "not kept", P9_TCLUNK, 2);
    gfs_handle_put(r);
    gfs_handle_put(rw);
    SENT_NOTHING(w, root->inode, "kept");
    world_put(w, f);
    SENT(w, root->inode, "release", P9_TFSYNC, 1, P9_TCLUNK, 3);
    world_drop(w, root);
}

/* The original's Preadv and Pwritev, by messages: payload of msize 8192 is 7680. */
static void messages_are_split_at_the_payload(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, ",msize=8192", &root);
    static char big[20000], back[20000];
    struct handle *h;
    size_t n;
    memset(big, 'x', sizeof(big));
    w->peer[0]->donate = DONATE_NOTHING;
    assert_int_equal(gfs_handle_open(f->inode, BOTH, &h), 0);
    world_forget(w, root->inode);
    assert_int_equal(gfs_handle_write(h, 0, big, sizeof(big), &n), 0);
    assert_int_equal(n, sizeof(big));
    SENT(w, root->inode, "write", P9_TWRITE, 3);
    assert_int_equal(gfs_handle_read(h, 0, back, sizeof(back), &n), 0);
    assert_int_equal(n, sizeof(back));
    assert_memory_equal(big, back, sizeof(big));
    SENT(w, root->inode, "read", P9_TREAD, 3);
    assert_int_equal(gfs_handle_read(h, 0, back, 0, &n), 0);
    assert_int_equal(gfs_handle_write(h, 0, back, 0, &n), 0);
    SENT_NOTHING(w, root->inode, "nothing to do");
    assert_int_equal(gfs_handle_read(h, 20000, back, 10, &n), 0);
    assert_int_equal(n, 0);
    gfs_handle_put(h);
    world_put(w, f);
    world_drop(w, root);
}

static void short_writes_and_errors(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, ",msize=8192", &root);
    static char big[20000];
    struct handle *h;
    size_t n = 77;
    w->peer[0]->donate = DONATE_NOTHING;
    assert_int_equal(gfs_handle_open(f->inode, BOTH, &h), 0);
    w->peer[0]->fail[P9_TWRITE] = ENOSPC;
    w->peer[0]->fail[P9_TREAD] = EIO;
    assert_int_equal(gfs_handle_write(h, 0, big, 10, &n), -ENOSPC);
    assert_int_equal(gfs_handle_read(h, 0, big, 10, &n), -EIO);
    assert_int_equal(n, 77);
    w->peer[0]->fail[P9_TWRITE] = 0;
    w->peer[0]->io_max = 100;
    assert_int_equal(gfs_handle_write(h, 0, big, sizeof(big), &n), 0);
    assert_int_equal(n, 100);
    gfs_handle_put(h);
    world_put(w, f);
    world_drop(w, root);
}

int main(void)
{
    const struct CMUnitTest handle[] = {
        WORLD_TEST(modes_are_0_1_2),
        WORLD_TEST(the_last_put_closes_then_clunks),
        WORLD_TEST(a_failed_open_clunks_the_clone),
        WORLD_TEST(a_descriptor_that_cannot_do_it_is_not_used),
        WORLD_TEST(the_first_of_each_kind_is_kept),
        WORLD_TEST(messages_are_split_at_the_payload),
        WORLD_TEST(short_writes_and_errors),
    };
    return cmocka_run_group_tests(handle, NULL, NULL);
}
