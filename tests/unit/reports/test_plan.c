#include "support.h"

struct names {
    char text[256];
};

static int add_name(void *arg, const char *name)
{
    struct names *names = arg;
    size_t used = strlen(names->text);
    (void)snprintf(names->text + used, sizeof names->text - used, "%s ", name);
    return 0;
}

static void what_is_pending_is_told_in_order(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_counts counts;
    struct names names = {{0}};
    OK(db, rep_plan(run, "z", NULL));
    OK(db, rep_plan(run, "a", NULL));
    OK(db, rep_plan(run, "m", NULL));
    assert_int_equal(rep_plan(run, "a", NULL), -EEXIST);
    assert_int_equal(rep_plan(run, "", NULL), -EINVAL);
    struct rep_node root = make_node("/", "dir");
    OK(db, record_tree(run, "a", &root, 1));
    OK(db, rep_run_end(run, REP_INTERRUPTED, "later", &counts));
    assert_int_equal(counts.planned, 3);
    assert_int_equal(counts.recorded, 1);
    assert_int_equal(counts.status[REP_PASS], 1);
    OK(db, rep_read_pending(db, "latest", add_name, &names));
    assert_string_equal(names.text, "z m ");
    OK(db, rep_run_resume(db, "latest", 0, &run));
    OK(db, record_tree(run, "z", &root, 1));
    OK(db, record_tree(run, "m", &root, 1));
    end_run(run);
    names.text[0] = '\0';
    OK(db, rep_read_pending(db, "latest", add_name, &names));
    assert_string_equal(names.text, "");
    rep_close(db);
}

static void each_part_counts(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    for (int i = 0; i < REP_PARTS; i++) {
        char name[32];
        struct rep_input input = {0};
        input.part[i] = (struct rep_bytes){"x", 1};
        (void)snprintf(name, sizeof name, "full%d", i);
        OK(db, rep_plan(run, name, &input));
        input.part[i].size = 0; /* present and empty */
        (void)snprintf(name, sizeof name, "empty%d", i);
        OK(db, rep_plan(run, name, &input));
    }
    OK(db, rep_plan(run, "none", NULL));
    end_run(run);
    assert_int_equal(count_rows(db, "input"), 2 * REP_PARTS + 1);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(what_is_pending_is_told_in_order),
        SCRATCH_TEST(each_part_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
