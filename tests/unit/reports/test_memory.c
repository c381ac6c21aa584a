#include "support.h"

static void a_buffer_grows(void **state)
{
    (void)state;
    struct rep_buf buf = {0};
    char expected[6001] = "";
    for (size_t i = 0; i < 1000; i++) {
        rep_buf_fmt(&buf, "%05zu ", i);
        (void)snprintf(expected + i * 6, 7, "%05zu ", i);
    }
    assert_false(buf.failed);
    assert_string_equal(buf.data, expected);
    rep_buf_clear(&buf);
    rep_buf_fmt(&buf, "%s%s", expected, "end");
    assert_int_equal(buf.size, 6003);
    assert_string_equal(buf.data + 6000, "end");
    rep_buf_release(&buf);
    assert_null(buf.data);
}

static void a_failed_buffer_stays_as_it_is(void **state)
{
    (void)state;
    struct rep_buf buf = {0};
    rep_buf_str(&buf, "ab");
    buf.failed = true;
    rep_buf_str(&buf, "cd");
    assert_string_equal(buf.data, "ab");
    rep_buf_clear(&buf);
    rep_buf_str(&buf, "cd");
    assert_string_equal(buf.data, "cd");
    rep_buf_release(&buf);
}

/* What is hashed must never be the same for different fields. */
static void fields_are_told_apart(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"a", "bc"}, {"ab", "c"},   {"", "abc"},
                                           {"abc", ""}, {NULL, "abc"}, {"abc", NULL}};
    struct rep_buf seen[6] = {{0}};
    for (size_t i = 0; i < 6; i++) {
        rep_buf_field(&seen[i], pairs[i][0]);
        rep_buf_field(&seen[i], pairs[i][1]);
        for (size_t j = 0; j < i; j++) {
            assert_false(seen[i].size == seen[j].size &&
                         memcmp(seen[i].data, seen[j].data, seen[i].size) == 0);
        }
    }
    for (size_t i = 0; i < 6; i++) {
        rep_buf_release(&seen[i]);
    }
}

static void an_arena_keeps_everything(void **state)
{
    (void)state;
    struct rep_arena arena = {0};
    char *kept[300];
    char *big = malloc(200000);
    memset(big, 'b', 200000);
    for (size_t i = 0; i < 300; i++) {
        kept[i] = rep_arena_copy(&arena, big, i % 100 == 50 ? 199999 : i * 7);
        assert_non_null(kept[i]);
    }
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(strlen(kept[i]), i % 100 == 50 ? 199999 : i * 7);
    }
    free(big);
    rep_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_grows),
        cmocka_unit_test(a_failed_buffer_stays_as_it_is),
        cmocka_unit_test(fields_are_told_apart),
        cmocka_unit_test(an_arena_keeps_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
