#include "support.h"
#include "trees.h"

static cJSON *written(void (*write)(struct gen_write *, int), int arg)
{
    struct domain d;
    struct gen_write w;
    domain_init(&d, "trees", PROFILE_STRICT);
    gen_write_init(&w, &d);
    write(&w, arg);
    cJSON *ret = cJSON_Parse(str_get(&w.s));
    gen_write_release(&w);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
    assert_non_null(ret);
    return ret;
}

static void write_root(struct gen_write *w, int root)
{
    gen_tree_write(w, gen_tree_root((enum gen_root)root));
}

static void write_sources(struct gen_write *w, int unused)
{
    (void)unused;
    gen_tree_write_sources(w);
}

/* Relative paths, known types, links with a target, no path twice. */
static void check_manifest(const cJSON *entries)
{
    const cJSON *e, *other;
    cJSON_ArrayForEach(e, entries)
    {
        const char *path = field(e, "path"), *type = field(e, "type");
        assert_true(*path && *path != '/');
        assert_non_null(strstr(" dir file symlink hardlink fifo sock chr blk ", type));
        if (strstr(type, "link")) {
            assert_true(*field(e, "target"));
        }
        for (other = e->next; other; other = other->next) {
            assert_string_not_equal(path, field(other, "path"));
        }
    }
}

static void roots(void **state)
{
    (void)state;
    for (int i = 0; i < GEN_ROOTS; i++) {
        cJSON *tree = written(write_root, i);
        assert_true(cJSON_IsArray(tree));
        assert_int_equal((size_t)cJSON_GetArraySize(tree), gen_tree_root((enum gen_root)i)->n);
        check_manifest(tree);
        cJSON_Delete(tree);
    }
}

static void sources(void **state)
{
    (void)state;
    cJSON *all = written(write_sources, 0);
    check_manifest(cJSON_GetObjectItemCaseSensitive(all, "dir0"));
    check_manifest(cJSON_GetObjectItemCaseSensitive(all, "dir1"));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(all, "empty")), 0);
    const cJSON *file = cJSON_GetObjectItemCaseSensitive(all, "file0");
    assert_string_equal(field(file, "type"), "file");
    assert_null(cJSON_GetObjectItemCaseSensitive(file, "path"));
    cJSON_Delete(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(roots), cmocka_unit_test(sources)};
    return cmocka_run_group_tests_name("sim.gen.trees", tests, NULL, NULL);
}
