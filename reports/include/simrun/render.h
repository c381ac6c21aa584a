/*
 * render: a run as a document that other tools read: TAP, JUnit XML, SARIF, annotations of GitHub,
 * CSV, JSON Lines, mtree, Graphviz, and text for people.
 *
 * A document is pushed: rep_report_begin, rep_report_result for each case, rep_report_end. A run on
 * its way and one read back with rep_read_run push the same records, so the same bytes come out,
 * but for what only one of them knows (a run without a database has no number). Nothing is kept of
 * a case after its call but counts: memory does not grow with the number of cases. JUnit, whose
 * totals stand before its cases, spools them: past a megabyte in an unnamed file (tmpfile).
 *
 * A document that was ended is whole and valid, also when only a part of the cases ran.
 *
 * Names and texts of cases are any bytes but NUL. In TAP, JUnit, SARIF, annotations, CSV, Graphviz
 * and text they are first escaped as rep_escape does (a backslash becomes two, control characters,
 * bytes that are not UTF-8 and what reorders or hides text become \n, \xNN, \u{NNNN}) and then as
 * the format asks, so that a reader of the format gets back exactly the escaped text, and nothing
 * can act on a terminal or in a page. JSON Lines has its own escapes, gives texts as they are, and
 * U+FFFD for a byte that is not UTF-8. mtree: see rep_mtree_write.
 *
 * A case counts as failed, in every format, when its status is fail or xpass, its result crash or
 * timeout, or `fail_on` names its result (or "flaky", and it is). It is skipped when its result is
 * unsupported and nothing was expected of it.
 *
 * Conventions as in reports.h.
 */
#ifndef SIMRUN_RENDER_H
#define SIMRUN_RENDER_H

#include <simrun/reports.h>

/* Annotations of one kind that GitHub shows of one step; what is beyond is counted. */
#define REP_MAX_ANNOTATIONS 10u

struct rep_render_ops; /* private */

struct rep_renderer {
    const char *name;
    const char *about;  /* one line */
    const char *suffix; /* of a file of it: ".xml" */
    bool nodes;         /* it shows trees: results come with their nodes */
    bool one_case;      /* a document holds one case */
    const struct rep_render_ops *ops;
};

/* All renderers by name; the array ends with a NULL name. */
const struct rep_renderer *rep_renderers(void);
/* NULL when there is none. */
const struct rep_renderer *rep_renderer_find(const char *name);
/* It is made of the records of a whole run, when the document ends: see struct rep_report_tail. */
bool rep_renderer_needs_records(const struct rep_renderer *renderer);

/* What is known before the first case. Borrowed until rep_report_free. */
struct rep_report_head {
    const struct rep_run_options *run;
    int64_t id;                 /* number of the run in its database; 0 = not recorded */
    int64_t planned;            /* cases that are to come */
    const char *const *fail_on; /* NULL-terminated results, and "flaky"; may be NULL */
    const char *const *replay;  /* as rep_replay takes it */
    /* What a row of the contract says, in one line; NULL for what is no row. May be NULL. */
    const char *(*rule)(const char *id);
};

/* A run in its file. Borrowed for the call of rep_report_end. */
struct rep_report_records {
    struct rep_db *db;
    const char *run;
    struct rep_db *base_db; /* of the baseline; NULL = the same file */
    const char *base_run;   /* as in struct rep_html_options */
};

struct rep_report_tail {
    const char *ended; /* when, as rep_run_end was told; NULL = unknown */
    bool complete;     /* false: the run ended early */
    /* For renderers that need it; what was pushed does not matter to them. May be NULL for others.
     */
    const struct rep_report_records *records;
};

struct rep_report; /* a document on its way */

/* `sink` is copied; it must not write before this is called. */
int rep_report_begin(const struct rep_renderer *renderer, const struct rep_report_head *head,
                     const struct rep_sink *sink, struct rep_report **report);
/*
 * Codes of the sink come back as they are. After a failure every later call returns it again.
 * -E2BIG: a second case for a renderer of one case; the document stays usable.
 */
int rep_report_result(struct rep_report *report, const struct rep_result *result);
/* The rest of the document, once. */
int rep_report_end(struct rep_report *report, const struct rep_report_tail *tail);
void rep_report_free(struct rep_report *report); /* takes NULL */

/*
 * Writes the command that runs a case again: a line for a shell, safe for terminals (what is not is
 * quoted as $'\xNN'). Nothing when `file` is NULL or standard input ("-"). `options`: words that
 * decide the result, such as "--profile" and its name, with a NULL at the end; may be NULL.
 */
int rep_replay(const struct rep_sink *sink, const char *name, const char *file,
               const char *const *options);

/*
 * A name for a file that holds `name` alone: letters, digits, `-`, `_` and `.` stay (not `.` at the
 * start), `/` becomes `+`, all else %XX; past 200 bytes it is cut and ends with `%-` and a hash.
 * Two names never become one. A new string, to be freed; NULL when memory is out.
 */
char *rep_file_name(const char *name, const char *suffix);

#endif
