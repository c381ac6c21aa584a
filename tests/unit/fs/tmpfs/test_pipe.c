/* model/fs/tmpfs/pipe.c */
#include "fs_test.h"

#include "tmpfs_private.h"

static const struct open_flags READ = {.read = true, .nonblocking = true};
static const struct open_flags WRITE = {.write = true, .nonblocking = true};
static const struct open_flags BOTH = {.read = true, .write = true};

static struct dirent *new_pipe(struct world *w)
{
    world_open(w, PROFILE_GVISOR_2018_08_14);
    struct dirent *pipe = NULL;
    assert_int_equal(pipe_new(&w->c, &pipe), 0);
    return pipe;
}

static void test_opens_that_do_not_block(void **state)
{
    (void)state;
    struct world w;
    struct dirent *pipe = new_pipe(&w);
    struct file *r = NULL, *wr = NULL, *blocking = NULL;
    assert_int_equal(pipe_open(&w.c, pipe, (struct open_flags){0}, &r), -EINVAL);
    assert_int_equal(pipe_open(&w.c, pipe, WRITE, &wr), -ENXIO);
    assert_null(wr);
    assert_int_equal(pipe_open(&w.c, pipe, READ, &r), 0);
    assert_int_equal(pipe_open(&w.c, pipe, WRITE, &wr), 0);
    /* With a partner there a blocking open returns too. */
    assert_int_equal(pipe_open(&w.c, pipe, (struct open_flags){.read = true}, &blocking), 0);
    file_put(blocking);
    assert_int_equal(pipe_open(&w.c, pipe, (struct open_flags){.write = true}, &blocking), 0);
    file_put(blocking);
    file_put(r);
    file_put(wr);
    dirent_put(pipe);
    world_close(&w);
}

static void test_blocking_open_alone_is_a_hang(void **state)
{
    (void)state;
    static const struct open_flags rows[] = {{.read = true}, {.write = true}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        struct dirent *pipe = new_pipe(&w);
        struct file *f = NULL;
        assert_int_equal(pipe_open(&w.c, pipe, rows[i], &f), CODE_FATE);
        assert_int_equal(w.s.d.fate, FATE_HANG);
        assert_null(f);
        sentry_close(&w.s, NULL, NULL);
    }
}

static void test_ends_of_data(void **state)
{
    (void)state;
    struct world w;
    struct dirent *pipe = new_pipe(&w);
    struct file *r = NULL, *wr = NULL;
    char buf[8];
    size_t n = 9;
    assert_int_equal(pipe_open(&w.c, pipe, READ, &r), 0);
    assert_int_equal(file_pread(&w.c, r, 0, buf, 8, &n), 0); /* no writer */
    assert_int_equal(n, 0);
    assert_int_equal(pipe_open(&w.c, pipe, WRITE, &wr), 0);
    assert_int_equal(file_pread(&w.c, r, 0, buf, 8, &n), ERR_WOULD_BLOCK);
    assert_int_equal(file_pwrite(&w.c, wr, 0, "hello", 5, &n), 0);
    assert_int_equal(file_pread(&w.c, r, 0, buf, 2, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(file_pwrite(&w.c, wr, 0, "!", 1, &n), 0);
    assert_int_equal(file_pread(&w.c, r, 0, buf, 8, &n), 0);
    assert_int_equal(n, 4);
    assert_memory_equal(buf, "llo!", 4);
    file_put(r);
    assert_int_equal(file_pwrite(&w.c, wr, 0, "x", 1, &n), -EPIPE);
    file_put(wr);
    dirent_put(pipe);
    world_close(&w);
}

static void test_capacity(void **state)
{
    (void)state;
    struct world w;
    struct dirent *pipe = new_pipe(&w);
    struct file *f = NULL;
    static char bytes[2 * FIFO_CAPACITY];
    size_t n = 0;
    assert_int_equal(pipe_open(&w.c, pipe, BOTH, &f), 0);
    assert_int_equal(file_pwrite(&w.c, f, 0, bytes, 10, &n), 0);
    assert_int_equal(file_pwrite(&w.c, f, 0, bytes, sizeof(bytes), &n), 0);
    assert_int_equal(n, FIFO_CAPACITY - FIFO_ATOMIC); /* whole steps only */
    assert_int_equal(file_pwrite(&w.c, f, 0, bytes, FIFO_ATOMIC, &n), ERR_WOULD_BLOCK);
    assert_int_equal(file_pwrite(&w.c, f, 0, bytes, FIFO_ATOMIC - 10, &n), 0);
    assert_int_equal(n, FIFO_ATOMIC - 10);
    assert_int_equal(file_pwrite(&w.c, f, 0, bytes, 1, &n), ERR_WOULD_BLOCK);
    assert_int_equal(file_pread(&w.c, f, 0, bytes, sizeof(bytes), &n), 0);
    assert_int_equal(n, FIFO_CAPACITY);
    assert_int_equal(file_pread(&w.c, f, 0, bytes, 1, &n), ERR_WOULD_BLOCK);
    file_put(f);
    dirent_put(pipe);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens_that_do_not_block),
        cmocka_unit_test(test_blocking_open_alone_is_a_hang),
        cmocka_unit_test(test_ends_of_data),
        cmocka_unit_test(test_capacity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
