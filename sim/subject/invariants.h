/*
 * The contract's invariants (pipeline 22, vfs 27, filesystems 14), as far as the end of one case
 * shows them. invariants.def lists which, and the rows that suspend each.
 *
 * A row acted when this world asked it and its value is that of the original; one that is no switch
 * acted when the provenance of a mount names it. Other suspending rows (a lookup that fails on a
 * host socket, names that proc does not list) are part of the checks themselves. An invariant that
 * a row suspends is not looked at, and counted as skipped.
 */
#ifndef SIMRUN_SIM_INVARIANTS_H
#define SIMRUN_SIM_INVARIANTS_H

#include <simrun/boot.h>
#include <simrun/sim/case.h>
#include <simrun/sim/result.h>

/* Debug and sanitizer builds look after every case; the build says so for the whole program. */
#ifdef SIMRUN_CHECK_INVARIANTS
enum { INVARIANTS_ON = 1 };
#else
enum { INVARIANTS_ON = 0 };
#endif

/* What a case came to. All borrowed. */
struct invariant_input {
    const struct sim_case *c;
    const struct boot_record *rec;
    struct mount_ns *ns;       /* NULL: the pipeline failed, or a fate was met */
    const struct domain *dead; /* the domain that met its fate, or NULL */
    const char *error;         /* the pipeline's error text, or NULL */
    size_t n_fds;              /* descriptors that the pipeline was given */
    const struct quirks *rows; /* of the sentry */
    /* Of the gofer. NULL when it runs by itself: then each of its rows that is on counts as acted,
     * for nobody can see which it asked. */
    const struct quirks *gofer_rows;
};

/*
 * Looks at the result (nodes, operations), the record and the live namespace. Each violation
 * becomes a finding of severity "error", which fails
 * the case. `checks` and `checks_skipped` of the result are counted up. The namespace's caches are
 * flushed in the end, nothing else changes, and the model is asked nothing. 0 or CODE_FATE (of the
 * result's domain).
 */
int invariants_check(const struct invariant_input *in, struct sim_result *r);

#endif
