/*
 * fs/gofer: the sentry's 9P file system, registered as "9p" (contract ninep 10).
 *
 *   1. channels    the connections that mounts may take, by number
 *   2. filesystem  registration, and what a mount gives
 *   3. questions   what tests and harnesses ask
 *
 * A mount takes one channel, negotiates, attaches and asks for the root's attributes; from
 * then on every inode holds one fid, every handle one more. Nothing is sent that the original would
 * not send (contract 11), except the clunks that it forgot.
 */
#ifndef SIMRUN_FS_GOFER_H
#define SIMRUN_FS_GOFER_H

#include <simrun/core.h>
#include <simrun/p9.h>
#include <simrun/save.h>
#include <simrun/vfs.h>

/* --------------------------------------------------------------------------------- 1. channels */

struct gofer_channels_entry {
    int number;            /* what the option `rfdno` names */
    struct owned_fd *sock; /* owned; NULL once a mount has taken it */
    struct p9_pump pump;   /* `run` NULL: the client polls */
};

/* A table of the connections that are there. Plain data of the caller, its memory in `d`. */
struct gofer_channels {
    struct domain *d;
    struct gofer_channels_entry *v; /* owned */
    size_t n, cap;
};

/* `d` is the domain of the world that mounts. */
void gofer_channels_init(struct gofer_channels *ch, struct domain *d);
/*
 * Enter `sock` (ownership passes in any case; it stands in the ledger of ch->d) under `number`.
 * `pump` is copied, NULL means none; what its `arg` points to must outlive the world, for inodes
 * are clunked until it closes. -EEXIST: the number is there already, taken or not.
 */
int gofer_channels_add(struct gofer_channels *ch, int number, struct owned_fd *sock,
                       const struct p9_pump *pump);
/* Closes the sockets that nobody took. The table may be released before the world closes, but not
 * before its last mount. */
void gofer_channels_release(struct gofer_channels *ch);

/* ------------------------------------------------------------------------------- 2. filesystem */

/*
 * Register "9p" in the world. `channels` is borrowed until the last mount is made. The device of a
 * mount is its connection id; its data are the options of contract 10.1. A mount takes the channel
 * of its number, once: a number that is unknown or taken is -EBADF ("bad file descriptor"). Failed
 * mounts close the socket they took.
 *
 * A session ends with its mount source. Q-57 on: its connection stays open, without a fid, until
 * the world closes; the file server must not see it end before. It is kept with the
 * registered filesystem, not in the world's leak list, because putting it there would allocate in a
 * release, and every world would count as leaking. Q-57 off: the connection is closed after the
 * last clunk.
 */
int fs_gofer_register(struct sentry *s, struct gofer_channels *channels);
/*
 * Saving and restoring (contract 10.8). A mount is found again by its connection id among the "9p"
 * mounts of the environment, the last match wins (PQ-28); its inodes are walked to by the paths
 * that their dirents had. Every mismatch is an error (P-10).
 */
extern const struct save_fs fs_gofer_save;

/* -------------------------------------------------------------------------------- 3. questions */

/* What dirents, attributes and listings are remembered (contract 10.3). */
enum gofer_cache {
    GOFER_CACHE_NONE,
    GOFER_CACHE_FSCACHE,
    GOFER_CACHE_WRITETHROUGH, /* "fscache_writethrough" */
    GOFER_CACHE_REVALIDATING, /* "remote_revalidating" */
};

enum {
    GOFER_DIR_ENTRIES_MAX = 4000000, /* names of one directory; past it listing is -EIO */
};

/* The client of a mount source of this filesystem, borrowed; NULL for others. p9_client_sent tells
 * the messages. */
struct p9_client *fs_gofer_client(const struct mount_source *ms);
/* -EINVAL for mount sources of others. */
int fs_gofer_cache(const struct mount_source *ms, enum gofer_cache *ret);
/* Connections of ended sessions that are still open. */
size_t fs_gofer_idle_connections(const struct sentry *s);

#endif
