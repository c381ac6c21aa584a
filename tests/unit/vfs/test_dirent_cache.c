/* The LRU of dirents (contract vfs 2, 11 and 30). */
#include "vfs_test.h"

static struct dirent *child(struct test_world *w, const char *name)
{
    struct dirent *d = NULL;
    OK(dirent_walk(&w->p.c, w->ns->root, w->ns->root, name, &d));
    return d;
}

static bool is_cached(const struct dirent *d)
{
    return !list_empty(&d->cache_link);
}

static void test_lru(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "a=1 b=1 c=1 d=1 e=1 f=1");
    struct mount_source *ms = w.ns->root->inode->ms;
    struct dirent_cache *cache = &ms->cache;
    mount_source_flush(ms);
    cache->limit = 5;
    struct dirent *d[6];
    for (size_t i = 0; i < 6; i++) {
        d[i] = child(&w, (const char[]){(char)('a' + (char)i), '\0'});
    }
    for (size_t i = 0; i < 5; i++) {
        dirent_cache_add(d[i]);
        assert_int_equal(d[i]->refs, 2);
    }
    dirent_cache_add(d[0]); /* a bump, no count */
    assert_int_equal(d[0]->refs, 2);
    assert_int_equal(cache->n, 5);
    dirent_cache_add(d[5]); /* the oldest is b now */
    assert_int_equal(cache->n, 5);
    assert_false(is_cached(d[1]));
    assert_int_equal(d[1]->refs, 1);
    assert_true(is_cached(d[0]));
    dirent_cache_remove(d[1]); /* absent is fine */
    dirent_cache_remove(d[0]);
    assert_int_equal(cache->n, 4);
    mount_source_flush(ms);
    assert_int_equal(cache->n, 0);
    dirent_cache_add(d[2]);
    assert_int_equal(cache->n, 1);

    mount_source_flush(ms);
    cache->limit = 0; /* every operation is a no-op */
    dirent_cache_add(d[2]);
    dirent_cache_remove(d[2]);
    assert_int_equal(cache->n, 0);
    assert_int_equal(d[2]->refs, 1);
    cache->limit = DIRENT_CACHE_LIMIT;
    for (size_t i = 0; i < 6; i++) {
        dirent_put(d[i]);
    }
    world_done(&w);
}

/* The example of contract vfs 2: 1005 files looked up one by one. */
/* proves: VI-04 */
static void test_thousand(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "");
    struct dirent *root = w.ns->root, *d = NULL;
    for (int i = 0; i < 1005; i++) {
        char name[16];
        snprintf(name, sizeof(name), "/%d", i);
        OK(sys_mknod(&w.p, name, S_IFREG | 0644));
    }
    mount_source_flush(root->inode->ms);
    for (int i = 0; i < 1005; i++) {
        char name[16];
        snprintf(name, sizeof(name), "/%d", i);
        OK(mount_ns_find_inode(&w.p.c, w.ns, root, NULL, name, LINK_LIMIT_SYSCALL, &d));
        dirent_put(d);
    }
    struct mount_source *ms = root->inode->ms;
    assert_int_equal(ms->cache.n, 1000);
    /* The process of this test holds its working directory: the "caller" of the example. */
    assert_int_equal(root->refs, 1002);
    assert_int_equal(ms->dirent_refs, 2002);
    mount_source_flush(ms);
    assert_int_equal(root->refs, 2);
    assert_int_equal(ms->dirent_refs, 2);
    world_done(&w);
}

/* What enters: created, found last, the directory in which nothing was found. What leaves: removed,
 * renamed, mounted over. */
static void test_members(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ d/x=1 m/ r=1");
    struct dirent *root = w.ns->root;
    mount_source_flush(root->inode->ms);

    struct file *f = NULL;
    OK(dirent_create(&w.p.c, root, root, "n", (struct open_flags){.read = true}, 0644, &f));
    assert_int_equal(f->dirent->refs, 2); /* the file's and the cache's */
    struct dirent *n = dirent_get(f->dirent);
    file_put(f);
    OK(dirent_remove(&w.p.c, root, root, "n"));
    assert_int_equal(n->refs, 1);
    dirent_put(n);

    assert_false(exists(&w, "/d/none"));
    struct dirent *d = child(&w, "d");
    assert_true(is_cached(d));

    struct dirent *m = at(&w, "/m");
    assert_true(is_cached(m));
    OK(sys_mount_tmpfs(&w, "/m"));
    assert_false(is_cached(m));
    struct dirent *mounted = child(&w, "m");
    assert_ptr_not_equal(m, mounted);
    assert_int_equal(mounted->inode->ms->cache.n, 0);
    dirent_put(mounted);
    dirent_put(m);

    struct dirent *r = at(&w, "/r"), *x = at(&w, "/d/x");
    OK(dirent_rename(&w.p.c, root, root, "r", d, "x"));
    assert_int_equal(r->refs, 1);
    assert_int_equal(x->refs, 1);
    dirent_put(r);
    dirent_put(x);
    dirent_put(d);
    OK(sys_umount(&w.p, "/m", 0));
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lru),
        cmocka_unit_test(test_thousand),
        cmocka_unit_test(test_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
