/* A process of the sandbox. */
#include "vfs_test.h"

#include "internal.h"

static void test_start(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/");
    struct process p;
    size_t refs = w.ns->root->refs;
    process_init(&p, &w.s, w.ns, NULL);
    assert_ptr_equal(p.cwd, w.ns->root);
    assert_ptr_equal(p.c.root, w.ns->root);
    assert_int_equal(p.c.umask, 0022);
    assert_int_equal(w.ns->root->refs, refs + 1);
    assert_true(has_capability(&p, CAP_BIT_SYS_ADMIN));
    process_release(&p);
    assert_int_equal(w.ns->root->refs, refs);
    process_release(&p);
    world_done(&w);
}

static void test_ownership(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "mine=1 mine#7 none=1");
    struct dirent *mine = at(&w, "/mine"), *none = at(&w, "/none");
    ramfs_entry_of(none->inode)->attr.uid = NO_ID;
    OK(check_ownership(&w.p, mine->inode));
    ERR(check_ownership(&w.p, none->inode), EPERM); /* capabilities reach only mapped owners */
    become(&w, 7);
    OK(check_ownership(&w.p, mine->inode));
    become(&w, 8);
    ERR(check_ownership(&w.p, mine->inode), EPERM);
    w.p.c.creds.caps = UINT64_C(1) << CAP_BIT_FOWNER;
    OK(check_ownership(&w.p, mine->inode));
    dirent_put(mine);
    dirent_put(none);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_ownership),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
