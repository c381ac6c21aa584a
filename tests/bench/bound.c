/*
 * Each recorded engine case against its own bound: its 9P round trips times a raw ping-pong plus
 * its rows times a raw prepared insert. All in this process, on one core: reading, running, judging
 * and recording of a case are in its time; planning and the commit are shared out evenly.
 */
#include "bench.h"
#include "count.h"

#include <errno.h>
#include <malloc.h>
#include <simrun/p9.h>
#include <simrun/sim/run.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct one {
    double seconds; /* of processor time, the fastest */
    uint64_t trips, rows;
};

/* One replay of all cases. */
struct pass {
    struct rep_run *run;
    struct one *cases; /* n of them */
    size_t at;
    bool first;
    double start;
    uint64_t trips, rows; /* up to here */
};

static sqlite3 *connection; /* the recorder's, which it does not show */

static int see_connection(sqlite3 *db, const char **error, const struct sqlite3_api_routines *api)
{
    (void)error;
    (void)api;
    connection = db;
    return SQLITE_OK;
}

static uint64_t rows_written(void)
{
    return (uint64_t)sqlite3_total_changes64(connection);
}

static int record_one(void *arg, const struct run_record *record)
{
    struct pass *p = arg;
    int rc = rep_record_packed(p->run, &record->packed);
    double now = bench_cpu();
    struct one *c = &p->cases[p->at++];
    if (p->first || now - p->start < c->seconds) {
        c->seconds = now - p->start;
    }
    c->trips = count_requests() - p->trips;
    c->rows = rows_written() - p->rows;
    p->trips += c->trips;
    p->rows += c->rows;
    p->start = now;
    return rc;
}

static int64_t clock_ns(void *arg)
{
    (void)arg;
    return (int64_t)(bench_cpu() * 1e9);
}

/* What a replay reads. */
struct input {
    struct domain d;
    struct case_source *source;
    struct expect_set *expect;
    size_t *selection;
    size_t n;
    struct p9_pairs *pairs; /* as the program has them */
};

static int open_input(struct input *in)
{
    static const char *const paths[] = {BENCH_ENGINES};
    const struct case_options opt = CASE_OPTIONS_INIT;
    struct error err = {0};
    domain_init(&in->d, "bench", PROFILE_GVISOR_2018_08_14);
    int rc = case_source_open(&in->d, &opt, paths, 1, &in->source, &err);
    rc = rc ? rc
            : expect_open(&in->d, in->source, profile_name(PROFILE_GVISOR_2018_08_14), &in->expect,
                          &err);
    in->n = rc ? 0 : case_source_count(in->source);
    rc = rc ? rc : p9_pairs_new(&in->pairs);
    in->selection = calloc(in->n + 1, sizeof(*in->selection));
    for (size_t i = 0; in->selection && i < in->n; i++) {
        in->selection[i] = i;
    }
    error_release(&err);
    return rc ? rc : in->selection ? 0 : -ENOMEM;
}

static void close_input(struct input *in)
{
    p9_pairs_free(in->pairs);
    free(in->selection);
    expect_free(in->expect);
    case_source_free(in->source);
    domain_close(&in->d, NULL, NULL);
}

static int plan(const struct input *in, struct rep_run *run)
{
    int rc = 0;
    for (size_t i = 0; i < in->n && !rc; i++) {
        struct case_info info;
        case_source_info(in->source, i, &info);
        rc = rep_plan(run, info.name, NULL);
    }
    return rc ? rc : rep_flush(run);
}

static int replay(const struct input *in, struct pass *p)
{
    const struct model_options model = {.profile = PROFILE_GVISOR_2018_08_14, .pairs = in->pairs};
    const struct subject subject = subject_model(&model, "bench");
    const struct run_options opt = {.subject = &subject,
                                    .source = in->source,
                                    .expect = in->expect,
                                    .selection = in->selection,
                                    .n = in->n,
                                    .now = clock_ns,
                                    .pack = true,
                                    .stop_fd = -1};
    struct domain d;
    struct run *run = NULL;
    struct error err = {0};
    domain_init(&d, "bench run", PROFILE_GVISOR_2018_08_14);
    int rc = run_new(&d, &opt, &run, &err);
    p->start = bench_cpu();
    p->trips = count_requests();
    p->rows = rows_written();
    rc = rc ? rc : run_go(run, record_one, p, &err);
    run_free(run);
    error_release(&err);
    domain_close(&d, NULL, NULL);
    return rc;
}

/* Into a database of its own. *ret: processor seconds of it all, from plan to commit. */
static int replay_recorded(const struct bench *b, const struct input *in, unsigned number,
                           struct one *cases, double *ret)
{
    char path[256];
    struct rep_db *db = NULL;
    struct pass p = {.cases = cases, .first = number == 0};
    const struct rep_run_options opt = {
        .subject = "model", .started = "now", .batch = (unsigned)in->n + 1};
    snprintf(path, sizeof(path), "%s/bound%u.db", b->dir, number);
    int rc = rep_open(path, REP_CREATE, NULL, &db);
    double start = bench_cpu();
    rc = rc ? rc : rep_run_begin(db, &opt, &p.run);
    rc = rc ? rc : plan(in, p.run);
    rc = rc ? rc : replay(in, &p);
    rc = rc ? rc : rep_run_end(p.run, REP_FINISHED, "now", NULL);
    *ret = bench_cpu() - start;
    int closed = rep_close(db);
    return rc ? rc : closed;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static size_t count_within(const double *sorted, size_t n, double limit)
{
    size_t i = 0;
    while (i < n && sorted[i] <= limit) {
        i++;
    }
    return i;
}

/* Processor seconds of the bare work. */
struct raw {
    double trip, row;
};

/* Taken before and after: the faster one counts, as it does for the cases. */
static int measure_raw(const struct bench *b, struct raw *raw)
{
    double trip, row;
    int rc = bench_raw_trip(b, &trip);
    rc = rc ? rc : bench_raw_row(b, &row);
    if (!rc) {
        raw->trip = raw->trip > 0 && raw->trip < trip ? raw->trip : trip;
        raw->row = raw->row > 0 && raw->row < row ? raw->row : row;
    }
    return rc;
}

/* Ratios of the cases that go through 9P at all, sorted; the others have next to no bound. */
static size_t ratios(const struct input *in, const struct one *cases, double shared,
                     const struct raw *raw, double *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < in->n; i++) {
        if (cases[i].trips) {
            ret[n++] = (cases[i].seconds + shared) / ((double)cases[i].trips * raw->trip +
                                                      (double)(cases[i].rows + 1) * raw->row);
        }
    }
    qsort(ret, n, sizeof(*ret), by_value);
    return n;
}

static int print(const struct input *in, const struct one *cases, double seconds,
                 const struct raw *raw)
{
    double *ratio = calloc(in->n + 1, sizeof(*ratio)), own = 0;
    uint64_t trips = 0, rows = in->n; /* those of the plan */
    if (!ratio) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < in->n; i++) {
        own += cases[i].seconds;
        trips += cases[i].trips;
        rows += cases[i].rows;
    }
    const double n = (double)in->n, shared = seconds > own ? (seconds - own) / n : 0;
    const double bound = (double)trips * raw->trip + (double)rows * raw->row;
    size_t served = ratios(in, cases, shared, raw, ratio);
    printf("bound: %zu recorded engine cases on one core, recorded; processor time\n", in->n);
    printf("  a case      %8.0f us          %8.0f a second\n", seconds / n * 1e6, n / seconds);
    printf("  its bound   %8.0f us          %.1f round trips of %.2f us, %.1f rows of %.2f us\n",
           bound / n * 1e6, (double)trips / n, raw->trip * 1e6, (double)rows / n, raw->row * 1e6);
    printf("  ratio       %8.2f of all\n", seconds / bound);
    if (served) {
        printf("              %8.2f median of the %zu through 9P, %.2f the worst, %zu within 1.5\n",
               ratio[served / 2], served, ratio[served - 1], count_within(ratio, served, 1.5));
    }
    free(ratio);
    return 0;
}

int bench_bound(const struct bench *b)
{
    struct input in = {0};
    struct raw raw = {0};
    double best = 0;
    mallopt(M_TRIM_THRESHOLD, 64 << 20); /* as a worker has it */
    mallopt(M_TOP_PAD, 1 << 20);
    sqlite3_auto_extension((void (*)(void))see_connection);
    int rc = open_input(&in);
    struct one *cases = calloc(in.n + 1, sizeof(*cases));
    rc = rc ? rc : cases ? 0 : -ENOMEM;
    rc = rc ? rc : measure_raw(b, &raw);
    for (unsigned i = 0; i < b->repeats && !rc; i++) {
        double seconds;
        rc = replay_recorded(b, &in, i, cases, &seconds);
        best = i == 0 || seconds < best ? seconds : best;
    }
    rc = rc ? rc : measure_raw(b, &raw);
    rc = rc ? rc : print(&in, cases, best, &raw);
    free(cases);
    close_input(&in);
    sqlite3_cancel_auto_extension((void (*)(void))see_connection);
    return rc ? bench_fail(rc > -4096 && rc < 0 ? rc : -EIO, "bound") : 0;
}
