/* records: made results as the records of a run. */
#ifndef FUZZ_SUPPORT_RECORDS_H
#define FUZZ_SUPPORT_RECORDS_H

#include "result.h"

#include <simrun/sim/record.h>

enum { RECORDS_MAX = 6 };

/* Some results, each like the one before but for a few bytes, and their records. */
struct made_records {
    struct domain d;
    struct made_result made[RECORDS_MAX];
    struct verdict verdicts[RECORDS_MAX];
    struct run_attempt attempts[2];
    struct run_record records[RECORDS_MAX];
    struct record_view views[RECORDS_MAX]; /* open */
    size_t n;
};

/* Must stay where it is. */
void make_records(struct made_records *m, struct bytes *b);
void made_records_release(struct made_records *m);

#endif
