/* Special files: what opening them gives, on every make of host, without ever opening one. */
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fixture.h"

#define CHR_(p, a, b)                                                                              \
    {                                                                                              \
        .path = (p), .type = HOST_CHR, .major = (a), .minor = (b)                                  \
    }
#define FIFOS TREE({.path = "fifo", .type = HOST_FIFO}, {.path = "sock", .type = HOST_SOCK})
#define DEVICES                                                                                    \
    TREE(CHR_("null", 1, 3), CHR_("zero", 1, 5), CHR_("full", 1, 7), CHR_("random", 1, 8),         \
         CHR_("tty", 5, 0), CHR_("mem", 1, 1),                                                     \
         {.path = "loop", .type = HOST_BLK, .major = 7, .has_mode = true, .mode = 0660})

static void fifo(struct fixture *f)
{
    char buf[8];
    size_t n;
    struct host_file *a = NULL, *b = NULL;
    assert_int_equal(try_at(f, "fifo", O_RDONLY, &a), HOST_BLOCKS);
    assert_int_equal(try_at(f, "fifo", O_WRONLY, &a), HOST_BLOCKS);
    assert_int_equal(try_at(f, "fifo", O_WRONLY | O_NONBLOCK, &a), -ENXIO);
    assert_int_equal(try_at(f, "fifo", O_RDWR | O_DIRECTORY, &a), -ENOTDIR);
    assert_int_equal(try_at(f, "sock", O_RDWR, &a), -ENXIO);
    assert_int_equal(try_at(f, "fifo", O_RDWR, &a), 0);
    assert_int_equal(try_at(f, "fifo", O_RDWR, &b), 0);
    assert_int_equal(host_pread(a, buf, sizeof(buf), 0, &n), -EAGAIN);
    assert_int_equal(host_pwrite(a, "abc", 3, 100, &n), 0);
    assert_int_equal(host_pread(b, buf, 2, 0, &n), 0);
    assert_int_equal(n, 2);
    assert_memory_equal(buf, "ab", 2);
    /* the buffer is bounded, a small write is all or nothing */
    static char block[65536];
    assert_int_equal(host_pwrite(b, block, sizeof(block), 0, &n), 0);
    assert_int_equal(n, 65535);
    assert_int_equal(host_pwrite(b, "x", 1, 0, &n), -EAGAIN);
    assert_int_equal(host_pread(a, buf, 1, 0, &n), 0);
    assert_int_equal(host_pwrite(b, "xy", 2, 0, &n), -EAGAIN);
    assert_int_equal(host_fchmod(a, 0640), 0);
    assert_int_equal(stat_at(f, "fifo").st_mode, S_IFIFO | 0640);
    assert_int_equal(host_fsync(a), -EINVAL);
    assert_int_equal(host_ftruncate(a, 0), -EINVAL);
    struct timespec t[2] = {{.tv_sec = 4}, {.tv_sec = 5}};
    assert_int_equal(host_futimens(a, t), 0);
    assert_int_equal(stat_at(f, "fifo").st_mtim.tv_sec, 5);
    struct owned_fd *fd;
    assert_int_equal(host_file_donate(a, &fd), -EINVAL);
    /* what nobody holds open any more is forgotten */
    host_file_put(a);
    host_file_put(b);
    a = at(f, "fifo", O_RDWR);
    assert_int_equal(host_pread(a, buf, 1, 0, &n), -EAGAIN);
    host_file_put(a);
}

static void test_fifo(void **state)
{
    (void)state;
    on_all(FIFOS, fifo);
}

static void devices(struct fixture *f)
{
    char buf[4] = "....";
    size_t n;
    struct host_file *file = NULL;
    assert_int_equal(stat_at(f, "null").st_mode, S_IFCHR | 0644);
    assert_int_equal(stat_at(f, "null").st_rdev, makedev(1, 3));
    assert_int_equal(stat_at(f, "loop").st_mode, S_IFBLK | 0660);
    assert_int_equal(try_at(f, "tty", O_RDWR, &file), -ENXIO);
    assert_int_equal(try_at(f, "mem", O_RDONLY, &file), -ENXIO);
    assert_int_equal(try_at(f, "loop", O_RDWR, &file), -ENXIO);
    file = at(f, "loop", O_PATH);
    host_file_put(file);
    file = at(f, "null", O_RDWR);
    assert_int_equal(host_pread(file, buf, 4, 0, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(host_pwrite(file, buf, 4, 0, &n), 0);
    assert_int_equal(n, 4);
    host_file_put(file);
    file = at(f, "zero", O_RDWR);
    assert_int_equal(host_pread(file, buf, 4, 7, &n), 0);
    assert_int_equal(n, 4);
    assert_memory_equal(buf, "\0\0\0\0", 4);
    host_file_put(file);
    file = at(f, "full", O_RDWR);
    assert_int_equal(host_pwrite(file, buf, 4, 0, &n), -ENOSPC);
    host_file_put(file);
    file = at(f, "random", O_RDONLY);
    assert_int_equal(host_pread(file, buf, 4, 0, &n), 0);
    assert_int_equal(n, 4);
    host_file_put(file);
}

static void test_devices(void **state)
{
    (void)state;
    if (!can_mknod()) {
        skip();
    }
    on_all(DEVICES, devices);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
