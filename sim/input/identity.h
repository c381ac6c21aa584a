/* identity: what tells a real file or directory from itself after a change. Apart from the rest for
 * the sake of system headers that the model's names would meet. */
#ifndef SIMRUN_SIM_INPUT_IDENTITY_H
#define SIMRUN_SIM_INPUT_IDENTITY_H

#include <simrun/core.h>

enum {
    LIMIT_IDENTITY_ENTRIES = 1 << 18, /* looked at in one tree */
    IDENTITY_CONTENT = 4096,          /* a file up to this size counts by its bytes */
};

struct identity {
    uint64_t low, high; /* digest; where the tree stands is no part of it */
    size_t entries;
    bool whole; /* false: the bound was met; how many entries there are is then all that counts of
                   the rest */
};

/*
 * Of every entry: path below `path`, type, mode, owner, links, device number, target; of a file its
 * bytes when it is small, else size and time of change. So a copy of a small tree has the identity
 * of the original, and of a large file no byte is read. What cannot be read counts with its error.
 * A symbolic link at `path` itself is followed, none below. Opens no device, FIFO or socket. 0 or
 * an errno.
 */
int identity_of(const char *path, struct identity *ret);

#endif
