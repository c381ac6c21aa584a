/* model/fs/tmpfs/pages.c */
#include "fs_test.h"

#include "tmpfs_private.h"

static void test_holes_and_cuts(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    struct pages pages = {.d = &w.s.d};
    char buf[8];
    pages_read(&pages, 12345, buf, sizeof(buf));
    assert_memory_equal(buf, "\0\0\0\0\0\0\0\0", 8);
    assert_int_equal(pages_write(&pages, 5 * PAGE - 2, "abcd", 4), 0); /* over a border */
    assert_int_equal(pages_write(&pages, 0, "z", 1), 0);
    assert_int_equal(pages.n, 3);
    pages_read(&pages, 5 * PAGE - 4, buf, sizeof(buf));
    assert_memory_equal(buf, "\0\0abcd\0\0", 8);
    pages_cut(&pages, 5 * PAGE - 1);
    assert_int_equal(pages.n, 2);
    pages_read(&pages, 5 * PAGE - 4, buf, sizeof(buf));
    assert_memory_equal(buf, "\0\0a\0\0\0\0\0", 8);
    pages_cut(&pages, PAGE); /* exactly at a border: the page before stays whole */
    assert_int_equal(pages.n, 1);
    pages_cut(&pages, 0);
    assert_int_equal(pages.n, 0);
    pages_release(&pages);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_holes_and_cuts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
