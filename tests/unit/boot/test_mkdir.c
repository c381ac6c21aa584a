#include "world.h"

/* One bind mount at `destination` over the root tree `tree`: the error, or NULL and where it is
 * mounted. */
struct way {
    const char *tree, *destination, *error, *mounted_at;
};

static const struct way WAYS[] = {
    {NULL, "/a", NULL, "/a"},
    {NULL, "/b/c", NULL, "/b/c"},
    {NULL, "/foo/", NULL, "/foo"},
    {NULL, "//foo", NULL, "/foo"},
    {NULL, "foo/bar", NULL, "/foo/bar"},
    {NULL, "../z", NULL, "/z"},
    {"d:foo", "/foo/../bar", NULL, "/bar"},
    {NULL, "/foo/../bar",
     "failed to find mount destination \"/foo/../bar\": no such file or directory", NULL},
    {"d:tgt l:l=tgt", "/l", NULL, "/tgt"},
    {"d:run l:var/run=/run", "/var/run/secrets", NULL, "/run/secrets"},
    {"l:var/run=/run", "/var/run/secrets", "failed to create directory \"run\": file exists", NULL},
    {"f:f1", "/f1/g", "failed to find inode \"g\": not a directory", NULL},
    {"l:l=l", "/l/x", "failed to find inode \"l\": too many levels of symbolic links", NULL},
    {"l:a=b l:b=c l:c=d l:d=e l:e=f l:f=g l:g=h l:h=i l:i=j l:j=t d:t", "/a/x", NULL, "/t/x"},
    {"l:z=a l:a=b l:b=c l:c=d l:d=e l:e=f l:f=g l:g=h l:h=i l:i=j l:j=t d:t", "/z/x",
     "failed to find inode \"z\": too many levels of symbolic links", NULL},
    {NULL, "dev/foo", "failed to create directory \"foo\": operation denied", NULL},
    {"R", "x/y", "failed to create directory \"x\": operation denied", NULL},
    {"N", "x/y", "walk to \"x\" failed: no such file or directory", NULL},
    {NULL, "tmp/foo", NULL, "/tmp/foo"},
    {NULL, "/", "failed to mount at destination \"/\": device or resource busy", NULL},
    {NULL, ".", "failed to mount at destination \".\": device or resource busy", NULL},
    {NULL, "..", "failed to mount at destination \"..\": device or resource busy", NULL},
    {NULL, "/..", "failed to mount at destination \"/..\": device or resource busy", NULL},
    {NULL, "proc", NULL, "/proc"},
};

/* The catalogue of destinations (section 17) over fakes. */
/* proves: PQ-18 */
static void test_destinations(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(WAYS); i++) {
        struct world w;
        struct spec spec = SPEC(MOUNT(WAYS[i].destination, "bind", "/x"));
        world_init(&w, PROFILE_GVISOR_2018_08_14);
        w.trees[0] = WAYS[i].tree;
        world_run(&w, &spec, 2);
        if (WAYS[i].error) {
            char text[160];
            snprintf(text, sizeof(text), "failed to configure mounts: %s", WAYS[i].error);
            assert_string_equal(w.err.text, text);
            assert_int_not_equal(w.r, 0);
        } else {
            assert_null(w.err.text);
            assert_int_equal(w.r, 0);
            assert_int_equal(world_mount_at(&w, WAYS[i].mounted_at), 7);
            assert_int_equal(world_mount_at(&w, WAYS[i].destination), 7);
        }
        assert_int_equal(w.rec.fds_left,
                         0); /* it is contacted before the destination is looked at */
        assert_int_equal(has_rule(&w.rec.mounts[5], "PQ-18"),
                         WAYS[i].error && strstr(WAYS[i].error, "file exists"));
        world_close(&w);
    }
}

/* proves: PQ-19 */
static void test_created_on_host(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("foo/bar", "tmpfs", ""), MOUNT("/stub/x", "tmpfs", ""),
                            MOUNT("/var/run/a", "tmpfs", ""), MOUNT("tmp/x", "tmpfs", ""));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.trees[0] = "d:run l:var/run=/run";
    world_run(&w, &spec, 1);
    assert_int_equal(w.r, 0);
    assert_true(world_host_has(&w, 0, "foo/bar"));
    assert_true(world_host_has(&w, 0, "run/a"));
    assert_false(world_host_has(&w, 0, "stub"));
    assert_false(world_host_has(&w, 0, "tmp"));

    const struct boot_provenance *foo = &w.rec.mounts[5], *stub = &w.rec.mounts[6];
    const struct boot_provenance *run = &w.rec.mounts[7], *tmp = &w.rec.mounts[8];
    assert_int_equal(foo->created.n, 2);
    assert_string_equal(foo->created.p[0], "/foo");
    assert_string_equal(foo->created.p[1], "/foo/bar");
    assert_string_equal(foo->created_on.p[1], "9p");
    assert_true(has_rule(foo, "PQ-19"));
    assert_int_equal(stub->created.n, 0);
    assert_int_equal(run->created.n, 1);
    assert_string_equal(run->created.p[0], "/run/a");
    assert_int_equal(tmp->created.n, 1);
    assert_string_equal(tmp->created.p[0], "/tmp/x");
    assert_string_equal(tmp->created_on.p[0], "tmpfs");
    assert_false(has_rule(tmp, "PQ-19"));
    world_close(&w);
}

/* With a writable overlay nothing reaches the host. */
static void test_created_in_overlay(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("foo", "tmpfs", ""));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.conf.overlay = true;
    world_run(&w, &spec, 1);
    assert_int_equal(w.r, 0);
    assert_false(world_host_has(&w, 0, "foo"));
    assert_string_equal(w.rec.mounts[5].created_on.p[0], "tmpfs");
    world_close(&w);
}

/* proves: PP-04 PP-06 */
static void test_empty_paths(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct world w;
        struct spec spec = SPEC(MOUNT("", "tmpfs", ""));
        world_init(&w, strict ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
        world_run(&w, &spec, 1);
        if (strict) {
            expect_error(&w, -ENOENT,
                         "failed to configure mounts: failed to find mount destination \"\": no "
                         "such file or directory");
        } else {
            expect_panic(w.d, "MountNamespace.FindInode: path is empty");
        }
        assert_non_null(strstr(w.mounts, "tmpfs none \n")); /* after it was mounted */
        world_close(&w);
    }
    for (int strict = 0; strict < 2; strict++) {
        struct world w;
        struct spec spec = SPEC(MOUNT("/l/x", "tmpfs", ""));
        world_init(&w, strict ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
        w.trees[0] = "l:l=";
        world_run(&w, &spec, 1);
        if (strict) { /* ENOENT at find, then the link is in the way (PQ-18) */
            expect_error(&w, -EEXIST,
                         "failed to configure mounts: failed to create directory \"l\": file "
                         "exists");
        } else {
            expect_panic(w.d, "MountNamespace.FindInode: path is empty");
        }
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_destinations),
        cmocka_unit_test(test_created_on_host),
        cmocka_unit_test(test_created_in_overlay),
        cmocka_unit_test(test_empty_paths),
    };
    return cmocka_run_group_tests_name("boot_mkdir", tests, NULL, NULL);
}
