/*
 * mtree: mtree(5) manifests as expected trees.
 *
 * Both dialects are read: names below the directory they stand in, with `..` lines (mtree -c), and
 * full paths, with the path first (mtree -C, bsdtar, rep_mtree_write) or last (mtree -D). A scan
 * finds lines, keywords and where they stand; libarchive decodes paths and values, so that a
 * manifest means here what it means to bsdtar.
 *
 * A keyword that is present must match, one that is absent is not compared; /set and /unset count.
 *   type mode uid gid size nlink link device    compared (device: FORMAT,MAJOR,MINOR)
 *   optional    the node may be missing, with all below it
 *   nochange    only the type is compared
 *   ignore      what is below the directory is not compared
 *   cksum flags gname inode tags time uname content contents resdevice and digests
 *               read over: a result does not know them
 * Others are an error, and so is a path that stands twice. A name is no pattern: `*` is a `*`.
 * Every error names file and line.
 */
#ifndef SIMRUN_SIM_EXPECT_MTREE_H
#define SIMRUN_SIM_EXPECT_MTREE_H

#include "../input/arena.h"

#include <simrun/sim/expect.h>

enum {
    LIMIT_MTREE_ENTRIES = 1000000, /* of one manifest */
    LIMIT_MTREE_LINE = 60000,      /* bytes of an entry with its full path, escaped */
    LIMIT_MTREE_TEXT = 256 << 20,  /* bytes of all of them */
    LIMIT_MTREE_DEPTH = 4096,      /* directories around a name without `/` */
};

enum mtree_keyword {
    MTREE_TYPE,
    MTREE_MODE,
    MTREE_UID,
    MTREE_GID,
    MTREE_SIZE,
    MTREE_NLINK,
    MTREE_LINK,
    MTREE_DEVICE,
    MTREE_COMPARED, /* those before it are compared */
    MTREE_OPTIONAL = MTREE_COMPARED,
    MTREE_NOCHANGE,
    MTREE_IGNORE,
    MTREE_OTHER,
    MTREE_KEYWORDS
};
const char *mtree_keyword_name(enum mtree_keyword k);           /* but MTREE_OTHER; static */
enum mtree_keyword mtree_keyword_find(const char *p, size_t n); /* or MTREE_KEYWORDS */
/* What a value should be ("a number ..."), or NULL when it is that. */
const char *mtree_keyword_check(enum mtree_keyword k, const char *p, size_t n);

/* Bytes of the manifest. */
struct span {
    size_t at, n;
};

/* One line that names a node. Texts live in the arena of the manifest. */
struct mtree_entry {
    uint32_t line; /* from 1 */
    unsigned has;  /* bits 1 << enum mtree_keyword: what holds for it */
    unsigned own;  /* of these, what stands in its own line */
    bool relative; /* a name in the directory that is open */
    size_t start;  /* of its line */
    size_t end;    /* where the line ends, behind its newline and those of its continuations */
    size_t
        parent; /* of a relative one: number of the directory that it is in, from 1; 0 = the root */
    struct span up;   /* of a relative directory: its `..` line; n 0 = it has none */
    struct span name; /* as written */
    struct span value[MTREE_COMPARED]; /* behind the `=`, in the line or in a /set */

    const char *path; /* absolute */
    const char *type; /* as result lines have it: "dir", ...; NULL = not said */
    const char *target;
    uint32_t mode, uid, gid, major, minor;
    uint64_t nlink;
    int64_t size;
};

struct mtree {
    struct domain *d;
    struct arena *arena; /* owned */
    const char *file;    /* for messages; borrowed */
    const char *bytes;   /* borrowed */
    size_t n_bytes;
    struct mtree_entry *entries; /* owned; in the order of the file */
    size_t n, cap;
    struct mtree_entry **sorted; /* owned; by path, as result lines are */
    unsigned keywords;           /* bits of all that stand anywhere in it */
    bool path_last;
};

/* The first bytes of a manifest decide nothing: any text is read. 0; -EINVAL, -E2BIG past a bound,
 * with `err`; CODE_FATE. `ret` is to be released only after 0. */
int mtree_read(struct domain *d, const char *file, const char *bytes, size_t n, struct mtree *ret,
               struct error *err);
void mtree_release(struct mtree *m);

/* Differences to the tree of a result, in `v`. A result without a tree is one difference. */
void compare_mtree(struct verdict *v, const struct mtree *m, const struct sim_result *r);
/* Keywords (bits) in which a node is not what the entry says. */
unsigned mtree_differs(const struct mtree_entry *e, const struct sim_node *node);
/* The value of a keyword as this node would have it, escaped as in a manifest; false: it has none.
 */
bool mtree_value(struct str *out, enum mtree_keyword k, const struct sim_node *node);

/* Bytes as a manifest has them. */
void mtree_escape(struct str *out, const char *text);
/* Should a node that the manifest does not name have a line? Not the root, not what cannot be
 * looked up, not what is ignored. `v` brings the domain. */
bool mtree_wants_line(const struct mtree *m, const struct sim_result *r, const struct sim_node *n,
                      struct verdict *v);
/* May this entry be missing in the result: optional, or below a missing one that is? */
bool mtree_may_miss(const struct mtree *m, const struct sim_result *r, const struct mtree_entry *e,
                    struct verdict *v);
/* The node of a path, or NULL. */
const struct sim_node *result_node(const struct sim_result *r, const char *path);

/* ---- the scan (mtree_scan.c) ---- */

/* Fills m->entries but for what libarchive decodes, and `plain` with all of them for it. */
int mtree_scan(struct mtree *m, struct str *plain, struct error *err);
/*
 * One line for libarchive: `./NUMBER/PATH KEYWORD=VALUE...`, only with what is compared and always
 * with a type; NUMBER is m->n and makes every path another one. `open`: the directories around a
 * relative name. Past LIMIT_MTREE_LINE it may be cut. (mtree_plain.c)
 */
void mtree_plain(struct str *out, const struct mtree *m, const struct mtree_entry *e,
                 const size_t *open, size_t n_open);

#endif
