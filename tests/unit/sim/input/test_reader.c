/* Cases by number. */
#include "fixture.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#define LINE(id) "{\"id\":\"" id "\",\"spec\":{}}\n"

static struct case_source *open_one(struct fixture *f, const char *path)
{
    struct case_source *s;
    assert_int_equal(case_source_open(&f->d, &f->opt, &path, 1, &s, &f->err), 0);
    return s;
}

static void write_suite(const char *path, bool packed, int cases)
{
    FILE *out = packed ? NULL : fopen(path, "w");
    gzFile gz = packed ? gzopen(path, "wb") : NULL;
    for (int i = 0; i < cases; i++) {
        char line[400];
        snprintf(line, sizeof(line), "{\"id\":\"c%d\",\"spec\":{},\"comment\":\"%*s\"}\n", i,
                 i % 300, "");
        if (packed) {
            gzputs(gz, line);
        } else {
            fputs(line, out);
        }
    }
    assert_int_equal(packed ? gzclose(gz) : fclose(out), 0);
}

static void any_order(void **state)
{
    struct fixture *f = *state;
    enum { CASES = 3000 };
    make_folder(f);
    for (int packed = 0; packed < 2; packed++) {
        const char *path = packed ? "s.jsonl.gz" : "s.jsonl";
        write_suite(path, packed, CASES);
        struct case_source *s = open_one(f, path);
        struct case_reader *r;
        assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
        size_t index = 0;
        for (int i = 0; i < 40; i++, index = (index * 31 + 1777) % CASES) {
            struct sim_case *c;
            char name[16];
            assert_int_equal(case_read(r, index, &f->d, &c, &f->err), 0);
            snprintf(name, sizeof(name), "c%zu", index);
            assert_string_equal(c->name, name);
            assert_int_equal(c->index, index);
            assert_int_equal(c->line, index + 1);
            case_free(c);
        }
        case_reader_free(r);
        case_source_free(s);
    }
}

/* Memory does not grow with the number of cases that were read. */
static void in_order_and_flat(void **state)
{
    struct fixture *f = *state;
    enum { CASES = 2000 };
    make_folder(f);
    write_suite("s.jsonl", false, CASES);
    struct case_source *s = open_one(f, "s.jsonl");
    struct case_reader *r;
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    size_t live = 0;
    for (size_t i = 0; i < CASES; i++) {
        struct sim_case *c;
        assert_int_equal(case_source_next(r, &f->d, &c, &f->err), 1);
        assert_int_equal(c->index, i);
        case_free(c);
        if (i == 0) {
            live = f->d.live_bytes;
        }
    }
    struct sim_case *none = NULL;
    assert_int_equal(case_source_next(r, &f->d, &none, &f->err), 0);
    assert_null(none);
    assert_int_equal(f->d.live_bytes, live);
    case_reader_free(r);
    case_source_free(s);
}

static void a_bad_case_does_not_stop_the_others(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_file("s.jsonl",
              LINE("a") "{\"id\":\"b\",\"spec\":7}\n{\"id\":\"c\",\"spec\":{]}\n" LINE("d"));
    struct case_source *s = open_one(f, "s.jsonl");
    struct case_reader *r;
    struct sim_case *c;
    assert_int_equal(case_source_count(s), 4);
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    assert_int_equal(case_source_next(r, &f->d, &c, &f->err), 1);
    case_free(c);
    assert_error(f, case_source_next(r, &f->d, &c, &f->err), -EINVAL,
                 "s.jsonl: spec: expected an object, found a number (line 2, column 18)");
    assert_error(f, case_source_next(r, &f->d, &c, &f->err), -EINVAL,
                 "s.jsonl: expected a key in double quotes, found ']' (line 3, column 19)");
    assert_int_equal(case_source_next(r, &f->d, &c, &f->err), 1);
    assert_string_equal(c->name, "d");
    case_free(c);
    case_reader_free(r);
    case_source_free(s);
}

static void a_suite_that_changed_meanwhile(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_file("s.jsonl", LINE("a") LINE("b"));
    struct case_source *s = open_one(f, "s.jsonl");
    struct case_reader *r;
    struct sim_case *c;
    make_file("s.jsonl", LINE("a") LINE("x"));
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    assert_error(f, case_read(r, 1, &f->d, &c, &f->err), -ESTALE,
                 "s.jsonl:2: the suite has changed: case \"b\" is gone");
    case_reader_free(r);
    make_file("s.jsonl", LINE("a"));
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    assert_error(f, case_read(r, 1, &f->d, &c, &f->err), -ESTALE,
                 "s.jsonl:2: the suite has changed: case \"b\" is gone");
    case_reader_free(r);
    assert_int_equal(unlink("s.jsonl"), 0);
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    assert_error(f, case_read(r, 1, &f->d, &c, &f->err), -ENOENT,
                 "s.jsonl: no such file or directory");
    case_reader_free(r);
    case_source_free(s);
}

/* Forked workers share the source and no file offset. */
static void workers(void **state)
{
    struct fixture *f = *state;
    enum { CASES = 400, WORKERS = 3 };
    make_folder(f);
    write_suite("s.jsonl", false, CASES);
    int in = open("s.jsonl", O_RDONLY);
    f->opt.in_fd = in;
    struct case_source *s = open_one(f, "-");
    close(in);
    pid_t pids[WORKERS];
    for (size_t w = 0; w < WORKERS; w++) {
        pids[w] = fork();
        if (pids[w]) {
            continue;
        }
        struct case_reader *r;
        int bad = case_reader_new(&f->d, s, &r, &f->err);
        for (size_t i = w; !bad && i < CASES; i += WORKERS) {
            struct sim_case *c;
            char name[16];
            snprintf(name, sizeof(name), "c%zu", i);
            bad = case_read(r, i, &f->d, &c, &f->err) || strcmp(c->name, name);
            if (!bad) {
                case_free(c);
            }
        }
        _exit(bad ? 1 : 0);
    }
    for (size_t w = 0; w < WORKERS; w++) {
        int status;
        assert_int_equal(waitpid(pids[w], &status, 0), pids[w]);
        assert_int_equal(status, 0);
    }
    case_source_free(s);
}

static void the_shared_root_is_read_once(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_file("m.json", "[{\"path\":\"x\",\"type\":\"dir\"}]");
    make_file("s.jsonl", LINE("a") LINE("b"));
    f->opt.rootfs = "m.json";
    struct case_source *s = open_one(f, "s.jsonl");
    struct case_reader *r;
    struct sim_case *a, *b;
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    assert_int_equal(unlink("m.json"), 0);
    assert_int_equal(case_read(r, 0, &f->d, &a, &f->err), 0);
    assert_int_equal(case_read(r, 1, &f->d, &b, &f->err), 0);
    assert_ptr_equal(a->trees[0].manifest, b->trees[0].manifest);
    case_free(a);
    case_free(b);
    case_reader_free(r);
    assert_error(f, case_reader_new(&f->d, s, &r, &f->err), -ENOENT,
                 "root file system: m.json: no such file or directory");
    case_source_free(s);
}

/* Open, read all, close: 0, CODE_FATE, or another code, which is a bug here. */
static int read_all(struct domain *d, const struct case_options *opt)
{
    const char *path = "c";
    struct error err = {0};
    struct case_source *s = NULL;
    struct case_reader *r = NULL;
    struct sim_case *c;
    int rc = case_source_open(d, opt, &path, 1, &s, &err);
    if (!rc) {
        rc = case_reader_new(d, s, &r, &err);
    }
    if (!rc) {
        while ((rc = case_source_next(r, d, &c, &err)) > 0) {
            case_free(c);
        }
    }
    case_reader_free(r);
    case_source_free(s);
    error_release(&err);
    return rc;
}

/* The n-th allocation fails, for every n: fate oom, and nothing outside of the ledger is lost. */
static void out_of_memory(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_dir("c");
    make_dir("c/b");
    make_dir("c/b/rootfs");
    make_file("c/b/config.json", "{\"root\":{\"path\":\"rootfs\"}}");
    make_file("c/s.jsonl", LINE("a") LINE("\\u0063"));
    make_file("c/t.json", "{\"mounts\":[{\"type\":\"bind\",\"source\":\"/x\"}],\"mounts\":[]}");
    make_file("c/xfail.txt", "a reason\n");
    make_file("c/note", "");
    for (uint64_t n = 1;; n++) {
        struct domain d;
        domain_init(&d, "oom", PROFILE_GVISOR_2018_08_14);
        d.alloc_fail_at = n;
        int rc = read_all(&d, &f->opt);
        bool dead = domain_dead(&d);
        size_t left = domain_close(&d, NULL, NULL);
        assert_int_equal(rc, dead ? CODE_FATE : 0);
        if (!dead) {
            assert_int_equal(left, 0);
            assert_true(n > 30);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(any_order),
        INPUT_TEST(in_order_and_flat),
        INPUT_TEST(a_bad_case_does_not_stop_the_others),
        INPUT_TEST(a_suite_that_changed_meanwhile),
        INPUT_TEST(workers),
        INPUT_TEST(the_shared_root_is_read_once),
        INPUT_TEST(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
