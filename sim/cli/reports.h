/* Documents that the command line writes: live from a run, or from its records. */
#ifndef SIMRUN_SIM_CLI_REPORTS_H
#define SIMRUN_SIM_CLI_REPORTS_H

#include "cli.h"

#include <simrun/render.h>

/* ---- report_target.c: one document, or a folder of them, and where it goes ---- */

enum target_kind { TARGET_OUT, TARGET_FILE, TARGET_FOLDER };

struct report_target {
    struct cli *c;
    const struct rep_renderer *renderer;
    const char *path; /* borrowed; of TARGET_FOLDER with the slash at the end */
    enum target_kind kind;
    struct rep_report_head head;
    struct rep_sink sink;
    struct rep_report *report; /* the document on its way */
    struct whole_file file;
    struct rep_db *db; /* borrowed: its failures are the document's; NULL = none */
    bool failed;       /* complained about; nothing more is written */
};

/*
 * `path` NULL or "-" is standard output; one that ends with a slash is a folder, for renderers of
 * one case. Nothing is opened. An exit code; the complaint is made.
 */
int target_init(struct report_target *t, struct cli *c, const char *format, const char *path);
/* The file of a document must not be `path`, which it would replace: `what` is that? An exit code;
 * the complaint is made. */
int target_spare(const struct report_target *t, const char *path, const char *what);
/*
 * Opens the file, or makes the folder, for so many cases. An exit code; the complaint is made, also
 * for a renderer of one case that would get more.
 */
int target_open(struct report_target *t, int64_t planned);
/* Begins what is open. `head` as in rep_report_begin; what rows of the contract say is put in here.
 * An exit code; the complaint is made. */
int target_begin(struct report_target *t, const struct rep_report_head *head);
/* A failure is complained about once, and ends this document only. False: standard output failed,
 * and nobody waits for more. */
bool target_result(struct report_target *t, const struct rep_result *result);
/* The end of the document: a file takes its place. An exit code. */
int target_end(struct report_target *t, const struct rep_report_tail *tail);
/* Without target_end: what was written goes. Also after it. */
void target_release(struct report_target *t);

/* ---- live_reports.c: all documents of a run, named by --format, --report, XML_OUTPUT_FILE ---- */

enum { LIMIT_REPORTS = 32 }; /* documents of one run */

struct live_reports {
    struct cli *c;
    struct report_target target[LIMIT_REPORTS];
    size_t n;
    bool on_out; /* one goes to standard output */
};

/* From the command line and the environment. An exit code; the complaint is made. */
int live_reports_init(struct live_reports *l, struct cli *c);
/* None may replace the database (NULL: there is none) or a file that cases are read from. An exit
 * code; the complaint is made. */
int live_reports_spare(const struct live_reports *l, const struct case_source *source,
                       const char *db);
/* Before the run is recorded: one that cannot be written is no run. An exit code. */
int live_reports_open(struct live_reports *l, int64_t planned);
int live_reports_begin(struct live_reports *l, const struct rep_report_head *head);
/* As target_result, of all. */
bool live_reports_result(struct live_reports *l, const struct rep_result *result);
/* What a run that is resumed has recorded before, so that the documents are whole. An exit code. */
int live_reports_earlier(struct live_reports *l, struct rep_db *db, const char *run);
/* All that were begun. An exit code. */
int live_reports_end(struct live_reports *l, const struct rep_report_tail *tail);
void live_reports_release(struct live_reports *l);

#endif
