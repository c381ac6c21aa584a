/* Plain specs and bundles: root file system, defaults, findings. */
#include "fixture.h"

static const struct case_finding *finding(const struct sim_case *c, enum finding_kind kind)
{
    for (size_t i = 0; i < c->n_findings; i++) {
        if (c->findings[i].kind == kind) {
            return &c->findings[i];
        }
    }
    return NULL;
}

static struct sim_case *read_path(struct fixture *f, const char *path)
{
    struct case_source *s;
    struct case_reader *r;
    struct sim_case *c;
    assert_int_equal(case_source_open(&f->d, &f->opt, &path, 1, &s, &f->err), 0);
    assert_int_equal(case_source_count(s), 1);
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    assert_int_equal(case_read(r, 0, &f->d, &c, &f->err), 0);
    case_reader_free(r); /* no case here borrows from the reader */
    case_source_free(s);
    return c;
}

static void a_bare_spec(void **state)
{
    struct fixture *f = *state;
    static const char text[] = " {\"ociVersion\":\"1.0\",\"root\":{\"path\":\"rootfs\"},"
                               "\"process\":{\"args\":[\"sh\"]}}\n";
    struct sim_case *c = spec_case(f, text);
    assert_string_equal(c->name, "f");
    assert_int_equal(c->kind, CASE_SPEC);
    assert_int_equal(c->entry, ENTRY_RUNSC);
    assert_int_equal(c->config.file_access, ACCESS_PROXY_EXCLUSIVE); /* contract pipeline 4.1 */
    assert_string_equal(c->spec.root_path, "rootfs");
    assert_string_equal(c->real.root_path, "/.simrun/rootfs");
    assert_string_equal(c->bundle, "/.simrun/bundle");
    assert_int_equal(c->spec_text.n, sizeof(text) - 1);
    assert_memory_equal(c->spec_text.p, text, sizeof(text) - 1);
    assert_string_equal(c->trees[0].name, "@rootfs");
    assert_string_equal(entry_at(&c->trees[0], "var/run")->target, "/run");
    assert_string_equal(finding(c, FINDING_ROOT_MADE_UP)->text,
                        "root \"rootfs\" made up: the default root file system stands for it");
    assert_int_equal(finding(c, FINDING_ROOT_MADE_UP)->spec_mount, -1);
    case_free(c);
}

/* What the original refuses must come through to it. */
static void a_root_that_is_missing_or_empty_stays_so(void **state)
{
    struct fixture *f = *state;
    struct sim_case *c = spec_case(f, "{\"ociVersion\":\"1\"}");
    assert_false(c->real.has_root);
    assert_string_equal(c->real.root_path, "");
    case_free(c);
    c = spec_case(f, "{\"ociVersion\":\"1\",\"root\":{\"path\":\"\"}}");
    assert_true(c->real.has_root);
    assert_string_equal(c->real.root_path, "");
    assert_null(finding(c, FINDING_ROOT_MADE_UP));
    case_free(c);
}

static void a_bundle(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_dir("b");
    make_dir("b/rootfs");
    make_dir("b/data");
    make_file("b/config.json", "{\"root\":{\"path\":\"rootfs\"},\"mounts\":[{\"type\":\"bind\","
                               "\"source\":\"data\",\"destination\":\"/d\"}]}");
    struct sim_case *c = read_path(f, "b/");
    assert_string_equal(c->name, "b");
    assert_int_equal(c->kind, CASE_BUNDLE);
    assert_int_equal(c->entry, ENTRY_RUNSC);
    assert_true(c->has_rootfs);
    assert_int_equal(c->n_findings, 0);
    assert_int_equal(c->trees[0].kind, TREE_HOST);
    assert_string_equal(c->trees[0].host_path, "b/rootfs");
    assert_string_equal(c->trees[1].name, "data");
    assert_string_equal(c->trees[1].path, "/.simrun/bundle/data");
    assert_string_equal(c->trees[1].host_path, "b/data");
    assert_string_equal(c->real.mounts[0].source, "data"); /* PQ-05: sources stay as written */
    struct host *h;
    struct stat st;
    make_file("b/rootfs/x", "abc");
    assert_int_equal(host_mem_new(&f->d, &h), 0);
    assert_int_equal(case_place(c, h, &f->err), 0);
    assert_int_equal(host_stat(h, &f->d, "/.simrun/rootfs/x", &st), 0);
    assert_int_equal(st.st_size, 3);
    host_free(h);
    case_free(c);
    f->opt.sources = SOURCES_MADE_UP;
    c = read_path(f, "b");
    assert_true(c->trees[1].made_up);
    case_free(c);
}

static void where_the_root_of_a_bundle_is(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_dir("b");
    make_dir("b/other");
    make_file("b/config.json", "{\"root\":{\"path\":\"other\"}}");
    struct sim_case *c = read_path(f, "b");
    assert_int_equal(c->kind, CASE_BUNDLE);
    assert_string_equal(c->trees[0].host_path, "b/other");
    case_free(c);
    make_dir("b/rootfs");
    make_file("b/config.json", "{\"root\":{\"path\":\"gone\"}}");
    c = read_path(f, "b");
    assert_string_equal(c->trees[0].host_path, "b/rootfs");
    assert_string_equal(finding(c, FINDING_ROOT_MADE_UP)->text,
                        "root.path \"gone\" is no directory, the bundle's rootfs takes its place");
    case_free(c);
}

static void annotated_root(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_dir("d");
    make_file("d/m.json", "[{\"path\":\"only\",\"type\":\"dir\"}]");
    make_file("d/s.json", "{\"ociVersion\":\"1\",\"root\":{\"path\":\"r\"},\"annotations\":"
                          "{\"dev.simrun.rootfs\":\"m.json\"}}");
    const char *path = "d/s.json";
    struct case_source *s;
    struct case_reader *r;
    struct sim_case *c;
    assert_int_equal(case_source_open(&f->d, &f->opt, &path, 1, &s, &f->err), 0);
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    assert_int_equal(case_read(r, 0, &f->d, &c, &f->err), 0);
    assert_string_equal(c->name, "d/s.json");
    assert_int_equal(entry_at(&c->trees[0], "only")->type, HOST_DIR);
    assert_string_equal(c->findings[0].text, "root \"r\" made up: d/m.json stands for it");
    case_free(c);
    make_file("d/m.json", "[{\"path\":\"only\"");
    case_reader_free(r);
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    assert_error(f, case_read(r, 0, &f->d, &c, &f->err), -EINVAL,
                 "root file system: d/m.json: expected ',' or '}', found the end "
                 "(line 1, column 16)");
    case_reader_free(r);
    case_source_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(a_bare_spec),    INPUT_TEST(a_root_that_is_missing_or_empty_stays_so),
        INPUT_TEST(a_bundle),       INPUT_TEST(where_the_root_of_a_bundle_is),
        INPUT_TEST(annotated_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
