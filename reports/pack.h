/* Packed results: what pack*.c make and record.c, store_tree.c and store_mounts.c store.
 *
 * Numbers are in the machine's own form, for both sides are the same program; texts have their
 * length before them. In this order:
 *     name, result, status, fds_left, leaks, duration_ns, line, flaky
 *     input      a mark; PACK_HASH: its hash; PACK_WHOLE: the hash, and for each part a mark
 *     texts      of enum pack_text, each a mark; PACK_HASH: its hash; PACK_WHOLE: hash and text
 *     lines      elements of the log, as JSON, that were not packed before, each after a mark
 *     tree       a mark; PACK_HASH: the root's hash; PACK_WHOLE: directories, the root first,
 *                and the paths that were not packed before, each after a mark
 *     mounts     a mark; PACK_HASH: hash of the list; PACK_WHOLE: hash and mounts
 *     findings, attempts
 *     seal       hash of all that stands before it
 */
#ifndef SIMRUN_REPORTS_PACK_H
#define SIMRUN_REPORTS_PACK_H

#include "private.h"

enum pack_mark {
    PACK_NONE,  /* absent */
    PACK_HASH,  /* packed before */
    PACK_WHOLE, /* here */
    PACK_MARKS
};

/* Texts that are stored once and named by their hashes. */
enum pack_text {
    PACK_ERROR,
    PACK_FIRST_TEXT, /* REP_TEXTS of them */
    PACK_FILE = PACK_FIRST_TEXT + REP_TEXTS,
    PACK_REASON,
    PACK_TEXTS
};

enum { PACK_PLACES = 6 }; /* numbers that a mount has of its place in a list */

/* ---- pack_tree.c: a tree becomes directories, closed and hashed one after the other, children
 * before parents, all in memory ---- */

#define PACK_NO_DIR UINT32_MAX

enum { PACK_NODE_TEXTS = 10 };

struct pack_entry {
    const struct rep_node *node; /* NULL = implied by the path of a node below it */
    const char *path;            /* of a node: this one or one below it; not ended after the name */
    uint32_t name;               /* where in it the name begins */
    uint32_t name_size;
    uint32_t child; /* in dirs, or PACK_NO_DIR */
};

struct pack_dir {
    struct rep_hash hash;
    size_t first; /* in entries */
    uint32_t count;
    int64_t below; /* nodes in it and below it */
};

/* A directory that still takes entries; its entries so far are open_entry[first..]. */
struct pack_frame {
    size_t first;
};

struct pack_tree {
    const struct rep_node **sorted;
    size_t sorted_room;
    size_t sorted_count;
    struct pack_entry *open_entry;
    size_t open_count;
    size_t open_room;
    struct pack_frame *frame;
    size_t frame_count;
    size_t frame_room;
    struct pack_entry *entry;
    size_t entry_count;
    size_t entry_room;
    struct pack_dir *dir;
    size_t dir_count;
    size_t dir_room;
    size_t path_bytes; /* of the nodes so far, implied ones too */
};

struct rep_packer {
    struct rep_buf out;
    struct rep_buf scratch;
    struct rep_buf list; /* hashes and places of the mounts */
    struct pack_tree tree;
    /* What was packed: */
    struct rep_hash_set inputs, texts, lines, dirs, paths, lists, mounts;
    struct rep_error error;
};

/* Returns `code` and sets the packer's text. */
int pack_fail(struct rep_packer *packer, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int pack_fail_memory(struct rep_packer *packer);

/* Checks, sorts and hashes the nodes; `*root` is the hash. What it keeps stays until the next call.
 */
int pack_tree_prepare(struct rep_packer *packer, const struct rep_node *nodes, size_t count,
                      struct rep_hash *root);
/* Packs the tree prepared last, and which paths are in it. */
void pack_tree(struct rep_packer *packer);
void pack_tree_release(struct pack_tree *tree);
/* Appends what a directory's hash is made from, node by node in the order of names; `child` may be
 * NULL. */
void pack_hash_node(struct rep_buf *bytes, const char *name, size_t name_size,
                    const struct rep_node *node, const struct rep_hash *child);

/* ---- pack_mounts.c ---- */

enum { PACK_MOUNT_TEXTS = 17 };

void pack_mounts(struct rep_packer *packer, const struct rep_result *result);

/* ---- pack_lines.c ---- */

/* Packs the elements of a JSON array; nothing of what is none. */
void pack_lines(struct rep_packer *packer, const char *json);

/* ---- pack_put.c ---- */

void pack_put(struct rep_buf *out, uint64_t number);
void pack_put_hash(struct rep_buf *out, const struct rep_hash *hash);
void pack_put_seal(struct rep_buf *out);
/* NULL is absent. */
void pack_put_text(struct rep_buf *out, const char *text);
void pack_put_bytes(struct rep_buf *out, const char *text, size_t size);
/* Adds `hash` to what was packed: true when it was there. */
bool pack_seen(struct rep_hash_set *set, const struct rep_hash *hash);

/* ---- pack_get.c ---- */

/* What is left to read. After something that no packer made `bad` stays set, and all that is read
 * is zero or absent. */
struct pack_in {
    const char *p;
    size_t n;
    bool bad;
};

/* A text in the packed bytes; `p` NULL = absent. */
struct pack_piece {
    const char *p;
    size_t n;
};

uint64_t pack_get(struct pack_in *in);
/* A number below `bound`. */
uint64_t pack_get_below(struct pack_in *in, uint64_t bound);
/* How many things follow, of at least so many bytes each. */
size_t pack_get_count(struct pack_in *in, size_t bytes);
struct rep_hash pack_get_hash(struct pack_in *in);
/* Takes the seal off the end; `bad` when it is not that of the bytes: nothing of them is stored. */
void pack_get_seal(struct pack_in *in);
struct pack_piece pack_get_text(struct pack_in *in);
void pack_bind(sqlite3_stmt *stmt, int column, const struct pack_piece *piece);

/* ---- store_tree.c, store_mounts.c ---- */

/* Each reads its part of a packed result and stores it; `*present` false: there is none. */
int store_tree(struct rep_run *run, struct pack_in *in, bool *present, struct rep_hash *root);
int store_mounts(struct rep_run *run, struct pack_in *in, bool *present, struct rep_hash *list);
/* Is what a packer only named in the file? 0, or -EBADMSG. */
int store_check_known(struct rep_db *db, struct rep_hash_set *set, enum rep_sql query,
                      const struct rep_hash *hash);

#endif
