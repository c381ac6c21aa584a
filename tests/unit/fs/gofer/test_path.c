/* path.c: making, removing and moving names (contract ninep 10.6). */
#include "world.h"

static struct unstable_attr attr_of(struct world *w, struct inode *inode)
{
    struct unstable_attr u = {0};
    assert_int_equal(inode_getattr(&w->c, inode, &u), 0);
    return u;
}

static int create(struct world *w, struct dirent *root, const char *name, struct open_flags flags,
                  struct file **ret)
{
    return root->inode->ops->create(&w->c, root->inode, name, flags, 04755, ret);
}

static const struct open_flags BOTH = {.read = true, .write = true};

static void a_new_file_is_open_and_owned_by_the_caller(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    struct file *f;
    size_t n;
    char buf[8];
    w->c.creds.euid = 5;
    w->c.creds.egid = 6;
    assert_int_equal(create(w, root, "new", BOTH, &f), 0);
    assert_int_equal(w->peer[0]->open_flags, P9_OPEN_RDWR);
    assert_int_equal(w->peer[0]->mode & 07777, 0755); /* */
    assert_int_equal(w->peer[0]->uid, 5);
    assert_int_equal(w->peer[0]->gid, 6);
    assert_string_equal(f->dirent->name, "new");
    assert_true(f->flags.pread && f->flags.pwrite);
    assert_int_equal(file_pwrite(&w->c, f, 0, "abc", 3, &n), 0);
    assert_int_equal(file_pread(&w->c, f, 1, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 2);
    world_put_file(w, f);
    assert_int_equal(peer_size(peer_find(w->top, "new")), 3);
    world_drop(w, root);
    assert_int_equal(p9_server_info(w->peer[0]->server).fids, 0);
}

/* Every step of a creation can fail; no fid stays behind. */
/* proves: Q-64 */
static void failed_creations_leave_no_fid(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    struct file *f = NULL;
    static const uint8_t steps[] = {P9_TWALK, P9_TUCREATE, P9_TGETATTR};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        w->peer[0]->fail[steps[i]] = EACCES;
        w->peer[0]->fail_times[steps[i]] = 1;
        assert_int_equal(create(w, root, "new", BOTH, &f), -EACCES);
        assert_int_equal(p9_server_info(w->peer[0]->server).fids, 1);
    }
    peer_drop(w->top, "new");
    w->peer[0]->fail[P9_TWALKGETATTR] = EIO; /* the peer counts walks with names so */
    assert_int_equal(create(w, root, "new", BOTH, &f), -EIO);
    assert_int_equal(p9_server_info(w->peer[0]->server).fids, 1);
    assert_null(f);
    world_drop(w, root);
}

static void it_exists_already(void **state)
{
    struct world *w = *state;
    struct file *f;
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, CACHED);
    assert_int_equal(create(w, root, "f", BOTH, &f), -EEXIST);
    assert_int_equal(root->inode->ops->mkdir(&w->c, root->inode, "f", 0755), -EEXIST);
    assert_int_equal(root->inode->ops->symlink(&w->c, root->inode, "t", "f"), -EEXIST);
    world_forget(w, root->inode);
    assert_int_equal(create(w, root, "g", (struct open_flags){0}, &f), -EINVAL);
    SENT_NOTHING(w, root->inode, "neither read nor write");
    world_drop(w, root);
}

/* proves: P-03 */
static void remote_revalidating_needs_a_descriptor(void **state)
{
    struct world *w = *state;
    struct file *f;
    struct dirent *root = world_tree(w, REVALIDATING);
    w->peer[0]->donate = DONATE_NOTHING;
    assert_int_equal(create(w, root, "new", BOTH, &f), -EIO);
    jobs_drain(&w->s.d);
    assert_int_equal(world_fids(w, root->inode), 1);
    world_drop(w, root);
}

static void directories_count_as_links(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    const struct inode_ops *ops = root->inode->ops;
    int64_t mtime = attr_of(w, root->inode).mtime;
    assert_int_equal(attr_of(w, root->inode).links, 2);
    assert_int_equal(ops->mkdir(&w->c, root->inode, "d", 01777), 0);
    assert_int_equal(w->peer[0]->mode & 07777, 0777);
    assert_int_equal(attr_of(w, root->inode).links, 3);
    assert_true(attr_of(w, root->inode).mtime > mtime);
    assert_int_equal(ops->rmdir(&w->c, root->inode, "d"), 0);
    assert_int_equal(attr_of(w, root->inode).links, 2);
    assert_int_equal(ops->rmdir(&w->c, root->inode, "d"), -ENOENT);
    assert_int_equal(attr_of(w, root->inode).links, 2);
    world_drop(w, root);
}

static void symlink_carries_its_target(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    int64_t mtime = attr_of(w, root->inode).mtime;
    assert_int_equal(root->inode->ops->symlink(&w->c, root->inode, "a/b", "l"), 0);
    assert_string_equal(peer_find(w->top, "l")->target, "a/b");
    assert_true(attr_of(w, root->inode).mtime > mtime);
    world_drop(w, root);
}

/* proves: Q-65 */
static void link_counts_go_up_only(void **state)
{
    struct world *w = *state;
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, CACHED), *f = world_walk(w, root, "f");
    const struct inode_ops *ops = root->inode->ops;
    int64_t mtime = attr_of(w, f->inode).mtime;
    assert_int_equal(ops->link(&w->c, root->inode, f->inode, "g"), 0);
    assert_int_equal(attr_of(w, f->inode).links, 2);
    assert_true(attr_of(w, f->inode).mtime > mtime);
    assert_int_equal(ops->remove(&w->c, root->inode, "f"), 0);
    assert_int_equal(ops->remove(&w->c, root->inode, "g"), 0);
    assert_int_equal(attr_of(w, f->inode).links, 2);
    world_put(w, f);
    world_drop(w, root);
}

static void other_kinds_of_inode_are_exdev(void **state)
{
    struct world *w = *state;
    static const struct inode_ops none = {0};
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, CACHED), *f = world_walk(w, root, "f");
    const struct inode_ops *ops = root->inode->ops;
    struct inode foreign = {.ops = &none};
    world_forget(w, root->inode);
    assert_int_equal(ops->link(&w->c, root->inode, &foreign, "g"), -EXDEV);
    assert_int_equal(ops->rename(&w->c, f->inode, root->inode, "f", &foreign, "g"), -EXDEV);
    SENT_NOTHING(w, root->inode, "foreign");
    w->peer[0]->fail[P9_TRENAME] = EBUSY;
    assert_int_equal(ops->rename(&w->c, f->inode, root->inode, "f", root->inode, "g"), -EBUSY);
    world_put(w, f);
    world_drop(w, root);
}

/* proves: Q-67 */
static void moving_a_file_leaves_the_parents_alone(void **state)
{
    struct world *w = *state;
    peer_file(w->peer[0], w->top, "f", "");
    peer_add(w->peer[0], w->top, "d", S_IFDIR | 0755);
    peer_add(w->peer[0], w->top, "sub", S_IFDIR | 0755);
    struct dirent *root = world_tree(w, CACHED), *f = world_walk(w, root, "f"),
                  *d = world_walk(w, root, "d"), *sub = world_walk(w, root, "sub");
    struct unstable_attr before = attr_of(w, root->inode);
    gofer_of(root->inode)->has_names = gofer_of(d->inode)->has_names = true;
    assert_int_equal(f->inode->ops->rename(&w->c, f->inode, root->inode, "f", d->inode, "g"), 0);
    struct unstable_attr after = attr_of(w, root->inode);
    assert_memory_equal(&before, &after, sizeof(before));
    assert_non_null(peer_find(peer_find(w->top, "d"), "g"));
    assert_false(gofer_of(root->inode)->has_names || gofer_of(d->inode)->has_names);

    assert_int_equal(f->inode->ops->rename(&w->c, sub->inode, root->inode, "sub", d->inode, "s"),
                     0);
    assert_int_equal(attr_of(w, root->inode).links, before.links - 1);
    assert_int_equal(attr_of(w, d->inode).links, 3);
    world_put(w, f);
    world_put(w, d);
    world_put(w, sub);
    world_drop(w, root);
}

/* Every change of a directory forgets its listing. */
static void changes_forget_the_listing(void **state)
{
    struct world *w = *state;
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, CACHED), *f = world_walk(w, root, "f");
    const struct inode_ops *ops = root->inode->ops;
    struct inode *r = root->inode;
    struct gofer_inode *gi = gofer_of(r);
    struct file *dir = world_open_file(w, root, true, false), *made;
    char names[256];
    for (int i = 0; i < 7; i++) {
        dir->offset = 0;
        mem_free(dir->cursor);
        dir->cursor = NULL;
        assert_int_equal(world_list(w, dir, names, sizeof(names)), 0);
        assert_true(gi->has_names);
        int code = i == 0   ? ops->mkdir(&w->c, r, "d", 0755)
                   : i == 1 ? ops->symlink(&w->c, r, "t", "l")
                   : i == 2 ? ops->link(&w->c, r, f->inode, "g")
                   : i == 3 ? ops->remove(&w->c, r, "g")
                   : i == 4 ? ops->rmdir(&w->c, r, "d")
                   : i == 5 ? ops->rename(&w->c, f->inode, r, "f", r, "h")
                            : create(w, root, "new", BOTH, &made);
        assert_int_equal(code, 0);
        assert_false(gi->has_names);
    }
    world_put_file(w, made);
    world_put_file(w, dir);
    world_put(w, f);
    world_drop(w, root);
}

/* Two mounts with one world: the fid number of one goes out on the other's connection. */
static int rename_across(struct world *w, struct dirent *root)
{
    struct inode *other = world_mount(w, 1, CACHED);
    struct dirent *d = world_walk(w, root, "d");
    world_forget(w, root->inode);
    int r = d->inode->ops->rename(&w->c, d->inode, root->inode, "d", other, "e");
    inode_put(other);
    dirent_put(d);
    return r;
}

/* proves: Q-73 */
static void a_rename_to_another_mount_stays_on_the_sources_server(void **state)
{
    struct world *w = *state;
    peer_add(w->peer[0], w->top, "d", S_IFDIR | 0755);
    struct dirent *root = world_tree(w, CACHED);
    assert_int_equal(rename_across(w, root), 0);
    SENT(w, root->inode, "rename", P9_TRENAME, 1);
    /* Both roots have the same number, so this was a rename inside of the source's root. */
    assert_non_null(peer_find(w->top, "e"));
    assert_null(peer_find(w->peer[1]->root, "e"));
    world_drop(w, root);
}

/* proves: Q-73 */
static void strict_refuses_it(void **state)
{
    struct world *w = *state;
    w->s.d.quirks.value[Q_73] = 0;
    peer_add(w->peer[0], w->top, "d", S_IFDIR | 0755);
    struct dirent *root = world_tree(w, CACHED);
    assert_int_equal(rename_across(w, root), -EXDEV);
    SENT_NOTHING(w, root->inode, "rename");
    world_drop(w, root);
}

static void a_fifo_is_never_made(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    assert_int_equal(root->inode->ops->mkfifo(&w->c, root->inode, "p", 0644), -EOPNOTSUPP);
    SENT_NOTHING(w, root->inode, "mkfifo");
    world_drop(w, root);
}

/* proves: P-07 */
static void a_create_for_neither_read_nor_write_is_refused(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    struct file *f = NULL;
    world_forget(w, root->inode);
    assert_int_equal(create(w, root, "new", (struct open_flags){0}, &f), -EINVAL);
    assert_null(f);
    SENT_NOTHING(w, root->inode, "create");
    world_drop(w, root);
}

int main(void)
{
    const struct CMUnitTest path[] = {
        WORLD_TEST(a_new_file_is_open_and_owned_by_the_caller),
        WORLD_TEST(failed_creations_leave_no_fid),
        WORLD_TEST(it_exists_already),
        WORLD_TEST(remote_revalidating_needs_a_descriptor),
        WORLD_TEST(directories_count_as_links),
        WORLD_TEST(symlink_carries_its_target),
        WORLD_TEST(link_counts_go_up_only),
        WORLD_TEST(other_kinds_of_inode_are_exdev),
        WORLD_TEST(moving_a_file_leaves_the_parents_alone),
        WORLD_TEST(changes_forget_the_listing),
        WORLD_TEST(a_rename_to_another_mount_stays_on_the_sources_server),
        WORLD_TEST(strict_refuses_it),
        WORLD_TEST(a_fifo_is_never_made),
        WORLD_TEST(a_create_for_neither_read_nor_write_is_refused),
    };
    return cmocka_run_group_tests(path, NULL, NULL);
}
