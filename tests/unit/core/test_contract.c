#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <simrun/contract.h>
#include <simrun/core.h>
#include <stdio.h>
#include <string.h>

/* Every line of the table is there, column for column, in its order. */
static void test_same_as_table(void **state)
{
    (void)state;
    char line[2048];
    FILE *in = fopen(SIMRUN_SOURCE_DIR "/model/contract/rows.tsv", "r");
    assert_non_null(in);
    assert_non_null(fgets(line, sizeof(line), in)); /* the names of the columns */
    size_t n = 0;
    for (; fgets(line, sizeof(line), in); n++) {
        struct contract_row row, found;
        char joined[2048];
        assert_true(contract_row_at(n, &row));
        (void)snprintf(joined, sizeof(joined), "%s\t%s\t%s\t%s\t%s\t%s\n", row.id, row.kind,
                       row.cls, row.where, row.subject, row.decision);
        assert_string_equal(joined, line);
        assert_int_equal(contract_row_find(row.id, &found), 0);
        assert_ptr_equal(found.decision, row.decision);
    }
    struct contract_row row = {.id = "untouched"};
    assert_true(n > 300);
    assert_false(contract_row_at(n, &row));
    assert_false(contract_row_at(SIZE_MAX, &row));
    assert_string_equal(row.id, "untouched");
    assert_int_equal(fclose(in), 0);
}

static void test_unknown(void **state)
{
    (void)state;
    static const char *const ids[] = {"", "id", "PQ-1", "pq-12", "PQ-12 ", "quirk", "PQ-99"};
    struct contract_row row = {.id = "untouched"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        assert_int_equal(contract_row_find(ids[i], &row), -ENOENT);
    }
    assert_string_equal(row.id, "untouched");
}

/* Whatever can be switched stands in the table. */
static void test_switches(void **state)
{
    (void)state;
    for (enum quirk q = 0; q < QUIRK_COUNT; q++) {
        struct contract_row row;
        assert_int_equal(contract_row_find(quirk_id(q), &row), 0);
        assert_string_equal(row.cls, "switch");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_table),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_switches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
