/* Shared root file systems. */
#include "fixture.h"
#include "input.h"

#include <sys/stat.h>

static void the_built_in_one(void **state)
{
    struct fixture *f = *state;
    struct rootfs_cache cache = {.d = &f->d, .no_files = true};
    const struct rootfs *r, *again;
    assert_int_equal(rootfs_get(&cache, "default", &f->d, &r, &f->err), 0);
    assert_int_equal(r->kind, TREE_MANIFEST);
    assert_int_equal(r->doc.n_warnings, 0);
    assert_int_equal(rootfs_get(&cache, "default", &f->d, &again, &f->err), 0);
    assert_ptr_equal(r, again);
    static const char *const must[] = {"bin",        "dev",  "etc/hosts", "etc/resolv.conf",
                                       "etc/passwd", "home", "mnt",       "opt",
                                       "proc",       "root", "run",       "srv",
                                       "sys",        "tmp",  "usr/lib",   "var/run"};
    struct sim_tree t = {.kind = TREE_MANIFEST, .manifest = r->manifest};
    for (size_t i = 0; i < ARRAY_LEN(must); i++) {
        assert_non_null(entry_at(&t, must[i]));
    }
    struct host *h;
    struct stat st;
    assert_int_equal(host_mem_new(&f->d, &h), 0);
    assert_int_equal(host_add_tree(h, "/r", r->manifest), 0);
    assert_int_equal(host_stat(h, &f->d, "/r/tmp", &st), 0);
    assert_int_equal(st.st_mode, S_IFDIR | 01777);
    host_free(h);
    rootfs_cache_release(&cache);
}

/* The binary carries the file of the corpus. */
static void the_file_is_the_same(void **state)
{
    struct fixture *f = *state;
    char *bytes;
    size_t n;
    assert_int_equal(
        file_read(&f->d, SIMRUN_SOURCE_DIR "/corpus/rootfs/default.json", &bytes, &n, &f->err), 0);
    assert_int_equal(n, case_default_rootfs_n);
    assert_memory_equal(bytes, case_default_rootfs, n);
    mem_free(bytes);
}

static void directories_manifests_and_others(void **state)
{
    struct fixture *f = *state;
    struct rootfs_cache cache = {.d = &f->d};
    const struct rootfs *r;
    make_folder(f);
    make_dir("dir");
    make_file("m.json", "[{\"path\":\"x\",\"type\":\"dir\"}]");
    make_file("bad.json", "[\n{\"path\":\"x\",\"type\":\"d\"}]");
    make_file("no.tar", "this is no archive");
    assert_int_equal(rootfs_get(&cache, "dir", &f->d, &r, &f->err), 0);
    assert_int_equal(r->kind, TREE_HOST);
    assert_string_equal(r->host_path, "dir");
    assert_memory_equal(r->identity.p, "host:", 5);
    assert_int_equal(rootfs_get(&cache, "m.json", &f->d, &r, &f->err), 0);
    assert_string_equal(r->manifest->entries[0].path, "x");
    assert_memory_equal(r->identity.p, "[{\"path\"", 8);
    assert_error(f, rootfs_get(&cache, "bad.json", &f->d, &r, &f->err), -EINVAL,
                 "root file system: bad.json: rootfs[0].type: type \"d\" is none of dir, file, "
                 "symlink, hardlink, fifo, sock, chr, blk (line 2, column 20)");
    assert_error(f, rootfs_get(&cache, "gone", &f->d, &r, &f->err), -ENOENT,
                 "root file system: gone: no such file or directory");
    assert_error_begins(f, rootfs_get(&cache, "no.tar", &f->d, &r, &f->err), -EINVAL,
                        "root file system: no.tar: ");
    rootfs_cache_release(&cache);
}

/* Two archives of the same tree are the same input; another byte in a file is another one. */
static void archives_are_known_by_their_contents(void **state)
{
    struct fixture *f = *state;
    struct rootfs_cache cache = {.d = &f->d};
    const struct rootfs *r[3];
    make_folder(f);
    make_dir("t");
    make_file("t/x", "one");
    static const char *const names[] = {"a.tar", "b.tar.gz", "c.tar"};
    static const char *const commands[] = {"tar --mtime=@1 -cf a.tar -C t .",
                                           "tar --mtime=@2 -czf b.tar.gz -C t .",
                                           "tar --mtime=@1 -cf c.tar -C t ."};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (i == 2) {
            make_file("t/x", "two");
        }
        assert_int_equal(system(commands[i]), 0);
        assert_int_equal(rootfs_get(&cache, names[i], &f->d, &r[i], &f->err), 0);
        assert_int_equal(r[i]->identity.n, 20);
    }
    assert_memory_equal(r[0]->identity.p, r[1]->identity.p, 20);
    assert_memory_not_equal(r[0]->identity.p, r[2]->identity.p, 20);
    rootfs_cache_release(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(the_built_in_one),
        INPUT_TEST(the_file_is_the_same),
        INPUT_TEST(directories_manifests_and_others),
        INPUT_TEST(archives_are_known_by_their_contents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
