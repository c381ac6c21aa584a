/* Bare prepared inserts of rows about as large as the recorder's, in one transaction. */
#include "bench.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

static const char setup[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
    "CREATE TABLE node (dir BLOB NOT NULL, name TEXT NOT NULL, type TEXT, mode TEXT,"
    " uid INTEGER, gid INTEGER, size INTEGER, nlink INTEGER, child BLOB,"
    " PRIMARY KEY (dir, name)) STRICT, WITHOUT ROWID;"
    "BEGIN";

static int insert_rows(sqlite3 *db, size_t rows)
{
    sqlite3_stmt *q;
    if (sqlite3_prepare_v2(db, "INSERT INTO node VALUES (?, ?, 'dir', '0755', 0, 0, 4096, 2, ?)",
                           -1, &q, NULL) != SQLITE_OK) {
        return -EIO;
    }
    int step = SQLITE_DONE;
    for (size_t i = 0; i < rows && step == SQLITE_DONE; i++) {
        /* A directory of 16 names; its hash is spread as a real one is. */
        uint64_t hash[4] = {(uint64_t)(i / 16) * 0x9e3779b97f4a7c15U, i / 16, 0, 0};
        char name[16];
        int n = snprintf(name, sizeof name, "name-%zu", i % 16);
        sqlite3_bind_blob(q, 1, hash, sizeof hash, SQLITE_STATIC);
        sqlite3_bind_text(q, 2, name, n, SQLITE_STATIC);
        sqlite3_bind_blob(q, 3, hash, sizeof hash, SQLITE_STATIC);
        step = sqlite3_step(q);
        sqlite3_reset(q);
    }
    sqlite3_finalize(q);
    return step == SQLITE_DONE ? 0 : -EIO;
}

int bench_raw_row(const struct bench *b, double *ret)
{
    char path[256];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/raw.db", b->dir);
    (void)unlink(path);
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db, setup, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "bench: %s: %s\n", path, sqlite3_errmsg(db));
        sqlite3_close(db);
        return -EIO;
    }
    double start = bench_cpu();
    int rc = insert_rows(db, b->rows);
    if (!rc && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        rc = -EIO;
    }
    *ret = (bench_cpu() - start) / (double)b->rows;
    sqlite3_close(db);
    return rc ? bench_fail(rc, "raw inserts") : 0;
}
