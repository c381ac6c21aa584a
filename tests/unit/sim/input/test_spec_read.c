/* OCI specs: the contract's fields, typed. */
#include "fixture.h"
#include "input.h"

#include <stdio.h>

static void read_spec(struct fixture *f, struct json_doc *doc, const char *text, struct spec *s)
{
    *doc = parse(f, text);
    assert_int_equal(spec_read(doc, doc->root, s, &f->err), 0);
}

static void assert_bad(struct fixture *f, const char *text, const char *error)
{
    struct json_doc doc = parse(f, text);
    struct spec s = {.root_path = "untouched"};
    assert_error(f, spec_read(&doc, doc.root, &s, &f->err), -EINVAL, error);
    assert_string_equal(s.root_path, "untouched");
    json_release(&doc);
}

static void all_fields(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc;
    struct spec s;
    read_spec(f, &doc,
              "{\"ociVersion\":\"1.0\",\"root\":{\"path\":\"r\",\"readonly\":true},"
              "\"mounts\":[{\"destination\":\"/d\",\"type\":\"t\",\"source\":\"s\",\"options\":"
              "[\"a\",\"b\"]},{}],\"process\":{\"args\":[\"x\"],\"env\":[\"A=1\",\"B=2\"],"
              "\"cwd\":\"/c\",\"selinuxLabel\":\"l\",\"apparmorProfile\":\"p\"},"
              "\"annotations\":{\"k\":\"v\"},\"linux\":{\"seccomp\":{}},\"solaris\":{},"
              "\"windows\":{},\"hooks\":{}}",
              &s);
    assert_true(s.has_root && s.root_readonly && s.has_process && s.has_seccomp && s.has_solaris &&
                s.has_windows);
    assert_string_equal(s.root_path, "r");
    assert_int_equal(s.n_mounts, 2);
    assert_string_equal(s.mounts[0].destination, "/d");
    assert_string_equal(s.mounts[0].type, "t");
    assert_string_equal(s.mounts[0].source, "s");
    assert_int_equal(s.mounts[0].n_options, 2);
    assert_string_equal(s.mounts[0].options[1], "b");
    assert_string_equal(s.mounts[1].destination, "");
    assert_string_equal(s.mounts[1].type, "");
    assert_string_equal(s.mounts[1].source, "");
    assert_int_equal(s.mounts[1].n_options, 0);
    assert_string_equal(s.args[0], "x");
    assert_int_equal(s.n_env, 2);
    assert_string_equal(s.cwd, "/c");
    assert_string_equal(s.selinux_label, "l");
    assert_string_equal(s.apparmor_profile, "p");
    assert_int_equal(s.n_annotations, 1);
    assert_string_equal(s.annotations[0][0], "k");
    assert_string_equal(s.annotations[0][1], "v");
    json_release(&doc);
}

static void nothing_and_null(void **state)
{
    struct fixture *f = *state;
    static const char nulls[] =
        "{\"root\":null,\"mounts\":null,\"process\":null,\"annotations\":null,\"linux\":null,"
        "\"solaris\":null,\"windows\":null,\"hooks\":null}";
    static const char *const texts[] = {"{}", "null", nulls};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct json_doc doc;
        struct spec s;
        read_spec(f, &doc, texts[i], &s);
        assert_false(s.has_root || s.has_process || s.has_seccomp || s.has_solaris ||
                     s.has_windows);
        assert_string_equal(s.root_path, "");
        assert_string_equal(s.cwd, "");
        assert_int_equal(s.n_mounts + s.n_annotations + s.n_args, 0);
        json_release(&doc);
    }
    struct json_doc doc;
    struct spec s;
    read_spec(f, &doc, "{\"mounts\":[null,{\"options\":[null]}],\"linux\":{\"seccomp\":null}}", &s);
    assert_int_equal(s.n_mounts, 2);
    assert_string_equal(s.mounts[0].source, "");
    assert_string_equal(s.mounts[1].options[0], "");
    assert_false(s.has_seccomp);
    json_release(&doc);
}

static void keys_in_any_case_and_twice(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc;
    struct spec s;
    read_spec(f, &doc,
              "{\"ROOT\":{\"Path\":\"a\"},\"root\":{\"path\":\"b\",\"PATH\":\"c\"},"
              "\"process\":{\"SELinuxLabel\":\"l\"},"
              "\"annotations\":{\"k\":\"1\",\"K\":\"2\",\"k\":\"3\"}}",
              &s);
    assert_string_equal(s.root_path, "c");
    assert_string_equal(s.selinux_label, "l");
    assert_int_equal(s.n_annotations, 2); /* a map: its keys do not fold */
    assert_string_equal(s.annotations[0][0], "K");
    assert_string_equal(s.annotations[1][1], "3");
    assert_int_equal(doc.n_warnings, 3);
    json_release(&doc);
}

static void types_are_checked(void **state)
{
    struct fixture *f = *state;
    assert_bad(f, "[]", "f: spec: expected an object, found an array (line 1, column 1)");
    assert_bad(f, "{\n\"mounts\":[{},{},{},\n {\"options\":[\"a\",5]}]}",
               "f: spec.mounts[3].options[1]: expected a string, found a number "
               "(line 3, column 18)");
    assert_bad(f, "{\"root\":\"x\"}",
               "f: spec.root: expected an object, found a string (line 1, column 9)");
    assert_bad(f, "{\"Root\":{\"ReadOnly\":\"true\"}}",
               "f: spec.Root.ReadOnly: expected a boolean, found a string (line 1, column 21)");
    assert_bad(f, "{\"mounts\":{}}",
               "f: spec.mounts: expected an array, found an object (line 1, column 11)");
    assert_bad(f, "{\"mounts\":[1]}",
               "f: spec.mounts[0]: expected an object, found a number (line 1, column 12)");
    assert_bad(f, "{\"mounts\":[{\"source\":false}]}",
               "f: spec.mounts[0].source: expected a string, found a boolean (line 1, column 22)");
    assert_bad(f, "{\"process\":{\"args\":\"sh\"}}",
               "f: spec.process.args: expected an array, found a string (line 1, column 20)");
    assert_bad(f, "{\"annotations\":{\"a.b\":1}}",
               "f: spec.annotations[\"a.b\"]: expected a string, found a number "
               "(line 1, column 23)");
    assert_bad(f, "{\"linux\":{\"seccomp\":[]}}",
               "f: spec.linux.seccomp: expected an object, found an array (line 1, column 21)");
    assert_bad(f, "{\"hooks\":[]}",
               "f: spec.hooks: expected an object, found an array (line 1, column 10)");
}

/* Fields that the contract does not name are not looked at. */
static void other_fields_are_free(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc;
    struct spec s;
    read_spec(f, &doc, "{\"ociVersion\":7,\"hostname\":[],\"linux\":{\"resources\":3}}", &s);
    assert_false(s.has_seccomp);
    json_release(&doc);
}

static void mounts_and_options_are_bounded(void **state)
{
    struct fixture *f = *state;
    size_t room = 4 * (size_t)LIMIT_SPEC_MOUNTS + 64;
    char *text = malloc(room), *p;
    assert_non_null(text);
    for (int over = 0; over < 2; over++) {
        p = text + sprintf(text, "{\"mounts\":[");
        for (int i = 0; i < LIMIT_SPEC_MOUNTS + over; i++) {
            p += sprintf(p, "{},");
        }
        memcpy(p - 1, "]}", 3);
        if (over) {
            assert_bad(f, text,
                       "f: spec.mounts: more than 10000 mounts (LIMIT_SPEC_MOUNTS) "
                       "(line 1, column 11)");
        } else {
            struct json_doc doc;
            struct spec s;
            read_spec(f, &doc, text, &s);
            assert_int_equal(s.n_mounts, LIMIT_SPEC_MOUNTS);
            json_release(&doc);
        }
    }
    p = text + sprintf(text, "{\"mounts\":[{\"options\":[");
    for (int i = 0; i <= LIMIT_MOUNT_OPTIONS; i++) {
        p += sprintf(p, "\"\",");
    }
    memcpy(p - 1, "]}]}", 5);
    assert_bad(f, text,
               "f: spec.mounts[0].options: more than 10000 options (LIMIT_MOUNT_OPTIONS) "
               "(line 1, column 23)");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(all_fields),
        INPUT_TEST(nothing_and_null),
        INPUT_TEST(keys_in_any_case_and_twice),
        INPUT_TEST(types_are_checked),
        INPUT_TEST(other_fields_are_free),
        INPUT_TEST(mounts_and_options_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
