/* Names of cases. */
#include "fixture.h"

#include <stdio.h>

static const char *const suite = "suite.jsonl";

static void a_hundred_thousand_names(void **state)
{
    struct fixture *f = *state;
    enum { CASES = 100000 };
    struct case_source *s;
    struct case_info info;
    make_folder(f);
    FILE *out = fopen(suite, "w");
    assert_non_null(out);
    for (int i = 0; i < CASES; i++) {
        fprintf(out, "{\"id\":\"group/%05d\",\"spec\":{}}\n", i);
    }
    assert_int_equal(fclose(out), 0);
    assert_int_equal(case_source_open(&f->d, &f->opt, &suite, 1, &s, &f->err), 0);
    assert_int_equal(case_source_count(s), CASES);
    for (size_t i = 0; i < CASES; i += 977) {
        char name[32];
        snprintf(name, sizeof(name), "group/%05zu", i);
        case_source_info(s, i, &info);
        assert_string_equal(info.name, name);
        assert_int_equal(info.line, i + 1);
        assert_int_equal(info.offset, i * 31);
        assert_int_equal(info.kind, CASE_SUITE);
        assert_string_equal(info.file, suite);
        assert_null(info.xfail);
    }
    assert_true(f->d.live_bytes < 16u << 20);
    case_source_free(s);
}

static void a_name_used_twice_tells_both_places(void **state)
{
    struct fixture *f = *state;
    struct case_source *s = NULL;
    make_folder(f);
    make_file(suite, "{\"id\":\"a\",\"spec\":{}}\n\n{\"id\":\"b\",\"spec\":{}}\n"
                     "{\"spec\":{},\"id\":\"\\u0061\"}\n");
    assert_error(f, case_source_open(&f->d, &f->opt, &suite, 1, &s, &f->err), -EEXIST,
                 "case name \"a\" is used twice: suite.jsonl:1 and suite.jsonl:4; "
                 "give a folder above both, or rename one");
    assert_null(s);
    make_file(suite, "{\"id\":\"s.json\",\"spec\":{}}\n");
    make_file("s.json", "{\"mounts\":[]}");
    const char *paths[] = {suite, "./s.json"};
    assert_error(f, case_source_open(&f->d, &f->opt, paths, 2, &s, &f->err), -EEXIST,
                 "case name \"s.json\" is used twice: suite.jsonl:1 and s.json:1; "
                 "give a folder above both, or rename one");
    paths[0] = "s.json";
    assert_error(f, case_source_open(&f->d, &f->opt, paths, 2, &s, &f->err), -EEXIST,
                 "case name \"s.json\" is used twice: s.json:1 and s.json:1; "
                 "give its PATH once");
}

static void lines_without_an_id(void **state)
{
    struct fixture *f = *state;
    struct case_source *s;
    make_folder(f);
    make_file(suite, "{\"id\":\"a\",\"spec\":{}}\n{\"spec\":{}}\n");
    assert_error(f, case_source_open(&f->d, &f->opt, &suite, 1, &s, &f->err), -EINVAL,
                 "suite.jsonl: a suite line needs an \"id\" (line 2, column 1)");
    make_file(suite, "{\"id\":\"a\",\"spec\":{}}\n{\"spec\":{}, id}\n");
    assert_error(f, case_source_open(&f->d, &f->opt, &suite, 1, &s, &f->err), -EINVAL,
                 "suite.jsonl: expected a key in double quotes, found 'i' (line 2, column 13)");
    make_file(suite, "{\"id\":7,\"spec\":{}}\n");
    assert_error(f, case_source_open(&f->d, &f->opt, &suite, 1, &s, &f->err), -EINVAL,
                 "suite.jsonl: id: expected a string, found a number (line 1, column 7)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(a_hundred_thousand_names),
        INPUT_TEST(a_name_used_twice_tells_both_places),
        INPUT_TEST(lines_without_an_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
