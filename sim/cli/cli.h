/* What the files of the command line share. */
#ifndef SIMRUN_SIM_CLI_CLI_H
#define SIMRUN_SIM_CLI_CLI_H

#include "choose.h"
#include "options.h"
#include "resume.h"

#include <simrun/reports.h>
#include <simrun/sim/cli.h>
#include <simrun/sim/record.h>
#include <simrun/sim/run.h>

/* One run of the program. */
struct cli {
    const struct cli_env *env;
    struct domain *d;
    struct cli_options o;
    bool colour; /* on standard output */
    char *const *argv;
};

/* ---- text.c ---- */

/* The output as a sink of reports; its writes fail with -EPIPE and others. */
struct rep_sink cli_sink(FILE *out, unsigned width, bool colour);
/* A text that cannot act on a terminal. */
void print_escaped(FILE *out, const char *text);
/* The same in exactly `columns` columns: padded, or cut with "..". */
void print_cell(FILE *out, const char *text, size_t columns);
/* The same in at most so many. */
void print_cut(FILE *out, const char *text, size_t columns);
/* Bytes of an escaped text that fit in `columns`, up to the last blank when there is one; never
 * none. */
size_t fitting(const char *p, size_t columns);
/* Escaped, indented by two, broken at blanks to the width of the terminal. */
void print_wrapped(const struct cli *c, FILE *out, const char *text);
/* The same behind a label (trusted), with all lines under the first. */
void print_labelled(const struct cli *c, FILE *out, const char *label, const char *text);
/* "simrun: TEXT" on standard error. Returns `code`. */
int complain(const struct cli *c, int code, const char *fmt, ...) SIMRUN_PRINTF(3, 4);
/* What is wrong with something given, or what kept us from using it. EXIT_USAGE, or EXIT_HARNESS
 * when the machine had not enough of something. Releases `err`. */
int input_trouble(const struct cli *c, int code, struct error *err);
/* A variable of the environment that is set and not empty, or NULL. */
const char *cli_variable(const struct cli *c, const char *name);
/* cli_env's watch and unwatch, where there are such. Workers are forked, and cases run, under
 * watch; all else may wait for somebody, or take its time, and is ended at once. */
int cli_watch(const struct cli *c);
void cli_unwatch(const struct cli *c);
/* What a failed output means: EXIT_PIPE or EXIT_HARNESS, with a text; 0 when all went out. */
int finish_output(const struct cli *c);
const char *shade(const struct cli *c, const char *sequence); /* "" without colour */
#define SHADE_RED   "\033[31m"
#define SHADE_GREEN "\033[32m"
#define SHADE_BOLD  "\033[1m"
#define SHADE_DIM   "\033[2m"
#define SHADE_OFF   "\033[0m"

/* ---- whole_file.c: a file that appears whole, or not at all ---- */
struct whole_file {
    FILE *out;       /* what to write to */
    char *place;     /* owned; NULL = written directly: a pipe, a device */
    char *temporary; /* owned; beside `place` */
};
/* With the mode of the file that it replaces. A symbolic link stays; what it leads to is replaced.
 * 0, a negative errno, or CODE_FATE. */
int whole_file_open(struct whole_file *f, struct domain *d, const char *path);
/* Everything written and in its place. Releases; a failure leaves what was there before. */
int whole_file_commit(struct whole_file *f);
void whole_file_abandon(struct whole_file *f); /* takes a zeroed one */

/* ---- help.c ---- */
void help_print(const struct cli *c, enum command_id command);

/* ---- settings.c ---- */

/* What the options mean. Texts belong to the command line. */
struct settings {
    struct case_options cases;
    struct model_options model;
    struct quirk_setting *quirks; /* owned */
    const char *profile;          /* name */
    char *version;                /* owned; of the subject */
    int64_t timeout_ns;
    bool fail_on[OUTCOME_COUNT], fail_on_flaky;
};
int settings_init(struct cli *c, struct settings *ret, struct error *err);
void settings_release(struct settings *s);
/* Names of what counts as a failure, NULL-terminated. Returns `names`. */
enum { FAIL_ON_NAMES = OUTCOME_COUNT + 2 };
const char *const *settings_fail_on(const struct settings *s, const char *names[FAIL_ON_NAMES]);

/* ---- select.c ---- */

/* Numbers of the cases that --filter and --exclude leave, ascending; owned by the domain. */
int select_cases(struct cli *c, const struct case_source *s, size_t **ret, size_t *ret_n);

/* The complaint when they leave none. Returns EXIT_USAGE. */
int nothing_selected(const struct cli *c, const struct case_source *s);

/* ---- order.c: --shuffle ---- */
/* --seed, or a new one. */
uint64_t order_seed(const struct cli *c);
/* The same seed gives the same order, on every machine. */
void order_shuffle(size_t *v, size_t n, uint64_t seed);

/* ---- record_options.c ---- */
/* JSON object; `baseline` may be NULL. NULL = fate oom. */
char *record_options(const struct cli *c, const struct settings *set, const struct choice *choice,
                     const char *baseline);

/* ---- replay.c ---- */
/* What decides the results of a run, as words of a command line with a NULL at the end. `options`:
 * JSON of record_options; what it is not is left out. `profile` may be NULL. 0 or CODE_FATE; to be
 * released in any case. */
int replay_words(struct domain *d, const char *profile, const char *options, struct ptrvec *ret);
const char *const *replay_text(const struct ptrvec *words);
void replay_release(struct ptrvec *words);

/* ---- progress.c: a line on standard error while cases run ---- */
struct progress {
    const struct cli_env *env;
    bool on;
    size_t total, done, failed;
    int64_t start, last; /* when it was drawn last */
};
void progress_init(struct progress *p, const struct cli *c, size_t total);
void progress_step(struct progress *p, bool failed);
void progress_clear(struct progress *p);

/* ---- summary.c: what a run came to ---- */
enum { SUMMARY_FAILURES = 10, SUMMARY_DIFFERENCES = 3, SUMMARY_SLOWEST = 3 };
struct summary_case {
    char *name, *file, *text; /* owned */
    int64_t ns;
    enum verdict_status status;
    enum sim_outcome outcome;
};
struct summary {
    struct domain *d;
    size_t cases, selected, failed, flaky;
    struct earlier earlier; /* of a resumed run: not among the others */
    size_t checks, checks_skipped;
    const char *const *replay;                     /* borrowed: as rep_replay takes it */
    struct summary_case flakies[SUMMARY_FAILURES]; /* the first; `text`: what they gave */
    size_t status[VERDICT_STATUSES], outcome[OUTCOME_COUNT];
    struct summary_case failures[SUMMARY_FAILURES]; /* the first */
    size_t n_failures;
    size_t warned;                   /* cases with a finding that warns */
    struct summary_case warning;     /* the first of them; name NULL = none */
    struct summary_case unsupported; /* the first that is no failure; name NULL = none */
    struct summary_case slowest[SUMMARY_SLOWEST]; /* sorted, slowest first */
    size_t n_slowest;
};
void summary_init(struct summary *s, struct domain *d, size_t selected);
void summary_release(struct summary *s);
int summary_add(struct summary *s, const struct run_record *record, bool failed);
/* `recorded`: where, or NULL. */
void summary_print(const struct summary *s, const struct cli *c, FILE *out, int64_t ns,
                   unsigned jobs, const char *recorded, bool complete);

/* ---- answer.c: one spec on one screen ---- */
void answer_print(const struct cli *c, FILE *out, const struct run_record *record,
                  const char *profile);
void answer_tree(FILE *out, const struct sim_result *r); /* answer_tree.c */

/* ---- runs.c: what reads the database ---- */

/* A run that a word names: RUN of --db, FILE (its newest run) or FILE:RUN. */
struct run_ref {
    struct rep_db *db; /* owned, open for reading; NULL = that of --db */
    const char *run;   /* part of the word, or "latest" */
    char *file;        /* owned; NULL = that of --db */
};
/* An exit code; the complaint is made. Release it in any case. */
int run_ref_init(struct run_ref *r, struct cli *c, const char *word);
void run_ref_release(struct run_ref *r);

#define DEFAULT_DB "simrun.db"
const char *cli_db(const struct cli *c); /* the file of --db */
/* NULL = the default. An exit code; the complaint is made. */
int open_records(struct cli *c, const char *path, enum rep_mode mode, struct rep_db **ret);
/* What a function of reports gave, as an exit code, with its complaint; all output is out then.
 * settle closes the file, too. */
int settle_open(struct cli *c, struct rep_db *db, int code);
int settle(struct cli *c, struct rep_db *db, int code);
enum rep_format output_format(const struct cli *c);

/* ---- store.c: the database of a run ---- */
struct store {
    struct cli *c;
    struct rep_db *db;
    struct run_ref base_ref; /* of --baseline */
    struct rep_run *run;
    int64_t id;
    char base[32];                      /* the run to compare with; "" = none */
    struct rep_run_options run_options; /* also without a database */
    char *options;                      /* owned: a text of those */
    char started[32], ended[32];
    const char *path;
    int64_t stored; /* when results were last brought to the file */
    bool told;      /* why it cannot be written */
};
/* Opens, begins the run and plans it, or goes on with one; also without a database (--no-db), where
 * all else is a no-op. An exit code; the complaint is made. */
int store_open(struct store *s, struct cli *c, const struct settings *set,
               const struct subject *subject, const struct case_source *source,
               const struct choice *choice, const struct resume *resume);
int store_record(struct store *s, const struct rep_result *result);
int store_packed(struct store *s, const struct rep_bytes *packed);
/* Nothing was to be stored for a while: the last results wait no longer. `arg`: the store. */
int store_idle(void *arg);
/* End the run and compare it with the baseline. An exit code. */
int store_end(struct store *s, bool complete, FILE *out);
void store_close(struct store *s);

/* ---- fresh.c: one case of a file, run on the spot ---- */

/* Runs the one case of a file or bundle in a worker and records it in a database in memory, as its
 * newest run. *name is the case's (mem_free). An exit code; the complaint is made. */
int fresh_run(struct cli *c, const char *path, struct rep_db **ret, char **name);

/* ---- subcommands: exit codes ---- */
int cmd_explain(struct cli *c);
int cmd_minimize(struct cli *c);
int cmd_run(struct cli *c);
int cmd_list(struct cli *c);
int cmd_show(struct cli *c);
int cmd_tree(struct cli *c);
int cmd_diff(struct cli *c);
int cmd_compare(struct cli *c);
int cmd_query(struct cli *c);
int cmd_report(struct cli *c);
int cmd_search(struct cli *c);
int cmd_first_bad(struct cli *c);
int cmd_merge(struct cli *c);
int cmd_prune(struct cli *c);
int cmd_gen(struct cli *c);
int cmd_serve(struct cli *c);
int cmd_p9(struct cli *c);

#endif
