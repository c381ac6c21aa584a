#include "world.h"

static void expect(struct domain *d, struct error *err, int r, const char *text)
{
    assert_int_equal(r, text ? -EINVAL : 0);
    if (text) {
        assert_string_equal(err->text, text);
    } else {
        assert_null(err->text);
    }
    error_release(err);
    (void)d;
}

/* proves: PQ-01 */
static void test_file_access(void **state)
{
    (void)state;
    struct domain d;
    struct error err = {0};
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    const char *names[] = {"proxy", "proxy-exclusive", "direct"};
    for (int i = 0; i < 3; i++) {
        int got = -1;
        assert_int_equal(file_access_parse(&d, names[i], &got, &err), 0);
        assert_int_equal(got, i);
        char *text = file_access_text(&d, i);
        assert_string_equal(text, names[i]);
        mem_free(text);
    }
    const char *bad[] = {"proxy-shared", "Proxy", "", "direct "};
    const char *texts[] = {"invalid file access type \"proxy-shared\"",
                           "invalid file access type \"Proxy\"", "invalid file access type \"\"",
                           "invalid file access type \"direct \""};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        int got = 77;
        expect(&d, &err, file_access_parse(&d, bad[i], &got, &err), texts[i]);
        assert_int_equal(got, 77);
    }
    char *text = file_access_text(&d, 9);
    assert_string_equal(text, "unknown(9)");
    mem_free(text);
    text = file_access_text(&d, -1);
    assert_string_equal(text, "unknown(-1)");
    mem_free(text);
    close_domain(&d);
}

static void test_config_check(void **state)
{
    (void)state;
    struct domain d;
    struct error err = {0};
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    struct config conf = {.file_access = ACCESS_PROXY, .overlay = true};
    expect(&d, &err, config_check(&d, &conf, &err),
           "overlay flag is incompatible with file-access=proxy");
    conf.overlay = false;
    expect(&d, &err, config_check(&d, &conf, &err), NULL);
    conf = (struct config){.file_access = ACCESS_PROXY_EXCLUSIVE, .overlay = true};
    expect(&d, &err, config_check(&d, &conf, &err), NULL);
    close_domain(&d);
}

static struct spec valid_spec(void)
{
    static const char *args[] = {"/bin/true"};
    struct spec spec = SPEC_EMPTY;
    spec.has_process = true;
    spec.args = args;
    spec.n_args = 1;
    return spec;
}

enum broken { NO_PROCESS, NO_ARGS, NO_ROOT, NO_ROOT_PATH, SOLARIS, WINDOWS, SELINUX, BROKEN_COUNT };

static void break_spec(struct spec *s, enum broken what)
{
    s->has_process &= what != NO_PROCESS;
    s->n_args = what == NO_ARGS ? 0 : s->n_args;
    s->has_root &= what != NO_ROOT;
    s->root_path = what == NO_ROOT_PATH ? "" : s->root_path;
    s->has_solaris |= what == SOLARIS;
    s->has_windows |= what == WINDOWS;
    s->selinux_label = what == SELINUX ? "label" : s->selinux_label;
}

/* Each check fails alone, and wins over all that come after it. */
static void test_validation_order(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Spec.Process must be defined: ",  "Spec.Process.Arg must be defined: ",
        "Spec.Root must be defined: ",     "Spec.Root.Path must be defined: ",
        "Spec.Solaris is not supported: ", "Spec.Windows is not supported: ",
        "SELinux is not supported: label",
    };
    struct domain d;
    struct error err = {0};
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    for (int first = 0; first < BROKEN_COUNT; first++) {
        struct spec alone = valid_spec(), all = valid_spec();
        break_spec(&alone, (enum broken)first);
        for (int k = first; k < BROKEN_COUNT; k++) {
            break_spec(&all, (enum broken)k);
        }
        expect(&d, &err, spec_validate(&d, &alone, &err), texts[first]);
        expect(&d, &err, spec_validate(&d, &all, &err), texts[first]);
    }
    struct spec good = valid_spec();
    expect(&d, &err, spec_validate(&d, &good, &err), NULL);
    expect_log(&d, "");
    close_domain(&d);
}

static void test_validation_warnings(void **state)
{
    (void)state;
    struct domain d;
    struct error err = {0};
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    struct spec spec = valid_spec();
    spec.apparmor_profile = "acme\"x";
    spec.has_seccomp = true;
    expect(&d, &err, spec_validate(&d, &spec, &err), NULL);
    expect_log(&d, "W AppArmor profile \"acme\\\"x\" is being ignored\n"
                   "W Seccomp spec is being ignored\n");
    close_domain(&d);
}

/* proves: PQ-03 */
static void test_container_type(void **state)
{
    (void)state;
    const char *type_key = "io.kubernetes.cri.container-type";
    const char *id_key = "io.kubernetes.cri.sandbox-id";
    const char *none = "spec has container-type of container, but no sandbox ID set";
    const struct {
        const char *type, *id, *text;
        bool creates;
    } rows[] = {
        {NULL, NULL, NULL, true},
        {NULL, "x", NULL, true},
        {"sandbox", NULL, NULL, true},
        {"container", "x", NULL, false},
        {"container", "", NULL, false},
        {"container", NULL, none, false},
        {"", NULL, "unknown container-type: ", false},
        {"Sandbox", NULL, "unknown container-type: Sandbox", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct domain d;
        struct error err = {0};
        domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
        const char *annotations[2][2];
        struct spec spec = valid_spec();
        spec.annotations = annotations;
        if (rows[i].type) {
            annotations[spec.n_annotations][0] = type_key;
            annotations[spec.n_annotations++][1] = rows[i].type;
        }
        if (rows[i].id) {
            annotations[spec.n_annotations][0] = id_key;
            annotations[spec.n_annotations++][1] = rows[i].id;
        }
        expect(&d, &err, spec_validate(&d, &spec, &err), rows[i].text);
        assert_int_equal(spec_should_create_sandbox(&spec), rows[i].creates);
        assert_ptr_equal(spec_sandbox_id(&spec), rows[i].id);
        close_domain(&d);
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct domain d;
    struct error err = {0};
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    struct spec_mount m = MOUNT("/a", "tmpfs", "", .n_options = LIMIT_MOUNT_OPTIONS + 1);
    struct spec spec = SPEC_EMPTY;
    spec.mounts = &m;
    spec.n_mounts = 1;
    assert_int_equal(spec_check_limits(&d, &spec, &err), -E2BIG);
    assert_string_equal(err.text, "mount 0 has 10001 options, the bound is 10000");
    error_release(&err);
    spec.n_mounts = LIMIT_SPEC_MOUNTS + 1;
    assert_int_equal(spec_check_limits(&d, &spec, &err), -E2BIG);
    assert_string_equal(err.text, "spec has 10001 mounts, the bound is 10000");
    error_release(&err);
    close_domain(&d);
}

static bool in_list(void *arg, const char *path)
{
    for (const char *const *p = arg; *p; p++) {
        if (strcmp(*p, path) == 0) {
            return true;
        }
    }
    return false;
}

/* proves: PQ-04 */
static void test_executable_path(void **state)
{
    (void)state;
    static const char *env[] = {"HOME=/", "PATH=/usr/bin:bin::/sbin", "PATH=/never"};
    static const char *there[] = {"/r/bin/sh",  "/r/ls",      "/r/sbin/init",
                                  "/r/never/x", "/r/usr/bin", NULL};
    const struct {
        const char *exec, *found, *log;
    } rows[] = {
        {"/bin/./sh", "/bin/sh", ""},
        {"a/../b/c", "b/c", ""},
        {"sh", "/bin/sh", ""},
        {"ls", "/ls", ""},
        {"./init", "/sbin/init", ""},
        {"", "/usr/bin", ""}, /* "." matches the first directory that exists */
        {"x", "x", "W could not find executable x in path [/usr/bin bin  /sbin]\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct domain d;
        domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
        char *found = boot_executable_path(&d, rows[i].exec, "/r", env, 3, in_list, there);
        assert_string_equal(found, rows[i].found);
        expect_log(&d, rows[i].log);
        mem_free(found);
        close_domain(&d);
    }
    struct domain d;
    domain_init(&d, "test", PROFILE_GVISOR_2018_08_14);
    char *found = boot_executable_path(&d, "sh", "/r", env, 1, in_list, there);
    assert_string_equal(found, "sh");
    expect_log(&d, "W could not find executable sh in path []\n");
    mem_free(found);
    close_domain(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_access),      cmocka_unit_test(test_config_check),
        cmocka_unit_test(test_validation_order), cmocka_unit_test(test_validation_warnings),
        cmocka_unit_test(test_container_type),   cmocka_unit_test(test_limits),
        cmocka_unit_test(test_executable_path),
    };
    return cmocka_run_group_tests_name("boot_spec", tests, NULL, NULL);
}
