/* What the files of updating share. */
#ifndef SIMRUN_SIM_EXPECT_UPDATE_H
#define SIMRUN_SIM_EXPECT_UPDATE_H

#include "mtree.h"
#include "reader.h"
#include "update_fields.h"

struct expect_update {
    struct domain *d;
    const struct expect_set *set;
    bool all;
    struct expect_reader *reader; /* owned */
    struct arena *arena;          /* owned: the texts of the edits */
    struct expect_edit *edits;    /* owned */
    size_t n, cap;
    uint64_t bytes;
};

/* One case on its way. */
struct updating {
    struct expect_update *u;
    const struct case_info *info;
    const struct sim_case *c;
    struct fresh fresh;
    struct error *why; /* in c->d */
};

/* Copies the texts. 1, or 0 when it changes nothing; -EPERM when another case changes the same
 * bytes in another way; -E2BIG. */
int update_push(struct updating *w, const struct expect_edit *edit);

/* `expect` and `expect_profile` of the case; `result`: its result and error are said too, whatever
 * stands there now. (update_case.c) */
int update_in_case(struct updating *w, bool result);

/* A manifest as this result would have it: lines that hold stay, values that do not are replaced,
 * lines of missing nodes go, new nodes get one with the keywords that the manifest uses.
 * (update_mtree.c) */
int update_mtree(struct str *out, const struct mtree *m, const struct sim_result *r);
/* A new one. */
int update_new_mtree(struct str *out, const struct sim_result *r);

#endif
