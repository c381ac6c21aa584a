#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *rep_status_name(enum rep_status status)
{
    static const char *const names[REP_STATUSES] = {"pass", "fail", "xfail", "xpass", "recorded"};
    return (unsigned)status < REP_STATUSES ? names[status] : "?";
}

void rep_forget_caches(struct rep_db *db)
{
    rep_hash_set_release(&db->blobs);
    rep_hash_set_release(&db->inputs);
    rep_hash_set_release(&db->mounts);
    rep_hash_set_release(&db->dirs);
    rep_hash_set_release(&db->errors);
    free(db->mount_id);
    db->mount_id = NULL;
}

/*
 * A recorder stores what a row refers to before the row, nobody else writes or prunes meanwhile,
 * and words of states are its own: to look for each parent again, and to make a table of the words
 * for each row, is a quarter of its time. Whatever else changes the file does so with all checks.
 * A failure leaves them as they were.
 */
static void check_rows(struct rep_db *db, bool on)
{
    (void)sqlite3_db_config(db->sql, SQLITE_DBCONFIG_ENABLE_FKEY, on, (int *)NULL);
    (void)sqlite3_exec(db->sql,
                       on ? "PRAGMA ignore_check_constraints = OFF"
                          : "PRAGMA ignore_check_constraints = ON",
                       NULL, NULL, NULL);
}

void rep_run_free(struct rep_run *run)
{
    if (run) {
        run->db->run = NULL;
        check_rows(run->db, true);
        rep_packer_free(run->packer);
        rep_buf_release(&run->scratch);
        free(run);
    }
}

int rep_run_enter(struct rep_run *run)
{
    if (run->failed) {
        return run->failed;
    }
    if (run->in_transaction) {
        return 0;
    }
    int code = rep_sql_kept_exec(run->db, REP_SQL_BEGIN, "begin a batch");
    if (code == 0) {
        run->in_transaction = true;
    }
    return code;
}

int rep_run_break(struct rep_run *run, int code)
{
    struct rep_db *db = run->db;
    struct rep_error first = db->error;
    unsigned pending = run->pending;
    rep_forget_caches(db);
    if (!sqlite3_get_autocommit(db->sql)) {
        (void)rep_sql_kept_exec(db, REP_SQL_ROLLBACK, "undo");
    }
    run->failed = code;
    run->in_transaction = false;
    run->pending = 0;
    db->error = first;
    if (pending > 0) {
        struct rep_buf text = {0};
        rep_buf_fmt(&text, "; %u result%s of the open batch %s lost", pending,
                    pending == 1 ? "" : "s", pending == 1 ? "is" : "are");
        if (!text.failed) {
            strncat(db->error.text, text.data, sizeof db->error.text - strlen(db->error.text) - 1);
        }
        rep_buf_release(&text);
    }
    return code;
}

/* What is stored in a file that its name no longer leads to, nobody finds again. */
static int check_place(struct rep_db *db)
{
    int moved = 0;
    int rc = sqlite3_file_control(db->sql, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return rc == SQLITE_OK && moved ? rep_fail(db, -ENOENT,
                                               "the file was removed, renamed or replaced while a "
                                               "run was recorded in it")
                                    : 0;
}

int rep_flush(struct rep_run *run)
{
    if (run->failed) {
        return run->failed;
    }
    if (!run->in_transaction) {
        return 0;
    }
    int code = check_place(run->db);
    if (code == 0) {
        code = rep_search_store(run);
    }
    if (code == 0) {
        code = rep_sql_kept_exec(run->db, REP_SQL_COMMIT, "store a batch");
    }
    if (code < 0) {
        return rep_run_break(run, code);
    }
    run->in_transaction = false;
    run->pending = 0;
    return 0;
}

/* ---- Begin and resume --------------------------------------------------------------------------
 */

static int check_free(struct rep_db *db)
{
    if (db->mode == REP_READ) {
        return rep_fail(db, -EROFS, "opened for reading only");
    }
    if (db->run) {
        return rep_fail(db, -EBUSY, "a run is being recorded already");
    }
    return 0;
}

static void argv_json(const char *const *argv, struct rep_buf *text)
{
    rep_buf_str(text, "[");
    for (size_t i = 0; argv && argv[i]; i++) {
        rep_buf_str(text, i ? "," : "");
        rep_buf_json(text, argv[i], strlen(argv[i]));
    }
    rep_buf_str(text, "]");
}

static int insert_run(struct rep_db *db, const struct rep_run_options *options, const char *argv,
                      int64_t *id)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db,
                               "INSERT INTO run(started, argv, subject, subject_version, profile, "
                               "seed, shard_index, shard_count, label, options) "
                               "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_text(stmt, 1, options->started);
    rep_bind_text(stmt, 2, argv);
    rep_bind_text(stmt, 3, options->subject);
    rep_bind_text(stmt, 4, options->subject_version);
    rep_bind_text(stmt, 5, options->profile);
    sqlite3_bind_int64(stmt, 6, (sqlite3_int64)options->seed);
    sqlite3_bind_int64(stmt, 7, options->shard_index);
    sqlite3_bind_int64(stmt, 8, options->shard_count);
    rep_bind_text(stmt, 9, options->label);
    rep_bind_text(stmt, 10, options->options ? options->options : "{}");
    code = rep_sql_done(db, stmt, "begin a run");
    sqlite3_finalize(stmt);
    if (code == 0) {
        *id = sqlite3_last_insert_rowid(db->sql);
    }
    return code;
}

static int check_options(struct rep_db *db, const struct rep_run_options *options)
{
    if (!options->subject || !options->started) {
        return rep_fail(db, -EINVAL, "a run needs a subject and a time of start");
    }
    if (options->shard_index > options->shard_count ||
        (options->shard_count > 0 && options->shard_index == 0)) {
        return rep_fail(db, -EINVAL, "shard %u/%u is outside 1..%u", options->shard_index,
                        options->shard_count, options->shard_count);
    }
    return options->label ? rep_label_check(db, options->label) : 0;
}

static struct rep_run *run_new(struct rep_db *db, int64_t id, unsigned batch)
{
    struct rep_run *run = calloc(1, sizeof *run);
    if (run) {
        check_rows(db, false);
        run->db = db;
        run->id = id;
        run->batch = batch ? batch : REP_BATCH;
        db->run = run;
    }
    return run;
}

int rep_run_begin(struct rep_db *db, const struct rep_run_options *options, struct rep_run **run)
{
    struct rep_buf argv = {0};
    int64_t id = 0;
    int code = check_free(db);
    if (code == 0) {
        code = check_options(db, options);
    }
    if (code < 0) {
        return code;
    }
    struct rep_run *made = run_new(db, 0, options->batch);
    argv_json(options->argv, &argv);
    code = !made || argv.failed ? rep_fail_memory(db) : rep_run_enter(made);
    if (code == 0) {
        code = insert_run(db, options, argv.data, &id);
    }
    rep_buf_release(&argv);
    if (code < 0) {
        struct rep_error first = db->error;
        if (made && made->in_transaction) {
            (void)rep_sql_kept_exec(db, REP_SQL_ROLLBACK, "undo");
        }
        db->error = first;
        rep_run_free(made);
        return code;
    }
    made->id = id;
    *run = made;
    return 0;
}

static int set_state(struct rep_db *db, int64_t id, const char *state, const char *ended)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, "UPDATE run SET state = ?, ended = ? WHERE id = ?", &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_text(stmt, 1, state);
    rep_bind_text(stmt, 2, ended);
    sqlite3_bind_int64(stmt, 3, id);
    code = rep_sql_done(db, stmt, "note the state of a run");
    sqlite3_finalize(stmt);
    return code;
}

int rep_run_resume(struct rep_db *db, const char *ref, unsigned batch, struct rep_run **run)
{
    struct rep_run_info info = {0};
    int code = check_free(db);
    if (code == 0) {
        code = rep_run_find(db, ref, &info);
    }
    if (code < 0) {
        return code;
    }
    int64_t id = info.id;
    int64_t planned = info.counts.planned;
    bool finished = info.state && strcmp(info.state, "finished") == 0;
    rep_run_info_release(&info);
    if (finished) {
        return rep_fail(db, -EINVAL, "run %lld has finished; there is nothing to resume",
                        (long long)id);
    }
    code = set_state(db, id, "running", NULL);
    if (code < 0) {
        return code;
    }
    struct rep_run *made = run_new(db, id, batch);
    if (!made) {
        return rep_fail_memory(db);
    }
    made->planned = planned;
    *run = made;
    return 0;
}

int64_t rep_run_id(const struct rep_run *run)
{
    return run->id;
}

int rep_run_end(struct rep_run *run, enum rep_end end, const char *ended, struct rep_counts *counts)
{
    struct rep_db *db = run->db;
    int64_t id = run->id;
    struct rep_counts counted = {0};
    int code = rep_flush(run);
    rep_run_free(run);
    /* A run whose file failed is not finished, whatever the caller believes. */
    const char *state = end == REP_FINISHED && code == 0 ? "finished" : "interrupted";
    struct rep_error first = db->error;
    int noted = set_state(db, id, state, ended);
    if (code < 0) {
        db->error = first;
        return code;
    }
    if (noted == 0) {
        noted = rep_count_run(db, id, &counted);
    }
    if (noted == 0 && counts) {
        *counts = counted;
    }
    return noted;
}
