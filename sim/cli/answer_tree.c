/* The top of the tree: names below the root, and mounts one level deeper. */
#include "cli.h"

enum { TREE_LINES = 40 };

static size_t depth_of(const char *path)
{
    size_t n = 0;
    for (const char *p = path; *p; p++) {
        n += *p == '/' && p[1];
    }
    return n;
}

static bool is_below(const char *top, const char *path)
{
    size_t n = strlen(top);
    return strncmp(top, path, n) == 0 && path[n] == '/';
}

/* Nodes below node i. */
static size_t count_below(const struct sim_result *r, size_t i)
{
    size_t n = 0;
    /* "a-b" sorts between "a" and "a/b": look on until the names no longer begin alike. */
    size_t same = strlen(r->nodes[i].path);
    for (size_t k = i + 1; k < r->n_nodes && strncmp(r->nodes[i].path, r->nodes[k].path, same) == 0;
         k++) {
        n += is_below(r->nodes[i].path, r->nodes[k].path);
    }
    return n;
}

static void print_node(FILE *out, const struct sim_result *r, size_t i, size_t depth)
{
    const struct sim_node *n = &r->nodes[i];
    bool is_dir = strcmp(n->type, "dir") == 0;
    (void)fprintf(out, "%*s", (int)(2 * depth), "");
    print_cell(out, strrchr(n->path, '/') + 1, 30 - 2 * depth);
    (void)fprintf(out, " %-7s %-4s %-9s", n->type, n->mode, n->fs);
    if (n->mountpoint) {
        (void)fprintf(out, " mount%s%s", *n->flags ? " " : "", n->flags);
    }
    if (is_dir) {
        size_t below = count_below(r, i);
        (void)fprintf(out, below ? " %zu below" : " empty", below);
    }
    if (n->target) {
        (void)fputs(" -> ", out);
        print_cut(out, n->target, 18);
    }
    if (n->error) {
        (void)fprintf(out, " %s", n->error);
    }
    (void)fputc('\n', out);
}

void answer_tree(FILE *out, const struct sim_result *r)
{
    size_t lines = 0, left = 0;
    if (!r->n_nodes) {
        return;
    }
    (void)fprintf(out, "\nTREE (%zu nodes)\n", r->n_nodes);
    for (size_t i = 1; i < r->n_nodes; i++) {
        size_t depth = depth_of(r->nodes[i].path);
        if (depth != 1 && !(depth == 2 && r->nodes[i].mountpoint)) {
            continue;
        }
        if (lines++ < TREE_LINES) {
            print_node(out, r, i, depth);
        } else {
            left++;
        }
    }
    if (left) {
        (void)fprintf(out, "  and %zu more\n", left);
    }
}
