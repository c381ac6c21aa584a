/* update_fields: an expectation as a result would have it. */
#ifndef SIMRUN_SIM_EXPECT_UPDATE_FIELDS_H
#define SIMRUN_SIM_EXPECT_UPDATE_FIELDS_H

#include "compare.h"
#include "rewrite.h"

/* A result, its line, and the line parsed. */
struct fresh {
    struct domain *d;
    const struct sim_result *r;
    struct subtrees *subtrees; /* may be NULL */
    struct json_doc line;      /* owned */
    const struct json **nodes; /* owned: those of the line, r->n_nodes of them */
};
int fresh_init(struct fresh *f, struct domain *d, const struct sim_result *r,
               struct subtrees *subtrees, struct error *err);
void fresh_release(struct fresh *f);

/*
 * The members of `old` with the values that the result has, written only where they differ by the
 * rules of comparing; what does not count for its outcome goes. `whole`: a result line, which
 * takes what the result has more. Members that no result has stay.
 */
void update_fields(struct str *out, struct fresh *f, const struct json_doc *doc,
                   const struct json *old, bool whole);
/* One member so. False: it does not count and goes. */
bool update_field(struct str *out, struct fresh *f, const struct json_doc *doc,
                  const struct json *old);
/* An object of which only its own members count; null where the result has none. */
void update_partly(struct str *out, const struct json_doc *doc, const struct json *old,
                   const struct json_doc *want_doc, const struct json *want);
/* The mounts (update_mounts.c): the whole list, or those that it names. */
void update_mounts(struct str *out, struct fresh *f, const struct json_doc *doc,
                   const struct json *old, bool all);
/* The trees of it (update_nodes.c). */
void update_nodes(struct str *out, struct fresh *f, const struct json_doc *doc,
                  const struct json *old);
void update_nodes_include(struct str *out, struct fresh *f, const struct json_doc *doc,
                          const struct json *old);

#endif
