/* Lines of plain and packed files. */
#include "fixture.h"
#include "lines.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static void write_gz(const char *path, const char *text, size_t n)
{
    gzFile gz = gzopen(path, "wb");
    assert_non_null(gz);
    assert_int_equal(gzwrite(gz, text, (unsigned)n), n);
    assert_int_equal(gzclose(gz), Z_OK);
}

static void assert_line(struct fixture *f, struct lines *l, const char *text, uint64_t offset,
                        uint64_t number)
{
    struct line line;
    assert_int_equal(lines_next(l, &line, &f->d, &f->err), 1);
    assert_int_equal(line.n, strlen(text));
    assert_memory_equal(line.p, text, line.n);
    assert_int_equal(line.offset, offset);
    assert_int_equal(line.number, number);
}

static void plain_and_packed(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "one\n\n \t\r\ntwo\r\nthree";
    make_folder(f);
    make_file("a", text);
    write_gz("b", text, sizeof(text) - 1);
    for (int packed = 0; packed < 2; packed++) {
        struct lines *l;
        struct line line;
        assert_int_equal(lines_open(&f->d, packed ? "b" : "a", "shown", &l, &f->err), 0);
        assert_line(f, l, "one", 0, 1);
        assert_line(f, l, "two\r", 9, 4);
        assert_line(f, l, "three", 14, 5);
        assert_int_equal(lines_next(l, &line, &f->d, &f->err), 0);
        assert_int_equal(lines_next(l, &line, &f->d, &f->err), 0);
        assert_int_equal(lines_seek(l, 9, 4, &f->d, &f->err), 0);
        assert_line(f, l, "two\r", 9, 4);
        assert_line(f, l, "three", 14, 5);
        assert_int_equal(lines_seek(l, 0, 1, &f->d, &f->err), 0);
        assert_line(f, l, "one", 0, 1);
        lines_free(l);
    }
}

/* More than a buffer: both directions, all lines whole. */
static void many_lines(void **state)
{
    struct fixture *f = *state;
    enum { LINES = 20000, WIDTH = 40 };
    char *text = malloc(LINES * WIDTH + 1), *p = text;
    assert_non_null(text);
    for (int i = 0; i < LINES; i++) {
        p += sprintf(p, "%039d\n", i);
    }
    make_folder(f);
    make_file("a", text);
    write_gz("b", text, LINES * WIDTH);
    for (int packed = 0; packed < 2; packed++) {
        struct lines *l;
        struct line line;
        assert_int_equal(lines_open(&f->d, packed ? "b" : "a", "shown", &l, &f->err), 0);
        for (int i = 0; i < LINES; i++) {
            assert_int_equal(lines_next(l, &line, &f->d, &f->err), 1);
            assert_memory_equal(line.p, text + i * WIDTH, WIDTH - 1);
            assert_int_equal(line.offset, i * WIDTH);
        }
        for (int i = LINES - 1; i >= 0; i -= 1999) {
            assert_int_equal(lines_seek(l, (uint64_t)i * WIDTH, (uint64_t)i + 1, &f->d, &f->err),
                             0);
            assert_int_equal(lines_next(l, &line, &f->d, &f->err), 1);
            assert_memory_equal(line.p, text + i * WIDTH, WIDTH - 1);
        }
        lines_free(l);
    }
    free(text);
}

static void a_line_is_bounded(void **state)
{
    struct fixture *f = *state;
    size_t n = (size_t)LIMIT_CASE_BYTES;
    char *text = malloc(n + 3);
    assert_non_null(text);
    memset(text, 'x', n + 2);
    make_folder(f);
    text[n] = '\n';
    text[n + 1] = 'y';
    write_gz("fits", text, n + 2);
    text[n] = 'x';
    text[n + 1] = '\n';
    write_gz("over", text, n + 2);
    free(text);
    struct lines *l;
    struct line line;
    assert_int_equal(lines_open(&f->d, "fits", "fits", &l, &f->err), 0);
    assert_int_equal(lines_next(l, &line, &f->d, &f->err), 1);
    assert_int_equal(line.n, n);
    assert_line(f, l, "y", n + 1, 2);
    lines_free(l);
    assert_int_equal(lines_open(&f->d, "over", "over", &l, &f->err), 0);
    assert_error(f, lines_next(l, &line, &f->d, &f->err), -E2BIG,
                 "over: line 1: more than 16777216 bytes (LIMIT_CASE_BYTES)");
    lines_free(l);
}

static void a_cut_or_broken_archive_is_an_error(void **state)
{
    struct fixture *f = *state;
    char text[4096];
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (char)('a' + i * i % 23);
    }
    make_folder(f);
    write_gz("a", text, sizeof(text));
    struct stat st;
    assert_int_equal(stat("a", &st), 0);
    assert_int_equal(truncate("a", st.st_size / 2), 0);
    struct lines *l;
    struct line line;
    assert_int_equal(lines_open(&f->d, "a", "a", &l, &f->err), 0);
    assert_error(f, lines_next(l, &line, &f->d, &f->err), -EIO,
                 "a: line 1: cannot be read: unexpected end of file");
    lines_free(l);
    assert_error(f, lines_open(&f->d, "gone", "gone", &l, &f->err), -ENOENT,
                 "gone: no such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(plain_and_packed),
        INPUT_TEST(many_lines),
        INPUT_TEST(a_line_is_bounded),
        INPUT_TEST(a_cut_or_broken_archive_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
