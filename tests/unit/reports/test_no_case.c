#include "support.h"

static void record_names(struct rep_db *db, const char *const *names)
{
    struct rep_run *run = begin_run(db, NULL);
    struct rep_result result = {.result = "ok"};
    for (; *names; names++) {
        result.name = *names;
        OK(db, rep_record(run, &result));
    }
    end_run(run);
}

static const char *const first[] = {"suite/one", "suite/two", "specs/podman.json", NULL};
static const char *const second[] = {"suite/one", "suite/three", NULL};

static struct rep_db *filled(struct scratch *t)
{
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    record_names(db, first);
    record_names(db, second);
    return db;
}

static void assert_told(struct rep_db *db, int64_t run, const char *name, const char *text)
{
    assert_int_equal(rep_fail_no_case(db, run, "latest", name), -ENOENT);
    const char *told = rep_error_text(db);
    const char *at = strstr(told, text);
    if (!at || at[strlen(text)] != '\0') {
        fail_msg("%s: \"%s\" does not end with \"%s\"", name, told, text);
    }
}

static void another_run_that_has_it_is_named(void **state)
{
    struct rep_db *db = filled(*state);
    assert_told(db, 2, "suite/two",
                "run latest has no result of the case suite/two; run 1 has one");
    assert_told(db, 1, "suite/three", "; run 2 has one");
    rep_close(db);
}

static void a_part_of_a_name_is_enough_for_a_hint(void **state)
{
    struct rep_db *db = filled(*state);
    assert_told(db, 1, "podman", "; did you mean specs/podman.json?");
    assert_told(db, 1, "corpus/specs/podman.json", "; did you mean specs/podman.json?");
    assert_told(db, 2, "three", "; did you mean suite/three?");
    rep_close(db);
}

static void a_name_spelled_alike_is_hinted_at(void **state)
{
    struct rep_db *db = filled(*state);
    assert_told(db, 2, "suite/noe", "; did you mean suite/one?");
    assert_told(db, 0, "suite/tow", "no run has the case suite/tow; did you mean suite/two?");
    rep_close(db);
}

static void what_is_like_nothing_gets_no_hint(void **state)
{
    struct rep_db *db = filled(*state);
    assert_told(db, 2, "x", "the case x");
    assert_told(db, 2, "", "the case ");
    assert_told(db, 0, "entirely-different", "no run has the case entirely-different");
    rep_close(db);
}

/* What reads one case says it. */
static void readers_say_it(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    assert_int_equal(rep_show(db, "latest", "suite/tree", &t->sink), -ENOENT);
    assert_contains(rep_error_text(db), "did you mean suite/three?");
    assert_int_equal(rep_history(db, NULL, "suite/wo", &t->sink, REP_FORMAT_TEXT, NULL), -ENOENT);
    assert_contains(rep_error_text(db), "did you mean suite/two?");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(another_run_that_has_it_is_named),
        SCRATCH_TEST(a_part_of_a_name_is_enough_for_a_hint),
        SCRATCH_TEST(a_name_spelled_alike_is_hinted_at),
        SCRATCH_TEST(what_is_like_nothing_gets_no_hint),
        SCRATCH_TEST(readers_say_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
