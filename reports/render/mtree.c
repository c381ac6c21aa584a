/* A case's tree as an mtree(5) manifest: see rep_mtree_write. */
#include "internal.h"

#include <string.h>

/* A case without a tree: a comment alone, which is a manifest of nothing. */
static void add_result(struct rep_report *report, const struct rep_result *result)
{
    struct rep_buf *out = &report->out.line;
    if (result->n_nodes == 0) {
        rep_buf_str(out, "#mtree\n# ");
        rep_add_escaped(out, result->name);
        rep_buf_str(out, ": no tree, the result is ");
        rep_add_escaped(out, result->result);
        rep_buf_str(out, "\n");
        return;
    }
    int code = rep_mtree_write(result->nodes, result->n_nodes, &report->sink);
    report->out.code = report->out.code ? report->out.code : code;
}

const struct rep_render_ops rep_render_mtree = {.result = add_result};
