/* xfail.txt */
#include "fixture.h"

#define LINE(id) "{\"id\":\"" id "\",\"spec\":{}}\n"

static const char *reason(const struct case_source *s, size_t index)
{
    struct case_info info;
    case_source_info(s, index, &info);
    return info.xfail;
}

static void the_first_glob_that_matches(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_dir("c");
    make_dir("c/sub");
    make_file("c/s.jsonl", LINE("ops/1") LINE("ops/2") LINE("other"));
    make_file("c/sub/t.jsonl", LINE("ops/3"));
    make_file("c/spec.json", "{\"mounts\":[]}");
    make_file("c/xfail.txt",
              "# comment\n\n  ops/2\t not yet done  \nops/* all of them\nspec.json x\n*/3 y");
    const char *path = "c";
    struct case_source *s;
    assert_int_equal(case_source_open(&f->d, &f->opt, &path, 1, &s, &f->err), 0);
    assert_string_equal(reason(s, 0), "all of them");
    assert_string_equal(reason(s, 1), "not yet done");
    assert_null(reason(s, 2));
    assert_string_equal(reason(s, 3), "x");
    assert_null(reason(s, 4)); /* another folder */
    struct case_reader *r;
    struct sim_case *c;
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    assert_int_equal(case_read(r, 1, &f->d, &c, &f->err), 0);
    assert_string_equal(c->xfail, "not yet done");
    case_free(c);
    case_reader_free(r);
    case_source_free(s);
    path = "c/s.jsonl"; /* also when the suite itself is named */
    assert_int_equal(case_source_open(&f->d, &f->opt, &path, 1, &s, &f->err), 0);
    assert_string_equal(reason(s, 0), "all of them");
    case_source_free(s);
}

static void a_reason_is_needed(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_file("s.jsonl", LINE("a"));
    make_file("xfail.txt", "a because\nb  \n");
    const char *path = "s.jsonl";
    struct case_source *s;
    assert_error(f, case_source_open(&f->d, &f->opt, &path, 1, &s, &f->err), -EINVAL,
                 "./xfail.txt: a line is GLOB REASON (line 2, column 1)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(the_first_glob_that_matches),
        INPUT_TEST(a_reason_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
