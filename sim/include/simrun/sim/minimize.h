/*
 * minimize: a smaller case that still shows the same.
 *
 * Hierarchical delta debugging on the case's JSON: level by level, parts of it (mounts, options,
 * operations, nodes of trees, sources, annotations, any member) are left out, in ever smaller
 * chunks, and the case runs again; what is not needed stays out. All levels are gone through until
 * nothing more goes. Candidates run in workers, so crashes and timeouts can be minimized too. The
 * same case gives the same answer, whatever the number of workers.
 */
#ifndef SIMRUN_SIM_MINIMIZE_H
#define SIMRUN_SIM_MINIMIZE_H

#include <simrun/sim/case.h>
#include <simrun/sim/expect.h>
#include <simrun/sim/subject.h>

enum { MINIMIZE_RUNS = 5000 /* unless told otherwise */ };

enum minimize_keep {                  /* what the smaller case must have as the given one has it */
                     MINIMIZE_SAME,   /* result and error text */
                     MINIMIZE_RESULT, /* the result alone */
                     MINIMIZE_ERROR,  /* the error text alone */
                     MINIMIZE_STATUS, /* pass, fail, ... */
                     MINIMIZE_DIFFERENCE, /* the first difference from its expectation */
                     MINIMIZE_ROW,        /* a row of the contract acts */
};

/* Everything is borrowed. */
struct minimize_options {
    const struct subject *subject;
    const struct case_options *cases; /* how candidates are read */
    const char *profile;              /* for expectations */
    enum minimize_keep keep;
    const char *row; /* of MINIMIZE_ROW: "VQ-09" */
    unsigned jobs;   /* at least 1 */
    size_t max_runs;
    int64_t timeout_ns; /* of one run */
    int64_t (*now)(void *arg);
    void *now_arg;
    int stop_fd; /* readable: end with what there is; -1 = none */
};

/* Kinds of parts that people know by name. */
enum minimize_part {
    PART_MOUNTS,
    PART_OPTIONS,
    PART_OPS,
    PART_ROOT_NODES,
    PART_SOURCES,
    PART_SOURCE_NODES,
    PART_ANNOTATIONS,
    PART_OTHERS,
    PART_COUNT
};
const char *minimize_part_name(enum minimize_part part); /* "mounts", ...; static */

struct minimize_report {
    size_t runs;
    size_t before[PART_COUNT], after[PART_COUNT];
    bool stopped;     /* by max_runs or stop_fd: there may be more to take away */
    bool empty_root;  /* its root file system was replaced by an empty one */
    char holds[1024]; /* what was kept: "error: ..." */
};

/*
 * Shrink a suite line (CASE_SUITE) or a spec (CASE_SPEC) that was read from `file`. `ret` gets the
 * JSON text, on one line. 0; -EINVAL when it is no case or does not show what is to be kept;
 * CODE_FATE; others of files and workers.
 */
int minimize_case(struct domain *d, const struct minimize_options *o, enum case_kind kind,
                  const char *file, const char *bytes, size_t n, struct str *ret,
                  struct minimize_report *report, struct error *err);

#endif
