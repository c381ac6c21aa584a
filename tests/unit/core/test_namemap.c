#include "core_test.h"

#include <stdio.h>

enum { NAMES = 400, STEPS = 20000, NAME_BYTES = 32 };

struct element {
    char name[NAME_BYTES];
    struct namenode node;
    bool present;
};

static int compare_elements(const void *a, const void *b)
{
    return strcmp(((const struct element *)a)->name, ((const struct element *)b)->name);
}

/* NAMES different names, sorted; the bytes above 0x7f must sort behind ASCII, and many names share
 * their first bytes, some as many as a comparison takes at once, one less or one more. */
static void make_elements(struct domain *d, struct element *e)
{
    for (int i = 0; i < NAMES; i++) {
        memset(&e[i], 0, sizeof(e[i]));
        unsigned char lead = (unsigned char)(1 + domain_random(d) % 255);
        if (i % 4 == 0) {
            snprintf(e[i].name, sizeof(e[i].name), "%c%d", lead, i);
        } else {
            snprintf(e[i].name, sizeof(e[i].name), "%.*s%d", 5 + i % 4, "aaaaaaaa", i);
        }
    }
    qsort(e, NAMES, sizeof(*e), compare_elements);
}

static size_t check_node(const struct namenode *node)
{
    size_t n = 1;
    const struct namenode *kids[] = {node->left, node->right};
    for (size_t i = 0; i < ARRAY_LEN(kids); i++) {
        if (kids[i]) {
            assert_ptr_equal(kids[i]->parent, node);
            assert_true(kids[i]->priority <= node->priority);
            n += check_node(kids[i]);
        }
    }
    return n;
}

/* The map against the sorted array: same members, same order, sound tree. */
static void check_equal(const struct namemap *m, const struct element *e)
{
    const struct namenode *node = namemap_first(m);
    size_t n = 0;
    for (int i = 0; i < NAMES; i++) {
        if (e[i].present) {
            assert_ptr_equal(node, &e[i].node);
            node = namenode_next(node);
            n++;
        }
    }
    assert_null(node);
    assert_int_equal(m->n, n);
    if (m->root) {
        assert_null(m->root->parent);
        assert_int_equal(check_node(m->root), n);
    }
}

static void check_lookups(const struct namemap *m, const struct element *e, int i)
{
    const struct namenode *after = NULL;
    for (int j = i + 1; j < NAMES && !after; j++) {
        after = e[j].present ? &e[j].node : NULL;
    }
    assert_ptr_equal(namemap_find(m, e[i].name), e[i].present ? &e[i].node : NULL);
    assert_ptr_equal(namemap_after(m, e[i].name), after);
}

static void a_map_equals_a_sorted_array_under_random_steps(void **state)
{
    struct domain *d = *state;
    struct namemap m = {0};
    struct element *e = mem_resize(d, NULL, 0, NAMES, sizeof(*e), "elements");
    assert_non_null(e);
    make_elements(d, e);
    print_message("seed %#llx\n", (unsigned long long)d->random_state);
    for (int step = 0; step < STEPS; step++) {
        int i = (int)(domain_random(d) % NAMES);
        if (e[i].present) {
            namemap_remove(&m, &e[i].node);
        } else {
            e[i].node.name = e[i].name;
            namemap_insert(&m, &e[i].node);
        }
        e[i].present = !e[i].present;
        check_lookups(&m, e, (int)(domain_random(d) % NAMES));
        if (step % 500 == 0) {
            check_equal(&m, e);
        }
    }
    check_equal(&m, e);
    mem_free(e);
}

static void an_empty_map_has_nothing(void **state)
{
    (void)state;
    struct namemap m = {0};
    assert_null(namemap_first(&m));
    assert_null(namemap_find(&m, ""));
    assert_null(namemap_after(&m, NULL));
    assert_null(namemap_after(&m, "a"));
}

static size_t depth_of(const struct namenode *node)
{
    size_t depth = 0;
    for (; node; node = node->parent) {
        depth++;
    }
    return depth;
}

/* The names of a large directory arrive sorted, which a plain search tree would make a list of. */
static void sorted_names_do_not_degenerate(void **state)
{
    struct domain *d = *state;
    enum { MANY = 20000 };
    struct namemap m = {0};
    struct element *e = mem_resize(d, NULL, 0, MANY, sizeof(*e), "elements");
    assert_non_null(e);
    for (int i = 0; i < MANY; i++) {
        snprintf(e[i].name, sizeof(e[i].name), "long-name-%05d", i);
        e[i].node.name = e[i].name;
        namemap_insert(&m, &e[i].node);
    }
    size_t deepest = 0;
    for (int i = 0; i < MANY; i++) {
        size_t depth = depth_of(&e[i].node);
        deepest = depth > deepest ? depth : deepest;
    }
    assert_true(deepest < 60);
    mem_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(a_map_equals_a_sorted_array_under_random_steps),
        DOMAIN_TEST(an_empty_map_has_nothing),
        DOMAIN_TEST(sorted_names_do_not_degenerate),
    };
    return cmocka_run_group_tests_name("core_namemap", tests, NULL, NULL);
}
