/*
 * A file server for the tests of fs/gofer: a small tree behind a real p9_server, in a domain of its
 * own, that can be told to fail, to lie and to hang.
 */
#ifndef SIMRUN_TESTS_FS_GOFER_PEER_H
#define SIMRUN_TESTS_FS_GOFER_PEER_H

#include <simrun/p9.h>

struct pfile;

struct pname {
    char *name;
    struct pfile *file;
};

struct pfile {
    struct pfile *next; /* all files of the peer */
    uint64_t ino, links, rdev, blksize;
    uint32_t mode, uid, gid;
    uint64_t atime_sec, atime_nsec, mtime_sec, mtime_nsec, ctime_sec;
    int fd; /* regular files: a memfd; else -1 */
    char *target;
    struct pname names[64];
    size_t n;
    bool blocks; /* walking here never ends */
};

/* One entry of a made-up listing. */
struct plisting {
    const char *name;
    uint8_t type;
    uint64_t path, next;
};

struct peer {
    struct domain d;
    struct p9_server *server;
    struct pfile *root, *files;
    uint64_t last_ino;

    enum { DONATE_NOTHING, DONATE_RW, DONATE_READ_ONLY } donate;
    uint64_t valid;           /* what getattr claims to know */
    int fail[256];            /* errno that a request of this type is answered with */
    unsigned fail_times[256]; /* how often; 0 with `fail` set: always */
    size_t io_max;            /* bytes that a read or write does at most; 0: no bound */
    const struct plisting *listing;
    size_t listing_n;
    bool connects; /* Tlconnect gives one end of a socketpair; the other is `connected` */
    int connected;

    const struct domain *client; /* whose locks are counted; NULL: nobody's */
    unsigned locks_seen;         /* the most that were held while a request was served */

    /* What came last. */
    char aname[64];
    uint32_t setattr_valid, mode, uid, gid, open_flags;
    struct p9_setattr setattr;
};

/* In `d`'s ledger the other end of the connection. */
struct peer *peer_new(struct domain *d, struct owned_fd **ret_sock);
/* Returns what was left in its ledger. */
size_t peer_free(struct peer *p);

/* Make a file below `dir` (NULL: nowhere yet). The mode has its type. */
struct pfile *peer_add(struct peer *p, struct pfile *dir, const char *name, uint32_t mode);
struct pfile *peer_file(struct peer *p, struct pfile *dir, const char *name, const char *content);
struct pfile *peer_link(struct peer *p, struct pfile *dir, const char *name, const char *target);
struct pfile *peer_find(struct pfile *dir, const char *name);
void peer_enter(struct pfile *dir, const char *name, struct pfile *f);
void peer_drop(struct pfile *dir, const char *name);
void peer_append(struct pfile *f, const char *content);
uint64_t peer_size(const struct pfile *f);

/* peer_ops.c */
extern const struct p9_backend_ops peer_ops;
int peer_attach(void *peer, const char *aname, struct p9_node **ret, struct p9_qid *ret_qid);
int peer_wants_failure(struct peer *p, uint8_t type);

#endif
