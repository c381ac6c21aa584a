#include "wire.h"

#include "p9_test.h"

static void reading_past_the_end_sticks_and_yields_zero(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3};
    struct wire_in in = {.p = bytes, .n = sizeof(bytes)};
    assert_int_equal(wire_get64(&in), 0);
    assert_true(in.over);
    assert_int_equal(in.at, 0);
    assert_int_equal(wire_get16(&in), 0x0201);
    assert_int_equal(wire_get8(&in), 3);
    assert_true(in.over);
}

static void writing_past_the_end_keeps_the_first_failure(void **state)
{
    (void)state;
    uint8_t bytes[4];
    struct wire_out o = {.p = bytes, .cap = sizeof(bytes)};
    wire_put16(&o, 0x1234);
    wire_put32(&o, 1);
    assert_int_equal(o.code, -EMSGSIZE);
    wire_put8(&o, 1);
    assert_int_equal(o.n, 2);
    assert_int_equal(bytes[0], 0x34);
    wire_put_str(&o, (struct p9_str){.p = "", .n = P9_STRING_MAX + 1});
    assert_int_equal(o.code, -EMSGSIZE);
}

/* proves: Q-05 */
static void an_incomplete_last_entry_is_dropped(void **state)
{
    (void)state;
    uint8_t data[128];
    struct p9_dirent e = {.offset = 1, .type = P9_QTDIR, .name = p9_str("abcd")}, got;
    size_t n = p9_dirent_pack(data, &e), cursor = 0;
    assert_int_equal(n, 28);
    e.offset = 2;
    n += p9_dirent_pack(data + n, &e);
    for (size_t cut = 0; cut <= n; cut++) {
        size_t entries = 0;
        for (cursor = 0; p9_dirent_next(data, cut, &cursor, &got);) {
            entries++;
            assert_int_equal(got.offset, entries);
            assert_int_equal(got.name.n, 4);
        }
        assert_int_equal(entries, cut / 28);
    }
    cursor = 0;
    assert_false(p9_dirent_next(NULL, 0, &cursor, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_past_the_end_sticks_and_yields_zero),
        cmocka_unit_test(writing_past_the_end_keeps_the_first_failure),
        cmocka_unit_test(an_incomplete_last_entry_is_dropped),
    };
    return cmocka_run_group_tests_name("p9_wire", tests, NULL, NULL);
}
