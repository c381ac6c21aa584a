/* What tree_write.c prepares and tree_store.c stores. */
#ifndef SIMRUN_REPORTS_TREE_H
#define SIMRUN_REPORTS_TREE_H

#include "private.h"

/*
 * A tree becomes directories in two passes. The first sorts the nodes, closes directory after
 * directory and hashes each, all in memory, children before parents. The second asks the file for
 * the root, then only for what hangs below an unknown one.
 */

#define REP_NO_DIR UINT32_MAX

struct rep_entry {
    const struct rep_node *node; /* NULL = implied by the path of a node below it */
    const char *name;            /* in a path; not terminated */
    uint32_t name_size;
    uint32_t child; /* in dirs, or REP_NO_DIR */
};

struct rep_closed_dir {
    struct rep_hash hash;
    size_t first; /* in entries */
    uint32_t count;
    int64_t below; /* nodes in it and below it */
    bool wanted;   /* the file does not have it */
};

/* A directory that still takes entries; its entries so far are open_entry[first..]. */
struct rep_frame {
    size_t first;
};

struct rep_tree_writer {
    const struct rep_node **sorted;
    size_t sorted_room;
    size_t sorted_count;
    struct rep_entry *open_entry;
    size_t open_count;
    size_t open_room;
    struct rep_frame *frame;
    size_t frame_count;
    size_t frame_room;
    struct rep_entry *entry;
    size_t entry_count;
    size_t entry_room;
    struct rep_closed_dir *dir;
    size_t dir_count;
    size_t dir_room;
    size_t path_bytes; /* of the nodes so far, implied ones too */
};

/* Appends what a directory's hash is made from, node by node in the order of names; `child` may be
 * NULL. */
void rep_tree_hash_node(struct rep_buf *bytes, const char *name, size_t name_size,
                        const struct rep_node *node, const struct rep_hash *child);

/* What an implied node is hashed and stored as. */
extern const struct rep_node rep_implied_node;

#endif
