#include "keep.h"

#include "fixture.h"

static void leftovers(void **state)
{
    struct domain d;
    struct sim_result *r = sim_result_new(*state, "a");
    domain_init(&d, "somebody", PROFILE_STRICT);
    assert_int_equal(keep_leftovers(&d, r), 0);
    assert_int_equal(r->ledger.n, 0);
    domain_init(&d, "somebody", PROFILE_STRICT);
    assert_non_null(mem_new(&d, 3, "thing"));
    assert_int_equal(keep_leftovers(&d, r), 0);
    assert_int_equal(r->ledger.n, 1);
    assert_string_equal(r->ledger.v[0], "somebody: thing (3 bytes)");
    domain_init(&d, "abandoned", PROFILE_STRICT);
    assert_non_null(mem_new(&d, 3, "thing"));
    (void)domain_panic(&d, "gone");
    assert_int_equal(keep_leftovers(&d, r), 0); /* a fate leaves what it likes */
    assert_int_equal(r->ledger.n, 1);
    sim_result_free(r);
}

static void changes(void **state)
{
    struct domain *d = *state;
    struct host *h;
    struct host_snapshot *before;
    struct host_file *root;
    const struct host_label label = {"@x", "/h"};
    struct sim_result *r = sim_result_new(d, "a");
    assert_int_equal(host_mem_new(d, &h), 0);
    assert_int_equal(host_add_tree(h, "/h", &(struct host_manifest){0}), 0);
    assert_int_equal(host_snapshot_new(h, d, &label, 1, &before), 0);
    assert_int_equal(keep_host_diff(NULL, d, r), 0);
    assert_int_equal(keep_host_diff(before, d, r), 0);
    assert_int_equal(r->host_diff.n, 0);
    assert_int_equal(host_open(h, d, "/h", O_RDONLY | O_DIRECTORY, &root), 0);
    assert_int_equal(host_mkdirat(root, "new", 0700), 0);
    host_file_put(root);
    assert_int_equal(keep_host_diff(before, d, r), 0);
    assert_int_equal(r->host_diff.n, 1);
    assert_string_equal(r->host_diff.v[0], "+ @x/new 040700 0:0");
    host_snapshot_free(before);
    host_free(h);
    sim_result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {SUBJECT_TEST(leftovers), SUBJECT_TEST(changes)};
    return cmocka_run_group_tests_name("sim_subject_keep", tests, NULL, NULL);
}
