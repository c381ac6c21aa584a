#include "core_test.h"

struct item {
    struct list link;
    char name;
};

static void names_of(struct list *head, char *out)
{
    list_for_each(it, head)
    {
        *out++ = container_of(it, struct item, link)->name;
    }
    *out = '\0';
}

static void elements_keep_their_order(void **state)
{
    (void)state;
    struct list head;
    struct item a = {.name = 'a'}, b = {.name = 'b'}, c = {.name = 'c'}, x = {.name = 'x'};
    char names[8];
    list_init(&head);
    assert_true(list_empty(&head));
    list_push_back(&head, &b.link);
    list_push_back(&head, &c.link);
    list_push_front(&head, &a.link);
    list_insert_before(&b.link, &x.link);
    names_of(&head, names);
    assert_string_equal(names, "axbc");
    list_remove(&x.link);
    assert_true(list_empty(&x.link));
    names_of(&head, names);
    assert_string_equal(names, "abc");
}

static void the_safe_walk_survives_removal(void **state)
{
    (void)state;
    struct list head;
    struct item items[5];
    list_init(&head);
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        items[i].name = (char)('a' + i);
        list_push_back(&head, &items[i].link);
    }
    size_t n = 0;
    list_for_each_safe(it, &head)
    {
        list_remove(it);
        n++;
    }
    assert_int_equal(n, 5);
    assert_true(list_empty(&head));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_keep_their_order),
        cmocka_unit_test(the_safe_walk_survives_removal),
    };
    return cmocka_run_group_tests_name("core_list", tests, NULL, NULL);
}
