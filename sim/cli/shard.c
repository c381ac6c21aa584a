#include "shard.h"

#include "cli.h"

#include <fcntl.h>
#include <unistd.h>

/* A number of the environment. An exit code. */
static int number(const struct cli *c, const char *name, const char *text, int64_t min, int64_t max,
                  int64_t *ret)
{
    int64_t value;
    if (go_parse_int(c->d, "ParseInt", text, 10, 64, &value, NULL) || value < min || value > max) {
        return complain(c, EXIT_USAGE, "%s: \"%s\" is no number from %lld to %lld", name, text,
                        (long long)min, (long long)max);
    }
    *ret = value;
    return EXIT_FINE;
}

/* The variable as a number, or `missing` when it is not set. An exit code. */
static int variable(const struct cli *c, const char *name, int64_t missing, int64_t *ret)
{
    const char *text = cli_variable(c, name);
    if (!text) {
        *ret = missing;
        return EXIT_FINE;
    }
    return number(c, name, text, 0, INT32_MAX, ret);
}

/* `index` from 0. An exit code. */
static int make(const struct cli *c, const char *from, int64_t index, int64_t count,
                struct shard *ret)
{
    if (count < 1 || count > LIMIT_SHARDS) {
        return complain(c, EXIT_USAGE, "%s: %lld shards are not 1 to %d", from, (long long)count,
                        LIMIT_SHARDS);
    }
    if (index < 0 || index >= count) {
        return complain(c, EXIT_USAGE, "%s: number %lld, counted from 0, is no shard of %lld", from,
                        (long long)index, (long long)count);
    }
    *ret = (struct shard){(unsigned)index + 1, (unsigned)count, from};
    return EXIT_FINE;
}

static int by_flag(const struct cli *c, struct shard *ret)
{
    const char *text = c->o.shard;
    if (!text) {
        return EXIT_FINE;
    }
    unsigned long index, count;
    int end = 0;
    bool digits = text[strspn(text, "0123456789/")] == '\0' && strlen(text) < 20;
    if (!digits || sscanf(text, "%lu/%lu%n", &index, &count, &end) != 2 || text[end] != '\0' ||
        index < 1 || index > count || count > LIMIT_SHARDS) {
        return complain(c, EXIT_USAGE, "--shard: \"%s\" is not I/N with 1 <= I <= N <= %d", text,
                        LIMIT_SHARDS);
    }
    *ret = (struct shard){(unsigned)index, (unsigned)count, "--shard"};
    return EXIT_FINE;
}

static int touch(const struct cli *c, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        return complain(c, EXIT_HARNESS, "TEST_SHARD_STATUS_FILE: %s: %s", path, code_text(-errno));
    }
    close(fd);
    return EXIT_FINE;
}

static int by_bazel(const struct cli *c, struct shard *ret)
{
    int64_t index = -1;
    int64_t count = -1;
    const char *status = cli_variable(c, "TEST_SHARD_STATUS_FILE");
    int code = status ? touch(c, status) : EXIT_FINE;
    code = code ? code : variable(c, "TEST_SHARD_INDEX", -1, &index);
    code = code ? code : variable(c, "TEST_TOTAL_SHARDS", -1, &count);
    if (code || (index < 0 && count < 0)) {
        return code;
    }
    if (index < 0 || count < 0) {
        return complain(c, EXIT_USAGE, "TEST_SHARD_INDEX and TEST_TOTAL_SHARDS go together");
    }
    return make(c, "TEST_SHARD_INDEX", index, count, ret);
}

/* An array need not start at 0 nor go in steps of 1; one that has holes cannot be told apart from
 * one that lost tasks. */
static int by_slurm(const struct cli *c, struct shard *ret)
{
    int64_t id = -1;
    int64_t count = -1;
    int64_t min = 0;
    int64_t max = -1;
    int64_t step = 1;
    int code = variable(c, "SLURM_ARRAY_TASK_ID", -1, &id);
    code = code ? code : variable(c, "SLURM_ARRAY_TASK_COUNT", -1, &count);
    code = code ? code : variable(c, "SLURM_ARRAY_TASK_MIN", 0, &min);
    code = code ? code : variable(c, "SLURM_ARRAY_TASK_STEP", 1, &step);
    code = code ? code : variable(c, "SLURM_ARRAY_TASK_MAX", -1, &max);
    if (code || id < 0) {
        return code;
    }
    if (count < 0) {
        return complain(c, EXIT_USAGE,
                        "SLURM_ARRAY_TASK_ID without SLURM_ARRAY_TASK_COUNT: give --shard I/N");
    }
    if (step < 1 || (id - min) % step != 0 || (max >= 0 && max != min + (count - 1) * step)) {
        return complain(c, EXIT_USAGE,
                        "SLURM_ARRAY_TASK_ID: the array is not regular (%lld tasks from %lld to "
                        "%lld, step %lld): give --shard I/N",
                        (long long)count, (long long)min, (long long)max, (long long)step);
    }
    return make(c, "SLURM_ARRAY_TASK_ID", (id - min) / step, count, ret);
}

static int by_kubernetes(const struct cli *c, struct shard *ret)
{
    int64_t index = -1;
    int64_t count = -1;
    int code = variable(c, "JOB_COMPLETION_INDEX", -1, &index);
    code = code ? code : variable(c, "JOB_COMPLETIONS", -1, &count);
    if (code || index < 0) {
        return code;
    }
    count = c->o.shard_count > 0 ? c->o.shard_count : count;
    if (count < 0) {
        return complain(c, EXIT_USAGE,
                        "JOB_COMPLETION_INDEX tells which shard, nothing of how many: give "
                        "--shard-count N, or set JOB_COMPLETIONS");
    }
    return make(c, "JOB_COMPLETION_INDEX", index, count, ret);
}

static int from_environment(const struct cli *c, struct shard *ret)
{
    int (*const ways[])(const struct cli *, struct shard *) = {by_bazel, by_slurm, by_kubernetes};
    struct shard found = {0};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct shard one = {0};
        int code = ways[i](c, &one);
        if (code) {
            return code;
        }
        if (one.count && found.count && (one.index != found.index || one.count != found.count)) {
            return complain(c, EXIT_USAGE,
                            "%s says shard %u/%u, but %s says %u/%u: give --shard I/N", found.from,
                            found.index, found.count, one.from, one.index, one.count);
        }
        found = found.count ? found : one;
    }
    *ret = found;
    return EXIT_FINE;
}

int shard_find(const struct cli *c, struct shard *ret)
{
    struct shard found = {0};
    int code = c->o.shard ? by_flag(c, &found) : from_environment(c, &found);
    if (code) {
        return code;
    }
    if (c->o.shard_count > 0 && !found.count) {
        return complain(c, EXIT_USAGE,
                        "--shard-count tells how many shards, nothing of which one: give --shard "
                        "I/N, or set JOB_COMPLETION_INDEX");
    }
    if (c->o.shard_count > 0 && c->o.shard_count != found.count) {
        return complain(c, EXIT_USAGE, "--shard-count %lld, but %s says %u/%u",
                        (long long)c->o.shard_count, found.from, found.index, found.count);
    }
    if (found.count && !c->o.quiet) {
        (void)complain(c, 0, "shard %u/%u (%s)", found.index, found.count, found.from);
    }
    *ret = found;
    return EXIT_FINE;
}

size_t shard_keep(const struct shard *s, size_t *v, size_t n)
{
    if (!s->count) {
        return n;
    }
    size_t kept = 0;
    for (size_t i = s->index - 1; i < n; i += s->count) {
        v[kept++] = v[i];
    }
    return kept;
}
