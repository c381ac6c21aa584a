#include "support.h"
#include "write.h"

static void expect_text(void (*fill)(struct gen_write *w), const char *want)
{
    struct domain d;
    struct gen_write w;
    domain_init(&d, "write", PROFILE_STRICT);
    gen_write_init(&w, &d);
    fill(&w);
    assert_string_equal(str_get(&w.s), want);
    gen_write_release(&w);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
}

static void fill_nested(struct gen_write *w)
{
    gen_write_open(w, '{');
    gen_write_key(w, "a");
    gen_write_open(w, '[');
    gen_write_number(w, -1);
    gen_write_bool(w, true);
    gen_write_open(w, '{');
    gen_write_close(w, '}');
    gen_write_close(w, ']');
    gen_write_field(w, "b", "c");
    gen_write_close(w, '}');
}

static void separators(void **state)
{
    (void)state;
    expect_text(fill_nested, "{\"a\": [-1, true, {}], \"b\": \"c\"}");
}

static void fill_hostile(struct gen_write *w)
{
    gen_write_text(w, "\" \\ \n \t \x01 \x7f \xc3\xa9 /");
}

static void escapes(void **state)
{
    (void)state;
    expect_text(fill_hostile, "\"\\\" \\\\ \\n \\u0009 \\u0001 \\u007f \xc3\xa9 /\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(separators), cmocka_unit_test(escapes)};
    return cmocka_run_group_tests_name("sim.gen.write", tests, NULL, NULL);
}
