#include "arena.h"
#include "fixture.h"

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    struct fixture *f = *state;
    struct arena *a = arena_new(&f->d);
    char *last = NULL;
    for (size_t i = 1; i < 2000; i++) {
        char *p = arena_alloc(a, i * 7 % 300 + 1);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % sizeof(void *), 0);
        for (size_t k = 0; k < i * 7 % 300 + 1; k++) {
            assert_int_equal(p[k], 0);
        }
        memset(p, 0xAA, i * 7 % 300 + 1);
        assert_true(p != last);
        last = p;
    }
    arena_free(a);
}

/* A large piece gets a block of its own and does not waste what is free in the newest one. */
static void large_pieces(void **state)
{
    struct fixture *f = *state;
    struct arena *a = arena_new(&f->d);
    char *small = arena_alloc(a, 8), *large = arena_alloc(a, 1 << 20), *next = arena_alloc(a, 8);
    assert_non_null(large);
    large[(1 << 20) - 1] = 1;
    assert_ptr_equal(next, small + 8);
    arena_free(a);
    a = arena_new(&f->d);
    assert_non_null(arena_alloc(a, 1 << 20)); /* the first of all */
    assert_non_null(arena_alloc(a, 8));
    arena_free(a);
    arena_free(NULL);
}

static void texts(void **state)
{
    struct fixture *f = *state;
    struct arena *a = arena_new(&f->d);
    assert_string_equal(arena_dup(a, "abcdef", 3), "abc");
    assert_string_equal(arena_dup(a, NULL, 0), "");
    assert_string_equal(arena_printf(a, "%s-%d", "x", 7), "x-7");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(pieces_are_zeroed_aligned_and_apart),
        INPUT_TEST(large_pieces),
        INPUT_TEST(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
