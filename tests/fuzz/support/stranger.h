/* stranger: a file of records that a stranger made: a small real one, changed. */
#ifndef FUZZ_SUPPORT_STRANGER_H
#define FUZZ_SUPPORT_STRANGER_H

#include "bytes.h"

/* Something that must not be a tag of a page; in names and texts of the file. */
#define STRANGER_TAG "<i class=hostile>"

/* Put the file in its place, as it was but for what the bytes change: rows (with no regard to
 * foreign keys), or bytes anywhere. Returns its path; it goes with the process. */
const char *stranger_rows(struct bytes *b);
const char *stranger_pages(struct bytes *b);

#endif
