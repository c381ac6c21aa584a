#include "fixture.h"

#define LINE(id) "{'id':'" id "','spec':{}}\n"

static void list(struct fixture *f, const char *line, int code, const char *want)
{
    size_t before = f->out_n;
    assert_int_equal(simrun(f, line), code);
    assert_string_equal(f->out + before, want);
}

static void globs_on_whole_names(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", LINE("a/1") LINE("a/2") LINE("b/1"));
    list(f, "list %", EXIT_FINE, "a/1\na/2\nb/1\n");
    list(f, "list % --filter a/*", EXIT_FINE, "a/1\na/2\n");
    list(f, "list % --filter *1", EXIT_FINE, "a/1\nb/1\n");
    list(f, "list % --filter a/1 --filter b/1", EXIT_FINE, "a/1\nb/1\n");
    list(f, "list % --filter a/* --exclude *2", EXIT_FINE, "a/1\n");
    list(f, "list % --filter a", EXIT_USAGE, "");
}

static void as_json(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s.jsonl", LINE("a/1"));
    assert_int_equal(simrun(f, "list % --format jsonl"), EXIT_FINE);
    assert_contains(f->out, "{\"name\":\"a/1\",\"kind\":\"suite\",\"file\":\"");
}

int main(void)
{
    const struct CMUnitTest select_tests[] = {test(globs_on_whole_names), test(as_json)};
    return cmocka_run_group_tests(select_tests, NULL, NULL);
}
