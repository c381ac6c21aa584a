#include "fixture.h"

#include "expected_file.h"

static void finds_lines_by_id(void **state)
{
    struct fixture *f = *state;
    struct expected_file *file;
    const char *path =
        write_file(f, "x.jsonl", "{'id':'b'}\n\n{'id':'a','x':1}\n{'id':'c\\u0041'}\n");
    assert_int_equal(expected_file_open(&f->d, path, &file, &f->err), 0);
    assert_int_equal(expected_file_find(file, "b")->offset, 0);
    assert_int_equal(expected_file_find(file, "a")->offset, 12);
    assert_int_equal(expected_file_find(file, "a")->number, 3);
    assert_int_equal(expected_file_find(file, "cA")->number, 4);
    assert_null(expected_file_find(file, "d"));
    assert_null(expected_file_find(file, ""));
    expected_file_free(file);
}

static void none_is_no_error(void **state)
{
    struct fixture *f = *state;
    struct expected_file *file;
    assert_int_equal(expected_file_open(&f->d, "/nonexistent.jsonl", &file, &f->err), -ENOENT);
    assert_null(f->err.text);
}

static void an_id_twice_is_refused(void **state)
{
    struct fixture *f = *state;
    struct expected_file *file;
    const char *path = write_file(f, "x.jsonl", "{'id':'a'}\n{'id':'b'}\n{'id':'a'}\n");
    assert_int_equal(expected_file_open(&f->d, path, &file, &f->err), -EEXIST);
    assert_non_null(strstr(f->err.text, "the id \"a\" stands on lines 1 and 3"));
}

static void a_line_without_id_is_refused(void **state)
{
    struct fixture *f = *state;
    struct expected_file *file;
    const char *path = write_file(f, "x.jsonl", "{'id':'a'}\n{'result':'ok'}\n");
    assert_int_equal(expected_file_open(&f->d, path, &file, &f->err), -EINVAL);
    assert_non_null(strstr(f->err.text, "x.jsonl:2: not a result line"));
}

static void the_last_of_equal_keys_counts(void **state)
{
    struct fixture *f = *state;
    static const char line[] = "{\"id\": \"a\", \"ops\": [{\"errno\": \"x\", \"errno\": \"\"}]}";
    cJSON *json;
    assert_int_equal(expected_object(&f->d, "x", 3, line, sizeof(line) - 1, &json, &f->err), 0);
    const cJSON *op = cJSON_GetObjectItemCaseSensitive(json, "ops")->child;
    assert_int_equal(cJSON_GetArraySize(op), 1);
    assert_string_equal(op->child->valuestring, "");
    cJSON_Delete(json);
    assert_int_equal(expected_object(&f->d, "x", 3, "{", 1, &json, &f->err), -EINVAL);
    assert_non_null(strstr(f->err.text, "(line 3, column 2)"));
}

static void empty_is_fine(void **state)
{
    struct fixture *f = *state;
    struct expected_file *file;
    assert_int_equal(expected_file_open(&f->d, write_file(f, "x.jsonl", ""), &file, &f->err), 0);
    assert_null(expected_file_find(file, "a"));
    expected_file_free(file);
}

int main(void)
{
    const struct CMUnitTest expected_file_tests[] = {
        test(finds_lines_by_id),      test(none_is_no_error),
        test(an_id_twice_is_refused), test(a_line_without_id_is_refused),
        test(empty_is_fine),          test(the_last_of_equal_keys_counts),
    };
    return cmocka_run_group_tests(expected_file_tests, NULL, NULL);
}
