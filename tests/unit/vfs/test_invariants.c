/* The checker of contract vfs 27 finds what is broken on purpose, and nothing else. */
#include "fake_fs.h"

struct found {
    size_t n;
    char rules[256];
};

static void note(void *arg, const char *rule, const char *text)
{
    struct found *f = arg;
    f->n++;
    assert_true(text[0]);
    if (!strstr(f->rules, rule)) {
        strcat(f->rules, f->rules[0] ? " " : "");
        strcat(f->rules, rule);
    }
}

/* Rules that are broken now, each once. */
static const char *broken(struct test_world *w, unsigned flags, struct found *f)
{
    *f = (struct found){0};
    size_t n = vfs_check_invariants(w->ns, flags, note, f);
    assert_int_equal(n, f->n);
    assert_int_equal(vfs_check_invariants(w->ns, flags, NULL, NULL), f->n);
    return f->rules;
}

static void open_world(struct test_world *w)
{
    world_overlay(w, ORIGINAL, "d/ d/low=1 l->d", "d/ d/up=1 m/ f=1");
    OK(sys_mount_tmpfs(w, "/m"));
    OK(sys_mkdir(&w->p, "/m/in", 0755));
    OK(sys_mount_tmpfs(w, "/m/in"));
    OK(sys_mount_tmpfs(w, "/m"));
    assert_string_equal(cat(w, "/d/low"), "1");
    assert_string_equal(cat(w, "/f"), "1");
}

static void test_nothing(void **state)
{
    (void)state;
    struct test_world w;
    struct found f;
    open_world(&w);
    uint64_t allocs = w.s.d.allocs;
    assert_string_equal(broken(&w, 0, &f), "");
    assert_int_equal(w.s.d.allocs, allocs); /* asks for no memory */
    struct dirent *held = at(&w, "/d/low");
    assert_string_equal(broken(&w, 0, &f), "");
    mount_ns_flush(w.ns);
    assert_string_equal(broken(&w, VFS_CHECK_FLUSHED, &f), "VI-03"); /* somebody holds one */
    dirent_put(held);
    process_release(&w.p);
    assert_string_equal(broken(&w, VFS_CHECK_FLUSHED, &f), "");
    process_init(&w.p, &w.s, w.ns, NULL);
    world_done(&w);
}

/* proves: VI-01 */
static void test_counts(void **state)
{
    (void)state;
    struct test_world w;
    struct found f;
    open_world(&w);
    struct dirent *d = at(&w, "/d");
    size_t refs = d->refs;
    d->refs = 1;
    assert_string_equal(broken(&w, 0, &f), "VI-01");
    d->refs = refs;
    d->inode->ms->dirent_refs -= 5;
    assert_string_equal(broken(&w, 0, &f), "VI-01");
    d->inode->ms->dirent_refs += 5;
    d->inode->ms->dirent_refs++;
    assert_string_equal(broken(&w, 0, &f), ""); /* something unseen may hold one */
    d->inode->ms->dirent_refs--;
    dirent_put(d);
    world_done(&w);

    struct fake fake = {.missing = true, .negative = true};
    world_empty(&w, ORIGINAL);
    world_on(&w, fake_new(&w, &fake));
    assert_false(exists(&w, "/x"));
    struct dirent *x =
        container_of(namemap_find(&w.ns->root->children, "x"), struct dirent, child_node);
    x->refs = 2;
    assert_string_equal(broken(&w, 0, &f), "VI-01");
    x->refs = 1;
    world_done(&w);
}

/* proves: VI-02 VI-05 */
static void test_names(void **state)
{
    (void)state;
    struct test_world w;
    struct found f;
    open_world(&w);
    struct dirent *d = at(&w, "/d"), *up = at(&w, "/d/up");
    const char *name = up->name;
    char other[] = "up", slash[] = "u/p", dots[] = "..";
    up->name = other;
    assert_string_equal(broken(&w, 0, &f), "VI-02");
    up->name = slash;
    up->child_node.name = slash;
    assert_string_equal(broken(&w, 0, &f), "VI-05");
    up->name = dots;
    up->child_node.name = dots;
    assert_true(strstr(broken(&w, 0, &f), "VI-05"));
    up->name = name;
    up->child_node.name = name;
    up->parent = w.ns->root;
    assert_string_equal(broken(&w, 0, &f), "VI-02");
    up->parent = d;
    up->hashed = false;
    assert_true(strstr(broken(&w, 0, &f), "VI-02"));
    up->hashed = true;
    dirent_put(d);
    dirent_put(up);
    world_done(&w);
}

static void test_caches(void **state)
{
    (void)state;
    struct test_world w;
    struct found f;
    open_world(&w);
    struct dirent_cache *cache = &w.ns->root->inode->ms->cache;
    assert_true(cache->n > 0);
    cache->n++;
    assert_string_equal(broken(&w, 0, &f), "VI-04");
    cache->n--;
    cache->limit = 0;
    assert_string_equal(broken(&w, 0, &f), "VI-04");
    cache->limit = DIRENT_CACHE_LIMIT;
    struct dirent *m = at(&w, "/m"), *d = at(&w, "/d");
    list_remove(&d->cache_link);
    cache->n--;
    list_push_back(&m->inode->ms->cache.lru, &d->cache_link); /* another mount's */
    m->inode->ms->cache.n++;
    assert_string_equal(broken(&w, 0, &f), "VI-04");
    list_remove(&d->cache_link);
    m->inode->ms->cache.n--;
    list_push_back(&cache->lru, &d->cache_link);
    cache->n++;
    dirent_put(m);
    dirent_put(d);
    world_done(&w);
}

/* proves: VI-06 VI-07 */
static void test_mounts(void **state)
{
    (void)state;
    struct test_world w;
    struct found f;
    open_world(&w);
    struct dirent *m = at(&w, "/m"), *d = at(&w, "/d");
    struct mount_source *ms = m->inode->ms;
    uint64_t id = ms->id;
    ms->id = 2; /* that of the mount below */
    assert_string_equal(broken(&w, 0, &f), "VI-06");
    ms->id = w.ns->next_id;
    assert_string_equal(broken(&w, 0, &f), "VI-06");
    ms->id = id;
    struct mount_source *parent = ms->parent;
    ms->parent = NULL;
    assert_string_equal(broken(&w, 0, &f), "VI-06");
    ms->parent = parent;
    ms->root = d;
    assert_string_equal(broken(&w, 0, &f), "VI-06");
    ms->root = m;
    m->mounted = false;
    assert_string_equal(broken(&w, 0, &f), "VI-07");
    m->mounted = true;
    d->mounted = true;
    assert_string_equal(broken(&w, 0, &f), "VI-07");
    d->mounted = false;
    w.ns->root->mounted = true;
    assert_string_equal(broken(&w, 0, &f), "VI-07");
    w.ns->root->mounted = false;
    dirent_put(m);
    dirent_put(d);
    world_done(&w);
}

static void test_layers(void **state)
{
    (void)state;
    struct test_world w;
    struct found f;
    open_world(&w);
    struct dirent *up = at(&w, "/d/up"), *low = at(&w, "/d/low"), *d = at(&w, "/d");
    struct overlay_entry *e = up->inode->overlay;
    struct inode *upper = e->upper;
    e->upper = NULL;
    assert_string_equal(broken(&w, 0, &f), "VI-10");
    e->upper = d->inode;
    assert_true(strstr(broken(&w, 0, &f), "VI-10"));
    e->upper = upper;
    e->lower = d->inode->overlay->lower; /* a directory below a file */
    assert_string_equal(broken(&w, 0, &f), "VI-12");
    e->lower = NULL;
    low->inode->stable.type = INODE_SYMLINK;
    assert_string_equal(broken(&w, 0, &f), "VI-12");
    low->inode->stable.type = INODE_REGULAR;
    dirent_put(up);
    dirent_put(low);
    dirent_put(d);
    world_done(&w);
}

/* proves: VI-18 */
static void test_locks(void **state)
{
    (void)state;
    struct test_world w;
    struct found f;
    open_world(&w);
    struct dirent *d = at(&w, "/d");
    struct lockword *words[] = {&d->mu, &d->dir_mu, &d->inode->overlay->copy_mu, &w.s.rename_mu,
                                &w.ns->mu};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        words[i]->readers = 1;
        assert_string_equal(broken(&w, 0, &f), "VI-18");
        words[i]->readers = 0;
        words[i]->writer = true;
        assert_string_equal(broken(&w, 0, &f), "VI-18");
        words[i]->writer = false;
    }
    dirent_put(d);
    world_done(&w);
}

/* proves: VI-03 */
static void test_after_a_flush(void **state)
{
    (void)state;
    struct test_world w;
    struct found f;
    open_world(&w);
    process_release(&w.p);
    assert_true(strstr(broken(&w, VFS_CHECK_FLUSHED, &f), "VI-03")); /* the cache holds some */
    mount_ns_flush(w.ns);
    assert_string_equal(broken(&w, VFS_CHECK_FLUSHED, &f), "");
    w.ns->root->inode->ms->dirent_refs++;
    assert_string_equal(broken(&w, VFS_CHECK_FLUSHED, &f), "VI-03");
    w.ns->root->inode->ms->dirent_refs--;
    process_init(&w.p, &w.s, w.ns, NULL);

    domain_panic(&w.s.d, "abandoned");
    w.ns->root->mounted = true;
    assert_string_equal(broken(&w, 0, &f), ""); /* nothing is meant to hold any more */
    world_fated(&w, FATE_PANIC, "abandoned");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing), cmocka_unit_test(test_counts),
        cmocka_unit_test(test_names),   cmocka_unit_test(test_caches),
        cmocka_unit_test(test_mounts),  cmocka_unit_test(test_layers),
        cmocka_unit_test(test_locks),   cmocka_unit_test(test_after_a_flush),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
