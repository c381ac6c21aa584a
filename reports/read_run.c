/* A run read back case by case, as it was recorded. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct rep_db *db;
    bool nodes;
    rep_result_fn *each;
    void *arg;
    int64_t id; /* of the result at hand */
};

static int compare_nodes(const void *a, const void *b)
{
    return strcmp(((const struct rep_node *)a)->path, ((const struct rep_node *)b)->path);
}

/* The tree's nodes but for those that were only on the way, by path; a new array. */
static int take_nodes(struct rep_db *db, const struct rep_loaded_tree *tree,
                      struct rep_node **nodes, size_t *count)
{
    struct rep_node *list = calloc(tree->count + 1, sizeof *list);
    size_t n = 0;
    if (!list) {
        return rep_fail_memory(db);
    }
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->node[i].node.type) {
            list[n++] = tree->node[i].node;
        }
    }
    qsort(list, n, sizeof *list, compare_nodes);
    *nodes = list;
    *count = n;
    return 0;
}

static int give_with_nodes(struct reading *reading, struct rep_result *result,
                           const struct rep_hash *root)
{
    struct rep_loaded_tree tree;
    struct rep_node *nodes = NULL;
    int code = rep_tree_load(reading->db, root, &tree);
    if (code < 0) {
        return code;
    }
    code = take_nodes(reading->db, &tree, &nodes, &result->n_nodes);
    result->nodes = nodes;
    code = code < 0 ? code : reading->each(reading->arg, result);
    free(nodes);
    rep_tree_release(&tree);
    return code;
}

static int give(void *arg, const struct rep_result *result)
{
    struct reading *reading = arg;
    struct rep_result copy = *result;
    struct rep_hash root;
    bool has_tree = false;
    if (!reading->nodes) {
        return reading->each(reading->arg, result);
    }
    int code = rep_case_tree_by_id(reading->db, reading->id, &root, &has_tree);
    if (code < 0) {
        return code;
    }
    return has_tree ? give_with_nodes(reading, &copy, &root) : reading->each(reading->arg, &copy);
}

static int read_one(struct reading *reading, int64_t id)
{
    reading->id = id;
    return rep_case_by_id(reading->db, id, give, reading);
}

static int read_all(struct reading *reading, const char *ref)
{
    int64_t run = 0;
    sqlite3_stmt *stmt = NULL;
    int code = rep_run_resolve(reading->db, ref, &run);
    if (code == 0) {
        code = rep_sql_prepare(reading->db,
                               "SELECT r.id FROM result r LEFT JOIN plan p ON p.run = r.run AND "
                               "p.name = r.name WHERE r.run = ? ORDER BY p.seq, r.id",
                               &stmt);
    }
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    while ((code = rep_sql_row(reading->db, stmt, "read results")) == 1) {
        code = read_one(reading, sqlite3_column_int64(stmt, 0));
        if (code != 0) {
            break;
        }
    }
    sqlite3_finalize(stmt);
    return code;
}

int rep_read_run(struct rep_db *db, const char *ref, const char *const *names, size_t n, bool nodes,
                 rep_result_fn *each, void *arg)
{
    struct reading reading = {.db = db, .nodes = nodes, .each = each, .arg = arg};
    int code = 0;
    if (n == 0) {
        return read_all(&reading, ref);
    }
    for (size_t i = 0; i < n && code == 0; i++) {
        int64_t id = 0;
        code = rep_case_find(db, ref, names[i], &id);
        code = code < 0 ? code : read_one(&reading, id);
    }
    return code;
}
