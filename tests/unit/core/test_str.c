#include "core_test.h"

static void text_grows_by_all_means(void **state)
{
    struct str s;
    str_init(&s, *state);
    assert_string_equal(str_get(&s), "");
    str_add(&s, "abc");
    str_addn(&s, "defgh", 2);
    str_addc(&s, '/');
    str_addf(&s, "%03d", 7);
    str_addn(&s, NULL, 0);
    assert_string_equal(str_get(&s), "abcde/007");
    assert_int_equal(s.n, 9);
    for (int i = 0; i < 1000; i++) {
        str_addf(&s, "%d", i);
    }
    assert_int_equal(s.n, 9 + 10 + 180 + 2700);
    assert_int_equal(strlen(str_get(&s)), s.n);
    str_release(&s);
    assert_string_equal(str_get(&s), "");
}

static void numbers(void **state)
{
    static const int64_t values[] = {0, 7, -1, 10, INT64_MAX, INT64_MIN};
    struct str s;
    str_init(&s, *state);
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        str_addi(&s, values[i]);
        str_addc(&s, ' ');
    }
    assert_string_equal(str_get(&s), "0 7 -1 10 9223372036854775807 -9223372036854775808 ");
    str_release(&s);
}

static void room_is_written_by_the_caller(void **state)
{
    struct str s;
    str_init(&s, *state);
    for (size_t i = 0; i < 100; i++) {
        char *room = str_room(&s, 2 * i);
        assert_non_null(room);
        memset(room, 'x', 2 * i);
        str_wrote(&s, room + i);
        assert_int_equal(strlen(str_get(&s)), s.n);
    }
    assert_int_equal(s.n, 99 * 50);
    str_release(&s);
}

static void bytes_may_be_nul(void **state)
{
    struct str s;
    str_init(&s, *state);
    str_addn(&s, "a\0b", 3);
    assert_int_equal(s.n, 3);
    assert_memory_equal(s.p, "a\0b", 4);
    str_release(&s);
}

static void taking_hands_the_text_over(void **state)
{
    struct domain *d = *state;
    struct str s;
    str_init(&s, d);
    CLEANUP_MEM char *empty = str_take(&s);
    assert_string_equal(empty, "");
    str_add(&s, "mine");
    CLEANUP_MEM char *text = str_take(&s);
    assert_string_equal(text, "mine");
    assert_null(s.p);
    str_add(&s, "next");
    assert_string_equal(str_get(&s), "next");
    str_release(&s);
}

static void out_of_memory_keeps_what_was_there(void **state)
{
    struct domain *d = *state;
    struct str s;
    str_init(&s, d);
    str_add(&s, "short");
    d->alloc_fail_at = d->allocs + 1;
    str_addf(&s, "%0100d", 0);
    assert_int_equal(d->fate, FATE_OOM);
    assert_string_equal(str_get(&s), "short");
    str_add(&s, "x");
    assert_string_equal(str_get(&s), "short");
    assert_null(str_take(&s));
    str_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(text_grows_by_all_means),       DOMAIN_TEST(numbers),
        DOMAIN_TEST(room_is_written_by_the_caller), DOMAIN_TEST(bytes_may_be_nul),
        DOMAIN_TEST(taking_hands_the_text_over),    DOMAIN_TEST(out_of_memory_keeps_what_was_there),
    };
    return cmocka_run_group_tests_name("core_str", tests, NULL, NULL);
}
