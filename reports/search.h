/* What search.c finds and search_print.c shows. */
#ifndef SIMRUN_REPORTS_SEARCH_H
#define SIMRUN_REPORTS_SEARCH_H

#include "group.h"

/* The highlighter's marks; stripped from what is shown. */
#define MARK_ON  '\001'
#define MARK_OFF '\002'

struct search {
    struct rep_db *db;
    int64_t run; /* 0 = all */
    const char *match;
    struct rep_groups groups; /* of matches; a case is "RUN NAME" */
    int64_t paths_left;       /* matching paths past PATHS */
    int64_t backlog;          /* results that are not indexed yet */
};

int search_write(const struct search *search, const struct rep_sink *sink, enum rep_format format);

#endif
