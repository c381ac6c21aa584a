/*
 * options: the command line. One table of subcommands and one of options; parsing, help and
 * completion are made from them.
 */
#ifndef SIMRUN_SIM_CLI_OPTIONS_H
#define SIMRUN_SIM_CLI_OPTIONS_H

#include <simrun/core.h>

enum command_id {
    COMMAND_RUN,
    COMMAND_LIST,
    COMMAND_SHOW,
    COMMAND_TREE,
    COMMAND_EXPLAIN,
    COMMAND_MINIMIZE,
    COMMAND_DIFF,
    COMMAND_COMPARE,
    COMMAND_QUERY,
    COMMAND_REPORT,
    COMMAND_SEARCH,
    COMMAND_FIRST_BAD,
    COMMAND_MERGE,
    COMMAND_PRUNE,
    COMMAND_GEN,
    COMMAND_SERVE,
    COMMAND_P9,
    COMMAND_COMPLETION,
    COMMAND_VERSION,
    COMMAND_HELP,
    COMMAND_COUNT
};
struct command {
    const char *name, *usage, *about;
    size_t min_words, max_words; /* how many words beside options it takes */
};
extern const struct command commands[COMMAND_COUNT];

enum option_type {
    OPTION_FLAG,   /* bool; also --x=true, --x=false */
    OPTION_TEXT,   /* const char *; the last one counts */
    OPTION_CHOICE, /* const char *, one of `choices` */
    OPTION_NUMBER, /* int64_t, min..max */
    OPTION_LIST,   /* struct ptrvec of const char *; repeatable */
};
enum { OPTION_ROWS_MAX = 128 }; /* of the table */
struct option_row {
    const char *name;
    char letter; /* 0 = none */
    enum option_type type;
    const char *arg; /* for help; NULL for flags */
    const char *help;
    const char *group;
    unsigned commands;   /* bits 1 << enum command_id */
    size_t offset;       /* in struct cli_options */
    const char *choices; /* blank separated */
    int64_t min, max;
};
extern const struct option_row option_rows[];
extern const size_t n_option_rows;

/* Texts point into argv. */
struct cli_options {
    enum command_id command;
    struct ptrvec words; /* paths, case names, ... */
    int64_t jobs;        /* -1 = as many as processors */
    int64_t seed, count;
    int64_t msize, connections, uid, turns; /* of serve and p9; 0 or (uid) -1: the default */
    struct ptrvec filter, exclude, quirk, fail_on, listen, cases, report;
    struct ptrvec profile; /* `compare` takes two, others go by the last */
    const char *format, *db, *baseline, *host, *gofer, *entry, *file_access, *rootfs, *sources,
        *label, *preserve, *timeout, *color, *run, *family, *dialect, *aname, *uname, *protocol,
        *output;                          /* NULL = not given */
    int64_t shard_count, repeat, retries; /* -1, -1, 0: not given */
    const char *shard, *changed_since;
    bool shuffle, failed, resume;
    bool given[OPTION_ROWS_MAX];       /* by place in the table: stood on the command line */
    int64_t max_runs;                  /* minimize; 0 = the default */
    int64_t keep;                      /* prune; -1 = not said */
    bool all_runs, wide;               /* search, query */
    bool all_cases, separate, dry_run; /* first-bad, merge, prune */
    bool update, update_all, ci;       /* expectations */
    bool no_db, overlay, fail_fast, quiet, help, restore_check, writable, any_address, long_format;
};
void cli_options_init(struct cli_options *o, struct domain *d);
void cli_options_release(struct cli_options *o);

/* argv[0] is the program. 0; -EINVAL with a text that names the word and what would be right. */
int cli_options_parse(struct domain *d, int argc, char *const *argv, struct cli_options *ret,
                      struct error *err);

/* The command of this name, or COMMAND_COUNT. */
enum command_id command_find(const char *name);

#endif
