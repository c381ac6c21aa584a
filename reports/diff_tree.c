#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Only directories whose hashes differ are read, on both sides at once. */

struct pair {
    struct rep_hash a;
    struct rep_hash b;
    bool has_a;
    bool has_b;
    char *path; /* owned; "" for the one above "/" and for "/" */
    bool top;   /* the one above "/" */
};

struct diff {
    struct rep_db *db_a;
    struct rep_db *db_b;
    const char *name;
    struct rep_groups *groups;
    struct pair *todo; /* a stack */
    size_t count;
    size_t room;
    size_t seen; /* pairs; a made-up file could have them without end */
};

static char *join(const struct pair *pair, const char *name)
{
    struct rep_buf path = {0};
    if (pair->top) {
        return strdup("");
    }
    rep_buf_str(&path, pair->path);
    rep_buf_str(&path, "/");
    rep_buf_str(&path, name);
    if (path.failed) {
        rep_buf_release(&path);
        return NULL;
    }
    return path.data;
}

static int add_change(struct diff *diff, const struct pair *pair, const struct rep_dir_entry *a,
                      const struct rep_dir_entry *b)
{
    struct rep_buf text = {0};
    const struct rep_node *node = a ? &a->node : &b->node;
    rep_buf_str(&text, a && b ? "~ " : a ? "- " : "+ ");
    rep_buf_str(&text, pair->top ? "" : pair->path);
    rep_buf_str(&text, "/");
    rep_buf_str(&text, pair->top ? "" : node->path);
    rep_buf_str(&text, ": ");
    rep_node_text(node, &text);
    if (a && b) {
        rep_buf_str(&text, " => ");
        rep_node_text(&b->node, &text);
    }
    int code = text.failed ? -ENOMEM
                           : rep_groups_add(diff->groups, REP_CHANGE_TREE, text.data, diff->name);
    rep_buf_release(&text);
    return code < 0 ? rep_fail_memory(diff->db_a) : 0;
}

static int push(struct diff *diff, const struct pair *above, const struct rep_dir_entry *a,
                const struct rep_dir_entry *b)
{
    struct pair *todo = rep_grow(diff->todo, &diff->room, diff->count + 1, sizeof *todo);
    if (!todo) {
        return rep_fail_memory(diff->db_a);
    }
    diff->todo = todo;
    char *path = join(above, a->node.path);
    if (!path) {
        return rep_fail_memory(diff->db_a);
    }
    todo[diff->count++] = (struct pair){
        .a = a->child, .b = b->child, .has_a = a->has_child, .has_b = b->has_child, .path = path};
    return 0;
}

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same_node(const struct rep_node *a, const struct rep_node *b)
{
    return is_same_text(a->type, b->type) && is_same_text(a->mode, b->mode) &&
           is_same_text(a->rdev, b->rdev) && is_same_text(a->target, b->target) &&
           is_same_text(a->fs, b->fs) && is_same_text(a->flags, b->flags) &&
           is_same_text(a->upper, b->upper) && is_same_text(a->lower, b->lower) &&
           is_same_text(a->error, b->error) && a->size == b->size && a->nlink == b->nlink &&
           a->uid == b->uid && a->gid == b->gid && a->mountpoint == b->mountpoint &&
           a->overlay == b->overlay && a->special == b->special && a->readdir == b->readdir;
}

static int compare_both(struct diff *diff, const struct pair *pair, const struct rep_dir_entry *a,
                        const struct rep_dir_entry *b)
{
    int code = is_same_node(&a->node, &b->node) ? 0 : add_change(diff, pair, a, b);
    bool same_child = a->has_child == b->has_child &&
                      (!a->has_child || memcmp(&a->child, &b->child, sizeof a->child) == 0);
    return code < 0 || same_child ? code : push(diff, pair, a, b);
}

static int compare_lists(struct diff *diff, const struct pair *pair, const struct rep_dir_list *a,
                         const struct rep_dir_list *b)
{
    size_t i = 0;
    size_t j = 0;
    int code = 0;
    while (code == 0 && (i < a->count || j < b->count)) {
        int order = i == a->count   ? 1
                    : j == b->count ? -1
                                    : strcmp(a->entry[i].node.path, b->entry[j].node.path);
        if (order < 0) {
            code = add_change(diff, pair, &a->entry[i++], NULL);
        } else if (order > 0) {
            code = add_change(diff, pair, NULL, &b->entry[j++]);
        } else {
            code = compare_both(diff, pair, &a->entry[i++], &b->entry[j++]);
        }
    }
    return code;
}

static int compare_pair(struct diff *diff, const struct pair *pair)
{
    struct rep_arena arena = {0};
    struct rep_dir_list a = {0};
    struct rep_dir_list b = {0};
    if (diff->seen++ > REP_MAX_NODES || (pair->path && strlen(pair->path) > REP_MAX_PATH)) {
        return rep_fail(diff->db_a, -EBADMSG, "the file is damaged: a tree passes its bounds");
    }
    int code = pair->has_a ? rep_dir_load(diff->db_a, &pair->a, &arena, &a) : 0;
    if (code == 0 && pair->has_b) {
        code = rep_dir_load(diff->db_b, &pair->b, &arena, &b);
    }
    if (code == 0) {
        code = compare_lists(diff, pair, &a, &b);
    }
    free(a.entry);
    free(b.entry);
    rep_arena_release(&arena);
    return code;
}

int rep_diff_trees(struct rep_db *db_a, const struct rep_hash *a, struct rep_db *db_b,
                   const struct rep_hash *b, const char *name, struct rep_groups *groups)
{
    struct diff diff = {.db_a = db_a, .db_b = db_b, .name = name, .groups = groups};
    struct pair top = {.has_a = a != NULL, .has_b = b != NULL, .top = true};
    top.a = a ? *a : top.a;
    top.b = b ? *b : top.b;
    int code = compare_pair(&diff, &top);
    while (code == 0 && diff.count > 0) {
        struct pair pair = diff.todo[--diff.count];
        code = compare_pair(&diff, &pair);
        free(pair.path);
    }
    while (diff.count > 0) {
        free(diff.todo[--diff.count].path);
    }
    free(diff.todo);
    return code;
}
