/* inode.c: what is asked without a cache, and the rest of the table. */
#include "world.h"

static struct dirent *start(struct world *w, const char *options, struct dirent **ret_root)
{
    peer_file(w->peer[0], w->top, "f", "hello");
    *ret_root = world_tree(w, options);
    return world_walk(w, *ret_root, "f");
}

static void finish(struct world *w, struct dirent *root, struct dirent *f)
{
    world_put(w, f);
    world_drop(w, root);
}

/* proves: Q-68 */
static void statfs_is_mapped(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct statfs_info info;
    assert_int_equal(inode_statfs(&w->c, f->inode, &info), 0);
    assert_int_equal(info.type, 0x01021997);
    assert_int_equal(info.total_blocks, 3);
    assert_int_equal(info.free_blocks, 4);
    assert_int_equal(info.total_files, 6);
    assert_int_equal(info.free_files, 7);
    peer_find(w->top, "f")->links = 5; /* the peer then has blocks available */
    assert_int_equal(inode_statfs(&w->c, f->inode, &info), 0);
    assert_int_equal(info.free_blocks, 5);
    w->peer[0]->fail[P9_TSTATFS] = EACCES;
    assert_int_equal(inode_statfs(&w->c, f->inode, &info), -EACCES);
    finish(w, root, f);
}

static void readlink_of_what_is_no_link_sends_nothing(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root), *to;
    char *target = NULL;
    world_forget(w, root->inode);
    assert_int_equal(inode_readlink(&w->c, f->inode, &target), -ENOLINK);
    assert_int_equal(inode_getlink(&w->c, f->inode, &to), -ENOLINK);
    SENT_NOTHING(w, root->inode, "readlink");
    finish(w, root, f);
}

static void readlink_errors_pass(void **state)
{
    struct world *w = *state;
    peer_link(w->peer[0], w->top, "l", "to");
    struct dirent *root = world_tree(w, CACHED), *l = world_walk(w, root, "l"), *to;
    char *target = NULL;
    assert_int_equal(inode_getlink(&w->c, l->inode, &to), CODE_READLINK);
    w->peer[0]->fail[P9_TREADLINK] = ENOMEM;
    assert_int_equal(inode_readlink(&w->c, l->inode, &target), -ENOMEM);
    assert_null(target);
    finish(w, root, l);
}

/* The original's table for SetTimestamps without a cache. */
static void utimes_masks_and_values(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, UNCACHED, &root);
    static const struct {
        struct set_times t;
        uint32_t valid;
    } table[] = {
        {{.atime = 1000000002, .mtime = 3000000004},
         P9_SETATTR_ATIME | P9_SETATTR_MTIME | P9_SETATTR_ATIME_SET | P9_SETATTR_MTIME_SET},
        {{0}, P9_SETATTR_ATIME | P9_SETATTR_MTIME | P9_SETATTR_ATIME_SET | P9_SETATTR_MTIME_SET},
        {{.atime_now = true, .mtime_now = true}, P9_SETATTR_ATIME | P9_SETATTR_MTIME},
        {{.atime_omit = true, .mtime = 5},
         P9_SETATTR_MTIME | P9_SETATTR_ATIME_SET | P9_SETATTR_MTIME_SET},
        {{.atime_now = true, .mtime_omit = true}, P9_SETATTR_ATIME | P9_SETATTR_MTIME_SET},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        world_forget(w, root->inode);
        assert_int_equal(inode_utimes(&w->c, f, &table[i].t), 0);
        SENT(w, root->inode, "utimes", P9_TSETATTR, 1);
        assert_int_equal(w->peer[0]->setattr_valid, table[i].valid);
        if (i == 0) {
            assert_int_equal(w->peer[0]->setattr.atime_sec, 1);
            assert_int_equal(w->peer[0]->setattr.atime_nsec, 2);
            assert_int_equal(w->peer[0]->setattr.mtime_sec, 3);
            assert_int_equal(w->peer[0]->setattr.mtime_nsec, 4);
        }
    }
    struct set_times omit = {.atime_omit = true, .mtime_omit = true};
    assert_int_equal(inode_utimes(&w->c, f, &omit), 0);
    SENT_NOTHING(w, root->inode, "both omitted");
    finish(w, root, f);
}

static void chmod_sends_the_mode_alone(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, REVALIDATING, &root);
    struct unstable_attr u;
    assert_int_equal(f->inode->ops->chmod(&w->c, f->inode, 04750), 0);
    assert_int_equal(w->peer[0]->setattr_valid, P9_SETATTR_MODE);
    assert_int_equal(w->peer[0]->setattr.mode, 0750);
    assert_int_equal(inode_getattr(&w->c, f->inode, &u), 0);
    assert_int_equal(u.perms, 0750); /* what the host has */
    w->peer[0]->fail[P9_TSETATTR] = EROFS;
    assert_int_equal(f->inode->ops->chmod(&w->c, f->inode, 0), -EROFS);
    finish(w, root, f);
}

static void chown_of_nobody_sends_nothing(void **state)
{
    (void)state;
    static const char *const policies[] = {UNCACHED, CACHED};
    for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
        struct world fresh;
        world_open(&fresh, PROFILE_STRICT);
        struct dirent *root, *f = start(&fresh, policies[i], &root);
        world_forget(&fresh, root->inode);
        assert_int_equal(inode_chown(&fresh.c, f, NO_ID, NO_ID), 0);
        SENT_NOTHING(&fresh, root->inode, "chown");
        assert_int_equal(inode_chown(&fresh.c, f, 3, NO_ID), 0);
        assert_int_equal(peer_find(fresh.top, "f")->uid, 3);
        assert_int_equal(inode_chown(&fresh.c, f, NO_ID, 4), 0);
        assert_int_equal(peer_find(fresh.top, "f")->gid, 4);
        finish(&fresh, root, f);
        world_close(&fresh);
    }
}

static void only_the_page_cache_path_can_be_mapped(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    assert_true(inode_mappable(f->inode));
    assert_false(inode_mappable(root->inode));
    finish(w, root, f);
    peer_file(w->peer[1], w->peer[1]->root, "f", "");
    struct inode *other = world_mount(w, 1, UNCACHED);
    struct dirent *top;
    assert_int_equal(dirent_new(other, "/", &top), 0);
    w->c.root = NULL;
    f = world_walk(w, top, "f");
    assert_false(inode_mappable(f->inode));
    finish(w, top, f);
}

static void there_are_no_xattrs(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, CACHED, &root);
    struct str value;
    struct ptrvec names;
    str_init(&value, &w->s.d);
    ptrvec_init(&names, &w->s.d);
    world_forget(w, root->inode);
    assert_int_equal(inode_getxattr(&w->c, f->inode, "user.a", &value), -EOPNOTSUPP);
    assert_int_equal(inode_setxattr(&w->c, f->inode, "user.a", "x", 1), -EOPNOTSUPP);
    assert_int_equal(inode_listxattr(&w->c, f->inode, &names), -EOPNOTSUPP);
    SENT_NOTHING(w, root->inode, "xattrs");
    finish(w, root, f);
}

/* The end of the server's domain ends the connection: everything is EIO from then on, but teardown
 * works. */
static void a_dead_session_is_eio(void **state)
{
    struct world *w = *state;
    struct dirent *root, *f = start(w, UNCACHED, &root), *d;
    struct unstable_attr u;
    domain_panic(&w->peer[0]->d, "the server dies");
    assert_int_equal(inode_getattr(&w->c, f->inode, &u), -EIO);
    assert_int_equal(world_try_walk(w, root, "other", &d), -EIO);
    assert_int_equal(f->inode->ops->chmod(&w->c, f->inode, 0), -EIO);
    assert_non_null(p9_client_info(fs_gofer_client(root->inode->ms)).dead);
    finish(w, root, f);
}

int main(void)
{
    const struct CMUnitTest inode[] = {
        WORLD_TEST(statfs_is_mapped),
        WORLD_TEST(readlink_of_what_is_no_link_sends_nothing),
        WORLD_TEST(readlink_errors_pass),
        WORLD_TEST(utimes_masks_and_values),
        WORLD_TEST(chmod_sends_the_mode_alone),
        cmocka_unit_test(chown_of_nobody_sends_nothing),
        WORLD_TEST(only_the_page_cache_path_can_be_mapped),
        WORLD_TEST(there_are_no_xattrs),
        WORLD_TEST(a_dead_session_is_eio),
    };
    return cmocka_run_group_tests(inode, NULL, NULL);
}
