/* readdir.c: contract ninep 10.7. */
#include "world.h"

static int list(struct world *w, struct dirent *d, char *names, size_t n)
{
    struct file *dir = world_open_file(w, d, true, false);
    int r = world_list(w, dir, names, n);
    world_put_file(w, dir);
    return r;
}

/* proves: Q-71 QI-19 */
static void entries_are_sorted_and_typed_by_qid(void **state)
{
    struct world *w = *state;
    char names[256];
    peer_file(w->peer[0], w->top, "b", "");
    peer_add(w->peer[0], w->top, "a", S_IFDIR | 0755);
    peer_link(w->peer[0], w->top, "Z", "t");
    peer_add(w->peer[0], w->top, "fifo", S_IFIFO | 0644);
    peer_add(w->peer[0], w->top, "sock", S_IFSOCK | 0644);
    struct dirent *root = world_tree(w, UNCACHED);
    assert_int_equal(list(w, root, names, sizeof(names)), 0);
    assert_string_equal(names, "d:. d:.. l:Z d:a -:b -:fifo -:sock");
    world_drop(w, root);
}

static void dots_are_dropped_and_the_last_duplicate_wins(void **state)
{
    struct world *w = *state;
    static const struct plisting listing[] = {
        {".", 0x80, 1, 1}, {"..", 0x80, 1, 2}, {"x", 0, 7, 3}, {"x", 0x80, 8, 4}, {"", 0, 9, 5},
    };
    char names[256];
    struct dirent *root = world_tree(w, CACHED);
    w->peer[0]->listing = listing;
    w->peer[0]->listing_n = ARRAY_LEN(listing);
    assert_int_equal(list(w, root, names, sizeof(names)), 0);
    assert_string_equal(names, "d:. d:.. d:x");
    world_drop(w, root);
}

static void refuse(struct world *w, const struct plisting *listing, size_t n)
{
    char names[256];
    struct dirent *root = w->c.root;
    struct file *dir = world_open_file(w, root, true, false);
    w->peer[0]->listing = listing;
    w->peer[0]->listing_n = n;
    dir->offset = 2; /* behind the dots an error is seen */
    world_forget(w, root->inode);
    assert_int_equal(world_list(w, dir, names, sizeof(names)), -EIO);
    SENT(w, root->inode, "listing", P9_TREADDIR, 1);
    assert_false(gofer_of(root->inode)->has_names);
    world_put_file(w, dir);
}

static void hostile_listings_are_refused(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    static const struct plisting slash[] = {{"a/b", 0, 1, 1}}, loops[] = {{"a", 0, 1, 0}};
    refuse(w, slash, 1);
    refuse(w, loops, 1);
    world_drop(w, root);
}

static void long_names_are_listed(void **state)
{
    struct world *w = *state;
    char name[300], names[512], expected[512];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    struct plisting listing[] = {{name, 0, 1, 1}};
    snprintf(expected, sizeof(expected), "d:. d:.. -:%s", name);
    struct dirent *root = world_tree(w, CACHED);
    w->peer[0]->listing = listing;
    w->peer[0]->listing_n = 1;
    assert_int_equal(list(w, root, names, sizeof(names)), 0);
    assert_string_equal(names, expected);
    world_drop(w, root);
}

static void listing_goes_on_behind_the_cursor(void **state)
{
    struct world *w = *state;
    char names[256];
    peer_file(w->peer[0], w->top, "a", "");
    peer_file(w->peer[0], w->top, "c", "");
    struct dirent *root = world_tree(w, UNCACHED);
    struct file *dir = world_open_file(w, root, true, false);
    assert_int_equal(world_list(w, dir, names, sizeof(names)), 0);
    assert_string_equal(names, "d:. d:.. -:a -:c");
    peer_file(w->peer[0], w->top, "b", "");
    peer_file(w->peer[0], w->top, "d", "");
    assert_int_equal(world_list(w, dir, names, sizeof(names)), 0);
    assert_string_equal(names, "-:d");
    world_put_file(w, dir);
    world_drop(w, root);
}

static struct dent_attr found;

static int emit_attr(void *arg, const char *name, const struct dent_attr *attr)
{
    if (strcmp(name, arg) == 0) {
        found = *attr;
    }
    return 0;
}

/* An entry has the parent's device, so a device node has another number than by stat. */
static void numbers_come_from_the_parents_device(void **state)
{
    struct world *w = *state;
    peer_file(w->peer[0], w->top, "f", "");
    peer_add(w->peer[0], w->top, "null", S_IFCHR | 0666)->rdev = 0x103;
    struct dirent *root = world_tree(w, CACHED), *f = world_walk(w, root, "f"),
                  *null = world_walk(w, root, "null");
    static const char *const names[] = {"f", "null"};
    uint64_t numbers[2];
    for (size_t i = 0; i < 2; i++) {
        struct dir_ctx dc = {.emit = emit_attr, .arg = (void *)(uintptr_t)names[i]};
        struct file *dir = world_open_file(w, root, true, false);
        assert_int_equal(file_readdir(&w->c, dir, &dc), 0);
        numbers[i] = found.inode_id;
        world_put_file(w, dir);
    }
    assert_int_equal(numbers[0], f->inode->stable.inode_id);
    assert_int_not_equal(numbers[1], null->inode->stable.inode_id);
    world_put(w, f);
    world_put(w, null);
    world_drop(w, root);
}

static void a_failed_listing_is_not_remembered(void **state)
{
    struct world *w = *state;
    char names[256];
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, CACHED);
    struct file *dir = world_open_file(w, root, true, false);
    w->peer[0]->fail[P9_TREADDIR] = EACCES;
    dir->offset = 2;
    assert_int_equal(world_list(w, dir, names, sizeof(names)), -EACCES);
    w->peer[0]->fail[P9_TREADDIR] = 0;
    assert_int_equal(world_list(w, dir, names, sizeof(names)), 0);
    assert_string_equal(names, "-:f");
    world_put_file(w, dir);
    world_drop(w, root);
}

static void what_is_no_directory_is_not_listed(void **state)
{
    struct world *w = *state;
    char names[64];
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, CACHED), *f = world_walk(w, root, "f");
    assert_int_equal(list(w, f, names, sizeof(names)), -ENOTDIR);
    world_put(w, f);
    world_drop(w, root);
}

int main(void)
{
    const struct CMUnitTest readdir[] = {
        WORLD_TEST(entries_are_sorted_and_typed_by_qid),
        WORLD_TEST(dots_are_dropped_and_the_last_duplicate_wins),
        WORLD_TEST(hostile_listings_are_refused),
        WORLD_TEST(long_names_are_listed),
        WORLD_TEST(listing_goes_on_behind_the_cursor),
        WORLD_TEST(numbers_come_from_the_parents_device),
        WORLD_TEST(a_failed_listing_is_not_remembered),
        WORLD_TEST(what_is_no_directory_is_not_listed),
    };
    return cmocka_run_group_tests(readdir, NULL, NULL);
}
