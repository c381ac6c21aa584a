#include "support.h"

struct list {
    char text[512];
    struct rep_hash input[8];
    size_t n;
    int code; /* what the second call gives */
};

static int outcome(void *arg, const struct rep_outcome *o)
{
    struct list *l = arg;
    size_t used = strlen(l->text);
    (void)snprintf(l->text + used, sizeof l->text - used, "%s:%s:%s:%d ", o->name, o->result,
                   rep_status_name(o->status), o->flaky);
    l->input[l->n++] = o->input;
    return l->n == 2 ? l->code : 0;
}

static int planned(void *arg, const char *name, bool recorded)
{
    struct list *l = arg;
    size_t used = strlen(l->text);
    (void)snprintf(l->text + used, sizeof l->text - used, "%s:%d ", name, recorded);
    return ++l->n == 2 ? l->code : 0;
}

static struct rep_db *fill(struct scratch *t, const struct rep_input *input)
{
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, "x");
    for (const char *name = "a\0b\0c\0d\0"; *name; name += 2) {
        OK(db, rep_plan(run, name, NULL));
    }
    OK(db, rep_record(run, &(struct rep_result){
                               .name = "a", .result = "ok", .status = REP_PASS, .input = input}));
    OK(db,
       rep_record(run, &(struct rep_result){.name = "b", .result = "crash", .status = REP_FAIL}));
    OK(db,
       rep_record(run, &(struct rep_result){
                           .name = "c", .result = "error", .status = REP_RECORDED, .flaky = true}));
    OK(db, rep_run_end(run, REP_INTERRUPTED, "t", NULL));
    return db;
}

static void outcomes_and_inputs(void **state)
{
    const struct rep_input input = {{[REP_SPEC] = {"{}", 2}}}, none = {0};
    struct rep_db *db = fill(*state, &input);
    struct list l = {0};
    OK(db, rep_read_outcomes(db, "x", outcome, &l));
    assert_string_equal(l.text, "a:ok:pass:0 b:crash:fail:0 c:error:recorded:1 ");
    struct rep_hash a = rep_input_hash(&input), b = rep_input_hash(&none);
    assert_memory_equal(&l.input[0], &a, sizeof a);
    assert_memory_equal(&l.input[1], &b, sizeof b);
    assert_memory_not_equal(&a, &b, sizeof a);
    l = (struct list){.code = 7};
    assert_int_equal(rep_read_outcomes(db, "x", outcome, &l), 7);
    assert_int_equal(l.n, 2);
    assert_int_equal(rep_read_outcomes(db, "nobody", outcome, &l), -ENOENT);
    rep_close(db);
}

static void the_plan_tells_what_is_recorded(void **state)
{
    struct rep_db *db = fill(*state, NULL);
    struct list l = {0};
    OK(db, rep_read_plan(db, "x", planned, &l));
    assert_string_equal(l.text, "a:1 b:1 c:1 d:0 ");
    l = (struct list){.code = -EINTR};
    assert_int_equal(rep_read_plan(db, "x", planned, &l), -EINTR);
    assert_int_equal(rep_read_plan(db, "99", planned, &l), -ENOENT);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(outcomes_and_inputs),
        SCRATCH_TEST(the_plan_tells_what_is_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
