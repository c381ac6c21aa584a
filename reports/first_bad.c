#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The cases that one run turned bad, on their way out. */
struct turn {
    int64_t first_bad; /* 0 = none yet */
    int64_t last_good; /* 0 = they were never good */
    size_t cases;
    struct rep_buf names; /* shown as text, or a JSON list */
};

static void end_text(struct rep_db *db, struct rep_out *out, struct turn *turn)
{
    char ref[32];
    struct rep_run_info info;
    (void)snprintf(ref, sizeof ref, "%lld", (long long)turn->first_bad);
    rep_out_colour(out, REP_BOLD);
    rep_out_fmt(out, "run %lld", (long long)turn->first_bad);
    rep_out_colour(out, REP_PLAIN);
    if (rep_run_find(db, ref, &info) == 0) {
        rep_out_raw(out, "  ");
        rep_out_text(out, info.started);
        rep_out_raw(out, info.label ? "  " : "");
        rep_out_text(out, info.label);
        rep_run_info_release(&info);
    }
    if (turn->last_good > 0) {
        rep_out_fmt(out, "  turned %zu case%s bad; last good: run %lld\n", turn->cases,
                    turn->cases == 1 ? "" : "s", (long long)turn->last_good);
    } else {
        rep_out_fmt(out, "  %zu case%s, bad from the start\n", turn->cases,
                    turn->cases == 1 ? "" : "s");
    }
    if (turn->cases > REP_GROUP_NAMES) {
        rep_buf_fmt(&turn->names, ", and %zu more", turn->cases - REP_GROUP_NAMES);
    }
    rep_out_wrap(out, "", 4, turn->names.failed ? "" : turn->names.data);
}

static void end_turn(struct rep_db *db, struct rep_out *out, enum rep_format format,
                     struct turn *turn)
{
    if (turn->first_bad > 0 && format == REP_FORMAT_TEXT) {
        end_text(db, out, turn);
    } else if (turn->first_bad > 0) {
        rep_buf_fmt(&out->line, "{\"first_bad\":%lld,\"last_good\":", (long long)turn->first_bad);
        if (turn->last_good > 0) {
            rep_buf_fmt(&out->line, "%lld", (long long)turn->last_good);
        } else {
            rep_buf_str(&out->line, "null");
        }
        rep_buf_fmt(&out->line, ",\"cases\":%zu,\"names\":[%s]}\n", turn->cases,
                    turn->names.failed ? "" : turn->names.data);
        rep_out_flush(out);
    }
    out->line.failed = out->line.failed || turn->names.failed;
    rep_buf_clear(&turn->names);
    turn->cases = 0;
}

static void add_case(struct turn *turn, enum rep_format format, const char *name)
{
    if (format == REP_FORMAT_JSONL) {
        rep_buf_str(&turn->names, turn->cases ? "," : "");
        rep_buf_json(&turn->names, name, strlen(name));
    } else if (turn->cases < REP_GROUP_NAMES) {
        rep_buf_str(&turn->names, turn->cases ? ", " : "");
        rep_buf_str(&turn->names, name);
    }
    turn->cases++;
}

static int write_turns(struct rep_db *db, sqlite3_stmt *stmt, struct rep_out *out,
                       enum rep_format format, size_t *count)
{
    struct turn turn = {0};
    int code;
    while ((code = rep_sql_row(db, stmt, "look for bad cases")) == 1 && out->code == 0) {
        int64_t first = sqlite3_column_int64(stmt, 0);
        int64_t good = sqlite3_column_int64(stmt, 1);
        if (first != turn.first_bad || good != turn.last_good) {
            end_turn(db, out, format, &turn);
            turn.first_bad = first;
            turn.last_good = good;
        }
        add_case(&turn, format, rep_column_text(stmt, 2));
        ++*count;
    }
    end_turn(db, out, format, &turn);
    rep_buf_release(&turn.names);
    return code < 0 ? code : 0;
}

int rep_first_bad(struct rep_db *db, const char *ref, const struct rep_sink *sink,
                  enum rep_format format, size_t *count)
{
    sqlite3_stmt *stmt = NULL;
    struct rep_out out;
    int64_t run = 0;
    size_t found = 0;
    if (format == REP_FORMAT_CSV) {
        return rep_fail(db, -EINVAL, "bad cases by run are text or JSON lines");
    }
    int code = rep_run_resolve(db, ref, &run);
    if (code == 0) {
        code = rep_sql_prepare(db,
                               "SELECT first_bad, last_good, name FROM first_bad WHERE run = ? "
                               "ORDER BY first_bad DESC, last_good DESC, name",
                               &stmt);
    }
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, run);
    rep_out_init(&out, sink);
    code = write_turns(db, stmt, &out, format, &found);
    sqlite3_finalize(stmt);
    if (found == 0 && format == REP_FORMAT_TEXT) {
        rep_out_raw(&out, "no bad case\n");
    }
    int written = rep_out_finish(&out);
    if (code == 0 && written < 0) {
        code = rep_fail(db, written, "cannot write the bad cases");
    }
    if (code == 0 && count) {
        *count = found;
    }
    return code;
}
