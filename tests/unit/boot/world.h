/*
 * A world for the tests of boot: fake file systems under the names that the pipeline asks for. They
 * keep small trees in plain memory and write down how they were mounted.
 */
#ifndef TESTS_UNIT_BOOT_WORLD_H
#define TESTS_UNIT_BOOT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <simrun/boot.h>
#include <stdio.h>

enum { WORLD_TREES = 8, WORLD_FDS = 16, WORLD_DEVICE = 77 /* of every fake inode */ };

struct fake_node; /* world.c */

struct world {
    struct sentry s;
    struct domain *d;
    struct ctx c;
    struct config conf;
    struct boot_record rec;
    struct mount_ns *ns;
    struct error err;
    int r;                   /* of the last run */
    char *mounts;            /* one line for each mount: "<fs> <device> [ro] [noatime] <data>" */
    struct fake_node *nodes; /* everything that the fakes made */
    const char
        *trees[WORLD_TREES]; /* content behind descriptor n (or, direct access, "root=<n>") */
    struct fake_node *roots[WORLD_TREES]; /* made at the first mount */
    const char *missing;                  /* a file system that is not registered, or NULL */
    const char *failing; /* one whose mounts fail with "fake failure" (EIO), or NULL */
};

/*
 * The tree texts are words: "d:PATH" a directory, "f:PATH" a file, "l:PATH=TARGET" a link, "F" the
 * root is a file, "S" a socket, "R" nothing can be created, "N" what is created vanishes. Missing
 * parents are made. NULL is an empty directory.
 */
void world_init(struct world *w, enum profile profile);
/* Registers the fakes; called by world_run. */
void world_register(struct world *w);
/* boot_mount_namespace over descriptors 0 .. n_fds-1. */
void world_run(struct world *w, const struct spec *spec, size_t n_fds);
/* Drops everything; the ledger must be empty unless a fate was met. */
void world_close(struct world *w);

/* The root or what is at `path` (final links followed, limit 40) as a mount id; 0 when the path
 * does not resolve. */
uint64_t world_mount_at(struct world *w, const char *path);
bool world_exists(struct world *w, const char *path);
/* Does the tree behind descriptor `fd` have this directory now? */
bool world_host_has(struct world *w, size_t fd, const char *path);

/* The W and I lines from line `from` of the domain's log on, one text with newlines. Freed by the
 * caller. */
char *log_text(const struct domain *d, size_t from);
void expect_log(const struct domain *d, const char *expected);
void expect_panic(const struct domain *d, const char *text);
/* The run gave this error. */
void expect_error(const struct world *w, int code, const char *text);
bool has_rule(const struct boot_provenance *p, const char *row);
/* A domain of its own, closed with an empty ledger. */
void close_domain(struct domain *d);

#define OPTS(...)                                                                                  \
    .options = (const char *[]){__VA_ARGS__},                                                      \
    .n_options = sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)
#define MOUNT(dest, kind, src, ...)                                                                \
    {                                                                                              \
        .destination = (dest), .type = (kind), .source = (src), __VA_ARGS__                        \
    }

/* A spec with a writable root "/r" and these mounts; the arrays live as long as the block. */
#define SPEC(...)                                                                                  \
    {                                                                                              \
        .has_root = true, .root_path = "/r", .cwd = "/", .selinux_label = "",                      \
        .apparmor_profile = "", .mounts = (struct spec_mount[]){__VA_ARGS__},                      \
        .n_mounts = sizeof((struct spec_mount[]){__VA_ARGS__}) / sizeof(struct spec_mount)         \
    }
#define SPEC_EMPTY                                                                                 \
    {                                                                                              \
        .has_root = true, .root_path = "/r", .cwd = "/", .selinux_label = "",                      \
        .apparmor_profile = ""                                                                     \
    }

#endif
