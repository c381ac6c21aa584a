/* How fast is the other side? Round trips one by one, many in flight, and bytes. */
#include <sys/stat.h>

#include "tool.h"

enum { IN_FLIGHT = 16, READ_BYTES = 1 << 20, READ_TURNS = 256, DEFAULT_TURNS = 10000 };

static double seconds_since(struct remote *r, int64_t start)
{
    int64_t ns = r->env->now(r->env->arg) - start;
    return (double)(ns > 0 ? ns : 1) / 1e9;
}

static int bench_walks(struct remote *r, const struct p9_file *f, uint32_t turns)
{
    int64_t start = r->env->now(r->env->arg);
    struct p9_attr a;
    struct p9_file clone;
    for (uint32_t i = 0; i < turns; i++) {
        int rc = p9_walk(f, NULL, 0, NULL, &clone);
        if (rc == 0) {
            rc = remote_stat(r, &clone, &a);
        }
        if (rc < 0) {
            return rc;
        }
        rc = p9_clunk(&clone);
        if (rc < 0) {
            return rc;
        }
    }
    double s = seconds_since(r, start);
    fprintf(r->env->out, "walk + getattr + clunk   %9u turns  %8.2f us each\n", turns,
            1e6 * s / turns);
    return 0;
}

static int bench_pipelined(struct remote *r, const struct p9_file *f, uint32_t turns)
{
    int64_t start = r->env->now(r->env->arg);
    const struct p9_msg t = {.type = P9_TGETATTR, .fid = f->fid, .mask = P9_ATTR_STAT};
    struct p9_msg reply;
    uint16_t tags[IN_FLIGHT];
    for (uint32_t i = 0; i < turns + IN_FLIGHT; i++) {
        int rc = i >= IN_FLIGHT ? p9_wait(r->client, tags[i % IN_FLIGHT], &reply, NULL) : 0;
        if (rc == 0 && i < turns) {
            rc = p9_submit(r->client, &t, &tags[i % IN_FLIGHT]);
        }
        if (rc < 0) {
            return rc;
        }
    }
    double s = seconds_since(r, start);
    fprintf(r->env->out, "getattr, %d in flight     %9u turns  %8.2f us each\n", (int)IN_FLIGHT,
            turns, 1e6 * s / turns);
    return 0;
}

static int read_again(const struct p9_file *f, uint8_t *buf, uint64_t *ret)
{
    uint64_t total = 0, at = 0;
    for (unsigned i = 0; i < READ_TURNS; i++) {
        size_t n;
        int rc = p9_read(f, buf, READ_BYTES, at, &n);
        if (rc < 0) {
            return rc;
        }
        at = n < READ_BYTES ? 0 : at + n;
        total += n;
    }
    *ret = total;
    return 0;
}

static int bench_reads(struct remote *r, const struct p9_file *f)
{
    struct p9_file open_file;
    uint64_t total = 0;
    int rc = p9_walk(f, NULL, 0, NULL, &open_file);
    if (rc < 0) {
        return rc;
    }
    uint8_t *buf = mem_new(r->d, READ_BYTES, "bench");
    int64_t start = r->env->now(r->env->arg);
    rc = buf ? p9_lopen(&open_file, P9_OPEN_READ, NULL, NULL, NULL) : CODE_FATE;
    if (rc == 0) {
        rc = read_again(&open_file, buf, &total);
    }
    double s = seconds_since(r, start);
    mem_free(buf);
    if (rc == CODE_FATE || p9_clunk(&open_file) == CODE_FATE) {
        return CODE_FATE;
    }
    if (rc == 0) {
        fprintf(r->env->out, "read                     %9llu MiB    %8.0f MiB/s\n",
                (unsigned long long)(total >> 20), (double)total / s / (1 << 20));
    }
    return rc;
}

int action_bench(struct remote *r, struct error *err)
{
    struct p9_client_info info = p9_client_info(r->client);
    uint32_t turns = r->o->count ? r->o->count : DEFAULT_TURNS;
    char version[P9_VERSION_TEXT];
    struct p9_file f;
    struct p9_attr a;
    int rc = remote_walk(r, r->o->path, &f, err);
    if (rc < 0) {
        return rc;
    }
    fprintf(r->env->out, "%s, msize %u\n", p9_version_format(info.version, version), info.msize);
    rc = bench_walks(r, &f, turns);
    if (rc == 0) {
        rc = bench_pipelined(r, &f, turns);
    }
    if (rc == 0) {
        rc = remote_stat(r, &f, &a);
    }
    if (rc == 0 && S_ISREG(a.mode)) {
        rc = bench_reads(r, &f);
    }
    if (rc != CODE_FATE && p9_clunk(&f) == CODE_FATE) {
        rc = CODE_FATE;
    }
    return rc < 0 ? remote_error(r, err, r->o->path, rc) : 0;
}
