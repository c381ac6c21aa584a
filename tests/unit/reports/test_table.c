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
                     &t->sink, REP_FORMAT_TEXT));
    assert_string_equal(t->text.data, "name       n  last\n"
                                      "a          5  x\n"
                                      "longer  1234  \n");
    rep_close(db);
}

static void long_cells_are_cut_to_the_width(void **state)
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
                         &t->sink, REP_FORMAT_TEXT));
        assert_fits(&t->text, width);
        assert_contains(t->text.data, "\xe2\x80\xa6");
        assert_contains(t->text.data, "500  xxx");
    }
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(columns_line_up),
        SCRATCH_TEST(long_cells_are_cut_to_the_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
