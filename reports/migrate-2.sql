-- From version 1 to 2. Views are not of concern here: they are dropped before and made anew behind.

ALTER TABLE run ADD COLUMN options TEXT NOT NULL DEFAULT '{}';

ALTER TABLE result ADD COLUMN flaky INTEGER NOT NULL DEFAULT 0;
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
