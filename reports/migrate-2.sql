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

-- More about each mount, and layers of nested overlays.
ALTER TABLE node ADD COLUMN layers TEXT;
ALTER TABLE mount ADD COLUMN state TEXT;
ALTER TABLE mount ADD COLUMN mount_id INTEGER;
ALTER TABLE mount ADD COLUMN op INTEGER;
ALTER TABLE mount ADD COLUMN place TEXT;
ALTER TABLE mount ADD COLUMN seen_at TEXT;
ALTER TABLE mount ADD COLUMN layers TEXT;
ALTER TABLE mount ADD COLUMN data TEXT;
ALTER TABLE mount ADD COLUMN hides TEXT;
ALTER TABLE mount ADD COLUMN options TEXT;
ALTER TABLE mount ADD COLUMN reasons TEXT;
ALTER TABLE mount ADD COLUMN made TEXT;
ALTER TABLE mount ADD COLUMN log_first INTEGER;
ALTER TABLE mount ADD COLUMN log_lines INTEGER;

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

-- What full text search can find, each once: error texts, logs and the paths of recorded trees. The newest results are
-- added when a run ends, or, if it was killed, when the next one begins.
CREATE TABLE search_item(
    id   INTEGER PRIMARY KEY,            -- rowid in search
    kind TEXT NOT NULL CHECK(kind IN ('error', 'log', 'path')),
    hash BLOB REFERENCES blob(hash),     -- of the error or log; NULL for a path
    path TEXT                            -- NULL for texts
) STRICT;
CREATE UNIQUE INDEX search_item_hash ON search_item(hash, kind) WHERE hash IS NOT NULL;
CREATE UNIQUE INDEX search_item_path ON search_item(path) WHERE path IS NOT NULL;

-- SELECT kind, text FROM search WHERE search MATCH '"resolv.conf"' - what is no plain word goes into quotes.
CREATE VIRTUAL TABLE search USING fts5(kind UNINDEXED, text, content = 'search_text', content_rowid = 'id');

-- One row: results up to this id can be found.
CREATE TABLE search_state(
    result INTEGER NOT NULL
) STRICT;
INSERT INTO search_state VALUES(0);
