/* attr.c: contract ninep 10.4. */
#include "world.h"

/* A session that only has what the mapping asks. */
static struct session make_session(struct world *w, uint32_t version)
{
    struct session ses = {.s = &w->s, .conn_id = "id", .uid = 71, .gid = 72, .version = version};
    return ses;
}

static struct answer full(uint32_t mode)
{
    return (struct answer){
        .qid = {.path = 5},
        .valid = P9_ATTR_STAT,
        .attr = {.mode = mode,
                 .uid = 1,
                 .gid = 2,
                 .nlink = 3,
                 .size = 4,
                 .blksize = 512,
                 .blocks = 99,
                 .atime_sec = 6,
                 .atime_nsec = 7,
                 .mtime_sec = 8,
                 .mtime_nsec = 9,
                 .ctime_sec = 10,
                 .ctime_nsec = 11},
    };
}

static void types_by_mode(void **state)
{
    (void)state;
    static const struct {
        uint32_t mode;
        enum inode_type type;
    } table[] = {
        {S_IFIFO, INODE_PIPE},    {S_IFDIR, INODE_DIRECTORY}, {S_IFLNK, INODE_SYMLINK},
        {S_IFCHR, INODE_CHARDEV}, {S_IFBLK, INODE_BLOCKDEV},  {S_IFSOCK, INODE_SOCKET},
        {S_IFREG, INODE_REGULAR}, {0, INODE_REGULAR},         {0170000, INODE_REGULAR},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct answer a = full(table[i].mode | 0644);
        assert_int_equal(gfs_attr_type(&a), table[i].type);
        a.valid &= ~(uint64_t)P9_ATTR_MODE;
        assert_int_equal(gfs_attr_type(&a), INODE_REGULAR);
    }
}

/* proves: Q-60 */
static void valid_fields_are_taken(void **state)
{
    struct session ses = make_session(*state, 6);
    struct answer a = full(S_IFREG | 07654);
    struct unstable_attr u = gfs_attr_unstable(&ses, &a);
    assert_int_equal(u.size, 4);
    assert_int_equal(u.usage, 4);
    assert_int_equal(u.perms, 07654);
    assert_int_equal(u.uid, 1);
    assert_int_equal(u.gid, 2);
    assert_int_equal(u.links, 3);
    assert_int_equal(u.atime, 6000000007);
    assert_int_equal(u.mtime, 8000000009);
    assert_int_equal(u.ctime, 10000000011);
}

static void missing_fields_have_defaults(void **state)
{
    struct world *w = *state;
    struct session ses = make_session(w, 6);
    struct answer a = full(S_IFDIR | 0700);
    a.valid = P9_ATTR_MODE;
    int64_t now = domain_now(&w->s.d);
    struct unstable_attr u = gfs_attr_unstable(&ses, &a);
    assert_int_equal(u.uid, 71);
    assert_int_equal(u.gid, 72);
    assert_int_equal(u.links, 2);
    assert_true(u.atime > now && u.mtime > now);
    assert_int_equal(u.ctime, u.mtime);
    assert_int_equal(u.size, 4);

    a.valid = P9_ATTR_MTIME;
    u = gfs_attr_unstable(&ses, &a);
    assert_int_equal(u.ctime, 8000000009);
    assert_int_equal(u.links, 1);
}

static void old_servers_give_directories_only_other_bits(void **state)
{
    struct session old = make_session(*state, 5), new = make_session(*state, 6);
    struct answer dir = full(S_IFDIR | 01005), file = full(S_IFREG | 05),
                  known = full(S_IFDIR | 0105);
    assert_int_equal(gfs_attr_unstable(&old, &dir).perms, 01555);
    assert_int_equal(gfs_attr_unstable(&new, &dir).perms, 01005);
    assert_int_equal(gfs_attr_unstable(&old, &file).perms, 05);
    assert_int_equal(gfs_attr_unstable(&old, &known).perms, 0105);
}

/* proves: Q-54 QI-18 */
static void numbers_stand_for_device_connection_and_path(void **state)
{
    struct session ses = make_session(*state, 6), other = make_session(*state, 6);
    list_init(&ses.endpoints);
    list_init(&other.endpoints);
    other.conn_id = "other";
    struct answer a = full(S_IFREG), b = full(S_IFREG);
    struct stable_attr s1, s2;
    assert_int_equal(gfs_attr_stable(&ses, &a, &s1), 0);
    assert_int_equal(s1.inode_id, 1);
    assert_int_equal(s1.device_id, DEVICE_GOFER);
    assert_int_equal(s1.block_size, 512);
    assert_int_equal(s1.type, INODE_REGULAR);
    assert_int_equal(gfs_attr_stable(&ses, &a, &s2), 0);
    assert_int_equal(s2.inode_id, 1);
    b.qid.path = 6;
    b.attr.blksize = 0;
    assert_int_equal(gfs_attr_stable(&ses, &b, &s2), 0);
    assert_int_equal(s2.inode_id, 2);
    assert_int_equal(s2.block_size, 4096);
    b = a;
    b.attr.rdev = 9;
    assert_int_equal(gfs_attr_stable(&ses, &b, &s2), 0);
    assert_int_equal(s2.inode_id, 3);
    assert_int_equal(gfs_attr_stable(&other, &a, &s2), 0);
    assert_int_equal(s2.inode_id, 4);
}

static void hostile_values_saturate(void **state)
{
    struct session ses = make_session(*state, 6);
    struct answer a = full(S_IFREG);
    a.attr.size = UINT64_MAX;
    a.attr.atime_sec = INT64_MAX;
    a.attr.mtime_sec = (uint64_t)INT64_MIN;
    a.attr.ctime_nsec = UINT64_MAX;
    struct unstable_attr u = gfs_attr_unstable(&ses, &a);
    assert_true(u.size == INT64_MAX && u.usage == INT64_MAX);
    assert_true(u.atime == INT64_MAX && u.mtime == INT64_MIN && u.ctime == INT64_MAX);
}

static void times_are_split(void **state)
{
    (void)state;
    struct p9_setattr sa = {0};
    gfs_attr_put_times(&sa, 5000000007, -1);
    assert_int_equal(sa.atime_sec, 5);
    assert_int_equal(sa.atime_nsec, 7);
    assert_true(sa.mtime_sec == (uint64_t)-1);
    assert_int_equal(sa.mtime_nsec, 999999999);
}

static void stat_needs_mode_size_and_rdev(void **state)
{
    struct world *w = *state;
    struct inode *root = world_mount(w, 0, UNCACHED);
    struct unstable_attr u;
    static const uint64_t needed[] = {P9_ATTR_MODE, P9_ATTR_SIZE, P9_ATTR_RDEV};
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        w->peer[0]->valid = P9_ATTR_STAT & ~needed[i];
        assert_int_equal(inode_getattr(&w->c, root, &u), -EIO);
    }
    w->peer[0]->valid = P9_ATTR_STAT;
    assert_int_equal(inode_getattr(&w->c, root, &u), 0);
    inode_put(root);
}

int main(void)
{
    const struct CMUnitTest attr[] = {
        WORLD_TEST(types_by_mode),
        WORLD_TEST(valid_fields_are_taken),
        WORLD_TEST(missing_fields_have_defaults),
        WORLD_TEST(old_servers_give_directories_only_other_bits),
        WORLD_TEST(numbers_stand_for_device_connection_and_path),
        WORLD_TEST(hostile_values_saturate),
        WORLD_TEST(times_are_split),
        WORLD_TEST(stat_needs_mode_size_and_rdev),
    };
    return cmocka_run_group_tests(attr, NULL, NULL);
}
