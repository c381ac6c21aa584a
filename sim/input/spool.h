/* spool: bytes that have to be read in any order, in a file without a name. */
#ifndef SIMRUN_SIM_INPUT_SPOOL_H
#define SIMRUN_SIM_INPUT_SPOOL_H

#include <stddef.h>

/* A new empty file in $TMPDIR, /tmp or memory: its descriptor, or -errno. */
int spool_open(void);
/* 0 or -errno. */
int spool_write(int fd, const char *p, size_t n);

#endif
