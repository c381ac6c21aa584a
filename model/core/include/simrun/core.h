/*
 * core: what every other folder of the model stands on.
 *
 *   1. result codes      a negative int: errno, the original's own error values, a fate
 *   2. error             errno and text, wrapped as "context: cause"
 *   3. domain            what lives and dies as a whole: allocator, ledger, fate, log, clock
 *   4. memory            allocations and descriptors that stand in the domain's ledger
 *   5. jobs              asynchronous work, queued and drained
 *   6. locks             modelled reader-writer words
 *   7. containers        list, name map, string builder, pointer vector
 *   8. paths             lexical rules (contract pipeline 2)
 *   9. text              Go's %q, number parsing texts, errno texts
 *  10. quirks            the switchable rows of the contract and their profiles
 *
 * Nothing here knows files, JSON or SQLite. There are no globals: everything hangs on a domain that
 * the caller owns. A domain is used by one thread at a time.
 */
#ifndef SIMRUN_CORE_H
#define SIMRUN_CORE_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SIMRUN_PRINTF(fmt, args)        __attribute__((format(printf, fmt, args)))
#define SIMRUN_MUST_CHECK               __attribute__((warn_unused_result))

/* The struct that holds `member` at `ptr`. */
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define ARRAY_LEN(a)                    (sizeof(a) / sizeof((a)[0]))

/* ------------------------------------------------------------------------------------ 0. limits */

enum {
    LIMIT_PATH = 4096,  /* bytes of a path with its terminator, as the original's system calls */
    LIMIT_NAME = 65535, /* bytes of one name: what a 9P string can carry */
    LIMIT_LINKS_TOTAL = 4096, /* link expansions of one walk, VQ-21 / FQ-56 */
};

/* ------------------------------------------------------------------------------ 1. result codes */

/*
 * 0 is success. -1 .. -4095 is a plain errno. The ramfs family of the original has error values of
 * its own that equal an errno for a caller of the VFS, but are not identical to it and print
 * differently (contract filesystems 1.3): these are
 * -(CODE_INTERNAL + errno). CODE_FATE says that the domain met its fate (3): the only thing left to
 * do is to return it. A code compares equal to another only if the original's error values would.
 */
enum {
    CODE_INTERNAL = 1 << 13,
    ERR_INVALID_OP = -(CODE_INTERNAL + EINVAL),     /* "invalid operation" */
    ERR_DENIED = -(CODE_INTERNAL + EACCES),         /* "operation denied" */
    ERR_NOT_FOUND = -(CODE_INTERNAL + ENOENT),      /* "node not found" */
    ERR_CROSS_DEVICE = -(CODE_INTERNAL + EXDEV),    /* "can't link across filesystems" */
    ERR_IS_DIRECTORY = -(CODE_INTERNAL + EISDIR),   /* "is a directory" */
    ERR_NOT_DIRECTORY = -(CODE_INTERNAL + ENOTDIR), /* "not a directory" */
    ERR_NOT_EMPTY = -(CODE_INTERNAL + ENOTEMPTY),   /* "directory not empty" */
    ERR_WOULD_BLOCK = -(CODE_INTERNAL + EAGAIN),    /* "request would block" */
    ERR_INTERRUPTED = -(CODE_INTERNAL + EINTR),     /* "request was interrupted" */
    ERR_SIZE_LIMIT = -(CODE_INTERNAL + EFBIG),      /* "exceeds file size limit" */
    CODE_FATE = -(1 << 20),
};

/* Positive errno of a code; 0 for success; EIO for CODE_FATE (which must not reach a wire). */
int code_errno(int code);
/* The text as the original prints it ("no such file or directory", "operation denied", "errno
 * 134"). Static storage. */
const char *code_text(int code);
/* "ENOENT"; "" for success; "E<n>" never: an unknown errno gives "EUNKNOWN". Static storage. */
const char *code_name(int code);

/* ------------------------------------------------------------------------------------- 2. error */

struct domain;

/* A pipeline-level error: code and text. Zero-initialised means "no error". The text belongs to the
 * struct. */
struct error {
    int code;
    char *text; /* owned, stands in the ledger of the domain that set it */
};

/*
 * Set code and text, replacing what was there. Returns `code`, or CODE_FATE when the domain met its
 * fate or memory ran out. `err` may be NULL where nobody wants the text; a `code` of CODE_FATE
 * leaves `err` alone.
 */
int error_set(struct domain *d, struct error *err, int code, const char *fmt, ...)
    SIMRUN_PRINTF(4, 5);
/* Set `code` with its own text (code_text). Returns `code`. CODE_FATE leaves `err` alone. */
int error_code(struct domain *d, struct error *err, int code);
/* Put "context: " before the text that is there. Returns the code that is there. */
int error_wrap(struct domain *d, struct error *err, const char *fmt, ...) SIMRUN_PRINTF(3, 4);
void error_release(struct error *err);

/* -------------------------------------------------------------------------------------- 7. list
 * (before the domain, which is made of lists) */

/* A circular doubly linked list; an element embeds a node. A node that is in no list points to
 * itself. */
struct list {
    struct list *prev, *next;
};

static inline void list_init(struct list *l)
{
    l->prev = l->next = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

static inline void list_insert_before(struct list *at, struct list *node)
{
    node->prev = at->prev;
    node->next = at;
    at->prev->next = node;
    at->prev = node;
}

static inline void list_push_back(struct list *head, struct list *node)
{
    list_insert_before(head, node);
}

static inline void list_push_front(struct list *head, struct list *node)
{
    list_insert_before(head->next, node);
}

static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

#define list_for_each(it, head) for (struct list *it = (head)->next; it != (head); it = it->next)
/* Safe against removal of `it`. */
#define list_for_each_safe(it, head)                                                               \
    for (struct list *it = (head)->next, *it##_next = it->next; it != (head);                      \
         it = it##_next, it##_next = it->next)

/* ----------------------------------------------------------------------------------- 10. quirks */

enum quirk {
#define QUIRK(ident, id, def, fix, strict, subject) ident,
#include "quirks.def"
#undef QUIRK
    QUIRK_COUNT
};

enum profile {
    PROFILE_GVISOR_2018_08_14,         /* default: equal to the recorded cases */
    PROFILE_GVISOR_2018_08_14_0B3BFE2, /* the same source with one later commit */
    PROFILE_STRICT,                    /* every "fix" and "(s)" of the contract applied */
    PROFILE_COUNT
};

/* The table of switchable rows: its value in this domain and whether anyone asked. 1 = the
 * original's behaviour. */
struct quirks {
    uint8_t value[QUIRK_COUNT];
    bool asked[QUIRK_COUNT];
};

void quirks_init(struct quirks *q, enum profile profile);
/* Name of a profile ("gvisor-2018-08-14"), and the reverse: 0 or -EINVAL. */
const char *profile_name(enum profile profile);
int profile_parse(const char *name, enum profile *ret);
const char *quirk_id(enum quirk q);      /* "VQ-09" */
const char *quirk_subject(enum quirk q); /* one line */
/* 0 or -EINVAL; a row that restates another one (QUIRK_SAME) gives that other one. */
int quirk_parse(const char *id, enum quirk *ret);

/* ------------------------------------------------------------------------------------ 3. domain */

/*
 * How a domain can end other than well. Sticky: the first one wins. After a fate no destructor of
 * the model runs: every x_put returns at once (domain_dead), and domain_close frees what stands in
 * the ledger.
 */
enum fate {
    FATE_NONE,
    FATE_PANIC, /* the original aborts; `fate_text` is its panic text */
    FATE_HANG,  /* the original never comes back */
    FATE_OOM,   /* our side ran out of memory (or was told to) */
};

enum log_level { LOG_DEBUG = 'D', LOG_INFO = 'I', LOG_WARNING = 'W' };

struct log_line {
    enum log_level level;
    char *text; /* owned by the log */
};

struct owned_fd; /* 4 */

/* Where its small allocations come from (private to core). */
enum { DOMAIN_BLOCK_BINS = 65 };
struct domain_blocks {
    struct block *free[DOMAIN_BLOCK_BINS]; /* by size */
    struct chunk *chunks;                  /* owned */
    char *at;                              /* in the newest chunk: not yet cut */
    size_t left;
};

struct domain {
    const char *name; /* for messages; not owned */

    enum fate fate;
    char *fate_text; /* outside of the ledger; never NULL from a fate until domain_close */
    uint64_t fate_checks, fate_inject_at; /* tests: panic at this check; 0 = never */

    struct list ledger; /* every allocation and descriptor that lives */
    size_t live, live_bytes;
    uint64_t allocs, alloc_fail_at; /* tests: fail the n-th allocation; 0 = never */
    struct domain_blocks blocks;

    struct list leaks; /* modelled leaks: references that the original would have lost */
    size_t leak_count; /* how many were ever added */

    struct list jobs;     /* 5 */
    unsigned jobs_barred; /* > 0: that many locks are held, nothing may be drained */
    bool jobs_draining;

    struct log_line *log;
    size_t log_n, log_cap;

    int64_t now_ns; /* the injected clock: advances by one microsecond at each question */
    uint64_t random_state;
    struct quirks quirks;
};

/* `name` must outlive the domain. The clock starts at 2018-08-14T00:00:00Z, the random source at a
 * fixed seed. */
void domain_init(struct domain *d, const char *name, enum profile profile);

/*
 * Ends a domain: drains the jobs and releases the modelled leaks (unless a fate was met), then
 * frees the log, the fate's text and everything that still stands in the ledger, error texts
 * included. Returns how many things still stood there. Without a fate that is a bug, and `report`
 * (may be NULL) is called for each with its kind and size; after a fate it is what was abandoned,
 * and nothing is reported. `fate`, `fate_checks`, `allocs` and `leak_count` stay readable
 * afterwards.
 */
size_t domain_close(struct domain *d, void (*report)(void *arg, const char *kind, size_t size),
                    void *arg);

/* Meet the fate; returns CODE_FATE. The first one stays. */
int domain_panic(struct domain *d, const char *fmt, ...) SIMRUN_PRINTF(2, 3);
int domain_hang(struct domain *d, const char *why);
int domain_oom(struct domain *d);

#ifdef __clang_analyzer__
/* What declarations cannot tell the static analyzer: a failure is never 0. */
#define error_set(...)    (error_set(__VA_ARGS__) ?: CODE_FATE)
#define domain_panic(...) (domain_panic(__VA_ARGS__) ?: CODE_FATE)
#endif

static inline bool domain_dead(const struct domain *d)
{
    return d->fate != FATE_NONE;
}

/* Entry points and every send ask this first: 0, or CODE_FATE. Counts checks and injects a fate
 * when told to. */
int domain_check(struct domain *d) SIMRUN_MUST_CHECK;

/* Nanoseconds since the epoch of the injected clock; each call is one microsecond later than the
 * one before. */
int64_t domain_now(struct domain *d);
uint64_t domain_random(struct domain *d);

/* Ask a quirk row by name: 1 = act as the original does. Remembers that it was asked. */
static inline bool quirk_on(struct domain *d, enum quirk q)
{
    d->quirks.asked[q] = true;
    return d->quirks.value[q] != 0;
}

/* One line of the log. Lines of level D are kept too; whoever prints decides. Out of memory: fate
 * oom. After a fate: nothing. */
void log_line(struct domain *d, enum log_level level, const char *fmt, ...) SIMRUN_PRINTF(3, 4);
void log_add(struct domain *d, enum log_level level, const char *text);

/*
 * A reference that the original would have leaked where somebody can see it. Ownership of one
 * reference of `obj` passes to the list; `put` releases it when the domain closes (or when
 * domain_release_leaks is called after capture).
 */
struct leak {
    struct list link;
    enum quirk quirk;
    void *obj;
    void (*put)(void *obj);
};
int domain_leak(struct domain *d, enum quirk quirk, void *obj, void (*put)(void *obj));
void domain_release_leaks(struct domain *d);

/* ------------------------------------------------------------------------------------ 4. memory */

/*
 * All memory of a domain is allocated here, zeroed, and stands in its ledger under `kind` (static
 * text such as "inode") until mem_free; payloads are 16-byte aligned. NULL means that the domain
 * met a fate (mostly oom): return CODE_FATE. mem_free(NULL) is fine. After a fate mem_free is a
 * no-op (the ledger frees everything at the end), so that cleanup code may run through its frees in
 * any state.
 */
void *mem_new(struct domain *d, size_t size, const char *kind);
/* Grow or make (`p` NULL) an array of `n` elements; content is kept, the rest zeroed; `p` stays
 * valid on failure. */
void *mem_resize(struct domain *d, void *p, size_t old_n, size_t n, size_t elem, const char *kind);
/* Grow or make a buffer of `n` bytes: what is new holds anything, so that room for much costs
 * nothing until it is used. */
void *mem_buffer(struct domain *d, void *p, size_t n, const char *kind);
void mem_free(void *p);
char *mem_dup(struct domain *d, const char *s);
char *mem_dupn(struct domain *d, const char *s, size_t n);
/* Texts one behind the other, up to a NULL. */
char *mem_join(struct domain *d, const char *first, ...) __attribute__((sentinel));
char *mem_printf(struct domain *d, const char *fmt, ...) SIMRUN_PRINTF(2, 3);
char *mem_vprintf(struct domain *d, const char *fmt, va_list ap) SIMRUN_PRINTF(2, 0);
#define MEM_NEW(d, type) ((type *)mem_new((d), sizeof(type), #type))

/* A descriptor that stands in the ledger and is closed exactly once, also when the domain is
 * abandoned. */
struct owned_fd {
    int fd;
    void (*end)(void *arg, int fd); /* closes it */
    void *arg;
};
/* Takes ownership of `fd` also on failure (then it is closed). 0, -EBADF for a negative one, or
 * CODE_FATE. */
int owned_fd_new(struct domain *d, int fd, const char *kind, struct owned_fd **ret);
/* The same for one that goes back to whom it belongs: `end` is called instead of close. 0 or
 * CODE_FATE. */
int owned_fd_lent(struct domain *d, int fd, const char *kind, void (*end)(void *arg, int fd),
                  void *arg, struct owned_fd **ret);
void owned_fd_free(struct owned_fd *f); /* closes */
/* The descriptors that stand in the ledger: returns how many, and fills in the first `cap` numbers.
 */
size_t domain_fds(const struct domain *d, int *v, size_t cap);

/* For `__attribute__((cleanup(...)))` on a `char *` local. */
static inline void mem_freep(char **p)
{
    mem_free(*p);
}
#define CLEANUP_MEM __attribute__((cleanup(mem_freep)))

/* -------------------------------------------------------------------------------------- 5. jobs */

/* Asynchronous work (the original's global group). The node lives in the object, so queueing cannot
 * fail. */
struct job {
    struct list link;
    void (*run)(struct job *job);
};
/* Queue; must not be queued already. */
void job_queue(struct domain *d, struct job *job, void (*run)(struct job *));
/* Run everything queued, also what the jobs queue themselves. Does nothing under a modelled lock or
 * after a fate. */
void jobs_drain(struct domain *d);

/* ------------------------------------------------------------------------------------- 6. locks */

/*
 * A modelled reader-writer lock. There is one task, so only the words are kept: read on read is
 * allowed, write on any hold or read on one's own write waits for itself, which is fate hang
 * ("waits for itself: NAME"). The order of locks is the caller's duty. While any lock is held no
 * job runs (5). Unlocking after a fate does nothing.
 */
struct lockword {
    uint32_t readers;
    bool writer;
};
int lock_read(struct domain *d, struct lockword *l, const char *name) SIMRUN_MUST_CHECK;
int lock_write(struct domain *d, struct lockword *l, const char *name) SIMRUN_MUST_CHECK;
void unlock_read(struct domain *d, struct lockword *l);
void unlock_write(struct domain *d, struct lockword *l);

/* -------------------------------------------------------------------------------- 7. containers */

/*
 * A map from names (any bytes but NUL) to elements that embed a node, ordered by bytes. A treap
 * with priorities derived from the names: the shape is the same in every run.
 */
struct namenode {
    struct namenode *left, *right, *parent;
    const char *name; /* not owned: the element keeps it alive and unchanged while it is in a map */
    uint64_t prefix;  /* its first bytes as a number, so that most comparisons need no text */
    uint32_t priority;
};
struct namemap {
    struct namenode *root;
    size_t n;
};
struct namenode *namemap_find(const struct namemap *m, const char *name);
/* The first node whose name is greater than `name`; `name` NULL gives the first of all. NULL at the
 * end. */
struct namenode *namemap_after(const struct namemap *m, const char *name);
struct namenode *namemap_first(const struct namemap *m);
struct namenode *namenode_next(const struct namenode *node);
/* Insert under node->name (set by the caller), which must not be present. Cannot fail. */
void namemap_insert(struct namemap *m, struct namenode *node);
void namemap_remove(struct namemap *m, struct namenode *node);

/* A growing byte string. On fate oom it stays as it was and str_take returns NULL. Contents are NUL
 * terminated. */
struct str {
    struct domain *d;
    char *p; /* owned; NULL while empty */
    size_t n, cap;
};
void str_init(struct str *s, struct domain *d);
void str_release(struct str *s);
void str_grow_and_add(struct str *s, const char *bytes, size_t n); /* when there is no room */
static inline void str_addn(struct str *s, const char *bytes, size_t n)
{
    if (n >= s->cap - s->n || domain_dead(s->d)) {
        str_grow_and_add(s, bytes, n);
        return;
    }
    if (n > 0) {
        memcpy(s->p + s->n, bytes, n);
    }
    s->n += n;
    s->p[s->n] = '\0';
}
static inline void str_add(struct str *s, const char *text)
{
    str_addn(s, text, strlen(text));
}
static inline void str_addc(struct str *s, char c)
{
    str_addn(s, &c, 1);
}
void str_addi(struct str *s, int64_t value); /* in decimal */
void str_addf(struct str *s, const char *fmt, ...) SIMRUN_PRINTF(2, 3);
void str_vaddf(struct str *s, const char *fmt, va_list ap) SIMRUN_PRINTF(2, 0);
/* Room for `n` bytes behind the contents, for who writes them himself: NULL on fate oom. They count
 * from str_wrote on, which is told where they end. */
char *str_room(struct str *s, size_t n);
static inline void str_wrote(struct str *s, char *end)
{
    *end = '\0';
    s->n = (size_t)(end - s->p);
}
/* Append the Go %q form of `text`: double quotes and escapes (contract pipeline 3). */
void str_addq(struct str *s, const char *text);
static inline const char *str_get(const struct str *s)
{
    return s->p ? s->p : "";
}
/* Hand the text over to the caller (mem_free it); the builder is empty afterwards. NULL when memory
 * ran out. */
char *str_take(struct str *s);

/* qsort for an array that is sorted but for a few elements: then it compares neighbours and moves
 * those. */
void sort_nearly(void *v, size_t n, size_t size, int (*order)(const void *a, const void *b));

/* A growing vector of pointers (not owned unless the user says so). */
struct ptrvec {
    struct domain *d;
    void **p; /* the array is owned */
    size_t n, cap;
};
void ptrvec_init(struct ptrvec *v, struct domain *d);
void ptrvec_release(struct ptrvec *v);
int ptrvec_push(struct ptrvec *v, void *ptr) SIMRUN_MUST_CHECK; /* 0 or CODE_FATE */

/* ------------------------------------------------------------------------------------- 8. paths */

/* Lexical cleaning, joining and absolute form (contract pipeline 2). New strings; NULL = fate oom.
 */
char *path_clean(struct domain *d, const char *p);
char *path_join(struct domain *d, const char *a, const char *b);
char *path_abs(struct domain *d, const char *base, const char *p);
/* A name that a directory entry can have: not empty, not "." or "..", no '/'. */
bool name_is_safe(const char *name);
/* Bytewise order of two names. */
int name_compare(const char *a, const char *b);

/* -------------------------------------------------------------------------------------- 9. text */

/* Go's %q of one string: a new string, NULL = fate oom. */
char *go_quote(struct domain *d, const char *s);
/* Is this code point printed as it is by Go's %q (Unicode 10, as the original's Go release)? */
bool go_is_print(uint32_t rune);
/*
 * Go's number parsers on decimal or octal digits. 0, or -EINVAL with `err` filled with the exact
 * text "strconv.<func>: parsing <q>: invalid syntax" or "... value out of range". As in Go *ret is
 * set on failure too: 0 on a syntax error, the nearest value on a range error (FQ-23 prints it).
 * Base 2 to 36, bits 1 to 64.
 */
int go_parse_uint(struct domain *d, const char *func, const char *s, int base, int bits,
                  uint64_t *ret, struct error *err);
int go_parse_int(struct domain *d, const char *func, const char *s, int base, int bits,
                 int64_t *ret, struct error *err);
int go_parse_bool(struct domain *d, const char *s, bool *ret, struct error *err);

/*
 * Generic mount options (contract vfs 4, filesystems 1.2): split at ',', drop empty pieces, split
 * each at its first '='; the last duplicate wins. Kept sorted by key.
 */
struct mount_option {
    struct namenode node; /* node.name is the key, owned by the option */
    char *value;          /* owned; "" without '=' */
};
struct mount_options {
    struct domain *d;
    struct namemap map;
};
int mount_options_parse(struct domain *d, const char *data, struct mount_options *ret);
void mount_options_release(struct mount_options *o);
/* The value of `key`, or NULL; the option is taken out (the value belongs to the caller: mem_free).
 */
char *mount_options_take(struct mount_options *o, const char *key);
/* "unsupported mount options: map[k:v k2:v2]" of what is left, as an error (-EINVAL); 0 when
 * nothing is left. */
int mount_options_refuse_rest(struct mount_options *o, struct error *err);

#endif
