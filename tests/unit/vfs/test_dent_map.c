/* Sorted directory entries and the name cursor (contract vfs 16). */
#include "vfs_test.h"

struct sink {
    char text[256];
    int room;
};

static int emit(void *arg, const char *name, const struct dent_attr *attr)
{
    struct sink *s = arg;
    if (s->room-- == 0) {
        return -ENOBUFS;
    }
    size_t n = strlen(s->text);
    snprintf(s->text + n, sizeof(s->text) - n, "%s%d ", name, (int)attr->inode_id);
    return 0;
}

static void add(struct dent_map *m, const char *name, uint64_t id)
{
    OK(dent_map_add(m, name, (struct dent_attr){INODE_REGULAR, id}));
}

static void test_order_and_cursor(void **state)
{
    (void)state;
    struct test_world w;
    world_empty(&w, ORIGINAL);
    struct dent_map m;
    dent_map_init(&m, &w.s.d);
    add(&m, "b", 1);
    add(&m, "\xff", 2);
    add(&m, "-", 3);
    add(&m, "B", 4);
    add(&m, ".", 5);
    add(&m, "..", 6);
    add(&m, "", 7);
    add(&m, "b", 8); /* replaces */
    assert_int_equal(dent_map_find(&m, "b")->inode_id, 8);
    assert_null(dent_map_find(&m, "c"));
    char *cursor = NULL;
    struct sink s = {.room = 2};
    struct dir_ctx dc = {.emit = emit, .arg = &s, .cursor = &cursor};
    int n = 0;
    ERR(dent_map_emit(&m, &dc, &n), ENOBUFS);
    assert_int_equal(n, 2);
    assert_string_equal(s.text, "-3 B4 ");
    assert_string_equal(cursor, "B");
    add(&m, "A", 9); /* before the cursor: not seen */
    add(&m, "a", 10);
    s = (struct sink){.room = -1};
    OK(dent_map_emit(&m, &dc, &n));
    assert_string_equal(s.text, "a10 b8 \xff"
                                "2 ");
    OK(dent_map_emit(&m, &dc, &n));
    assert_int_equal(n, 0);
    dc.cursor = NULL; /* from the start */
    s = (struct sink){.room = -1};
    OK(dent_map_emit(&m, &dc, &n));
    assert_string_equal(s.text, "-3 A9 B4 a10 b8 \xff"
                                "2 ");
    mem_free(cursor);
    dent_map_release(&m);
    world_done(&w);
}

/* In any order, with names that come again: each once, sorted, with what came last. */
static void test_any_order(void **state)
{
    (void)state;
    enum { NAMES = 300, ADDS = 1000 };
    struct test_world w;
    uint64_t last[NAMES] = {0};
    size_t n = 0;
    world_empty(&w, ORIGINAL);
    struct dent_map m;
    dent_map_init(&m, &w.s.d);
    assert_int_equal(dent_map_settle(&m), 0);
    for (uint64_t i = 1; i <= ADDS; i++) {
        char name[32];
        size_t which = domain_random(&w.s.d) % NAMES;
        snprintf(name, sizeof(name), "name-%03zu", which);
        n += last[which] == 0;
        last[which] = i;
        add(&m, name, i);
        if (i % 100 == 0) { /* asked in between, it goes on */
            assert_int_equal(dent_map_find(&m, name)->inode_id, i);
            assert_int_equal(dent_map_settle(&m), n);
        }
    }
    assert_int_equal(dent_map_settle(&m), n);
    for (size_t i = 0; i < n; i++) {
        size_t which = (size_t)atoi(m.v[i].name + strlen("name-"));
        assert_int_equal(m.v[i].attr.inode_id, last[which]);
        assert_true(i == 0 || strcmp(m.v[i - 1].name, m.v[i].name) < 0);
    }
    dent_map_release(&m);
    assert_int_equal(dent_map_settle(&m), 0);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_cursor),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
