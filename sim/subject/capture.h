/* Taking the tree of a mount namespace. */
#ifndef SIMRUN_SIM_CAPTURE_H
#define SIMRUN_SIM_CAPTURE_H

#include <simrun/sim/result.h>
#include <simrun/vfs.h>

enum {
    LIMIT_CAPTURE_NODES = 4000000, /* nodes of one tree: -E2BIG above */
    LIMIT_CAPTURE_DEPTH = 2048,    /* directories inside each other: -ENAMETOOLONG below */
};

/*
 * Fills `nodes` of the result, seen by `c` (its task, its root). 0, CODE_FATE (of the world or of
 * the result's domain), or one of the bounds above.
 */
int capture_tree(struct ctx *c, struct mount_ns *ns, struct sim_result *r);

/* The type of a node or a directory entry as results spell it: "dir", "file", ... Static. */
const char *capture_type_name(enum inode_type t);

#endif
