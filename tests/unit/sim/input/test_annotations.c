/* dev.simrun.* */
#include "fixture.h"

#include <cjson/cJSON.h>

#define SPEC(annotations) "{\"ociVersion\":\"1\",\"annotations\":{" annotations "}}"

static void all_of_them(void **state)
{
    struct fixture *f = *state;
    struct sim_case *c =
        spec_case(f, SPEC("\"dev.simrun.file-access\":\"direct\",\"dev.simrun.overlay\":\"true\","
                          "\"dev.simrun.entry\":\"pipeline\",\"dev.simrun.restore\":\"true\","
                          "\"dev.simrun.rootfs\":\"default\",\"dev.simrun.sources\":\"made-up\","
                          "\"dev.simrun.ops\":\"[[\\\"read\\\",\\\"/x\\\"]]\","
                          "\"dev.simrun.expect\":\"{\\\"result\\\":\\\"ok\\\"}\","
                          "\"dev.simrun.expect-profile.strict\":\"{\\\"result\\\":\\\"error\\\"}\","
                          "\"dev.simrun.xfail\":\"later\",\"other.key\":\"x\""));
    assert_int_equal(c->config.file_access, ACCESS_DIRECT);
    assert_true(c->config.overlay && c->restore);
    assert_int_equal(c->entry, ENTRY_PIPELINE);
    assert_int_equal(c->n_ops, 1);
    assert_int_equal(c->ops[0].kind, OP_READ);
    assert_string_equal(c->ops[0].arg[0], "/x");
    assert_memory_equal(c->ops_text.p, "[[\"read\",\"/x\"]]", c->ops_text.n);
    assert_string_equal(cJSON_GetObjectItem(c->expect, "result")->valuestring, "ok");
    cJSON *strict = cJSON_GetObjectItem(c->expect_profile, "strict");
    assert_string_equal(cJSON_GetObjectItem(strict, "result")->valuestring, "error");
    assert_string_equal(c->xfail, "later");
    assert_int_equal(c->n_warnings, 0);
    assert_int_equal(c->spec.n_annotations, 11); /* they stay part of the spec */
    case_free(c);
}

static void without_them_the_options_count(void **state)
{
    struct fixture *f = *state;
    f->opt.config = (struct config){.file_access = ACCESS_PROXY, .overlay = true};
    struct sim_case *c = spec_case(f, SPEC(""));
    assert_int_equal(c->config.file_access, ACCESS_PROXY);
    assert_true(c->config.overlay);
    assert_int_equal(c->entry, ENTRY_RUNSC);
    assert_null(c->expect);
    assert_null(c->xfail);
    case_free(c);
    f->opt.entry = ENTRY_PIPELINE;
    c = spec_case(f, SPEC("\"dev.simrun.overlay\":\"false\""));
    assert_int_equal(c->entry, ENTRY_PIPELINE);
    assert_false(c->config.overlay);
    case_free(c);
}

static void unknown_ones_are_told(void **state)
{
    struct fixture *f = *state;
    struct sim_case *c = spec_case(f, SPEC("\"dev.simrun.Overlay\":\"true\""));
    assert_false(c->config.overlay);
    assert_int_equal(c->n_warnings, 1);
    assert_string_equal(c->warnings[0], "f: unknown annotation \"dev.simrun.Overlay\"");
    case_free(c);
}

/* proves: PQ-01 */
static void wrong_values(void **state)
{
    struct fixture *f = *state;
    assert_no_case(
        f, CASE_SPEC, SPEC("\"dev.simrun.file-access\":\"proxy-shared\""),
        "f: spec.annotations[\"dev.simrun.file-access\"]: \"proxy-shared\" is not proxy, "
        "proxy-exclusive or direct (line 1, column 59)");
    assert_no_case(f, CASE_SPEC, SPEC("\"dev.simrun.overlay\":\"yes\""),
                   "f: spec.annotations[\"dev.simrun.overlay\"]: \"yes\" is not true or false "
                   "(line 1, column 55)");
    assert_no_case(f, CASE_SPEC, SPEC("\"dev.simrun.entry\":\"\""),
                   "f: spec.annotations[\"dev.simrun.entry\"]: \"\" is not pipeline or runsc "
                   "(line 1, column 53)");
    assert_no_case(f, CASE_SPEC, SPEC("\"dev.simrun.sources\":\"x\""),
                   "f: spec.annotations[\"dev.simrun.sources\"]: \"x\" is not host or made-up "
                   "(line 1, column 55)");
    assert_no_case(f, CASE_SPEC, SPEC("\"dev.simrun.rootfs\":\"\""),
                   "f: spec.annotations[\"dev.simrun.rootfs\"]: \"\" is not default or a path "
                   "(line 1, column 54)");
    assert_no_case(f, CASE_SPEC, SPEC("\"dev.simrun.ops\":\"[[\\\"x\\\"]]\""),
                   "f: annotation dev.simrun.ops: [0][0]: unknown operation \"x\" "
                   "(line 1, column 3)");
    assert_no_case(f, CASE_SPEC, SPEC("\"dev.simrun.expect\":\"{\""),
                   "f: annotation dev.simrun.expect: expected a key in double quotes, found the "
                   "end (line 1, column 2)");
    assert_no_case(f, CASE_SPEC, SPEC("\"dev.simrun.expect\":\"[]\""),
                   "f: annotation dev.simrun.expect: expected an object, found an array "
                   "(line 1, column 1)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(all_of_them),
        INPUT_TEST(without_them_the_options_count),
        INPUT_TEST(unknown_ones_are_told),
        INPUT_TEST(wrong_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
