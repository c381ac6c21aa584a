#include "fidtable.h"

#include "p9_test.h"

struct counted {
    struct p9_node node;
    unsigned *closes;
};

static void counted_close(struct p9_node *node)
{
    struct counted *c = container_of(node, struct counted, node);
    ++*c->closes;
    mem_free(c);
}

static const struct p9_backend_ops counted_ops = {.close = counted_close};

static struct p9_node *counted_new(struct domain *d, unsigned *closes)
{
    struct counted *c = MEM_NEW(d, struct counted);
    assert_non_null(c);
    p9_node_init(&c->node, &counted_ops);
    c->closes = closes;
    return &c->node;
}

static void check_balance(const struct fidtable *t)
{
    assert_int_equal(t->n, t->inserts - t->deletes - t->replaced);
}

/* proves: QI-06 Q-01 */
static void numbers_far_apart_and_close_together_are_kept_apart(void **state)
{
    struct domain *d = *state;
    struct fidtable t;
    unsigned closes = 0;
    fidtable_init(&t, d);
    assert_null(fidtable_find(&t, 1));
    assert_false(fidtable_delete(&t, 1));
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t number = i % 2 ? i : UINT32_MAX - i * 4096;
        struct fid f = {.number = number, .node = counted_new(d, &closes), .flags = i};
        assert_int_equal(fidtable_insert(&t, f), 0);
    }
    for (uint32_t i = 0; i < 1000; i += 3) { /* holes anywhere in the probe chains */
        assert_true(fidtable_delete(&t, i % 2 ? i : UINT32_MAX - i * 4096));
    }
    for (uint32_t i = 0; i < 1000; i++) {
        const struct fid *f = fidtable_find(&t, i % 2 ? i : UINT32_MAX - i * 4096);
        assert_int_equal(f != NULL, i % 3 != 0);
        assert_true(!f || f->flags == i);
    }
    check_balance(&t);
    assert_int_equal(closes, 334);
    fidtable_release(&t);
    check_balance(&t);
    assert_int_equal(t.n, 0);
    assert_int_equal(closes, 1000);
}

/* proves: Q-27 */
static void replacing_closes_the_old_file_once(void **state)
{
    struct domain *d = *state;
    struct fidtable t;
    unsigned old = 0, new = 0;
    fidtable_init(&t, d);
    assert_int_equal(fidtable_insert(&t, (struct fid){.number = 1, .node = counted_new(d, &old)}),
                     0);
    assert_int_equal(
        fidtable_insert(&t,
                        (struct fid){.number = 1, .node = counted_new(d, &new), .opened = true}),
        0);
    assert_int_equal(old, 1);
    assert_int_equal(new, 0);
    assert_true(fidtable_find(&t, 1)->opened);
    assert_int_equal(t.replaced, 1);
    check_balance(&t);
    fidtable_release(&t);
    assert_int_equal(new, 1);
}

static void the_number_of_fids_is_bounded(void **state)
{
    struct domain *d = *state;
    struct fidtable t;
    unsigned closes = 0;
    struct p9_node *node = counted_new(d, &closes);
    fidtable_init(&t, d);
    for (uint32_t i = 0; i < P9_FIDS_MAX; i++) {
        struct fid f = {.number = i, .node = p9_node_get(node)};
        assert_int_equal(fidtable_insert(&t, f), 0);
    }
    struct fid more = {.number = P9_FIDS_MAX, .node = p9_node_get(node)};
    assert_int_equal(fidtable_insert(&t, more), -EMFILE);
    more = (struct fid){.number = 5, .node = p9_node_get(node)};
    assert_int_equal(fidtable_insert(&t, more), 0); /* replacing is no growth */
    fidtable_release(&t);
    assert_int_equal(closes, 0);
    p9_node_put(node);
    assert_int_equal(closes, 1);
    p9_node_put(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(numbers_far_apart_and_close_together_are_kept_apart),
        DOMAIN_TEST(replacing_closes_the_old_file_once),
        DOMAIN_TEST(the_number_of_fids_is_bounded),
    };
    return cmocka_run_group_tests_name("p9_fidtable", tests, NULL, NULL);
}
