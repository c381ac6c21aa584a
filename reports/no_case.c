/* What is said when a run does not have a case: where it is, or what was probably meant. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAMES_LOOKED_AT = 20000, /* for one that is spelled alike */
    SHORTEST_PART = 3        /* shorter words are part of too many names */
};

struct names {
    const char **name; /* owned; the texts are the arena's */
    size_t count, room;
    struct rep_arena arena;
};

static int load(struct rep_db *db, int64_t run, struct names *names)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(
        db, "SELECT DISTINCT name FROM result WHERE run = ?1 OR ?1 = 0 LIMIT ?2", &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    sqlite3_bind_int64(stmt, 2, NAMES_LOOKED_AT);
    while ((code = rep_sql_row(db, stmt, "look for a case")) == 1) {
        const char *text = rep_column_text(stmt, 0);
        const char *copy = text ? rep_arena_copy(&names->arena, text, strlen(text)) : NULL;
        const char **grown =
            rep_grow(names->name, &names->room, names->count + 1, sizeof *names->name);
        names->name = grown ? grown : names->name;
        if (!copy || !grown) {
            code = rep_fail_memory(db);
            break;
        }
        names->name[names->count++] = copy;
    }
    sqlite3_finalize(stmt);
    return code;
}

/* One row of one column, as a copy in the arena; NULL = none. */
static int find(struct rep_db *db, const char *sql, int64_t run, const char *name,
                struct rep_arena *arena, const char **ret)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db, sql, &stmt);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    rep_bind_text(stmt, 2, name);
    code = rep_sql_row(db, stmt, "look for a case");
    const char *text = code == 1 ? rep_column_text(stmt, 0) : NULL;
    *ret = text ? rep_arena_copy(arena, text, strlen(text)) : NULL;
    code = code < 0 ? code : text && !*ret ? rep_fail_memory(db) : 0;
    sqlite3_finalize(stmt);
    return code;
}

/* A name that is a part of the word, or of which the word is a part; then one spelled alike. */
static int find_meant(struct rep_db *db, int64_t run, const char *name, struct names *names,
                      const char **ret)
{
    int code = strlen(name) < SHORTEST_PART
                   ? 0
                   : find(db,
                          "SELECT name FROM result WHERE (run = ?1 OR ?1 = 0) "
                          "AND (instr(name, ?2) OR (length(name) > 2 AND instr(?2, name))) "
                          "ORDER BY abs(length(name) - length(?2)), name LIMIT 1",
                          run, name, &names->arena, ret);
    if (code < 0 || *ret) {
        return code;
    }
    code = load(db, run, names);
    if (code == 0) {
        *ret = rep_nearest(name, names->name, names->count);
    }
    return code;
}

int rep_fail_no_case(struct rep_db *db, int64_t run, const char *ref, const char *name)
{
    struct names names = {0};
    const char *other = NULL;
    const char *meant = NULL;
    int code = run ? find(db, "SELECT max(run) FROM result WHERE run <> ?1 AND name = ?2", run,
                          name, &names.arena, &other)
                   : 0;
    if (code == 0 && !other) {
        code = find_meant(db, run, name, &names, &meant);
    }
    if (code == 0) {
        const char *before = other ? "; run " : meant ? "; did you mean " : "";
        const char *after = other ? " has one" : meant ? "?" : "";
        const char *hint = other ? other : meant ? meant : "";
        code = run ? rep_fail(db, -ENOENT, "run %.100s has no result of the case %.200s%s%.200s%s",
                              ref, name, before, hint, after)
                   : rep_fail(db, -ENOENT, "no run has the case %.200s%s%.200s%s", name, before,
                              hint, after);
    }
    free(names.name);
    rep_arena_release(&names.arena);
    return code;
}
