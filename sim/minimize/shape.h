/* A case as parts that can be left out. */
#ifndef SIMRUN_SIM_MINIMIZE_SHAPE_H
#define SIMRUN_SIM_MINIMIZE_SHAPE_H

#include <simrun/sim/json.h>
#include <simrun/sim/minimize.h>

/* A value of the document; they stand in document order, parents first. */
struct unit {
    const struct json *v;
    size_t parent; /* its index; that of the root is its own */
    unsigned depth;
    bool gone;
    bool fixed; /* the case is none without it, or it is part of one that goes as a whole */
};

struct shape {
    struct domain *d;
    enum case_kind kind;
    struct json_doc doc;
    struct unit *units; /* owned */
    size_t n;
    unsigned depth;  /* of the deepest unit */
    char *folder;    /* owned: of the file, absolute; relative names start there */
    bool empty_root; /* with an empty root file system in place of the one it names */
};

int shape_open(struct domain *d, enum case_kind kind, const char *file, const char *bytes, size_t n,
               struct shape *ret, struct error *err);
void shape_release(struct shape *s);

/* Units of a level that are still there and may go; `ret` has room for s->n. */
size_t shape_level(const struct shape *s, unsigned depth, size_t *ret);
/* The case as it is now. `id` in place of its own (suites); NULL = its own, and relative names as
 * they were. */
void shape_render(const struct shape *s, const char *id, struct str *ret);
/* How many parts of each kind are there now. */
void shape_count(const struct shape *s, size_t ret[PART_COUNT]);
/* Can the root file system be replaced by an empty one? */
bool shape_has_shared_root(const struct shape *s);

#endif
