/* update: simrun --update, which makes expectations of what came out. */
#ifndef SIMRUN_SIM_CLI_UPDATE_H
#define SIMRUN_SIM_CLI_UPDATE_H

#include "cli.h"

struct case_reader;

/* Of one run. All of it does nothing without --update. */
struct update {
    struct cli *c;
    struct case_reader *reader; /* owned */
    struct expect_update *u;    /* owned; NULL = off */
    size_t cases, left;         /* that change; that fail and do not, with those of xfail */
    struct ptrvec notes;        /* owned texts: why */
    bool broken;                /* out of memory */
};
/* --update refused: beside --ci, where CI is set, for standard input. An exit code. */
int update_check(struct cli *c);
/* An exit code; the complaint is made. Everything is borrowed and must outlive the update. */
int update_begin(struct update *t, struct cli *c, const struct case_source *source,
                 const struct expect_set *set);
/* Looks at one record. True: its expectation will be what it came to, so that it is no failure. */
bool update_record(struct update *t, const struct run_record *r);
/* Shows every change on `out`, writes the files, tells how many; after a run that was stopped
 * nothing is written. An exit code. */
int update_end(struct update *t, FILE *out, bool complete);
void update_release(struct update *t);

/* Two texts line by line, as a unified diff without a header, escaped and wrapped to the width.
 * (unified.c) */
int unified_print(const struct cli *c, FILE *out, const char *old, const char *new);

/*
 * Write edits: each file to a temporary one beside it, which takes its place and mode, so that a
 * file is the old or the new one whatever happens. A file that has changed since it was read is
 * refused (-ESTALE). Files before the one that failed stay written; *files = how many were.
 * (update_write.c)
 */
int update_write(struct domain *d, const struct expect_edit *edits, size_t n, size_t *files,
                 struct error *err);

#endif
