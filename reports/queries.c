#include "private.h"

/* The run that a query is about: the parameter, or the newest. */
#define RUN      "ifnull(nullif(:run, ''), (SELECT max(id) FROM run))"
#define FINISHED "ifnull(nullif(:run, ''), (SELECT new FROM last_two))"
/* What people ask for first; all there is stands in the view result_mount. */
#define MOUNTS(columns)                                                                            \
    "SELECT m.name, m.destination, m.spec_index AS spec, m.type, " columns                         \
    " FROM result_mount m WHERE m.run = " RUN " AND "
#define BY_PLACE " ORDER BY m.name, m.idx"

static const struct rep_query_info queries[] = {
    {"regressions", "cases fine in the finished run before and not in this one",
     "name, old_run, new_run, old_result, new_result, new_status, error",
     "SELECT name, old_run, new_run, old_result, new_result, new_status, error "
     "FROM run_regressions WHERE new_run = " FINISHED " ORDER BY name"},
    {"flips", "cases whose outcome changed since the finished run before",
     "name, old_run, new_run, old_result, old_status, new_result, new_status",
     "SELECT name, old_run, new_run, old_result, old_status, new_result, new_status "
     "FROM run_flips WHERE new_run = " FINISHED " ORDER BY name"},
    {"tree-diff", "nodes that changed between the last two finished runs",
     "name, path, change, old, new",
     "SELECT name, path, change, old, new FROM tree_diff ORDER BY name, path"},
    {"bad", "cases that failed, crashed, or are not ok and expect nothing",
     "name, result, status, flaky, error",
     "SELECT name, result, status, flaky, error FROM case_result WHERE run = " RUN " AND bad "
     "ORDER BY name"},
    {"first-bad", "bad cases, the run that turned them bad, the last good one",
     "name, first_bad, last_good, result, status, error",
     "SELECT name, first_bad, last_good, result, status, error FROM first_bad WHERE run = " RUN
     " ORDER BY first_bad, name"},
    {"slowest", "the 20 slowest cases", "name, ms, result, status, nodes",
     "SELECT name, ms, result, status, nodes FROM case_result WHERE run = " RUN
     " ORDER BY ms DESC LIMIT 20"},
    {"by-error", "error texts by number of cases", "cases, result, example, error",
     "SELECT count(*) AS cases, result, min(name) AS example, error FROM case_result "
     "WHERE run = " RUN " AND error <> '' GROUP BY result, error ORDER BY cases DESC, error"},
    {"ignored-mounts", "mounts that were not made, or lost options on the way",
     "name, destination, spec, type, state, ignored, rules",
     MOUNTS("m.state, m.ignored, m.rules") "(m.fs IS NULL OR m.ignored <> '')" BY_PLACE},
    {"shadowed-mounts", "mounts that a later mount hides",
     "name, destination, spec, type, hidden_by, rules",
     MOUNTS(
         "(SELECT o.destination FROM mount o WHERE o.list = m.list "
         "AND o.idx = m.shadowed_by) AS hidden_by, m.rules") "m.shadowed_by IS NOT NULL" BY_PLACE},
    {"lost-mounts", "mounts that were made, are not hidden, and are not there",
     "name, destination, spec, type, fs, place, rules",
     MOUNTS("m.fs, m.place, m.rules") "m.lost" BY_PLACE},
    {"flaky", "cases whose attempts (--repeat, --retries) did not agree",
     "name, attempts, failed, different, outcomes, status, error",
     "SELECT name, attempts, failed, different, outcomes, status, error FROM run_flaky "
     "WHERE run = " RUN " ORDER BY name"},
    {"findings", "things that people should look at", "name, severity, code, text",
     "SELECT r.name, f.severity, f.code, f.text FROM result r JOIN finding f ON f.result = r.id "
     "WHERE r.run = " RUN " ORDER BY f.severity, f.code, r.name"},
    {"changes-by-run", "how many cases each finished run turned bad or good",
     "run, label, started, before, regressions, fixed, other",
     "SELECT f.new_run AS run, r.label, r.started, f.old_run AS before, "
     "sum(f.regression) AS regressions, sum(f.fixed) AS fixed, "
     "sum(NOT f.regression AND NOT f.fixed) AS other "
     "FROM run_flips f JOIN run r ON r.id = f.new_run GROUP BY f.new_run ORDER BY f.new_run DESC"},
    {"crashes", "crashes that fuzzing found, newest first",
     "id, target, kind, found, last_found, times, bytes, input",
     "SELECT c.id, c.target, c.kind, c.found, c.last_found, c.times, length(b.data) AS bytes, "
     "lower(hex(c.input)) AS input FROM fuzz_crash c JOIN blob b ON b.hash = c.input "
     "ORDER BY c.id DESC"},
    {"runs", "all runs, newest first", "id, label, started, state, results, bad, profile",
     "SELECT id, label, started, state, "
     "(SELECT count(*) FROM result r WHERE r.run = run.id) AS results, "
     "(SELECT count(*) FROM verdict v WHERE v.run = run.id AND v.bad) AS bad, profile "
     "FROM run ORDER BY id DESC"},
    {"versions", "what each run was made with, newest first",
     "id, label, subject, version, shard, seed, options, argv",
     "SELECT id, label, subject, subject_version AS version, "
     "iif(shard_count, shard_index || '/' || shard_count, NULL) AS shard, seed, options, argv "
     "FROM run ORDER BY id DESC"},
    {"parts", "the shards that merged runs were joined from",
     "run, part, shard, source, source_run, state, started, results",
     "SELECT run, part, iif(shard_count, shard_index || '/' || shard_count, NULL) AS shard, "
     "source, "
     "source_run, state, started, results FROM run_part ORDER BY run DESC, part"},
    {NULL, NULL, NULL, NULL},
};

const struct rep_query_info *rep_queries(void)
{
    return queries;
}
