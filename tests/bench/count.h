/* How many 9P requests this process has sent. */
#ifndef SIMRUN_BENCH_COUNT_H
#define SIMRUN_BENCH_COUNT_H

#include <stdint.h>
#include <sys/types.h>

uint64_t count_requests(void);

#endif
