#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

bool rep_is_network_fs(unsigned long magic)
{
    static const unsigned long magics[] = {
        0x6969,     /* nfs */
        0x517b,     /* smb */
        0xff534d42, /* cifs */
        0xfe534d42, /* smb2 */
        0x01021997, /* 9p */
        0x65735546, /* fuse, virtiofs */
        0x5346414f, /* afs */
        0x00c36400, /* ceph */
        0x0bd00bd0, /* lustre */
        0x47504653, /* gpfs */
        0x19830326, /* beegfs */
    };
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (magics[i] == (magic & 0xffffffff)) {
            return true;
        }
    }
    return false;
}

static bool has_journal(const struct rep_db *db)
{
    struct rep_buf name = {0};
    struct stat st;
    rep_buf_fmt(&name, "%s-journal", db->path);
    bool found = !name.failed && stat(name.data, &st) == 0 && st.st_size > 0;
    rep_buf_release(&name);
    return found;
}

static int check_kind(struct rep_db *db)
{
    struct stat st;
    if (stat(db->path, &st) < 0) {
        if (errno == ENOENT && db->mode == REP_CREATE) {
            return 0;
        }
        return rep_fail(db, -errno, "%s",
                        errno == ENOENT ? "no such database; a run makes it" : strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return rep_fail(db, -EINVAL, "not a simrun database: not a regular file");
    }
    /* Lock and journal belong to a name: who comes by another one knows neither. */
    if (db->mode != REP_READ && st.st_nlink > 1) {
        return rep_fail(db, -EINVAL,
                        "the file has %llu names (hard links), and may be written by one only: "
                        "remove the others, or copy it",
                        (unsigned long long)st.st_nlink);
    }
    return 0;
}

/*
 * Looks at the first bytes before any statement runs: a statement would replay a foreign file's
 * journal. The bytes are read through sqlite's own handle, because closing a handle of ours would
 * drop the locks of other connections of this process.
 */
static int check_header(struct rep_db *db)
{
    static const unsigned char magic[16] = "SQLite format 3";
    static const unsigned char id[4] = {0x73, 0x69, 0x6d, 0x72};
    unsigned char head[100];
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    int rc = sqlite3_file_control(db->sql, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (rc == SQLITE_OK && file && file->pMethods) {
        rc = file->pMethods->xFileSize(file, &size);
    }
    /* A process that died while making the file leaves its pages under a journal; sqlite undoes
     * them. */
    if (rc == SQLITE_OK && ((size == 0 && db->mode == REP_CREATE) || has_journal(db))) {
        return 0;
    }
    if (rc == SQLITE_OK && size >= (sqlite3_int64)sizeof head) {
        rc = file->pMethods->xRead(file, head, sizeof head, 0);
    }
    if (rc != SQLITE_OK) {
        return rep_fail_sql_code(db, rc, "read the file");
    }
    if (size < (sqlite3_int64)sizeof head || memcmp(head, magic, sizeof magic) != 0) {
        return rep_fail(
            db, -EINVAL,
            "not a simrun database: %lld bytes that are no SQLite file; it is left as it is",
            (long long)size);
    }
    if (memcmp(head + 68, id, sizeof id) != 0) {
        return rep_fail(db, -EINVAL,
                        "not a simrun database: a SQLite file with another application_id; it is "
                        "left as it is");
    }
    return 0;
}

static int fail_locked(struct rep_db *db, int fd)
{
    char pid[32] = "";
    ssize_t got = pread(fd, pid, sizeof pid - 1, 0);
    pid[got > 0 ? strspn(pid, "0123456789") : 0] = '\0';
    return rep_fail(
        db, -EBUSY,
        "another run is writing this file%s%s; one writer at a time: wait for it or use "
        "another file",
        pid[0] ? ", process " : "", pid);
}

/* The lock lives on the open file, so it ends with the process, however that ends. */
static int take_lock(struct rep_db *db)
{
    struct rep_buf name = {0};
    /* sqlite has followed symbolic links, so that every name of the file leads to one lock. */
    rep_buf_fmt(&name, "%s-lock", sqlite3_db_filename(db->sql, "main"));
    if (name.failed) {
        return rep_fail_memory(db);
    }
    int fd = open(name.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    int failure = errno;
    rep_buf_release(&name);
    if (fd < 0) {
        return rep_fail(db, -failure, "cannot be written: the lock file beside it: %s",
                        strerror(failure));
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        int code = errno == EWOULDBLOCK
                       ? fail_locked(db, fd)
                       : rep_fail(db, -errno, "cannot be locked for writing: %s", strerror(errno));
        close(fd);
        return code;
    }
    char pid[32];
    int size = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
    /* Only for the message of a second writer; it may fail. */
    if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, (size_t)size, 0) < 0) {
        errno = 0;
    }
    db->lock_fd = fd;
    return 0;
}

/* sqlite takes some names as orders; "./" in front keeps a name a name. */
static void file_name(const struct rep_db *db, struct rep_buf *name)
{
    rep_buf_str(name, db->path[0] == ':' ? "./" : "");
    rep_buf_str(name, db->path);
}

static int connect_file(struct rep_db *db, const char *name, int flags)
{
    sqlite3_close(db->sql);
    db->sql = NULL;
    /* one thread: see reports.h */
    int rc =
        sqlite3_open_v2(name, &db->sql, flags | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK) {
        return rep_fail_sql_code(db, rc, "open the file");
    }
    int code = check_header(db);
    if (code == 0 && db->mode != REP_READ && db->lock_fd < 0) {
        code = take_lock(db);
    }
    if (code < 0) {
        return code;
    }
    sqlite3_busy_timeout(db->sql, REP_BUSY_MS);
    sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    sqlite3_db_config(db->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    sqlite3_db_config(db->sql, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
    return rep_sql_exec(db,
                        "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
                        "PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;",
                        "open the file");
}

/* A WAL file on a read-only medium has nobody who writes it: it is read as it lies there. */
static int connect_immutable(struct rep_db *db)
{
    struct rep_buf uri = {0};
    rep_buf_str(&uri, db->path[0] == '/' ? "file:" : "file:./");
    for (const char *c = db->path; *c; c++) {
        bool plain = *c == '/' || *c == '.' || *c == '-' || *c == '_' || (*c >= '0' && *c <= '9') ||
                     ((*c | 32) >= 'a' && (*c | 32) <= 'z');
        rep_buf_fmt(&uri, plain ? "%c" : "%%%02X", (unsigned char)*c);
    }
    rep_buf_str(&uri, "?immutable=1");
    int code = uri.failed ? rep_fail_memory(db)
                          : connect_file(db, uri.data, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    rep_buf_release(&uri);
    return code;
}

static int connect_reader(struct rep_db *db, const char *name)
{
    int64_t ignored;
    /* Where the file may be written sqlite tidies its side files away when the reader leaves. */
    int flags = access(db->path, W_OK) == 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int code = connect_file(db, name, flags);
    if (code == 0) {
        code = rep_sql_int(db, "SELECT count(*) FROM sqlite_schema", &ignored);
    }
    if (code == -EACCES || code == -EROFS) {
        code = connect_immutable(db);
    }
    return code < 0 ? code : rep_sql_exec(db, "PRAGMA query_only = ON", "open the file");
}

static int connect_writer(struct rep_db *db, const char *name)
{
    int flags = SQLITE_OPEN_READWRITE | (db->mode == REP_CREATE ? SQLITE_OPEN_CREATE : 0);
    int code = connect_file(db, name, flags);
    if (code == 0 && sqlite3_db_readonly(db->sql, "main") == 1) {
        code = rep_fail(db, -EROFS, "the file may only be read");
    }
    return code;
}

/* Recording touches pages all over the file, because its keys are hashes: a log of 64 MB instead of
 * 4 takes each of them into the file once for many changes, with fewer waits for the disk. More
 * than 4 MB of pages in memory gave nothing measurable: the system holds them too. */
static int choose_journal(struct rep_db *db)
{
    struct statfs fs;
    bool network = statfs(db->path, &fs) < 0 || rep_is_network_fs((unsigned long)fs.f_type);
    return rep_sql_exec(db,
                        network ? "PRAGMA cache_size = -4000; PRAGMA journal_mode = DELETE;"
                                  "PRAGMA synchronous = FULL"
                                : "PRAGMA cache_size = -4000; PRAGMA journal_mode = WAL;"
                                  "PRAGMA wal_autocheckpoint = 16000",
                        "choose the journal");
}

static int prepare_reader(struct rep_db *db)
{
    int code = rep_migrate_all(db);
    return code < 0 ? code : rep_schema_check(db);
}

/* The new file is made with a rollback journal: its header is then on disk before WAL begins. */
static int prepare_writer(struct rep_db *db)
{
    int code = rep_migrate_all(db);
    if (code == 0) {
        code = rep_schema_check(db);
    }
    if (code == 0) {
        code = choose_journal(db);
    }
    if (code == 0) {
        code = rep_sql_exec(db, "UPDATE run SET state = 'interrupted' WHERE state = 'running'",
                            "close the runs of a writer that died");
    }
    return code < 0 ? code : rep_search_update(db);
}

/* Nobody else can reach it: no lock, no journal. */
static int open_in_memory(struct rep_db *db)
{
    int rc =
        sqlite3_open_v2(":memory:", &db->sql,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc != SQLITE_OK) {
        return rep_fail_sql_code(db, rc, "make a database in memory");
    }
    int code = rep_sql_exec(db, "PRAGMA foreign_keys = ON", "make a database in memory");
    return code == 0 ? rep_migrate_all(db) : code;
}

static int open_all(struct rep_db *db)
{
    int code = check_kind(db);
    if (code < 0) {
        return code;
    }
    struct rep_buf name = {0};
    file_name(db, &name);
    if (name.failed) {
        code = rep_fail_memory(db);
    } else if (db->mode == REP_READ) {
        code = connect_reader(db, name.data);
    } else {
        code = connect_writer(db, name.data);
    }
    rep_buf_release(&name);
    if (code == 0) {
        code = db->mode == REP_READ ? prepare_reader(db) : prepare_writer(db);
    }
    return code;
}

static void db_free(struct rep_db *db)
{
    rep_sql_release(db);
    sqlite3_close(db->sql);
    if (db->lock_fd >= 0) {
        close(db->lock_fd);
    }
    rep_forget_caches(db);
    free(db->path);
    free(db);
}

static int fail_early(struct rep_error *error, int code, const char *text)
{
    if (error) {
        error->code = code;
        (void)snprintf(error->text, sizeof error->text, "%s", text);
    }
    return code;
}

static int open_with(const char *path, enum rep_mode mode, int (*open_it)(struct rep_db *db),
                     struct rep_error *error, struct rep_db **db)
{
    struct rep_db *made = calloc(1, sizeof *made);
    char *copy = strdup(path);
    if (!made || !copy) {
        free(made);
        free(copy);
        return fail_early(error, -ENOMEM, "out of memory");
    }
    made->path = copy;
    made->mode = mode;
    made->lock_fd = -1;
    int code = open_it(made);
    if (code < 0) {
        if (error) {
            *error = made->error;
        }
        db_free(made);
        return code;
    }
    made->error = (struct rep_error){0};
    *db = made;
    return 0;
}

int rep_open(const char *path, enum rep_mode mode, struct rep_error *error, struct rep_db **db)
{
    if (!path || path[0] == '\0') {
        return fail_early(error, -EINVAL, "a database needs a file name");
    }
    return open_with(path, mode, open_all, error, db);
}

int rep_open_memory(struct rep_error *error, struct rep_db **db)
{
    return open_with("(memory)", REP_CREATE, open_in_memory, error, db);
}

int rep_close(struct rep_db *db)
{
    if (!db) {
        return 0;
    }
    int code = 0;
    if (db->run) {
        code = rep_run_end(db->run, REP_INTERRUPTED, NULL, NULL);
    }
    db_free(db);
    return code;
}
