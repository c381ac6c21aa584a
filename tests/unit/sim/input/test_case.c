/* The life of a case, and its trees on a host side. */
#include "fixture.h"

#include <sys/stat.h>

static const char line[] =
    "{\"id\":\"x\",\"rootfs\":[{\"path\":\"etc/hosts\",\"type\":\"file\",\"content\":\"h\"}],"
    "\"sources\":{\"a\":[],\"b\":{\"type\":\"file\",\"mode\":\"0600\"}},"
    "\"spec\":{\"root\":{\"path\":\"@rootfs\"}},\"ops\":[[\"read\",\"/\"]],"
    "\"expect\":{\"result\":\"ok\"},\"expect_profile\":{\"strict\":{}},\"bogus\":1}";

static void trees_are_placed(void **state)
{
    struct fixture *f = *state;
    struct sim_case *c = suite_case(f, line);
    struct host *h;
    struct stat st;
    assert_int_equal(host_mem_new(&f->d, &h), 0);
    assert_int_equal(case_place(c, h, &f->err), 0);
    assert_int_equal(host_stat(h, &f->d, "/.simrun/rootfs/etc/hosts", &st), 0);
    assert_int_equal(st.st_size, 1);
    assert_int_equal(host_stat(h, &f->d, "/.simrun/src/a", &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(host_stat(h, &f->d, "/.simrun/src/b", &st), 0);
    assert_int_equal(st.st_mode, S_IFREG | 0600);
    struct host_label labels[3];
    assert_int_equal(c->n_trees, 3);
    case_labels(c, labels);
    assert_string_equal(labels[0].label, "@rootfs");
    assert_string_equal(labels[2].label, "@b");
    assert_string_equal(labels[2].path, "/.simrun/src/b");
    host_free(h);
    case_free(c);
}

static void a_tree_that_cannot_be_placed_is_named(void **state)
{
    struct fixture *f = *state;
    struct sim_case *c = suite_case(
        f, "{\"id\":\"x\",\"rootfs\":[{\"path\":\"a\",\"type\":\"hardlink\",\"target\":\"b\"}],"
           "\"spec\":{}}");
    struct host *h;
    assert_int_equal(host_mem_new(&f->d, &h), 0);
    assert_error(f, case_place(c, h, &f->err), -ENOENT,
                 "f:1: the manifest of @rootfs: no such file or directory");
    host_free(h);
    case_free(c);
}

/* Whatever allocation fails: a fate or a case, and nothing outside of the ledger (cJSON) is lost.
 */
static void out_of_memory(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        struct domain d;
        struct error err = {0};
        struct case_options opt = CASE_OPTIONS_INIT;
        struct sim_case *c = NULL;
        domain_init(&d, "oom", PROFILE_GVISOR_2018_08_14);
        d.alloc_fail_at = n;
        int rc = case_from_bytes(&d, &opt, CASE_SUITE, "f", line, sizeof(line) - 1, &c, &err);
        bool dead = domain_dead(&d);
        assert_int_equal(rc, dead ? CODE_FATE : 0);
        case_free(c);
        domain_close(&d, NULL, NULL);
        if (!dead) {
            assert_true(n > 5);
            return;
        }
    }
}

static void nothing_to_free(void **state)
{
    (void)state;
    case_free(NULL);
    case_source_free(NULL);
    case_reader_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(trees_are_placed),
        INPUT_TEST(a_tree_that_cannot_be_placed_is_named),
        INPUT_TEST(out_of_memory),
        INPUT_TEST(nothing_to_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
