/*
 * contract: the numbered rows of the contract as the program knows them, made from
 * model/contract/rows.tsv when it is built. What a row is and who decides:
 * model/contract/README.md.
 */
#ifndef SIMRUN_CONTRACT_H
#define SIMRUN_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>

/* All texts are static. */
struct contract_row {
    const char *id;       /* "PQ-12" */
    const char *kind;     /* quirk, panic, invariant, interop */
    const char *cls;      /* switch, observed, never; kind again for the other two */
    const char *where;    /* "pipeline:11.1": page and section */
    const char *subject;  /* one line: what the row says */
    const char *decision; /* what is done about it, under which profile */
};

/* Row number `i`, in the order of the pages; false past the last one. */
bool contract_row_at(size_t i, struct contract_row *ret);
/* 0, or -ENOENT. Ids are compared exactly. */
int contract_row_find(const char *id, struct contract_row *ret);

#endif
