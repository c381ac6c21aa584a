#include "world.h"

/* Section 12.1: which filesystem, with which data. */
static void test_choice(void **state)
{
    (void)state;
    static const struct {
        int access;
        bool read_only, overlay;
        const char *mounts, *log;
    } rows[] = {
        {ACCESS_PROXY, false, false,
         "9p 9pfs-/ trans=fd,rfdno=0,wfdno=0,privateunixsocket=true,cache=remote_revalidating\n",
         "I Mounting root over 9P, ioFD: 0\n"},
        {ACCESS_PROXY_EXCLUSIVE, true, false,
         "9p 9pfs-/ ro trans=fd,rfdno=0,wfdno=0,privateunixsocket=true\n",
         "I Mounting root over 9P, ioFD: 0\n"},
        {ACCESS_PROXY_EXCLUSIVE, true, true,
         "9p 9pfs-/ ro trans=fd,rfdno=0,wfdno=0,privateunixsocket=true\n",
         "I Mounting root over 9P, ioFD: 0\n"},
        {ACCESS_PROXY_EXCLUSIVE, false, true,
         "9p 9pfs-/ trans=fd,rfdno=0,wfdno=0,privateunixsocket=true\n"
         "tmpfs root-overlay-upper-upper \n",
         "I Mounting root over 9P, ioFD: 0\n"},
        {ACCESS_DIRECT, false, false, "whitelistfs 9pfs-/ root=/r,dont_translate_ownership=true\n",
         ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        struct spec spec = SPEC_EMPTY;
        char *log = NULL;
        world_init(&w, PROFILE_GVISOR_2018_08_14);
        w.conf = (struct config){.file_access = rows[i].access, .overlay = rows[i].overlay};
        spec.root_readonly = rows[i].read_only;
        world_run(&w, &spec, rows[i].access == ACCESS_DIRECT ? 0 : 1);
        assert_int_equal(w.r, 0);
        assert_memory_equal(w.mounts, rows[i].mounts, strlen(rows[i].mounts));
        assert_non_null(strstr(w.mounts, "\nproc none \n"));
        assert_ptr_equal(strstr(w.mounts, "\nproc none \n") + 1, w.mounts + strlen(rows[i].mounts));
        log = log_text(w.d, 0);
        assert_memory_equal(log, rows[i].log, strlen(rows[i].log));
        assert_non_null(strstr(log, "I Mounted \"/r\" to \"/\" type root\n"));
        free(log);
        assert_int_equal(w.rec.root.mount_id, 1);
        assert_int_equal(w.rec.root.overlay, rows[i].overlay && !rows[i].read_only);
        world_close(&w);
    }
}

static void test_bad_access(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC_EMPTY;
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.conf.file_access = 5;
    world_run(&w, &spec, 2);
    expect_error(&w, -EINVAL, "failed to create root mount: invalid file access type: unknown(5)");
    assert_int_equal(w.rec.fds_left, 2);
    assert_int_equal(w.rec.compiled.n, 5); /* known all the same */
    world_close(&w);
}

static void test_failure(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC_EMPTY;
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.failing = "9p";
    world_run(&w, &spec, 1);
    expect_error(&w, -EIO,
                 "failed to create root mount: failed to generate root mount point: fake failure");
    assert_int_equal(w.rec.root.state, BOOT_MOUNT_FAILED);
    expect_log(w.d, "I Mounting root over 9P, ioFD: 0\n");
    world_close(&w);
}

static void test_root_is_a_file(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC_EMPTY;
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.trees[0] = "F";
    world_run(&w, &spec, 1);
    expect_error(&w, -EINVAL,
                 "failed to create root mount: error adding submount overlay: failed to make "
                 "mount overlay: upper Inode is not a directory");
    world_close(&w);
}

/* proves: PP-01 */
static void test_no_fds(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct world w;
        struct spec spec = SPEC_EMPTY;
        world_init(&w, strict ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
        world_run(&w, &spec, 0);
        if (strict) {
            expect_error(&w, -EINVAL,
                         "failed to create root mount: failed to generate root mount point: "
                         "fdDispenser out of fds");
        } else {
            expect_panic(w.d, "fdDispenser out of fds");
        }
        world_close(&w);
    }
}

/* proves: PP-05 */
static void test_no_root(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct world w;
        struct spec spec = SPEC_EMPTY;
        spec.has_root = false;
        world_init(&w, strict ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
        world_run(&w, &spec, 1);
        if (strict) {
            expect_error(&w, -EINVAL, "Spec.Root must be defined: ");
        } else {
            assert_int_equal(w.r, CODE_FATE);
            assert_int_equal(w.d->fate, FATE_PANIC);
        }
        assert_int_equal(w.rec.fds_left, 1);
        world_close(&w);
    }
}

/* The default builds such a namespace (and fails at a later lookup, PP-07); strict refuses. */
/* proves: PQ-02 */
static void test_proxy_and_overlay(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct world w;
        struct spec spec = SPEC_EMPTY;
        world_init(&w, strict ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
        w.conf = (struct config){.file_access = ACCESS_PROXY, .overlay = true};
        world_run(&w, &spec, 1);
        if (strict) {
            expect_error(&w, -EINVAL, "overlay flag is incompatible with file-access=proxy");
            assert_null(w.mounts);
        } else {
            assert_int_equal(w.r, 0);
            assert_true(has_rule(&w.rec.root, "PQ-02"));
        }
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_bad_access),
        cmocka_unit_test(test_failure),
        cmocka_unit_test(test_root_is_a_file),
        cmocka_unit_test(test_no_fds),
        cmocka_unit_test(test_no_root),
        cmocka_unit_test(test_proxy_and_overlay),
    };
    return cmocka_run_group_tests_name("boot_root", tests, NULL, NULL);
}
