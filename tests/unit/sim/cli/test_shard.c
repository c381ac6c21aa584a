#include "fixture.h"

#include "shard.h"

#include <unistd.h>

/* Finds with this command line and this environment. */
static struct shard find(struct fixture *f, const char *line, const char *const *environment,
                         int code)
{
    struct shard s = {0};
    f->environment = environment;
    cli_options_release(&f->c.o);
    cli_options_init(&f->c.o, &f->d);
    assert_int_equal(parse(f, line), 0);
    assert_int_equal(shard_find(&f->c, &s), code);
    flush(f);
    return s;
}
#define ENV(...) ((const char *const[]){__VA_ARGS__, NULL})

static void assert_shard(struct shard s, unsigned index, unsigned count)
{
    assert_int_equal(s.index, index);
    assert_int_equal(s.count, count);
}

static void by_flag(void **state)
{
    static const char *const wrong[] = {
        "0/3", "4/3", "1", "/", "1/", "1/3/5", "-1/3", "1/1000001", "1/9999999999999999999999"};
    struct fixture *f = *state;
    assert_shard(find(f, "x", ENV("HOME=/"), 0), 0, 0);
    assert_shard(find(f, "x --shard 2/3", ENV("TEST_SHARD_INDEX=7"), 0), 2, 3);
    assert_contains(f->complaints, "shard 2/3 (--shard)");
    assert_shard(find(f, "x --shard 1/1", ENV("HOME=/"), 0), 1, 1);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "x --shard %s", wrong[i]);
        find(f, line, ENV("HOME=/"), EXIT_USAGE);
    }
    find(f, "x --shard 2/3 --shard-count 4", ENV("HOME=/"), EXIT_USAGE);
    find(f, "x --shard-count 4", ENV("HOME=/"), EXIT_USAGE);
    assert_contains(f->complaints, "nothing of which one");
}

static void by_bazel(void **state)
{
    struct fixture *f = *state;
    char status[128];
    (void)snprintf(status, sizeof(status), "TEST_SHARD_STATUS_FILE=%s/status", f->dir);
    assert_shard(find(f, "x", ENV("TEST_TOTAL_SHARDS=4", "TEST_SHARD_INDEX=0", status), 0), 1, 4);
    assert_int_equal(access(strchr(status, '=') + 1, F_OK), 0);
    assert_contains(f->complaints, "shard 1/4 (TEST_SHARD_INDEX)");
    find(f, "x", ENV("TEST_TOTAL_SHARDS=4"), EXIT_USAGE);
    find(f, "x", ENV("TEST_SHARD_INDEX=4", "TEST_TOTAL_SHARDS=4"), EXIT_USAGE);
    assert_contains(f->complaints, "number 4, counted from 0, is no shard of 4");
    find(f, "x", ENV("TEST_SHARD_INDEX=two", "TEST_TOTAL_SHARDS=4"), EXIT_USAGE);
    assert_contains(f->complaints, "TEST_SHARD_INDEX: \"two\" is no number");
    find(f, "x", ENV("TEST_SHARD_INDEX=0", "TEST_TOTAL_SHARDS=0"), EXIT_USAGE);
    find(f, "x", ENV("TEST_SHARD_STATUS_FILE=/nowhere/at/all"), EXIT_HARNESS);
    assert_shard(find(f, "x", ENV("TEST_TOTAL_SHARDS=", "TEST_SHARD_INDEX="), 0), 0, 0);
}

static void by_slurm(void **state)
{
    struct fixture *f = *state;
    assert_shard(find(f, "x", ENV("SLURM_ARRAY_TASK_ID=1", "SLURM_ARRAY_TASK_COUNT=3"), 0), 2, 3);
    assert_shard(
        find(f, "x",
             ENV("SLURM_ARRAY_TASK_ID=14", "SLURM_ARRAY_TASK_COUNT=3", "SLURM_ARRAY_TASK_MIN=10",
                 "SLURM_ARRAY_TASK_MAX=14", "SLURM_ARRAY_TASK_STEP=2"),
             0),
        3, 3);
    find(f, "x", ENV("SLURM_ARRAY_TASK_ID=1"), EXIT_USAGE);
    /* --array=1,5,7 */
    find(f, "x",
         ENV("SLURM_ARRAY_TASK_ID=5", "SLURM_ARRAY_TASK_COUNT=3", "SLURM_ARRAY_TASK_MIN=1",
             "SLURM_ARRAY_TASK_MAX=7", "SLURM_ARRAY_TASK_STEP=1"),
         EXIT_USAGE);
    assert_contains(f->complaints, "the array is not regular");
    find(f, "x",
         ENV("SLURM_ARRAY_TASK_ID=11", "SLURM_ARRAY_TASK_COUNT=3", "SLURM_ARRAY_TASK_MIN=10",
             "SLURM_ARRAY_TASK_STEP=2"),
         EXIT_USAGE);
    find(f, "x",
         ENV("SLURM_ARRAY_TASK_ID=1", "SLURM_ARRAY_TASK_COUNT=3", "SLURM_ARRAY_TASK_STEP=0"),
         EXIT_USAGE);
}

static void by_kubernetes(void **state)
{
    struct fixture *f = *state;
    find(f, "x", ENV("JOB_COMPLETION_INDEX=1"), EXIT_USAGE);
    assert_contains(f->complaints, "give --shard-count N, or set JOB_COMPLETIONS");
    assert_shard(find(f, "x --shard-count 5", ENV("JOB_COMPLETION_INDEX=1"), 0), 2, 5);
    assert_shard(find(f, "x", ENV("JOB_COMPLETION_INDEX=1", "JOB_COMPLETIONS=6"), 0), 2, 6);
    find(f, "x --shard-count 1", ENV("JOB_COMPLETION_INDEX=1"), EXIT_USAGE);
}

static void two_schedulers_must_agree(void **state)
{
    struct fixture *f = *state;
    const char *const both[] = {"TEST_SHARD_INDEX=1", "TEST_TOTAL_SHARDS=3",
                                "SLURM_ARRAY_TASK_ID=1", "SLURM_ARRAY_TASK_COUNT=3", NULL};
    assert_shard(find(f, "x", both, 0), 2, 3);
    find(f, "x",
         ENV("TEST_SHARD_INDEX=1", "TEST_TOTAL_SHARDS=3", "SLURM_ARRAY_TASK_ID=2",
             "SLURM_ARRAY_TASK_COUNT=3"),
         EXIT_USAGE);
    assert_contains(f->complaints,
                    "TEST_SHARD_INDEX says shard 2/3, but SLURM_ARRAY_TASK_ID says 3/3");
    find(f, "x --shard-count 4", both, EXIT_USAGE);
    assert_contains(f->complaints, "--shard-count 4, but TEST_SHARD_INDEX says 2/3");
}

static void shards_share_all_cases_equally(void **state)
{
    (void)state;
    for (size_t n = 0; n < 25; n++) {
        for (unsigned count = 1; count < 8; count++) {
            bool seen[25] = {false};
            for (unsigned index = 1; index <= count; index++) {
                size_t v[25];
                for (size_t i = 0; i < n; i++) {
                    v[i] = i;
                }
                size_t kept = shard_keep(&(struct shard){index, count, ""}, v, n);
                assert_in_range(kept, n / count, n / count + 1);
                for (size_t i = 0; i < kept; i++) {
                    assert_false(seen[v[i]]);
                    assert_true(i == 0 || v[i] > v[i - 1]);
                    seen[v[i]] = true;
                }
            }
            for (size_t i = 0; i < n; i++) {
                assert_true(seen[i]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest shard_tests[] = {
        test(by_flag),
        test(by_bazel),
        test(by_slurm),
        test(by_kubernetes),
        test(two_schedulers_must_agree),
        test(shards_share_all_cases_equally),
    };
    return cmocka_run_group_tests(shard_tests, NULL, NULL);
}
