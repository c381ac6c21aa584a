/* sort.c: whatever the disorder, the same order comes out. */
#include "core_test.h"

struct item {
    int key, number;
    char padding[200];
};

static int by_key(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static void check(struct item *v, size_t n, bool stable)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += v[i].number;
        if (i > 0) {
            assert_true(v[i - 1].key <= v[i].key);
            assert_true(!stable || v[i - 1].key < v[i].key || v[i - 1].number < v[i].number);
        }
    }
    assert_int_equal(sum, (int64_t)n * ((int64_t)n - 1) / 2);
}

/* `strays` elements stand anywhere, the rest in order; keys come twice. */
static void few_and_many_strays(void **state)
{
    struct domain *d = *state;
    static const size_t counts[] = {0, 1, 2, 3, 50, 1000};
    static const size_t strays[] = {0, 1, 5, 64, 500};
    for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
        for (size_t s = 0; s < ARRAY_LEN(strays); s++) {
            const size_t n = counts[c];
            struct item *v = mem_new(d, (n + 1) * sizeof(*v), "items");
            for (size_t i = 0; i < n; i++) {
                v[i] = (struct item){.key = (int)(i / 2), .number = (int)i};
            }
            for (size_t k = 0; n > 0 && k < strays[s]; k++) {
                v[domain_random(d) % n].key = (int)(domain_random(d) % n);
            }
            sort_nearly(v, n, sizeof(*v), by_key);
            check(v, n, strays[s] <= 5);
            mem_free(v);
        }
    }
}

static void backwards(void **state)
{
    (void)state;
    struct item v[300];
    for (int i = 0; i < 300; i++) {
        v[i] = (struct item){.key = 300 - i, .number = i};
    }
    sort_nearly(v, ARRAY_LEN(v), sizeof(v[0]), by_key);
    check(v, ARRAY_LEN(v), true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(few_and_many_strays),
        DOMAIN_TEST(backwards),
    };
    return cmocka_run_group_tests_name("core_sort", tests, NULL, NULL);
}
