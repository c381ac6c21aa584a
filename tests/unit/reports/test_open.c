#include "support.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_file(const char *path, const void *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, size), (ssize_t)size);
    close(fd);
}

static void assert_refused(const char *path, enum rep_mode mode, int code, const char *part)
{
    struct rep_error error = {0};
    struct rep_db *db = (struct rep_db *)&error;
    assert_int_equal(rep_open(path, mode, &error, &db), code);
    assert_int_equal(error.code, code);
    assert_contains(error.text, path);
    assert_contains(error.text, part);
    assert_ptr_equal(db, &error);
}

static void makes_and_reopens(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    assert_int_equal(query_int(db, "PRAGMA application_id"), REP_APPLICATION_ID);
    assert_int_equal(query_int(db, "PRAGMA user_version"), REP_SCHEMA_VERSION);
    assert_int_equal(query_int(db, "PRAGMA foreign_keys"), 1);
    assert_int_equal(query_int(db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_table_list "
                                   "WHERE schema = 'main' AND type = 'table' AND NOT strict "
                                   "AND name NOT LIKE 'sqlite%'"),
                     0);
    assert_int_equal(rep_close(db), 0);
    for (enum rep_mode mode = REP_READ; mode <= REP_CREATE; mode++) {
        assert_int_equal(rep_close(open_or_fail(t->path, mode)), 0);
    }
    assert_int_equal(rep_close(NULL), 0);
}

static void refuses_what_is_missing(void **state)
{
    struct scratch *t = *state;
    struct stat st;
    assert_refused(t->path, REP_READ, -ENOENT, "no such database");
    assert_refused(t->path, REP_WRITE, -ENOENT, "no such database");
    assert_int_not_equal(stat(t->path, &st), 0);
    struct rep_db *db = NULL;
    assert_int_equal(rep_open("", REP_CREATE, NULL, &db), -EINVAL);
    assert_refused(t->dir, REP_CREATE, -EINVAL, "not a regular file");
}

static void refuses_other_files_and_leaves_them(void **state)
{
    struct scratch *t = *state;
    char text[200];
    char back[200];
    memset(text, 'x', sizeof text);
    write_file(t->path, text, sizeof text);
    for (enum rep_mode mode = REP_READ; mode <= REP_CREATE; mode++) {
        assert_refused(t->path, mode, -EINVAL, "not a simrun database");
    }
    int fd = open(t->path, O_RDONLY);
    assert_int_equal(read(fd, back, sizeof back), sizeof back);
    assert_memory_equal(text, back, sizeof text);
    close(fd);
    write_file(t->path, "short", 5);
    assert_refused(t->path, REP_CREATE, -EINVAL, "not a simrun database");
}

static void refuses_a_foreign_sqlite_file(void **state)
{
    struct scratch *t = *state;
    sqlite3 *sql;
    assert_int_equal(sqlite3_open(t->path, &sql), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sql, "CREATE TABLE t(x)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(sql);
    assert_refused(t->path, REP_CREATE, -EINVAL, "another application_id");
    char lock_path[160];
    (void)snprintf(lock_path, sizeof lock_path, "%s-lock", t->path);
    assert_int_not_equal(access(lock_path, F_OK), 0);
}

static void an_empty_file_may_be_made_ours(void **state)
{
    struct scratch *t = *state;
    write_file(t->path, "", 0);
    assert_refused(t->path, REP_WRITE, -EINVAL, "not a simrun database");
    assert_int_equal(rep_close(open_or_fail(t->path, REP_CREATE)), 0);
}

static void refuses_a_damaged_file(void **state)
{
    struct scratch *t = *state;
    struct stat st;
    assert_int_equal(rep_close(open_or_fail(t->path, REP_CREATE)), 0);
    assert_int_equal(stat(t->path, &st), 0);
    int fd = open(t->path, O_WRONLY);
    char noise[4096];
    memset(noise, 0xa5, sizeof noise);
    /* The header stays; the schema's page and all that follow are overwritten. */
    assert_int_equal(pwrite(fd, noise, sizeof noise - 100, 100), (ssize_t)sizeof noise - 100);
    for (off_t at = 4096; at < st.st_size; at += 4096) {
        assert_int_equal(pwrite(fd, noise, sizeof noise, at), (ssize_t)sizeof noise);
    }
    close(fd);
    for (enum rep_mode mode = REP_READ; mode <= REP_CREATE; mode++) {
        assert_refused(t->path, mode, -EBADMSG, "damaged");
    }
    struct stat after;
    assert_int_equal(stat(t->path, &after), 0);
    assert_int_equal(after.st_size, st.st_size);
}

static void one_writer_at_a_time(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    char pid[32];
    (void)snprintf(pid, sizeof pid, "process %d", (int)getpid());
    assert_refused(t->path, REP_WRITE, -EBUSY, "another run is writing");
    assert_refused(t->path, REP_CREATE, -EBUSY, pid);
    struct rep_db *reader = open_or_fail(t->path, REP_READ);
    assert_int_equal(count_rows(reader, "run"), 0);
    assert_int_equal(rep_close(reader), 0);
    assert_int_equal(rep_close(db), 0);
    assert_int_equal(rep_close(open_or_fail(t->path, REP_WRITE)), 0);
}

/* Another name of the file leads to the same lock. */
static void a_link_is_the_same_file(void **state)
{
    struct scratch *t = *state;
    char link_path[160];
    (void)snprintf(link_path, sizeof link_path, "%s/link.db", t->dir);
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    assert_int_equal(symlink(t->path, link_path), 0);
    assert_refused(link_path, REP_WRITE, -EBUSY, "another run is writing");
    assert_int_equal(rep_close(db), 0);
    assert_int_equal(rep_close(open_or_fail(link_path, REP_WRITE)), 0);
}

/* Nothing tells the two names of one file: each would have its own journal. */
static void a_second_name_is_not_written(void **state)
{
    struct scratch *t = *state;
    char other[160];
    (void)snprintf(other, sizeof other, "%s/other.db", t->dir);
    assert_int_equal(rep_close(open_or_fail(t->path, REP_CREATE)), 0);
    assert_int_equal(link(t->path, other), 0);
    assert_refused(other, REP_WRITE, -EINVAL, "2 names (hard links)");
    assert_refused(t->path, REP_CREATE, -EINVAL, "2 names (hard links)");
    assert_int_equal(rep_close(open_or_fail(other, REP_READ)), 0);
    assert_int_equal(unlink(other), 0);
    assert_int_equal(rep_close(open_or_fail(t->path, REP_WRITE)), 0);
}

/* POSIX locks of a process go with any handle that it closes; a second connection must not do that.
 */
static void a_reader_leaves_the_writers_locks(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    assert_int_equal(rep_close(open_or_fail(t->path, REP_READ)), 0);
    pid_t child = fork();
    if (child == 0) {
        /* Nobody else may take the file for itself alone while the writer has it open. */
        struct flock lock = {
            .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510};
        int fd = open(t->path, O_RDWR);
        _exit(fd >= 0 && fcntl(fd, F_SETLK, &lock) < 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    end_run(run);
    assert_int_equal(rep_close(db), 0);
}

static void a_writer_that_died_leaves_an_interrupted_run(void **state)
{
    struct scratch *t = *state;
    pid_t child = fork();
    if (child == 0) {
        struct rep_db *db = NULL;
        struct rep_run *run = NULL;
        struct rep_run_options options = {.subject = "model", .started = "now", .batch = 2};
        struct rep_node root = make_node("/", "dir");
        int code = rep_open(t->path, REP_CREATE, NULL, &db);
        code = code ? code : rep_run_begin(db, &options, &run);
        for (int i = 0; i < 3 && code == 0; i++) {
            char name[16];
            (void)snprintf(name, sizeof name, "case%d", i);
            code = record_tree(run, name, &root, 1);
        }
        _exit(code == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    struct rep_db *db = open_or_fail(t->path, REP_READ);
    assert_int_equal(count_rows(db, "result"), 2); /* the full batch */
    assert_int_equal(rep_close(db), 0);
    db = open_or_fail(t->path, REP_WRITE);
    assert_int_equal(query_int(db, "SELECT state = 'interrupted' FROM run"), 1);
    struct rep_run *run;
    OK(db, rep_run_resume(db, "latest", 0, &run));
    bool recorded;
    OK(db, rep_recorded(run, "case1", NULL, &recorded));
    assert_true(recorded);
    OK(db, rep_recorded(run, "case2", NULL, &recorded));
    assert_false(recorded);
    end_run(run);
    assert_int_equal(rep_run_resume(db, "latest", 0, &run), -EINVAL);
    assert_int_equal(rep_close(db), 0);
}

static void readers_cannot_write(void **state)
{
    struct scratch *t = *state;
    struct rep_run *run;
    struct rep_run_options options = {.subject = "model", .started = "now"};
    assert_int_equal(rep_close(open_or_fail(t->path, REP_CREATE)), 0);
    struct rep_db *db = open_or_fail(t->path, REP_READ);
    assert_int_equal(rep_run_begin(db, &options, &run), -EROFS);
    assert_int_equal(rep_sql_exec(db, "DELETE FROM run", "write"), -EROFS);
    assert_contains(rep_error_text(db), t->path);
    assert_int_equal(rep_close(db), 0);
}

static void network_file_systems_are_known(void **state)
{
    (void)state;
    assert_true(rep_is_network_fs(0x6969));
    assert_true(rep_is_network_fs(0xff534d42));
    assert_true(rep_is_network_fs(0xfe534d42));
    assert_true(rep_is_network_fs(0x517b));
    assert_true(rep_is_network_fs(0x01021997));
    assert_true(rep_is_network_fs(0x65735546));
    assert_false(rep_is_network_fs(0xef53));     /* ext4 */
    assert_false(rep_is_network_fs(0x01021994)); /* tmpfs */
    assert_false(rep_is_network_fs(0x58465342)); /* xfs */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(makes_and_reopens),
        SCRATCH_TEST(refuses_what_is_missing),
        SCRATCH_TEST(refuses_other_files_and_leaves_them),
        SCRATCH_TEST(refuses_a_foreign_sqlite_file),
        SCRATCH_TEST(an_empty_file_may_be_made_ours),
        SCRATCH_TEST(refuses_a_damaged_file),
        SCRATCH_TEST(one_writer_at_a_time),
        SCRATCH_TEST(a_link_is_the_same_file),
        SCRATCH_TEST(a_second_name_is_not_written),
        SCRATCH_TEST(a_reader_leaves_the_writers_locks),
        SCRATCH_TEST(a_writer_that_died_leaves_an_interrupted_run),
        SCRATCH_TEST(readers_cannot_write),
        SCRATCH_TEST(network_file_systems_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
