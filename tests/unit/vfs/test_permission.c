/* Who may do what (contract vfs 6.1, 7). */
#include "vfs_test.h"

static int ask(struct test_world *w, const char *path, unsigned mask)
{
    struct dirent *d = at(w, path);
    int r = inode_check_permission(&w->p.c, d->inode, mask);
    dirent_put(d);
    return r;
}

static void test_classes(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 f#7 f@0470 g=1 g#7 g@0704");
    static const uint32_t groups[] = {9, 7};
    const struct {
        uint32_t uid, gid;
        bool supplementary;
        const char *path;
        unsigned mask;
        int result;
    } table[] = {
        {7, 7, false, "/f", ACCESS_READ, 0},
        {7, 7, false, "/f", ACCESS_WRITE, EACCES}, /* only the owner's class counts */
        {8, 7, false, "/f", ACCESS_READ | ACCESS_WRITE | ACCESS_EXECUTE, 0},
        {8, 8, true, "/f", ACCESS_WRITE, 0},
        {8, 8, false, "/f", ACCESS_READ, EACCES},
        {8, 7, false, "/g", ACCESS_READ, EACCES},
        {8, 8, false, "/g", ACCESS_READ, 0},
        {8, 8, false, "/g", ACCESS_READ | ACCESS_WRITE, EACCES},
        {8, 8, false, "/g", 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        w.p.c.creds = (struct creds){.euid = table[i].uid, .egid = table[i].gid};
        w.p.c.creds.groups = groups;
        w.p.c.creds.n_groups = table[i].supplementary ? 2 : 0;
        ERR(ask(&w, table[i].path, table[i].mask), table[i].result);
    }
    world_done(&w);
}

static void test_capabilities(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "d/ d@0000 f=1 f@0000 x=1 x@0100");
    enum { R = ACCESS_READ, W = ACCESS_WRITE, X = ACCESS_EXECUTE };
    const struct {
        enum capability cap;
        const char *path;
        unsigned mask;
        int result;
    } table[] = {
        {CAP_BIT_DAC_OVERRIDE, "/d", R | W | X, 0},     {CAP_BIT_DAC_READ_SEARCH, "/d", R | X, 0},
        {CAP_BIT_DAC_READ_SEARCH, "/d", W, EACCES},     {CAP_BIT_DAC_OVERRIDE, "/f", R | W, 0},
        {CAP_BIT_DAC_OVERRIDE, "/f", X, EACCES}, /* no execute bit at all */
        {CAP_BIT_DAC_OVERRIDE, "/x", R | W | X, 0},     {CAP_BIT_DAC_READ_SEARCH, "/f", R, 0},
        {CAP_BIT_DAC_READ_SEARCH, "/x", R | X, EACCES}, {CAP_BIT_CHOWN, "/f", R, EACCES},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        become(&w, 7);
        w.p.c.creds.caps = UINT64_C(1) << table[i].cap;
        ERR(ask(&w, table[i].path, table[i].mask), table[i].result);
    }
    world_done(&w);
}

static void test_unmapped_owner(void **state)
{
    (void)state;
    struct test_world w;
    world_plain(&w, ORIGINAL, "f=1 f@0000");
    struct dirent *f = at(&w, "/f");
    ramfs_entry_of(f->inode)->attr.gid = NO_ID;
    ERR(inode_check_permission(&w.p.c, f->inode, ACCESS_READ), EACCES); /* capabilities need both */
    dirent_put(f);
    world_done(&w);
}

/* proves: VQ-03 */
static void test_read_only(void **state)
{
    (void)state;
    struct test_world w;
    world_empty(&w, ORIGINAL);
    struct inode *root = new_tmpfs_flags(&w, (struct mount_flags){.read_only = true});
    root->ms->flags.read_only = false;
    fill(&w, root, "f=1 p| d/ closed=1 closed@0000");
    root->ms->flags.read_only = true;
    world_on(&w, root);
    static const char *const paths[] = {"/f", "/p", "/d", "/", "/closed"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        ERR(ask(&w, paths[i], ACCESS_WRITE), EROFS); /* pipes too */
        ERR(ask(&w, paths[i], ACCESS_WRITE | ACCESS_READ), EROFS);
    }
    become(&w, 7);
    ERR(ask(&w, "/closed", ACCESS_WRITE), EROFS); /* wins over EACCES */
    ERR(ask(&w, "/closed", ACCESS_READ), EACCES);
    OK(ask(&w, "/f", ACCESS_READ));
    world_done(&w);
}

static void test_read_only_upper(void **state)
{
    (void)state;
    struct test_world w;
    world_overlay(&w, ORIGINAL, "l=1", "u=1");
    w.upper->ms->flags.read_only = true;
    ERR(ask(&w, "/l", ACCESS_WRITE), EROFS);
    ERR(ask(&w, "/u", ACCESS_WRITE), EROFS);
    w.upper->ms->flags.read_only = false;
    w.lower->ms->flags.read_only = true; /* of no account */
    OK(ask(&w, "/l", ACCESS_WRITE));
    w.ns->root->inode->ms->flags.read_only = true;
    ERR(ask(&w, "/l", ACCESS_WRITE), EROFS);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),         cmocka_unit_test(test_capabilities),
        cmocka_unit_test(test_unmapped_owner),  cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_read_only_upper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
