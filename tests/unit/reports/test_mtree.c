#include "support.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/sysmacros.h>

#define HOSTILE "/a b/#x=\\y\n\033[31m\xff*?[z]"

/* A tree with one of everything, by path. */
static size_t fill(struct rep_node *n)
{
    n[0] = make_node("/", "dir");
    n[1] = make_node("/a b", "dir");
    n[2] = make_node(HOSTILE, "file");
    n[3] = make_node("/a b/link", "symlink");
    n[4] = make_node("/blk", "blk");
    n[5] = make_node("/fifo", "fifo");
    n[6] = make_node("/gone\r", "?");
    n[7] = make_node("/proc", "dir");
    n[0].mode = "7755";
    n[0].size = n[1].size = n[4].size = n[5].size = n[6].size = n[7].size = -1;
    n[2].nlink = 3;
    n[2].uid = UINT32_MAX;
    n[2].size = INT64_C(1) << 40;
    n[3].target = "../t g*\n\xc3\xa9";
    n[4].rdev = "4095:1048575";
    n[6].mode = "";
    n[6].error = "no such\ndevice";
    n[7].mountpoint = true;
    n[7].fs = "proc";
    n[7].flags = "ro";
    return 8;
}

static const char expected[] =
    "#mtree\n"
    ". mode=7755 gid=0 uid=0 type=dir\n"
    "./blk mode=644 gid=0 uid=0 type=block device=native,4095,1048575\n"
    "./fifo mode=644 gid=0 uid=0 type=fifo\n"
    "./a\\040b mode=755 gid=0 uid=0 type=dir\n"
    "./a\\040b/\\043x\\075\\134y\\012\\033\\13331m\\377\\052\\077\\133z] nlink=3 mode=644 gid=0 "
    "uid=4294967295 type=file size=1099511627776\n"
    "./a\\040b/link mode=644 gid=0 uid=0 type=link link=../t\\040g\\052\\012\\303\\251\n"
    "./proc mode=755 gid=0 uid=0 type=dir\n"
    "# ./gone\\x0d: error: no such\\ndevice\n"
    "# ./proc: mount of proc ro\n";

static void every_kind_of_node_has_its_line(void **state)
{
    struct scratch *t = *state;
    struct rep_node n[8];
    assert_int_equal(rep_mtree_write(n, fill(n), &t->sink), 0);
    assert_string_equal(t->text.data, expected);
}

static void the_order_of_the_nodes_does_not_matter(void **state)
{
    struct scratch *t = *state;
    struct rep_node n[8], back[8];
    size_t count = fill(n);
    for (size_t i = 0; i < count; i++) {
        back[count - 1 - i] = n[i];
    }
    assert_int_equal(rep_mtree_write(back, count, &t->sink), 0);
    assert_string_equal(t->text.data, expected);
}

static const struct rep_node *node_of(const struct rep_node *n, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(path, n[i].path[1] ? n[i].path : "/") == 0) {
            return &n[i];
        }
    }
    fail_msg("no node %s", path);
    return NULL;
}

static void libarchive_reads_back_what_was_written(void **state)
{
    struct scratch *t = *state;
    struct rep_node n[8];
    size_t count = fill(n), seen = 0;
    assert_int_equal(rep_mtree_write(n, count, &t->sink), 0);
    struct archive *a = archive_read_new();
    struct archive_entry *e;
    archive_read_support_format_mtree(a);
    assert_int_equal(archive_read_open_memory(a, t->text.data, t->text.size), ARCHIVE_OK);
    int code;
    while ((code = archive_read_next_header(a, &e)) == ARCHIVE_OK) {
        const char *path = archive_entry_pathname(e) + 1;
        const struct rep_node *node = node_of(n, count, *path ? path : "/");
        assert_int_equal(archive_entry_uid(e), node->uid);
        assert_int_equal(archive_entry_perm(e), strtoul(node->mode, NULL, 8));
        if (node->target) {
            assert_string_equal(archive_entry_symlink(e), node->target);
        }
        if (node->rdev) {
            assert_int_equal(major(archive_entry_rdev(e)), 4095);
            assert_int_equal(minor(archive_entry_rdev(e)), 1048575);
        }
        if (node->size >= 0 && strcmp(node->type, "file") == 0) {
            assert_int_equal(archive_entry_size(e), node->size);
            assert_int_equal(archive_entry_nlink(e), node->nlink);
        }
        seen++;
    }
    assert_int_equal(code, ARCHIVE_EOF);
    assert_int_equal(seen, count - 1); /* all but the one that cannot be looked up */
    archive_read_free(a);
}

/* Programs that others wrote. */
static void accepted_by(struct scratch *t, const char *program, const char *command)
{
    struct rep_node n[8];
    char line[512], path[256];
    (void)snprintf(line, sizeof line, "command -v %s >/dev/null", program);
    if (system(line) != 0) {
        print_message("%s is not installed\n", program);
        skip();
    }
    assert_int_equal(rep_mtree_write(n, fill(n), &t->sink), 0);
    (void)snprintf(path, sizeof path, "%s/m.mtree", t->dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(t->text.data, 1, t->text.size, f), t->text.size);
    assert_int_equal(fclose(f), 0);
    (void)snprintf(line, sizeof line, command, path);
    assert_int_equal(system(line), 0);
}

static void bsdtar_accepts_it(void **state)
{
    accepted_by(*state, "bsdtar", "test \"$(bsdtar -tvf %s | wc -l)\" = 7");
}

static void mtree_accepts_it(void **state)
{
    accepted_by(*state, "mtree", "test \"$(mtree -C -f %s | wc -l)\" = 7");
}

static void wrong_nodes_are_refused(void **state)
{
    struct scratch *t = *state;
    struct rep_node n = make_node("/x", "file");
    const struct rep_node good = n;
    struct rep_node bad[] = {n, n, n, n, n, n, n};
    bad[0].path = "x";
    bad[1].path = "/a/../b";
    bad[2].type = "door";
    bad[3].mode = "0844";
    bad[4].mode = "77777";
    bad[5].size = -1;
    bad[6].type = "chr"; /* no rdev */
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(rep_mtree_write(&bad[i], 1, &t->sink), -EINVAL);
    }
    const char *const devices[] = {"1", "1:", ":1", "1:2x", "4294967296:0", "-1:2"};
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        bad[6].rdev = devices[i];
        assert_int_equal(rep_mtree_write(&bad[6], 1, &t->sink), -EINVAL);
    }
    struct rep_node twice[] = {good, make_node("/x", "file")};
    assert_int_equal(rep_mtree_write(twice, 2, &t->sink), -EINVAL);
    assert_int_equal(rep_mtree_write(&n, (size_t)REP_MAX_NODES + 1, &t->sink), -E2BIG);
    assert_int_equal(t->text.size, 0); /* nothing comes out in part */
}

static int no_space(void *arg, const char *data, size_t size)
{
    (void)arg;
    (void)data;
    (void)size;
    return -ENOSPC;
}

static void what_the_sink_says_is_returned(void **state)
{
    (void)state;
    struct rep_sink full = {.write = no_space};
    struct rep_node n[8];
    assert_int_equal(rep_mtree_write(n, fill(n), &full), -ENOSPC);
}

static void no_nodes_make_an_empty_manifest(void **state)
{
    struct scratch *t = *state;
    assert_int_equal(rep_mtree_write(NULL, 0, &t->sink), 0);
    assert_string_equal(t->text.data, "#mtree\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(every_kind_of_node_has_its_line),
        SCRATCH_TEST(the_order_of_the_nodes_does_not_matter),
        SCRATCH_TEST(libarchive_reads_back_what_was_written),
        SCRATCH_TEST(bsdtar_accepts_it),
        SCRATCH_TEST(mtree_accepts_it),
        SCRATCH_TEST(wrong_nodes_are_refused),
        SCRATCH_TEST(what_the_sink_says_is_returned),
        SCRATCH_TEST(no_nodes_make_an_empty_manifest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
