#include "support.h"

/* What goes in comes out, in order, whatever part of it went to the file. */
static void order_is_kept(void **state)
{
    struct scratch *scratch = *state;
    static const size_t sizes[] = {0, 1, 1u << 20, (1u << 20) + 1, 3u << 20};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        struct rep_spool spool = {0};
        struct rep_out out;
        rep_buf_clear(&scratch->text);
        for (size_t i = 0; i < sizes[k]; i += 1000) {
            char block[1000];
            size_t n = sizes[k] - i < sizeof block ? sizes[k] - i : sizeof block;
            memset(block, (int)('a' + i / 1000 % 26), n);
            rep_buf_add(&spool.buf, block, n);
            assert_int_equal(rep_spool_settle(&spool), 0);
        }
        assert_int_equal(spool.file != NULL, sizes[k] > 1u << 20);
        rep_out_init(&out, &scratch->sink);
        assert_int_equal(rep_spool_drain(&spool, &out), 0);
        assert_int_equal(rep_out_finish(&out), 0);
        rep_spool_release(&spool);
        assert_int_equal(scratch->text.size, sizes[k]);
        for (size_t i = 0; i < sizes[k]; i++) {
            assert_true(scratch->text.data[i] == (char)('a' + i / 1000 % 26));
        }
    }
}

int main(void)
{
    const struct CMUnitTest spool_tests[] = {SCRATCH_TEST(order_is_kept)};
    return cmocka_run_group_tests(spool_tests, NULL, NULL);
}
