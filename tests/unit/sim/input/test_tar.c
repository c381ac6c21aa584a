/* Tar archives as manifests. */
#include "fixture.h"
#include "input.h"

#include <archive.h>
#include <archive_entry.h>

struct item {
    const char *path;
    unsigned type; /* AE_IF* */
    const char *link, *hard, *content;
};

static void write_tar(const char *path, const struct item *items, size_t n, bool packed)
{
    struct archive *a = archive_write_new();
    archive_write_set_format_pax_restricted(a);
    if (packed) {
        archive_write_add_filter_gzip(a);
    }
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, items[i].path);
        archive_entry_set_filetype(e, items[i].type);
        archive_entry_set_perm(e, 04751);
        archive_entry_set_uid(e, 7);
        archive_entry_set_gid(e, 3000000);
        if (items[i].link) {
            archive_entry_set_symlink(e, items[i].link);
        }
        if (items[i].hard) {
            archive_entry_set_hardlink(e, items[i].hard);
        }
        if (items[i].type == AE_IFCHR) {
            archive_entry_set_rdevmajor(e, 1);
            archive_entry_set_rdevminor(e, 9);
        }
        size_t size = items[i].content ? strlen(items[i].content) : 0;
        archive_entry_set_size(e, (int64_t)size);
        assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
        if (size) {
            assert_int_equal(archive_write_data(a, items[i].content, size), size);
        }
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_free(a), ARCHIVE_OK);
}

static void all_types(void **state)
{
    struct fixture *f = *state;
    static const struct item items[] = {
        {"./", AE_IFDIR, NULL, NULL, NULL},
        {"./etc/", AE_IFDIR, NULL, NULL, NULL},
        {"./etc//passwd", AE_IFREG, NULL, NULL, "root"},
        {"/abs", AE_IFREG, NULL, NULL, NULL},
        {"l", AE_IFLNK, "../out", NULL, NULL},
        {"h", AE_IFREG, NULL, "./etc/passwd", NULL},
        {"p", AE_IFIFO, NULL, NULL, NULL},
        {"c", AE_IFCHR, NULL, NULL, NULL},
        {"etc/passwd", AE_IFREG, NULL, NULL, "again"},
    };
    make_folder(f);
    for (int packed = 0; packed < 2; packed++) {
        struct arena *a = arena_new(&f->d);
        const struct host_manifest *m;
        write_tar("t.tar", items, ARRAY_LEN(items), packed);
        assert_int_equal(tar_read(a, "t.tar", &m, &f->err), 0);
        struct sim_tree t = {.kind = TREE_MANIFEST, .manifest = m};
        assert_int_equal(m->n, ARRAY_LEN(items) - 1);
        assert_int_equal(entry_at(&t, ".")->type, HOST_DIR);
        assert_int_equal(entry_at(&t, "etc")->mode, 04751);
        assert_int_equal(entry_at(&t, "etc")->uid, 7);
        assert_int_equal(entry_at(&t, "etc")->gid, 3000000);
        assert_int_equal(entry_at(&t, "etc/passwd")->content_n, 5); /* the later one */
        assert_memory_equal(entry_at(&t, "etc/passwd")->content, "again", 5);
        assert_int_equal(entry_at(&t, "abs")->content_n, 0);
        assert_string_equal(entry_at(&t, "l")->target, "../out");
        assert_int_equal(entry_at(&t, "h")->type, HOST_HARDLINK);
        assert_string_equal(entry_at(&t, "h")->target, "etc/passwd");
        assert_int_equal(entry_at(&t, "p")->type, HOST_FIFO);
        assert_int_equal(entry_at(&t, "c")->minor, 9);
        struct host *h;
        assert_int_equal(host_mem_new(&f->d, &h), 0);
        assert_int_equal(host_add_tree(h, "/r", m), 0);
        host_free(h);
        arena_free(a);
    }
}

static void what_leads_out_is_refused(void **state)
{
    struct fixture *f = *state;
    static const struct item up[] = {{"a/../../b", AE_IFREG, NULL, NULL, NULL}};
    static const struct item link[] = {{"a", AE_IFREG, NULL, "../b", NULL}};
    struct arena *a = arena_new(&f->d);
    const struct host_manifest *m;
    make_folder(f);
    write_tar("t.tar", up, 1, false);
    assert_error(f, tar_read(a, "t.tar", &m, &f->err), -EINVAL,
                 "t.tar: an entry's name leads out of the root");
    write_tar("t.tar", link, 1, false);
    assert_error(f, tar_read(a, "t.tar", &m, &f->err), -EINVAL,
                 "t.tar: a hard link leads out of the root");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(all_types),
        INPUT_TEST(what_leads_out_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
