/* References to what a backend serves. */
#include <simrun/p9.h>

struct p9_node *p9_node_get(struct p9_node *node)
{
    node->refs++;
    return node;
}

void p9_node_put(struct p9_node *node)
{
    if (node && --node->refs == 0) {
        node->ops->close(node);
    }
}
