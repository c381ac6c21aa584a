#include "core_test.h"

static void memory_is_zeroed_aligned_and_counted(void **state)
{
    struct domain *d = *state;
    for (size_t size = 0; size < 100; size++) {
        unsigned char *p = mem_new(d, size, "bytes");
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_int_equal(d->live, 1);
        assert_int_equal(d->live_bytes, size);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(p[i], 0);
            p[i] = 0xff;
        }
        mem_free(p);
    }
    mem_free(NULL);
    assert_int_equal(d->live, 0);
    assert_int_equal(d->live_bytes, 0);
    assert_int_equal(d->allocs, 100);
}

static void arrays_grow_with_their_content(void **state)
{
    struct domain *d = *state;
    uint32_t *p = NULL;
    for (size_t n = 1; n < 1000; n += 97) {
        size_t old = n == 1 ? 0 : n - 97;
        p = mem_resize(d, p, old, n, sizeof(*p), "numbers");
        assert_non_null(p);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(p[i], i < old ? i + 1 : 0);
            p[i] = (uint32_t)i + 1;
        }
        assert_int_equal(d->live, 1);
        assert_int_equal(d->live_bytes, n * sizeof(*p));
    }
    mem_free(p);
}

/* Through small blocks and large ones, and back. */
static void buffers_keep_what_fits(void **state)
{
    struct domain *d = *state;
    static const size_t sizes[] = {10, 100, 5000, 200000, 3000, 50};
    unsigned char *p = NULL;
    size_t held = 0;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        p = mem_buffer(d, p, sizes[i], "buffer");
        assert_non_null(p);
        assert_int_equal(d->live_bytes, sizes[i]);
        for (size_t k = 0; k < held && k < sizes[i]; k++) {
            assert_int_equal(p[k], k % 251);
        }
        for (size_t k = 0; k < sizes[i]; k++) {
            p[k] = (unsigned char)(k % 251);
        }
        held = sizes[i];
    }
    assert_int_equal(d->live, 1);
    mem_free(p);
}

static void a_failed_resize_keeps_the_array(void **state)
{
    struct domain *d = *state;
    char *p = mem_dup(d, "kept");
    assert_non_null(p);
    assert_null(mem_resize(d, p, 5, SIZE_MAX / 2, 4, "overflow"));
    assert_int_equal(d->fate, FATE_OOM);
    assert_string_equal(p, "kept");
    assert_int_equal(d->live, 1);
}

static void the_nth_allocation_fails(void **state)
{
    struct domain *d = *state;
    d->alloc_fail_at = 3;
    char *a = mem_dup(d, "a");
    char *b = mem_dup(d, "b");
    assert_non_null(a);
    assert_non_null(b);
    assert_null(mem_resize(d, b, 2, 20, 1, "text"));
    assert_int_equal(d->fate, FATE_OOM);
    assert_string_equal(b, "b");
    assert_null(mem_new(d, 1, "dead"));
}

static void an_impossible_size_is_oom(void **state)
{
    struct domain *d = *state;
    assert_null(mem_new(d, SIZE_MAX - 4, "everything"));
    assert_int_equal(d->fate, FATE_OOM);
}

static void free_after_a_fate_is_a_no_op(void **state)
{
    struct domain *d = *state;
    char *p = mem_dup(d, "still here");
    domain_panic(d, "gone");
    mem_free(p);
    mem_free(p);
    assert_string_equal(p, "still here");
    assert_int_equal(d->live, 1);
}

static void texts_are_copied(void **state)
{
    struct domain *d = *state;
    CLEANUP_MEM char *a = mem_dup(d, "");
    CLEANUP_MEM char *b = mem_dupn(d, "abcdef", 3);
    CLEANUP_MEM char *c = mem_printf(d, "%s-%0200d", b, 7);
    CLEANUP_MEM char *joined = mem_join(d, "", b, "", "/", b, NULL);
    CLEANUP_MEM char *empty = mem_join(d, "", NULL);
    assert_string_equal(joined, "abc/abc");
    assert_string_equal(empty, "");
    assert_string_equal(a, "");
    assert_string_equal(b, "abc");
    assert_int_equal(strlen(c), 204);
    assert_int_equal(d->live, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(memory_is_zeroed_aligned_and_counted),
        DOMAIN_TEST(arrays_grow_with_their_content),
        DOMAIN_TEST(buffers_keep_what_fits),
        DOMAIN_TEST(a_failed_resize_keeps_the_array),
        DOMAIN_TEST(the_nth_allocation_fails),
        DOMAIN_TEST(an_impossible_size_is_oom),
        DOMAIN_TEST(free_after_a_fate_is_a_no_op),
        DOMAIN_TEST(texts_are_copied),
    };
    return cmocka_run_group_tests_name("core_memory", tests, NULL, NULL);
}
