#include "support.h"

static void record(struct rep_run *run, const char *name, const char *error, const char *log,
                   const char *file)
{
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/etc", "dir"),
                               make_node(file, "file")};
    struct rep_result result = {.name = name,
                                .result = "ok",
                                .status = REP_PASS,
                                .error = error,
                                .text = {[REP_LOG] = log},
                                .nodes = nodes,
                                .n_nodes = 3};
    OK(run->db, rep_record(run, &result));
}

static struct rep_db *filled(struct scratch *t)
{
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    record(run, "old", "gone by now", "[]", "/etc/hostname");
    end_run(run);
    run = begin_run(db, NULL);
    record(run, "a", "cannot open \"x\": operation denied",
           "[\"I mounted \\\"@r\\\" to \\\"/etc/resolv.conf\\\"\",\"W other\"]",
           "/etc/resolv.conf");
    record(run, "b", "operation denied",
           "[\"I mounted \\\"@r\\\" to \\\"/etc/resolv.conf\\\"\",\"W else\"]", "/etc/hosts");
    record(run, "c", "bad \033 byte", "[\"evil\\u001b line\"]", "/etc/resolv.conf");
    end_run(run);
    return db;
}

static size_t find(struct scratch *t, struct rep_db *db, const char *ref, const char *word,
                   const char *more)
{
    const char *const words[] = {word, more};
    size_t matches = 99;
    rep_buf_clear(&t->text);
    OK(db, rep_search(db, ref, words, more ? 2 : 1, &t->sink, REP_FORMAT_TEXT, &matches));
    return matches;
}

static void words_and_fragments_are_found(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    /* A path and a log line; the line stands in two logs that differ otherwise. */
    assert_int_equal(find(t, db, "latest", "resolv.conf", NULL), 2);
    assert_contains(t->text.data, "path   /etc/resolv.conf\n       2 cases: a, c\n");
    assert_contains(t->text.data, "log    I mounted \"@r\" to \"/etc/resolv.conf\"\n"
                                  "       2 cases: a, b\n");
    assert_lacks(t->text.data, "W other");
    assert_int_equal(find(t, db, "latest", "etc/host*", NULL), 1);
    assert_contains(t->text.data, "/etc/hosts\n       1 case: b\n");
    assert_int_equal(find(t, db, "latest", "etc/host", NULL), 0);
    assert_string_equal(t->text.data, "nothing found\n");
    assert_int_equal(find(t, db, "latest", "DENIED", "open"), 1);
    assert_contains(t->text.data, "error  cannot open \"x\": operation denied\n       1 case: a\n");
    assert_int_equal(find(t, db, "latest", "\"x\"", NULL), 1);
    rep_close(db);
}

static void runs_are_told_apart(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    assert_int_equal(find(t, db, "latest", "gone", NULL), 0);
    assert_int_equal(find(t, db, "1", "gone", NULL), 1);
    assert_int_equal(find(t, db, NULL, "gone", NULL), 1);
    assert_contains(t->text.data, "1 result: old (run 1)\n");
    assert_int_equal(find(t, db, NULL, "etc", "host*"), 2);
    rep_close(db);
    /* A reader searches as well. */
    db = open_or_fail(t->path, REP_READ);
    assert_int_equal(find(t, db, "latest", "denied", NULL), 2);
    rep_close(db);
}

static void output_is_safe_and_marks_what_matched(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    assert_int_equal(find(t, db, "latest", "byte", NULL), 1);
    assert_contains(t->text.data, "bad \\x1b byte");
    assert_lacks(t->text.data, "\033");
    assert_lacks(t->text.data, "\001");
    t->sink.colour = true;
    assert_int_equal(find(t, db, "latest", "evil", NULL), 1);
    assert_contains(t->text.data, "\033[33mevil\033[0m\\x1b line");
    t->sink.colour = false;
    const char *const words[] = {"denied"};
    rep_buf_clear(&t->text);
    OK(db, rep_search(db, "latest", words, 1, &t->sink, REP_FORMAT_JSONL, NULL));
    assert_contains(t->text.data, "{\"kind\":\"error\",\"text\":\"operation denied\",\"cases\":1,"
                                  "\"results\":[{\"run\":2,\"name\":\"b\"}]}\n");
    rep_close(db);
}

static void wrong_words_are_told(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    const char *const words[] = {"etc", "//"};
    assert_int_equal(rep_search(db, "latest", words, 2, &t->sink, REP_FORMAT_TEXT, NULL), -EINVAL);
    assert_contains(rep_error_text(db), "\"//\"");
    assert_int_equal(rep_search(db, "latest", words, 0, &t->sink, REP_FORMAT_TEXT, NULL), -EINVAL);
    assert_int_equal(rep_search(db, "latest", words, 1, &t->sink, REP_FORMAT_CSV, NULL), -EINVAL);
    assert_int_equal(rep_search(db, "9", words, 1, &t->sink, REP_FORMAT_TEXT, NULL), -ENOENT);
    /* Words of the query language are words. */
    assert_int_equal(find(t, db, "latest", "NEAR", "AND"), 0);
    rep_close(db);
}

static void equal_texts_are_indexed_once(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    int64_t items = count_rows(db, "search_item");
    struct rep_run *run = begin_run(db, NULL);
    record(run, "b", "operation denied", "[]", "/etc/hosts");
    end_run(run);
    assert_int_equal(count_rows(db, "search_item"), items);
    assert_int_equal(find(t, db, "latest", "denied", NULL), 1);
    OK(db, rep_sql_exec(db, "INSERT INTO search(search) VALUES('integrity-check')", "check"));
    rep_close(db);
}

/* A log that is no JSON cannot be told into lines; it is left out and does no harm. */
static void a_log_that_is_no_json_does_no_harm(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    struct rep_run *run = begin_run(db, NULL);
    record(run, "x", "still found", "no json", "/etc/x");
    end_run(run);
    assert_int_equal(find(t, db, "latest", "json", NULL), 0);
    assert_int_equal(find(t, db, "latest", "found", NULL), 1);
    rep_close(db);
}

static void list_items(struct scratch *t, struct rep_db *db, struct rep_buf *items)
{
    rep_buf_clear(&t->text);
    OK(db, rep_query(db, "SELECT kind, text FROM search_text ORDER BY kind, text", NULL, &t->sink,
                     REP_FORMAT_CSV));
    rep_buf_add(items, t->text.data, t->text.size);
}

/* What is added with the results is what a file gets that is gone over later. */
static void both_ways_find_the_same(void **state)
{
    static const char *const logs[] = {"[]",
                                       "[\"one\",\"two \\\"quoted, ]\\\" line\",\"one\"]",
                                       " [ \"one\" , 7 , null, true ,1.5] ",
                                       "[{\"a\":[1,\"}\"]},[\"b, c\"],\"\\u00e4\\\\\",\"\"]",
                                       "{\"k\":\"member\"}",
                                       "\"text\""};
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    struct rep_run *run = begin_run(db, NULL);
    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "%zu", i);
        record(run, name, "an error", logs[i], "/etc/more");
    }
    end_run(run);
    struct rep_buf before = {0}, after = {0};
    list_items(t, db, &before);
    OK(db, rep_search_forget(db));
    OK(db, rep_search_update(db));
    list_items(t, db, &after);
    assert_contains(before.data, "b, c");
    assert_lacks(before.data, "member"); /* no lines in it */
    assert_string_equal(before.data, after.data);
    rep_buf_release(&before);
    rep_buf_release(&after);
    rep_close(db);
}

/* A line that stands in many logs is one item; what is found in it are all its cases. */
static void lines_are_found_in_all_logs(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    struct rep_run *run = begin_run(db, NULL);
    record(run, "x", NULL, "[\"W shared warning\",\"x alone\"]", "/etc/x");
    record(run, "y", NULL, "[\"y alone\",\"W shared warning\"]", "/etc/x");
    end_run(run);
    assert_int_equal(query_int(db, "SELECT count(*) FROM search_item WHERE text LIKE '%shared%'"),
                     1);
    assert_int_equal(find(t, db, NULL, "shared", "warning"), 1);
    assert_contains(t->text.data,
                    "log    W shared warning\n       2 results: x (run 3), y (run 3)\n");
    assert_int_equal(find(t, db, NULL, "alone", NULL), 2);
    assert_int_equal(find(t, db, NULL, "alone", "shared"), 0); /* not on one line */
    rep_close(db);
}

/* What a run stored can be found before it ends, and however it ends. */
static void a_run_that_goes_on_is_searched(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    struct rep_run *run = begin_run(db, NULL);
    record(run, "late", "cut short", "[]", "/etc/late");
    OK(db, rep_flush(run));
    struct rep_db *reader = open_or_fail(t->path, REP_READ);
    assert_int_equal(find(t, reader, NULL, "short", NULL), 1);
    assert_int_equal(find(t, reader, NULL, "etc/late", NULL), 1);
    assert_lacks(t->text.data, "yet");
    rep_close(reader);
    end_run(run);
    rep_close(db);
}

/* What was stored in another way is indexed when the next writer opens the file. */
static void the_next_writer_indexes_what_is_not_indexed(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    OK(db, rep_search_forget(db));
    rep_close(db);
    db = open_or_fail(t->path, REP_READ);
    assert_int_equal(find(t, db, NULL, "denied", NULL), 0);
    assert_contains(t->text.data, "the newest 4 results cannot be searched yet");
    rep_close(db);
    db = open_or_fail(t->path, REP_WRITE);
    assert_int_equal(find(t, db, NULL, "denied", NULL), 2);
    assert_lacks(t->text.data, "yet");
    assert_int_equal(find(t, db, NULL, "etc/hosts", NULL), 1);
    rep_close(db);
}

/* A file may have any numbers. */
static void numbers_far_apart_are_indexed_soon(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = filled(t);
    OK(db, rep_sql_exec(db,
                        "UPDATE result SET id = 9223372036854775807 WHERE id = 4;"
                        "UPDATE result SET id = -5 WHERE id = 3",
                        "make them up"));
    OK(db, rep_search_forget(db));
    OK(db,
       rep_sql_exec(db, "UPDATE search_state SET result = -9223372036854775807 - 1", "make it up"));
    rep_close(db);
    db = open_or_fail(t->path, REP_READ);
    assert_int_equal(find(t, db, NULL, "denied", NULL), 0);
    assert_contains(t->text.data, "the newest 4 results cannot be searched yet");
    rep_close(db);
    db = open_or_fail(t->path, REP_WRITE);
    assert_int_equal(find(t, db, NULL, "denied", NULL), 2);
    assert_lacks(t->text.data, "yet");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(words_and_fragments_are_found),
        SCRATCH_TEST(runs_are_told_apart),
        SCRATCH_TEST(output_is_safe_and_marks_what_matched),
        SCRATCH_TEST(wrong_words_are_told),
        SCRATCH_TEST(equal_texts_are_indexed_once),
        SCRATCH_TEST(a_log_that_is_no_json_does_no_harm),
        SCRATCH_TEST(both_ways_find_the_same),
        SCRATCH_TEST(lines_are_found_in_all_logs),
        SCRATCH_TEST(a_run_that_goes_on_is_searched),
        SCRATCH_TEST(the_next_writer_indexes_what_is_not_indexed),
        SCRATCH_TEST(numbers_far_apart_are_indexed_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
