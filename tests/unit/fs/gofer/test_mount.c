/* mount.c: contract ninep 10.2. */
#include "world.h"

static void it_is_registered_as_the_contract_says(void **state)
{
    struct world *w = *state;
    struct filesystem *fs = filesystem_find(&w->s, "9p");
    assert_false(fs->allow_user_mount);
    assert_true(fs->allow_user_list);
}

/* proves: Q-56 */
static void a_mount_sends_three_messages(void **state)
{
    struct world *w = *state;
    struct inode *root = world_mount(w, 0, ",aname=/x=y,msize=8192");
    SENT(w, root, "mount", P9_TVERSION, 1, P9_TATTACH, 1, P9_TGETATTR, 1);
    assert_string_equal(w->peer[0]->aname, "/x=y");
    assert_int_equal(p9_client_info(fs_gofer_client(root->ms)).msize, 8192);
    assert_int_equal(root->stable.type, INODE_DIRECTORY);
    enum gofer_cache cache;
    assert_int_equal(fs_gofer_cache(root->ms, &cache), 0);
    assert_int_equal(cache, GOFER_CACHE_FSCACHE);
    inode_put(root);
    jobs_drain(&w->s.d);
    assert_int_equal(p9_server_info(w->peer[0]->server).fids, 0);
}

/* proves: Q-61 */
static void a_mount_does_not_check_the_mask(void **state)
{
    struct world *w = *state;
    w->peer[0]->valid = 0;
    w->c.creds.euid = 5;
    w->c.creds.egid = 6;
    struct inode *root = world_mount(w, 0, "");
    assert_int_equal(root->stable.type, INODE_REGULAR);
    struct unstable_attr u;
    assert_int_equal(inode_getattr(&w->c, root, &u), 0);
    assert_int_equal(u.uid, 5); /* the mounter's */
    assert_int_equal(u.gid, 6);
    inode_put(root);
}

static void refuse(struct world *w, int peer, const char *options, int code, const char *text)
{
    struct inode *root = NULL;
    struct error err = {0};
    int r = world_try_mount(w, peer, options, (struct mount_flags){0}, &root, &err);
    assert_int_equal(r, code);
    assert_null(root);
    assert_string_equal(err.text, text);
    error_release(&err);
}

static void numbers_that_are_unknown_or_taken_are_bad(void **state)
{
    struct world *w = *state;
    refuse(w, 7, "", -EBADF, "bad file descriptor");
    struct inode *root = world_mount(w, 0, "");
    refuse(w, 0, "", -EBADF, "bad file descriptor");
    inode_put(root);
}

static void bad_options_leave_the_channel_alone(void **state)
{
    struct world *w = *state;
    refuse(w, 0, ",x=y", -EINVAL, "unsupported mount options: map[x:y]");
    inode_put(world_mount(w, 0, ""));
}

static void assert_ended(struct world *w)
{
    assert_int_equal(p9_server_serve_some(w->peer[0]->server), P9_PUMP_DEAD);
    assert_true(p9_server_info(w->peer[0]->server).ended);
    assert_int_equal(p9_server_info(w->peer[0]->server).fids, 0);
    assert_int_equal(fs_gofer_idle_connections(&w->s), 0);
}

/* proves: Q-55 */
static void a_failed_attach_closes_the_socket(void **state)
{
    struct world *w = *state;
    w->peer[0]->fail[P9_TATTACH] = EACCES;
    refuse(w, 0, "", -EACCES, "permission denied");
    assert_ended(w);
}

static void a_failed_getattr_clunks_the_root_and_closes(void **state)
{
    struct world *w = *state;
    w->peer[0]->fail[P9_TGETATTR] = ENOMEM;
    refuse(w, 0, "", -ENOMEM, "cannot allocate memory");
    assert_ended(w);
    assert_int_equal(p9_server_info(w->peer[0]->server).fid_deletes, 1);
    assert_int_equal(p9_server_info(w->peer[0]->server).requests, 4);
}

static void client_errors_come_through(void **state)
{
    struct world *w = *state;
    refuse(w, 0, ",msize=0", -EIO, "message too large for fixed buffer: size is 0, limit is 153");
    refuse(w, 1, ",version=9P1999", -EIO, "bad version string");
}

static void other_mount_sources_have_no_client(void **state)
{
    struct world *w = *state;
    struct mount_source *ms;
    enum gofer_cache cache;
    assert_int_equal(
        mount_source_new(&w->s, &mount_source_caching, NULL, (struct mount_flags){0}, NULL, &ms),
        0);
    assert_null(fs_gofer_client(ms));
    assert_int_equal(fs_gofer_cache(ms, &cache), -EINVAL);
    mount_source_put(ms);
}

int main(void)
{
    const struct CMUnitTest mount[] = {
        WORLD_TEST(it_is_registered_as_the_contract_says),
        WORLD_TEST(a_mount_sends_three_messages),
        WORLD_TEST(a_mount_does_not_check_the_mask),
        WORLD_TEST(numbers_that_are_unknown_or_taken_are_bad),
        WORLD_TEST(bad_options_leave_the_channel_alone),
        WORLD_TEST(a_failed_attach_closes_the_socket),
        WORLD_TEST(a_failed_getattr_clunks_the_root_and_closes),
        WORLD_TEST(client_errors_come_through),
        WORLD_TEST(other_mount_sources_have_no_client),
    };
    return cmocka_run_group_tests(mount, NULL, NULL);
}
