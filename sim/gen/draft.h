/* A case while a family makes it. */
#ifndef SIMRUN_SIM_GEN_DRAFT_H
#define SIMRUN_SIM_GEN_DRAFT_H

#include "trees.h"
#include "write.h"
#include <simrun/sim/random.h>

enum {
    GEN_MOUNTS = 24,  /* mounts of one case; further ones are dropped */
    GEN_OPTIONS = 8,  /* options of one mount; likewise */
    GEN_OPS = 12,     /* operations of one case; likewise */
    GEN_OP_WORDS = 6, /* an operation and its arguments */
};

struct gen_mount {
    const char *destination, *type, *source; /* NULL = key not written */
    const char *options[GEN_OPTIONS];
    size_t n_options;
};

struct gen_op {
    const char *word[GEN_OP_WORDS];
    bool number[GEN_OP_WORDS]; /* written without quotes */
    size_t n;
};

/* Texts are static or made by gen_text; nothing else is owned. */
struct gen_draft {
    struct domain *d;
    struct gen_random r;
    const char *file_access; /* "proxy", ... */
    bool overlay, readonly, restore;
    bool process; /* the spec has ociVersion and process, as an engine writes it */
    enum gen_root root;
    struct gen_mount mounts[GEN_MOUNTS];
    size_t n_mounts;
    struct gen_op ops[GEN_OPS];
    size_t n_ops;
    struct ptrvec texts; /* owned */
};

/* What a family is: it fills a draft whose access, overlay, root and readonly are already drawn. */
typedef void gen_make(struct gen_draft *c);
gen_make gen_make_options, gen_make_nesting, gen_make_destinations, gen_make_dev, gen_make_engines,
    gen_make_symlinks, gen_make_restore, gen_make_ops, gen_make_mix;

/* Draws the common part. */
void gen_draft_init(struct gen_draft *c, struct domain *d, const char *family, uint64_t seed,
                    uint64_t index);
void gen_draft_release(struct gen_draft *c);

/* A formatted text that lives as long as the draft; "" after a fate. */
const char *gen_text(struct gen_draft *c, const char *fmt, ...) SIMRUN_PRINTF(2, 3);

/* A word of a table. Never twice in one argument list: its order is the compiler's choice, and the
 * bytes must not be. */
#define GEN_PICK(c, table) ((table)[gen_random_below(&(c)->r, ARRAY_LEN(table))])

/* A further mount; past GEN_MOUNTS the last one is written over. Never NULL. */
struct gen_mount *gen_add_mount(struct gen_draft *c, const char *destination, const char *type,
                                const char *source);
void gen_add_option(struct gen_mount *m, const char *option);
/* A mount of a drawn type (mostly bind and tmpfs) with a source that fits. */
struct gen_mount *gen_add_any(struct gen_draft *c, const char *destination);
/* A bind source: directories and files, their subpaths, sometimes one that does not exist. */
const char *gen_any_source(struct gen_draft *c);
/* One to three flags as engines write them. */
void gen_add_flags(struct gen_draft *c, struct gen_mount *m);
/* A permutation of the mounts that are there. */
void gen_shuffle_mounts(struct gen_draft *c);
/* An operation of `n` words; `number_from` is the first that is a number (n = none). */
void gen_add_op(struct gen_draft *c, size_t n, const char *const *words, size_t number_from);

/* The line of a case, without a newline. `comment` may be NULL. */
void gen_draft_write(const struct gen_draft *c, struct gen_write *w, const char *id,
                     const char *comment);

#endif
