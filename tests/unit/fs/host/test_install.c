/* model/fs/host/install.c: exactly what a whitelist leaves visible. */
#include "host_test.h"

static const struct host_entry entries[] = {
    {.path = "a", .type = HOST_DIR},
    {.path = "a/x", .type = HOST_FILE},
    {.path = "a/y", .type = HOST_DIR},
    {.path = "a/y/z", .type = HOST_FILE},
    {.path = "b", .type = HOST_DIR},
    {.path = "b/f", .type = HOST_FILE},
    {.path = "b/g", .type = HOST_FILE},
    {.path = "link", .type = HOST_SYMLINK, .target = "/b/f"},
    {.path = "rel", .type = HOST_SYMLINK, .target = "a/y"},
    {.path = "loop", .type = HOST_DIR},
    {.path = "loop/self", .type = HOST_SYMLINK, .target = "../loop"},
};

struct installed {
    struct host_world p;
    struct mount_ns *ns;
    struct ptrvec pins;
};

static void open_world(struct installed *in)
{
    host_world_open(&in->p);
    const struct host_manifest m = {entries, ARRAY_LEN(entries)};
    assert_int_equal(host_add_tree(in->p.h, "/w", &m), 0);
    struct inode *root = host_mounted(&in->p, AS_PIPELINE("/w"));
    assert_int_equal(mount_ns_new(&in->p.w.c, root, &in->ns), 0);
    in->p.w.c.root = in->ns->root;
    ptrvec_init(&in->pins, &in->p.w.s.d);
}

static void close_world(struct installed *in)
{
    for (size_t i = 0; i < in->pins.n; i++) {
        dirent_put(in->pins.p[i]);
    }
    ptrvec_release(&in->pins);
    mount_ns_put(in->ns);
    host_world_close(&in->p);
}

static int install(struct installed *in, const char *const *paths, size_t n, struct error *err)
{
    return fs_host_install_whitelist(&in->p.w.c, in->ns, paths, n, &in->pins, err);
}

/* All names below `d` that a walk through listings finds, "/a /a/x ". */
static void add_visible(struct installed *in, struct dirent *d, const char *path, struct str *out)
{
    struct file *f = NULL;
    struct open_flags flags = {.read = true};
    assert_int_equal(inode_open(&in->p.w.c, d->inode, d, flags, &f), 0);
    char *names = listed(&in->p.w, f);
    file_put(f);
    for (char *save, *name = strtok_r(names, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        if (name[0] == '.') {
            continue;
        }
        struct dirent *child = NULL;
        assert_int_equal(dirent_walk(&in->p.w.c, d, in->ns->root, name, &child), 0);
        char below[64];
        snprintf(below, sizeof(below), "%s/%s", path, name);
        str_addf(out, "%s ", below);
        if (type_is_directory(child->inode->stable.type)) {
            add_visible(in, child, below, out);
        }
        dirent_put(child);
    }
    mem_free(names);
}

static void assert_visible(struct installed *in, const char *expected)
{
    struct str s;
    str_init(&s, &in->p.w.s.d);
    add_visible(in, in->ns->root, "", &s);
    assert_string_equal(str_get(&s), expected);
    str_release(&s);
}

static const char everything[] = "/a /a/x /a/y /a/y/z /b /b/f /b/g /link /loop /loop/self /rel ";

/* The cases that the original's tests have. */
static void test_visible_sets(void **state)
{
    (void)state;
    static const struct {
        const char *paths[3];
        const char *visible;
    } cases[] = {
        {{"/"}, everything},
        {{"/a", "/b"}, "/a /a/x /a/y /a/y/z /b /b/f /b/g "},
        {{"/a", "/a/y"}, "/a /a/x /a/y /a/y/z "},
        {{"/a/y", "/a"}, "/a /a/x /a/y /a/y/z "},
        {{"/a/y/z"}, "/a /a/y /a/y/z "},
        {{"/b/f", "/a/y"}, "/a /a/y /a/y/z /b /b/f "},
        {{"/link"}, "/b /b/f /link "},
        {{"/rel"}, "/a /a/y /a/y/z /rel "},
        {{"/loop/self"}, "/loop /loop/self "},
        {{"/none/x", "/b/g"}, "/b /b/g "},
        {{""}, everything},
        {{NULL}, everything},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct installed in;
        open_world(&in);
        size_t n = 0;
        while (n < 3 && cases[i].paths[n]) {
            n++;
        }
        struct error err = {0};
        assert_int_equal(install(&in, cases[i].paths, n, &err), 0);
        assert_visible(&in, cases[i].visible);
        close_world(&in);
    }
}

/* The rest is gone for walks and for creation. */
static void test_frozen(void **state)
{
    (void)state;
    struct installed in;
    open_world(&in);
    static const char *const paths[] = {"/b/f"};
    struct error err = {0};
    assert_int_equal(install(&in, paths, 1, &err), 0);
    struct dirent *d = NULL;
    struct ctx *c = &in.p.w.c;
    assert_int_equal(mount_ns_find_link(c, in.ns, in.ns->root, NULL, "/a", 10, &d), -ENOENT);
    assert_int_equal(mount_ns_find_link(c, in.ns, in.ns->root, NULL, "/b/g", 10, &d), -ENOENT);
    assert_int_equal(dirent_mkdir(c, in.ns->root, in.ns->root, "new", 0755), -ENOENT);
    assert_int_equal(dirent_mkdir(c, in.ns->root, in.ns->root, "b", 0755), -EEXIST);
    close_world(&in);
}

static void test_texts(void **state)
{
    (void)state;
    struct installed in;
    open_world(&in);
    static const char *const paths[] = {"/b/none/x", "rel"};
    struct error err = {0};
    assert_int_equal(install(&in, paths, 2, &err), -EINVAL);
    assert_string_equal(err.text, "path \"rel\" is not absolute");
    error_release(&err);
    const struct domain *d = &in.p.w.s.d;
    assert_int_equal(d->log_n, 2);
    assert_string_equal(d->log[0].text,
                        "populate failed for \"/b/none\": no such file or directory");
    assert_string_equal(d->log[1].text,
                        "populate failed for \"/b/none/x\": no such file or directory");
    assert_visible(&in, everything); /* nothing was frozen */
    close_world(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visible_sets),
        cmocka_unit_test(test_frozen),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
