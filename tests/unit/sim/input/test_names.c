/* `@` names against paths of the host side. */
#include "fixture.h"
#include "input.h"

static const char line[] =
    "{\"id\":\"x\",\"rootfs\":[],\"sources\":{\"a\":[],\"ab\":[],\"b.c-d\":[]},"
    "\"spec\":{}}";

static void assert_shown(struct fixture *f, const char *text, const char *want)
{
    struct str shown;
    str_init(&shown, &f->d);
    case_show_text(&shown, text);
    assert_string_equal(str_get(&shown), want);
    str_release(&shown);
}

static void there_and_back(void **state)
{
    struct fixture *f = *state;
    static const char *const table[][2] = {
        {"@rootfs", "/.simrun/rootfs"},
        {"@rootfs/etc", "/.simrun/rootfs/etc"},
        {"@a", "/.simrun/src/a"},
        {"@ab/x/../y", "/.simrun/src/ab/x/../y"},
        {"@b.c-d/", "/.simrun/src/b.c-d/"},
        {"@a//x", "/.simrun/src/a//x"},
        {"@abc", "@abc"},
        {"@nope/x", "@nope/x"},
        {"@", "@"},
        {"", ""},
        {"/@a", "/@a"},
        {"x@a", "x@a"},
    };
    struct sim_case *c = suite_case(f, line);
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        char *real = case_real_path(c, &f->d, table[i][0]);
        assert_string_equal(real, table[i][1]);
        assert_shown(f, real, table[i][0]);
        mem_free(real);
    }
    case_free(c);
}

static void names_inside_of_texts(void **state)
{
    struct fixture *f = *state;
    static const char *const table[][2] = {
        {"I Mounted \"/.simrun/src/a\" to \"/x\" type bind",
         "I Mounted \"@a\" to \"/x\" type bind"},
        {"root=/.simrun/rootfs,x=/.simrun/src/ab/s: /.simrun/bundle/d",
         "root=@rootfs,x=@ab/s: @bundle/d"},
        {"/.simrun/rootfs2 /.simrun/rootfs-x /.simrun/rootfs", "/.simrun/rootfs2 /.simrun/rootfs-x "
                                                               "@rootfs"},
        {"/.simrun/ /.simrun", "/.simrun/ /.simrun"},
        {"nothing", "nothing"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        assert_shown(f, table[i][0], table[i][1]);
    }
    assert_true(case_text_is_shown("nothing"));
    assert_false(case_text_is_shown("of /.simrun/src/a"));
}

static void source_paths_are_clean_and_absolute(void **state)
{
    struct fixture *f = *state;
    struct sim_case *c = suite_case(f, line);
    assert_string_equal(case_source_path(c, "/dev/"), "/dev");
    assert_string_equal(case_source_path(c, "d/../e"), "/.simrun/bundle/e");
    assert_string_equal(case_source_path(c, "@a/x/"), "/.simrun/src/a/x");
    case_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(there_and_back),
        INPUT_TEST(names_inside_of_texts),
        INPUT_TEST(source_paths_are_clean_and_absolute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
