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
