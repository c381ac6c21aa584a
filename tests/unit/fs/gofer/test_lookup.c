/* lookup.c: lookups, negative entries, revalidation. */
#include "world.h"

static int miss(struct world *w, struct dirent *root, const char *name)
{
    struct dirent *d;
    int r = world_try_walk(w, root, name, &d);
    jobs_drain(&w->s.d);
    return r;
}

static void a_lookup_is_one_round_trip_and_a_clunk(void **state)
{
    struct world *w = *state;
    peer_file(w->peer[0], w->top, "f", "hello");
    struct dirent *root = world_tree(w, CACHED);
    struct dirent *f = world_walk(w, root, "f");
    SENT(w, root->inode, "lookup", P9_TWALKGETATTR, 1);
    assert_int_equal(f->inode->stable.type, INODE_REGULAR);
    world_put(w, f);
    SENT(w, root->inode, "release", P9_TCLUNK, 1);
    world_drop(w, root);
}

static void below_version_2_it_takes_two(void **state)
{
    struct world *w = *state;
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, ",version=9P2000.L.Google.1");
    struct dirent *f = world_walk(w, root, "f");
    SENT(w, root->inode, "lookup", P9_TWALK, 1, P9_TGETATTR, 1);
    world_put(w, f);
    world_drop(w, root);
}

static void a_missing_name_is_remembered_where_attributes_are(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    assert_int_equal(miss(w, root, "x"), -ENOENT);
    SENT(w, root->inode, "first", P9_TWALKGETATTR, 1);
    peer_file(w->peer[0], w->top, "x", "");
    assert_int_equal(miss(w, root, "x"), -ENOENT);
    SENT_NOTHING(w, root->inode, "second");
    world_drop(w, root);
}

static void elsewhere_it_is_asked_again(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, REVALIDATING);
    assert_int_equal(miss(w, root, "x"), -ENOENT);
    assert_int_equal(miss(w, root, "x"), -ENOENT);
    SENT(w, root->inode, "both", P9_TWALKGETATTR, 2);
    world_drop(w, root);
}

static void errors_pass_unchanged(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, CACHED);
    w->peer[0]->fail[P9_TWALKGETATTR] = EACCES;
    assert_int_equal(miss(w, root, "x"), -EACCES);
    w->peer[0]->fail[P9_TWALKGETATTR] = ENOENT;
    assert_int_equal(miss(w, root, "x"), -ENOENT);
    world_drop(w, root);
}

static void a_listing_answers_for_names_that_are_not_in_it(void **state)
{
    struct world *w = *state;
    char names[256];
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, CACHED);
    struct file *dir = world_open_file(w, root, true, false);
    assert_int_equal(world_list(w, dir, names, sizeof(names)), 0);
    peer_file(w->peer[0], w->top, "late", "");
    world_forget(w, root->inode);
    assert_int_equal(miss(w, root, "late"), -ENOENT);
    SENT_NOTHING(w, root->inode, "known to be missing");
    world_put(w, world_walk(w, root, "f"));
    SENT(w, root->inode, "listed", P9_TWALKGETATTR, 1, P9_TCLUNK, 1);
    world_put_file(w, dir);
    world_drop(w, root);
}

/* The original's table: same dirent for the fscache policies, a new one for the others, before and
 * after a change of the file. */
static void revalidation_by_policy(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        bool same;
    } table[] = {{UNCACHED, false}, {REVALIDATING, false}, {CACHED, true}, {THROUGH, true}};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct world fresh;
        world_open(&fresh, PROFILE_GVISOR_2018_08_14);
        struct pfile *file = peer_file(fresh.peer[0], fresh.top, "f", "");
        struct dirent *root = world_tree(&fresh, table[i].options);
        struct dirent *first = world_walk(&fresh, root, "f");
        struct dirent *second = world_walk(&fresh, root, "f");
        assert_int_equal(first == second, table[i].same);
        file->mtime_sec = 1000;
        struct dirent *third = world_walk(&fresh, root, "f");
        assert_int_equal(first == third, table[i].same);
        if (table[i].same) {
            SENT(&fresh, root->inode, "walks", P9_TWALKGETATTR, 1);
        } else {
            SENT(&fresh, root->inode, "walks", P9_TWALKGETATTR,
                 3); /* the old ones are still held */
        }
        world_put(&fresh, first);
        world_put(&fresh, second);
        world_put(&fresh, third);
        world_drop(&fresh, root);
        world_close(&fresh);
    }
}

/* proves: VQ-09 */
static void the_later_rule_keeps_what_still_leads_there(void **state)
{
    struct world *w = *state;
    w->s.d.quirks.value[VQ_09] = 0;
    struct pfile *file = peer_file(w->peer[0], w->top, "f", "1");
    struct dirent *root = world_tree(w, REVALIDATING);
    struct dirent *first = world_walk(w, root, "f");
    assert_int_equal(gofer_of(first->inode)->attr.size, 1);
    peer_append(file, "23");
    world_forget(w, root->inode);
    struct dirent *second = world_walk(w, root, "f");
    assert_ptr_equal(first, second);
    assert_int_equal(gofer_of(first->inode)->attr.size, 3);
    SENT(w, root->inode, "asked again", P9_TWALKGETATTR, 1, P9_TCLUNK, 1);

    peer_drop(w->top, "f");
    peer_file(w->peer[0], w->top, "f", "other");
    struct dirent *third = world_walk(w, root, "f");
    assert_ptr_not_equal(first, third);
    peer_drop(w->top, "f");
    assert_int_equal(miss(w, root, "f"), -ENOENT);
    world_put(w, first);
    world_put(w, second);
    world_put(w, third);
    world_drop(w, root);
}

static void a_gofer_that_hangs_hangs_the_world(void **state)
{
    struct world *w = *state;
    peer_add(w->peer[0], w->top, "fifo", S_IFIFO)->blocks = true;
    struct dirent *root = world_tree(w, CACHED), *d;
    assert_int_equal(world_try_walk(w, root, "fifo", &d), CODE_FATE);
    assert_int_equal(w->s.d.fate, FATE_HANG);
}

/* proves: Q-61 */
static void a_lookup_does_not_check_the_mask(void **state)
{
    struct world *w = *state;
    peer_add(w->peer[0], w->top, "dir", S_IFDIR | 0755);
    struct dirent *root = world_tree(w, CACHED);
    w->peer[0]->valid = 0;
    struct dirent *d = world_walk(w, root, "dir");
    assert_int_equal(d->inode->stable.type, INODE_REGULAR);
    world_put(w, d);
    world_drop(w, root);
}

int main(void)
{
    const struct CMUnitTest lookup[] = {
        WORLD_TEST(a_lookup_is_one_round_trip_and_a_clunk),
        WORLD_TEST(below_version_2_it_takes_two),
        WORLD_TEST(a_missing_name_is_remembered_where_attributes_are),
        WORLD_TEST(elsewhere_it_is_asked_again),
        WORLD_TEST(errors_pass_unchanged),
        WORLD_TEST(a_listing_answers_for_names_that_are_not_in_it),
        cmocka_unit_test(revalidation_by_policy),
        WORLD_TEST(the_later_rule_keeps_what_still_leads_there),
        WORLD_TEST(a_gofer_that_hangs_hangs_the_world),
        WORLD_TEST(a_lookup_does_not_check_the_mask),
    };
    return cmocka_run_group_tests(lookup, NULL, NULL);
}
