/* Equal changes counted together. */
#ifndef SIMRUN_REPORTS_GROUP_H
#define SIMRUN_REPORTS_GROUP_H

#include "private.h"

struct rep_group {
    char *text; /* owned */
    enum rep_change_kind kind;
    uint64_t order; /* of first appearance */
    uint32_t *hit;  /* owned; numbers of the cases, ascending, each once */
    size_t hits, hit_room;
    size_t places;                 /* how often it was seen at a place */
    char *place[REP_GROUP_PLACES]; /* owned; the first distinct ones */
    /* Set by rep_groups_sort: */
    struct rep_hash set; /* of hit */
    size_t cause;
    unsigned rank; /* of the cause */
};

struct rep_groups {
    struct rep_group *group; /* owned */
    size_t count;
    size_t room;
    uint32_t *index; /* owned; open addressing over group + 1 */
    size_t index_room;
    const char **name; /* owned array; of the cases that changed, by number */
    size_t n_names, name_room;
    struct rep_arena names;
    const char *current; /* borrowed: the case that changes are added for */
    bool known;          /* it has its number: the last one */
    int64_t dropped;     /* changes past REP_MAX_GROUPS */
};

void rep_groups_release(struct rep_groups *groups);
/* What is added from now on happened to this case; `name` lives until the next one. */
void rep_groups_case(struct rep_groups *groups, const char *name);
/* `place`: path or destination that the text leaves out, so that the same change of many nodes is
 * one; NULL = none. */
int rep_groups_add(struct rep_groups *groups, enum rep_change_kind kind, const char *text,
                   const char *place);
/* Numbers the causes and orders by them: changes that hit exactly the same cases have one cause. */
void rep_groups_sort(struct rep_groups *groups);

#endif
