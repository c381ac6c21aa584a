/* Members and typed values. */
#include "fixture.h"

static void keys_fold_and_the_last_one_counts(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc = parse(f, "{\"Root\":1,\"rOOt\":2,\"roots\":3}");
    assert_string_equal(json_member(&doc, doc.root, "root")->text, "2");
    assert_int_equal(doc.n_warnings, 1);
    assert_string_equal(doc.warnings->text, "f: keys \"Root\" and \"rOOt\" are the same field, "
                                            "the last one counts (line 1, column 18)");
    assert_null(json_exact(doc.root, "root"));
    assert_string_equal(json_exact(doc.root, "Root")->text, "1");
    assert_null(json_member(&doc, doc.root, "mounts"));
    assert_null(json_member(&doc, NULL, "mounts"));
    json_release(&doc);
    /* The order in the document decides, not the spelling. */
    doc = parse(f, "{\"root\":1,\"ROOT\":2}");
    assert_string_equal(json_member(&doc, doc.root, "root")->text, "2");
    json_release(&doc);
    assert_true(json_key_matches("selinuxlabel", "selinuxLabel"));
    assert_false(json_key_matches("root", "roo"));
    assert_false(json_key_matches("r\xC3\xB6t", "r\xC3\x96t")); /* ASCII only */
    assert_false(json_key_matches("a[", "a{"));
}

static void wrong_types_name_the_path(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc = parse(f, "{\"a\":[{\"b c\":1},\n[\"x\", 7]],\"n\":null}");
    const struct json *a = json_exact(doc.root, "a"), *b = json_exact(a->child, "b c");
    const char *text = "untouched", **list = NULL;
    bool flag;
    size_t n = 9;
    const struct json *object;
    assert_error(f, json_string(&doc, b, &text, &f->err), -EINVAL,
                 "f: spec.a[0][\"b c\"]: expected a string, found a number (line 1, column 14)");
    assert_string_equal(text, "untouched");
    assert_error(f, json_bool(&doc, a, &flag, &f->err), -EINVAL,
                 "f: spec.a: expected a boolean, found an array (line 1, column 6)");
    assert_error(f, json_strings(&doc, a->child->next, &list, &n, &f->err), -EINVAL,
                 "f: spec.a[1][1]: expected a string, found a number (line 2, column 7)");
    assert_error(f, json_object(&doc, a->child->next, &object, &f->err), -EINVAL,
                 "f: spec.a[1]: expected an object, found an array (line 2, column 1)");
    assert_error(f, json_array(&doc, doc.root, &object, &f->err), -EINVAL,
                 "f: spec: expected an array, found an object (line 1, column 1)");
    json_release(&doc);
}

static void null_and_absent_are_zero(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc = parse(f, "[null, [null, \"b\"]]");
    const struct json *none[] = {NULL, doc.root->child};
    for (size_t i = 0; i < 2; i++) {
        const char *text = "x", **list;
        bool flag = true;
        uint32_t u = 1;
        int64_t s = 1;
        size_t n = 1;
        const struct json *v = doc.root;
        assert_int_equal(json_string(&doc, none[i], &text, &f->err), 0);
        assert_string_equal(text, "");
        assert_int_equal(json_bool(&doc, none[i], &flag, &f->err), 0);
        assert_false(flag);
        assert_int_equal(json_u32(&doc, none[i], &u, &f->err), 0);
        assert_int_equal(u, 0);
        assert_int_equal(json_i64(&doc, none[i], &s, &f->err), 0);
        assert_int_equal(s, 0);
        assert_int_equal(json_strings(&doc, none[i], &list, &n, &f->err), 0);
        assert_int_equal(n, 0);
        assert_int_equal(json_object(&doc, none[i], &v, &f->err), 0);
        assert_null(v);
    }
    const char **list;
    size_t n;
    assert_int_equal(json_strings(&doc, doc.root->child->next, &list, &n, &f->err), 0);
    assert_int_equal(n, 2);
    assert_string_equal(list[0], "");
    assert_string_equal(list[1], "b");
    json_release(&doc);
}

static void integers_are_read_as_go_reads_them(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text;
        bool u_ok, i_ok;
        uint32_t u;
        int64_t i;
    } table[] = {
        {"0", true, true, 0, 0},
        {"4294967295", true, true, UINT32_MAX, UINT32_MAX},
        {"4294967296", false, true, 0, 4294967296},
        {"9223372036854775807", false, true, 0, INT64_MAX},
        {"9223372036854775808", false, false, 0, 0},
        {"-9223372036854775808", false, true, 0, INT64_MIN},
        {"-9223372036854775809", false, false, 0, 0},
        {"-1", false, true, 0, -1},
        {"99999999999999999999999999", false, false, 0, 0},
        {"1.0", false, false, 0, 0},
        {"1e3", false, false, 0, 0},
    };
    for (size_t k = 0; k < ARRAY_LEN(table); k++) {
        struct json_doc doc = parse(f, table[k].text);
        uint32_t u = 77;
        int64_t i = 77;
        int rc = json_u32(&doc, doc.root, &u, &f->err);
        assert_int_equal(rc, table[k].u_ok ? 0 : -EINVAL);
        assert_int_equal(u, table[k].u_ok ? table[k].u : 77);
        rc = json_i64(&doc, doc.root, &i, &f->err);
        assert_int_equal(rc, table[k].i_ok ? 0 : -EINVAL);
        assert_int_equal(i, table[k].i_ok ? table[k].i : 77);
        json_release(&doc);
    }
    struct json_doc doc = parse(f, "[4294967296, 1.5, \"1\"]");
    uint32_t u;
    const struct json *v = doc.root->child;
    assert_error(f, json_u32(&doc, v, &u, &f->err), -EINVAL,
                 "f: spec[0]: number 4294967296 is out of the range of uint32 (line 1, column 2)");
    assert_error(f, json_u32(&doc, v->next, &u, &f->err), -EINVAL,
                 "f: spec[1]: number 1.5 is no uint32 (line 1, column 14)");
    assert_error(f, json_u32(&doc, v->next->next, &u, &f->err), -EINVAL,
                 "f: spec[2]: expected a number, found a string (line 1, column 19)");
    json_release(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(keys_fold_and_the_last_one_counts),
        INPUT_TEST(wrong_types_name_the_path),
        INPUT_TEST(null_and_absent_are_zero),
        INPUT_TEST(integers_are_read_as_go_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
