#include "core_test.h"

struct pair {
    const char *in;
    const char *out;
};

/* Contract pipeline 2, the table of clean. */
static const struct pair cleaned[] = {
    {"", "."},
    {".", "."},
    {"/", "/"},
    {"//", "/"},
    {"///a//b/", "/a/b"},
    {"/.", "/"},
    {"/..a/..", "/"},
    {"/..", "/"},
    {"/../a", "/a"},
    {"a/..", "."},
    {"./a", "a"},
    {"a/", "a"},
    {"...", "..."},
    {"..a", "..a"},
    {"a/../..", ".."},
    {"../a/../b", "../b"},
    {"/a/./b/.", "/a/b"},
    {"/a/b/../..", "/"},
    {"/a/../../b", "/b"},
    {"/a/.../b", "/a/.../b"},
    {" /a", " /a"},
    {"../..", "../.."},
    {"../../a/..", "../.."},
    {"a../..", "."},
    {"a/b../../..", "."},
    {"..a/../..", ".."},
};

static void clean_is_that_of_the_contract(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(cleaned); i++) {
        CLEANUP_MEM char *out = path_clean(*state, cleaned[i].in);
        assert_string_equal(out, cleaned[i].out);
    }
}

static void random_path(struct domain *d, char *out, size_t max)
{
    static const char bytes[] = "//...ab";
    size_t n = domain_random(d) % max;
    for (size_t i = 0; i < n; i++) {
        out[i] = bytes[domain_random(d) % (sizeof(bytes) - 1)];
    }
    out[n] = '\0';
}

/* "." or no empty and no "." element, ".." only at the front of a relative path. */
static void assert_is_clean(const char *p)
{
    if (strcmp(p, ".") == 0 || strcmp(p, "/") == 0) {
        return;
    }
    bool rooted = *p == '/';
    bool names = false;
    for (p += rooted;; p++) {
        size_t n = strcspn(p, "/");
        bool dotdot = n == 2 && p[0] == '.' && p[1] == '.';
        assert_true(n > 0);
        assert_false(n == 1 && *p == '.');
        assert_false(dotdot && (rooted || names));
        names = names || !dotdot;
        p += n;
        if (!*p) {
            break;
        }
    }
}

/* proves: PI-15 */
static void clean_is_idempotent_on_random_paths(void **state)
{
    struct domain *d = *state;
    for (int i = 0; i < 20000; i++) {
        char in[24];
        random_path(d, in, sizeof(in));
        CLEANUP_MEM char *once = path_clean(d, in);
        CLEANUP_MEM char *twice = path_clean(d, once);
        assert_is_clean(once);
        assert_string_equal(once, twice);
        assert_int_equal(*in == '/', *once == '/');
    }
}

static void join_drops_the_empty(void **state)
{
    static const struct {
        const char *a, *b, *out;
    } rows[] = {
        {"/b", "../x", "/x"}, {"/b", "/x", "/b/x"}, {"", "", ""},         {"", "a/", "a"},
        {"a//b", "", "a/b"},  {"", "/", "/"},       {"a", "../..", ".."}, {"", ".", "."},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP_MEM char *out = path_join(*state, rows[i].a, rows[i].b);
        assert_string_equal(out, rows[i].out);
    }
}

static void abs_leaves_an_absolute_path_uncleaned(void **state)
{
    CLEANUP_MEM char *a = path_abs(*state, "/base", "/x/../y/");
    CLEANUP_MEM char *b = path_abs(*state, "/base", "x/../y/");
    CLEANUP_MEM char *c = path_abs(*state, "", "");
    assert_string_equal(a, "/x/../y/");
    assert_string_equal(b, "/base/y");
    assert_string_equal(c, "");
}

static void names_of_entries(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "...", ".a", " ", "\xff", "a\\b"};
    static const char *const bad[] = {"", ".", "..", "/", "a/b", "a/"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(name_is_safe(good[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(name_is_safe(bad[i]));
    }
    assert_true(name_compare("a", "b") < 0);
    assert_true(name_compare("a", "ab") < 0);
    assert_true(name_compare("z", "\xc3\xa4") < 0);
    assert_int_equal(name_compare("x", "x"), 0);
}

static void out_of_memory_is_null(void **state)
{
    struct domain *d = *state;
    d->alloc_fail_at = 1;
    assert_null(path_join(d, "a", "b"));
    assert_int_equal(d->fate, FATE_OOM);
    assert_null(path_clean(d, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(clean_is_that_of_the_contract),
        DOMAIN_TEST(clean_is_idempotent_on_random_paths),
        DOMAIN_TEST(join_drops_the_empty),
        DOMAIN_TEST(abs_leaves_an_absolute_path_uncleaned),
        DOMAIN_TEST(names_of_entries),
        DOMAIN_TEST(out_of_memory_is_null),
    };
    return cmocka_run_group_tests_name("core_path", tests, NULL, NULL);
}
