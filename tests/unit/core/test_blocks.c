/* blocks.c: blocks of a bin are given out again, never twice, and large ones are malloc's. */
#include "core_test.h"

#include "internal.h"

static void sizes_fall_into_bins(void **state)
{
    (void)state;
    const size_t small = block_bin(48);
    assert_int_equal(block_bin(33), small);
    assert_true(small == 0 || (block_bin(49) > small && block_bin(1) > 0));
    assert_int_equal(block_bin(1 << 20), 0);
    assert_int_equal(block_bin(SIZE_MAX - 64), 0);
}

/* The block that came back last goes out first; others do not overlap. */
static void blocks_go_out_again(void **state)
{
    (void)state;
    struct domain_blocks b = {0};
    const size_t bin = 3, size = bin * 16;
    char *p[5000];
    for (size_t i = 0; i < ARRAY_LEN(p); i++) {
        p[i] = block_get(&b, bin);
        assert_non_null(p[i]);
        assert_int_equal((uintptr_t)p[i] % 16, 0);
        memset(p[i], (int)(i & 0x7f), size);
    }
    for (size_t i = 0; i < ARRAY_LEN(p); i++) {
        assert_int_equal(p[i][0], i & 0x7f);
        assert_int_equal(p[i][size - 1], i & 0x7f);
    }
    block_put(&b, bin, p[7]);
    block_put(&b, bin, p[9]);
    assert_ptr_equal(block_get(&b, bin), p[9]);
    assert_ptr_equal(block_get(&b, bin), p[7]);
    assert_ptr_not_equal(block_get(&b, bin + 1), p[7]);
    blocks_release(&b);
    assert_null(b.chunks);
}

static void a_domain_uses_what_it_freed(void **state)
{
    struct domain *d = *state;
    for (size_t i = 0; i < 100000; i++) {
        char *p = mem_new(d, 40, "bytes");
        char *q = mem_resize(d, p, 40, 200, 1, "bytes");
        assert_non_null(q);
        assert_int_equal(q[199], 0);
        q[199] = 1;
        mem_free(q);
    }
    assert_int_equal(d->live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_fall_into_bins),
        cmocka_unit_test(blocks_go_out_again),
        DOMAIN_TEST(a_domain_uses_what_it_freed),
    };
    return cmocka_run_group_tests_name("core_blocks", tests, NULL, NULL);
}
