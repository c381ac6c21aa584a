-- From version 1 to 2. Views are not of concern here: they are dropped before and made anew behind.

ALTER TABLE run ADD COLUMN options TEXT NOT NULL DEFAULT '{}';

ALTER TABLE result ADD COLUMN flaky INTEGER NOT NULL DEFAULT 0;
ALTER TABLE result ADD COLUMN file BLOB REFERENCES blob(hash);
ALTER TABLE result ADD COLUMN line INTEGER;
ALTER TABLE result ADD COLUMN reason BLOB REFERENCES blob(hash);
CREATE TABLE attempt(
    result      INTEGER NOT NULL REFERENCES result(id) ON DELETE CASCADE,
    n           INTEGER NOT NULL,
    outcome     TEXT NOT NULL,
    status      TEXT NOT NULL,
    error       TEXT,
    same_as     INTEGER NOT NULL,
    duration_ns INTEGER NOT NULL,
    PRIMARY KEY(result, n)
) STRICT, WITHOUT ROWID;

-- Layers of nested overlays.
ALTER TABLE node ADD COLUMN layers TEXT;

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

-- The place of an old mount, its list and index, stands for the hash of its content: no two are the same.
INSERT INTO mount_row(hash, destination, type, source, fs, flags, rules, ignored, created, lost)
    SELECT CAST(substr(list, 1, 12) || printf('%04x', idx) AS BLOB), destination, type, source, fs, flags, rules,
           ignored, created, lost
    FROM mount ORDER BY list, idx;
INSERT INTO mount_list(hash) SELECT DISTINCT list FROM mount;
INSERT INTO mount_item(list, idx, mount, spec_index, shadowed_by)
    SELECT l.id, m.idx, r.id, m.spec_index, m.shadowed_by
    FROM mount m CROSS JOIN mount_list l ON l.hash = m.list
         CROSS JOIN mount_row r ON r.hash = CAST(substr(m.list, 1, 12) || printf('%04x', m.idx) AS BLOB);
DROP TABLE mount;

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
