-- Schema of a simrun database, version 1. Every name here may be used from the sqlite3 shell.
-- Hashes are 16 bytes (XXH3-128, big-endian); hex(hash) to read them.

-- One invocation of simrun that recorded results.
CREATE TABLE run(
    id              INTEGER PRIMARY KEY, -- the number people use; grows
    started         TEXT NOT NULL,       -- when, as the caller wrote it
    ended           TEXT,                -- when; NULL while running, or when its process died
    state           TEXT NOT NULL DEFAULT 'running' CHECK(state IN ('running', 'finished', 'interrupted')),
    argv            TEXT NOT NULL,       -- JSON array of the command line
    subject         TEXT NOT NULL,       -- what turned cases into results: model, runc, ...
    subject_version TEXT,
    profile         TEXT,                -- quirk profile, where the subject has profiles
    seed            INTEGER NOT NULL,    -- as a signed number
    shard_index     INTEGER NOT NULL,    -- 1..shard_count; 0 of 0 = not sharded
    shard_count     INTEGER NOT NULL,
    label           TEXT                 -- not unique; the newest run of a label is meant
) STRICT;
CREATE INDEX run_label ON run(label) WHERE label IS NOT NULL;

-- What decides a case, by content. NULL = the case has no such part.
CREATE TABLE input(
    hash    BLOB PRIMARY KEY,            -- of the six below
    spec    BLOB,                        -- the OCI spec
    conf    BLOB,                        -- file access mode, overlay, entry
    root    BLOB,                        -- root file system
    sources BLOB,                        -- bind sources
    ops     BLOB,                        -- operations after the mounts
    flags   BLOB                         -- command line flags that change results
) STRICT, WITHOUT ROWID;

-- The cases that a run set out to do, written before the first result.
CREATE TABLE plan(
    run   INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    seq   INTEGER NOT NULL,              -- order of discovery, from 0
    name  TEXT NOT NULL,                 -- of the case
    input BLOB NOT NULL REFERENCES input(hash),
    PRIMARY KEY(run, name)
) STRICT, WITHOUT ROWID;

-- Any text, once.
CREATE TABLE blob(
    hash BLOB PRIMARY KEY,               -- of data
    data ANY NOT NULL                    -- TEXT; BLOB for the input of a fuzz crash
) STRICT;

-- A directory of a recorded tree, by content; all directories below it are part of its hash.
CREATE TABLE dir(
    hash    BLOB PRIMARY KEY,
    entries INTEGER NOT NULL,            -- nodes in it
    nodes   INTEGER NOT NULL             -- nodes in it and below it
) STRICT, WITHOUT ROWID;

-- A node of a directory. A whole tree is a dir whose one node has the name '/'.
CREATE TABLE node(
    dir        BLOB NOT NULL REFERENCES dir(hash),
    name       TEXT NOT NULL,            -- any bytes but NUL and '/'
    type       TEXT,                     -- dir file symlink fifo sock chr blk ?; NULL = not recorded, only on the way
    mode       TEXT,                     -- octal
    uid        INTEGER NOT NULL,
    gid        INTEGER NOT NULL,
    size       INTEGER,                  -- files and symlinks
    nlink      INTEGER NOT NULL,         -- 64 bits as a signed number
    rdev       TEXT,                     -- maj:min
    target     TEXT,                     -- of a symlink
    fs         TEXT,                     -- file system of its mount; '' = stub tree
    flags      TEXT,                     -- ro,noatime of its mount
    mountpoint INTEGER NOT NULL,         -- 1 = a mount's root
    overlay    INTEGER NOT NULL,         -- 1 = an overlay's node
    upper      TEXT,                     -- file system of the upper layer; NULL = no such layer
    lower      TEXT,                     -- the same, lower layer
    special    INTEGER NOT NULL,         -- 1 = special node
    readdir    INTEGER NOT NULL,         -- 1 = its parent lists it
    error      TEXT,                     -- its lookup fails with this
    child      BLOB REFERENCES dir(hash),-- what is below it; NULL = nothing
    PRIMARY KEY(dir, name)
) STRICT, WITHOUT ROWID;

-- What a case gave.
CREATE TABLE result(
    id          INTEGER PRIMARY KEY,     -- order of recording
    run         INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    name        TEXT NOT NULL,           -- of the case
    input       BLOB NOT NULL REFERENCES input(hash),
    result      TEXT NOT NULL,           -- ok error panic hang unsupported oom crash timeout
    status      TEXT NOT NULL CHECK(status IN ('pass', 'fail', 'xfail', 'xpass', 'recorded')),
    error       BLOB REFERENCES blob(hash), -- exact error text
    log         BLOB REFERENCES blob(hash), -- JSON
    compiled    BLOB REFERENCES blob(hash), -- JSON
    ops         BLOB REFERENCES blob(hash), -- JSON
    restore     BLOB REFERENCES blob(hash), -- JSON
    host_diff   BLOB REFERENCES blob(hash), -- JSON
    fds_left    INTEGER NOT NULL,        -- descriptors not consumed
    leaks       INTEGER NOT NULL,        -- references the original leaks
    duration_ns INTEGER NOT NULL,
    mounts      BLOB,                    -- mount.list; NULL = no mounts
    tree        BLOB REFERENCES dir(hash), -- NULL = no tree
    UNIQUE(run, name)
) STRICT;

-- Mounts with provenance. Equal lists of mounts are stored once.
CREATE TABLE mount(
    list        BLOB NOT NULL,           -- hash of the whole list; result.mounts
    idx         INTEGER NOT NULL,        -- order, from 0
    destination TEXT,
    type        TEXT,
    source      TEXT,
    fs          TEXT,                    -- what was mounted; NULL = nothing
    flags       TEXT,
    spec_index  INTEGER,                 -- entry of the spec's mounts; NULL = made by the pipeline
    rules       TEXT,                    -- contract rows that acted
    ignored     TEXT,                    -- options without effect
    shadowed_by INTEGER,                 -- idx of the later mount that hides it
    created     TEXT,                    -- directories made for it
    lost        INTEGER NOT NULL,        -- 1 = was mounted, is not shadowed, and is no mount point in the tree
    PRIMARY KEY(list, idx)
) STRICT, WITHOUT ROWID;

-- Things that people should look at.
CREATE TABLE finding(
    result   INTEGER NOT NULL REFERENCES result(id) ON DELETE CASCADE,
    seq      INTEGER NOT NULL,
    severity TEXT NOT NULL,
    code     TEXT NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY(result, seq)
) STRICT, WITHOUT ROWID;

-- Inputs of fuzzing that made something break.
CREATE TABLE fuzz_crash(
    id              INTEGER PRIMARY KEY,
    target          TEXT NOT NULL,
    kind            TEXT NOT NULL,       -- crash hang leak ...
    found           TEXT NOT NULL,       -- first time
    last_found      TEXT NOT NULL,
    times           INTEGER NOT NULL,
    subject_version TEXT,
    seed            INTEGER NOT NULL,
    input           BLOB NOT NULL REFERENCES blob(hash),
    text            BLOB REFERENCES blob(hash),
    UNIQUE(target, input)
) STRICT;

-- The newest run, whatever its state.
CREATE VIEW latest_run AS
    SELECT * FROM run WHERE id = (SELECT max(id) FROM run);

-- The newest finished run (new) and the finished run before it of the same subject, profile and shard (old).
CREATE VIEW last_two AS
    SELECT (SELECT max(o.id) FROM run o WHERE o.id < n.id AND o.state = 'finished' AND o.subject = n.subject
              AND o.profile IS n.profile AND o.shard_index = n.shard_index AND o.shard_count = n.shard_count) AS old,
           n.id AS new
    FROM run n WHERE n.id = (SELECT max(id) FROM run WHERE state = 'finished');

-- Every result with its verdict: bad = 1 is what nobody wants to see.
CREATE VIEW verdict AS
    SELECT id, run, name, input, result, status,
           status IN ('fail', 'xpass') OR result IN ('crash', 'timeout', 'oom')
           OR (status = 'recorded' AND result NOT IN ('ok', 'unsupported')) AS bad
    FROM result;

-- Cases of the last two runs with equal input and another outcome. Another input is another case.
CREATE VIEW flips AS
    SELECT n.name, o.run AS old_run, n.run AS new_run, o.result AS old_result, n.result AS new_result,
           o.status AS old_status, n.status AS new_status, n.bad > o.bad AS regression
    FROM last_two l JOIN verdict o ON o.run = l.old JOIN verdict n ON n.run = l.new AND n.name = o.name
    WHERE n.input = o.input AND (n.result <> o.result OR n.status <> o.status);

-- Cases that were fine in the run before and are not in the newest.
CREATE VIEW regressions AS
    SELECT f.name, f.old_run, f.new_run, f.old_result, f.new_result, f.old_status, f.new_status,
           CAST(b.data AS TEXT) AS error
    FROM flips f JOIN result r ON r.run = f.new_run AND r.name = f.name LEFT JOIN blob b ON b.hash = r.error
    WHERE f.regression;

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
    WITH RECURSIVE pair(name, old_run, new_run, path, a, b) AS (
        SELECT n.name, o.run, n.run, '', o.tree, n.tree
        FROM last_two l JOIN result o ON o.run = l.old JOIN result n ON n.run = l.new AND n.name = o.name
        WHERE n.input = o.input AND o.tree IS NOT n.tree
        UNION ALL
        SELECT p.name, p.old_run, p.new_run, iif(x.name = '/', '', p.path || '/' || x.name), x.child, y.child
        FROM pair p JOIN node x ON x.dir = p.a JOIN node y ON y.dir = p.b AND y.name = x.name
        WHERE x.child IS NOT y.child AND length(p.path) < 65536
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

-- Every mount of every result, for queries.
CREATE VIEW result_mount AS
    SELECT r.run, r.name, r.id AS result, m.* FROM result r JOIN mount m ON m.list = r.mounts;
