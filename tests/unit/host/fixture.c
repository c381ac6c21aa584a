#include "fixture.h"

#include <stdio.h>
#include <unistd.h>

static struct host *real_host(struct fixture *f, struct domain *d)
{
    struct host *h;
    int fd = open(f->tmp, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(host_dir_new(d, fd, &h), 0);
    close(fd);
    return h;
}

/* A cow host over a tree that a dir host has written. */
static void open_cow(struct fixture *f, const struct host_manifest *m)
{
    struct domain d;
    char path[96];
    domain_init(&d, "lower", PROFILE_GVISOR_2018_08_14);
    struct host *real = real_host(f, &d);
    assert_int_equal(host_add_tree(real, "/h/rootfs", m), 0);
    host_free(real);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);

    assert_int_equal(host_mem_new(&f->host_domain, &f->h), 0);
    (void)snprintf(path, sizeof(path), "%s/h/rootfs", f->tmp);
    int fd = open(path, O_PATH | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(host_add_lower(f->h, "/h/rootfs", fd), 0);
    close(fd);
}

void fixture_open(struct fixture *f, enum backend backend, const struct host_manifest *m)
{
    if (backend != BACKEND_MEM && geteuid() != 0) {
        skip();
    }
    *f = (struct fixture){.backend = backend, .fds = open_fds()};
    domain_init(&f->host_domain, "host", PROFILE_GVISOR_2018_08_14);
    domain_init(&f->d, "user", PROFILE_GVISOR_2018_08_14);
    if (backend != BACKEND_MEM) {
        make_tmp(f->tmp, "host");
    }
    if (backend == BACKEND_COW) {
        open_cow(f, m);
    } else {
        if (backend == BACKEND_MEM) {
            assert_int_equal(host_mem_new(&f->host_domain, &f->h), 0);
        } else {
            f->h = real_host(f, &f->host_domain);
        }
        assert_int_equal(host_add_tree(f->h, "/h/rootfs", m), 0);
    }
    assert_int_equal(host_open(f->h, &f->d, "/h/rootfs", O_RDONLY, &f->root), 0);
}

static void report(void *arg, const char *kind, size_t size)
{
    (void)arg;
    print_error("left in the ledger: %s, %zu bytes\n", kind, size);
}

void fixture_close(struct fixture *f)
{
    host_file_put(f->root);
    host_free(f->h);
    assert_int_equal(domain_close(&f->d, report, NULL), 0);
    assert_int_equal(domain_close(&f->host_domain, report, NULL), 0);
    if (f->tmp[0]) {
        remove_tree(f->tmp);
    }
    assert_int_equal(open_fds(), f->fds);
}

void on_all(const struct host_manifest *m, void (*test)(struct fixture *f))
{
    static const char *const names[] = {"mem", "cow", "dir"};
    int n = geteuid() == 0 ? BACKEND_COUNT : 1; /* owners 0:0 on a real disk need root */
    for (int b = 0; b < n; b++) {
        struct fixture f;
        print_message("    on %s\n", names[b]);
        fixture_open(&f, (enum backend)b, m);
        test(&f);
        fixture_close(&f);
    }
}

int try_at(struct fixture *f, const char *path, int flags, struct host_file **ret)
{
    char copy[512];
    char *save = NULL;
    struct host_file *dir = host_file_get(f->root);
    int rc = 0;
    (void)snprintf(copy, sizeof(copy), "%s", path);
    for (char *name = strtok_r(copy, "/", &save); name && rc == 0;) {
        char *next = strtok_r(NULL, "/", &save);
        struct host_file *child = NULL;
        rc = host_openat(dir, name, next ? O_PATH : flags, 0644, &child);
        host_file_put(dir);
        dir = child;
        name = next;
    }
    if (rc == 0) {
        *ret = dir;
    }
    return rc;
}

struct host_file *at(struct fixture *f, const char *path, int flags)
{
    struct host_file *file = NULL;
    assert_int_equal(try_at(f, path, flags, &file), 0);
    return file;
}

struct stat stat_at(struct fixture *f, const char *path)
{
    struct stat st;
    struct host_file *file = at(f, path, O_PATH);
    assert_int_equal(host_fstat(file, &st), 0);
    host_file_put(file);
    return st;
}
