/*
 * gen: suites of cases made from a seed.
 *
 * A family is a way to make cases that try one side of the pipeline: hard option strings, prefixes
 * in every order, odd destinations. The same family and seed give the same bytes on every machine;
 * case n depends on family, seed and n alone, so a longer suite begins with the cases of the
 * shorter one. A generated case has no expectation: it is recorded, compared between profiles and
 * between versions, and must not crash.
 */
#ifndef SIMRUN_SIM_GEN_H
#define SIMRUN_SIM_GEN_H

#include <simrun/core.h>
#include <stdio.h>

enum {
    GEN_VERSION = 1,      /* grows when the same seed would give other bytes */
    GEN_LIMIT = 10000000, /* cases of one suite */
};

struct gen_options {
    const char *family; /* one of gen_family; borrowed */
    uint64_t seed;
    uint64_t count; /* cases; 1 to GEN_LIMIT */
};
#define GEN_OPTIONS_INIT                                                                           \
    {                                                                                              \
        .family = "mix", .seed = 1, .count = 100                                                   \
    }

struct gen_family {
    const char *name;  /* "nesting" */
    const char *about; /* one line */
};

/* Family number `i` from 0, or NULL past the last one. Static storage. */
const struct gen_family *gen_family(size_t i);

/*
 * Write a suite (one case a line, format of case.h 4) to `out`, which stays open. Ids are
 * `generated/FAMILY-SEED/NNNNNN`; the first line has a `comment` with the command that makes the
 * suite again. 0; -EINVAL an unknown family (`err` lists the known ones), -ERANGE a count out of
 * bounds, -EIO when `out` refuses bytes, CODE_FATE. `d` is used for memory alone; nothing stays in
 * its ledger but the text of `err`.
 */
int gen_run(struct domain *d, const struct gen_options *opt, FILE *out, struct error *err);

#endif
