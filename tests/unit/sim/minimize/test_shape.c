#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shape.h"

struct fixture {
    struct domain d;
    struct shape s;
    struct str text;
};

static void open_shape(struct fixture *f, enum case_kind kind, const char *text)
{
    struct error err = {0};
    domain_init(&f->d, "test", PROFILE_GVISOR_2018_08_14);
    str_init(&f->text, &f->d);
    assert_int_equal(shape_open(&f->d, kind, "/tmp/x.jsonl", text, strlen(text), &f->s, &err), 0);
}

static void close_shape(struct fixture *f)
{
    shape_release(&f->s);
    str_release(&f->text);
    assert_int_equal(domain_close(&f->d, NULL, NULL), 0);
}

static const char *rendered(struct fixture *f, const char *id)
{
    str_release(&f->text);
    str_init(&f->text, &f->d);
    shape_render(&f->s, id, &f->text);
    return str_get(&f->text);
}

/* The unit whose bytes are `bytes`, at this level. */
static size_t find(const struct fixture *f, const char *bytes)
{
    for (size_t i = 0; i < f->s.n; i++) {
        const struct json *v = f->s.units[i].v;
        if (v->end - v->start == strlen(bytes) &&
            memcmp(f->s.doc.bytes + v->start, bytes, strlen(bytes)) == 0) {
            return i;
        }
    }
    fail_msg("no unit %s", bytes);
    return 0;
}

/* Values keep their bytes; only white space between them goes. */
static void renders_what_was_read(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"{\"id\": \"a\", \"spec\" : {\"x\":1e400, \"y\":[null,true, \"\\u0041\"]}}",
         "{\"id\":\"a\",\"spec\":{\"x\":1e400,\"y\":[null,true,\"\\u0041\"]}}"},
        {"{\"id\":\"a\",\"spec\":{},\"ops\":[]}", "{\"id\":\"a\",\"spec\":{},\"ops\":[]}"},
        {"{\"k\":1,\"k\":2}", "{\"k\":1,\"k\":2}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct fixture f;
        open_shape(&f, CASE_SUITE, texts[i][0]);
        assert_string_equal(rendered(&f, NULL), texts[i][1]);
        close_shape(&f);
    }
}

static void leaves_parts_out(void **state)
{
    (void)state;
    struct fixture f;
    open_shape(&f, CASE_SUITE,
               "{\"id\":\"a\",\"spec\":{\"mounts\":[{\"d\":1},{\"d\":2}],\"z\":3}}");
    f.s.units[find(&f, "{\"d\":1}")].gone = true;
    assert_string_equal(rendered(&f, NULL),
                        "{\"id\":\"a\",\"spec\":{\"mounts\":[{\"d\":2}],\"z\":3}}");
    f.s.units[find(&f, "3")].gone = true;
    assert_string_equal(rendered(&f, "new"), "{\"id\":\"new\",\"spec\":{\"mounts\":[{\"d\":2}]}}");
    f.s.empty_root = true;
    assert_string_equal(rendered(&f, NULL),
                        "{\"id\":\"a\",\"spec\":{\"mounts\":[{\"d\":2}]},\"rootfs\":[]}");
    size_t level[32], counts[PART_COUNT];
    assert_int_equal(shape_level(&f.s, 1, level), 0); /* id and spec are needed */
    assert_int_equal(shape_level(&f.s, 2, level), 1); /* mounts; z is gone */
    assert_int_equal(shape_level(&f.s, 3, level), 1);
    assert_int_equal(shape_level(&f.s, 4, level), 1);
    shape_count(&f.s, counts);
    assert_int_equal(counts[PART_MOUNTS], 1);
    assert_int_equal(counts[PART_OPTIONS], 0);
    close_shape(&f);
}

/* An operation goes as a whole, names of files count from the case's folder. */
static void operations_and_names(void **state)
{
    (void)state;
    struct fixture f;
    size_t level[32];
    open_shape(&f, CASE_SUITE,
               "{\"id\":\"a\",\"spec\":{},\"rootfs\":\"r.json\",\"ops\":[[\"stat\",\"/\"]]}");
    assert_true(shape_has_shared_root(&f.s));
    assert_int_equal(shape_level(&f.s, 1, level), 1);
    assert_int_equal(shape_level(&f.s, 2, level), 1);
    assert_int_equal(shape_level(&f.s, 3, level), 0);
    assert_non_null(strstr(rendered(&f, "x"), "\"rootfs\":\"/tmp/r.json\""));
    assert_non_null(strstr(rendered(&f, NULL), "\"rootfs\":\"r.json\""));
    f.s.empty_root = true;
    assert_non_null(strstr(rendered(&f, NULL), "\"rootfs\":[],\"ops\""));
    close_shape(&f);
    open_shape(&f, CASE_SPEC,
               "{\"ociVersion\":\"1\",\"annotations\":{\"dev.simrun.rootfs\":\"d\",\"o\":\"d\"}}");
    assert_false(shape_has_shared_root(&f.s));
    assert_string_equal(
        rendered(&f, "x"),
        "{\"ociVersion\":\"1\",\"annotations\":{\"dev.simrun.rootfs\":\"/tmp/d\",\"o\":\"d\"}}");
    close_shape(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_what_was_read),
        cmocka_unit_test(leaves_parts_out),
        cmocka_unit_test(operations_and_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
