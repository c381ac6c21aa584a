#include "fixture.h"

#define CASE(id, expect)                                                                           \
    "{\"id\":\"" id "\",\"spec\":{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"@rootfs\"}},"      \
    "\"rootfs\":[],\"expect\":{\"result\":\"" expect "\"}}\n"

static void refused_where_nobody_looks(void **state)
{
    struct fixture *f = *state;
    static const char *const in_ci[] = {"CI=1", NULL}, *const not_in_ci[] = {"CI=false", NULL};
    write_file(f, "s.jsonl", CASE("a", "ok"));
    assert_int_equal(simrun(f, "--no-db --update --ci %/s.jsonl"), EXIT_USAGE);
    assert_contains(f->complaints, "--update does not go with --ci");
    assert_int_equal(simrun(f, "--no-db --update-all -"), EXIT_USAGE);
    assert_contains(f->complaints, "--update-all: standard input cannot be rewritten");
    f->environment = in_ci;
    assert_int_equal(simrun(f, "--no-db --update %/s.jsonl"), EXIT_USAGE);
    assert_contains(f->complaints, "the environment says CI=1");
    assert_int_equal(simrun(f, "--no-db %/s.jsonl"), EXIT_FINE);
    f->environment = not_in_ci;
    assert_int_equal(simrun(f, "--no-db --update %/s.jsonl"), EXIT_FINE);
}

static void updated_cases_are_no_failures(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", "hang") CASE("panic", "ok") CASE("b", "ok"));
    assert_int_equal(simrun(f, "--no-db --update %/s.jsonl"), EXIT_FINE);
    assert_contains(f->out, "/s.jsonl (a)\n@@ -1 +1 @@\n-result: \"hang\"\n+result: \"ok\"\n");
    assert_contains(f->out, "updated: 2 cases in 1 file\n");
    assert_int_equal(simrun(f, "--no-db %/s.jsonl"), EXIT_FINE);
}

static void what_cannot_be_updated_fails(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", CASE("a", "hang") CASE("crash", "ok"));
    assert_int_equal(simrun(f, "--no-db --update %/s.jsonl"), EXIT_FAILED);
    assert_contains(f->complaints, "not updated: crash: crash is no result to expect");
    assert_contains(f->out, "updated: 1 case in 1 file; 1 left alone\n");
}

int main(void)
{
    const struct CMUnitTest update_tests[] = {
        test(refused_where_nobody_looks),
        test(updated_cases_are_no_failures),
        test(what_cannot_be_updated_fails),
    };
    return cmocka_run_group_tests(update_tests, NULL, NULL);
}
