/*
 * What the files of the explanation share: one case, one path, and the facts that were found, in
 * the order in which people want to hear them. explain_load.c reads, explain_walk.c follows the
 * path, explain_node.c and explain_missing.c find facts, explain_print.c tells them.
 */
#ifndef SIMRUN_REPORTS_EXPLAIN_H
#define SIMRUN_REPORTS_EXPLAIN_H

#include "private.h"

#define EXPLAIN_NEAR  3 /* names that are offered in place of a missing one */
#define EXPLAIN_OTHER 5 /* mounts below the path that are told of */
#define EXPLAIN_LOG   8 /* lines of the log that are shown of one mount */

/* One statement. Texts live in the arena, or as long as the case. */
struct explain_fact {
    const char *kind; /* static: node, mount, layer, made, why, hides, option, way, other,
                         operation, log, near, case */
    const char *rule; /* id of a row, or NULL */
    const char *text;
};

/* What the JSON of a mount says, read back. */
struct explain_hidden {
    const char *type;
    const char *fs;
    const char **name; /* owned by the explanation; the first names */
    size_t names;
    int64_t mount;
    int64_t entries; /* -1 = not known */
    bool root;
};

struct explain {
    struct rep_db *db;
    const struct rep_explain *what;
    const struct rep_result *result;
    struct rep_loaded_tree tree; /* count 0 = the case has none */
    struct rep_arena arena;
    struct explain_fact *fact; /* owned */
    size_t facts, fact_room;
    int code; /* sticky: 0 or negative */

    /* Where the path led. */
    const char *path;            /* clean, links on the way followed, as far as it exists or not */
    const struct rep_node *node; /* what is there, or NULL */
    const struct rep_node *last; /* the deepest node that is there: `node`, or what is above it */
    const char *missing;         /* the first name that is not in `last`; NULL = none */
    int mount;                   /* index of the mount that `last` belongs to; -1 = not known */
};

/* ---- explain.c ---- */

/* Adds a fact. After a failure nothing more. */
void explain_add(struct explain *x, const char *kind, const char *rule, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A text of the arena; "" after a failure. */
const char *explain_text(struct explain *x, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "spec[2] /data (bind)", "the root mount", "the default /proc (proc)". */
const char *explain_mount_name(struct explain *x, size_t index);
/* "a directory", "a file", ... of a type as nodes spell it. */
const char *explain_type(const char *type);
/* What is below a mount's overlay: its source, or for file systems of our own their name. */
const char *explain_source(const struct rep_mount *mount);
/* The layers that have a node, top first: "tmpfs 9p stub". */
const char *explain_layers(struct explain *x, const struct rep_node *node);
/* Is `node` the root of its mount? */
bool explain_is_root(const struct explain *x);
bool explain_has_word(const char *words, const char *word);
/* Is `path` the directory `dir` or below it? Both clean. */
bool explain_within(const char *path, const char *dir);
/* A destination without `.`, `..` and empty parts, absolute. */
const char *explain_clean(struct explain *x, const char *path);

/* ---- explain_load.c ---- */

/* One call for each row of `sql` over the JSON text `json` (NULL: no call), bound as ?1. */
typedef void explain_row_fn(struct explain *x, sqlite3_stmt *stmt, void *arg);
void explain_each(struct explain *x, const char *sql, const char *json, explain_row_fn *row,
                  void *arg);
/* A column's text in the arena; NULL for NULL. */
const char *explain_column(struct explain *x, sqlite3_stmt *stmt, int column);
/* The hidden node of a mount; false when nothing is known. */
bool explain_hidden(struct explain *x, const struct rep_mount *mount, struct explain_hidden *ret);
void explain_hidden_release(struct explain_hidden *hidden);
/* The node at a clean path, or NULL. */
const struct rep_node *explain_find(const struct explain *x, const char *path);

/* ---- explain_walk.c ---- */

/* Follows the path as a process would, a link at the end not, and tells what is on the way. */
void explain_walk(struct explain *x);

/* ---- explain_node.c, explain_missing.c ---- */

void explain_node(struct explain *x);
void explain_missing(struct explain *x);
/* Why the mount is as it is, what it hides, what its options did, its log. */
void explain_mount(struct explain *x, size_t index);
/* Mounts at or below the path that do not show, and why; returns how many. */
size_t explain_unseen(struct explain *x, const char *path);
/* The same of one mount that does not show, whatever its place. */
void explain_unseen_mount(struct explain *x, size_t index, const char *path);
/* Operations that name the path. */
void explain_operations(struct explain *x, const char *path);

/* ---- explain_print.c ---- */

void explain_print_text(struct explain *x, struct rep_out *out);
void explain_print_json(struct explain *x, struct rep_out *out);

#endif
