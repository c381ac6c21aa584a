/* Suite lines. */
#include "fixture.h"

#include <cjson/cJSON.h>
#include <stdio.h>

static void a_whole_line(void **state)
{
    struct fixture *f = *state;
    struct sim_case *c = suite_case(
        f, "{\"id\":\"s/1\",\"conf\":{\"file_access\":\"direct\",\"overlay\":true},"
           "\"rootfs\":[{\"path\":\"etc\",\"type\":\"dir\"}],"
           "\"sources\":{\"src0\":[],\"f\":{\"type\":\"file\",\"content\":\"x\"}},"
           "\"spec\":{\"root\":{\"path\":\"@rootfs\"},\"mounts\":["
           "{\"destination\":\"/a\",\"type\":\"bind\",\"source\":\"@src0/sub\"},"
           "{\"destination\":\"/b\",\"type\":\"bind\",\"source\":\"@nope\"},"
           "{\"destination\":\"/c\",\"type\":\"bind\",\"source\":\"/x\"}]},"
           "\"ops\":[[\"read\",\"/\"]],\"restore\":true,\"xfail\":\"why\",\"comment\":\"c\","
           "\"expect\":{\"result\":\"ok\"}}");
    assert_string_equal(c->name, "s/1");
    assert_string_equal(c->file, "f");
    assert_int_equal(c->line, 1);
    assert_int_equal(c->kind, CASE_SUITE);
    assert_int_equal(c->entry, ENTRY_PIPELINE);
    assert_int_equal(c->config.file_access, ACCESS_DIRECT);
    assert_true(c->config.overlay && c->restore && c->has_rootfs);
    assert_int_equal(c->n_trees, 3);
    assert_string_equal(c->trees[0].name, "@rootfs");
    assert_string_equal(c->trees[0].path, "/.simrun/rootfs");
    assert_string_equal(c->trees[1].path, "/.simrun/src/src0");
    assert_int_equal(entry_at(&c->trees[2], "")->type, HOST_FILE);
    assert_string_equal(c->spec.root_path, "@rootfs");
    assert_string_equal(c->real.root_path, "/.simrun/rootfs");
    assert_string_equal(c->spec.mounts[0].source, "@src0/sub");
    assert_string_equal(c->real.mounts[0].source, "/.simrun/src/src0/sub");
    assert_string_equal(c->real.mounts[1].source, "@nope");
    assert_string_equal(c->real.mounts[2].source, "/x");
    assert_string_equal(c->real.mounts[2].destination, "/c");
    assert_int_equal(c->n_ops, 1);
    assert_string_equal(c->xfail, "why");
    assert_string_equal(cJSON_GetObjectItem(c->expect, "result")->valuestring, "ok");
    assert_int_equal(c->n_warnings, 0);
    assert_int_equal(c->n_findings, 0);
    assert_memory_equal(c->ops_text.p, "[[\"read\",\"/\"]]", c->ops_text.n);
    assert_memory_equal(c->conf_text.p, "{\"file_access\"", 14);
    assert_memory_equal(c->rootfs_text.p + c->rootfs_text.n - 7, "\"dir\"}]", 7);
    assert_int_equal(c->spec_text.p[c->spec_text.n - 1], '}');
    assert_int_equal(c->sources_text.p[0], '{');
    case_free(c);
}

static void what_a_line_may_leave_out(void **state)
{
    struct fixture *f = *state;
    f->opt.config = (struct config){.file_access = ACCESS_PROXY, .overlay = true};
    struct sim_case *c = suite_case(f, "{\"id\":\"x\",\"conf\":{\"entry\":\"runsc\"},\"spec\":{}}");
    assert_int_equal(c->config.file_access, ACCESS_PROXY);
    assert_true(c->config.overlay);
    assert_int_equal(c->entry, ENTRY_RUNSC);
    assert_false(c->spec.has_root || c->restore);
    assert_int_equal(entry_at(&c->trees[0], "etc/passwd")->type, HOST_FILE); /* the default */
    assert_null(c->expect);
    assert_null(c->xfail);
    assert_int_equal(c->ops_text.n, 0);
    case_free(c);
    c = suite_case(
        f, "{\"id\":\"x\",\"rootfs\":\"default\",\"conf\":{\"overlay\":false},\"spec\":{}}");
    assert_int_equal(entry_at(&c->trees[0], "tmp")->mode, 01777);
    assert_false(c->config.overlay);
    case_free(c);
    c = suite_case(f, "{\"id\":\"x\",\"rootfs\":[],\"spec\":{}}");
    assert_int_equal(c->trees[0].manifest->n, 0);
    case_free(c);
}

static void bad_lines(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *line, *error;
    } table[] = {
        {"[]", "f: a suite line is an object, found an array (line 1, column 1)"},
        {"{\"spec\":{}}",
         "f: a suite line needs an \"id\" of 1 to 4095 bytes (LIMIT_CASE_NAME) (line 1, column 1)"},
        {"{\"id\":\"\",\"spec\":{}}",
         "f: id: a suite line needs an \"id\" of 1 to 4095 bytes (LIMIT_CASE_NAME) "
         "(line 1, column 7)"},
        {"{\"id\":1,\"spec\":{}}", "f: id: expected a string, found a number (line 1, column 7)"},
        {"{\"id\":\"x\"}", "f: a suite line needs a \"spec\" (line 1, column 1)"},
        {"{\"id\":\"x\",\"spec\":[]}",
         "f: spec: expected an object, found an array (line 1, column 18)"},
        {"{\"id\":\"x\",\"spec\":{\"mounts\":[{\"type\":1}]}}",
         "f: spec.mounts[0].type: expected a string, found a number (line 1, column 37)"},
        {"{\"id\":\"x\",\"conf\":{\"file_access\":\"Proxy\"},\"spec\":{}}",
         "f: conf.file_access: invalid file access type \"Proxy\" (line 1, column 33)"},
        {"{\"id\":\"x\",\"conf\":{\"overlay\":\"no\"},\"spec\":{}}",
         "f: conf.overlay: expected a boolean, found a string (line 1, column 29)"},
        {"{\"id\":\"x\",\"conf\":{\"entry\":\"boot\"},\"spec\":{}}",
         "f: conf.entry: entry \"boot\" is neither pipeline nor runsc (line 1, column 27)"},
        {"{\"id\":\"x\",\"sources\":{\"a/b\":[]},\"spec\":{}}",
         "f: sources[\"a/b\"]: \"a/b\" cannot be the name of a source (line 1, column 28)"},
        {"{\"id\":\"x\",\"sources\":{\"rootfs\":[]},\"spec\":{}}",
         "f: sources.rootfs: \"rootfs\" cannot be the name of a source (line 1, column 31)"},
        {"{\"id\":\"x\",\"sources\":{\"..\":[]},\"spec\":{}}",
         "f: sources[\"..\"]: \"..\" cannot be the name of a source (line 1, column 27)"},
        {"{\"id\":\"x\",\"rootfs\":7,\"spec\":{}}",
         "f: rootfs: expected a list of entries or one entry, found a number (line 1, column 20)"},
        {"{\"id\":\"x\",\"spec\":{},\"restore\":1}",
         "f: restore: expected a boolean, found a number (line 1, column 31)"},
        {"{\"id\":\"x\",\"spec\":{},\"xfail\":true}",
         "f: xfail: expected a string, found a boolean (line 1, column 29)"},
        {"{\"id\":\"x\",\"spec\":{},\"expect\":[]}",
         "f: expect: expected an object, found an array (line 1, column 30)"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        assert_no_case(f, CASE_SUITE, table[i].line, table[i].error);
    }
}

static void long_names(void **state)
{
    struct fixture *f = *state;
    char text[LIMIT_CASE_NAME + 64], id[LIMIT_CASE_NAME + 1];
    memset(id, 'n', sizeof(id));
    id[LIMIT_CASE_NAME - 1] = '\0';
    snprintf(text, sizeof(text), "{\"id\":\"%s\",\"spec\":{}}", id);
    case_free(suite_case(f, text));
    id[LIMIT_CASE_NAME - 1] = 'n';
    id[LIMIT_CASE_NAME] = '\0';
    snprintf(text, sizeof(text), "{\"id\":\"%s\",\"spec\":{}}", id);
    assert_no_case(f, CASE_SUITE, text,
                   "f: id: a suite line needs an \"id\" of 1 to 4095 bytes (LIMIT_CASE_NAME) "
                   "(line 1, column 7)");
}

static void duplicates_and_unknown_keys_are_told(void **state)
{
    struct fixture *f = *state;
    struct sim_case *c = suite_case(
        f,
        "{\"id\":\"a\",\"id\":\"b\",\"expects\":{},\"conf\":{\"fileAccess\":\"x\"},\"spec\":{}}");
    assert_string_equal(c->name, "b");
    assert_int_equal(c->n_warnings, 3);
    assert_string_equal(c->warnings[0], "f: key \"id\" comes twice, the one at line 1, column 7 is "
                                        "ignored (line 1, column 16)");
    assert_string_equal(c->warnings[1], "f: unknown key \"fileAccess\" (line 1, column 54)");
    assert_string_equal(c->warnings[2], "f: unknown key \"expects\" (line 1, column 30)");
    case_free(c);
}

static void no_files_where_none_are_allowed(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "{\"id\":\"x\",\"rootfs\":\"/etc\",\"spec\":{}}";
    struct sim_case *c;
    f->opt.no_files = true;
    int rc = case_from_bytes(&f->d, &f->opt, CASE_SUITE, "f", text, sizeof(text) - 1, &c, &f->err);
    assert_error(f, rc, -EPERM, "root file system: /etc: no files are opened here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(a_whole_line),
        INPUT_TEST(what_a_line_may_leave_out),
        INPUT_TEST(bad_lines),
        INPUT_TEST(long_names),
        INPUT_TEST(duplicates_and_unknown_keys_are_told),
        INPUT_TEST(no_files_where_none_are_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
