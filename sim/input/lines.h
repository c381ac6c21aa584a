/* lines: a file of lines, packed with gzip or not, read in one buffer of bounded size. */
#ifndef SIMRUN_SIM_INPUT_LINES_H
#define SIMRUN_SIM_INPUT_LINES_H

#include <simrun/core.h>

struct lines;

struct line {
    const char *p; /* without the newline, not NUL terminated; valid until the next call */
    size_t n;
    uint64_t offset; /* in the unpacked bytes */
    uint64_t number; /* from 1 */
};

/* Open `path`; messages call it `shown`, which must outlive it. */
int lines_open(struct domain *d, const char *path, const char *shown, struct lines **ret,
               struct error *err);
void lines_free(struct lines *l);
/* 1 and a line that holds more than white space, 0 at the end, or a negative code. The error lives
 * in `ed`. */
int lines_next(struct lines *l, struct line *ret, struct domain *ed, struct error *err);
/* Go to a line that lines_next gave before. Back is slow in packed files. */
int lines_seek(struct lines *l, uint64_t offset, uint64_t number, struct domain *ed,
               struct error *err);

#endif
