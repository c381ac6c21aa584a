#include "boot_internal.h"
#include "world.h"

/* Section 13: the table of subtargets. */
static void test_subtargets(void **state)
{
    (void)state;
    static const char *const list[] = {
        "/",    "",        "/foo",     "/foo/bar", "foo/bar", "/foo/../x//y/",
        "../q", "/foobar", "/foo/bar", "../.."};
    static const struct {
        const char *root, *result;
        size_t n;
    } rows[] = {
        {"/", "foo foo/bar x/y foobar foo/bar ", 9},
        {"/foo", "bar bar ", 9},
        {"/foo//", "bar bar ", 9},
        {"foo", "bar ", 9},
        {"", "", 9},
        {".", "", 9},
        {"..", "q .. ", 10},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct domain d;
        struct ptrvec got;
        struct str s;
        domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
        ptrvec_init(&got, &d);
        str_init(&s, &d);
        assert_int_equal(boot_subtargets(&d, rows[i].root, list, rows[i].n, &got), 0);
        for (size_t k = 0; k < got.n; k++) {
            str_addf(&s, "%s ", (char *)got.p[k]);
        }
        assert_string_equal(str_get(&s), rows[i].result);
        str_release(&s);
        ptrvec_release_owned(&got);
        close_domain(&d);
    }
}

/* proves: PI-16 */
static void test_subtargets_random(void **state)
{
    (void)state;
    struct domain d;
    static const char parts[][4] = {"/", "a", "b", "..", ".", "ab", "//"};
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    for (int round = 0; round < 20000; round++) {
        char destination[64] = "", root[64] = "/";
        for (uint64_t n = domain_random(&d) % 8; n > 0; n--) {
            strcat(destination, parts[domain_random(&d) % ARRAY_LEN(parts)]);
        }
        for (uint64_t n = domain_random(&d) % 4; n > 0; n--) {
            strcat(root, parts[domain_random(&d) % ARRAY_LEN(parts)]);
        }
        const char *one = destination;
        struct ptrvec got;
        ptrvec_init(&got, &d);
        assert_int_equal(boot_subtargets(&d, root, &one, 1, &got), 0);
        char *clean = path_clean(&d, destination), *above = path_clean(&d, root);
        if (got.n == 1) {
            char *joined = path_join(&d, above, got.p[0]);
            assert_string_equal(joined, clean);
            mem_free(joined);
        } else {
            assert_int_equal(got.n, 0);
            assert_false(path_is_below(clean, above));
        }
        mem_free(clean);
        mem_free(above);
        ptrvec_release_owned(&got);
    }
    close_domain(&d);
}

/* proves: PQ-22 PQ-23 */
static void test_stubs_exist(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("/a/b", "tmpfs", ""), MOUNT("/a", "tmpfs", ""),
                            MOUNT("/cgroup/x", "cgroup", "c"), MOUNT("/dev/shm", "tmpfs", ""));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    world_run(&w, &spec, 1);
    assert_int_equal(w.r, 0);
    assert_int_equal(world_mount_at(&w, "/a"), 8);
    assert_int_equal(world_mount_at(&w, "/a/b"), 8); /* 7 is hidden, its stub is not */
    assert_int_equal(world_mount_at(&w, "/cgroup/x"), 1);
    assert_int_equal(world_mount_at(&w, "/dev/shm"), 0); /* the stub in the root is covered */
    assert_true(has_rule(&w.rec.mounts[5], "PQ-23"));
    assert_true(has_rule(&w.rec.mounts[7], "PQ-22"));
    assert_false(world_host_has(&w, 0, "a"));
    world_close(&w);
}

static struct stable_attr stable_at(struct world *w, const char *path)
{
    struct dirent *d = NULL;
    int r = mount_ns_find_inode(&w->c, w->ns, w->ns->root, NULL, path, 0, &d);
    assert_int_equal(r, 0);
    struct stable_attr stable = d->inode->stable;
    dirent_put(d);
    return stable;
}

/* A real directory that a stub stands under shows the stub's identity. */
/* proves: PQ-24 */
static void test_stub_identity(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("/a/b", "tmpfs", ""));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.trees[0] = "d:a/b d:other";
    world_run(&w, &spec, 1);
    assert_int_equal(w.r, 0);
    assert_int_equal(stable_at(&w, "/other").device_id, WORLD_DEVICE);
    assert_int_equal(stable_at(&w, "/a").device_id, DEVICE_PSEUDO);
    world_close(&w);
}

static void test_stub_over_file(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("/f", "bind", "/x"), MOUNT("/f/g", "tmpfs", ""));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.trees[1] = "F";
    world_run(&w, &spec, 2);
    expect_error(&w, -EINVAL,
                 "failed to configure mounts: error adding submount overlay: failed to make mount "
                 "overlay: upper Inode is not a directory");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subtargets),     cmocka_unit_test(test_subtargets_random),
        cmocka_unit_test(test_stubs_exist),    cmocka_unit_test(test_stub_identity),
        cmocka_unit_test(test_stub_over_file),
    };
    return cmocka_run_group_tests_name("boot_stubs", tests, NULL, NULL);
}
