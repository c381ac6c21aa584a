/* The tables that parsing and help are made from. */
#include "options.h"

#include "shard.h"

#include <simrun/sim/run.h>

const struct command commands[COMMAND_COUNT] = {
    [COMMAND_RUN] = {"run", "[run] PATH...", "replay cases (the default)", 1, SIZE_MAX},
    [COMMAND_LIST] = {"list", "list PATH...", "name the cases, run none", 1, SIZE_MAX},
    [COMMAND_SHOW] = {"show", "show CASE", "all that is recorded about a case", 1, 1},
    [COMMAND_TREE] = {"tree", "tree CASE", "the file tree that a case got", 1, 1},
    [COMMAND_DIFF] = {"diff", "diff [A [B]]",
                      "what changed between runs or cases (default: latest~1 latest)", 0, 2},
    [COMMAND_COMPARE] = {"compare", "compare --profile A --profile B PATH...",
                         "what two revisions do differently, and which row does it", 1, SIZE_MAX},
    [COMMAND_QUERY] = {"query", "query [NAME|SQL]", "ask the database (alone: the named queries)",
                       0, 1},
    [COMMAND_REPORT] = {"report", "report [FORMAT [CASE...]]",
                        "a recorded run for other tools (alone: the formats)", 0, SIZE_MAX},
    [COMMAND_GEN] = {"gen", "gen", "write a suite of generated cases (--family help: which)", 0, 0},
    [COMMAND_SERVE] = {"serve", "serve DIR", "a directory as a 9P server, read-only unless told", 1,
                       1},
    [COMMAND_P9] = {"p9", "p9 ACTION ADDRESS [PATH [FILE]]",
                    "ls, stat, cat, tree, put or bench on any 9P2000.L server", 2, 4},
    [COMMAND_VERSION] = {"version", "version", "which simrun, and which revision it answers for", 0,
                         0},
    [COMMAND_HELP] = {"help", "help", "this text", 0, SIZE_MAX},
};

#define ON(c) (1u << COMMAND_##c)
enum {
    RUNS = ON(RUN),
    MODELS = ON(RUN) | ON(COMPARE), /* they run the model */
    READS = ON(RUN) | ON(LIST) | ON(COMPARE),
    RECORDS = ON(SHOW) | ON(TREE) | ON(DIFF) | ON(QUERY) | ON(REPORT),
    ALL = (1u << COMMAND_COUNT) - 1,
};
#define AT(field) offsetof(struct cli_options, field)

const struct option_row option_rows[] = {
    {"filter", 0, OPTION_LIST, "GLOB", "only cases whose name matches one of these", "Which cases",
     READS, AT(filter), NULL, 0, 0},
    {"exclude", 0, OPTION_LIST, "GLOB", "no cases whose name matches one of these", "Which cases",
     READS, AT(exclude), NULL, 0, 0},

    {"shard", 0, OPTION_TEXT, "I/N", "the I-th of N equal parts (also: Bazel, Slurm, Kubernetes)",
     "Which cases", RUNS, AT(shard), NULL, 0, 0},
    {"shard-count", 0, OPTION_NUMBER, "N", "how many parts, where JOB_COMPLETION_INDEX tells which",
     "Which cases", RUNS, AT(shard_count), NULL, 1, LIMIT_SHARDS},
    {"failed", 0, OPTION_FLAG, NULL, "only cases that failed in the newest run, or in --run RUN",
     "Which cases", RUNS, AT(failed), NULL, 0, 0},
    {"changed-since", 0, OPTION_TEXT, "RUN", "only cases whose input is not what that run had",
     "Which cases", RUNS, AT(changed_since), NULL, 0, 0},

    {"profile", 0, OPTION_LIST, "P", "revision to answer for (see `simrun version`)", "The model",
     MODELS, AT(profile), NULL, 0, 0},
    {"quirk", 0, OPTION_LIST, "ID=VALUE", "switch one row of the contract: VQ-09=off", "The model",
     MODELS, AT(quirk), NULL, 0, 0},
    {"entry", 0, OPTION_CHOICE, "WHERE", "where to start, for cases that do not say", "The model",
     READS, AT(entry), "pipeline runsc", 0, 0},
    {"file-access", 0, OPTION_CHOICE, "MODE", "how the root is reached, for cases that do not say",
     "The model", READS, AT(file_access), "proxy proxy-exclusive direct", 0, 0},
    {"overlay", 0, OPTION_FLAG, NULL, "a writable overlay, for cases that do not say", "The model",
     READS, AT(overlay), NULL, 0, 0},
    {"rootfs", 0, OPTION_TEXT, "PATH", "root of specs that bring none: directory, tar or manifest",
     "The model", READS, AT(rootfs), NULL, 0, 0},
    {"sources", 0, OPTION_CHOICE, "FROM", "bind sources of specs: this machine's, or invented",
     "The model", READS, AT(sources), "host made-up", 0, 0},
    {"host", 0, OPTION_CHOICE, "BACKEND", "host side in memory, or in a temporary directory",
     "The model", MODELS, AT(host), "mem dir", 0, 0},

    {"gofer", 0, OPTION_CHOICE, "MODE", "the file server: inline, a thread, a confined process",
     "The model", RUNS, AT(gofer), "inline thread process", 0, 0},

    {"restore-check", 0, OPTION_FLAG, NULL, "save each namespace, restore it, compare", "The model",
     RUNS, AT(restore_check), NULL, 0, 0},

    {"jobs", 'j', OPTION_NUMBER, "N", "so many workers (default: processors; 0: in this process)",
     "Running", RUNS, AT(jobs), NULL, 0, LIMIT_JOBS},
    {"timeout", 0, OPTION_TEXT, "SECONDS", "for one case (default 60; 0: none)", "Running", RUNS,
     AT(timeout), NULL, 0, 0},
    {"fail-fast", 0, OPTION_FLAG, NULL, "end at the first case that fails", "Running", RUNS,
     AT(fail_fast), NULL, 0, 0},
    {"fail-on", 0, OPTION_LIST, "RESULT,...", "what counts as a failure: error, panic, flaky, ...",
     "Running", RUNS | ON(REPORT), AT(fail_on), NULL, 0, 0},

    {"shuffle", 0, OPTION_FLAG, NULL, "run in a random order; the seed is told", "Running", RUNS,
     AT(shuffle), NULL, 0, 0},
    {"repeat", 0, OPTION_NUMBER, "N", "run each case N times; flaky when they differ", "Running",
     RUNS, AT(repeat), NULL, 1, LIMIT_ATTEMPTS},
    {"retries", 0, OPTION_NUMBER, "N", "run a case that fails again, up to N times", "Running",
     RUNS, AT(retries), NULL, 0, LIMIT_ATTEMPTS - 1},
    {"resume", 0, OPTION_FLAG, NULL, "finish a run that did not: simrun --resume [RUN]", "Running",
     RUNS, AT(resume), NULL, 0, 0},

    {"db", 0, OPTION_TEXT, "FILE", "database of runs (default simrun.db)", "Records",
     RUNS | RECORDS, AT(db), NULL, 0, 0},
    {"no-db", 0, OPTION_FLAG, NULL, "record nothing", "Records", RUNS, AT(no_db), NULL, 0, 0},
    {"label", 0, OPTION_TEXT, "TEXT", "name this run", "Records", RUNS, AT(label), NULL, 0, 0},
    {"baseline", 0, OPTION_TEXT, "RUN", "compare with this run: of the database, FILE or FILE:RUN",
     "Records", RUNS | ON(REPORT), AT(baseline), NULL, 0, 0},
    {"run", 0, OPTION_TEXT, "RUN", "number, latest, latest~N, label, profile:P, version:V",
     "Records", RUNS | ON(SHOW) | ON(TREE) | ON(REPORT), AT(run), NULL, 0, 0},

    {"case", 0, OPTION_LIST, "NAME", "only this case; given twice, the second is that of B",
     "Records", ON(DIFF), AT(cases), NULL, 0, 0},

    {"format", 0, OPTION_CHOICE, "FORMAT", "text, jsonl, csv; of a run any of `simrun report`",
     "Output", READS | ON(QUERY) | ON(DIFF), AT(format),
     "text jsonl csv tap junit sarif github mtree dot", 0, 0},
    {"report", 0, OPTION_LIST, "FORMAT=FILE", "also write this report (`-`: standard output)",
     "Output", RUNS, AT(report), NULL, 0, 0},
    {"output", 'o', OPTION_TEXT, "FILE", "where to write (default: standard output)", "Output",
     ON(REPORT), AT(output), NULL, 0, 0},
    {"quiet", 'q', OPTION_FLAG, NULL, "failures only; diff: nothing but the exit code", "Output",
     MODELS | ON(DIFF), AT(quiet), NULL, 0, 0},
    {"color", 0, OPTION_CHOICE, "WHEN", "auto, always, never (also: NO_COLOR)", "Output", ALL,
     AT(color), "auto always never", 0, 0},

    {"family", 0, OPTION_TEXT, "NAME", "what kind of cases (default mix)", "Generating", ON(GEN),
     AT(family), NULL, 0, 0},
    {"seed", 0, OPTION_NUMBER, "N", "of gen (default 1: the same bytes) and of --shuffle",
     "Running", RUNS | ON(GEN), AT(seed), NULL, 0, INT64_MAX},
    {"count", 0, OPTION_NUMBER, "N", "cases (default 100)", "Generating", ON(GEN), AT(count), NULL,
     1, 10000000},

    {"listen", 0, OPTION_LIST, "ADDRESS", "unix:PATH, HOST:PORT or fd:N (default 127.0.0.1:5640)",
     "9P", ON(SERVE), AT(listen), NULL, 0, 0},
    {"writable", 0, OPTION_FLAG, NULL, "let clients change the directory", "9P", ON(SERVE),
     AT(writable), NULL, 0, 0},
    {"any-address", 0, OPTION_FLAG, NULL, "listen where other machines can reach it", "9P",
     ON(SERVE), AT(any_address), NULL, 0, 0},
    {"dialect", 0, OPTION_CHOICE, "WHICH", "as gVisor's server, as others', or as asked", "9P",
     ON(SERVE), AT(dialect), "auto gv std", 0, 0},
    {"connections", 0, OPTION_NUMBER, "N", "so many at once (default 64)", "9P", ON(SERVE),
     AT(connections), NULL, 1, 4096},
    {"msize", 0, OPTION_NUMBER, "BYTES", "largest message (default 1 MiB)", "9P",
     ON(SERVE) | ON(P9), AT(msize), NULL, 4096, 4 << 20},
    {"aname", 0, OPTION_TEXT, "PATH", "what to attach (default /)", "9P", ON(P9), AT(aname), NULL,
     0, 0},
    {"uname", 0, OPTION_TEXT, "NAME", "user to attach as", "9P", ON(P9), AT(uname), NULL, 0, 0},
    {"uid", 0, OPTION_NUMBER, "N", "number of that user (default: one's own)", "9P", ON(P9),
     AT(uid), NULL, 0, UINT32_MAX - 1},
    {"protocol", 0, OPTION_TEXT, "VERSION", "highest version to ask for", "9P", ON(P9),
     AT(protocol), NULL, 0, 0},
    {"long", 'l', OPTION_FLAG, NULL, "ls: with attributes", "9P", ON(P9), AT(long_format), NULL, 0,
     0},
    {"turns", 0, OPTION_NUMBER, "N", "bench: so many (default 10000)", "9P", ON(P9), AT(turns),
     NULL, 1, 100000000},

    {"help", 'h', OPTION_FLAG, NULL, "this text", "Output", ALL, AT(help), NULL, 0, 0},
};
const size_t n_option_rows = ARRAY_LEN(option_rows);
_Static_assert(ARRAY_LEN(option_rows) <= OPTION_ROWS_MAX, "struct cli_options has room for all");
