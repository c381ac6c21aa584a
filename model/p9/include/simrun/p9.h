/*
 * p9: 9P2000.L with the `.Google.N` extensions (contract ninep, sections 1 to 7).
 *
 *   1. numbers        message types, masks, limits
 *   2. messages       one flat struct for all of them; what is variable points into the frame
 *   3. codec          one message to bytes and back, driven by one table
 *   4. transport      frames and descriptors over a non-blocking AF_UNIX stream socket
 *   5. client         submit and wait, sessions, versions
 *   6. client files   every operation as one call
 *   7. backend        what a server serves: an operations table over nodes
 *   8. server         fid table, handlers, `serve_some`
 *
 * Every function that can fail returns 0, a negative errno, or CODE_FATE; results leave through the
 * last parameters and are untouched on failure. Everything lives in the domain given at creation
 * and is used by one thread at a time. Client and server share nothing but the socket.
 */
#ifndef SIMRUN_P9_H
#define SIMRUN_P9_H

#include <simrun/core.h>

/* --------------------------------------------------------------------------------- 1. numbers */

/* Requests; the reply is the next number (contract 2). Any request may be answered by P9_RLERROR.
 */
enum {
    P9_RLERROR = 7,
    P9_TSTATFS = 8,
    P9_TLOPEN = 12,
    P9_TLCREATE = 14,
    P9_TSYMLINK = 16,
    P9_TMKNOD = 18,
    P9_TRENAME = 20,
    P9_TREADLINK = 22,
    P9_TGETATTR = 24,
    P9_TSETATTR = 26,
    P9_TXATTRWALK = 30,
    P9_TXATTRCREATE = 32,
    P9_TREADDIR = 40,
    P9_TFSYNC = 50,
    P9_TLOCK = 52, /* this and the next one: personality std only (I-25) */
    P9_TGETLOCK = 54,
    P9_TLINK = 70,
    P9_TMKDIR = 72,
    P9_TRENAMEAT = 74,
    P9_TUNLINKAT = 76,
    P9_TVERSION = 100,
    P9_TAUTH = 102,
    P9_TATTACH = 104,
    P9_TFLUSH = 108,
    P9_TWALK = 110,
    P9_TREAD = 116,
    P9_TWRITE = 118,
    P9_TCLUNK = 120,
    P9_TREMOVE = 122,
    P9_TFLUSHF = 124,
    P9_TWALKGETATTR = 126,
    P9_TUCREATE = 128,
    P9_TUMKDIR = 130,
    P9_TUMKNOD = 132,
    P9_TUSYMLINK = 134,
    P9_TLCONNECT = 136,
};

#define P9_NOTAG ((uint16_t)0xFFFF)
#define P9_NOFID UINT32_MAX
#define P9_NOUID UINT32_MAX /* also "no gid" */

enum {
    P9_HEADER = 7,                  /* size[4] type[1] tag[2] */
    P9_LARGEST_FIXED = 153,         /* body of Rgetattr: what msize must exceed */
    P9_FRAME_MAX = 4 * 1024 * 1024, /* absolute limit of a frame and of msize */
    P9_MSIZE_DEFAULT = 1024 * 1024,
    P9_VERSION_HIGHEST = 6,
    P9_STRING_MAX = 65535,
    P9_FIDS_MAX = 65536,              /* live fids of one connection: past it EMFILE */
    P9_QUEUE_BOUND = 2 * 1024 * 1024, /* unsent bytes past which nobody reads or submits more */
    P9_QUEUED_FDS_MAX = 64,           /* unsent descriptors past which a server reads no more */
};

enum { /* qid types */
       P9_QTDIR = 0x80,
       P9_QTAPPEND = 0x40,
       P9_QTSYMLINK = 0x02,
       P9_QTFILE = 0x00,
};

enum { /* attribute mask (8 bytes on the wire) */
       P9_ATTR_MODE = 0x1,
       P9_ATTR_NLINK = 0x2,
       P9_ATTR_UID = 0x4,
       P9_ATTR_GID = 0x8,
       P9_ATTR_RDEV = 0x10,
       P9_ATTR_ATIME = 0x20,
       P9_ATTR_MTIME = 0x40,
       P9_ATTR_CTIME = 0x80,
       P9_ATTR_INO = 0x100,
       P9_ATTR_SIZE = 0x200,
       P9_ATTR_BLOCKS = 0x400,
       P9_ATTR_BTIME = 0x800,
       P9_ATTR_GEN = 0x1000,
       P9_ATTR_DATA_VERSION = 0x2000,
       P9_ATTR_STAT = 0x6FF, /* what fstat knows, without ino: the valid mask of the gofer (9.6) */
       P9_ATTR_ALL = 0x3FFF,
};

enum { /* setattr mask (4 bytes on the wire) */
       P9_SETATTR_MODE = 0x1,
       P9_SETATTR_UID = 0x2,
       P9_SETATTR_GID = 0x4,
       P9_SETATTR_SIZE = 0x8,
       P9_SETATTR_ATIME = 0x10,
       P9_SETATTR_MTIME = 0x20,
       P9_SETATTR_CTIME = 0x40,
       P9_SETATTR_ATIME_SET = 0x80, /* without it: the server's current time */
       P9_SETATTR_MTIME_SET = 0x100,
       P9_SETATTR_ALL = 0x1FF,
};

enum { /* open flags: the access mode */
       P9_OPEN_READ = 0,
       P9_OPEN_WRITE = 1,
       P9_OPEN_RDWR = 2,
       P9_OPEN_ACCESS = 3,
};

enum { /* connect flags */
       P9_CONNECT_STREAM = 0,
       P9_CONNECT_DGRAM = 1,
       P9_CONNECT_SEQPACKET = 2,
       P9_CONNECT_ANY = 3,
};

enum { /* type of a lock */
       P9_LOCK_READ = 0,
       P9_LOCK_WRITE = 1,
       P9_LOCK_UNLOCK = 2,
};

enum { /* status of Rlock */
       P9_LOCK_SUCCESS = 0,
       P9_LOCK_BLOCKED = 1,
       P9_LOCK_ERROR = 2,
       P9_LOCK_GRACE = 3,
};

enum { /* what personality std knows of Linux's open flags (I-14); all others are ignored */
       P9_OPEN_CREAT = 0100,
       P9_OPEN_EXCL = 0200,
       P9_OPEN_TRUNC = 01000,
       P9_OPEN_DSYNC = 010000,
       P9_OPEN_DIRECTORY = 0200000,
       P9_OPEN_SYNC = 04000000,
};

enum {
    P9_STD_MSIZE_MIN = 4096,         /* std: a smaller msize is refused on both sides (I-03) */
    P9_STD_NAMES_MAX = 16,           /* std: names of one Twalk (I-11) */
    P9_FIRST_EXTENSION = P9_TFLUSHF, /* from here on nothing is sent to a base peer (I-28) */
};

/*
 * P9_GV: as the original, quirks included. P9_STD: what other 9P2000.L peers expect (contract 13).
 * P9_AUTO: decided by each negotiation (contract 0): exactly `9P2000.L` means std on both sides.
 * The model's own server and client are P9_GV, as the original's are whatever they negotiated.
 */
enum p9_personality { P9_GV, P9_STD, P9_AUTO };

/* -------------------------------------------------------------------------------- 2. messages */

/* Bytes, not terminated; may hold any byte. Not owned. */
struct p9_str {
    const char *p;
    size_t n;
};

static inline struct p9_str p9_str(const char *s)
{
    return (struct p9_str){.p = s, .n = strlen(s)};
}

struct p9_qid {
    uint8_t type;
    uint32_t version;
    uint64_t path;
};

struct p9_fsstat {
    uint32_t type, bsize;
    uint64_t blocks, bfree, bavail, files, ffree, fsid;
    uint32_t namelen;
};

struct p9_attr {
    uint32_t mode, uid, gid;
    uint64_t nlink, rdev, size, blksize, blocks;
    uint64_t atime_sec, atime_nsec, mtime_sec, mtime_nsec, ctime_sec, ctime_nsec;
    uint64_t btime_sec, btime_nsec, gen, data_version;
};

struct p9_setattr {
    uint32_t mode, uid, gid;
    uint64_t size, atime_sec, atime_nsec, mtime_sec, mtime_nsec;
};

struct p9_lock {
    uint8_t type; /* P9_LOCK_* */
    uint64_t start, length;
    uint32_t proc_id;
};

struct p9_dirent {
    struct p9_qid qid;
    uint64_t offset; /* where the next Treaddir goes on */
    uint8_t type;
    struct p9_str name;
};

/* The names of a walk: for encoding an array `v`, after decoding `raw` (walk over it with
 * p9_names_next). */
struct p9_names {
    size_t n;
    const char *const *v;
    const uint8_t *raw;
    size_t raw_n;
};

struct p9_qids {
    size_t n;
    const struct p9_qid *v; /* for encoding */
    const uint8_t *raw;     /* after decoding: p9_qids_at */
};

/*
 * Any message. A decoded one points into its frame and is valid as long as the frame. Fields of a
 * message that the table of messages.c does not list are zero after decoding and ignored when
 * encoding.
 */
struct p9_msg {
    uint8_t type;
    uint16_t tag;
    uint16_t oldtag; /* Tflush */
    uint8_t status;  /* Rlock */
    uint32_t fid;    /* the first fid of the body (afid of Tauth) */
    uint32_t fid2; /* the second: newfid, dfid (Trename), fid (Tlink), newdirfid, afid (Tattach) */
    uint32_t flags, mode, major, minor;
    uint32_t uid, gid; /* uid is also n_uname */
    uint32_t count;    /* Tread, Treaddir, Rwrite; length of `data` in Twrite, Rread, Rreaddir */
    uint32_t msize, iounit, ecode, datasync;
    uint64_t offset, size;
    uint64_t mask;             /* Tgetattr's request, `valid` of Rgetattr, Rwalkgetattr, Tsetattr */
    struct p9_str name, name2; /* in wire order: name + target, oldname + newname, uname + aname */
    struct p9_names names;
    struct p9_qids qids;
    struct p9_qid qid;
    union { /* no message has two of them */
        struct p9_attr attr;
        struct p9_setattr setattr;
        struct p9_fsstat fsstat;
        struct p9_lock lock; /* Tlock, Tgetlock, Rgetlock; `name` is the client id */
    };
    const uint8_t *data; /* payload of Twrite and Rread; packed entries of Rreaddir */
};

/* Names one after the other: start with `*cursor` 0; false at the end. */
bool p9_names_next(const struct p9_names *names, size_t *cursor, struct p9_str *ret);
struct p9_qid p9_qids_at(const struct p9_qids *qids, size_t i);
/* Entries of Rreaddir one after the other; an incomplete last one is dropped. */
bool p9_dirent_next(const uint8_t *data, size_t n, size_t *cursor, struct p9_dirent *ret);
/* Bytes of an entry on the wire. */
static inline size_t p9_dirent_size(size_t name_n)
{
    return 24 + name_n;
}
/* Write an entry at `buf`, which has room for p9_dirent_size. Returns the bytes written. */
size_t p9_dirent_pack(uint8_t *buf, const struct p9_dirent *e);

/* "Twalk"; NULL for a number that is no message. Static storage. */
const char *p9_type_name(uint8_t type);
/* May a descriptor travel with it (contract 5.3)? */
bool p9_type_may_carry_fd(uint8_t type);
/* QID type of a file mode (contract 1.1). */
uint8_t p9_qid_type(uint32_t mode);

/* ----------------------------------------------------------------------------------- 3. codec */

/* An upper bound of the encoded size. */
size_t p9_msg_bound(const struct p9_msg *m);
/* What peers of the base protocol do otherwise than the original (contract 13); 0 is the original.
 */
enum {
    P9_CODEC_FULL_MODES =
        1,                 /* modes keep 07777 and the type (I-15 to I-17) instead of 0777 */
    P9_CODEC_DATASYNC = 2, /* Tfsync is sent with its datasync field (I-22) */
    P9_CODEC_LOCKS = 4,    /* types 52 to 55 are messages (I-25) */
    P9_CODEC_STD = P9_CODEC_FULL_MODES | P9_CODEC_DATASYNC | P9_CODEC_LOCKS,
};

/*
 * Encode header and body into `buf`. `codec` is a set of P9_CODEC_*. -ENAMETOOLONG for a string
 * past 65535 bytes, -E2BIG for too many names, -EMSGSIZE when `cap` is too small, -ENOMSG
 * for an unknown type.
 */
int p9_encode(const struct p9_msg *m, unsigned codec, uint8_t *buf, size_t cap, size_t *ret);
/*
 * Decode one whole frame of `n` bytes. -EBADMSG: malformed; -ENOMSG: unknown type. Bytes after the
 * last field are ignored.
 */
int p9_decode(const uint8_t *frame, size_t n, unsigned codec, struct p9_msg *ret);

/* Version strings (contract 3). -EINVAL for anything the original's parser refuses. */
int p9_version_parse(struct p9_str s, uint32_t *ret);
#define P9_VERSION_TEXT 32
/* The text of a version; 0 is always the base string. `buf` has P9_VERSION_TEXT bytes. Returns
 * `buf`. */
const char *p9_version_format(uint32_t version, char *buf);

/* ------------------------------------------------------------------------------- 4. transport */

/* A whole frame in the receive buffer: valid until the next p9_transport_fill. `fd` is owned by who
 * takes the frame. */
struct p9_frame {
    const uint8_t *p;
    size_t n;
    uint8_t type;
    uint16_t tag;
    struct owned_fd *fd; /* NULL: none came, or the type may carry none (then it was closed) */
};

/* One side of a connection. Send and receive are resumable: nothing here ever blocks. */
struct p9_transport;

/*
 * Two connected ends, close-on-exec and non-blocking, each owned by its domain. -errno of the host.
 * `a_domain` and `b_domain` may be the same.
 */
int p9_socketpair(struct domain *a_domain, struct domain *b_domain, struct owned_fd **ret_a,
                  struct owned_fd **ret_b);
/*
 * Socketpairs that are used again, for connections whose two ends live in one thread and are used
 * through transports only. They belong to no domain: who runs many worlds, one after the other,
 * keeps them from one to the next. A child of the process makes its own.
 */
struct p9_pairs;
int p9_pairs_new(struct p9_pairs **ret); /* 0 or -ENOMEM */
/* None of them may be in use. Takes NULL. */
void p9_pairs_free(struct p9_pairs *pairs);
/* As p9_socketpair; `pairs` must outlive both ends. */
int p9_pairs_take(struct p9_pairs *pairs, struct domain *a_domain, struct domain *b_domain,
                  struct owned_fd **ret_a, struct owned_fd **ret_b);
/* Takes ownership of `sock` in any case and makes it non-blocking. */
int p9_transport_new(struct domain *d, struct owned_fd *sock, struct p9_transport **ret);
/*
 * From the next receive on: keep descriptors that come with a frame which may carry one (true), or
 * let the kernel discard them all (false, as at first; cheaper).
 */
void p9_transport_take_fds(struct p9_transport *t, bool take);
void p9_transport_free(struct p9_transport *t);
int p9_transport_fd(const struct p9_transport *t); /* for poll */
/* Largest frame accepted from the peer; P9_FRAME_MAX at first. */
void p9_transport_set_limit(struct p9_transport *t, uint32_t limit);

/* Room for `n` bytes at the end of the send queue; they count as queued only after
 * p9_transport_commit. */
int p9_transport_reserve(struct p9_transport *t, size_t n, uint8_t **ret);
/* The first `n` reserved bytes are one frame, `fd` (may be NULL; ownership passes) travels with its
 * first byte. */
void p9_transport_commit(struct p9_transport *t, size_t n, struct owned_fd *fd);
size_t p9_transport_queued(const struct p9_transport *t);
/* Over one of the bounds: stop producing frames until it is flushed. */
bool p9_transport_busy(const struct p9_transport *t);
/*
 * Send what the socket takes; asks domain_check before every send. *ret is the number of bytes that
 * left, 0 when the socket is full. -EPIPE: the peer is gone or the socket failed.
 */
int p9_transport_flush(struct p9_transport *t, size_t *ret);
/*
 * One receive; call it only when p9_transport_next has nothing. -EAGAIN: nothing there; -EPIPE: end
 * of file or a failed socket. *ret > 0 otherwise.
 */
int p9_transport_fill(struct p9_transport *t, size_t *ret);
/* Take the next whole frame. -EAGAIN: not there yet; -EBADMSG: size below 7; -EMSGSIZE: above the
 * limit. The last two are final. */
int p9_transport_next(struct p9_transport *t, struct p9_frame *ret);

/* ---------------------------------------------------------------------------------- 5. client */

/* What a pump brought about, and what p9_server_serve_some returns. */
enum p9_pump_result {
    P9_PUMP_PROGRESS, /* bytes moved or a request was answered: look again */
    P9_PUMP_IDLE,     /* nothing to do: what was sent so far is all there will be */
    P9_PUMP_DEAD,     /* the connection has ended */
    P9_PUMP_HUNG,     /* the peer blocks for ever: the waiting client shares its fate (hang) */
};

/*
 * Called by a client that waits. In gofer mode `inline` it lets the peer serve what it can; it may
 * also block until something happens. Without a pump the client polls the socket.
 */
struct p9_pump {
    int (*run)(void *arg); /* returns enum p9_pump_result */
    void *arg;
    bool *unsent; /* set before each run: bytes wait for room, so wait for that too. May be NULL */
};

struct p9_client;

/* What can be read of a client. */
struct p9_client_info {
    uint32_t msize;   /* negotiated */
    uint32_t version; /* negotiated */
    uint32_t payload; /* largest chunk of Tread and Twrite (6.2) */
    size_t live_fids; /* fids handed out and not yet returned or on their way back */
    size_t lost_fids; /* numbers that are never reused */
    size_t pending;   /* requests without a collected reply that somebody waits for */
    const char *dead; /* why the session is dead (static text), NULL while it lives */
};

/*
 * Wrap `sock` (ownership passes in any case, Q-55) and negotiate (6.2): Tversion with NOTAG,
 * stepping down on EAGAIN, adopting the smaller msize and capping the version. `pump` is
 * copied; NULL means poll. `err` (may be NULL) gets the original's text; failures that are no errno
 * there ("bad version string") have code -EIO.
 */
int p9_client_new(struct domain *d, struct owned_fd *sock, uint32_t msize, const char *version,
                  const struct p9_pump *pump, struct error *err, struct p9_client **ret);

/* What a client of other peers can choose. `msize` 0, `version` NULL: the defaults. */
struct p9_client_options {
    uint32_t msize;
    const char *version;             /* the highest to ask for; NULL: 9P2000.L.Google.6 */
    enum p9_personality personality; /* P9_AUTO unless there is a reason */
    const char *uname; /* of Tattach, borrowed for good; NULL: "" (I-06: diod wants one or a uid) */
    uint32_t n_uname;  /* P9_NOUID: none */
};

/*
 * The same for peers that others wrote. Unless the personality is P9_GV, a server that does not
 * know a `.Google.N` string is asked once more for the base string (I-02), and an msize below
 * P9_STD_MSIZE_MIN from a base peer is refused (I-03).
 */
int p9_client_connect(struct domain *d, struct owned_fd *sock, const struct p9_client_options *o,
                      const struct p9_pump *pump, struct error *err, struct p9_client **ret);
/* Sends what p9_clunk_later left and waits for it, then closes the socket. No other fid is clunked:
 * who holds files clunks or forgets them before. Takes NULL. */
void p9_client_free(struct p9_client *c);
struct p9_client_info p9_client_info(const struct p9_client *c);
/* How many messages of each type were sent: 256 counters that live as long as the client. */
const uint32_t *p9_client_sent(const struct p9_client *c);
enum p9_personality p9_client_personality(const struct p9_client *c);
void p9_client_set_personality(struct p9_client *c, enum p9_personality p);

/*
 * Queue a request; *ret is its tag for p9_wait. The tag in `t` is ignored. -EAGAIN: out of tags;
 * -ENAMETOOLONG: does not fit in msize; -EOPNOTSUPP: an extension, and the peer is a base peer
 * (I-28); -EIO: the session is dead. Fids in `t` are the caller's business.
 */
int p9_submit(struct p9_client *c, const struct p9_msg *t, uint16_t *ret);
/*
 * Wait for the reply of `tag`, in any order. The reply's views are valid until the next call on
 * this client. Rlerror comes back as -errno (0 and values above 4095 as -EIO, Q-21). `ret_fd`
 * (NULL: do not want it) gets a donated descriptor or NULL. Any protocol error kills the session
 * (Q-19): -EIO now and ever after.
 */
int p9_wait(struct p9_client *c, uint16_t tag, struct p9_msg *ret, struct owned_fd **ret_fd);
/* p9_submit and p9_wait. */
int p9_call(struct p9_client *c, const struct p9_msg *t, struct p9_msg *ret,
            struct owned_fd **ret_fd);

/* ---------------------------------------------------------------------------- 6. client files */

/* A fid of a client. A plain value: `client` NULL means closed. The client must outlive it. */
struct p9_file {
    struct p9_client *client;
    uint32_t fid;
};

int p9_attach(struct p9_client *c, const char *aname, struct p9_file *ret);
/* The same with a uid of its own: n_uname of Tattach (I-06). */
int p9_attach_as(struct p9_client *c, const char *aname, uint32_t n_uname, struct p9_file *ret);
/*
 * Walk `n` names (0: clone); more than P9_STD_NAMES_MAX go to a base peer in several messages
 * (I-11). `qids` (may be NULL) has room for `n` entries and is filled in order. Fewer qids than
 * names: the new fid is clunked and the result is -ENOENT; more: protocol error.
 */
int p9_walk(const struct p9_file *f, const char *const *names, size_t n, struct p9_qid *qids,
            struct p9_file *ret);
/* Also the attributes of the last one; below version 2 Twalk, then Tgetattr(All). */
int p9_walkgetattr(const struct p9_file *f, const char *const *names, size_t n, struct p9_qid *qids,
                   uint64_t *ret_valid, struct p9_attr *ret_attr, struct p9_file *ret);
int p9_statfs(const struct p9_file *f, struct p9_fsstat *ret);
/* `ret_qid` may be NULL. */
int p9_getattr(const struct p9_file *f, uint64_t mask, struct p9_qid *ret_qid, uint64_t *ret_valid,
               struct p9_attr *ret);
int p9_setattr(const struct p9_file *f, uint32_t valid, const struct p9_setattr *attr);
/*
 * `ret_fd` (NULL: not wanted): a donated descriptor (owned by the caller) or NULL. One that is no
 * regular file, or (unless the client is P9_GV, Q-43) cannot do what `flags` ask for, is closed
 * and not reported.
 */
int p9_lopen(const struct p9_file *f, uint32_t flags, struct p9_qid *ret_qid, uint32_t *ret_iounit,
             struct owned_fd **ret_fd);
/*
 * A clone of `f`, open: p9_walk without names and p9_lopen, which clunks the clone when it fails.
 * The two requests leave together (not in personality std), so a peer that refuses the walk is
 * asked to open what it does not know.
 */
int p9_open_clone(const struct p9_file *f, uint32_t flags, struct p9_file *ret,
                  struct p9_qid *ret_qid, uint32_t *ret_iounit, struct owned_fd **ret_fd);
/* `f`, a directory, becomes the new open file. Below version 3 uid is lost and gid forced to "no
 * gid". */
int p9_create(const struct p9_file *f, const char *name, uint32_t flags, uint32_t mode,
              uint32_t uid, uint32_t gid, struct p9_qid *ret_qid, uint32_t *ret_iounit,
              struct owned_fd **ret_fd);
int p9_mkdir(const struct p9_file *dir, const char *name, uint32_t mode, uint32_t uid, uint32_t gid,
             struct p9_qid *ret);
int p9_symlink(const struct p9_file *dir, const char *name, const char *target, uint32_t uid,
               uint32_t gid, struct p9_qid *ret);
int p9_mknod(const struct p9_file *dir, const char *name, uint32_t mode, uint32_t major,
             uint32_t minor, uint32_t uid, uint32_t gid, struct p9_qid *ret);
/*
 * Files of two clients: -EXDEV without a message; but p9_rename, while Q-73 acts, sends the number
 * of the other connection's fid as the original does.
 */
int p9_link(const struct p9_file *dir, const struct p9_file *target, const char *name);
int p9_rename(const struct p9_file *f, const struct p9_file *dir, const char *name);
int p9_renameat(const struct p9_file *old_dir, const char *old_name, const struct p9_file *new_dir,
                const char *new_name);
int p9_unlinkat(const struct p9_file *dir, const char *name, uint32_t flags); /* 0x200: directory */
/* One Treaddir. `*data`/`*n` go to p9_dirent_next and are valid until the next call on the client.
 * `count` is cut to the msize. */
int p9_readdir(const struct p9_file *f, uint64_t offset, uint32_t count, const uint8_t **data,
               size_t *n);
/*
 * Split at the payload size (6.5). *ret is what was done, also on failure (then it may be less than
 * 0 < n). Reading: fewer bytes than asked, or 0, is not an error. More bytes than asked kill the
 * session.
 */
int p9_read(const struct p9_file *f, void *buf, size_t n, uint64_t offset, size_t *ret);
int p9_write(const struct p9_file *f, const void *buf, size_t n, uint64_t offset, size_t *ret);
int p9_fsync(const struct p9_file *f);
/* Personality std only (-EOPNOTSUPP without a message otherwise). *ret of p9_setlock:
 * P9_LOCK_SUCCESS... *ret of p9_getlock: the lock that is in the way, or type P9_LOCK_UNLOCK. */
int p9_setlock(const struct p9_file *f, const struct p9_lock *lock, uint32_t flags,
               const char *client_id, uint8_t *ret);
int p9_getlock(const struct p9_file *f, const struct p9_lock *lock, const char *client_id,
               struct p9_lock *ret);
/* `ret` becomes a fid of the attribute (or of the list of names, `name` ""), *ret_size its size. */
int p9_xattrwalk(const struct p9_file *f, const char *name, uint64_t *ret_size,
                 struct p9_file *ret);
/* `f` becomes the attribute: write `size` bytes and clunk. */
int p9_xattrcreate(const struct p9_file *f, const char *name, uint64_t size, uint32_t flags);
int p9_flush(const struct p9_file *f); /* Tflushf; nothing below version 1 */
/* The target as a new string in the client's domain. -EIO when it holds a NUL or is empty. */
int p9_readlink(const struct p9_file *f, char **ret);
/* -ECONNREFUSED below version 4, without a message. */
int p9_lconnect(const struct p9_file *f, uint32_t flags, struct owned_fd **ret_fd);
/* Both end the file in any case (`f->client` becomes NULL); again is a silent success. */
int p9_remove(struct p9_file *f);
int p9_clunk(struct p9_file *f);
/*
 * A clunk whose reply nobody waits for, as of the release of an inode (10.6, 11): the request
 * travels with the next one that is waited for, or with p9_client_free, so that the two cost the
 * system calls of one. The number is free again when its reply is here (P-11). A base peer is
 * waited for. 0, or CODE_FATE.
 */
int p9_clunk_later(struct p9_file *f);

/* Of a donated descriptor (section 4): loops until done, end of file or error. *ret is what was
 * done, also on failure. */
int p9_fd_pread(const struct owned_fd *fd, void *buf, size_t n, uint64_t offset, size_t *ret);
int p9_fd_pwrite(const struct owned_fd *fd, const void *buf, size_t n, uint64_t offset,
                 size_t *ret);

/* --------------------------------------------------------------------------------- 7. backend */

struct p9_backend_ops;

/* A file of the backend; the backend embeds it in its own struct. `close` runs when the last
 * reference goes. */
struct p9_node {
    const struct p9_backend_ops *ops;
    uint32_t refs;
};

static inline void p9_node_init(struct p9_node *node, const struct p9_backend_ops *ops)
{
    node->ops = ops;
    node->refs = 1;
}
struct p9_node *p9_node_get(struct p9_node *node);
void p9_node_put(struct p9_node *node); /* takes NULL */

/* Where a backend puts directory entries. */
struct p9_dirsink;
/*
 * Add one entry. true: taken, go on; false: the reply is full (whole entries only, Q-06), so stop,
 * this one comes again at the next request. The name must be at most 65535 bytes.
 */
bool p9_dirsink_add(struct p9_dirsink *sink, const struct p9_qid *qid, uint64_t next_offset,
                    uint8_t type, const char *name);

/*
 * What a server serves. Every function returns 0, a negative code (contract 7.3; a code that is no
 * errno 1..4095 goes out as EIO) or CODE_FATE, and leaves its results untouched on failure. Names
 * are safe (7.4), free of NUL and terminated, valid for the call only. A NULL function is ENOSYS.
 * Returned nodes and descriptors belong to the server.
 */
struct p9_backend_ops {
    /* `walk` resolves "." and ".." itself, never above the top: std lets them pass then (diod's
     * clients walk them). Otherwise every name is safe. */
    bool walks_dots;
    /* `qids` has room for max(n, 1); *ret_nqids is how many were filled (gv: one also for no names,
     * */
    int (*walk)(struct p9_node *node, const char *const *names, size_t n, struct p9_qid *qids,
                size_t *ret_nqids, struct p9_node **ret);
    /* NULL or -ENOSYS: the server walks and asks getattr(All) itself. */
    int (*walkgetattr)(struct p9_node *node, const char *const *names, size_t n,
                       struct p9_qid *qids, size_t *ret_nqids, uint64_t *ret_valid,
                       struct p9_attr *ret_attr, struct p9_node **ret);
    int (*statfs)(struct p9_node *node, struct p9_fsstat *ret);
    int (*getattr)(struct p9_node *node, uint64_t mask, struct p9_qid *ret_qid, uint64_t *ret_valid,
                   struct p9_attr *ret);
    int (*setattr)(struct p9_node *node, uint32_t valid, const struct p9_setattr *attr);
    /* At most once per node. *ret_fd may be left NULL; it must be non-blocking otherwise. */
    int (*open)(struct p9_node *node, uint32_t flags, struct p9_qid *ret_qid, uint32_t *ret_iounit,
                struct owned_fd **ret_fd);
    int (*create)(struct p9_node *dir, const char *name, uint32_t flags, uint32_t mode,
                  uint32_t uid, uint32_t gid, struct p9_qid *ret_qid, uint32_t *ret_iounit,
                  struct owned_fd **ret_fd, struct p9_node **ret);
    int (*mkdir)(struct p9_node *dir, const char *name, uint32_t mode, uint32_t uid, uint32_t gid,
                 struct p9_qid *ret);
    int (*symlink)(struct p9_node *dir, const char *name, const char *target, uint32_t uid,
                   uint32_t gid, struct p9_qid *ret);
    int (*mknod)(struct p9_node *dir, const char *name, uint32_t mode, uint32_t major,
                 uint32_t minor, uint32_t uid, uint32_t gid, struct p9_qid *ret);
    int (*link)(struct p9_node *dir, struct p9_node *target, const char *name);
    int (*rename)(struct p9_node *node, struct p9_node *dir, const char *name);
    int (*renameat)(struct p9_node *old_dir, const char *old_name, struct p9_node *new_dir,
                    const char *new_name);
    int (*unlinkat)(struct p9_node *dir, const char *name, uint32_t flags);
    int (*readlink)(struct p9_node *node, struct str *ret); /* append the target */
    int (*fsync)(struct p9_node *node);
    int (*read)(struct p9_node *node, void *buf, size_t n, uint64_t offset, size_t *ret);
    int (*write)(struct p9_node *node, const void *buf, size_t n, uint64_t offset, size_t *ret);
    int (*readdir)(struct p9_node *node, uint64_t offset, struct p9_dirsink *sink);
    int (*flush)(struct p9_node *node);
    int (*connect)(struct p9_node *node, uint32_t flags, struct owned_fd **ret_fd);
    int (*remove)(struct p9_node *node);
    void (*close)(struct p9_node *node); /* exactly once; frees the node */
};

/* The attach hook of a server (7.6). `aname` is any text without NUL; *ret_qid is used by std only
 * (Q-31). */
struct p9_attach_point {
    int (*attach)(void *arg, const char *aname, struct p9_node **ret, struct p9_qid *ret_qid);
    void *arg;
    /* In place of `attach` while the personality is std; NULL: the same. */
    int (*attach_std)(void *arg, const char *aname, struct p9_node **ret, struct p9_qid *ret_qid);
};

/* ---------------------------------------------------------------------------------- 8. server */

/* One connection. Requests are answered one after the other in the order they came, so a flush
 * finds nothing to wait for. */
struct p9_server;

struct p9_server_info {
    uint32_t msize, version;
    size_t fids; /* live now */
    uint64_t fid_inserts, fid_deletes,
        fid_replaced;  /* fids = inserts - deletes - replaced, always (QI-06) */
    uint64_t requests; /* frames taken */
    bool ended;        /* the connection has ended, all fids are dropped */
};

/* Takes ownership of `sock` in any case; `attach` is copied. */
int p9_server_new(struct domain *d, struct owned_fd *sock, const struct p9_attach_point *attach,
                  struct p9_server **ret);
void p9_server_free(struct p9_server *s); /* drops all fids; takes NULL */
struct p9_server_info p9_server_info(const struct p9_server *s);
/* P9_GV at first. What is there of fids stays as it is, so set it before the first request. */
void p9_server_set_personality(struct p9_server *s, enum p9_personality p);
/* The one in force now: never P9_AUTO. */
enum p9_personality p9_server_personality(const struct p9_server *s);
/* Largest msize and frame (P9_FRAME_MAX at first; std answers with the smaller one, gv refuses),
 * and most live fids (P9_FIDS_MAX at first). For servers of strangers. */
void p9_server_set_bounds(struct p9_server *s, uint32_t msize, uint32_t fids);
int p9_server_fd(const struct p9_server *s); /* for poll; -1 once ended */
/* Should poll wait for room to send (true) besides data? Reading stops while too much is unsent. */
bool p9_server_wants_write(const struct p9_server *s);
bool p9_server_wants_read(const struct p9_server *s);
/*
 * Read what is there, answer what can be answered, write what fits; never blocks. Returns enum
 * p9_pump_result: HUNG when the server's domain met fate hang, DEAD when the connection ended or
 * the domain met another fate.
 */
int p9_server_serve_some(struct p9_server *s);
/* The same as the `run` of a p9_pump whose `arg` is the server. */
int p9_server_pump(void *server);
/* Serve until the connection ends, polling: gofer modes thread and process. 0 at the end, or
 * CODE_FATE. */
int p9_server_run(struct p9_server *s);

#endif
