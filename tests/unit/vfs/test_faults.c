/*
 * Every allocation and every check of the fate fails once, in a scenario with mounts, an overlay,
 * copy-up, renames and unmounts: the world must always close.
 */
#include "vfs_test.h"

static int emit_nothing(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)arg, (void)name, (void)attr;
    return 0;
}

/* Stops at the first fate. Errors of single calls are part of the scenario. */
static void scenario(struct test_world *w)
{
    struct process *p = &w->p;
    struct file *f = NULL;
    struct str value;
    char buf[64];
    size_t n;
#define STEP(call)                                                                                 \
    do {                                                                                           \
        if ((call) == CODE_FATE) {                                                                 \
            return;                                                                                \
        }                                                                                          \
    } while (0)
    STEP(sys_open(p, "/d/low", O_RDWR, 0, &f)); /* copy-up of a file and its parent */
    STEP(sys_write(p, f, "written", 7, &n));
    STEP(sys_read(p, f, buf, sizeof(buf), &n));
    STEP(sys_close(p, f));
    STEP(sys_mkdir(p, "/d/new", 0755));
    STEP(sys_symlink(p, "../d/low", "/d/link"));
    STEP(sys_link(p, "/other", "/d/hard"));
    STEP(sys_mknod(p, "/d/fifo", S_IFIFO | 0644));
    STEP(sys_chmod(p, "/e/x", 0600));
    STEP(sys_chown(p, "/l", 1, 1, false));
    STEP(sys_truncate(p, "/e/y", 1));
    STEP(sys_rename(p, "/d/low", "/e/x"));
    STEP(sys_rename(p, "/e", "/e2"));
    STEP(sys_rename(p, "/e2/none", "/d/x"));
    STEP(sys_unlink(p, "/other"));
    STEP(sys_rmdir(p, "/full"));
    STEP(sys_open(p, "/d", O_RDONLY, 0, &f));
    STEP(sys_getdents(p, f, &(struct dir_ctx){.emit = emit_nothing}));
    STEP(sys_close(p, f));
    STEP(sys_mount(p, "none", "/m", "tmpfs", 0, "mode=0700"));
    STEP(sys_mkdir(p, "/m/in", 0755));
    STEP(sys_mount(p, "none", "/m/in", "tmpfs", 0, ""));
    STEP(sys_mount(p, "none", "/m", "tmpfs", 0, ""));
    STEP(sys_chdir(p, "/m"));
    STEP(sys_umount(p, "/m", 0));
    STEP(sys_chdir(p, "/"));
    STEP(sys_umount(p, "/m", 0));
    STEP(sys_umount(p, "/m", MNT_DETACH));
    str_init(&value, &w->s.d);
    STEP(sys_getxattr(p, "/", "trusted.overlay.whiteout.other", &value));
    str_release(&value);
#undef STEP
}

static void open_world(struct test_world *w, enum profile profile)
{
    world_overlay(w, profile, "d/ d/low=content e/ e/x=1 e/y=22 l->d other=1 full/ full/x=1", "m/");
}

/* One run with the n-th allocation, or the n-th check, failing. Returns whether it was reached. */
static bool run(enum profile profile, uint64_t alloc_at, uint64_t check_at)
{
    struct test_world w;
    open_world(&w, profile);
    w.s.d.alloc_fail_at = alloc_at ? w.s.d.allocs + alloc_at : 0;
    w.s.d.fate_inject_at = check_at ? w.s.d.fate_checks + check_at : 0;
    scenario(&w);
    if (!domain_dead(&w.s.d)) {
        w.s.d.alloc_fail_at = w.s.d.fate_inject_at = 0;
        world_done(&w);
        return false;
    }
    enum fate fate = alloc_at ? FATE_OOM : FATE_PANIC;
    world_fated(&w, fate, alloc_at ? "out of memory" : "injected fate");
    return true;
}

static void all_points(bool checks, enum profile profile)
{
    uint64_t n = 1;
    while (run(profile, checks ? 0 : n, checks ? n : 0)) {
        n++;
    }
    assert_true(n > 100); /* the scenario does something */
}

/* proves: VI-17 */
static void test_no_memory(void **state)
{
    (void)state;
    all_points(false, ORIGINAL);
    all_points(false, PROFILE_STRICT);
}

static void test_injected_fates(void **state)
{
    (void)state;
    all_points(true, ORIGINAL);
    all_points(true, PROFILE_STRICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_injected_fates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
