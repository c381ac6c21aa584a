/* One host of each make with the same tree, and the checks that every test ends with. */
#ifndef SIMRUN_TEST_HOST_FIXTURE_H
#define SIMRUN_TEST_HOST_FIXTURE_H

#include <setjmp.h>
#include <simrun/host.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <support.h>

enum backend { BACKEND_MEM, BACKEND_COW, BACKEND_DIR, BACKEND_COUNT };

struct fixture {
    enum backend backend;
    struct domain host_domain; /* where the tree lives */
    struct domain d;           /* where files live */
    struct host *h;
    struct host_file *root; /* /h/rootfs, O_RDONLY */
    char tmp[64];           /* the real directory of COW and DIR */
    int fds;                /* descriptors open before */
};

#define TREE(...)                                                                                  \
    &(const struct host_manifest)                                                                  \
    {                                                                                              \
        (const struct host_entry[]){__VA_ARGS__},                                                  \
            sizeof((const struct host_entry[]){__VA_ARGS__}) / sizeof(struct host_entry)           \
    }
#define DIR_(p)                                                                                    \
    {                                                                                              \
        .path = (p), .type = HOST_DIR                                                              \
    }
#define FILE_(p, c)                                                                                \
    {                                                                                              \
        .path = (p), .type = HOST_FILE, .content = (c), .content_n = sizeof(c) - 1                 \
    }
#define LINK_(p, t)                                                                                \
    {                                                                                              \
        .path = (p), .type = HOST_SYMLINK, .target = (t)                                           \
    }
#define HARD_(p, t)                                                                                \
    {                                                                                              \
        .path = (p), .type = HOST_HARDLINK, .target = (t)                                          \
    }

void fixture_open(struct fixture *f, enum backend backend, const struct host_manifest *m);
/* Closes; everything must be gone from both ledgers, and as many descriptors open as before. */
void fixture_close(struct fixture *f);
/* The same test on every make of host. */
void on_all(const struct host_manifest *m, void (*test)(struct fixture *f));

/* Walk "a/b/c" below the root of the tree; the last component is opened with `flags`. */
struct host_file *at(struct fixture *f, const char *path, int flags);
/* 0 or the error of it. */
int try_at(struct fixture *f, const char *path, int flags, struct host_file **ret);
struct stat stat_at(struct fixture *f, const char *path);

#endif
