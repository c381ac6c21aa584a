/* model/fs/devpts/line.c */
#include "fs_test.h"

#include "devpts_private.h"

#include <termios.h>

struct rig {
    struct world w;
    struct tty_line line;
};

static void rig_open(struct rig *r)
{
    world_open(&r->w, PROFILE_GVISOR_2018_08_14);
    tty_line_init(&r->line, &r->w.s.d);
}

static void rig_close(struct rig *r)
{
    tty_line_release(&r->line);
    world_close(&r->w);
}

static void put(struct rig *r, struct tty_queue *q, const char *text)
{
    size_t n = 0;
    assert_int_equal(tty_line_write(&r->line, q, text, strlen(text), &n), 0);
    assert_int_equal(n, strlen(text));
}

static void expect(struct rig *r, struct tty_queue *q, const char *text)
{
    char buf[8192];
    size_t n = 0;
    assert_int_equal(tty_line_read(&r->line, q, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(buf, text, n);
}

static void expect_nothing(struct rig *r, struct tty_queue *q)
{
    char buf[8];
    size_t n;
    assert_int_equal(tty_line_read(&r->line, q, buf, sizeof(buf), &n), ERR_WOULD_BLOCK);
}

static void test_canonical_input_comes_in_lines(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r);
    put(&r, &r.line.in, "1\n");
    put(&r, &r.line.in, "2\n"); /* waits behind the first */
    expect(&r, &r.line.in, "1\n");
    expect(&r, &r.line.in, "2\n");
    expect(&r, &r.line.out, "1\n2\n");
    put(&r, &r.line.in, "ab");
    expect_nothing(&r, &r.line.in);
    put(&r, &r.line.in, "c\rnext\nrest");
    expect(&r, &r.line.in, "abc\n"); /* ICRNL */
    expect(&r, &r.line.in, "next\n");
    expect_nothing(&r, &r.line.in);
    expect(&r, &r.line.out, "abc\nnext\nrest"); /* echoed as it was taken in */
    put(&r, &r.line.in, "\x04");                /* VEOF ends, and is not stored */
    expect(&r, &r.line.in, "rest");
    rig_close(&r);
}

static void test_canonical_lines_are_cut_at_4095(void **state)
{
    (void)state;
    struct rig r;
    char line[5001], expected[4097];
    rig_open(&r);
    memset(line, 'x', 5000);
    line[5000] = '\0';
    memset(expected, 'x', 4095);
    memcpy(expected + 4095, "\n", 2);
    put(&r, &r.line.in, line);
    put(&r, &r.line.in, "tail\n");
    expect(&r, &r.line.in, expected);
    rig_close(&r);
}

static void test_leaving_canonical_mode_pushes_what_waits(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r);
    put(&r, &r.line.in, "one\ntwo\nthr");
    struct tty_termios t = r.line.termios;
    t.lflag &= ~(uint32_t)(ICANON | ECHO);
    assert_int_equal(tty_line_set(&r.line, &t), 0);
    expect(&r, &r.line.in, "one\ntwo\nthr");
    put(&r, &r.line.in, "a");
    expect(&r, &r.line.in, "a");
    rig_close(&r);
}

static void test_input_mapping(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r);
    struct tty_termios t = r.line.termios;
    t.lflag = 0;
    t.iflag = IGNCR | INLCR;
    assert_int_equal(tty_line_set(&r.line, &t), 0);
    put(&r, &r.line.in, "a\rb\nc");
    expect(&r, &r.line.in, "ab\rc");
    expect_nothing(&r, &r.line.out); /* no echo */
    rig_close(&r);
}

static void test_output_processing(void **state)
{
    (void)state;
    static const struct {
        uint32_t oflag;
        const char *in, *out;
    } rows[] = {
        {OPOST | ONLCR, "a\nb\tc", "a\r\nb\tc"},
        {0, "a\nb\r", "a\nb\r"},
        {ONLCR, "a\n", "a\n"}, /* without OPOST nothing happens */
        {OPOST | OCRNL, "a\rb", "a\nb"},
        {OPOST | ONOCR, "\ra\rb", "a\rb"},
        {OPOST | XTABS, "a\tb", "a        b"},
        {OPOST | ONLRET | ONOCR, "a\n\rb", "a\nb"},
        {OPOST | ONOCR, "a\b\rb", "a\bb"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rig r;
        rig_open(&r);
        struct tty_termios t = r.line.termios;
        t.oflag = rows[i].oflag;
        assert_int_equal(tty_line_set(&r.line, &t), 0);
        put(&r, &r.line.out, rows[i].in);
        expect(&r, &r.line.out, rows[i].out);
        rig_close(&r);
    }
}

static void test_a_read_returns_at_most_4096_bytes(void **state)
{
    (void)state;
    struct rig r;
    char text[6001], buf[6000];
    size_t n;
    rig_open(&r);
    memset(text, 'y', 6000);
    text[6000] = '\0';
    put(&r, &r.line.out, text);
    assert_int_equal(tty_line_read(&r.line, &r.line.out, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 4096);
    assert_int_equal(tty_line_read(&r.line, &r.line.out, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 1904);
    expect_nothing(&r, &r.line.out);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical_input_comes_in_lines),
        cmocka_unit_test(test_canonical_lines_are_cut_at_4095),
        cmocka_unit_test(test_leaving_canonical_mode_pushes_what_waits),
        cmocka_unit_test(test_input_mapping),
        cmocka_unit_test(test_output_processing),
        cmocka_unit_test(test_a_read_returns_at_most_4096_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
