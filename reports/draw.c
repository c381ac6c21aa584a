#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * dir     0755  0:0      -  9p     ├── etc  [mount ro]
 * The attributes come first, so that names of any length leave the columns alone. Where a line
 * would be too wide for a terminal, the marks go below the name.
 */

#define MAX_COLUMN  24u
#define DRAWN_DEPTH 16u /* levels of branches on a line; what is deeper starts with an ellipsis */

struct columns {
    size_t owner;
    size_t size;
    size_t fs;
};

static void format_owner(const struct rep_node *node, char text[32])
{
    (void)snprintf(text, 32, "%u:%u", node->uid, node->gid);
}

static void format_size(const struct rep_node *node, char text[32])
{
    if (node->size >= 0) {
        (void)snprintf(text, 32, "%lld", (long long)node->size);
    } else {
        (void)snprintf(text, 32, "%.31s", node->rdev ? node->rdev : "-");
    }
}

static const char *fs_name(const char *fs)
{
    return !fs ? "-" : fs[0] ? fs : "stub";
}

static size_t widest(size_t now, const char *text)
{
    size_t size = strlen(text);
    return size > now ? (size < MAX_COLUMN ? size : MAX_COLUMN) : now;
}

static struct columns measure(const struct rep_loaded_tree *tree)
{
    struct columns columns = {.owner = 5, .size = 4, .fs = 2};
    char text[32];
    for (size_t i = 0; i < tree->count; i++) {
        const struct rep_node *node = &tree->node[i].node;
        format_owner(node, text);
        columns.owner = widest(columns.owner, text);
        format_size(node, text);
        columns.size = widest(columns.size, text);
        columns.fs = widest(columns.fs, fs_name(node->fs));
    }
    return columns;
}

static void blanks(struct rep_out *out, size_t width, const char *text)
{
    for (size_t used = strlen(text); used < width; used++) {
        rep_out_raw(out, " ");
    }
}

static void left(struct rep_out *out, size_t width, const char *text)
{
    rep_out_text(out, text);
    blanks(out, width, text);
    rep_out_raw(out, " ");
}

static void right(struct rep_out *out, size_t width, const char *text)
{
    blanks(out, width, text);
    rep_out_text(out, text);
    rep_out_raw(out, " ");
}

static size_t attribute_columns(const struct columns *columns)
{
    return 8 + 6 + columns->owner + 1 + columns->size + 1 + columns->fs + 1 + 1;
}

static void draw_attributes(struct rep_out *out, const struct rep_node *node,
                            const struct columns *columns)
{
    char owner[32];
    char size[32];
    format_owner(node, owner);
    format_size(node, size);
    rep_out_colour(out, REP_DIM);
    left(out, 7, node->type ? node->type : "-");
    left(out, 5, node->mode ? node->mode : "-");
    left(out, columns->owner, owner);
    right(out, columns->size, size);
    left(out, columns->fs, fs_name(node->fs));
    rep_out_colour(out, REP_PLAIN);
    rep_out_raw(out, " ");
}

/* `open[d]` tells whether the branch at depth d goes on below this line. `below`: of a second line
 * for the node. */
static void draw_branches(struct rep_out *out, const struct rep_tree_node *node, const bool *open,
                          bool below)
{
    uint32_t from = 1;
    if (node->depth > DRAWN_DEPTH) {
        from = node->depth - DRAWN_DEPTH + 1;
        rep_out_raw(out, "\xe2\x80\xa6 "); /* … */
    }
    for (uint32_t depth = from; depth < node->depth; depth++) {
        rep_out_raw(out, open[depth] ? "\xe2\x94\x82   " : "    "); /* │ */
    }
    if (node->depth > 0 && below) {
        rep_out_raw(out, node->last ? "    " : "\xe2\x94\x82   ");
    } else if (node->depth > 0) {
        /* ├── and └── */
        rep_out_raw(out, node->last ? "\xe2\x94\x94\xe2\x94\x80\xe2\x94\x80 "
                                    : "\xe2\x94\x9c\xe2\x94\x80\xe2\x94\x80 ");
    }
}

static void add_mark(struct rep_buf *marks, const char *mark, const char *detail)
{
    rep_buf_str(marks, marks->size ? ", " : "");
    rep_buf_str(marks, mark);
    if (detail && detail[0]) {
        rep_buf_str(marks, " ");
        rep_buf_str(marks, detail);
    }
}

static void collect_marks(const struct rep_node *node, struct rep_buf *marks)
{
    if (!node->type) {
        add_mark(marks, "not recorded", NULL);
        return;
    }
    if (node->mountpoint) {
        add_mark(marks, "mount", node->flags);
    }
    if (node->overlay) {
        if (!node->fs || strcmp(node->fs, "overlayfs") != 0) {
            add_mark(marks, "overlay", NULL);
        }
        if (node->upper) {
            add_mark(marks, "upper", fs_name(node->upper));
        }
        if (node->lower) {
            add_mark(marks, "lower", fs_name(node->lower));
        }
    }
    if (node->special) {
        add_mark(marks, "special", NULL);
    }
    if (!node->readdir) {
        add_mark(marks, "not listed", NULL);
    }
    if (node->error) {
        add_mark(marks, "error:", node->error);
    }
}

static enum rep_colour name_colour(const struct rep_node *node)
{
    if (node->error) {
        return REP_RED;
    }
    if (node->mountpoint) {
        return REP_YELLOW;
    }
    return node->type && strcmp(node->type, "dir") == 0 ? REP_CYAN : REP_PLAIN;
}

static size_t text_columns(const char *text)
{
    struct rep_buf escaped = {0};
    rep_escape_into(&escaped, text, strlen(text), 0);
    size_t columns = escaped.data ? rep_columns(escaped.data, escaped.size) : 0;
    rep_buf_release(&escaped);
    return columns;
}

static bool is_too_wide(const struct rep_out *out, const struct rep_tree_node *node,
                        const struct columns *columns, const char *marks)
{
    if (out->sink->width == 0) {
        return false;
    }
    size_t branches = node->depth > DRAWN_DEPTH ? 2 + 4 * DRAWN_DEPTH : 4 * (size_t)node->depth;
    size_t target = node->node.target ? 4 + text_columns(node->node.target) : 0;
    return attribute_columns(columns) + branches + text_columns(node->name) + target + 4 +
               text_columns(marks) >
           rep_out_width(out);
}

/* `open` as in draw_branches. */
static void draw_marks(struct rep_out *out, const struct rep_tree_node *node, const bool *open,
                       const struct columns *columns)
{
    struct rep_buf marks = {0};
    collect_marks(&node->node, &marks);
    if (marks.size > 0) {
        if (is_too_wide(out, node, columns, marks.data)) {
            rep_out_raw(out, "\n");
            blanks(out, attribute_columns(columns), "");
            draw_branches(out, node, open, true);
        }
        rep_out_raw(out, "  [");
        rep_out_text(out, marks.data);
        rep_out_raw(out, "]");
    }
    out->line.failed = out->line.failed || marks.failed;
    rep_buf_release(&marks);
}

static void draw_node(struct rep_out *out, const struct rep_tree_node *node, const bool *open,
                      const struct columns *columns)
{
    draw_attributes(out, &node->node, columns);
    draw_branches(out, node, open, false);
    rep_out_colour(out, name_colour(&node->node));
    rep_out_text(out, node->name);
    rep_out_colour(out, REP_PLAIN);
    if (node->node.target) {
        rep_out_raw(out, " -> ");
        rep_out_text(out, node->node.target);
    }
    draw_marks(out, node, open, columns);
    rep_out_raw(out, "\n");
}

static int draw(struct rep_db *db, const struct rep_loaded_tree *tree, const struct rep_sink *sink)
{
    struct rep_out out;
    uint32_t depth = 0;
    for (size_t i = 0; i < tree->count; i++) {
        depth = tree->node[i].depth > depth ? tree->node[i].depth : depth;
    }
    bool *open = calloc((size_t)depth + 1, sizeof *open);
    if (!open) {
        return rep_fail_memory(db);
    }
    struct columns columns = measure(tree);
    rep_out_init(&out, sink);
    for (size_t i = 0; i < tree->count && out.code == 0; i++) {
        draw_node(&out, &tree->node[i], open, &columns);
        open[tree->node[i].depth] = !tree->node[i].last;
    }
    free(open);
    int code = rep_out_finish(&out);
    return code < 0 ? rep_fail(db, code, "cannot write the drawing") : 0;
}

int rep_tree(struct rep_db *db, const char *ref, const char *name, const struct rep_sink *sink)
{
    struct rep_hash root;
    struct rep_loaded_tree tree;
    bool has_tree;
    int code = rep_case_tree(db, ref, name, &root, &has_tree);
    if (code < 0) {
        return code;
    }
    if (!has_tree) {
        return rep_fail(
            db, -ENOENT,
            "the case %.400s has no tree in run %.200s: it did not end with ok (see `simrun show`)",
            name, ref);
    }
    code = rep_tree_load(db, &root, &tree);
    if (code == 0) {
        code = draw(db, &tree, sink);
        rep_tree_release(&tree);
    }
    return code;
}
