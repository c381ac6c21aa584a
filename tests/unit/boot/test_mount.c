#include "boot_internal.h"
#include "world.h"

/* What the type table makes of one mount: "<fs> <data>" or an error. */
static void expect_choice(struct config conf, struct spec_mount m, const char *choice,
                          const char *log)
{
    static const int numbers[] = {7};
    struct fd_list fds = {.v = numbers, .n = 1};
    struct domain d;
    struct error err = {0};
    struct mount_choice ch = {0};
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    int r = mount_choose(&d, &conf, &m, &fds, NULL, &ch, &err);
    char *got = r != 0  ? mem_printf(&d, "error: %s", err.text)
                : ch.fs ? mem_printf(&d, "%s %s%s", ch.fs, ch.data, ch.use_overlay ? " O" : "")
                        : mem_dup(&d, "skipped");
    assert_string_equal(got, choice);
    assert_int_equal(fd_list_left(&fds), r == 0 && ch.fd == 7 ? 0 : 1);
    expect_log(&d, log);
    mem_free(got);
    mem_free(ch.data);
    error_release(&err);
    close_domain(&d);
}

#define P(access, overlay_on)                                                                      \
    (struct config)                                                                                \
    {                                                                                              \
        .file_access = (access), .overlay = (overlay_on)                                           \
    }
#define M(...) (struct spec_mount) MOUNT(__VA_ARGS__)

/* Section 11.1. */
/* proves: PQ-12 */
static void test_type_table(void **state)
{
    (void)state;
    struct config proxy = P(ACCESS_PROXY, false), exclusive = P(ACCESS_PROXY_EXCLUSIVE, false);
    struct config direct = P(ACCESS_DIRECT, false);
    expect_choice(proxy, M("/a", "devpts", "s", OPTS("mode=1")), "devpts ", "");
    expect_choice(proxy, M("/a", "devtmpfs", "s"), "devtmpfs ", "");
    expect_choice(proxy, M("/a", "proc", "s"), "proc ", "");
    expect_choice(proxy, M("/a", "sysfs", "s"), "sysfs ", "");
    expect_choice(proxy, M("/a", "none", "s"), "sysfs ", "");
    expect_choice(proxy, M("/a", "tmpfs", "s", OPTS("uid=1", "mode=700")), "tmpfs uid=1,mode=700",
                  "");
    expect_choice(proxy, M("/a", "tmpfs", "s", OPTS("a=b=c")), "error: invalid option \"a=b=c\"",
                  "");
    expect_choice(proxy, M("/a", "bind", "s"),
                  "9p trans=fd,rfdno=7,wfdno=7,privateunixsocket=true,cache=remote_revalidating",
                  "");
    expect_choice(exclusive, M("/a", "bind", "s"),
                  "9p trans=fd,rfdno=7,wfdno=7,privateunixsocket=true", "");
    expect_choice(direct, M("/a", "bind", "/s,x"),
                  "whitelistfs root=/s,x,dont_translate_ownership=true", "");
    expect_choice(P(7, false), M("/a", "bind", "s"), "error: invalid file access type: unknown(7)",
                  "");
    const char *unknown[] = {"", "Tmpfs", " tmpfs", "ext4", "b\"ind"};
    const char *logs[] = {"\"\"", "\"Tmpfs\"", "\" tmpfs\"", "\"ext4\"", "\"b\\\"ind\""};
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        char line[80];
        snprintf(line, sizeof(line), "W ignoring unknown filesystem type %s\n", logs[i]);
        expect_choice(proxy, M("/a", unknown[i], "s", OPTS("a=b=c")), "skipped", line);
    }
}

/* Section 11.4. */
/* proves: PQ-16 */
static void test_overlay_decision(void **state)
{
    (void)state;
    const char *data = "9p trans=fd,rfdno=7,wfdno=7,privateunixsocket=true";
    const char *data_overlay = "9p trans=fd,rfdno=7,wfdno=7,privateunixsocket=true O";
    const char *warning = "W ignoring unknown mount option \"x\"\n";
    struct config conf = P(ACCESS_PROXY_EXCLUSIVE, true);
    expect_choice(conf, M("/a", "bind", "s"), data_overlay, "");
    expect_choice(conf, M("/a", "bind", "s", OPTS("x")), data_overlay, warning);
    expect_choice(conf, M("/a", "bind", "s", OPTS("ro", "x")), data, warning);
    expect_choice(conf, M("/a", "bind", "s", OPTS("ro", "rw")), data_overlay, "");
    expect_choice(conf, M("/a", "tmpfs", "s"), "tmpfs ", "");
    expect_choice(P(ACCESS_PROXY_EXCLUSIVE, false), M("/a", "bind", "s", OPTS("x")), data, "");
}

/* proves: PQ-05 */
static void test_direct_source(void **state)
{
    (void)state;
    struct domain d;
    struct config conf = {.file_access = ACCESS_DIRECT, .bundle = "/bundle"};
    const char *in[] = {"rel/x", "/abs/../y", ""};
    const char *strict[] = {"/bundle/rel/x", "/abs/../y", "/bundle"};
    for (size_t i = 0; i < ARRAY_LEN(in); i++) {
        domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
        char *s = mount_direct_source(&d, &conf, in[i]);
        assert_string_equal(s, in[i]);
        mem_free(s);
        close_domain(&d);
        domain_init(&d, "test", PROFILE_STRICT);
        s = mount_direct_source(&d, &conf, in[i]);
        assert_string_equal(s, strict[i]);
        mem_free(s);
        close_domain(&d);
    }
}

static void test_device(void **state)
{
    (void)state;
    struct domain d;
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    struct spec_mount bind = MOUNT("/a//b/", "bind", "s"), other = MOUNT("/a", "none", "s");
    char *s = mount_device(&d, &bind), *t = mount_device(&d, &other);
    assert_string_equal(s, "9pfs-/a//b/");
    assert_string_equal(t, "none");
    mem_free(s);
    mem_free(t);
    close_domain(&d);
}

/* The lower of an overlaid bind is forced read-only, read-only binds get no overlay. */
/* proves: PI-11 PQ-16 */
static void test_flags_of_mounts(void **state)
{
    (void)state;
    struct world w;
    struct spec spec =
        SPEC(MOUNT("/a", "bind", "/x", OPTS("noatime", "x")), MOUNT("/b", "bind", "/x", OPTS("ro")),
             MOUNT("/c", "tmpfs", "", OPTS("ro", "mode=0755")));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.conf.overlay = true;
    world_run(&w, &spec, 3);
    assert_int_equal(w.r, 0);
    assert_string_equal(w.mounts,
                        "9p 9pfs-/ trans=fd,rfdno=0,wfdno=0,privateunixsocket=true\n"
                        "tmpfs root-overlay-upper-upper \nproc none \nsysfs none \ntmpfs none \n"
                        "devtmpfs none \ndevpts none \n"
                        "9p 9pfs-/a ro noatime trans=fd,rfdno=1,wfdno=1,privateunixsocket=true\n"
                        "tmpfs bind-upper noatime \n"
                        "9p 9pfs-/b ro trans=fd,rfdno=2,wfdno=2,privateunixsocket=true\n"
                        "tmpfs none ro mode=0755\n");
    assert_true(w.rec.mounts[5].overlay);
    assert_false(w.rec.mounts[6].overlay);
    char *log = log_text(w.d, 0);
    const char *first = strstr(log, "W ignoring unknown mount option \"x\"\n");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "W ignoring unknown mount option \"x\"\n"));
    free(log);
    world_close(&w);
}

/* proves: PP-02 */
static void test_missing_filesystem(void **state)
{
    (void)state;
    const char *names[] = {"9p", "tmpfs", "proc", "sysfs", "devtmpfs", "devpts"};
    for (size_t i = 0; i < ARRAY_LEN(names) * 2; i++) {
        struct world w;
        struct spec spec = SPEC_EMPTY;
        const char *name = names[i / 2];
        char text[120];
        world_init(&w, i % 2 ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
        w.missing = name;
        world_run(&w, &spec, 1);
        const char *context =
            i / 2 == 0 ? "failed to create root mount: " : "failed to configure mounts: ";
        snprintf(text, sizeof(text), "%scould not find filesystem \"%s\"", i % 2 ? context : "",
                 name);
        if (i % 2) {
            expect_error(&w, -ENODEV, text);
        } else {
            assert_int_equal(w.r, CODE_FATE);
            expect_panic(w.d, text);
        }
        world_close(&w);
    }
}

static void test_mount_failure(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("/a", "devpts", "so\"urce"));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.failing = "devpts";
    world_run(&w, &spec, 3);
    expect_error(&w, -EIO,
                 "failed to configure mounts: failed to create mount with source \"\": fake "
                 "failure");
    assert_int_equal(w.rec.fds_left, 2);
    assert_int_equal(w.rec.mounts[4].state, BOOT_MOUNT_FAILED);
    assert_int_equal(w.rec.mounts[3].state, BOOT_MOUNT_DONE);
    assert_int_equal(w.rec.mounts[5].state, BOOT_MOUNT_PENDING);
    world_close(&w);
}

/* Whatever is there can be covered by whatever is mounted. */
/* proves: PQ-17 */
static void test_kinds(void **state)
{
    (void)state;
    struct world w;
    struct spec spec = SPEC(MOUNT("/etc/hosts", "bind", "/x"), MOUNT("/f", "tmpfs", ""),
                            MOUNT("/new", "bind", "/x"), MOUNT("/d", "tmpfs", ""));
    world_init(&w, PROFILE_GVISOR_2018_08_14);
    w.trees[0] = "d:d f:f d:etc/hosts";
    w.trees[1] = "F";
    w.trees[2] = "F";
    world_run(&w, &spec, 3);
    assert_int_equal(w.r, 0);
    assert_int_equal(world_mount_at(&w, "/etc/hosts"), 7);
    assert_int_equal(world_mount_at(&w, "/f"), 8);
    assert_int_equal(world_mount_at(&w, "/new"), 9);
    assert_true(has_rule(&w.rec.mounts[5], "PQ-17"));
    assert_true(has_rule(&w.rec.mounts[6], "PQ-17"));
    assert_true(has_rule(&w.rec.mounts[7], "PQ-17"));
    assert_false(has_rule(&w.rec.mounts[8], "PQ-17"));
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_type_table),      cmocka_unit_test(test_overlay_decision),
        cmocka_unit_test(test_direct_source),   cmocka_unit_test(test_device),
        cmocka_unit_test(test_flags_of_mounts), cmocka_unit_test(test_missing_filesystem),
        cmocka_unit_test(test_mount_failure),   cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests_name("boot_mount", tests, NULL, NULL);
}
