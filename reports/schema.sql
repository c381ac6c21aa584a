-- The tables of a simrun database, version 2; the views stand in views.sql. Every name here may be used from the sqlite3
-- shell. Hashes are 16 bytes (XXH3-128, big-endian); hex(hash) to read them.
-- A later version adds columns at the end of a table, here and in migrate-N.sql, so that both ways lead to the same file.

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
    label           TEXT,                -- not unique; the newest run of a label is meant
    options         TEXT NOT NULL DEFAULT '{}' -- JSON object: what else decides its cases and results (gofer, host, repeat ...)
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
    layers     TEXT,                     -- file systems of a nested overlay's node, top first, blank separated,
                                         -- 'stub' = the stub tree; NULL = upper and lower say it all
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
    mounts      BLOB,                    -- mount_list.hash; NULL = no mounts
    tree        BLOB REFERENCES dir(hash), -- NULL = no tree
    flaky       INTEGER NOT NULL DEFAULT 0, -- 1 = its attempts did not agree
    file        BLOB REFERENCES blob(hash), -- where the case stands; '-' = standard input
    line        INTEGER,                 -- of the file
    reason      BLOB REFERENCES blob(hash), -- of the xfail
    UNIQUE(run, name)
) STRICT;

-- Every attempt of a case that was run more than once; the result is one of them.
CREATE TABLE attempt(
    result      INTEGER NOT NULL REFERENCES result(id) ON DELETE CASCADE,
    n           INTEGER NOT NULL,        -- from 1, as they ran
    outcome     TEXT NOT NULL,           -- as result.result
    status      TEXT NOT NULL,           -- as result.status
    error       TEXT,
    same_as     INTEGER NOT NULL,        -- the first attempt that gave the very same; n itself when none did
    duration_ns INTEGER NOT NULL,
    PRIMARY KEY(result, n)
) STRICT, WITHOUT ROWID;

-- What mounts are, wherever they stand among others; equal ones are stored once. The view mount is what people read.
CREATE TABLE mount_row(
    id          INTEGER PRIMARY KEY,
    hash        BLOB NOT NULL UNIQUE,    -- of all below
    destination TEXT,
    type        TEXT,
    source      TEXT,
    fs          TEXT,                    -- what was mounted; NULL = nothing
    flags       TEXT,
    rules       TEXT,                    -- contract rows that acted
    ignored     TEXT,                    -- options without effect
    created     TEXT,                    -- directories made for it
    lost        INTEGER NOT NULL,        -- 1 = was mounted, is not shadowed, and is no mount point in the tree
    state       TEXT,                    -- done skipped failed pending dropped unmounted; NULL = not known
    place       TEXT,                    -- where its mount point really was, links followed; NULL = not mounted
    seen_at     TEXT,                    -- where the tree shows it; NULL = nowhere
    layers      TEXT,                    -- of its root, as in node, but for every overlay
    data        TEXT,                    -- data string that the file system was given
    hides       TEXT,                    -- JSON object: what its mount point was before
    options     TEXT,                    -- JSON array: what each option did
    reasons     TEXT,                    -- JSON array: rules in the order they acted, and why
    made        TEXT                     -- JSON array: directories made for it, and on which file system
) STRICT;

-- Lists of mounts by content: equal lists are stored once.
CREATE TABLE mount_list(
    id   INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE            -- result.mounts
) STRICT;

-- The mounts of each list, with what differs from list to list.
CREATE TABLE mount_item(
    list        INTEGER NOT NULL REFERENCES mount_list(id),
    idx         INTEGER NOT NULL,        -- order, from 0
    mount       INTEGER NOT NULL REFERENCES mount_row(id),
    spec_index  INTEGER,                 -- entry of the spec's mounts; NULL = made by the pipeline
    shadowed_by INTEGER,                 -- idx of the later mount that hides it
    mount_id    INTEGER,                 -- as the subject numbers its mounts; NULL = not mounted
    op          INTEGER,                 -- the operation of the case that mounted it; NULL = the spec or the pipeline
    log_first   INTEGER,                 -- first line of the log that belongs to it, from 0; NULL = none
    log_lines   INTEGER,                 -- how many
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

-- Where merged runs came from. Shards of one run, recorded on many machines, are joined into one run again; a run that
-- was merged as it was has one part.
CREATE TABLE run_part(
    run         INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    part        INTEGER NOT NULL,        -- from 1
    source      TEXT NOT NULL,           -- the file that it was merged from
    source_run  INTEGER NOT NULL,        -- its number there
    digest      BLOB NOT NULL,           -- of the run and all its results: the same part is merged once
    shard_index INTEGER NOT NULL,        -- as run.shard_index
    shard_count INTEGER NOT NULL,
    state       TEXT NOT NULL,
    started     TEXT NOT NULL,
    ended       TEXT,
    argv        TEXT NOT NULL,           -- JSON array
    results     INTEGER NOT NULL,        -- how many it brought
    PRIMARY KEY(run, part)
) STRICT, WITHOUT ROWID;

-- What full text search can find, each once: error texts, lines of logs and the paths of recorded trees. Added together
-- with the results.
CREATE TABLE search_item(
    id   INTEGER PRIMARY KEY,            -- rowid in search
    kind TEXT NOT NULL CHECK(kind IN ('error', 'log', 'path')),
    hash BLOB REFERENCES blob(hash),     -- of the error; NULL for the others
    text TEXT                            -- a path, or an element of logs; NULL for errors
) STRICT;
CREATE UNIQUE INDEX search_item_hash ON search_item(hash) WHERE hash IS NOT NULL;
CREATE UNIQUE INDEX search_item_text ON search_item(text, kind) WHERE text IS NOT NULL;

-- SELECT kind, text FROM search WHERE search MATCH '"resolv.conf"' - what is no plain word goes into quotes.
CREATE VIRTUAL TABLE search USING fts5(kind UNINDEXED, text, content = 'search_text', content_rowid = 'id');

-- One row: results up to this id can be found.
CREATE TABLE search_state(
    result INTEGER NOT NULL
) STRICT;
INSERT INTO search_state VALUES(0);
