#include "support.h"

/* Every line of the text fits the width. */
static void assert_fits(const struct rep_buf *text, size_t width)
{
    const char *line = text->data;
    while (line && *line) {
        size_t size = strcspn(line, "\n");
        assert_true(rep_columns(line, size) <= width);
        line += size + (line[size] == '\n');
    }
}

static void columns_line_up(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    OK(db, rep_query(db,
                     "SELECT 'a' AS name, 5 AS n, 'x' AS last UNION ALL "
                     "SELECT 'longer', 1234, NULL",
                     NULL, &t->sink, REP_FORMAT_TEXT));
    assert_string_equal(t->text.data, "name       n  last\n"
                                      "a          5  x\n"
                                      "longer  1234\n");
    rep_close(db);
}

static void long_cells_go_on_below_themselves(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    for (unsigned width = 30; width < 120; width += 13) {
        t->sink.width = width;
        rep_buf_clear(&t->text);
        OK(db, rep_query(db,
                         "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c "
                         "WHERE i < 500) SELECT i, printf('%.*c', i, 'x') AS long, "
                         "printf('%.*c', i % 40, 'y') AS other FROM c",
                         NULL, &t->sink, REP_FORMAT_TEXT));
        assert_fits(&t->text, width);
        assert_contains(t->text.data, "500  xxx");
        /* Nothing is cut: 1 + ... + 500, of which those past the held rows keep the widths. */
        size_t letters = 0;
        for (const char *c = t->text.data; *c; c++) {
            letters += *c == 'x';
        }
        assert_int_equal(letters, 500 * 501 / 2);
    }
    rep_close(db);
}

/* Narrow columns keep their words as long as others can give. */
static void words_stay_whole_where_they_can(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    t->sink.width = 40;
    OK(db, rep_query(db,
                     "SELECT 'finished' AS state, '2018-08-14T00:00:00Z' AS at, "
                     "'many words that can be broken at will' AS text",
                     NULL, &t->sink, REP_FORMAT_TEXT));
    assert_string_equal(t->text.data, "state     at                    text\n"
                                      "finished  2018-08-14T00:00:00Z  many\n"
                                      "                                words\n"
                                      "                                that can\n"
                                      "                                be\n"
                                      "                                broken\n"
                                      "                                at will\n");
    rep_close(db);
}

/* Six long columns in sixty: a paragraph a row can be read, slivers cannot. */
static void what_would_be_sliced_becomes_paragraphs(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    t->sink.width = 60;
    OK(db, rep_query(db,
                     "WITH v(a) AS (VALUES('suite/a-name-of-some-length-1'), "
                     "('suite/a-name-of-some-length-2')) SELECT a AS name, a AS place, "
                     "NULL AS none, a AS fs, a AS why, 'x' || char(27) || ' ' || a || ' ' || a "
                     "AS words, a AS last FROM v",
                     NULL, &t->sink, REP_FORMAT_TEXT));
    assert_contains(t->text.data, "name   suite/a-name-of-some-length-1\n"
                                  "place  suite/a-name-of-some-length-1\n"
                                  "fs     suite/a-name-of-some-length-1\n");
    assert_contains(t->text.data, "words  x\\x1b suite/a-name-of-some-length-1\n"
                                  "       suite/a-name-of-some-length-1\n"
                                  "last   suite/a-name-of-some-length-1\n"
                                  "\n"
                                  "name   suite/a-name-of-some-length-2\n");
    assert_lacks(t->text.data, "none");
    assert_fits(&t->text, 60);
    rep_buf_clear(&t->text);
    t->sink.width = 400;
    OK(db, rep_query(db, "SELECT 'wide' AS name", NULL, &t->sink, REP_FORMAT_TEXT));
    assert_string_equal(t->text.data, "name\nwide\n");
    rep_close(db);
}

/* Rows that come after the widths are fixed look like those before. */
static void many_rows_become_paragraphs_one_after_another(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    t->sink.width = 24;
    OK(db, rep_query(db,
                     "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c "
                     "WHERE i < 500) SELECT i AS n, printf('%.30c', 'x') AS a, "
                     "printf('%.30c', 'y') AS b, printf('%.30c', 'z') AS c FROM c",
                     NULL, &t->sink, REP_FORMAT_TEXT));
    assert_fits(&t->text, 24);
    assert_contains(t->text.data, "\n\nn  200\na  xxx");
    assert_contains(t->text.data, "\n\nn  201\na  xxx");
    assert_contains(t->text.data, "\n\nn  500\na  xxx");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(columns_line_up),
        SCRATCH_TEST(words_stay_whole_where_they_can),
        SCRATCH_TEST(what_would_be_sliced_becomes_paragraphs),
        SCRATCH_TEST(many_rows_become_paragraphs_one_after_another),
        SCRATCH_TEST(long_cells_go_on_below_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
