#include "fixture.h"

#include <stdio.h>
#include <unistd.h>

static const struct host_entry entries[] = {
    {.path = "file", .type = HOST_FILE, .content = "hello", .content_n = 5},
    {.path = "dir/x", .type = HOST_FILE},
    {.path = "dir/sub", .type = HOST_DIR},
    {.path = "link", .type = HOST_SYMLINK, .target = "file"},
    {.path = "pipe", .type = HOST_FIFO},
    {.path = "sock", .type = HOST_SOCK},
    {.path = "special/null", .type = HOST_CHR, .major = 1, .minor = 3},
    {.path = "special/tty", .type = HOST_CHR, .major = 5},
    {.path = "special/loop", .type = HOST_BLK, .major = 7},
};
enum { DEVICES = 3 };

static void open_host(struct fixture *f, bool dir)
{
    size_t n = ARRAY_LEN(entries);
    if (dir) {
        make_tmp(f->tmp, "gofer");
        int fd = open(f->tmp, O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(host_dir_new(&f->host_domain, fd, &f->h), 0);
        close(fd);
        n -= can_mknod() ? 0 : DEVICES;
    } else {
        assert_int_equal(host_mem_new(&f->host_domain, &f->h), 0);
    }
    const struct host_manifest m = {.entries = entries, .n = n};
    assert_int_equal(host_add_tree(f->h, "/h/root", &m), 0);
}

static void switch_off(struct fixture *f, const char *const *off)
{
    for (; off && *off; off++) {
        enum quirk q;
        assert_int_equal(quirk_parse(*off, &q), 0);
        f->gofer_domain.quirks.value[q] = 0;
        f->d.quirks.value[q] = 0;
    }
}

struct p9_client *fixture_connect(struct fixture *f, const char *prefix, int conf,
                                  struct gofer_channel **ret)
{
    struct owned_fd *ours, *theirs;
    struct gofer_point *point;
    struct p9_client *client;
    assert_int_equal(p9_socketpair(&f->d, &f->gofer_domain, &ours, &theirs), 0);
    const struct gofer_attach attach = {
        .prefix = prefix, .ro_mount = conf & RO, .lazy_open_for_write = conf & LAZY};
    assert_int_equal(gofer_point_new(f->g, &attach, &point), 0);
    assert_int_equal(gofer_serve(point, theirs, ret), 0);
    const struct p9_pump pump = {.run = gofer_channel_pump, .arg = *ret};
    assert_int_equal(
        p9_client_new(&f->d, ours, P9_MSIZE_DEFAULT, "9P2000.L.Google.6", &pump, NULL, &client), 0);
    return client;
}

void fixture_open(struct fixture *f, int conf, bool dir, const char *const *off)
{
    if (dir && geteuid() != 0) {
        skip(); /* owners 0:0 on a real disk need root */
    }
    *f = (struct fixture){.fds = open_fds()};
    domain_init(&f->host_domain, "host", PROFILE_GVISOR_2018_08_14);
    domain_init(&f->gofer_domain, "gofer", PROFILE_GVISOR_2018_08_14);
    domain_init(&f->d, "world", PROFILE_GVISOR_2018_08_14);
    switch_off(f, off);
    open_host(f, dir);
    assert_int_equal(gofer_new(&f->gofer_domain, f->h, &f->g), 0);
    f->client = fixture_connect(f, "/h/root", conf, &f->channel);
}

void fixture_attach(struct fixture *f)
{
    assert_int_equal(p9_attach(f->client, "/", &f->root), 0);
}

static void report(void *arg, const char *kind, size_t size)
{
    print_error("left in the ledger of %s: %s, %zu bytes\n", (const char *)arg, kind, size);
}

static char *label(const char *name)
{
    static char text[16];
    (void)snprintf(text, sizeof(text), "%s", name);
    return text;
}

void fixture_close(struct fixture *f)
{
    if (f->root.client) {
        assert_int_equal(p9_clunk(&f->root), 0);
        assert_int_equal(p9_server_info(gofer_channel_server(f->channel)).fids, 0);
    }
    p9_client_free(f->client);
    gofer_free(f->g);
    host_free(f->h);
    assert_int_equal(domain_close(&f->d, report, label("world")), 0);
    assert_int_equal(domain_close(&f->gofer_domain, report, label("gofer")), 0);
    assert_int_equal(domain_close(&f->host_domain, report, label("host")), 0);
    if (f->tmp[0]) {
        remove_tree(f->tmp);
    }
    assert_int_equal(open_fds(), f->fds);
}

void fixture_abandon(struct fixture *f)
{
    (void)domain_close(&f->d, NULL, NULL);
    (void)domain_close(&f->gofer_domain, NULL, NULL);
    host_free(f->h);
    (void)domain_close(&f->host_domain, NULL, NULL);
    if (f->tmp[0]) {
        remove_tree(f->tmp);
    }
    assert_int_equal(open_fds(), f->fds);
}

int walk1(const struct p9_file *dir, const char *name, struct p9_file *ret)
{
    return p9_walk(dir, &name, 1, NULL, ret);
}

struct p9_file walk_to(struct fixture *f, const char *name)
{
    struct p9_file file = {0};
    int rc = walk1(&f->root, name, &file);
    assert_int_equal(rc, 0);
    return file;
}

struct p9_file clone_of(const struct p9_file *f)
{
    struct p9_file file = {0};
    assert_int_equal(p9_walk(f, NULL, 0, NULL, &file), 0);
    return file;
}

struct p9_attr attr_of(const struct p9_file *f)
{
    struct p9_attr attr = {0};
    uint64_t valid = 0;
    assert_int_equal(p9_getattr(f, P9_ATTR_ALL, NULL, &valid, &attr), 0);
    assert_int_equal(valid, P9_ATTR_STAT);
    return attr;
}

struct p9_file open_at(struct fixture *f, const char *name, uint32_t flags)
{
    struct p9_file file = walk_to(f, name);
    struct owned_fd *fd = NULL;
    assert_int_equal(p9_lopen(&file, flags, NULL, NULL, &fd), 0);
    owned_fd_free(fd);
    return file;
}
