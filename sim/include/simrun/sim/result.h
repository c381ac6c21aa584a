/*
 * result: what a case came to, as plain data. The same struct for every subject; nothing in it is a
 * type of the model, so that records, comparisons and renderers work for any subject.
 *
 * Texts belong to the result (they live in the arena of its domain until sim_result_free) and are
 * never NULL unless the comment says so. Paths of the model's host side are already shown as
 * `@rootfs` and `@NAME`.
 */
#ifndef SIMRUN_SIM_RESULT_H
#define SIMRUN_SIM_RESULT_H

#include <simrun/core.h>

enum sim_outcome { /* the `result` of a result line */
                   OUTCOME_OK,
                   OUTCOME_ERROR,       /* the original gives an error: `error` is its text */
                   OUTCOME_PANIC,       /* the original would abort: `error` is its panic text */
                   OUTCOME_HANG,        /* the original never comes back */
                   OUTCOME_UNSUPPORTED, /* the harness: a part is not modelled; `error` says which
                                         */
                   OUTCOME_OOM,         /* the harness: out of memory */
                   OUTCOME_CRASH,       /* the harness: the subject ended by a signal */
                   OUTCOME_TIMEOUT,     /* the harness: past --timeout */
                   OUTCOME_COUNT
};
const char *sim_outcome_name(enum sim_outcome o); /* "ok", ... static */
int sim_outcome_parse(const char *name, enum sim_outcome *ret);

/* A list of texts. */
struct sim_texts {
    const char **v;
    size_t n;
};

struct sim_compiled { /* one entry of the compiled mount list */
    const char *destination, *type, *source;
    struct sim_texts options;
};

struct sim_node {            /* golden/README.md, `nodes` */
    const char *path, *type; /* type: dir file symlink fifo sock chr blk, "?" when `error` is set */
    const char *mode;        /* four octal digits, "" when `error` is set */
    uint32_t uid, gid;
    int64_t size; /* -1 = absent (only files and symlinks have one) */
    uint64_t nlink;
    const char *rdev, *target; /* NULL = absent */
    const char *fs, *flags;
    bool mountpoint, overlay, special, readdir;
    const char *upper, *lower; /* NULL = no such layer; "" = the stub tree */
    const char *layers; /* of a nested overlay, top first, "stub" = the stub tree; NULL = upper and
                           lower say it all */
    const char *error;  /* NULL = none */
};

struct sim_op_result {
    const char *op;    /* the operation as given: JSON text of its array */
    const char *error; /* errno name, or "" */
    const char *value; /* NULL = none: JSON text of the value */
};

struct sim_restore_mount {
    const char *fs, *dev, *flags, *data;
};

struct sim_restore {
    const char *error; /* "" when it was made */
    struct sim_texts log;
    struct sim_restore_mount *mounts; /* in the order of addition */
    size_t n_mounts;
    int64_t fds_left; /* -1 after a panic */
};

/*
 * Where a mount came from and what became of it. [0] of a result's `mounts` is the root, then comes
 * the compiled list, then entries of the spec that are not in it ("dropped"), then what operations
 * mounted.
 */
struct sim_mount {
    const char *destination, *type, *source;
    const char *fs;      /* NULL = skipped or never reached */
    const char *state;   /* "done", "skipped", "failed", "pending", "dropped", "unmounted" */
    const char *flags;   /* "ro,noatime" */
    const char *data;    /* data string */
    const char *rules;   /* contract rows that acted, blank separated */
    const char *ignored; /* options without effect, comma separated */
    const char *created; /* directories made on a real filesystem for it, blank separated */
    int spec_index;      /* -1 = made by the pipeline */
    int shadowed_by;     /* index in `mounts` of the later mount that hides it; -1 = none */
    uint64_t mount_id;   /* 0 = not mounted */
    bool overlay, stubs; /* a writable overlay, a submount overlay on top of it */

    /* NULL or -1 = absent. What the JSON texts hold: struct rep_mount in reports.h. */
    const char *place;                            /* where its mount point really was */
    const char *seen_at;                          /* where the captured tree shows it */
    const char *layers;                           /* file systems of its root, top first */
    const char *hides, *options, *reasons, *made; /* JSON texts */
    int64_t log_first, log_lines;                 /* its lines in the result's `log` */
    int op;                                       /* index of the operation that mounted it */
};
/* Nothing is known of it. */
extern const struct sim_mount sim_mount_absent;

struct sim_finding {
    const char *severity, *code, *text; /* severity: "info", "warning", "error" */
};

struct sim_result {
    struct domain *d;
    const char *name; /* of the case */
    enum sim_outcome outcome;
    const char *error; /* "" when ok */
    bool has_compiled;
    struct sim_compiled *compiled;
    size_t n_compiled;
    struct sim_texts log; /* "W text", "I text" of the pipeline */
    int64_t fds_left;
    bool has_nodes;
    struct sim_node *nodes; /* sorted by path bytes */
    size_t n_nodes;
    struct sim_op_result *ops;
    size_t n_ops;
    struct sim_restore *restore; /* NULL = not asked for */
    struct sim_texts host_diff;

    struct sim_mount *mounts;
    size_t n_mounts;
    struct sim_finding *findings;
    size_t n_findings;
    struct sim_texts asked; /* ids of the quirk rows that were asked */
    size_t leaks;           /* modelled leaks */
    size_t checks;          /* invariants looked at, and those of them that a row suspended; 0 in */
    size_t checks_skipped;  /* builds that do not look */
    struct sim_texts ledger; /* what the world or a gofer left behind: must be empty */
    int64_t duration_ns;
    const char *command; /* the line that replays this case; "" when unknown */

    struct result_block *blocks; /* the arena */
};

/* An empty result of `name`. NULL = fate oom of `d`. */
struct sim_result *sim_result_new(struct domain *d, const char *name);
void sim_result_free(struct sim_result *r); /* takes NULL */

/* Zeroed memory and copied texts that live as long as the result. NULL = fate oom. */
void *sim_result_alloc(struct sim_result *r, size_t n);
const char *sim_result_dup(struct sim_result *r, const char *text);
const char *sim_result_dupn(struct sim_result *r, const char *text, size_t n);
const char *sim_result_printf(struct sim_result *r, const char *fmt, ...) SIMRUN_PRINTF(2, 3);
/* Append a text (copied) to a list of the result. 0 or CODE_FATE. */
int sim_result_add(struct sim_result *r, struct sim_texts *list, const char *text);
int sim_result_add_finding(struct sim_result *r, const char *severity, const char *code,
                           const char *text);
/* The first finding that warns, or NULL. */
const struct sim_finding *sim_result_warning(const struct sim_result *r);
/* Set outcome and error text. */
int sim_result_outcome(struct sim_result *r, enum sim_outcome outcome, const char *error);

/* A JSON string of any bytes: what is not UTF-8 becomes U+FFFD. */
void sim_json_text(struct str *s, const char *bytes, size_t n);
/* The result line of golden/README.md, without a newline; a key that has no value is left out, as
 * in the recorded lines. */
int sim_result_line(const struct sim_result *r, struct str *ret);

/* Members of the result line whose values are lists or objects, but for the nodes. */
enum sim_result_part {
    RESULT_COMPILED,
    RESULT_LOG,
    RESULT_OPS,
    RESULT_RESTORE,
    RESULT_HOST_DIFF,
};
/* Has the line this member? */
bool sim_result_has(const struct sim_result *r, enum sim_result_part part);
/* Append the value of a member that it has, without spaces between tokens. */
void sim_result_part(const struct sim_result *r, enum sim_result_part part, struct str *ret);

/* One flat byte string and back, for the way from a worker to its parent. */
int sim_result_encode(const struct sim_result *r, struct str *ret);
/* -EBADMSG for anything that sim_result_encode did not make. */
int sim_result_decode(struct domain *d, const char *bytes, size_t n, struct sim_result **ret);

#endif
