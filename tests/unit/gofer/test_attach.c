/* Attach rules (contract ninep 8). */
#include "fixture.h"

static int attach_to(struct fixture *f, const char *prefix, int conf, const char *aname)
{
    struct gofer_channel *channel;
    struct p9_client *client = fixture_connect(f, prefix, conf, &channel);
    struct p9_file file = {0};
    int rc = p9_attach(client, aname, &file);
    if (rc == 0) {
        assert_int_equal(p9_clunk(&file), 0);
    }
    p9_client_free(client);
    return rc;
}

static const struct {
    const char *prefix, *aname;
    int conf, want;
} table[] = {
    {"/h/root", "/", RW, 0},
    {"/h/root", "/dir", RW, 0},
    {"/h/root", "/dir/sub", RW, 0},
    {"/h/root", "/file", RW, 0}, /* a regular file, opened read/write */
    {"/h/root", "/file", LAZY, 0},
    {"/h/root/file", "/", RO, 0},
    {"/h/root", "", RW, -EIO},
    {"/h/root", "test", RW, -EIO},
    {"/h/root", "/test/../", RW, -EIO},
    {"/h/root", "/test/./", RW, -EIO},
    {"/h/root", "/test//", RW, -EIO},
    {"/h/root", "/dir/", RW, -EIO},
    {"/h/root", "/none", RW, -ENOENT},
    {"/h/none", "/", RW, -ENOENT},
    {"/h/root", "/file/x", RW, -ENOTDIR},
    {"/h/root", "/link", RW, -EIO}, /* a final link */
    {"/h/root/link", "/", RW, -EIO},
    {"/h/root", "/sock", RW, -EIO},
    {"/h/root", "/pipe", RW, -EINVAL},
    {"/h/root", "/special/null", RW, -EINVAL},
    {"/h/root", "/special/tty", RW, -EIO},
};

static void attach_table(bool dir)
{
    static const char *const off[] = {"Q-35", NULL};
    struct fixture f;
    fixture_open(&f, RW, dir, off);
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        int rc = attach_to(&f, table[i].prefix, table[i].conf, table[i].aname);
        if (rc != table[i].want && !(dir && strstr(table[i].aname, "special") && !can_mknod())) {
            print_error("%s %s: %d\n", table[i].prefix, table[i].aname, rc);
            assert_int_equal(rc, table[i].want);
        }
    }
    fixture_close(&f);
}

/* proves: Q-37 */
static void test_table(void **state)
{
    (void)state;
    attach_table(false);
    attach_table(true);
}

/* proves: Q-36 */
static void test_once(void **state)
{
    (void)state;
    struct fixture f;
    struct p9_file again;
    fixture_open(&f, RW, false, NULL);
    assert_int_equal(p9_attach(f.client, "/nothing", &again), -ENOENT); /* does not use it up */
    fixture_attach(&f);
    assert_int_equal(p9_attach(f.client, "/", &again), -EIO);
    assert_int_equal(p9_clunk(&f.root), 0);
    assert_int_equal(p9_attach(f.client, "/", &again), -EIO);
    fixture_close(&f);

    /* a refused type uses it up as well */
    fixture_open(&f, RW, false, NULL);
    assert_int_equal(p9_attach(f.client, "/pipe", &again), -EINVAL);
    assert_int_equal(p9_attach(f.client, "/", &again), -EIO);
    fixture_close(&f);

    static const char *const off[] = {"Q-36", NULL};
    fixture_open(&f, RW, false, off);
    fixture_attach(&f);
    assert_int_equal(p9_attach(f.client, "/", &again), 0);
    assert_int_equal(p9_clunk(&again), 0);
    fixture_close(&f);
}

/* Links in the prefix are the user's business; a link inside of the attach name must not lead out.
 */
/* proves: Q-38 */
static void test_inner_links(void **state)
{
    (void)state;
    static const struct host_entry entries[] = {
        {.path = "etc/passwd", .type = HOST_FILE},
        {.path = "in/inner/file", .type = HOST_FILE},
        {.path = "in/out", .type = HOST_SYMLINK, .target = "/links/etc"},
        {.path = "in/stay", .type = HOST_SYMLINK, .target = "inner"},
        {.path = "way", .type = HOST_SYMLINK, .target = "in"},
    };
    static const char *const off[] = {"Q-35", NULL};
    for (int dir = 0; dir < 2; dir++) {
        struct fixture f;
        fixture_open(&f, RW, dir, off);
        const struct host_manifest m = {.entries = entries, .n = ARRAY_LEN(entries)};
        assert_int_equal(host_add_tree(f.h, "/links", &m), 0);
        assert_int_equal(attach_to(&f, "/links/in", RW, "/stay/file"), 0);
        assert_int_equal(attach_to(&f, "/links/way/inner", RW, "/file"), 0);
        assert_int_equal(attach_to(&f, "/links/in", RW, "/out/passwd"), -EIO);
        fixture_close(&f);
    }
}

/* A FIFO as attach point of a read-only mount waits for a writer. */
/* proves: Q-39 */
static void test_fifo_blocks(void **state)
{
    (void)state;
    struct fixture f;
    struct p9_file file;
    fixture_open(&f, RO, false, NULL);
    assert_int_equal(p9_attach(f.client, "/pipe", &file), CODE_FATE);
    assert_int_equal(f.gofer_domain.fate, FATE_HANG);
    assert_int_equal(f.d.fate, FATE_HANG);
    fixture_abandon(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_once),
        cmocka_unit_test(test_inner_links),
        cmocka_unit_test(test_fifo_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
