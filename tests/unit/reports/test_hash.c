#include "support.h"

static struct rep_hash numbered(uint32_t number)
{
    return rep_hash_of(&number, sizeof number);
}

/* The value is part of the file format: another hash would be another schema. */
static void the_hash_is_fixed(void **state)
{
    (void)state;
    static const unsigned char empty[16] = {0x99, 0xaa, 0x06, 0xd3, 0x01, 0x47, 0x98, 0xd8,
                                            0x60, 0x01, 0xc3, 0x24, 0x46, 0x8d, 0x49, 0x7f};
    struct rep_hash hash = rep_hash_of(NULL, 0);
    assert_memory_equal(hash.byte, empty, sizeof empty);
}

static void a_set_has_what_was_added(void **state)
{
    (void)state;
    struct rep_hash_set set = {0};
    struct rep_hash hash = numbered(1);
    assert_false(rep_hash_set_has(&set, &hash));
    for (uint32_t i = 0; i < REP_HASH_SET_BOUND / 2; i++) {
        hash = numbered(i);
        assert_false(rep_hash_set_has(&set, &hash));
        rep_hash_set_add(&set, &hash);
        rep_hash_set_add(&set, &hash);
    }
    assert_int_equal(set.used, REP_HASH_SET_BOUND / 2);
    for (uint32_t i = 0; i < REP_HASH_SET_BOUND / 2; i++) {
        hash = numbered(i);
        assert_true(rep_hash_set_has(&set, &hash));
    }
    rep_hash_set_release(&set);
}

static void a_set_stays_within_its_bound(void **state)
{
    (void)state;
    struct rep_hash_set set = {0};
    struct rep_hash hash = {{0}};
    for (uint32_t i = 0; i <= REP_HASH_SET_BOUND; i++) {
        hash = numbered(i);
        rep_hash_set_add(&set, &hash);
    }
    assert_int_equal(set.used, 1);
    assert_true(rep_hash_set_has(&set, &hash));
    assert_true(set.room <= 2 * (size_t)REP_HASH_SET_BOUND);
    rep_hash_set_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_fixed),
        cmocka_unit_test(a_set_has_what_was_added),
        cmocka_unit_test(a_set_stays_within_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
