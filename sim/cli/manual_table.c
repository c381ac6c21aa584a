/* The sentences and examples of help and manual pages. */
#include "manual.h"

const struct manual_entry manual[COMMAND_COUNT] = {
    [COMMAND_RUN] =
        {WORDS_PATHS,
         "Replays every case found at PATH through the model, compares what comes out "
         "with what is expected, and "
         "records mounts, tree, log and findings of each in a database.\n\n"
         "PATH is a bundle (a directory with config.json and its root), a bare spec "
         "(*.json), a suite (*.jsonl or "
         "*.jsonl.gz, one case a line: see simrun-suite(5)), a folder of these, or - "
         "for suite lines on standard "
         "input. One bare spec or bundle alone is answered on one screen: on a terminal, "
         "elsewhere with --format text.\n\n"
         "Replaying never changes the machine: bundles and real bind sources are "
         "read-only layers of a private "
         "copy-on-write tree.",
         {{"simrun corpus/", "replay all, record into simrun.db"},
          {"simrun config.json", "what tree does a container get from this spec?"},
          {"simrun --filter 'named/*' -j1 corpus/", "some cases, one worker"},
          {"simrun --failed corpus/", "again, only what failed in the newest run"},
          {"simrun --changed-since latest corpus/", "only what was edited since"},
          {"simrun --resume", "finish the newest run, which was interrupted or killed"},
          {"simrun --format jsonl --no-db corpus/named", "result lines for other tools"},
          {"simrun --baseline latest corpus/", "exit 1 when something got worse"},
          {"simrun --report junit=junit.xml --report html=report.html corpus/",
           "the same run for a CI server and for people"},
          {"simrun --profile strict --fail-on panic,hang corpus/named",
           "another revision; panics fail the run"}}},
    [COMMAND_LIST] =
        {WORDS_PATHS,
         "Names the cases that a run with the same options would take, one a line, and runs none.",
         {{"simrun list --filter 'named/*tmpfs*' corpus/", "which cases are these?"}}},
    [COMMAND_SHOW] = {WORDS_CASES,
                      "Prints all that a run recorded about a case but its tree: result, error, "
                      "log, mounts and where "
                      "they came from, operations, findings, differences from the expectation.",
                      {{"simrun show named/hidden-by-later-parent", "of the newest run"},
                       {"simrun show --run latest~1 named/hidden-by-later-parent",
                        "of the run before"}}},
    [COMMAND_TREE] =
        {WORDS_CASES,
         "Draws the tree that a case got, with type, mode, owner, file system, mounts and layers.",
         {{"simrun tree named/hidden-by-later-parent", "of the newest run"}}},
    [COMMAND_EXPLAIN] =
        {WORDS_CASES,
         "Says why a path of a case is as it is: which mount and which layer it comes from, what "
         "hides it or why it is not there, and which rows of the contract did that. CASE is a "
         "recorded case, or a file with one, which is run on the spot. With a row of the contract "
         "alone, what that row says and how the profiles set it; with a pattern, all rows that "
         "match.",
         {{"simrun explain named/hidden-by-later-parent /data", "of the newest run"},
          {"simrun explain config.json /data", "of a spec, run now"},
          {"simrun explain VQ-09", "a row of the contract"},
          {"simrun explain 'VQ-*'", "these rows, a line each, and how each profile sets them"}}},
    [COMMAND_MINIMIZE] =
        {WORDS_CASES,
         "Takes away from a case of PATH all that can go while it still shows the same, and "
         "prints what is left as a line of a suite. Candidates run in workers, so crashes and "
         "timeouts can be minimized too. --preserve says what must stay the same.",
         {{"simrun minimize named/proxy-overlay-panics corpus/named -o small.jsonl",
           "the smallest case with the same outcome"}}},
    [COMMAND_DIFF] =
        {WORDS_RUNS,
         "Compares two runs, or two cases, and groups what changed by cause: the same change in "
         "many cases is one "
         "entry with the number of cases. A case whose input changed is another case, never a "
         "regression. Exits 0 "
         "when nothing changed, 1 when something did, as diff(1).\n\n"
         "A and B are the number of a run, latest, latest~N, a label, profile:NAME, version:TEXT, "
         "or one of these in "
         "another database: FILE:RUN.",
         {{"simrun diff", "the newest run against the one before"},
          {"simrun diff profile:strict latest", "the newest run of a profile against the newest"},
          {"simrun diff --case named/tmpfs-ro --case named/sysfs-ro latest latest",
           "two cases of one run"}}},
    [COMMAND_COMPARE] =
        {WORDS_PATHS,
         "Runs each case under two profiles and tells which differ and which numbered row of the "
         "contract makes the difference: the row whose flipping alone changes the result.",
         {{"simrun compare --profile gvisor-2018-08-14 --profile strict -q corpus/named",
           "what the proposed fixes would change"}}},
    [COMMAND_QUERY] =
        {WORDS_QUERIES,
         "Answers a named question from the database, or one SQL statement, which can only read. "
         "Without an argument it lists the named questions.",
         {{"simrun query", "the named questions"},
          {"simrun query by-error", "error texts by number of cases"},
          {"simrun query \"SELECT name FROM result WHERE result = 'panic'\"", "SQL, read only"},
          {"simrun query --format csv slowest", "for a spreadsheet"}}},
    [COMMAND_SEARCH] =
        {WORDS_NONE,
         "Finds words, or beginnings of words (host*), in the errors, logs and paths of recorded "
         "cases. Several words must all be there.",
         {{"simrun search 'etc/host*'", "words in errors, logs and paths of the newest run"},
          {"simrun search --all-runs 'no such file'", "in every run"}}},
    [COMMAND_FIRST_BAD] = {WORDS_CASES,
                           "Tells in which recorded run a case turned bad, what it was before, and "
                           "all changes that it went through; "
                           "equal runs in a row are one line. With --all, every bad case of a run "
                           "by the run that turned it bad.",
                           {{"simrun first-bad named/hidden-by-later-parent",
                             "the way of one case"},
                            {"simrun first-bad --all", "all that is bad now"}}},
    [COMMAND_MERGE] = {WORDS_PATHS,
                       "Brings the runs of other databases into the one that --db names. Shards of "
                       "one run become one run again; "
                       "what two of them say differently about a case is named and nothing is "
                       "merged. All or nothing.",
                       {{"simrun merge --db all.db shard-1.db shard-2.db",
                         "after a run on several machines"}}},
    [COMMAND_PRUNE] =
        {WORDS_NONE,
         "Removes all but the newest runs from the database, and what only they used. Runs with a "
         "label stay.",
         {{"simrun prune --keep 10 --dry-run", "what would go"},
          {"simrun prune --keep 10", "keep ten runs"}}},
    [COMMAND_REPORT] =
        {WORDS_FORMATS,
         "Writes a recorded run, or some cases of it, in a format that other tools read. Without "
         "an "
         "argument it lists the formats. mtree and dot are about one case; for several, -o DIR/ "
         "makes "
         "a file of each.",
         {{"simrun report", "the formats"},
          {"simrun report junit -o junit.xml", "for CI servers"},
          {"simrun report mtree named/hidden-by-later-parent", "the tree for bsdtar and mtree(8)"},
          {"simrun report html -o report.html", "one page for people, works offline"}}},
    [COMMAND_GEN] = {WORDS_NONE,
                     "Writes a suite of generated cases to standard output. The same family, seed "
                     "and count give the "
                     "same bytes on every machine.",
                     {{"simrun gen --family nesting --seed 7 --count 1000 >nesting.jsonl",
                       "a thousand nested mounts"},
                      {"simrun gen --family help", "the families"}}},
    [COMMAND_SERVE] = {WORDS_PATHS,
                       "Serves a directory over 9P2000.L, as the gofer of the model does. It is "
                       "read-only and listens on the "
                       "loopback interface unless told otherwise, and nothing outside of DIR can "
                       "be reached through it, whatever "
                       "happens to the tree meanwhile.",
                       {{"simrun serve rootfs", "read-only, on 127.0.0.1:5640"},
                        {"simrun serve --listen unix:/tmp/9p.sock --writable rootfs",
                         "on a socket, with changes"}}},
    [COMMAND_P9] = {WORDS_ACTIONS,
                    "Talks to a 9P2000.L server. ACTION is ls, stat, cat, tree, put or bench; "
                    "ADDRESS is unix:PATH, "
                    "HOST:PORT or fd:N.",
                    {{"simrun p9 ls -l 127.0.0.1:5640 /etc", "a directory with attributes"},
                     {"simrun p9 cat unix:/tmp/9p.sock /etc/hostname", "a file"}}},
    [COMMAND_COMPLETION] = {WORDS_SHELLS,
                            "Prints a script that completes commands, options, values, case names, "
                            "runs and queries in bash, zsh or "
                            "fish. The packages install it.",
                            {{"simrun completion bash >simrun.bash",
                              "to be sourced by ~/.bashrc"}}},
    [COMMAND_VERSION] =
        {WORDS_NONE,
         "Prints the version, the revision of gVisor that it answers for, and the profiles.",
         {{"simrun version", "all of it"}}},
    [COMMAND_HELP] = {WORDS_COMMANDS,
                      "Prints what a command does, its options and examples.",
                      {{"simrun help diff", "about one command"}}},
};

const struct manual_item manual_exits[] = {
    {"0", "Fine."},
    {"1",
     "A case failed, crashed, ran out of time, passed against its xfail, or got what "
     "--fail-on names; a regression "
     "against --baseline. For diff: there are differences; first-bad: the case is bad; search: "
     "nothing was found; merge: shards are missing; serve and p9: the other side or a file "
     "failed."},
    {"2", "A wrong command line or input, or nothing selected."},
    {"3", "simrun itself failed: the database cannot be written, a worker cannot be started."},
    {"130", "Interrupted; what ran is recorded."},
    {0},
};

const struct manual_item manual_variables[] = {
    {"NO_COLOR", "When set and not empty: no colour unless --color always."},
    {"TMPDIR", "Where --host dir makes its temporary trees, and what is read from a pipe is kept."},
    {"TEST_TOTAL_SHARDS, TEST_SHARD_INDEX, TEST_SHARD_STATUS_FILE, XML_OUTPUT_FILE",
     "As Bazel sets them: which shard this run is, a file to touch for it, and where to write "
     "JUnit XML."},
    {"SLURM_ARRAY_TASK_ID, SLURM_ARRAY_TASK_COUNT, SLURM_ARRAY_TASK_MIN, SLURM_ARRAY_TASK_STEP",
     "As Slurm sets them: which shard this run is."},
    {"JOB_COMPLETION_INDEX, JOB_COMPLETIONS",
     "The first as Kubernetes sets it in an indexed job: which shard this run is. The second, from "
     "the job's manifest, says of how many, where --shard-count does not."},
    {0},
};

const struct manual_item manual_files[] = {
    {"simrun.db", "The database of runs, in the current directory unless --db says otherwise; see "
                  "simrun-db(5)."},
    {"simrun.db-lock", "Held while somebody writes the database; stays behind, empty."},
    {"xfail.txt", "Beside a suite: lines `GLOB REASON` for cases that are known to fail."},
    {0},
};
