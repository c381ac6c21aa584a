/* The fids of one connection (contract 7.1). Private to p9. */
#ifndef SIMRUN_P9_FIDTABLE_H
#define SIMRUN_P9_FIDTABLE_H

#include <simrun/p9.h>

struct fid {
    uint32_t number;
    struct p9_node *node; /* one reference; NULL: free slot */
    bool opened;
    uint32_t flags; /* of the open, unmasked */
};

/* Open addressing with linear probing; at most half full. Pointers into it hold until the next
 * insert or delete. */
struct fidtable {
    struct domain *d;
    struct fid *slots; /* owned */
    size_t cap, n;
    uint64_t inserts, deletes, replaced;
};

void fidtable_init(struct fidtable *t, struct domain *d);
/* Drop every fid, each counted as a delete. */
void fidtable_clear(struct fidtable *t);
void fidtable_release(struct fidtable *t);
struct fid *fidtable_find(const struct fidtable *t, uint32_t number);
/*
 * Put `fid` in, replacing one of the same number. Takes the reference of `fid.node` in any
 * case. -EMFILE at P9_FIDS_MAX, or CODE_FATE.
 */
int fidtable_insert(struct fidtable *t, struct fid fid);
bool fidtable_delete(struct fidtable *t, uint32_t number); /* false: absent */

#endif
