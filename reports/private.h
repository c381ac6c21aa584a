/* Shared by the source files of reports/ and by their tests; nobody else includes it. */
#ifndef SIMRUN_REPORTS_PRIVATE_H
#define SIMRUN_REPORTS_PRIVATE_H

#include <simrun/reports.h>

#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>

#define REP_BUSY_MS 10000

/* ---- memory.c: a growing buffer and an arena --------------------------------------------------
 */

/* A failed append sets `failed` and drops what follows, so that a chain of appends is checked once.
 */
struct rep_buf {
    char *data; /* owned; NUL-terminated once anything was appended */
    size_t size;
    size_t room;
    bool failed;
};

void rep_buf_release(struct rep_buf *buf);
void rep_buf_clear(struct rep_buf *buf); /* keeps the memory */
/* Room for so many bytes and a NUL; what rep_buf_reserve calls when there is none. */
bool rep_buf_grow(struct rep_buf *buf, size_t more);

static inline bool rep_buf_reserve(struct rep_buf *buf, size_t more)
{
    return (buf->data && !buf->failed && more < buf->room - buf->size) ||
           (rep_buf_grow(buf, more) && buf->data);
}

static inline void rep_buf_add(struct rep_buf *buf, const void *data, size_t size)
{
    if (rep_buf_reserve(buf, size)) {
        if (size > 0) {
            memcpy(buf->data + buf->size, data, size);
        }
        buf->size += size;
        buf->data[buf->size] = '\0';
    }
}
void rep_buf_str(struct rep_buf *buf, const char *text);
void rep_buf_fmt(struct rep_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void rep_buf_json(struct rep_buf *buf, const char *text, size_t size); /* quoted */
/* For a <script>: no '<' in it; a byte that is not UTF-8 becomes a lone surrogate, U+DC00 + byte.
 */
void rep_buf_json_script(struct rep_buf *buf, const char *text, size_t size);
/* A member of the JSON object that the buffer is in, after a comma unless it is the first: the key
 * alone, or with a text (NULL: no member at all), a number, a truth. */
void rep_buf_key(struct rep_buf *buf, const char *key);
void rep_buf_member(struct rep_buf *buf, const char *key, const char *text);
/* The same where an absent text stands as null. */
void rep_buf_nullable(struct rep_buf *buf, const char *key, const char *text);
void rep_buf_number(struct rep_buf *buf, const char *key, int64_t value);
void rep_buf_truth(struct rep_buf *buf, const char *key, bool value);
/* Length-prefixed, absent told from empty: what hashes are made of. */
void rep_buf_field(struct rep_buf *buf, const char *text);
void rep_buf_u64(struct rep_buf *buf, uint64_t value);

/* The array with room for `need` elements; NULL when memory is out (the old one is then untouched).
 */
void *rep_grow(void *array, size_t *room, size_t need, size_t element);

struct rep_chunk;
struct rep_arena {
    struct rep_chunk *head; /* owned */
};

void rep_arena_release(struct rep_arena *arena);
/* A NUL-terminated copy that lives as long as the arena; NULL when memory is out. */
char *rep_arena_copy(struct rep_arena *arena, const void *data, size_t size);

/* ---- hash.c ------------------------------------------------------------------------------------
 */

struct rep_hash rep_hash_of(const void *data, size_t size);

/* What is known to be in the file. It forgets all when it reaches its bound; that only costs SQL,
 * while a larger bound costs memory that grows with the run. */
struct rep_hash_set {
    struct rep_hash *slot; /* owned; all-zero = free */
    size_t room;           /* a power of two */
    size_t used;
};

#define REP_HASH_SET_BOUND (1u << 15)

void rep_hash_set_release(struct rep_hash_set *set);
bool rep_hash_set_has(const struct rep_hash_set *set, const struct rep_hash *hash);
void rep_hash_set_add(struct rep_hash_set *set, const struct rep_hash *hash);

/* ---- sql.c: every statement that is kept prepared ----------------------------------------------
 */

enum rep_sql {
    REP_SQL_BEGIN,
    REP_SQL_COMMIT,
    REP_SQL_ROLLBACK,
    REP_SQL_SAVEPOINT,
    REP_SQL_RELEASE,
    REP_SQL_ROLLBACK_TO,
    REP_SQL_ADD_BLOB,
    REP_SQL_HAS_BLOB,
    REP_SQL_ADD_INPUT,
    REP_SQL_HAS_INPUT,
    REP_SQL_ADD_PLAN,
    REP_SQL_PLAN_INPUT,
    REP_SQL_ADD_RESULT,
    REP_SQL_RESULT_INPUT,
    REP_SQL_ADD_FINDING,
    REP_SQL_ADD_ATTEMPT,
    REP_SQL_HAS_MOUNTS,
    REP_SQL_ADD_MOUNTS,
    REP_SQL_ADD_MOUNT_ITEM,
    REP_SQL_ADD_MOUNT,
    REP_SQL_MOUNT_ID,
    REP_SQL_HAS_DIR,
    REP_SQL_ADD_DIR,
    REP_SQL_ADD_NODE,
    REP_SQL_DIR_COUNTS,
    REP_SQL_DIR_NODES,
    REP_SQL_SEARCH_ERROR,
    REP_SQL_SEARCH_LOG,
    REP_SQL_SEARCH_PATH,
    REP_SQL_SEARCH_LAST,
    REP_SQL_SEARCH_INDEX,
    REP_SQL_SEARCH_STATE,
    REP_SQL_COUNT
};

struct rep_db {
    sqlite3 *sql;
    char *path;
    enum rep_mode mode;
    int lock_fd; /* -1 = none */
    struct rep_error error;
    struct rep_run *run; /* owned; NULL = none is being recorded */
    sqlite3_stmt *kept[REP_SQL_COUNT];
    struct rep_hash_set blobs;
    struct rep_hash_set inputs;
    struct rep_hash_set mounts;    /* lists */
    struct rep_mount_id *mount_id; /* owned; REP_MOUNT_IDS of them, or NULL */
    struct rep_hash_set dirs;
    struct rep_hash_set errors; /* of search_item */
};

/* A kept statement, reset and ready to bind; it belongs to `db`. */
int rep_sql_kept(struct rep_db *db, enum rep_sql which, sqlite3_stmt **stmt);
/* A statement of its own, to be finalized by the caller. */
int rep_sql_prepare(struct rep_db *db, const char *text, sqlite3_stmt **stmt);
/* Steps a statement that gives no rows and resets it. */
int rep_sql_done(struct rep_db *db, sqlite3_stmt *stmt, const char *doing);
/* 1 = a row, 0 = the end, or negative. */
int rep_sql_row(struct rep_db *db, sqlite3_stmt *stmt, const char *doing);
int rep_sql_exec(struct rep_db *db, const char *text, const char *doing);
int rep_sql_kept_exec(struct rep_db *db, enum rep_sql which, const char *doing);
int rep_sql_int(struct rep_db *db, const char *text, int64_t *value);
void rep_sql_release(struct rep_db *db); /* finalizes what is kept */

void rep_bind_text(sqlite3_stmt *stmt, int column, const char *text); /* NULL binds NULL */
void rep_bind_hash(sqlite3_stmt *stmt, int column, const struct rep_hash *hash);
/* Copies a hash column; false when it is NULL or not a hash. */
bool rep_column_hash(sqlite3_stmt *stmt, int column, struct rep_hash *hash);
const char *rep_column_text(sqlite3_stmt *stmt, int column); /* NULL for NULL; sqlite's memory */

/* ---- error.c -----------------------------------------------------------------------------------
 */

/* Both return `code` and set the text to "PATH: ...". */
int rep_fail(struct rep_db *db, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int rep_fail_memory(struct rep_db *db);
/* From sqlite's last error; `doing` completes "cannot ...". A statement of ours that finds damage
 * says so by json_each('{}', 'the file is damaged: ...'): -EBADMSG. */
int rep_fail_sql(struct rep_db *db, const char *doing);
int rep_fail_sql_code(struct rep_db *db, int sqlite_code, const char *doing);

/* ---- migrate.c ---------------------------------------------------------------------------------
 */

extern const char rep_schema_sql[];    /* all tables, as they are now */
extern const char rep_views_sql[];     /* all views */
extern const char rep_migrate_2_sql[]; /* tables from version 1 to 2 */

/* [0] makes the tables of the newest version in an empty file; [n] brings version n to n + 1. */
struct rep_step {
    const char *sql;
};

/* Brings the file from its user_version to `count` and makes the views anew, also where only they
 * are not ours; a newer file is refused, and so is any step for a reader. */
int rep_migrate(struct rep_db *db, const struct rep_step *steps, int count);
int rep_migrate_all(struct rep_db *db);

/* ---- schema_check.c ----------------------------------------------------------------------------
 */

/* Are the tables and views of our names what we make under them, but for comments and line breaks?
 * What else is in the file is its owner's. -EBADMSG and a text that names the first that is not. */
int rep_schema_check(struct rep_db *db);
/* 1 = a view of ours is missing or another, 0 = none. */
int rep_views_differ(struct rep_db *db);
/* Names the views of our text one after the other; the text behind goes on in `*sql`. */
bool rep_next_view(const char **sql, const char **name, size_t *size);

/* ---- open.c ------------------------------------------------------------------------------------
 */

bool rep_is_network_fs(unsigned long magic); /* f_type of statfs */

/* ---- run.c, plan.c -----------------------------------------------------------------------------
 */

struct rep_run {
    struct rep_db *db;
    int64_t id;
    int64_t planned;
    unsigned batch;
    unsigned pending; /* results in the open transaction */
    bool in_transaction;
    int failed; /* the file failed with this; nothing more is recorded */
    struct rep_buf scratch;
    struct rep_packer *packer; /* owned; of what rep_record is given */
    bool searching;            /* the open transaction added to search_item ... */
    int64_t search_last;       /* ... behind this one */
};

int rep_run_enter(struct rep_run *run); /* opens a transaction when none is open */
/* After a failure in a transaction: undo it, forget the caches, mark the run. */
int rep_run_break(struct rep_run *run, int code);
void rep_run_free(struct rep_run *run);
/* `hash` is the key's own. */
int rep_input_store(struct rep_run *run, const struct rep_hash *hash,
                    const struct rep_input_key *key);
int rep_count_run(struct rep_db *db, int64_t run, struct rep_counts *counts);
void rep_forget_caches(struct rep_db *db);

/* ---- record.c ----------------------------------------------------------------------------------
 */

int rep_blob_store(struct rep_db *db, const struct rep_bytes *bytes, bool is_text,
                   struct rep_hash *hash);
extern const char *const rep_text_names[REP_TEXTS]; /* columns of result */

/* ---- pack_tree.c -------------------------------------------------------------------------------
 */

/* Tree order: like bytes, but '/' before everything else, so that a directory's nodes follow it. */
int rep_path_compare(const char *a, const char *b);
/* Absolute, without empty components, `.` and `..`; NULL is not. */
bool rep_path_is_good(const char *path);

/* ---- store_mounts.c ----------------------------------------------------------------------------
 */

/* Where a mount is stored. The newest are remembered, each at the place that its hash gives. */
struct rep_mount_id {
    struct rep_hash hash;
    int64_t id; /* 0 = none */
};

#define REP_MOUNT_IDS (1u << 15)

/* ---- tree_read.c -------------------------------------------------------------------------------
 */

/* A tree read back, in tree order. Owns everything in it. */
struct rep_tree_node {
    struct rep_node node; /* type NULL = not recorded, only on the way */
    const char *name;
    uint32_t depth; /* of "/" 0 */
    bool last;      /* of its directory */
};

struct rep_loaded_tree {
    struct rep_tree_node *node;
    size_t count;
    size_t room;
    struct rep_arena arena;
};

int rep_tree_load(struct rep_db *db, const struct rep_hash *root, struct rep_loaded_tree *tree);
void rep_tree_release(struct rep_loaded_tree *tree);

/* One directory's nodes, sorted by name; path is the name. `child` is false in has_child for
 * nothing below. */
struct rep_dir_entry {
    struct rep_node node;
    struct rep_hash child;
    bool has_child;
};

struct rep_dir_list {
    struct rep_dir_entry *entry;
    size_t count;
    size_t room;
};

/* Nodes of a tree as its root directory counts them; -EBADMSG when that passes the bounds. */
int rep_tree_count(struct rep_db *db, const struct rep_hash *root, size_t *count);
/* Appends the nodes of `dir` to `list`; strings live in `arena`. -EBADMSG when they are not as many
 * as the directory counts, or have names that no node can have. */
int rep_dir_load(struct rep_db *db, const struct rep_hash *dir, struct rep_arena *arena,
                 struct rep_dir_list *list);
/* A node's attributes on one line, as the view node_text has them. */
void rep_node_text(const struct rep_node *node, struct rep_buf *text);

/* ---- tree_check.c ------------------------------------------------------------------------------
 */

/* Is every directory of the file what its hash says, and are its counts right? -EBADMSG otherwise.
 * What is merged is trusted from then on: equal hashes are not looked into again. */
int rep_trees_check(struct rep_db *db);

/* ---- tree_walk.c --------------------------------------------------------------------------------
 */

/* The directories from a root down to where a walk stands. A file that somebody made up may name a
 * directory inside itself. */
struct rep_way {
    struct rep_hash *dir; /* owned */
    size_t room;
};

/* Goes on at `dir`, which has `depth` directories above it: those that were entered last with 0,
 * 1, ... -EBADMSG when it is one of them, or there are too many. */
int rep_way_enter(struct rep_db *db, struct rep_way *way, size_t depth, const struct rep_hash *dir);
void rep_way_release(struct rep_way *way);

/* A directory on the way down. */
struct rep_level {
    struct rep_dir_list list;
    size_t next;      /* entry that comes next */
    size_t path_size; /* of the directory itself, for who counts it */
};

/* A walk over a whole tree. Begins as {.db, .arena}; released in any case. */
struct rep_walk {
    struct rep_db *db;
    struct rep_arena *arena; /* borrowed: of what is loaded */
    struct rep_level *level; /* owned; level[depth - 1] is where it stands */
    size_t depth;
    size_t room;
    struct rep_way way;
};

/* Goes down into a directory, which it loads; -EBADMSG as rep_way_enter and rep_dir_load. */
int rep_walk_enter(struct rep_walk *walk, const struct rep_hash *dir);
const struct rep_hash *rep_walk_dir(const struct rep_walk *walk); /* where it stands */
void rep_walk_leave(struct rep_walk *walk);                       /* up again */
void rep_walk_release(struct rep_walk *walk);

/* ---- find.c, case.c ---------------------------------------------------------------------------
 */

enum rep_status rep_status_parse(const char *text); /* REP_RECORDED for what is none */
int rep_run_resolve(struct rep_db *db, const char *ref, int64_t *id);
/* -EINVAL for a label that could be taken for a number or `latest`. */
int rep_label_check(struct rep_db *db, const char *label);
/* Number of the case's result; -ENOENT when there is none. */
int rep_case_find(struct rep_db *db, const char *ref, const char *name, int64_t *id);
/* no_case.c: -ENOENT with a text that says which other run has the case, or which name was probably
 * meant. `run` 0: no run at all has it (`ref` is not looked at). */
int rep_fail_no_case(struct rep_db *db, int64_t run, const char *ref, const char *name);
/* As rep_read_case, by number. */
int rep_case_by_id(struct rep_db *db, int64_t id, rep_result_fn *each, void *arg);
int rep_case_tree_by_id(struct rep_db *db, int64_t id, struct rep_hash *hash, bool *has_tree);
/* Hash of the case's tree; `*has_tree` false when it has none; -ENOENT when there is no such case.
 */
int rep_case_tree(struct rep_db *db, const char *ref, const char *name, struct rep_hash *hash,
                  bool *has_tree);

/* ---- escape.c ----------------------------------------------------------------------------------
 */

#define REP_ESCAPE_KEEP_LINES 1u /* newline and tab stay */

void rep_escape_into(struct rep_buf *buf, const char *text, size_t size, unsigned flags);
/* Appends a text that is JSON itself; what is hostile in its strings becomes \uNNNN, a byte that is
 * not UTF-8 U+FFFD. */
void rep_buf_json_value(struct rep_buf *buf, const char *json);
/* Columns that escaped text takes on a terminal. */
size_t rep_columns(const char *text, size_t size);
/* Bytes of `text` that fit in `columns`. */
size_t rep_fit(const char *text, size_t size, size_t columns);

/* ---- csv.c -------------------------------------------------------------------------------------
 */

/* One cell of CSV (RFC 4180): quoted when it must be. Text whose first character is one of = + - @
 * or a tab or carriage return would be a formula for a spreadsheet: it gets an apostrophe before
 * it. `text` is escaped already. */
void rep_add_csv_cell(struct rep_buf *buf, const char *text, size_t size, bool is_text);

/* ---- text.c: output ----------------------------------------------------------------------------
 */

enum rep_colour { REP_PLAIN, REP_BOLD, REP_DIM, REP_RED, REP_GREEN, REP_YELLOW, REP_CYAN };

/* Sticky: after a failed write or memory failure the rest is dropped and `code` says which. */
struct rep_out {
    const struct rep_sink *sink;
    struct rep_buf line;
    int code;
};

void rep_out_init(struct rep_out *out, const struct rep_sink *sink);
int rep_out_finish(struct rep_out *out); /* writes the rest, releases, returns code */
size_t rep_out_width(const struct rep_out *out);
void rep_out_flush(struct rep_out *out);
void rep_out_raw(struct rep_out *out, const char *text); /* trusted text */
void rep_out_fmt(struct rep_out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void rep_out_text(struct rep_out *out, const char *text); /* escaped; NULL writes nothing */
void rep_out_colour(struct rep_out *out, enum rep_colour colour);
/* Escaped text of any length, broken at spaces; `indent` columns before each line, `first` bytes of
 * trusted text in place of the first line's indent. Ends with a newline. */
void rep_out_wrap(struct rep_out *out, const char *first, size_t indent, const char *text);

/* Bytes of escaped text that go on a line of so many columns, up to a blank when there is one. */
size_t rep_line_size(const char *text, size_t size, size_t columns);

/* ---- copy.c: rows from file to file ------------------------------------------------------------
 */

/* -EROFS or -EBUSY when the file must not be cared for now. */
int rep_check_care(struct rep_db *db);

#define REP_COPY_MAPS 2

/* A column that gets another value: `value`, added to what it has when `add`, or NULL. */
struct rep_copy_map {
    const char *column; /* NULL ends the list */
    bool add;
    bool null;
    int64_t value;
};

struct rep_copy {
    const char *table;
    const char *where; /* of the rows to take; may use ?1, the run; NULL = all */
    const char *guard; /* only rows for which this holds in the target, ?N being column N */
    int64_t run;
    struct rep_copy_map map[REP_COPY_MAPS];
};

/* Inserts what is not there yet; columns go by name. Failures of either file are told by `into`. */
int rep_copy_rows(struct rep_db *into, struct rep_db *from, const struct rep_copy *copy);

/* ---- search_index.c ----------------------------------------------------------------------------
 */

/* Bytes of a directory's path up to which the paths in it are indexed: Linux's PATH_MAX. */
#define REP_SEARCH_PATH 4096

/* A run that records adds what can be searched to the transaction of its results; what is there
 * already is not added. Of an error the hash of the blob. */
int rep_search_add_error(struct rep_run *run, const struct rep_hash *hash);
/* REP_SQL_SEARCH_LOG: an element of a log, as JSON; what is none is left out. REP_SQL_SEARCH_PATH:
 * a path. */
int rep_search_add(struct rep_run *run, enum rep_sql kind, const char *text, size_t size);
/* Before the commit: indexes what was added. */
int rep_search_store(struct rep_run *run);

/* Brings full text search up to the newest result, some thousands in one transaction: for results
 * that came in another way, or from an older version. */
int rep_search_update(struct rep_db *db);
/* Empties it, within the caller's transaction; the next update fills it anew. */
int rep_search_forget(struct rep_db *db);

/* ---- query.c, table.c --------------------------------------------------------------------------
 */

/* Appends a cell as people read it, escaped; blobs as hex, NULL as nothing. */
void rep_add_cell(struct rep_buf *buf, sqlite3_stmt *stmt, int column, unsigned flags);
/* Writes the rows of a prepared query as a table that fits the width. */
int rep_table_write(struct rep_db *db, sqlite3_stmt *stmt, struct rep_out *out);

/* ---- diff_text.c -------------------------------------------------------------------------------
 */

int rep_blob_load(struct rep_db *db, const struct rep_hash *hash, struct rep_buf *text);
/* A JSON text's elements, one call each; `text` is a string's content or the element's JSON, a
 * member's "key: " before it. Text that is not JSON, or neither array nor object, is one element.
 */
typedef int rep_element_fn(void *arg, const char *text, size_t size);
int rep_json_elements(struct rep_db *db, const char *json, size_t size, rep_element_fn *each,
                      void *arg);

#endif
