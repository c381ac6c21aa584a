#include "support.h"

static void every_family_gives_cases(void **state)
{
    (void)state;
    const struct gen_family *f;
    for (size_t i = 0; (f = gen_family(i)); i++) {
        assert_true(*f->about);
        struct suite s;
        suite_make(&s, f->name, 3, 50);
        assert_int_equal(suite_count(&s), 50);
        for (size_t k = 0; k < 50; k++) {
            cJSON *c = suite_case(&s, k);
            char id[64];
            snprintf(id, sizeof id, "generated/%s-3/%06zu", f->name, k);
            assert_string_equal(field(c, "id"), id);
            assert_true(cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(c, "rootfs")));
            assert_true(cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(c, "spec")));
            cJSON_Delete(c);
        }
        suite_release(&s);
    }
    assert_null(gen_family(1000));
}

static void same_bytes_again(void **state)
{
    (void)state;
    struct suite a, b, other;
    suite_make(&a, "mix", 5, 40);
    suite_make(&b, "mix", 5, 40);
    suite_make(&other, "mix", 6, 40);
    assert_string_equal(a.text, b.text);
    assert_string_not_equal(a.text, other.text);
    suite_release(&a);
    suite_release(&b);
    suite_release(&other);
}

/* Case n does not depend on the count: all but the first line's comment is the same. */
static void longer_begins_with_shorter(void **state)
{
    (void)state;
    struct suite a, b;
    suite_make(&a, "nesting", 5, 10);
    suite_make(&b, "nesting", 5, 20);
    const char *pa = strchr(a.text, '\n'), *pb = strchr(b.text, '\n');
    assert_memory_equal(pa, pb, strlen(pa));
    suite_release(&a);
    suite_release(&b);
}

static void first_line_tells_the_command(void **state)
{
    (void)state;
    struct suite s;
    suite_make(&s, "dev", 9, 2);
    cJSON *c = suite_case(&s, 0);
    char want[128];
    snprintf(want, sizeof want, "simrun gen --family dev --seed 9 --count 2 (generator %d)",
             GEN_VERSION);
    assert_string_equal(field(c, "comment"), want);
    cJSON_Delete(c);
    c = suite_case(&s, 1);
    assert_string_equal(field(c, "comment"), "");
    cJSON_Delete(c);
    suite_release(&s);
}

static void refuse(const struct gen_options *opt, int code, const char *part)
{
    struct domain d;
    domain_init(&d, "gen", PROFILE_STRICT);
    struct error err = {0};
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert_int_equal(gen_run(&d, opt, out, &err), code);
    fclose(out);
    assert_int_equal(n, 0);
    free(text);
    assert_non_null(strstr(err.text, part));
    error_release(&err);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
}

static void wrong_options(void **state)
{
    (void)state;
    refuse(&(struct gen_options){"nest", 1, 1}, -EINVAL, "no family 'nest'; there are: options, ");
    refuse(&(struct gen_options){"mix", 1, 0}, -ERANGE, "count 0 is not between 1 and 10000000");
    refuse(&(struct gen_options){"mix", 1, GEN_LIMIT + 1ULL}, -ERANGE, "count 10000001");
}

static void full_device(void **state)
{
    (void)state;
    struct domain d;
    domain_init(&d, "gen", PROFILE_STRICT);
    struct error err = {0};
    struct gen_options opt = {"mix", 1, 100};
    FILE *out = fopen("/dev/full", "w");
    assert_non_null(out);
    assert_int_equal(gen_run(&d, &opt, out, &err), -EIO);
    fclose(out);
    error_release(&err);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
}

/* Every allocation may fail: fate oom, nothing lost. */
static void out_of_memory(void **state)
{
    (void)state;
    for (uint64_t at = 1;; at++) {
        struct domain d;
        domain_init(&d, "gen", PROFILE_STRICT);
        d.alloc_fail_at = at;
        struct error err = {0};
        char *text = NULL;
        size_t n = 0;
        FILE *out = open_memstream(&text, &n);
        struct gen_options opt = {"ops", 1, 2};
        int rc = gen_run(&d, &opt, out, &err);
        fclose(out);
        free(text);
        bool dead = domain_dead(&d);
        domain_close(&d, NULL, NULL);
        if (rc == 0) {
            assert_false(dead);
            return;
        }
        assert_int_equal(rc, CODE_FATE);
        assert_true(dead);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_family_gives_cases),
        cmocka_unit_test(same_bytes_again),
        cmocka_unit_test(longer_begins_with_shorter),
        cmocka_unit_test(first_line_tells_the_command),
        cmocka_unit_test(wrong_options),
        cmocka_unit_test(full_device),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests_name("sim.gen.gen", tests, NULL, NULL);
}
