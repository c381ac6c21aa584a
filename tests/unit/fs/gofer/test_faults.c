/* Every allocation and every check of a fate fails once, in a session that uses all of the module.
 */
#include "world.h"

/* 0, or CODE_FATE at the first step that met it. Errors of any other kind fail the test. */
static int listing(struct world *w, struct dirent *root)
{
    char names[256];
    struct file *dir;
    int r = inode_open(&w->c, root->inode, root, (struct open_flags){.read = true}, &dir);
    if (r) {
        return r;
    }
    r = world_list(w, dir, names, sizeof(names));
    file_put(dir);
    return r;
}

static int reading(struct world *w, struct dirent *f)
{
    struct file *open;
    char buf[8];
    size_t n;
    int r = inode_open(&w->c, f->inode, f, (struct open_flags){.read = true, .write = true}, &open);
    if (r) {
        return r;
    }
    r = file_pread(&w->c, open, 0, buf, sizeof(buf), &n);
    r = r ? r : file_pwrite(&w->c, open, 0, "x", 1, &n);
    file_put(open);
    return r;
}

static int changing(struct world *w, struct dirent *root)
{
    const struct inode_ops *ops = root->inode->ops;
    struct file *made;
    struct dirent *sock;
    int r = ops->create(&w->c, root->inode, "new", (struct open_flags){.write = true}, 0755, &made);
    if (r) {
        return r;
    }
    file_put(made);
    r = ops->bind(&w->c, root->inode, "sock", 0755, &sock);
    if (r) {
        return r;
    }
    dirent_put(sock);
    r = ops->remove(&w->c, root->inode, "sock");
    return r ? r : ops->symlink(&w->c, root->inode, "t", "l");
}

static int session(struct world *w, const char *options)
{
    struct inode *inode;
    struct dirent *root, *f;
    struct error err = {0};
    int r = world_try_mount(w, 0, options, (struct mount_flags){0}, &inode, &err);
    error_release(&err);
    r = r ? r : dirent_new(inode, "/", &root);
    if (r) {
        return r;
    }
    w->c.root = root;
    r = world_try_walk(w, root, "missing", &f);
    if (r != -ENOENT) {
        return r;
    }
    r = listing(w, root);
    r = r ? r : world_try_walk(w, root, "f", &f);
    if (r == 0) {
        r = reading(w, f);
        dirent_put(f);
    }
    r = r ? r : changing(w, root);
    world_drop(w, root);
    return r;
}

static const char *const options[] = {",privateunixsocket=1,aname=/,version=9P2000.L.Google.6",
                                      ",cache=remote_revalidating,privateunixsocket=1"};

static uint64_t loop(const char *opts, bool oom)
{
    for (uint64_t at = 1;; at++) {
        struct world w;
        world_open(&w, PROFILE_GVISOR_2018_08_14_0B3BFE2);
        peer_file(w.peer[0], w.top, "f", "hello");
        *(oom ? &w.s.d.alloc_fail_at : &w.s.d.fate_inject_at) =
            at + (oom ? w.s.d.allocs : w.s.d.fate_checks);
        int r = session(&w, opts);
        bool fired = domain_dead(&w.s.d);
        if (fired) {
            assert_int_equal(w.s.d.fate, oom ? FATE_OOM : FATE_PANIC);
            assert_true(r == CODE_FATE || r == 0); /* 0: it came in a release */
        } else {
            assert_int_equal(r, 0);
        }
        world_close(&w);
        if (!fired) {
            return at;
        }
    }
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        assert_true(loop(options[i], true) > 30);
    }
}

static void every_check_meets_a_fate_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        assert_true(loop(options[i], false) > 30);
    }
}

int main(void)
{
    const struct CMUnitTest faults[] = {
        cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(every_check_meets_a_fate_once),
    };
    return cmocka_run_group_tests(faults, NULL, NULL);
}
