/*
 * reports: the memory of simrun. One SQLite file holds every run: what was asked, what came out,
 * the whole tree of each case, and why. This header is all of it; it needs libc only and knows
 * nothing of what produced a result.
 *
 * Conventions
 * - A function returns 0 or a negative errno. Results leave through the last parameter, untouched
 * on failure. The text of a failure stands in rep_error_text(db) (in the `struct rep_error` for
 *   rep_open), one line that names the file and the rule:
 *     -ENOENT            no such file (any more), run, case or query
 *     -EBUSY             another run writes the file, or this connection records one already
 *     -EINVAL            not a simrun database, or an argument outside its rule
 *     -ENOTSUP           the file was written by a newer simrun
 *     -EBADMSG           the file is damaged
 *     -ENOSPC            no space, or the file's own page limit
 *     -EROFS, -EACCES    it cannot be written, or not be opened
 *     -EEXIST            the case is already planned or recorded in this run
 *     -EPERM             the query may only read
 *     -E2BIG             a bound below is passed
 *     -ENOMEM, -EIO, -EINTR
 *   Nothing here ever deletes, truncates or repairs the user's file: it refuses.
 * - Strings are borrowed for the call. NULL means absent and "" means present and empty; both come
 *   back as given. Any bytes but NUL are allowed; text output escapes what could act on a terminal.
 * - Text output goes to a `struct rep_sink`; nothing here prints. There is no clock here: times are
 *   given as text.
 * - A rep_db belongs to one thread and must not be carried across fork(): open it after the workers
 *   were forked (a child that holds it would also keep the file locked for writing).
 *
 * Hashes are XXH3-128 (libxxhash), stored big-endian. They are a key for equal content, not a
 * defence against somebody who makes collisions on purpose.
 */
#ifndef SIMRUN_REPORTS_H
#define SIMRUN_REPORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bounds. Past them: -E2BIG, and the text names the bound. */
#define REP_MAX_NAME       4096         /* bytes of a case name, label, query name */
#define REP_MAX_PATH       (1u << 20)   /* bytes of one path in a tree */
#define REP_MAX_NODES      (1u << 22)   /* nodes of one tree, recorded or read */
#define REP_MAX_PATHS      (256u << 20) /* bytes of all paths of one tree, implied ones too */
#define REP_MAX_DEPTH      16384u       /* directories inside one another */
#define REP_MAX_TEXT       (256u << 20) /* bytes of one text */
#define REP_MAX_MOUNTS     65536u       /* mounts of one case */
#define REP_MAX_ATTEMPTS   100000u      /* of one case */
#define REP_BATCH          256u         /* results in one transaction, unless told otherwise */
#define REP_GROUP_NAMES    3u           /* case names that a group of equal changes shows */
#define REP_GROUP_PLACES   3u           /* paths that a change keeps */
#define REP_GROUPS_SHOWN   40u          /* causes that the text of a diff lists */
#define REP_MAX_GROUPS     20000u       /* distinct changes that one diff keeps apart */

/* ---- Files --------------------------------------------------------------------------------- */

#define REP_APPLICATION_ID 0x73696d72 /* "simr" */
#define REP_SCHEMA_VERSION 2

struct rep_db; /* one open file */

struct rep_error {
    int code;        /* the negative errno that was returned */
    char text[1024]; /* one line, without a newline at the end */
};

enum rep_mode {
    REP_READ,   /* must exist; what is recorded is never changed; many at a time */
    REP_WRITE,  /* must exist; brought up to REP_SCHEMA_VERSION; one at a time */
    REP_CREATE, /* as REP_WRITE; made when missing or empty */
};

/*
 * Opens `path`. For writing it holds a lock on the file `PATH-lock` (which stays behind; the lock
 * itself ends with the process), so a second writer fails with -EBUSY at once while readers go on.
 * A file that has a second name (a hard link) is refused: lock and journal belong to a name. Runs
 * that a dead writer left as `running` become `interrupted`. The journal is WAL, or a rollback
 * journal on network file systems. A file of an older version is brought up to date by a writer, in
 * one transaction; a reader refuses it. A file on a read-only medium can be read. `error` may be
 * NULL.
 */
int rep_open(const char *path, enum rep_mode mode, struct rep_error *error, struct rep_db **db);

/* A database of its own in memory, open for writing, gone when it is closed. */
int rep_open_memory(struct rep_error *error, struct rep_db **db);

/* Stores what is pending, leaves an unended run as `interrupted`, closes. NULL is fine. Returns
 * what storing gave. */
int rep_close(struct rep_db *db);

/* Text of the last failure on `db`; "" before the first. Valid until the next call. */
const char *rep_error_text(const struct rep_db *db);

/* ---- Recording ----------------------------------------------------------------------------- */

struct rep_run; /* a run being recorded; at most one for each rep_db */

struct rep_run_options {
    const char *const *argv; /* NULL-terminated; may be NULL */
    const char *subject;     /* what turned cases into results: "model", "runc", ...; required */
    const char *subject_version; /* may be NULL */
    const char *profile;         /* may be NULL */
    const char *label;   /* may be NULL; no other reference (see Runs); the newest one is meant */
    const char *options; /* JSON object: what else decides cases and results; NULL = {} */
    const char *started; /* text, ISO 8601 by custom; required */
    uint64_t seed;
    unsigned shard_index; /* 1..shard_count; both 0 = not sharded */
    unsigned shard_count;
    unsigned batch; /* results in one transaction; 0 = REP_BATCH */
};

/* What decides a case. Each part is bytes that are hashed here; NULL = absent. Two inputs are equal
 * when all parts are. */
struct rep_bytes {
    const void *data;
    size_t size;
};

enum rep_part { REP_SPEC, REP_CONF, REP_ROOT, REP_SOURCES, REP_OPS, REP_FLAGS, REP_PARTS };

struct rep_input {
    struct rep_bytes part[REP_PARTS];
};

struct rep_hash {
    unsigned char byte[16];
};

/* An input by the hashes of its parts: all that is stored of it. */
struct rep_input_key {
    struct rep_hash part[REP_PARTS]; /* zero where absent */
    bool present[REP_PARTS];
};

void rep_input_key(const struct rep_input *input, struct rep_input_key *key);
struct rep_hash rep_input_key_hash(const struct rep_input_key *key);
/* The hash under which an input is known. */
struct rep_hash rep_input_hash(const struct rep_input *input);

enum rep_status { REP_PASS, REP_FAIL, REP_XFAIL, REP_XPASS, REP_RECORDED, REP_STATUSES };

/* JSON texts, opaque here: an array is shown and compared element by element, an object member by
 * member. */
enum rep_text { REP_LOG, REP_COMPILED, REP_OPS_TEXT, REP_RESTORE, REP_HOST_DIFF, REP_TEXTS };

/*
 * A mount of the case with where it came from: the root, then the list of mounts in the order in
 * which they were to be made, then entries of the spec that are not even in that list (state
 * "dropped"), then what operations mounted. A node of the tree belongs to the mount whose `seen_at`
 * is its path or the nearest above it.
 */
struct rep_mount {
    const char *destination;
    const char *type;
    const char *source;
    const char *fs; /* what was mounted; NULL = nothing: it was ignored or never reached */
    const char *flags;
    const char *rules;   /* contract rows that acted, e.g. "PQ-12 VQ-09" */
    const char *ignored; /* options without effect, comma separated */
    const char *created; /* directories made for it, space separated */
    int spec_index;      /* which entry of the spec's mounts; -1 = none (made by the pipeline) */
    int shadowed_by;     /* index of the later mount that hides it; -1 = none */

    /* What follows may be absent: NULL, or -1. A subject that does not know it leaves it out; runs
     * recorded by version 1 do not have it. */
    const char *state;   /* done, skipped (unknown type), failed, pending (never reached), dropped,
                            unmounted (by an operation) */
    const char *place;   /* where its mount point really was, links followed; NULL = not mounted */
    const char *seen_at; /* where the tree shows it; NULL = nowhere: hidden, lost or not mounted */
    const char *layers;  /* file systems of its root when it is an overlay, top first, blank
                            separated, "stub" = the stub tree; NULL = no overlay */
    const char *data;    /* data string that the file system was given */
    /* JSON object, of the node that was the mount point: {"type": "dir", "fs": "9p", "mount": 0}:
     * its type, its file system, the mount (index) that it belongs to; "root": true when it was
     * that mount's root; where the input tells them "entries" (how many names it had) and "names"
     * (the first of them, sorted). */
    const char *hides;
    /* JSON array, each option in the order given: {"option": "ro", "effect": "applied", "text":
     * "...", "rule": "PQ-08"}; effect: applied, overridden, ignored, refused. No "rule" where none
     * acted; no "text" where there is no more to say: a flag that works as everywhere, or an option
     * that nobody there knows. */
    const char *options;
    /* JSON array of {"rule": "PQ-12", "text": "..."} in the order in which they acted; "rule" is
     * missing where plain behaviour explains it. */
    const char *reasons;
    /* JSON array of {"path": "/a/b", "fs": "9p"} for each of `created`. */
    const char *made;
    int64_t mount_id;  /* as the subject numbers its mounts */
    int64_t log_first; /* first line of the log that belongs to it, from 0 */
    int64_t log_lines; /* how many */
    int op;            /* which operation of the case mounted it */
};
/* Absent everywhere; the fields of the spec are for the caller. */
#define REP_MOUNT_INIT                                                                             \
    {                                                                                              \
        .spec_index = -1, .shadowed_by = -1, .mount_id = -1, .log_first = -1, .log_lines = -1,     \
        .op = -1                                                                                   \
    }

struct rep_finding {
    const char *severity; /* required: "info", "warning", "error" by custom */
    const char *code;     /* required: stable id */
    const char *text;     /* required */
};

/* One attempt of a case that was run more than once, in the order in which they ran. */
struct rep_attempt {
    const char *result; /* required, as in struct rep_result */
    const char *error;
    enum rep_status status;
    unsigned same_as; /* the first attempt, from 1, that gave the very same; its own number when
                         none did */
    int64_t duration_ns;
};

/* One node, with the fields of golden's result line. */
struct rep_node {
    const char *path;   /* absolute, without empty components, `.` or `..`; unique in its tree */
    const char *type;   /* dir file symlink fifo sock chr blk, or ? beside an error; required */
    const char *mode;   /* octal text */
    const char *rdev;   /* "maj:min" */
    const char *target; /* of a symlink */
    const char *fs;     /* "" = the stub tree */
    const char *flags;  /* of the mount */
    const char *upper;  /* file system of that layer; NULL = no such layer, "" = the stub tree */
    const char *lower;
    const char *layers; /* of a nested overlay, top first, blank separated, "stub" = the stub tree;
                           NULL = upper and lower say it all */
    const char *error;  /* listed, but its lookup fails with this */
    int64_t size;       /* -1 = absent */
    uint64_t nlink;
    uint32_t uid;
    uint32_t gid;
    bool mountpoint;
    bool overlay;
    bool special;
    bool readdir; /* the parent lists it */
};

struct rep_result {
    const char *name;                /* of the case; required, unique in the run */
    const struct rep_input *input;   /* NULL = see `key` */
    const struct rep_input_key *key; /* made before; both NULL = as planned */
    const char *result; /* ok error panic hang unsupported oom crash timeout; required */
    enum rep_status status;
    const char *error; /* exact text */
    const char *text[REP_TEXTS];
    const char *file;   /* where the case stands; "-" = standard input; NULL = not known */
    const char *reason; /* of the xfail; NULL = none */
    int64_t line;       /* of `file`, from 1; 0 = not known */
    int64_t fds_left;
    int64_t leaks;
    int64_t duration_ns;
    const struct rep_mount *mounts;
    size_t n_mounts;
    const struct rep_finding *findings;
    size_t n_findings;
    const struct rep_node *nodes; /* in any order; sorted is fastest; parents may be missing */
    size_t n_nodes;               /* 0 = no tree */
    bool flaky;                   /* its attempts did not agree */
    const struct rep_attempt *attempts;
    size_t n_attempts; /* 0 = it ran once */
};

struct rep_counts {
    int64_t planned;
    int64_t recorded; /* results in the file, all statuses */
    int64_t status[REP_STATUSES];
};

enum rep_end { REP_FINISHED, REP_INTERRUPTED };

/* Name of a status: "pass", ... */
const char *rep_status_name(enum rep_status status);

/* Starts a run. `*run` is owned by `db` until rep_run_end or rep_close. Its row is on disk together
 * with its plan: at the first rep_flush, or when the first batch is stored. */
int rep_run_begin(struct rep_db *db, const struct rep_run_options *options, struct rep_run **run);

/* Goes on with a run that did not finish (`ref`: see Runs below). -EINVAL when it has finished. */
int rep_run_resume(struct rep_db *db, const char *ref, unsigned batch, struct rep_run **run);

int64_t rep_run_id(const struct rep_run *run);

/* Plans one case; call it for every case, in order, before the first result. -EEXIST when the name
 * is already planned. */
int rep_plan(struct rep_run *run, const char *name, const struct rep_input *input);

/* `*recorded` is true when this run already has a result of this case for this very input (NULL =
 * any input). */
int rep_recorded(struct rep_run *run, const char *name, const struct rep_input *input,
                 bool *recorded);

/*
 * Records one result. It is on disk when its batch is full, at rep_flush, rep_run_end or rep_close.
 * After a failure of the file (no space, I/O) the batches before are there, the open one is not,
 * and the text says how many results that lost; every later call on the run returns the same code.
 * -EINVAL, -E2BIG and -EEXIST refuse the one result and leave the run usable.
 */
int rep_record(struct rep_run *run, const struct rep_result *result);

/*
 * A packer does the work of rep_record that needs no file: it checks a result, hashes its parts and
 * packs what is to be stored as bytes, which another process of this program may record. What it
 * packed once it names by its hash from then on: every result of a packer must be recorded, in the
 * order in which they were packed, and in one run. It takes a bounded amount of memory.
 */
struct rep_packer;

/* -ENOMEM is the only failure. */
int rep_packer_new(struct rep_packer **packer);
void rep_packer_free(struct rep_packer *packer); /* takes NULL */
/* Forgets what it packed, as when it is new: for after a packed result that was not recorded. */
void rep_packer_forget(struct rep_packer *packer);
/* `*packed` stays until the next call. Refuses as rep_record does: -EINVAL, -E2BIG; or -ENOMEM.
 * What is refused need not be recorded. `error` may be NULL. */
int rep_pack(struct rep_packer *packer, const struct rep_result *result, struct rep_error *error,
             struct rep_bytes *packed);
/* As rep_record; -EBADMSG for bytes that no packer made, or one out of turn: as a failure of the
 * file. */
int rep_record_packed(struct rep_run *run, const struct rep_bytes *packed);

/* Stores what is pending now. */
int rep_flush(struct rep_run *run);

/* Ends the run, counts it, makes its texts searchable, frees it (also on failure). `ended` is text
 * like `started`; `counts` may be NULL. */
int rep_run_end(struct rep_run *run, enum rep_end end, const char *ended,
                struct rep_counts *counts);

/* A crash that fuzzing found; equal inputs for the same target are stored once and counted. */
struct rep_crash {
    const char *target; /* required */
    const char *found;  /* time as text; required */
    const char *subject_version;
    const char *kind; /* required: crash, hang, leak, ... */
    const char *text; /* stack or report */
    uint64_t seed;
    struct rep_bytes input; /* the bytes that do it; stored */
};

int rep_fuzz_crash(struct rep_db *db, const struct rep_crash *crash);

/* ---- Runs ---------------------------------------------------------------------------------- */

/*
 * A run is referred to as its number, `latest` (the newest), `latest~N` (N runs before it), a
 * label, `profile:NAME` or `version:TEXT` of the subject (the newest run that bears it). In
 * `latest` every run counts, also an interrupted one.
 */
struct rep_run_info {
    int64_t id;
    uint64_t seed;
    unsigned shard_index;
    unsigned shard_count;
    struct rep_counts counts;
    char *state; /* running, finished, interrupted */
    char *started;
    char *ended; /* NULL while it has not ended */
    char *argv;  /* JSON array */
    char *subject;
    char *subject_version;
    char *profile;
    char *label;
    char *options; /* JSON object */
};

/* Fills `*info`; release it with rep_run_info_release. */
int rep_run_find(struct rep_db *db, const char *ref, struct rep_run_info *info);
void rep_run_info_release(struct rep_run_info *info);

/*
 * Every result of a run in the order of recording: all fields but input, mounts, findings,
 * attempts and nodes, which are empty (n_nodes holds the size of the tree). `each` returns 0 to go
 * on; anything else ends the walk and is returned. It may call the other reading functions.
 */
typedef int rep_result_fn(void *arg, const struct rep_result *result);
int rep_read_results(struct rep_db *db, const char *ref, rep_result_fn *each, void *arg);

/* The one result of `name`, with mounts, findings and attempts, to `each`. -ENOENT when the run has
 * none. */
int rep_read_case(struct rep_db *db, const char *ref, const char *name, rep_result_fn *each,
                  void *arg);

/*
 * Results of a run with all that belongs to them (but their input), in the order of the plan: the
 * `n` named ones (-ENOENT when one has no result), or all when n is 0. Nodes are sorted by path;
 * without `nodes` there are none (n_nodes holds the size of the tree, nodes is NULL). `each` as in
 * rep_read_results.
 */
int rep_read_run(struct rep_db *db, const char *ref, const char *const *names, size_t n, bool nodes,
                 rep_result_fn *each, void *arg);

/* The tree of a case as it was recorded, sorted by path (bytes). No call when it has none. */
typedef int rep_node_fn(void *arg, const struct rep_node *node);
int rep_read_tree(struct rep_db *db, const char *ref, const char *name, rep_node_fn *each,
                  void *arg);

/* The little of a result that choosing cases needs; nothing else is read. */
struct rep_outcome {
    const char *name;
    const char *result;
    enum rep_status status;
    bool flaky;
    struct rep_hash input; /* as rep_input_hash gives it */
};
typedef int rep_outcome_fn(void *arg, const struct rep_outcome *outcome);
int rep_read_outcomes(struct rep_db *db, const char *ref, rep_outcome_fn *each, void *arg);

/* Every planned case, in plan order, and whether the run has its result. */
typedef int rep_plan_fn(void *arg, const char *name, bool recorded);
int rep_read_plan(struct rep_db *db, const char *ref, rep_plan_fn *each, void *arg);

/* Every planned case without a result, in plan order. */
typedef int rep_name_fn(void *arg, const char *name);
int rep_read_pending(struct rep_db *db, const char *ref, rep_name_fn *each, void *arg);

/* ---- Text ---------------------------------------------------------------------------------- */

struct rep_sink {
    /* Returns 0, or a negative errno, which ends the output and is returned. */
    int (*write)(void *arg, const char *data, size_t size);
    void *arg;
    unsigned width; /* columns; 0 = 80 */
    bool colour;
};

/*
 * Writes `text` so that it cannot act on a terminal: control characters, bytes that are not UTF-8,
 * and characters that reorder or hide text become \n, \xNN or \u{NNNN}; a backslash becomes two.
 */
int rep_escape(const struct rep_sink *sink, const char *text, size_t size);

/* Everything about one case but its tree. */
int rep_show(struct rep_db *db, const char *ref, const char *name, const struct rep_sink *sink);

/* The tree of one case as a drawing, with type, mode, owner, size, file system and marks. */
int rep_tree(struct rep_db *db, const char *ref, const char *name, const struct rep_sink *sink);

/*
 * A tree as an mtree(5) manifest, written by libarchive: one line a node with its full path
 * (`./etc/passwd`, the root is `.`), in an order of its own, so that the same nodes in any order
 * give the same bytes. Each line has
 *   type    file dir link fifo socket char block
 *   mode    octal, four digits or fewer; uid and gid as numbers
 *   size    of files; a file needs one
 *   nlink   of what is no directory, unless it is 1
 *   link    target of a symlink; device  of char and block: native,MAJOR,MINOR
 * A blank, `#`, `=`, `\`, `*`, `?`, `[` and every byte that is not printable ASCII stands as
 * `\NNN` in paths and targets; both come back byte for byte.
 * The format knows no file systems, flags, layers or marks. Behind the lines comments tell where
 * mounts are, and name the nodes (type `?`) that are listed but cannot be looked up: they have no
 * line. A directory that is not among the nodes gets no line either; some readers refuse what is
 * below it.
 * -EINVAL for a node outside of these rules, a wrong mode or rdev, or a path given twice; -E2BIG
 * past REP_MAX_NODES or REP_MAX_PATH; -ENOMEM; what `sink` gave.
 */
int rep_mtree_write(const struct rep_node *nodes, size_t n, const struct rep_sink *sink);

enum rep_format { REP_FORMAT_TEXT, REP_FORMAT_CSV, REP_FORMAT_JSONL };

struct rep_query_info {
    const char *name;
    const char *about;   /* one line */
    const char *columns; /* their names, separated by ", " */
    const char *sql;     /* may have the parameter :run */
};

/* The named queries; the array ends with a NULL name. */
const struct rep_query_info *rep_queries(void);

/*
 * Runs a named query, or one SQL statement (anything with a space in it), which may only read:
 * everything but SELECT, and ATTACH, pragmas, and functions that reach outside the file are refused
 * with -EPERM, on a writing connection too. A query with the parameter :run is about the run `ref`;
 * NULL leaves the choice to the query: named ones take the newest. -EINVAL for a `ref` that the
 * query has no use for. Text is a table whose cells are broken to the width of the sink. Text and
 * CSV are escaped as in rep_escape (CSV keeps newlines and tabs, inside quotes, and a text that a
 * spreadsheet would take for a formula gets an apostrophe before it); JSON lines give blobs as hex.
 */
int rep_query(struct rep_db *db, const char *query, const char *ref, const struct rep_sink *sink,
              enum rep_format format);

/*
 * Full text search over error texts, log lines and paths, in the run `ref` or, when it is NULL, in
 * all runs. Each word is found as its letters and digits stand, in any case: resolv.conf finds
 * resolv followed by conf; with a * at the end also what begins so. All words must be in one error,
 * path or line (element of an array) of a log. Each text that matches is one match with the cases
 * that have it, the most frequent first: text for people (matches coloured), or JSON lines
 * {"kind","text","cases","results":
 * [{"run","name"}]}. CSV is -EINVAL, as is a word without a letter or digit. `*matches` (may be
 * NULL) = how many.
 */
int rep_search(struct rep_db *db, const char *ref, const char *const *words, size_t count,
               const struct rep_sink *sink, enum rep_format format, size_t *matches);

/* ---- Explaining ---------------------------------------------------------------------------- */

/* Borrowed for the call. */
struct rep_explain {
    const char *run;
    const char *name; /* of the case */
    const char *path; /* in its tree: from the root, links on the way are followed, one at the end
                         is not unless a slash comes behind */
    /* What a contract row says, on one line; NULL = no such row. May be NULL. */
    const char *(*rule)(void *arg, const char *id);
    void *arg; /* of rule */
};

/*
 * Why a path is what it is, or why it is not there: the mount that it belongs to and where that
 * came from, the layer, the rules that acted, what is hidden, what options did, links and mounts on
 * the way. Text, or one JSON object: {"explain": 1, "case", "path", "exists", "node", "mount",
 * "facts":
 * [{"kind", "rule", "text"}], "rules": {ID: text}}. A path that is not there is an answer, no
 * failure.
 */
int rep_explain(struct rep_db *db, const struct rep_explain *what, const struct rep_sink *sink,
                enum rep_format format);

/* The candidate that `word` was probably meant to be, or NULL. */
const char *rep_nearest(const char *word, const char *const *candidates, size_t n);

/* ---- Comparing ----------------------------------------------------------------------------- */

/* Cases by what happened to them from run A to run B; a case counts in every line that fits. */
struct rep_diff_counts {
    int64_t compared;      /* in both, with equal input */
    int64_t equal;         /* compared, without any difference */
    int64_t regressions;   /* was fine, is not: see below */
    int64_t fixed;         /* the reverse */
    int64_t flips;         /* another result or status, in any direction */
    int64_t error_changed; /* equal result, another error text */
    int64_t text_changed;  /* log or another text, fds_left or leaks differ */
    int64_t mounts_changed;
    int64_t tree_changed;
    int64_t input_changed; /* in both with another input: not compared, never a regression */
    int64_t only_a;
    int64_t only_b;
};

/* True when nothing at all differs. */
bool rep_diff_is_equal(const struct rep_diff_counts *counts);

/* One side: a run, or one case of it. Either both sides name a case or none does. Two named cases
 * are compared even when their inputs differ. */
struct rep_diff_side {
    struct rep_db *db;
    const char *run;
    const char *name; /* NULL = every case */
};

enum rep_change_kind {
    REP_CHANGE_REGRESSION, /* first: the gravest */
    REP_CHANGE_FIXED,
    REP_CHANGE_FLIP,
    REP_CHANGE_ERROR,
    REP_CHANGE_MOUNTS,
    REP_CHANGE_TREE,
    REP_CHANGE_LOG, /* REP_CHANGE_LOG + rep_text */
    REP_CHANGE_OTHER = REP_CHANGE_LOG + REP_TEXTS,
    REP_CHANGE_INPUT,
    REP_CHANGE_ONLY_A,
    REP_CHANGE_ONLY_B,
    REP_CHANGE_KINDS
};

/* The same change in any number of cases. Valid during the call. */
struct rep_change {
    enum rep_change_kind kind;
    const char *kind_name;    /* regression fixed outcome error mounts tree log compiled ops restore
                                 host counts input only-a only-b */
    const char *text;         /* "- gone", "+ new", "was => is" */
    size_t cause;             /* from 0; changes that hit exactly the same cases share it */
    size_t cases;             /* how many it hit */
    const char *const *name;  /* all of them, sorted */
    size_t places;            /* nodes or mounts where it was seen, in all these cases */
    const char *const *place; /* the first distinct of them, REP_GROUP_PLACES at most */
    size_t n_place;
};
typedef int rep_change_fn(void *arg, const struct rep_change *change);

/*
 * A result is bad when its status is fail or xpass or its result crash, timeout or oom, and,
 * without an expectation (recorded), when it is anything but ok or unsupported. A regression was
 * not bad and is.
 *
 * Compares two runs, of one file or of two, or two cases: flips, error texts, mounts and their
 * provenance, trees, logs and other texts. The same change in many cases is one change with all of
 * them. An added or removed directory, and one that another file system took, stand for all below
 * them unless single cases are compared.
 *
 * rep_changes gives each change to `each`, cause by cause: those with regressions first, then by
 * the number of cases, last what could not be compared. rep_diff writes them: text for people, the
 * first REP_GROUPS_SHOWN causes; or JSON lines, a "diff" line with the two runs and the counts and
 * then a "change" line each. `each`, `sink` and `counts` may be NULL. CSV is -EINVAL. Failures are
 * told through both files.
 */
int rep_changes(const struct rep_diff_side *a, const struct rep_diff_side *b, rep_change_fn *each,
                void *arg, struct rep_diff_counts *counts);
int rep_diff(const struct rep_diff_side *a, const struct rep_diff_side *b,
             const struct rep_sink *sink, enum rep_format format, struct rep_diff_counts *counts);

/* ---- One page --------------------------------------------------------------------------------
 */

/* Details (texts, mounts, trees) of a report: past it, cases that neither failed nor changed are
 * left out first, and the report says so. */
#define REP_HTML_BYTES (64u << 20)

struct rep_html_options {
    struct rep_db *base_db; /* borrowed; of the baseline; NULL = the same file */
    const char *base_ref; /* NULL = latest of base_db; without one: the finished run before, of the
                             same subject, profile and shard, if there is one */
    size_t max_bytes;     /* of details; 0 = REP_HTML_BYTES */
};

/*
 * Writes a run as one HTML document: what ran, charts, what changed against a baseline, every case
 * with its mounts, its tree and what made each node. It needs no network and no other file; its
 * overview needs no JavaScript. `options` may be NULL.
 */
int rep_html(struct rep_db *db, const char *ref, const struct rep_html_options *options,
             const struct rep_sink *sink);

/* ---- History ------------------------------------------------------------------------------- */

/*
 * What a case went through in all runs that have it, oldest first, and which run turned it bad (see
 * rep_diff). Runs that gave the very same are one line; times and command lines do not count. `ref`
 * = the run to look back from; NULL = the newest that has the case. -ENOENT when no run has it.
 * Text ends with the last good and the first bad run, what they differ in and what changed in the
 * case. JSON lines: a "span" line each {"type","first","last","runs","result","status","bad",
 * "flaky","input_changed","error","subject_version","profile","label"}, then {"type":"verdict",
 * "bad","last_good","first_bad"}, runs by number or null. CSV is -EINVAL. `*bad`: it is now.
 */
int rep_history(struct rep_db *db, const char *ref, const char *name, const struct rep_sink *sink,
                enum rep_format format, bool *bad);

/* The bad cases of a run, by the run that turned them bad, newest first; `*count` = how many. JSON
 * lines: {"first_bad","last_good","cases","names"}. CSV is -EINVAL: the view first_bad has it. */
int rep_first_bad(struct rep_db *db, const char *ref, const struct rep_sink *sink,
                  enum rep_format format, size_t *count);

/* ---- Care of the file ---------------------------------------------------------------------- */

struct rep_merge_counts {
    int64_t files;
    int64_t runs;       /* new ones */
    int64_t joined;     /* shards that went into a run that had others */
    int64_t already;    /* runs that were here */
    int64_t same;       /* cases that two shards have alike: kept once */
    int64_t incomplete; /* runs that lack shards */
};

/*
 * Brings every run of the files `paths` into `into` (open for writing), all or nothing. The files
 * are only read; they may be of an older version. Where each run came from stands in run_part.
 *
 * Shards become one run again: runs with equal subject, version, profile, seed, label, options,
 * number of shards and command line (but for what each machine has of its own: --shard, --db,
 * --jobs, --report) join the oldest run here that lacks their shard. The run is whole, and no
 * longer sharded, when all shards are here and finished when all are; until then it is interrupted.
 * A case that two shards have alike is kept once; with another input or another result it is a
 * conflict: -EEXIST names case and files. `separate` joins nothing.
 *
 * The very same run is merged once. -EEXIST, too, when a merged run has parts that are here and
 * others that are not. `notes` (may be NULL) gets a line for each run, and for each joined one
 * which shards are missing. `counts` may be NULL.
 */
int rep_merge(struct rep_db *into, const char *const *paths, size_t count, bool separate,
              const struct rep_sink *notes, struct rep_merge_counts *counts);

struct rep_prune_counts {
    int64_t runs;
    int64_t results;
    int64_t bytes; /* of the file; about, in a dry run */
};
typedef int rep_run_info_fn(void *arg, const struct rep_run_info *info);

/*
 * Removes all but the newest `keep` runs (labelled ones stay) and what only they used, in one
 * transaction, and gives the space back. `each` (may be NULL) hears of every run that goes, before
 * it does; what it returns other than 0 ends it all and is returned, with nothing removed. A dry
 * run removes nothing. `counts` may be NULL.
 */
int rep_prune(struct rep_db *db, unsigned keep, bool dry_run, rep_run_info_fn *each, void *arg,
              struct rep_prune_counts *counts);

#endif
