#include "support.h"

static void check(struct scratch *scratch, const char *name, const char *file, const char *want)
{
    rep_buf_clear(&scratch->text);
    assert_int_equal(rep_replay(&scratch->sink, name, file, NULL), 0);
    assert_string_equal(scratch->text.data ? scratch->text.data : "", want);
}

static void a_line_for_a_shell(void **state)
{
    check(*state, "a/b-1", "s.jsonl", "simrun -j0 --filter a/b-1 s.jsonl");
    check(*state, "a b", "it's", "simrun -j0 --filter 'a b' 'it'\\''s'");
    check(*state, "a[1]*?\\", "s", "simrun -j0 --filter 'a\\[1]\\*\\?\\\\' s");
    check(*state, "a\x1b'\xff", "s", "simrun -j0 --filter $'a\\x1b\\'\\xff' s");
    check(*state, "$(x)`y`", "s", "simrun -j0 --filter '$(x)`y`' s");
    check(*state, "-x", "-s", "simrun -j0 --filter -x -- -s");
    check(*state, "a", "-", "");
    check(*state, "a", NULL, "");
}

/* A spec or bundle that is named alone has another name than in a folder: no filter. */
static void one_case_needs_no_filter(void **state)
{
    check(*state, "a.json", "dir/a.json", "simrun -j0 dir/a.json");
    check(*state, "b/config.json", "dir/b/config.json", "simrun -j0 dir/b/config.json");
    check(*state, "b", "dir/b/config.json", "simrun -j0 dir/b");
    check(*state, "b c", "b c/config.json", "simrun -j0 'b c'");
    check(*state, "b", "/config.json", "simrun -j0 /");
    check(*state, "b", "config.json", "simrun -j0 .");
    check(*state, "-b", "-b/config.json", "simrun -j0 -- -b");
}

static void options_stand_in_it(void **state)
{
    struct scratch *scratch = *state;
    static const char *const options[] = {"--overlay", "--rootfs", "a b", NULL};
    assert_int_equal(rep_replay(&scratch->sink, "n", "s", options), 0);
    assert_string_equal(scratch->text.data, "simrun -j0 --overlay --rootfs 'a b' --filter n s");
}

int main(void)
{
    const struct CMUnitTest replay_tests[] = {SCRATCH_TEST(a_line_for_a_shell),
                                              SCRATCH_TEST(one_case_needs_no_filter),
                                              SCRATCH_TEST(options_stand_in_it)};
    return cmocka_run_group_tests(replay_tests, NULL, NULL);
}
