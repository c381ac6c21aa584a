#include "support.h"

#include "merge.h"

static void fill(const char *path, const char *label)
{
    struct rep_db *db = open_or_fail(path, REP_CREATE);
    struct rep_run *run = begin_run(db, label);
    struct rep_node root = make_node("/", "dir");
    OK(db, record_tree(run, "c", &root, 1));
    end_run(run);
    rep_close(db);
}

static void rows_move_with_other_numbers(void **state)
{
    struct scratch *t = *state;
    char other[160];
    (void)snprintf(other, sizeof other, "%s/o.db", t->dir);
    fill(t->path, "here");
    fill(other, "there");
    struct rep_db *into = open_or_fail(t->path, REP_WRITE);
    struct rep_db *from = open_or_fail(other, REP_READ);
    OK(into, rep_sql_exec(into, "ALTER TABLE run ADD COLUMN only_here TEXT DEFAULT 'x'", "alter"));
    /* A column that the other file lacks is told, by the file that is written. */
    const struct rep_copy run = {
        .table = "run", .where = "WHERE id = ?1", .run = 1, .map = {{"id", true, false, 6}}};
    assert_int_equal(rep_copy_rows(into, from, &run), -EINVAL);
    assert_contains(rep_error_text(into), "only_here");
    OK(into, rep_sql_exec(into, "ALTER TABLE run DROP COLUMN only_here", "alter"));
    OK(into, rep_copy_rows(into, from, &run));
    assert_int_equal(query_int(into, "SELECT id FROM run WHERE label = 'there'"), 7);
    /* What is there is not inserted again; a guard keeps rows out. */
    OK(into, rep_copy_rows(into, from, &run));
    OK(into, rep_copy_rows(into, from, &(struct rep_copy){.table = "blob", .guard = "false"}));
    assert_int_equal(count_rows(into, "run"), 2);
    rep_close(from);
    rep_close(into);
}

static bool same_command(struct rep_db *db, const char *a, const char *b)
{
    struct rep_buf x = {0};
    struct rep_buf y = {0};
    OK(db, rep_command_key(db, a, &x));
    OK(db, rep_command_key(db, b, &y));
    bool same = x.size == y.size && memcmp(x.data, y.data, x.size) == 0;
    rep_buf_release(&x);
    rep_buf_release(&y);
    return same;
}

static void what_each_machine_has_of_its_own_does_not_count(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    static const char one[] =
        "[\"simrun\",\"--shard\",\"1/4\",\"--profile\",\"strict\",\"corpus\"]";
    assert_true(same_command(db, one,
                             "[\"/x/simrun\",\"--shard=2/"
                             "4\",\"-j8\",\"--profile\",\"strict\",\"--db\",\"2.db\",\"corpus\"]"));
    assert_true(same_command(
        db, one, "[\"s\",\"--profile\",\"strict\",\"corpus\",\"-j\",\"2\",\"--report=tap=x\"]"));
    assert_false(same_command(db, one, "[\"simrun\",\"--shard\",\"1/4\",\"corpus\"]"));
    assert_false(same_command(db, one, "[\"simrun\",\"--profile\",\"strict\",\"corpora\"]"));
    assert_false(
        same_command(db, one, "[\"simrun\",\"--shards\",\"--profile\",\"strict\",\"corpus\"]"));
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(rows_move_with_other_numbers),
        SCRATCH_TEST(what_each_machine_has_of_its_own_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
