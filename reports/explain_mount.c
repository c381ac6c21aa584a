/* What is known about one mount. */
#include "explain.h"

#include <string.h>

static bool is_state(const struct rep_mount *m, const char *state)
{
    return m->state && strcmp(m->state, state) == 0;
}

/* ---- Reasons and options ----------------------------------------------------------------------
 */

static void tell_reason(struct explain *x, sqlite3_stmt *stmt, void *arg)
{
    (void)arg;
    const char *rule = explain_column(x, stmt, 0);
    const char *text = explain_column(x, stmt, 1);
    explain_add(x, "why", rule, "%s", text ? text : "");
}

static void tell_option(struct explain *x, sqlite3_stmt *stmt, void *arg)
{
    (void)arg;
    const char *option = explain_column(x, stmt, 0);
    const char *effect = explain_column(x, stmt, 1);
    const char *text = explain_column(x, stmt, 2);
    const char *rule = explain_column(x, stmt, 3);
    explain_add(x, "option", rule, "%s: %s%s%s", option ? option : "", effect ? effect : "",
                text ? ", " : "", text ? text : "");
}

/* Options that nobody knows are told together. */
static void tell_unknown(struct explain *x, sqlite3_stmt *stmt, void *arg)
{
    (void)arg;
    const char *list = explain_column(x, stmt, 0);
    if (list) {
        explain_add(x, "option", NULL, "%s: ignored, the pipeline does not know %s", list,
                    sqlite3_column_int(stmt, 1) == 1 ? "it" : "them");
    }
}

#define OPTION(name) "value ->> '$." name "'"
#define UNKNOWN                                                                                    \
    OPTION("effect") " = 'ignored' AND " OPTION("text") " IS NULL AND " OPTION("rule") " IS NULL"

static void tell_options(struct explain *x, const struct rep_mount *m)
{
    explain_each(x,
                 "SELECT " OPTION("option") ", " OPTION("effect") ", " OPTION("text") ", " OPTION(
                     "rule") " FROM json_each(?1) WHERE NOT (" UNKNOWN ")",
                 m->options, tell_option, NULL);
    explain_each(x,
                 "SELECT group_concat(" OPTION("option") ", ' '), count(*) FROM json_each(?1) "
                                                         "WHERE " UNKNOWN,
                 m->options, tell_unknown, NULL);
}

/* ---- What it hides ----------------------------------------------------------------------------
 */

static const char *hidden_names(struct explain *x, const struct explain_hidden *h)
{
    struct rep_buf text = {0};
    for (size_t i = 0; i < h->names; i++) {
        rep_buf_str(&text, i ? ", " : "");
        rep_buf_str(&text, h->name[i]);
    }
    if (h->entries > (int64_t)h->names) {
        rep_buf_str(&text, ", ...");
    }
    const char *kept = explain_text(x, "%s", text.size ? text.data : "");
    rep_buf_release(&text);
    return kept;
}

static void tell_hidden(struct explain *x, const struct rep_mount *m)
{
    struct explain_hidden h;
    if (!explain_hidden(x, m, &h)) {
        return;
    }
    bool known = h.mount >= 0 && (size_t)h.mount < x->result->n_mounts;
    const char *of = known ? explain_mount_name(x, (size_t)h.mount) : "another mount";
    const char *what = strcmp(h.fs, "stub") == 0
                           ? explain_text(x, "a stub directory that the pipeline made in %s", of)
                       : h.root ? explain_text(x, "the root of %s", of)
                                : explain_text(x, "%s on %s in %s", explain_type(h.type), h.fs, of);
    if (h.entries < 0) {
        explain_add(x, "hides", NULL, "%s", what);
    } else if (h.entries == 0) {
        explain_add(x, "hides", NULL, "%s, which held nothing", what);
    } else {
        explain_add(x, "hides", NULL, "%s, which held %lld name%s: %s", what, (long long)h.entries,
                    h.entries == 1 ? "" : "s", hidden_names(x, &h));
    }
    explain_hidden_release(&h);
}

/* ---- Its log ----------------------------------------------------------------------------------
 */

static void tell_line(struct explain *x, sqlite3_stmt *stmt, void *arg)
{
    (void)arg;
    const char *line = explain_column(x, stmt, 0);
    explain_add(x, "log", NULL, "%s", line ? line : "");
}

static void tell_log(struct explain *x, const struct rep_mount *m)
{
    if (m->log_first < 0 || m->log_lines <= 0) {
        return;
    }
    long long lines = m->log_lines < EXPLAIN_LOG ? m->log_lines : EXPLAIN_LOG;
    const char *sql =
        explain_text(x, "SELECT value FROM json_each(?1) WHERE key >= %lld LIMIT %lld",
                     (long long)m->log_first, lines);
    explain_each(x, sql, x->result->text[REP_LOG], tell_line, NULL);
    if (lines < m->log_lines) {
        explain_add(x, "log", NULL, "and %lld lines more", m->log_lines - lines);
    }
}

/* ---- All of it --------------------------------------------------------------------------------
 */

void explain_mount(struct explain *x, size_t index)
{
    const struct rep_mount *m = &x->result->mounts[index];
    explain_each(x, "SELECT value ->> '$.rule', value ->> '$.text' FROM json_each(?1)", m->reasons,
                 tell_reason, NULL);
    tell_hidden(x, m);
    tell_options(x, m);
    tell_log(x, m);
}

/* ---- Mounts that do not show ------------------------------------------------------------------
 */

/* The first reason of a mount: why it is lost, dropped or left. */
static void last_reason(struct explain *x, sqlite3_stmt *stmt, void *arg)
{
    struct explain_fact *reason = arg;
    reason->rule = explain_column(x, stmt, 0);
    reason->text = explain_column(x, stmt, 1);
}

static const char *what_became(struct explain *x, const struct rep_mount *m)
{
    if (is_state(m, "skipped")) {
        return explain_text(x, "is skipped: the type %s is unknown", m->type ? m->type : "-");
    }
    if (is_state(m, "dropped")) {
        return "is left out";
    }
    if (is_state(m, "failed")) {
        return "fails";
    }
    if (is_state(m, "pending")) {
        return "was never reached";
    }
    if (is_state(m, "unmounted")) {
        return "is gone";
    }
    bool hidden = m->shadowed_by >= 0 && (size_t)m->shadowed_by < x->result->n_mounts;
    return hidden
               ? explain_text(x, "is hidden by %s", explain_mount_name(x, (size_t)m->shadowed_by))
           : m->fs ? "is lost"
                   : "was not mounted";
}

static const char *place_of(struct explain *x, const struct rep_mount *m)
{
    return m->place ? m->place : explain_clean(x, m->destination ? m->destination : "/");
}

void explain_unseen_mount(struct explain *x, size_t index, const char *path)
{
    const struct rep_mount *m = &x->result->mounts[index];
    const char *where = place_of(x, m);
    const char *name = explain_mount_name(x, index);
    const char *state = what_became(x, m);
    struct explain_fact why = {0};
    bool says_itself = is_state(m, "skipped") || m->shadowed_by >= 0;
    if (!says_itself) {
        explain_each(x, "SELECT value ->> '$.rule', value ->> '$.text' FROM json_each(?1)",
                     m->reasons, last_reason, &why);
    }
    bool same = strcmp(where, path) == 0;
    /* Where it is skipped, what is there is the stub. */
    const char *rule = is_state(m, "skipped") && same && x->node ? "PQ-22" : why.rule;
    bool below = !same && explain_within(where, path);
    explain_add(x, "other", rule, "%s%s %s%s%s", below ? "below it: " : "", name, state,
                why.text ? ": " : "", why.text ? why.text : "");
}

size_t explain_unseen(struct explain *x, const char *path)
{
    size_t found = 0;
    for (size_t i = 1; i < x->result->n_mounts && x->code == 0; i++) {
        const struct rep_mount *m = &x->result->mounts[i];
        if (m->seen_at || !m->destination) {
            continue;
        }
        const char *where = place_of(x, m);
        if (path[1] == '\0' ? strcmp(where, path) != 0 : !explain_within(where, path)) {
            continue;
        }
        if (found++ < EXPLAIN_OTHER) {
            explain_unseen_mount(x, i, path);
        }
    }
    if (found > EXPLAIN_OTHER) {
        explain_add(x, "other", NULL, "and %zu more mounts that do not show",
                    found - EXPLAIN_OTHER);
    }
    return found;
}

/* ---- Operations -------------------------------------------------------------------------------
 */

struct naming {
    const char *path;
};

static void tell_operation(struct explain *x, sqlite3_stmt *stmt, void *arg)
{
    struct naming *naming = arg;
    const char *word = explain_column(x, stmt, 3);
    if (!word || word[0] != '/' || strcmp(explain_clean(x, word), naming->path) != 0) {
        return;
    }
    const char *op = explain_column(x, stmt, 1);
    const char *error = explain_column(x, stmt, 2);
    bool failed = error && error[0];
    explain_add(x, "operation", NULL, "%lld: %s %s%s", (long long)sqlite3_column_int64(stmt, 0),
                op ? op : "", failed ? "fails with " : "succeeds", failed ? error : "");
}

void explain_operations(struct explain *x, const char *path)
{
    struct naming naming = {path};
    explain_each(x,
                 "SELECT o.key, o.value ->> '$.op', o.value ->> '$.errno', w.value "
                 "FROM json_each(?1) o, json_each(o.value, '$.op') w WHERE w.key > 0",
                 x->result->text[REP_OPS_TEXT], tell_operation, &naming);
}
