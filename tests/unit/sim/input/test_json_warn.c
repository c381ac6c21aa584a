/* Duplicate keys, and how many warnings are kept. */
#include "fixture.h"

#include <stdio.h>

static void the_last_duplicate_wins_and_is_told(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc = parse(f, "{\"a\":1,\n\"b\":2,\"a\":3,\"a\":4}");
    assert_string_equal(json_exact(doc.root, "a")->text, "4");
    assert_true(doc.root->child->shadowed);
    assert_int_equal(doc.n_warnings, 2);
    assert_string_equal(doc.warnings->text, "f: key \"a\" comes twice, the one at line 1, column 6 "
                                            "is ignored (line 2, column 11)");
    assert_int_equal(doc.warnings->line, 2);
    assert_int_equal(doc.warnings->column, 11);
    json_release(&doc);
}

/* Large objects go another way: same answers. */
static void many_members(void **state)
{
    struct fixture *f = *state;
    char text[4096] = "{", *p = text + 1;
    for (int i = 0; i < 100; i++) {
        p += sprintf(p, "\"k%d\":%d,", i % 60, i);
    }
    memcpy(p - 1, "}", 2);
    struct json_doc doc = parse(f, text);
    assert_int_equal(doc.n_warnings, 40);
    assert_string_equal(json_exact(doc.root, "k0")->text, "60");
    assert_string_equal(json_exact(doc.root, "k39")->text, "99");
    assert_string_equal(json_exact(doc.root, "k40")->text, "40");
    json_release(&doc);
}

static void warnings_are_bounded(void **state)
{
    struct fixture *f = *state;
    static char text[16 * LIMIT_JSON_WARNINGS];
    char *p = text;
    *p++ = '{';
    for (int i = 0; i < 2 * LIMIT_JSON_WARNINGS; i++) {
        p += sprintf(p, "\"k\":0,");
    }
    memcpy(p - 1, "}", 2);
    struct json_doc doc = parse(f, text);
    assert_int_equal(doc.n_warnings, LIMIT_JSON_WARNINGS);
    assert_string_equal(doc.last_warning->text, "f: more warnings (LIMIT_JSON_WARNINGS)");
    assert_null(doc.last_warning->next);
    json_release(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(the_last_duplicate_wins_and_is_told),
        INPUT_TEST(many_members),
        INPUT_TEST(warnings_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
