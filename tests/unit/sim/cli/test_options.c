#include "fixture.h"

static void a_word_is_a_path(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "corpus/ x.json"), 0);
    assert_int_equal(f->c.o.command, COMMAND_RUN);
    assert_int_equal(f->c.o.words.n, 2);
    assert_string_equal(f->c.o.words.p[1], "x.json");
}

static void a_first_word_can_be_a_subcommand(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "--db x.db show some/case --run=3"), 0);
    assert_int_equal(f->c.o.command, COMMAND_SHOW);
    assert_string_equal(f->c.o.words.p[0], "some/case");
    assert_string_equal(f->c.o.run, "3");
    assert_string_equal(f->c.o.db, "x.db");
}

/* The value of the last of several letters is no word, whatever it is called. */
static void a_value_behind_letters_is_no_word(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "-hj 4 run corpus"), 0);
    assert_int_equal(f->c.o.command, COMMAND_RUN);
    assert_int_equal(f->c.o.words.n, 1);
    assert_string_equal(f->c.o.words.p[0], "corpus");
    assert_int_equal(f->c.o.jobs, 4);
}

static void after_two_dashes_all_are_words(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "-- list -j2"), 0);
    assert_int_equal(f->c.o.command, COMMAND_RUN);
    assert_int_equal(f->c.o.words.n, 2);
}

static void a_dash_is_a_word(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "-"), 0);
    assert_string_equal(f->c.o.words.p[0], "-");
}

static void values_in_the_same_word_or_the_next(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "x -j4 --profile strict --label=a=b -q"), 0);
    assert_int_equal(f->c.o.jobs, 4);
    assert_string_equal(f->c.o.profile.p[0], "strict");
    assert_string_equal(f->c.o.label, "a=b");
    assert_true(f->c.o.quiet);
}

static void letters_stand_together(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "x -qj 3"), 0);
    assert_true(f->c.o.quiet);
    assert_int_equal(f->c.o.jobs, 3);
}

static void lists_are_repeatable_and_flags_can_be_false(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "x --filter a --filter b --overlay --overlay=false"), 0);
    assert_int_equal(f->c.o.filter.n, 2);
    assert_string_equal(f->c.o.filter.p[1], "b");
    assert_false(f->c.o.overlay);
}

static void refused(struct fixture *f, const char *line, const char *text)
{
    assert_int_equal(parse(f, line), -EINVAL);
    assert_string_equal(f->err.text, text);
    cli_options_release(&f->c.o);
    cli_options_init(&f->c.o, &f->d);
}

static void what_is_refused_and_why(void **state)
{
    struct fixture *f = *state;
    refused(f, "x --fliter y", "unknown option --fliter; did you mean --filter?");
    refused(f, "x --qqqqqqqq", "unknown option --qqqqqqqq");
    refused(f, "x -z", "unknown option -z");
    refused(f, "x --format xml",
            "--format: \"xml\" is none of: text jsonl csv tap "
            "junit sarif github mtree dot");
    refused(f, "x --format te",
            "--format: \"te\" is none of: text jsonl csv tap "
            "junit sarif github mtree dot");
    refused(f, "x -j two", "--jobs: \"two\" is no number from 0 to 1024");
    refused(f, "x -j 9999", "--jobs: \"9999\" is no number from 0 to 1024");
    refused(f, "x -j", "--jobs needs a value: N");
    refused(f, "x --quiet=maybe", "--quiet: \"maybe\" is neither true nor false");
    refused(f, "show a --fail-fast", "--fail-fast does not go with `simrun show`");
    refused(f, "show", "something is missing: usage: simrun show CASE");
    refused(f, "diff 1 2 3", "too many words: usage: simrun diff [A [B]]");
    refused(f, "", "something is missing: usage: simrun [run] PATH...");
}

int main(void)
{
    const struct CMUnitTest options_tests[] = {
        test(a_word_is_a_path),
        test(a_first_word_can_be_a_subcommand),
        test(a_value_behind_letters_is_no_word),
        test(after_two_dashes_all_are_words),
        test(a_dash_is_a_word),
        test(values_in_the_same_word_or_the_next),
        test(letters_stand_together),
        test(lists_are_repeatable_and_flags_can_be_false),
        test(what_is_refused_and_why),
    };
    return cmocka_run_group_tests(options_tests, NULL, NULL);
}
