-- The views of a simrun database: what people read. They are made anew whenever a file is brought to another version.

-- The newest run, whatever its state.
CREATE VIEW latest_run AS
    SELECT * FROM run WHERE id = (SELECT max(id) FROM run);

-- Every finished run (new) and the finished run before it of the same subject, profile and shard (old).
CREATE VIEW run_pair AS
    SELECT (SELECT max(o.id) FROM run o WHERE o.id < n.id AND o.state = 'finished' AND o.subject = n.subject
              AND o.profile IS n.profile AND o.shard_index = n.shard_index AND o.shard_count = n.shard_count) AS old,
           n.id AS new
    FROM run n WHERE n.state = 'finished';

-- The newest finished run (new) and the one before it of the same subject, profile and shard (old).
CREATE VIEW last_two AS
    SELECT old, new FROM run_pair WHERE new = (SELECT max(id) FROM run WHERE state = 'finished');

-- Every result with its verdict: bad = 1 is what nobody wants to see.
CREATE VIEW verdict AS
    SELECT id, run, name, input, result, status,
           status IN ('fail', 'xpass') OR result IN ('crash', 'timeout', 'oom')
           OR (status = 'recorded' AND result NOT IN ('ok', 'unsupported')) AS bad
    FROM result;

-- Every result as people read it: texts in place of their hashes.
CREATE VIEW case_result AS
    SELECT v.run, v.name, v.result, v.status, v.bad, r.flaky, CAST(e.data AS TEXT) AS error,
           round(r.duration_ns / 1e6, 3) AS ms, d.nodes, r.fds_left, r.leaks, CAST(l.data AS TEXT) AS log,
           lower(hex(r.input)) AS input, lower(hex(r.tree)) AS tree, lower(hex(r.mounts)) AS mounts, v.id
    FROM verdict v JOIN result r ON r.id = v.id LEFT JOIN blob e ON e.hash = r.error LEFT JOIN blob l ON l.hash = r.log
         LEFT JOIN dir d ON d.hash = r.tree;

-- Cases with equal input and another outcome than in the finished run before. Another input is another case.
CREATE VIEW run_flips AS
    SELECT n.name, o.run AS old_run, n.run AS new_run, o.result AS old_result, n.result AS new_result,
           o.status AS old_status, n.status AS new_status, n.bad > o.bad AS regression, n.bad < o.bad AS fixed
    FROM run_pair l JOIN verdict n ON n.run = l.new JOIN verdict o ON o.run = l.old AND o.name = n.name
    WHERE n.input = o.input AND (n.result <> o.result OR n.status <> o.status);

-- Cases that were fine in the finished run before and are not.
CREATE VIEW run_regressions AS
    SELECT f.name, f.old_run, f.new_run, f.old_result, f.new_result, f.old_status, f.new_status,
           CAST(b.data AS TEXT) AS error
    FROM run_flips f JOIN result r ON r.run = f.new_run AND r.name = f.name LEFT JOIN blob b ON b.hash = r.error
    WHERE f.regression;

-- Cases whose outcome changed between the last two finished runs.
CREATE VIEW flips AS
    SELECT * FROM run_flips WHERE new_run = (SELECT new FROM last_two);

-- Cases that were fine in the finished run before the last and are not in the last.
CREATE VIEW regressions AS
    SELECT * FROM run_regressions WHERE new_run = (SELECT new FROM last_two);

-- Bad cases of every run with the run that turned them bad and the last good one before (NULL = never good).
CREATE VIEW first_bad AS
    WITH bad AS (
        SELECT v.run, v.name, v.id, v.result, v.status,
               (SELECT max(g.id) FROM run g CROSS JOIN verdict x ON x.run = g.id AND x.name = v.name
                WHERE g.id < v.run AND NOT x.bad) AS last_good
        FROM verdict v WHERE v.bad
    )
    SELECT b.run, b.name, b.result, b.status,
           (SELECT min(g.id) FROM run g CROSS JOIN result x ON x.run = g.id AND x.name = b.name
            WHERE g.id > ifnull(b.last_good, 0) AND g.id <= b.run) AS first_bad,
           b.last_good, CAST(e.data AS TEXT) AS error
    FROM bad b JOIN result r ON r.id = b.id LEFT JOIN blob e ON e.hash = r.error;

-- A node on one line, to read and to compare; child is not part of it.
CREATE VIEW node_text AS
    SELECT dir, name, child,
           ifnull(type, '-') || ' ' || ifnull(mode, '-') || ' ' || uid || ':' || gid || ' nlink ' || nlink
           || ifnull(' size ' || size, '') || ifnull(' rdev ' || rdev, '') || ifnull(' fs ' || fs, '')
           || ifnull(' -> ' || target, '') || CASE WHEN flags <> '' THEN ' flags ' || flags ELSE '' END
           || iif(mountpoint, ' mountpoint', '') || iif(overlay, ' overlay', '') || ifnull(' upper=' || upper, '')
           || ifnull(' lower=' || lower, '') || iif(special, ' special', '') || iif(readdir, '', ' unlisted')
           || ifnull(' error ' || error, '') AS text
    FROM node;

-- What changed in the trees between the last two runs, case by case. Only directories that differ are read; an added or
-- removed directory stands for all below it.
CREATE VIEW tree_diff AS
    -- A directory counts more nodes than any below it. Where a damaged file has it otherwise, reading would not end: it
    -- fails, with a text that says so. Nor is more read than the roots count.
    WITH RECURSIVE pair(name, old_run, new_run, path, a, b, nodes_a, nodes_b) AS (
        SELECT n.name, o.run, n.run, '', o.tree, n.tree, da.nodes, db.nodes
        FROM last_two l JOIN result o ON o.run = l.old JOIN result n ON n.run = l.new AND n.name = o.name
             LEFT JOIN dir da ON da.hash = o.tree LEFT JOIN dir db ON db.hash = n.tree
        WHERE n.input = o.input AND o.tree IS NOT n.tree
        UNION ALL
        SELECT p.name, p.old_run, p.new_run, iif(x.name = '/', '', p.path || '/' || x.name), x.child, y.child,
               da.nodes, db.nodes
        FROM pair p JOIN node x ON x.dir = p.a JOIN node y ON y.dir = p.b AND y.name = x.name
             LEFT JOIN dir da ON da.hash = x.child LEFT JOIN dir db ON db.hash = y.child
        WHERE x.child IS NOT y.child AND length(p.path) < 65536
              AND CASE WHEN (x.child IS NULL OR da.nodes < p.nodes_a) AND (y.child IS NULL OR db.nodes < p.nodes_b) THEN 1
                  ELSE (SELECT 1 FROM json_each('{}', 'the file is damaged: a directory is missing or inside itself')) END
        LIMIT (SELECT min(ifnull(sum(max(min(d.nodes, 4194304), 0)), 0), 16777216)
               FROM last_two l JOIN result r ON r.run IN (l.old, l.new) JOIN dir d ON d.hash = r.tree)
    )
    SELECT p.name, p.old_run, p.new_run, iif(x.name = '/', '/', p.path || '/' || x.name) AS path,
           'changed' AS change, x.text AS old, y.text AS new
    FROM pair p JOIN node_text x ON x.dir = p.a JOIN node_text y ON y.dir = p.b AND y.name = x.name
    WHERE x.text <> y.text
    UNION ALL
    SELECT p.name, p.old_run, p.new_run, iif(x.name = '/', '/', p.path || '/' || x.name), 'removed', x.text, NULL
    FROM pair p JOIN node_text x ON x.dir = p.a
    WHERE NOT EXISTS (SELECT 1 FROM node y WHERE y.dir = p.b AND y.name = x.name)
    UNION ALL
    SELECT p.name, p.old_run, p.new_run, iif(y.name = '/', '/', p.path || '/' || y.name), 'added', NULL, y.text
    FROM pair p JOIN node_text y ON y.dir = p.b
    WHERE NOT EXISTS (SELECT 1 FROM node x WHERE x.dir = p.a AND x.name = y.name);

-- Results of the newest run, slowest first.
CREATE VIEW slowest AS
    SELECT r.name, round(r.duration_ns / 1e6, 3) AS ms, r.result, r.status, d.nodes, r.run
    FROM result r LEFT JOIN dir d ON d.hash = r.tree
    WHERE r.run = (SELECT max(id) FROM run)
    ORDER BY r.duration_ns DESC;

-- Error texts of the newest run with the number of cases and one of them, most frequent first.
CREATE VIEW by_error AS
    SELECT count(*) AS cases, r.result, CAST(b.data AS TEXT) AS error, min(r.name) AS example, r.run
    FROM result r JOIN blob b ON b.hash = r.error
    WHERE r.run = (SELECT max(id) FROM run) AND b.data <> ''
    GROUP BY r.result, r.error
    ORDER BY cases DESC, error;

-- Mounts with provenance, list by list.
CREATE VIEW mount AS
    SELECT l.hash AS list, -- hash of the whole list; result.mounts
           i.idx, r.destination, r.type, r.source, r.fs, r.flags, i.spec_index, r.rules, r.ignored, i.shadowed_by,
           r.created, r.lost, r.state, i.mount_id, i.op, r.place, r.seen_at, r.layers, r.data, r.hides, r.options,
           r.reasons, r.made, i.log_first, i.log_lines
    FROM mount_list l JOIN mount_item i ON i.list = l.id JOIN mount_row r ON r.id = i.mount;

-- Every mount of every result, for queries.
CREATE VIEW result_mount AS
    SELECT r.run, r.name, r.id AS result, m.* FROM result r JOIN mount m ON m.list = r.mounts;

-- Cases whose attempts did not agree.
CREATE VIEW run_flaky AS
    SELECT r.run, r.name, count(*) AS attempts,
           sum(a.status IN ('fail', 'xpass') OR a.outcome IN ('crash', 'timeout')) AS failed,
           count(DISTINCT a.same_as) AS different, group_concat(DISTINCT a.outcome) AS outcomes, r.status,
           (SELECT error FROM attempt WHERE result = r.id AND error <> '' ORDER BY n LIMIT 1) AS error
    FROM result r JOIN attempt a ON a.result = r.id
    WHERE r.flaky
    GROUP BY r.id;

-- Cases of the newest run whose attempts did not agree.
CREATE VIEW flaky AS
    SELECT name, attempts, failed, different, outcomes, status, error, run
    FROM run_flaky WHERE run = (SELECT max(id) FROM run) ORDER BY name;

-- The text of what search finds.
CREATE VIEW search_text AS
    SELECT i.id, i.kind, ifnull(i.text, CAST(b.data AS TEXT)) AS text
    FROM search_item i LEFT JOIN blob b ON b.hash = i.hash;
