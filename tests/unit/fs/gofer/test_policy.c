/* policy.c, and the message counts of contract ninep 11 for each policy. */
#include "world.h"

static const char *const policies[] = {UNCACHED, CACHED, THROUGH, REVALIDATING};
enum { NONE, FSCACHE, WRITETHROUGH, REVALIDATE, POLICIES };

struct scene {
    struct world *w;
    struct dirent *root, *file, *dir, *link;
    struct file *open;
};

/* What an action sends in the four policies: up to five {type, count} for each. */
struct expected {
    int type, n[POLICIES];
};

struct action {
    const char *name;
    void (*prepare)(struct scene *sc); /* not counted; may be NULL */
    void (*run)(struct scene *sc);
    struct expected sent[5];
};

static void act_stat(struct scene *sc)
{
    struct unstable_attr u;
    assert_int_equal(inode_getattr(&sc->w->c, sc->file->inode, &u), 0);
}

static void act_open_read(struct scene *sc)
{
    sc->open = world_open_file(sc->w, sc->file, true, false);
}

static void act_open_rw(struct scene *sc)
{
    sc->open = world_open_file(sc->w, sc->file, true, true);
}

static void act_open_dir(struct scene *sc)
{
    sc->open = world_open_file(sc->w, sc->root, true, false);
}

static void act_read(struct scene *sc)
{
    char buf[8];
    size_t n;
    assert_int_equal(file_pread(&sc->w->c, sc->open, 0, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 5);
}

static void act_write(struct scene *sc)
{
    size_t n;
    assert_int_equal(file_pwrite(&sc->w->c, sc->open, 0, "HELLO!", 6, &n), 0);
    assert_int_equal(n, 6);
}

static void prepare_written(struct scene *sc)
{
    act_open_rw(sc);
    act_write(sc);
}

static void act_fsync(struct scene *sc)
{
    assert_int_equal(sc->open->ops->fsync(&sc->w->c, sc->open), 0);
}

static void act_flush(struct scene *sc)
{
    assert_int_equal(sc->open->ops->flush(&sc->w->c, sc->open), 0);
}

static void act_close(struct scene *sc)
{
    world_put_file(sc->w, sc->open);
    sc->open = NULL;
}

static void act_chmod(struct scene *sc)
{
    assert_int_equal(sc->file->inode->ops->chmod(&sc->w->c, sc->file->inode, 0600), 0);
}

static void act_chown(struct scene *sc)
{
    assert_int_equal(inode_chown(&sc->w->c, sc->file, 1, NO_ID), 0);
}

static void act_truncate(struct scene *sc)
{
    assert_int_equal(sc->file->inode->ops->truncate(&sc->w->c, sc->file->inode, 2), 0);
}

static void act_utimes(struct scene *sc)
{
    struct set_times t = {.atime = 1, .mtime = 2};
    assert_int_equal(inode_utimes(&sc->w->c, sc->file, &t), 0);
}

static void act_readlink(struct scene *sc)
{
    char *target;
    assert_int_equal(inode_readlink(&sc->w->c, sc->link->inode, &target), 0);
    assert_string_equal(target, "target");
    mem_free(target);
}

static void act_statfs(struct scene *sc)
{
    struct statfs_info info;
    assert_int_equal(inode_statfs(&sc->w->c, sc->file->inode, &info), 0);
}

static void act_getdents(struct scene *sc)
{
    char names[256];
    assert_int_equal(world_list(sc->w, sc->open, names, sizeof(names)), 0);
    assert_string_equal(names, "d:. d:.. d:dir -:file l:link");
}

static void prepare_listed(struct scene *sc)
{
    act_open_dir(sc);
    act_getdents(sc);
}

static void prepare_known(struct scene *sc)
{
    prepare_listed(sc);
    act_close(sc);
}

static void act_getdents_end(struct scene *sc)
{
    char names[256];
    assert_int_equal(world_list(sc->w, sc->open, names, sizeof(names)), 0);
    assert_string_equal(names, "");
}

static void act_missing(struct scene *sc)
{
    struct dirent *d;
    assert_int_equal(world_try_walk(sc->w, sc->root, "missing", &d), -ENOENT);
}

static void act_mkdir(struct scene *sc)
{
    assert_int_equal(dirent_mkdir(&sc->w->c, sc->root, sc->root, "new", 0755), 0);
}

static void act_symlink(struct scene *sc)
{
    assert_int_equal(dirent_symlink(&sc->w->c, sc->root, sc->root, "to", "new"), 0);
}

static void act_link(struct scene *sc)
{
    assert_int_equal(dirent_link(&sc->w->c, sc->root, sc->root, sc->file, "new"), 0);
}

static void act_mkfifo(struct scene *sc)
{
    assert_int_equal(dirent_mkfifo(&sc->w->c, sc->root, sc->root, "new", 0644), -EOPNOTSUPP);
}

static void act_rename(struct scene *sc)
{
    assert_int_equal(dirent_rename(&sc->w->c, sc->root, sc->root, "file", sc->root, "new"), 0);
    jobs_drain(&sc->w->s.d);
}

static void act_rename_dir(struct scene *sc)
{
    assert_int_equal(dirent_rename(&sc->w->c, sc->root, sc->root, "dir", sc->root, "new"), 0);
    jobs_drain(&sc->w->s.d);
}

/* Nobody holds what will be removed. */
static void prepare_release(struct scene *sc)
{
    world_put(sc->w, sc->file);
    world_put(sc->w, sc->dir);
    sc->file = sc->dir = NULL;
}

static void act_unlink(struct scene *sc)
{
    assert_int_equal(dirent_remove(&sc->w->c, sc->root, sc->root, "file"), 0);
    jobs_drain(&sc->w->s.d);
}

static void act_rmdir(struct scene *sc)
{
    assert_int_equal(dirent_rmdir(&sc->w->c, sc->root, sc->root, "dir"), 0);
    jobs_drain(&sc->w->s.d);
}

static void act_create(struct scene *sc)
{
    struct open_flags flags = {.read = true, .write = true};
    assert_int_equal(dirent_create(&sc->w->c, sc->root, sc->root, "new", flags, 0644, &sc->open),
                     0);
}

static void act_bind(struct scene *sc)
{
    struct dirent *d;
    assert_int_equal(dirent_bind(&sc->w->c, sc->root, sc->root, "new", 0755, &d), -EOPNOTSUPP);
}

static void act_drop_written(struct scene *sc)
{
    act_close(sc);
    world_put(sc->w, sc->file);
    sc->file = NULL;
}

#define SAME(n)                                                                                    \
    {                                                                                              \
        n, n, n, n                                                                                 \
    }

static const struct action actions[] = {
    {"stat", NULL, act_stat, {{P9_TGETATTR, {1, 0, 0, 1}}}},
    {"open read", NULL, act_open_read, {{P9_TWALK, SAME(1)}, {P9_TLOPEN, SAME(1)}}},
    {"open read/write",
     NULL,
     act_open_rw,
     {{P9_TWALK, SAME(1)}, {P9_TLOPEN, SAME(1)}, {P9_TGETATTR, {1, 0, 0, 1}}}},
    {"read", act_open_read, act_read, {{0}}},
    {"write", act_open_rw, act_write, {{P9_TSETATTR, {0, 0, 1, 0}}, {P9_TFSYNC, {0, 0, 1, 0}}}},
    {"fsync read only", act_open_read, act_fsync, {{0}}},
    {"fsync after write",
     prepare_written,
     act_fsync,
     {{P9_TSETATTR, {0, 1, 0, 0}}, {P9_TFSYNC, {0, 1, 1, 0}}}},
    {"flush of a writer", act_open_rw, act_flush, {{P9_TFLUSHF, SAME(1)}}},
    {"flush of a reader", act_open_read, act_flush, {{0}}},
    {"close", act_open_read, act_close, {{P9_TCLUNK, {1, 0, 0, 0}}}},
    {"chmod", NULL, act_chmod, {{P9_TSETATTR, SAME(1)}}},
    {"chown", NULL, act_chown, {{P9_TSETATTR, SAME(1)}}},
    {"truncate", NULL, act_truncate, {{P9_TSETATTR, SAME(1)}}},
    {"utimes with a descriptor", act_open_read, act_utimes, {{P9_TSETATTR, {1, 0, 0, 1}}}},
    {"utimes without", NULL, act_utimes, {{P9_TSETATTR, SAME(1)}}},
    {"readlink", NULL, act_readlink, {{P9_TREADLINK, SAME(1)}}},
    {"statfs", NULL, act_statfs, {{P9_TSTATFS, SAME(1)}}},
    {"open dir", NULL, act_open_dir, {{P9_TWALK, SAME(1)}, {P9_TLOPEN, SAME(1)}}},
    {"first getdents", act_open_dir, act_getdents, {{P9_TREADDIR, SAME(2)}}},
    {"next getdents", prepare_listed, act_getdents_end, {{P9_TREADDIR, {2, 0, 0, 2}}}},
    {"missing name", NULL, act_missing, {{P9_TWALKGETATTR, SAME(1)}}},
    {"missing name again", act_missing, act_missing, {{P9_TWALKGETATTR, {1, 0, 0, 1}}}},
    {"missing name after readdir", prepare_listed, act_missing, {{P9_TWALKGETATTR, {1, 0, 0, 1}}}},
    {"create",
     NULL,
     act_create,
     {{P9_TWALKGETATTR, SAME(1)},
      {P9_TWALK, SAME(2)},
      {P9_TUCREATE, SAME(1)},
      {P9_TGETATTR, {2, 1, 1, 2}}}},
    {"create what is known to be missing",
     prepare_known,
     act_create,
     {{P9_TWALKGETATTR, {1, 0, 0, 1}},
      {P9_TWALK, SAME(2)},
      {P9_TUCREATE, SAME(1)},
      {P9_TGETATTR, {2, 1, 1, 2}}}},
    {"mkdir", NULL, act_mkdir, {{P9_TWALKGETATTR, SAME(1)}, {P9_TUMKDIR, SAME(1)}}},
    {"symlink", NULL, act_symlink, {{P9_TWALKGETATTR, SAME(1)}, {P9_TUSYMLINK, SAME(1)}}},
    {"hard link", NULL, act_link, {{P9_TWALKGETATTR, SAME(1)}, {P9_TLINK, SAME(1)}}},
    {"mkfifo", NULL, act_mkfifo, {{P9_TWALKGETATTR, SAME(1)}}},
    {"rename",
     NULL,
     act_rename,
     {{P9_TWALKGETATTR, {2, 1, 1, 2}},
      {P9_TGETATTR, {2, 0, 0, 2}},
      {P9_TRENAME, SAME(1)},
      {P9_TCLUNK, {1, 0, 0, 1}}}},
    {"rename directory",
     NULL,
     act_rename_dir,
     {{P9_TWALKGETATTR, {2, 1, 1, 2}},
      {P9_TGETATTR, {3, 0, 0, 3}},
      {P9_TRENAME, SAME(1)},
      {P9_TCLUNK, {1, 0, 0, 1}}}},
    {"unlink",
     prepare_release,
     act_unlink,
     {{P9_TWALKGETATTR, SAME(1)}, {P9_TUNLINKAT, SAME(1)}, {P9_TCLUNK, SAME(1)}}},
    {"rmdir",
     prepare_release,
     act_rmdir,
     {{P9_TWALKGETATTR, SAME(1)}, {P9_TUNLINKAT, SAME(1)}, {P9_TCLUNK, SAME(1)}}},
    {"bind without sockets", NULL, act_bind, {{P9_TWALKGETATTR, SAME(1)}}},
    {"drop what was written",
     prepare_written,
     act_drop_written,
     {{P9_TSETATTR, {0, 1, 0, 0}}, {P9_TFSYNC, {0, 1, 1, 0}}, {P9_TCLUNK, SAME(2)}}},
};

static void open_scene(struct scene *sc, struct world *w, const char *options)
{
    world_open(w, PROFILE_GVISOR_2018_08_14);
    *sc = (struct scene){.w = w};
    peer_file(w->peer[0], w->top, "file", "hello");
    peer_add(w->peer[0], w->top, "dir", S_IFDIR | 0755);
    peer_link(w->peer[0], w->top, "link", "target");
    sc->root = world_tree(w, options);
    sc->file = world_walk(w, sc->root, "file");
    sc->dir = world_walk(w, sc->root, "dir");
    sc->link = world_walk(w, sc->root, "link");
}

static void close_scene(struct scene *sc)
{
    file_put(sc->open);
    dirent_put(sc->file);
    dirent_put(sc->dir);
    dirent_put(sc->link);
    world_drop(sc->w, sc->root);
    assert_int_equal(p9_server_info(sc->w->peer[0]->server).fids, 0);
    world_close(sc->w);
}

static void expect(struct scene *sc, const struct action *a, int policy)
{
    char what[128];
    int n[6][2] = {{0}};
    size_t k = 0;
    snprintf(what, sizeof(what), "%s%s", a->name, policies[policy]);
    for (size_t i = 0; i < ARRAY_LEN(a->sent) && a->sent[i].type; i++) {
        if (a->sent[i].n[policy]) {
            n[k][0] = a->sent[i].type;
            n[k++][1] = a->sent[i].n[policy];
        }
    }
    world_sent(sc->w, sc->root->inode, what, n[0][0], n[0][1], n[1][0], n[1][1], n[2][0], n[2][1],
               n[3][0], n[3][1], 0);
}

/* proves: QI-20 QI-17 Q-62 */
static void every_action_sends_what_the_contract_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        for (int policy = 0; policy < POLICIES; policy++) {
            struct world w;
            struct scene sc;
            open_scene(&sc, &w, policies[policy]);
            if (actions[i].prepare) {
                actions[i].prepare(&sc);
            }
            world_forget(&w, sc.root->inode);
            actions[i].run(&sc);
            expect(&sc, &actions[i], policy);
            close_scene(&sc);
        }
    }
}

/* proves: Q-58 */
static void a_walk_keeps_nothing_a_create_does(void **state)
{
    struct world *w = *state;
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, CACHED);
    struct mount_source *ms = root->inode->ms;
    struct dirent *f = world_walk(w, root, "f");
    assert_int_equal(ms->cache.n, 0);
    struct file *made;
    assert_int_equal(
        dirent_create(&w->c, root, root, "new", (struct open_flags){.read = true}, 0644, &made), 0);
    assert_int_equal(ms->cache.n, 1);
    dirent_maybe_cache(f); /* what the end of a path resolution does */
    assert_int_equal(ms->cache.n, 2);
    mount_source_flush(ms);
    world_put_file(w, made);
    world_put(w, f);
    world_drop(w, root);
}

/* An overlay asks about its own dirents: only the policy and the type count. */
static void for_an_overlay_the_policy_decides(void **state)
{
    struct world *w = *state;
    struct inode *root = world_mount(w, 0, CACHED), *uncached = world_mount(w, 1, UNCACHED);
    struct inode above = {.stable.type = INODE_DIRECTORY};
    struct dirent d = {.inode = &above};
    static const enum inode_type kept[] = {INODE_REGULAR, INODE_DIRECTORY, INODE_SYMLINK};
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        above.stable.type = kept[i];
        assert_true(root->ms->ops->keep(root->ms, &d));
        assert_false(uncached->ms->ops->keep(uncached->ms, &d));
    }
    above.stable.type = INODE_SOCKET;
    assert_false(root->ms->ops->keep(root->ms, &d));
    inode_put(root);
    inode_put(uncached);
}

/* proves: P-13 FP-08 */
static void teardown_writes_out_dirty_times_and_clunks(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    struct p9_client *client = fs_gofer_client(root->inode->ms);
    assert_int_equal(root->inode->ops->mkdir(&w->c, root->inode, "new", 0755), 0);
    uint32_t setattr = p9_client_sent(client)[P9_TSETATTR];
    world_drop(w, root);
    assert_int_equal(p9_client_sent(client)[P9_TSETATTR], setattr + 1);
    assert_int_equal(w->peer[0]->setattr_valid,
                     P9_SETATTR_MTIME | P9_SETATTR_ATIME_SET | P9_SETATTR_MTIME_SET);
    assert_int_equal(p9_client_info(client).live_fids, 0);
}

int main(void)
{
    const struct CMUnitTest policy[] = {
        cmocka_unit_test(every_action_sends_what_the_contract_counts),
        WORLD_TEST(a_walk_keeps_nothing_a_create_does),
        WORLD_TEST(for_an_overlay_the_policy_decides),
        WORLD_TEST(teardown_writes_out_dirty_times_and_clunks),
    };
    return cmocka_run_group_tests(policy, NULL, NULL);
}
