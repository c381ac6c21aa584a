#include "diff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Only directories whose hashes differ are read, on both sides at once. */

struct pair {
    struct rep_hash a;
    struct rep_hash b;
    bool has_a;
    bool has_b;
    char *path;   /* owned; "" for the one above "/" and for "/" */
    bool top;     /* the one above "/" */
    size_t depth; /* pairs above it */
};

struct diff {
    const struct rep_diff_part *part;
    struct pair *todo; /* a stack */
    size_t count;
    size_t room;
    struct rep_way way_a;
    struct rep_way way_b;
    size_t left; /* nodes that the two roots count and that were not read yet */
    size_t path_bytes;
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

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Another file system stands here now: what the node is, and all below it, follows from that. */
static bool is_remounted(const struct rep_node *a, const struct rep_node *b)
{
    return !is_same_text(a->fs, b->fs) || a->mountpoint != b->mountpoint;
}

static const char *or_none(const char *text)
{
    return text && text[0] ? text : NULL;
}

static void add_number(struct rep_buf *text, const char *what, int64_t a, int64_t b)
{
    char old[32];
    char new[32];
    (void)snprintf(old, sizeof old, "%lld", (long long)a);
    (void)snprintf(new, sizeof new, "%lld", (long long)b);
    rep_diff_field(text, 0, what, a < 0 ? NULL : old, b < 0 ? NULL : new);
}

static void add_owner(struct rep_buf *text, const struct rep_node *a, const struct rep_node *b)
{
    char old[32];
    char new[32];
    (void)snprintf(old, sizeof old, "%u:%u", a->uid, a->gid);
    (void)snprintf(new, sizeof new, "%u:%u", b->uid, b->gid);
    rep_diff_field(text, 0, "owner", old, new);
}

/* Only what differs, so that the same change of many nodes reads the same. */
static void add_difference(struct rep_buf *text, const struct rep_node *a, const struct rep_node *b,
                           bool whole)
{
    rep_diff_field(text, 0, "type", a->type, b->type);
    rep_diff_field(text, 0, "fs", a->fs && !a->fs[0] ? "stub" : a->fs,
                   b->fs && !b->fs[0] ? "stub" : b->fs);
    rep_diff_flag(text, 0, "mount point", a->mountpoint, b->mountpoint);
    rep_diff_field(text, 0, "flags", or_none(a->flags), or_none(b->flags));
    if (is_remounted(a, b) && !whole) {
        return;
    }
    rep_diff_field(text, 0, "mode", a->mode, b->mode);
    add_owner(text, a, b);
    add_number(text, "size", a->size, b->size);
    rep_diff_field(text, 0, "rdev", a->rdev, b->rdev);
    rep_diff_field(text, 0, "target", a->target, b->target);
    rep_diff_flag(text, 0, "overlay", a->overlay, b->overlay);
    rep_diff_field(text, 0, "upper", a->upper, b->upper);
    rep_diff_field(text, 0, "lower", a->lower, b->lower);
    rep_diff_flag(text, 0, "special", a->special, b->special);
    rep_diff_flag(text, 0, "listed", a->readdir, b->readdir);
    rep_diff_field(text, 0, "error", a->error, b->error);
    add_number(text, "nlink", (int64_t)a->nlink, (int64_t)b->nlink);
}

static int add_text(struct diff *diff, struct rep_buf *text, const char *place)
{
    int code = text->failed
                   ? -ENOMEM
                   : rep_groups_add(diff->part->groups, REP_CHANGE_TREE, text->data, place);
    rep_buf_release(text);
    return code < 0 ? rep_fail_memory(diff->part->db_a) : 0;
}

static void add_path(struct rep_buf *text, const struct pair *pair, const char *name)
{
    rep_buf_str(text, pair->top ? "" : pair->path);
    rep_buf_str(text, "/");
    rep_buf_str(text, pair->top ? "" : name);
}

static int add_one_side(struct diff *diff, const struct pair *pair, const char *sign,
                        const struct rep_node *node)
{
    struct rep_buf text = {0};
    rep_buf_str(&text, sign);
    add_path(&text, pair, node->path);
    rep_buf_str(&text, ": ");
    rep_node_text(node, &text);
    return add_text(diff, &text, NULL);
}

static int add_change(struct diff *diff, const struct pair *pair, const struct rep_node *a,
                      const struct rep_node *b)
{
    struct rep_buf text = {0};
    struct rep_buf place = {0};
    add_path(&place, pair, a->path);
    add_difference(&text, a, b, diff->part->whole);
    text.failed = text.failed || place.failed;
    int code = 0;
    if (text.failed || text.size > 0) {
        code = add_text(diff, &text, place.data);
    }
    rep_buf_release(&place);
    return code;
}

static int push(struct diff *diff, const struct pair *above, const struct rep_dir_entry *a,
                const struct rep_dir_entry *b)
{
    struct pair *todo = rep_grow(diff->todo, &diff->room, diff->count + 1, sizeof *todo);
    if (!todo) {
        return rep_fail_memory(diff->part->db_a);
    }
    diff->todo = todo;
    char *path = join(above, a->node.path);
    if (!path) {
        return rep_fail_memory(diff->part->db_a);
    }
    todo[diff->count++] = (struct pair){.a = a->child,
                                        .b = b->child,
                                        .has_a = a->has_child,
                                        .has_b = b->has_child,
                                        .path = path,
                                        .depth = above->depth + 1};
    return 0;
}

static int compare_both(struct diff *diff, const struct pair *pair, const struct rep_dir_entry *a,
                        const struct rep_dir_entry *b)
{
    bool same_child = a->has_child == b->has_child &&
                      (!a->has_child || memcmp(&a->child, &b->child, sizeof a->child) == 0);
    int code = add_change(diff, pair, &a->node, &b->node);
    bool follows = is_remounted(&a->node, &b->node) && !diff->part->whole && !pair->top;
    return code < 0 || same_child || follows ? code : push(diff, pair, a, b);
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
            code = add_one_side(diff, pair, "- ", &a->entry[i++].node);
        } else if (order > 0) {
            code = add_one_side(diff, pair, "+ ", &b->entry[j++].node);
        } else {
            code = compare_both(diff, pair, &a->entry[i++], &b->entry[j++]);
        }
    }
    return code;
}

/* One side of a pair. */
static int load(struct diff *diff, struct rep_way *way, struct rep_db *db, size_t depth,
                const struct rep_hash *dir, struct rep_arena *arena, struct rep_dir_list *list)
{
    int code = rep_way_enter(db, way, depth, dir);
    if (code == 0) {
        code = rep_dir_load(db, dir, arena, list);
    }
    if (code == 0 && list->count > diff->left) {
        code = rep_fail(db, -EBADMSG, "the file is damaged: a tree has more nodes than it counts");
    }
    diff->left -= code < 0 ? 0 : list->count;
    return code;
}

static int compare_pair(struct diff *diff, const struct pair *pair)
{
    struct rep_arena arena = {0};
    struct rep_dir_list a = {0};
    struct rep_dir_list b = {0};
    size_t path_size = pair->path ? strlen(pair->path) : 0;
    diff->path_bytes += path_size;
    if (path_size > REP_MAX_PATH || diff->path_bytes > 2 * (size_t)REP_MAX_PATHS) {
        return rep_fail(diff->part->db_a, -EBADMSG,
                        "the file is damaged: a tree passes its bounds");
    }
    int code = pair->has_a
                   ? load(diff, &diff->way_a, diff->part->db_a, pair->depth, &pair->a, &arena, &a)
                   : 0;
    if (code == 0 && pair->has_b) {
        code = load(diff, &diff->way_b, diff->part->db_b, pair->depth, &pair->b, &arena, &b);
    }
    if (code == 0) {
        code = compare_lists(diff, pair, &a, &b);
    }
    free(a.entry);
    free(b.entry);
    rep_arena_release(&arena);
    return code;
}

/* Adds what a tree's root counts to what may be read. */
static int allow(struct diff *diff, struct rep_db *db, const struct rep_hash *root)
{
    size_t count = 0;
    int code = root ? rep_tree_count(db, root, &count) : 0;
    diff->left += count;
    return code;
}

int rep_diff_trees(const struct rep_diff_part *part)
{
    struct diff diff = {.part = part};
    struct pair top = {.has_a = part->a != NULL, .has_b = part->b != NULL, .top = true};
    top.a = part->a ? *part->a : top.a;
    top.b = part->b ? *part->b : top.b;
    int code = allow(&diff, part->db_a, part->a);
    if (code == 0) {
        code = allow(&diff, part->db_b, part->b);
    }
    if (code == 0) {
        code = compare_pair(&diff, &top);
    }
    while (code == 0 && diff.count > 0) {
        struct pair pair = diff.todo[--diff.count];
        code = compare_pair(&diff, &pair);
        free(pair.path);
    }
    while (diff.count > 0) {
        free(diff.todo[--diff.count].path);
    }
    free(diff.todo);
    rep_way_release(&diff.way_a);
    rep_way_release(&diff.way_b);
    return code;
}
