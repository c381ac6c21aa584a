#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINKS 40

/* Appends the components of `text` to `todo` in reverse, so that the next one to walk is at the
 * end. */
static void push_components(struct rep_buf *todo, const char *text)
{
    size_t end = strlen(text);
    while (end > 0) {
        size_t start = end;
        while (start > 0 && text[start - 1] != '/') {
            start--;
        }
        if (start < end) {
            rep_buf_add(todo, "\0", 1);
            rep_buf_add(todo, text + start, end - start);
        }
        end = start > 0 ? start - 1 : 0;
    }
}

/* Takes the last component of `todo`; NULL at the end. Valid until `todo` grows. */
static const char *pop_component(struct rep_buf *todo)
{
    while (todo->size > 0) {
        todo->data[todo->size] = '\0';
        size_t at = todo->size;
        while (todo->data[at - 1] != '\0') {
            at--;
        }
        todo->size = at - 1;
        if (todo->data[at] != '\0') {
            return todo->data + at;
        }
    }
    return NULL;
}

static void step_up(struct rep_buf *path)
{
    while (path->size > 0 && path->data[path->size - 1] != '/') {
        path->size--;
    }
    path->size -= path->size > 0;
}

/*
 * The node that `destination` leads to in the prepared tree, links followed as a process in the
 * container would; NULL when there is none.
 */
static const struct rep_node *walk(const struct rep_run *run, const char *destination)
{
    struct rep_buf todo = {0};
    struct rep_buf path = {0};
    const struct rep_node *node = rep_tree_find(run, "/", 1);
    unsigned links = 0;
    push_components(&todo, destination);
    const char *name;
    while (node && (name = pop_component(&todo))) {
        size_t before = path.size;
        if (strcmp(name, ".") == 0) {
            continue;
        }
        if (strcmp(name, "..") == 0) {
            step_up(&path);
        } else {
            rep_buf_str(&path, "/");
            rep_buf_str(&path, name);
        }
        node = path.size ? rep_tree_find(run, path.data, path.size) : rep_tree_find(run, "/", 1);
        if (node && node->target && strcmp(node->type, "symlink") == 0) {
            path.size = node->target[0] == '/' ? 0 : before;
            push_components(&todo, node->target);
            if (++links > MAX_LINKS) {
                node = NULL;
            } else {
                node = path.size ? rep_tree_find(run, path.data, path.size)
                                 : rep_tree_find(run, "/", 1);
            }
        }
    }
    if (todo.failed || path.failed) {
        node = NULL;
    }
    rep_buf_release(&todo);
    rep_buf_release(&path);
    return node;
}

/* Lost (VQ-09): made, hidden by no later mount, and yet nothing in the tree is its mount point. */
static bool is_lost(const struct rep_run *run, const struct rep_result *result,
                    const struct rep_mount *mount)
{
    if (result->n_nodes == 0 || !mount->fs || mount->shadowed_by >= 0 || !mount->destination) {
        return false;
    }
    const struct rep_node *node = walk(run, mount->destination);
    return !node || !node->mountpoint;
}

static int hash_list(struct rep_run *run, const struct rep_result *result, const bool *lost,
                     struct rep_hash *hash)
{
    struct rep_buf *bytes = &run->scratch;
    rep_buf_clear(bytes);
    for (size_t i = 0; i < result->n_mounts; i++) {
        const struct rep_mount *mount = &result->mounts[i];
        const char *const fields[] = {mount->destination, mount->type,   mount->source,
                                      mount->fs,          mount->flags,  mount->rules,
                                      mount->ignored,     mount->created};
        for (size_t j = 0; j < sizeof fields / sizeof fields[0]; j++) {
            rep_buf_field(bytes, fields[j]);
        }
        rep_buf_u64(bytes, (uint64_t)mount->spec_index);
        rep_buf_u64(bytes, (uint64_t)mount->shadowed_by);
        rep_buf_u64(bytes, lost[i]);
    }
    if (bytes->failed) {
        return rep_fail_memory(run->db);
    }
    *hash = rep_hash_of(bytes->data, bytes->size);
    return 0;
}

static void bind_index(sqlite3_stmt *stmt, int column, int index)
{
    if (index >= 0) {
        sqlite3_bind_int(stmt, column, index);
    } else {
        sqlite3_bind_null(stmt, column);
    }
}

static int store_mount(struct rep_db *db, const struct rep_hash *list, size_t index,
                       const struct rep_mount *mount, bool lost)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_kept(db, REP_SQL_ADD_MOUNT, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, list);
    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)index);
    rep_bind_text(stmt, 3, mount->destination);
    rep_bind_text(stmt, 4, mount->type);
    rep_bind_text(stmt, 5, mount->source);
    rep_bind_text(stmt, 6, mount->fs);
    rep_bind_text(stmt, 7, mount->flags);
    bind_index(stmt, 8, mount->spec_index);
    rep_bind_text(stmt, 9, mount->rules);
    rep_bind_text(stmt, 10, mount->ignored);
    bind_index(stmt, 11, mount->shadowed_by);
    rep_bind_text(stmt, 12, mount->created);
    sqlite3_bind_int(stmt, 13, lost);
    return rep_sql_done(db, stmt, "store a mount");
}

static int store_list(struct rep_run *run, const struct rep_result *result, const bool *lost,
                      const struct rep_hash *list)
{
    sqlite3_stmt *stmt = NULL;
    if (rep_hash_set_has(&run->db->mounts, list)) {
        return 0;
    }
    int code = rep_sql_kept(run->db, REP_SQL_HAS_MOUNTS, &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, list);
    code = rep_sql_row(run->db, stmt, "look for mounts");
    sqlite3_reset(stmt);
    for (size_t i = 0; i < result->n_mounts && code == 0; i++) {
        code = store_mount(run->db, list, i, &result->mounts[i], lost[i]);
    }
    if (code < 0) {
        return code;
    }
    rep_hash_set_add(&run->db->mounts, list);
    return 0;
}

int rep_mounts_store(struct rep_run *run, const struct rep_result *result, struct rep_hash *list)
{
    struct rep_hash hash;
    bool *lost = calloc(result->n_mounts, sizeof *lost);
    if (!lost) {
        return rep_fail_memory(run->db);
    }
    for (size_t i = 0; i < result->n_mounts; i++) {
        lost[i] = is_lost(run, result, &result->mounts[i]);
    }
    int code = hash_list(run, result, lost, &hash);
    if (code == 0) {
        code = store_list(run, result, lost, &hash);
    }
    free(lost);
    if (code == 0) {
        *list = hash;
    }
    return code;
}
