/* What the tests of fs/gofer share: a world with two file servers, at numbers 3 and 4. */
#ifndef SIMRUN_TESTS_FS_GOFER_WORLD_H
#define SIMRUN_TESTS_FS_GOFER_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <simrun/fs/gofer.h>
#include <stdio.h>
#include <sys/stat.h>

#include "internal.h"
#include "peer.h"

enum { PEERS = 2, FIRST_NUMBER = 3 };

struct world {
    struct sentry s;
    struct ctx c;
    struct gofer_channels ch;
    struct peer *peer[PEERS];
    struct pfile *top; /* root of peer 0 */
    uint32_t seen[256];
};

void world_open(struct world *w, enum profile profile);
/* Fails the test unless every ledger is empty (after a fate: does not ask). */
void world_close(struct world *w);

/* Mount peer 0 or 1. `options` follow "trans=fd,rfdno=N,wfdno=N", e.g. ",cache=none". */
int world_try_mount(struct world *w, int peer, const char *options, struct mount_flags flags,
                    struct inode **ret, struct error *err);
struct inode *world_mount(struct world *w, int peer, const char *options);
/* A mount of peer 0 as the root dirent of a tree; world.c.root is set. */
struct dirent *world_tree(struct world *w, const char *options);
/* Drop it and run what was queued. */
void world_drop(struct world *w, struct dirent *root);

/* Walk from `d` to `name`; the reference is the caller's. */
struct dirent *world_walk(struct world *w, struct dirent *d, const char *name);
int world_try_walk(struct world *w, struct dirent *d, const char *name, struct dirent **ret);
void world_put(struct world *w, struct dirent *d);
void world_put_file(struct world *w, struct file *f);
struct file *world_open_file(struct world *w, struct dirent *d, bool read, bool write);

/* Names of a directory, each with a type character, joined: "d:a -:b l:c". */
int world_list(struct world *w, struct file *f, char *buf, size_t n);

/*
 * The messages that were sent for `inode`'s session since the last question: pairs of type and
 * count, ended by 0. Exactly these, no others. world_forget starts anew.
 */
void world_forget(struct world *w, const struct inode *inode);
void world_sent(struct world *w, const struct inode *inode, const char *what, ...);
#define SENT(w, inode, what, ...)    world_sent(w, inode, what, __VA_ARGS__, 0)
#define SENT_NOTHING(w, inode, what) world_sent(w, inode, what, 0)

/* Fids that peer 0 holds once it has heard all: a request takes queued clunks along. */
size_t world_fids(struct world *w, struct inode *inode);

/* A test of `f(struct world *)` in a fresh world. */
int world_setup(void **state);
int world_teardown(void **state);
#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

#define READ_ONLY                                                                                  \
    (struct mount_flags)                                                                           \
    {                                                                                              \
        .read_only = true                                                                          \
    }
#define CACHED       ",cache=fscache"
#define UNCACHED     ",cache=none"
#define THROUGH      ",cache=fscache_writethrough"
#define REVALIDATING ",cache=remote_revalidating"

#endif
