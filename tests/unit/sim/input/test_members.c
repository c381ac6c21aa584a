/* members.c: members by name, in any order, and those that nobody knows. */
#include "fixture.h"

#include "input.h"

static const char *const keys[] = {"a", "b", "c", NULL};

/* The values of a, b and c as they are written (NULL: absent), and how many warnings there are. */
static void assert_members(struct fixture *f, const char *text, const char *const want[3],
                           size_t n_warnings)
{
    const struct json *at[3] = {0};
    struct json_doc doc = parse(f, text);
    members_read(&doc, doc.root, keys, at);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(at[i] != NULL, want[i] != NULL);
        if (want[i]) {
            assert_string_equal(at[i]->text, want[i]);
        }
    }
    assert_int_equal(doc.n_warnings, n_warnings);
    json_release(&doc);
}

static void members_in_any_order(void **state)
{
    struct fixture *f = *state;
    assert_members(f, "{\"a\":1,\"b\":2,\"c\":3}", (const char *const[]){"1", "2", "3"}, 0);
    assert_members(f, "{\"c\":3,\"b\":2,\"a\":1}", (const char *const[]){"1", "2", "3"}, 0);
    assert_members(f, "{\"b\":2}", (const char *const[]){NULL, "2", NULL}, 0);
    assert_members(f, "{}", (const char *const[]){NULL, NULL, NULL}, 0);
}

/* The last one counts; that it comes again is what the parse warns of. */
static void a_member_that_comes_again(void **state)
{
    struct fixture *f = *state;
    assert_members(f, "{\"c\":1,\"a\":2,\"c\":3}", (const char *const[]){"2", NULL, "3"}, 1);
}

static void other_keys_are_warned_of(void **state)
{
    struct fixture *f = *state;
    const struct json *at[3] = {0};
    assert_members(f, "{\"A\":1,\"\":2,\"c\":3}", (const char *const[]){NULL, NULL, "3"}, 2);
    struct json_doc doc = parse(f, "{\"c\":1,\n\"d\":2}");
    members_read(&doc, doc.root, keys, at);
    assert_string_equal(doc.warnings->text, "f: unknown key \"d\" (line 2, column 5)");
    json_release(&doc);
}

int main(void)
{
    const struct CMUnitTest members_tests[] = {
        INPUT_TEST(members_in_any_order),
        INPUT_TEST(a_member_that_comes_again),
        INPUT_TEST(other_keys_are_warned_of),
    };
    return cmocka_run_group_tests(members_tests, NULL, NULL);
}
