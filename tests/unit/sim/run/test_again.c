#include "fixture.h"

#include "again.h"

static void first_come_first_served(void **state)
{
    struct fixture *f = *state;
    struct again a;
    size_t in = 0, out = 0;
    again_init(&a, &f->d);
    for (size_t round = 1; round < 100; round++) {
        for (size_t i = 0; i < round; i++) {
            assert_int_equal(again_push(&a, in++), 0);
        }
        for (size_t i = 0; i < round / 2 + 1; i++) {
            assert_int_equal(again_take(&a), out++);
        }
    }
    assert_int_equal(a.n, in - out);
    while (a.n) {
        assert_int_equal(again_take(&a), out++);
    }
    assert_int_equal(out, in);
    again_release(&a);
}

int main(void)
{
    const struct CMUnitTest again_tests[] = {test(first_come_first_served)};
    return cmocka_run_group_tests(again_tests, NULL, NULL);
}
