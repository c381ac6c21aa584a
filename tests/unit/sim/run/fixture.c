#include "fixture.h"

#include "frame.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_BYTES = 4096 };

static bool asks(const struct sim_case *c, const char *word)
{
    size_t n = strcspn(c->name, "-");
    return strlen(word) == n && strncmp(c->name, word, n) == 0;
}

/* How often this case ran before, in any process. */
static unsigned runs_before(const struct subject *s, const struct sim_case *c)
{
    unsigned *runs = (void *)(uintptr_t)s->options;
    return runs[c->index]++;
}

/* The socket of this worker: the one that was made last. */
static int own_socket(void)
{
    int last = -1;
    for (int fd = 0; fd < 256; fd++) {
        struct stat st;
        last = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode) ? fd : last;
    }
    return last;
}

static void send_nonsense(bool liar)
{
    const struct frame_head of_another = {.size = 0, .index = 4711};
    char bytes[sizeof(of_another)];
    memset(bytes, 0xff, sizeof(bytes));
    ssize_t sent = write(own_socket(), liar ? (const void *)&of_another : bytes, sizeof(bytes));
    assert_int_equal(sent, sizeof(bytes));
}

static void misbehave(const struct sim_case *c, struct sim_result *r)
{
    if (asks(c, "segv") || asks(c, "abort")) {
        int sig = asks(c, "segv") ? SIGSEGV : SIGABRT;
        signal(sig, SIG_DFL);
        (void)raise(sig);
    } else if (asks(c, "exit")) {
        _exit(7);
    } else if (asks(c, "hang")) {
        for (;;) {
            pause();
        }
    } else if (asks(c, "mad") || asks(c, "liar")) {
        send_nonsense(asks(c, "liar"));
    } else if (asks(c, "fd")) {
        assert_true(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
    } else if (asks(c, "leak")) {
        (void)sim_result_add(r, &r->ledger, "inode (96 bytes)");
    } else if (asks(c, "slow")) {
        nanosleep(&(struct timespec){.tv_nsec = 100 * 1000 * 1000}, NULL);
    }
}

static int fake_run(const struct subject *s, struct domain *d, const struct sim_case *c,
                    struct sim_result **ret)
{
    struct sim_result *r = sim_result_new(d, c->name);
    unsigned before = runs_before(s, c);
    if (!r || asks(c, "oom")) {
        sim_result_free(r);
        return domain_oom(d);
    }
    misbehave(c, r);
    if (asks(c, "crashonce") && before == 0) {
        signal(SIGABRT, SIG_DFL);
        abort();
    }
    if (asks(c, "error") || (asks(c, "odd") && before % 2 == 0)) {
        (void)sim_result_outcome(r, OUTCOME_ERROR, "told to");
    }
    if (asks(c, "big")) {
        char *text = mem_new(d, (1 << 20) + 1, "text");
        memset(text, 'x', 1 << 20);
        (void)sim_result_add(r, &r->log, text);
        mem_free(text);
    }
    *ret = r;
    return 0;
}

static int64_t now(void *arg)
{
    (void)arg;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    domain_init(&f->d, "test", PROFILE_GVISOR_2018_08_14);
    strcpy(f->dir, "/tmp/simrun-run-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->runs = mmap(NULL, RUNS_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(f->runs != MAP_FAILED);
    f->subject =
        (struct subject){.name = "fake", .version = "1", .run = fake_run, .options = f->runs};
    f->opt = (struct run_options){.now = now, .stop_fd = -1};
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    char path[128];
    expect_free(f->expect);
    case_source_free(f->source);
    mem_free(f->selection);
    error_release(&f->err);
    (void)snprintf(path, sizeof(path), "%s/s.jsonl", f->dir);
    (void)unlink(path);
    assert_int_equal(rmdir(f->dir), 0);
    munmap(f->runs, RUNS_BYTES);
    size_t left = domain_close(&f->d, NULL, NULL);
    free(f);
    assert_int_equal(left, 0);
    return 0;
}

static void open_source(struct fixture *f, const char *path)
{
    static const struct case_options opt = CASE_OPTIONS_INIT;
    assert_int_equal(case_source_open(&f->d, &opt, &path, 1, &f->source, &f->err), 0);
    assert_int_equal(expect_open(&f->d, f->source, "gvisor-2018-08-14", &f->expect, &f->err), 0);
    f->opt.subject = &f->subject;
    f->opt.source = f->source;
    f->opt.expect = f->expect;
    f->opt.n = case_source_count(f->source);
    f->selection = mem_resize(&f->d, NULL, 0, f->opt.n + 1, sizeof(size_t), "selection");
    for (size_t i = 0; i < f->opt.n; i++) {
        f->selection[i] = i;
    }
    f->opt.selection = f->selection;
}

static void put_case(FILE *out, const char *name, size_t n)
{
    bool bad = strncmp(name, "bad-", 4) == 0;
    assert_true(fprintf(out, "{\"id\":\"%.*s\",\"spec\":{\"root\":{\"path\":%s}}}\n", (int)n, name,
                        bad ? "7" : "\"@rootfs\"") > 0);
}

void make_cases(struct fixture *f, const char *names)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/s.jsonl", f->dir);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    while (*names) {
        size_t n = strcspn(names, " ");
        put_case(out, names, n);
        names += n + (names[n] == ' ');
    }
    assert_int_equal(fclose(out), 0);
    open_source(f, path);
}

void make_many(struct fixture *f, size_t n)
{
    char path[128], name[32];
    (void)snprintf(path, sizeof(path), "%s/s.jsonl", f->dir);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(name, sizeof(name), "ok-%zu", i);
        put_case(out, name, strlen(name));
    }
    assert_int_equal(fclose(out), 0);
    open_source(f, path);
}

static int see(void *arg, const struct run_record *r)
{
    struct fixture *f = arg;
    struct seen *s = &f->seen[f->n_seen++];
    s->index = r->index;
    s->outcome = r->result->outcome;
    s->status = r->verdict->status;
    s->has_spec = r->key.present[REP_SPEC];
    s->packed = r->packed.data != NULL;
    assert_true(s->packed || strcmp(r->info.name, r->result->name) == 0);
    (void)snprintf(s->name, sizeof(s->name), "%s", r->info.name);
    (void)snprintf(s->error, sizeof(s->error), "%s", r->result->error);
    if (r->verdict->differences.n) {
        (void)snprintf(s->difference, sizeof(s->difference), "%s",
                       (const char *)r->verdict->differences.p[0]);
    }
    s->flaky = r->flaky;
    s->attempts[0] = '\0';
    for (size_t i = 0; i < r->n_attempts; i++) {
        size_t n = strlen(s->attempts);
        (void)snprintf(s->attempts + n, sizeof(s->attempts) - n, "%s:%u ",
                       sim_outcome_name(r->attempts[i].outcome), r->attempts[i].same_as);
    }
    if (f->stop_after && f->n_seen == f->stop_after) {
        assert_int_equal(write(f->stop_fd, "x", 1), 1);
    }
    return f->end_after && f->n_seen == f->end_after;
}

int run_cases(struct fixture *f, unsigned jobs)
{
    struct run *run;
    f->opt.jobs = jobs;
    f->n_seen = 0;
    memset(f->runs, 0, RUNS_BYTES);
    assert_int_equal(run_new(&f->d, &f->opt, &run, &f->err), 0);
    int code = run_go(run, see, f, &f->err);
    run_free(run);
    return code;
}
