#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- One directory -----------------------------------------------------------------------------
 */

static const char *keep(struct rep_arena *arena, sqlite3_stmt *stmt, int column, bool *failed)
{
    const char *text = rep_column_text(stmt, column);
    if (!text) {
        return NULL;
    }
    const char *copy = rep_arena_copy(arena, text, (size_t)sqlite3_column_bytes(stmt, column));
    *failed = *failed || !copy;
    return copy;
}

/* "/" is the root's; another slash, "." or ".." would lead a path elsewhere. */
static bool is_name(const char *name)
{
    return name && name[0] && (!strchr(name, '/') || strcmp(name, "/") == 0) &&
           strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int add_entry(struct rep_db *db, sqlite3_stmt *stmt, struct rep_arena *arena,
                     struct rep_dir_list *list)
{
    bool failed = false;
    struct rep_dir_entry *entry =
        rep_grow(list->entry, &list->room, list->count + 1, sizeof *entry);
    if (!entry) {
        return rep_fail_memory(db);
    }
    list->entry = entry;
    struct rep_dir_entry made = {
        .node =
            {
                .path = keep(arena, stmt, 0, &failed),
                .type = keep(arena, stmt, 1, &failed),
                .mode = keep(arena, stmt, 2, &failed),
                .uid = (uint32_t)sqlite3_column_int64(stmt, 3),
                .gid = (uint32_t)sqlite3_column_int64(stmt, 4),
                .size = sqlite3_column_type(stmt, 5) == SQLITE_NULL ? -1
                                                                    : sqlite3_column_int64(stmt, 5),
                .nlink = (uint64_t)sqlite3_column_int64(stmt, 6),
                .rdev = keep(arena, stmt, 7, &failed),
                .target = keep(arena, stmt, 8, &failed),
                .fs = keep(arena, stmt, 9, &failed),
                .flags = keep(arena, stmt, 10, &failed),
                .mountpoint = sqlite3_column_int(stmt, 11) != 0,
                .overlay = sqlite3_column_int(stmt, 12) != 0,
                .upper = keep(arena, stmt, 13, &failed),
                .lower = keep(arena, stmt, 14, &failed),
                .special = sqlite3_column_int(stmt, 15) != 0,
                .readdir = sqlite3_column_int(stmt, 16) != 0,
                .error = keep(arena, stmt, 17, &failed),
                .layers = keep(arena, stmt, 19, &failed),
            },
    };
    made.has_child = rep_column_hash(stmt, 18, &made.child);
    if (failed) {
        return rep_fail_memory(db);
    }
    if (!is_name(made.node.path)) {
        return rep_fail(db, -EBADMSG, "the file is damaged: the name of a node is no name");
    }
    entry[list->count] = made;
    list->count++;
    return 0;
}

/* `*entries` in the directory, `*nodes` with all that is below it. */
static int read_counts(struct rep_db *db, const struct rep_hash *dir, int64_t *entries,
                       int64_t *nodes)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_DIR_COUNTS, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, dir);
    code = rep_sql_row(db, stmt, "read a tree");
    if (code == 1) {
        *entries = sqlite3_column_int64(stmt, 0);
        *nodes = sqlite3_column_int64(stmt, 1);
    }
    sqlite3_reset(stmt);
    return code == 0
               ? rep_fail(db, -EBADMSG, "the file is damaged: a directory of a tree is missing")
           : code < 0 ? code
                      : 0;
}

int rep_tree_count(struct rep_db *db, const struct rep_hash *root, size_t *count)
{
    int64_t entries = 0;
    int64_t nodes = 0;
    int code = read_counts(db, root, &entries, &nodes);
    if (code < 0) {
        return code;
    }
    /* Directories that are only on the way count too. */
    if (entries != 1 || nodes < 1 || nodes > 2 * (int64_t)REP_MAX_NODES) {
        return rep_fail(db, -EBADMSG, "the file is damaged: a tree of %lld nodes below %lld roots",
                        (long long)nodes, (long long)entries);
    }
    *count = (size_t)nodes;
    return 0;
}

int rep_dir_load(struct rep_db *db, const struct rep_hash *dir, struct rep_arena *arena,
                 struct rep_dir_list *list)
{
    sqlite3_stmt *stmt = NULL;
    int64_t entries = 0;
    int64_t nodes = 0;
    int64_t found = 0;
    int code = read_counts(db, dir, &entries, &nodes);
    if (code == 0) {
        code = rep_sql_kept(db, REP_SQL_DIR_NODES, &stmt);
    }
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, dir);
    while (found <= entries && (code = rep_sql_row(db, stmt, "read a tree")) == 1) {
        code = add_entry(db, stmt, arena, list);
        if (code < 0) {
            break;
        }
        found++;
    }
    sqlite3_reset(stmt);
    if (code >= 0 && (found != entries || entries < 1)) {
        return rep_fail(db, -EBADMSG,
                        "the file is damaged: a directory of %lld nodes does not have so many",
                        (long long)entries);
    }
    return code;
}

/* ---- A whole tree ------------------------------------------------------------------------------
 */

struct reading {
    struct rep_db *db;
    struct rep_loaded_tree *tree;
    struct rep_walk walk;
    struct rep_buf path;
    size_t path_bytes; /* of all nodes so far */
    size_t nodes;      /* as the root counts them */
};

static int enter(struct reading *reading, const struct rep_hash *dir)
{
    size_t path_size = reading->path.size;
    int code = rep_walk_enter(&reading->walk, dir);
    if (code == 0) {
        reading->walk.level[reading->walk.depth - 1].path_size = path_size;
    }
    return code;
}

static int add_node(struct reading *reading, const struct rep_dir_entry *entry, bool last)
{
    struct rep_loaded_tree *tree = reading->tree;
    reading->path_bytes += reading->path.size;
    if (reading->path.size > REP_MAX_PATH || reading->path_bytes > 2 * (size_t)REP_MAX_PATHS) {
        return rep_fail(reading->db, -EBADMSG, "the file is damaged: a tree passes its bounds");
    }
    if (tree->count >= reading->nodes) {
        return rep_fail(reading->db, -EBADMSG,
                        "the file is damaged: a tree of %zu nodes has more than these",
                        reading->nodes);
    }
    struct rep_tree_node *node = rep_grow(tree->node, &tree->room, tree->count + 1, sizeof *node);
    if (!node) {
        return rep_fail_memory(reading->db);
    }
    tree->node = node;
    const char *path = reading->path.size ? reading->path.data : "/";
    node[tree->count] = (struct rep_tree_node){
        .node = entry->node,
        .name = entry->node.path,
        .depth = (uint32_t)reading->walk.depth - 1,
        .last = last,
    };
    node[tree->count].node.path = rep_arena_copy(&tree->arena, path, strlen(path));
    return node[tree->count++].node.path ? 0 : rep_fail_memory(reading->db);
}

static int step(struct reading *reading)
{
    struct rep_level *level = &reading->walk.level[reading->walk.depth - 1];
    if (level->next == level->list.count) {
        rep_walk_leave(&reading->walk);
        return 0;
    }
    struct rep_dir_entry entry = level->list.entry[level->next++];
    bool last = level->next == level->list.count;
    reading->path.size = level->path_size;
    if ((strcmp(entry.node.path, "/") == 0) != (reading->walk.depth == 1)) {
        return rep_fail(reading->db, -EBADMSG,
                        "the file is damaged: a root is not where roots are");
    }
    if (reading->walk.depth > 1) {
        rep_buf_str(&reading->path, "/");
        rep_buf_str(&reading->path, entry.node.path);
    }
    if (reading->path.failed) {
        return rep_fail_memory(reading->db);
    }
    int code = add_node(reading, &entry, last);
    return code < 0 || !entry.has_child ? code : enter(reading, &entry.child);
}

void rep_tree_release(struct rep_loaded_tree *tree)
{
    free(tree->node);
    rep_arena_release(&tree->arena);
    *tree = (struct rep_loaded_tree){0};
}

int rep_tree_load(struct rep_db *db, const struct rep_hash *root, struct rep_loaded_tree *tree)
{
    struct rep_loaded_tree made = {0};
    struct reading reading = {.db = db, .tree = &made, .walk = {.db = db, .arena = &made.arena}};
    int code = rep_tree_count(db, root, &reading.nodes);
    if (code == 0) {
        code = enter(&reading, root);
    }
    while (code == 0 && reading.walk.depth > 0) {
        code = step(&reading);
    }
    rep_walk_release(&reading.walk);
    rep_buf_release(&reading.path);
    if (code == 0 && made.count != reading.nodes) {
        code = rep_fail(db, -EBADMSG, "the file is damaged: a tree of %zu nodes has but %zu",
                        reading.nodes, made.count);
    }
    if (code < 0) {
        rep_tree_release(&made);
        return code;
    }
    *tree = made;
    return 0;
}

/* ---- Given back --------------------------------------------------------------------------------
 */

static int compare_paths(const void *a, const void *b)
{
    const struct rep_tree_node *x = a;
    const struct rep_tree_node *y = b;
    return strcmp(x->node.path, y->node.path);
}

int rep_read_tree(struct rep_db *db, const char *ref, const char *name, rep_node_fn *each,
                  void *arg)
{
    struct rep_hash root;
    struct rep_loaded_tree tree;
    bool has_tree;
    int code = rep_case_tree(db, ref, name, &root, &has_tree);
    if (code < 0 || !has_tree) {
        return code;
    }
    code = rep_tree_load(db, &root, &tree);
    if (code < 0) {
        return code;
    }
    qsort(tree.node, tree.count, sizeof *tree.node, compare_paths);
    for (size_t i = 0; i < tree.count && code == 0; i++) {
        if (tree.node[i].node.type) {
            code = each(arg, &tree.node[i].node);
        }
    }
    rep_tree_release(&tree);
    return code;
}

/* ---- On one line -------------------------------------------------------------------------------
 */

static void add_word(struct rep_buf *text, const char *before, const char *word)
{
    if (word) {
        rep_buf_str(text, before);
        rep_buf_str(text, word);
    }
}

void rep_node_text(const struct rep_node *node, struct rep_buf *text)
{
    rep_buf_str(text, node->type ? node->type : "-");
    add_word(text, " ", node->mode ? node->mode : "-");
    rep_buf_fmt(text, " %u:%u nlink %lld", node->uid, node->gid, (long long)node->nlink);
    if (node->size >= 0) {
        rep_buf_fmt(text, " size %lld", (long long)node->size);
    }
    add_word(text, " rdev ", node->rdev);
    add_word(text, " fs ", node->fs);
    add_word(text, " -> ", node->target);
    add_word(text, " flags ", node->flags && node->flags[0] ? node->flags : NULL);
    add_word(text, node->mountpoint ? " mountpoint" : "", "");
    add_word(text, node->overlay ? " overlay" : "", "");
    add_word(text, " upper=", node->upper);
    add_word(text, " lower=", node->lower);
    add_word(text, node->special ? " special" : "", "");
    add_word(text, node->readdir ? "" : " unlisted", "");
    add_word(text, " error ", node->error);
}
