#include "fixture.h"

#include "update.h"

static void shows(struct fixture *f, const char *old, const char *new, const char *text)
{
    flush(f);
    size_t before = f->out_n;
    assert_int_equal(unified_print(&f->c, f->env.out, old, new), 0);
    flush(f);
    assert_string_equal(f->out + before, text);
}

static void changes_with_their_context(void **state)
{
    struct fixture *f = *state;
    shows(f, "a\nb\nc\nd\ne\nf\ng\nh\ni\n", "a\nb\nc\nd\nE\nf\ng\nh\ni\n",
          "@@ -3 +3 @@\n c\n d\n-e\n+E\n f\n g\n");
    shows(f, "a\nb\nc\nd\ne\nf\ng\nh\n", "x\na\nb\nc\nd\ne\nf\ng\n",
          "@@ -1 +1 @@\n+x\n a\n b\n@@ -6 +7 @@\n f\n g\n-h\n");
    shows(f, "a\n", "a\n", "");
    shows(f, "", "a\nb", "@@ -1 +1 @@\n+a\n+b\n");
    shows(f, "a\nb", "", "@@ -1 +1 @@\n-a\n-b\n");
}

static void equal_lines_between_changes_stay(void **state)
{
    struct fixture *f = *state;
    shows(f, "1\n2\n3\n4\n", "1\n3\nx\n4\n", "@@ -1 +1 @@\n 1\n-2\n 3\n+x\n 4\n");
}

static void long_lines_are_broken_and_escaped(void **state)
{
    struct fixture *f = *state;
    f->env.width = 20;
    shows(f, "", "one two three four five \033[2J\n",
          "@@ -1 +1 @@\n+one two three four\n+    five \\x1b[2J\n");
}

static void colours(void **state)
{
    struct fixture *f = *state;
    f->c.colour = true;
    shows(f, "a\n", "b\n", "@@ -1 +1 @@\n\033[31m-a\033[0m\n\033[32m+b\033[0m\n");
}

static void very_many_changes_are_cut(void **state)
{
    struct fixture *f = *state;
    char *old = malloc(20000);
    for (size_t i = 0; i < 10000; i++) {
        memcpy(old + 2 * i, "x\n", 2);
    }
    old[19998] = '\0';
    assert_int_equal(unified_print(&f->c, f->env.out, old, "y\n"), 0);
    flush(f);
    assert_contains(f->out, "and 9600 more lines that change\n");
    free(old);
}

int main(void)
{
    const struct CMUnitTest unified_tests[] = {
        test(changes_with_their_context),        test(equal_lines_between_changes_stay),
        test(long_lines_are_broken_and_escaped), test(colours),
        test(very_many_changes_are_cut),
    };
    return cmocka_run_group_tests(unified_tests, NULL, NULL);
}
