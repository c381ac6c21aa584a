/* Documents: positions, bounds, what is refused where. */
#include "fixture.h"

#define REFUSED(f, text, error) assert_refused(f, text, sizeof(text) - 1, -EINVAL, error)

static void values_know_their_place(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc = parse(f, " {\"a\": [1,\n  \"x\", null],\n\t\"b\" : {\"c\":true} }\n");
    const struct json *a = json_exact(doc.root, "a"), *x = a->child->next;
    assert_int_equal(doc.root->line, 1);
    assert_int_equal(doc.root->column, 2);
    assert_int_equal(a->column, 8);
    assert_int_equal(x->line, 2);
    assert_int_equal(x->column, 3);
    assert_int_equal(x->index, 1);
    assert_ptr_equal(x->parent, a);
    assert_int_equal(x->next->type, JSON_NULL);
    assert_int_equal(a->n, 3);
    assert_memory_equal(doc.bytes + a->start, "[1,\n  \"x\", null]", a->end - a->start);
    const struct json *b = json_exact(doc.root, "b");
    assert_int_equal(b->line, 3);
    assert_int_equal(b->column, 8);
    assert_memory_equal(doc.bytes + b->start, "{\"c\":true}", b->end - b->start);
    json_release(&doc);
}

static void numbers_keep_their_text(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc = parse(f, "[18446744073709551616, -0.10e+7, 0]");
    assert_string_equal(doc.root->child->text, "18446744073709551616");
    assert_string_equal(doc.root->child->next->text, "-0.10e+7");
    assert_string_equal(doc.root->child->next->next->text, "0");
    json_release(&doc);
}

static void syntax_errors_have_line_and_column(void **state)
{
    struct fixture *f = *state;
    REFUSED(f, "", "f: expected a value, found the end (line 1, column 1)");
    REFUSED(f, "{\n \"a\": 1,\n}",
            "f: expected a key in double quotes, found '}' (line 3, column 1)");
    REFUSED(f, "{\"a\" 1}", "f: expected ':', found '1' (line 1, column 6)");
    REFUSED(f, "{\"a\":1 \"b\"}", "f: expected ',' or '}', found '\"' (line 1, column 8)");
    REFUSED(f, "[1\n2]", "f: expected ',' or ']', found '2' (line 2, column 1)");
    REFUSED(f, "[1,]", "f: expected a value, found ']' (line 1, column 4)");
    REFUSED(f, "[tru]", "f: expected a value, found 't' (line 1, column 2)");
    REFUSED(f, "[01]", "f: a number must not begin with 0 (line 1, column 2)");
    REFUSED(f, "[-]", "f: expected a digit, found ']' (line 1, column 3)");
    REFUSED(f, "[1.e1]", "f: expected a digit, found 'e' (line 1, column 4)");
    REFUSED(f, "[1e]", "f: expected a digit, found ']' (line 1, column 4)");
    REFUSED(f, "'a'", "f: expected a value, found ''' (line 1, column 1)");
    REFUSED(f, "{\"a\":1", "f: expected ',' or '}', found the end (line 1, column 7)");
    REFUSED(f, "// x\n{}", "f: expected a value, found '/' (line 1, column 1)");
    REFUSED(f, "NaN", "f: expected a value, found 'N' (line 1, column 1)");
}

static void what_other_readers_let_through_is_refused(void **state)
{
    struct fixture *f = *state;
    REFUSED(f, "{} x", "f: trailing bytes after the value (line 1, column 4)");
    REFUSED(f, "{}\n{}", "f: trailing bytes after the value (line 2, column 1)");
    REFUSED(f, "{}\0", "f: trailing bytes after the value (line 1, column 3)");
    REFUSED(f, "\xEF\xBB\xBF{}", "f: expected a value, found a byte order mark (line 1, column 1)");
    REFUSED(f, "[\xFF]", "f: invalid UTF-8: byte 0xff (line 1, column 2)");
    REFUSED(f, "[\f1]", "f: expected a value, found byte 0x0c (line 1, column 2)");
}

/* 128 around a value are fine, 129 are not. */
static void depth_is_bounded(void **state)
{
    struct fixture *f = *state;
    char text[2 * (LIMIT_JSON_DEPTH + 1) + 1] = {0};
    for (size_t n = LIMIT_JSON_DEPTH; n <= LIMIT_JSON_DEPTH + 1; n++) {
        memset(text, '[', n);
        memset(text + n, ']', n);
        if (n == LIMIT_JSON_DEPTH) {
            struct json_doc doc;
            assert_int_equal(json_parse(&f->d, "f", 1, "", text, 2 * n, &doc, &f->err), 0);
            json_release(&doc);
        } else {
            assert_refused(f, text, 2 * n, -E2BIG,
                           "f: nested deeper than 128 (LIMIT_JSON_DEPTH) (line 1, column 129)");
        }
    }
}

static void size_and_count_are_bounded(void **state)
{
    struct fixture *f = *state;
    size_t n = (size_t)LIMIT_JSON_BYTES + 1;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, ' ', n);
    text[0] = '1';
    assert_refused(f, text, n, -E2BIG,
                   "f: more than 16777216 bytes (LIMIT_JSON_BYTES) (line 1, column 1)");
    struct json_doc doc;
    assert_int_equal(json_parse(&f->d, "f", 1, "", text, n - 1, &doc, &f->err), 0);
    json_release(&doc);
    text[0] = '[';
    for (size_t i = 0; i <= LIMIT_JSON_VALUES; i++) {
        text[2 * i + 1] = '1';
        text[2 * i + 2] = ',';
    }
    assert_refused(f, text, n - 1, -E2BIG,
                   "f: more than 1000000 values (LIMIT_JSON_VALUES) (line 1, column 2000000)");
    free(text);
}

static void first_line_shifts_messages(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc;
    int rc = json_parse(&f->d, "s.jsonl", 41, "", "{x", 2, &doc, &f->err);
    assert_error(f, rc, -EINVAL,
                 "s.jsonl: expected a key in double quotes, found 'x' (line 41, column 2)");
}

static void out_of_memory_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "{\"a\":[1,\"b\"],\"a\":0}";
    for (uint64_t n = 1;; n++) {
        struct domain d;
        struct error err = {0};
        struct json_doc doc;
        domain_init(&d, "oom", PROFILE_STRICT);
        d.alloc_fail_at = n;
        int rc = json_parse(&d, "f", 1, "", text, sizeof(text) - 1, &doc, &err);
        bool dead = domain_dead(&d);
        if (!rc) {
            json_release(&doc);
        } else {
            assert_int_equal(rc, CODE_FATE);
        }
        domain_close(&d, NULL, NULL);
        if (!dead) {
            assert_int_equal(rc, 0);
            assert_true(n > 3);
            break;
        }
    }
    (void)f;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(values_know_their_place),
        INPUT_TEST(numbers_keep_their_text),
        INPUT_TEST(syntax_errors_have_line_and_column),
        INPUT_TEST(what_other_readers_let_through_is_refused),
        INPUT_TEST(depth_is_bounded),
        INPUT_TEST(size_and_count_are_bounded),
        INPUT_TEST(first_line_shifts_messages),
        INPUT_TEST(out_of_memory_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
