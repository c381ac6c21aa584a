/* Invented bind sources. */
#include "fixture.h"

typedef const char *bind[2]; /* source, destination */

/* A bare spec with these bind mounts. */
static struct sim_case *bind_case(struct fixture *f, size_t n, const bind *binds)
{
    struct str s;
    str_init(&s, &f->d);
    str_add(&s, "{\"ociVersion\":\"1\",\"mounts\":[");
    for (size_t i = 0; i < n; i++) {
        str_addf(&s, "%s{\"type\":\"bind\",\"source\":\"%s\",\"destination\":\"%s\"}", i ? "," : "",
                 binds[i][0], binds[i][1]);
    }
    str_add(&s, "]}");
    struct sim_case *c = spec_case(f, str_get(&s));
    str_release(&s);
    return c;
}

static void assert_made(const struct sim_case *c, const char *source, const char *path,
                        enum host_type type)
{
    const struct sim_tree *t = tree_named(c, source);
    assert_true(t->made_up);
    assert_string_equal(t->path, path);
    assert_int_equal(t->manifest->entries[0].type, type);
    assert_string_equal(t->manifest->entries[0].path, ".");
}

static void files_sockets_devices_directories(void **state)
{
    struct fixture *f = *state;
    static const bind binds[] = {
        {"/srv/data", "/data"},
        {"/etc/resolv.conf", "/etc/resolv.conf"},
        {"/srv/abc/1234", "/etc/hosts"},
        {"/srv/abc/hostname", "/x"},
        {"/run/docker.sock", "/run/docker.sock"},
        {"/dev/null", "/proc/kcore"},
        {"/lib/libc.so.6", "/lib/libc.so.6"},
        {"rel/x.json", "/j"},
        {"/etc/localtime/", "/etc/localtime"},
    };
    struct sim_case *c = bind_case(f, ARRAY_LEN(binds), binds);
    assert_made(c, "/srv/data", "/srv/data", HOST_DIR);
    assert_made(c, "/etc/resolv.conf", "/etc/resolv.conf", HOST_FILE);
    assert_made(c, "/srv/abc/1234", "/srv/abc/1234", HOST_FILE); /* for its destination */
    assert_made(c, "/srv/abc/hostname", "/srv/abc/hostname", HOST_FILE);
    assert_made(c, "/run/docker.sock", "/run/docker.sock", HOST_SOCK);
    assert_made(c, "/dev/null", "/dev/null", HOST_CHR);
    assert_int_equal(tree_named(c, "/dev/null")->manifest->entries[0].minor, 3);
    assert_made(c, "/lib/libc.so.6", "/lib/libc.so.6", HOST_FILE);
    assert_made(c, "rel/x.json", "/.simrun/bundle/rel/x.json", HOST_FILE);
    assert_made(c, "/etc/localtime/", "/etc/localtime", HOST_FILE);
    assert_int_equal(c->n_findings, 9);
    assert_int_equal(c->findings[0].kind, FINDING_SOURCE_MADE_UP);
    case_free(c);
}

static void findings_tell_mount_and_type(void **state)
{
    struct fixture *f = *state;
    struct sim_case *c =
        spec_case(f, "{\"mounts\":[{},{\"type\":\"tmpfs\",\"source\":\"/t\"},{\"type\":\"bind\"},"
                     "{\"type\":\"bind\",\"source\":\"/s\",\"destination\":\"/d\"}]}");
    assert_int_equal(c->n_findings, 1); /* PQ-09: an empty source has nothing to make up */
    assert_int_equal(c->findings[0].spec_mount, 3);
    assert_string_equal(c->findings[0].text, "source \"/s\" made up as a directory");
    assert_int_equal(c->n_trees, 2);
    case_free(c);
}

/* Trees must not overlap: what lies in another one becomes an entry there. */
static void nested_sources_are_one_tree(void **state)
{
    struct fixture *f = *state;
    static const bind binds[] = {
        {"/a/b/hosts", "/1"}, {"/a", "/2"},         {"/a-b", "/3"},         {"/a/b", "/4"},
        {"/a", "/5"},         {"/etc/hosts", "/6"}, {"/etc/hosts/x", "/7"},
    };
    struct sim_case *c = bind_case(f, ARRAY_LEN(binds), binds);
    assert_int_equal(c->n_trees, 1 + 3);
    const struct sim_tree *a = tree_named(c, "/a");
    assert_int_equal(a->manifest->n, 3);
    assert_int_equal(entry_at(a, "b")->type, HOST_DIR);
    assert_int_equal(entry_at(a, "b/hosts")->type, HOST_FILE);
    assert_made(c, "/a-b", "/a-b", HOST_DIR);
    assert_made(c, "/etc/hosts", "/etc/hosts", HOST_DIR); /* something lies in it */
    struct host *h;
    struct stat st;
    assert_int_equal(host_mem_new(&f->d, &h), 0);
    assert_int_equal(case_place(c, h, &f->err), 0);
    assert_int_equal(host_stat(h, &f->d, "/a/b/hosts", &st), 0);
    assert_int_equal(host_stat(h, &f->d, "/etc/hosts/x", &st), 0);
    host_free(h);
    case_free(c);
}

static void what_cannot_be_made_up(void **state)
{
    struct fixture *f = *state;
    char name[3 + HOST_NAME_LIMIT + 2] = "/x/";
    memset(name + 3, 'n', HOST_NAME_LIMIT + 1);
    const bind binds[] = {
        {name, "/l"}, {"/", "/host"}, {"/.simrun/src/a", "/s"}, {"@rootfs/etc", "/e"}};
    struct sim_case *c = bind_case(f, ARRAY_LEN(binds), binds);
    assert_int_equal(c->n_trees, 1);
    assert_int_equal(c->n_findings, 3);
    assert_int_equal(c->findings[0].kind, FINDING_SOURCE_MISSING);
    assert_non_null(strstr(c->findings[0].text, "a name of more than 255 bytes"));
    assert_string_equal(c->findings[1].text, "source \"/\" is not made up: the root of the host");
    assert_string_equal(c->findings[2].text,
                        "source \"/.simrun/src/a\" is not made up: a path of simrun's own");
    assert_string_equal(c->real.mounts[3].source, "/.simrun/rootfs/etc");
    case_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(files_sockets_devices_directories),
        INPUT_TEST(findings_tell_mount_and_type),
        INPUT_TEST(nested_sources_are_one_tree),
        INPUT_TEST(what_cannot_be_made_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
