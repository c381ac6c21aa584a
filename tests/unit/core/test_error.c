#include "core_test.h"

static void texts_wrap_from_the_inside_out(void **state)
{
    struct domain *d = *state;
    struct error err = {0};
    assert_int_equal(error_code(d, &err, ERR_DENIED), ERR_DENIED);
    assert_string_equal(err.text, "operation denied");
    assert_int_equal(error_wrap(d, &err, "failed to create directory \"%s\"", "foo"), ERR_DENIED);
    assert_string_equal(err.text, "failed to create directory \"foo\": operation denied");
    assert_int_equal(err.code, ERR_DENIED);
    error_release(&err);
    assert_null(err.text);
    assert_int_equal(err.code, 0);
}

static void setting_replaces_and_may_use_the_old_text(void **state)
{
    struct domain *d = *state;
    struct error err = {0};
    assert_int_equal(error_set(d, &err, -ENOENT, "first"), -ENOENT);
    assert_int_equal(error_set(d, &err, -EINVAL, "second after %s", err.text), -EINVAL);
    assert_string_equal(err.text, "second after first");
    error_release(&err);
}

static void a_code_without_text_wraps_its_own_words(void **state)
{
    struct domain *d = *state;
    struct error err = {.code = -EIO};
    assert_int_equal(error_wrap(d, &err, "reading"), -EIO);
    assert_string_equal(err.text, "reading: input/output error");
    error_release(&err);
}

static void nobody_has_to_want_the_text(void **state)
{
    assert_int_equal(error_set(*state, NULL, -EINVAL, "unheard"), -EINVAL);
}

static void fate_leaves_the_error_alone(void **state)
{
    struct domain *d = *state;
    struct error err = {0};
    assert_int_equal(error_set(d, &err, -ENOENT, "kept"), -ENOENT);
    assert_int_equal(error_code(d, &err, CODE_FATE), CODE_FATE);
    assert_string_equal(err.text, "kept");

    d->alloc_fail_at = d->allocs + 1;
    assert_int_equal(error_wrap(d, &err, "context"), CODE_FATE);
    assert_int_equal(d->fate, FATE_OOM);
    assert_string_equal(err.text, "kept");
    assert_int_equal(error_set(d, &err, -EINVAL, "too late"), CODE_FATE);
    assert_int_equal(err.code, -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(texts_wrap_from_the_inside_out),
        DOMAIN_TEST(setting_replaces_and_may_use_the_old_text),
        DOMAIN_TEST(a_code_without_text_wraps_its_own_words),
        DOMAIN_TEST(nobody_has_to_want_the_text),
        DOMAIN_TEST(fate_leaves_the_error_alone),
    };
    return cmocka_run_group_tests_name("core_error", tests, NULL, NULL);
}
