/* model/fs/proc/seqfile.c: what readers in pieces see while records come and go. */
#include "proc_test.h"
#include "seqfile.h"

/* Ten records of ten bytes, "record-N\n" and a blank, some of them taken away; the handle is N + 1.
 */
struct source {
    bool gone[12];
    int n;
    bool update;
    uint64_t generation;
};

static bool needs_update(void *arg, uint64_t generation)
{
    const struct source *s = arg;
    return generation == 0 || s->update;
}

static int read_source(struct ctx *c, void *arg, uint64_t after, struct seq_out *out,
                       uint64_t *generation)
{
    (void)c;
    const struct source *s = arg;
    int rc = 0;
    for (int i = 0; i < s->n && !rc; i++) {
        if (!s->gone[i] && (uint64_t)i + 1 > after) {
            str_addf(&out->text, "record-%x\n ", (unsigned)i);
            rc = seq_out_cut_at(out, (uint64_t)i + 1);
        }
    }
    *generation = s->generation;
    return rc;
}

static const struct seq_source ops = {needs_update, read_source};

struct fixture {
    struct world w;
    struct seq q;
    struct source s;
    char buf[256];
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    world_open(&f->w, PROFILE_GVISOR_2018_08_14);
    f->s = (struct source){.n = 10, .update = true, .generation = 1};
    *state = f;
    return f ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    seq_release(&f->q);
    world_close(&f->w);
    free(f);
    return 0;
}

/* Reads and compares with what stands at `expected`. */
static void assert_read(struct fixture *f, int64_t off, size_t len, const char *expected)
{
    size_t n = 99;
    assert_int_equal(seq_read(&f->w.c, &f->q, &ops, &f->s, off, f->buf, len, &n), 0);
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(f->buf, expected, n);
}

static void test_whole_and_end(void **state)
{
    struct fixture *f = *state;
    char all[101] = "";
    for (unsigned i = 0; i < 10; i++) {
        snprintf(all + 10 * i, 11, "record-%x\n ", i);
    }
    assert_read(f, 0, 200, all);
    assert_read(f, 100, 20, "");
    assert_read(f, 1000, 20, "");
    assert_read(f, 0, 0, "");
    size_t n;
    assert_int_equal(seq_read(&f->w.c, &f->q, &ops, &f->s, -1, f->buf, 5, &n), -EINVAL);
}

/* Partial, exact and spanning reads, whether the source asks for updates or not. proves: FI-14 */
static void test_pieces(void **state)
{
    struct fixture *f = *state;
    for (int update = 0; update < 2; update++) {
        f->s.update = update;
        assert_read(f, 0, 6, "record");
        assert_read(f, 6, 4, "-0\n ");
        assert_read(f, 6, 14, "-0\n record-1\n ");
        assert_read(f, 10, 10, "record-1\n ");
        assert_read(f, 16, 20, "-1\n record-2\n record");
        assert_read(f, 95, 20, "d-9\n ");
    }
}

/* A record that was begun stays whole; those after it are asked for anew. */
static void test_removal(void **state)
{
    struct fixture *f = *state;
    assert_read(f, 0, 16, "record-0\n record");
    f->s.gone[1] = f->s.gone[2] = true;
    assert_read(f, 16, 14, "-1\n record-3\n ");
    assert_read(f, 30, 10, "record-4\n ");
    f->s.gone[0] = true;
    assert_read(f, 40, 10, "record-5\n "); /* what is read already does not move */
    assert_read(f, 0, 10, "record-3\n ");  /* from the start: as it is now */
}

static void test_insertion(void **state)
{
    struct fixture *f = *state;
    f->s.gone[1] = f->s.gone[3] = true;
    assert_read(f, 0, 20, "record-0\n record-2\n ");
    f->s.gone[1] = f->s.gone[3] = false;
    assert_read(f, 20, 10, "record-3\n ");
    f->s.n = 12;
    assert_read(f, 30, 90,
                "record-4\n record-5\n record-6\n record-7\n record-8\n record-9\n record-a\n "
                "record-b\n ");
}

/* Records that go while one reads: rules at offsets inside, at the end of and after what was read.
 */
static void test_clearing(void **state)
{
    struct fixture *f = *state;
    assert_read(f, 0, 50, "record-0\n record-1\n record-2\n record-3\n record-4\n ");
    f->s.n = 0;
    assert_read(f, 50, 10, "");
    assert_read(f, 30, 10, ""); /* at a border: asked for anew, nothing there */
    f->s.n = 10;
    assert_read(f, 1, 5, "ecord");
    f->s.n = 0;
    assert_read(f, 6, 10, "-0\n "); /* inside: the record itself is kept */
    assert_read(f, 0, 10, "");
    assert_read(f, 16, 10, "");
    assert_read(f, 20, 10, "");
}

/* Without need for updates only going back asks again. */
static void test_going_back(void **state)
{
    struct fixture *f = *state;
    f->s.update = false;
    assert_read(f, 20, 10, "record-2\n ");
    f->s.gone[3] = true;
    assert_read(f, 30, 10, "record-3\n ");
    assert_read(f, 20, 20, "record-2\n record-4\n ");
}

/* Records of any length at reads of any size give the same bytes. */
static void test_random_pieces(void **state)
{
    struct fixture *f = *state;
    char all[128];
    size_t whole = 0;
    assert_int_equal(seq_read(&f->w.c, &f->q, &ops, &f->s, 0, all, sizeof(all), &whole), 0);
    for (int round = 0; round < 200; round++) {
        size_t at = 0;
        while (at < whole) {
            size_t len = 1 + (size_t)(domain_random(&f->w.s.d) % 37), n = 0;
            assert_int_equal(seq_read(&f->w.c, &f->q, &ops, &f->s, (int64_t)at, f->buf, len, &n),
                             0);
            assert_true(n > 0 && n <= len);
            assert_memory_equal(f->buf, all + at, n);
            at += n;
        }
    }
}

#define SEQ_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEQ_TEST(test_whole_and_end), SEQ_TEST(test_pieces),   SEQ_TEST(test_removal),
        SEQ_TEST(test_insertion),     SEQ_TEST(test_clearing), SEQ_TEST(test_going_back),
        SEQ_TEST(test_random_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
