#include "diff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANGES_SHOWN 12u /* of one cause */
#define SUITES_SHOWN  3u
#define INDENT        4u
#define KIND_COLUMNS  11u

/* ---- The two sides -----------------------------------------------------------------------------
 */

static void print_side(struct rep_out *out, const char *letter, const struct rep_diff_side *side,
                       const struct rep_run_info *info, bool name_file)
{
    rep_out_colour(out, REP_BOLD);
    rep_out_raw(out, letter);
    rep_out_colour(out, REP_PLAIN);
    rep_out_fmt(out, "  run %lld", (long long)info->id);
    if (name_file) {
        rep_out_raw(out, " of ");
        rep_out_text(out, side->db->path);
    }
    rep_out_raw(out, "  ");
    rep_out_text(out, info->started);
    if (info->label) {
        rep_out_raw(out, "  ");
        rep_out_text(out, info->label);
    }
    rep_out_raw(out, "  ");
    rep_out_text(out, info->state);
    rep_out_fmt(out, ", %lld results\n", (long long)info->counts.recorded);
    if (side->name) {
        rep_out_wrap(out, "   case ", 8, side->name);
    }
}

/* The words of one command line that the other lacks. */
static int add_words(struct rep_db *db, const char *sign, const char *ours, const char *theirs,
                     struct rep_buf *text)
{
    sqlite3_stmt *stmt = NULL;
    int code = rep_sql_prepare(db,
                               "SELECT value FROM json_each(?1) WHERE key > 0 AND value NOT IN "
                               "(SELECT value FROM json_each(?2))",
                               &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_text(stmt, 1, ours);
    rep_bind_text(stmt, 2, theirs);
    const char *before = sign;
    while ((code = rep_sql_row(db, stmt, "read a command line")) == 1) {
        rep_buf_str(text, text->size && before == sign ? "; " : "");
        rep_buf_str(text, before);
        rep_buf_str(text, rep_column_text(stmt, 0));
        before = " ";
    }
    sqlite3_finalize(stmt);
    return code;
}

int rep_run_difference(struct rep_db *db, const struct rep_run_info *a,
                       const struct rep_run_info *b, struct rep_buf *text)
{
    struct rep_buf words = {0};
    rep_diff_field(text, 0, "subject", a->subject, b->subject);
    rep_diff_field(text, 0, "version", a->subject_version, b->subject_version);
    rep_diff_field(text, 0, "profile", a->profile, b->profile);
    int code = add_words(db, "- ", a->argv, b->argv, &words);
    if (code == 0) {
        code = add_words(db, "+ ", b->argv, a->argv, &words);
    }
    if (words.size > 0) {
        rep_buf_str(text, text->size ? "; command line: " : "command line: ");
        rep_buf_str(text, words.data);
    }
    text->failed = text->failed || words.failed;
    rep_buf_release(&words);
    return code == 0 && text->failed ? rep_fail_memory(db) : code;
}

static int print_sides(struct rep_out *out, const struct rep_diff_job *job)
{
    struct rep_run_info a = {0};
    struct rep_run_info b = {0};
    struct rep_buf text = {0};
    int code = rep_run_find(job->a->db, job->a->run, &a);
    if (code == 0) {
        code = rep_run_find(job->b->db, job->b->run, &b);
    }
    if (code == 0) {
        bool name_file = job->a->db != job->b->db;
        print_side(out, "A", job->a, &a, name_file);
        print_side(out, "B", job->b, &b, name_file);
        code = rep_run_difference(job->a->db, &a, &b, &text);
    }
    if (code == 0 && text.size > 0) {
        rep_out_wrap(out, "   ", 5, text.data);
    }
    rep_buf_release(&text);
    rep_run_info_release(&a);
    rep_run_info_release(&b);
    return code;
}

static void print_counts(struct rep_out *out, const struct rep_diff_counts *counts)
{
    int64_t differ = counts->compared - counts->equal;
    rep_out_fmt(out, "\n%lld case%s compared: %lld equal, %lld differ\n",
                (long long)counts->compared, counts->compared == 1 ? "" : "s",
                (long long)counts->equal, (long long)differ);
    const struct {
        int64_t count;
        const char *what;
    } rows[] = {
        {counts->regressions, "regressions"},
        {counts->fixed, "fixed"},
        {counts->flips, "outcomes changed"},
        {counts->error_changed, "error texts changed"},
        {counts->mounts_changed, "mounts changed, or where they came from"},
        {counts->tree_changed, "trees changed"},
        {counts->text_changed, "logs or other texts changed"},
        {counts->input_changed, "inputs changed: other cases now, not compared"},
        {counts->only_a, "only in A"},
        {counts->only_b, "only in B"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].count > 0) {
            rep_out_fmt(out, "%7lld %s\n", (long long)rows[i].count, rows[i].what);
        }
    }
}

/* ---- Causes ------------------------------------------------------------------------------------
 */

/* The suite of a case is all before the last '/' of its name. */
struct suites {
    const char **name;
    size_t count, room;
};

static size_t suite_size(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? (size_t)(slash - name) : 0;
}

static int add_suite(struct suites *suites, const char *name)
{
    size_t size = suite_size(name);
    for (size_t i = suites->count; i-- > 0;) {
        if (suite_size(suites->name[i]) == size && memcmp(suites->name[i], name, size) == 0) {
            return 0;
        }
    }
    const char **grown = rep_grow(suites->name, &suites->room, suites->count + 1, sizeof *grown);
    if (!grown) {
        return -ENOMEM;
    }
    suites->name = grown;
    grown[suites->count++] = name;
    return 0;
}

static void add_suites(struct rep_buf *text, const struct rep_diff_job *job,
                       const struct rep_group *group)
{
    struct suites suites = {0};
    for (size_t i = 0; i < group->hits; i++) {
        if (add_suite(&suites, job->groups.name[group->hit[i]]) < 0) {
            text->failed = true;
        }
    }
    size_t shown = 0;
    for (size_t i = 0; i < suites.count && shown < SUITES_SHOWN; i++) {
        if (suite_size(suites.name[i]) > 0) {
            rep_buf_str(text, shown++ ? ", " : " in ");
            rep_buf_add(text, suites.name[i], suite_size(suites.name[i]));
        }
    }
    if (shown == SUITES_SHOWN && suites.count > shown) {
        rep_buf_fmt(text, ", and %zu more suites", suites.count - shown);
    }
    free(suites.name);
}

static enum rep_colour colour_of(const struct rep_group *group)
{
    return group->kind == REP_CHANGE_REGRESSION ? REP_RED
           : group->kind == REP_CHANGE_FIXED    ? REP_GREEN
                                                : REP_BOLD;
}

/* How many it hit, and where they are. */
static void print_heading(struct rep_out *out, const struct rep_diff_job *job,
                          const struct rep_group *group)
{
    struct rep_buf text = {0};
    struct rep_buf names = {0};
    rep_buf_fmt(&text, "%zu case%s", group->hits, group->hits == 1 ? "" : "s");
    if (group->kind < REP_CHANGE_INPUT && job->counts.compared > 0) {
        rep_buf_fmt(&text, " (%.1f %%)",
                    100.0 * (double)group->hits / (double)job->counts.compared);
    }
    add_suites(&text, job, group);
    for (size_t i = 0; i < group->hits && i < REP_GROUP_NAMES; i++) {
        rep_buf_str(&names, i ? ", " : "");
        rep_buf_str(&names, job->groups.name[group->hit[i]]);
    }
    if (group->hits > REP_GROUP_NAMES) {
        rep_buf_fmt(&names, ", and %zu more", group->hits - REP_GROUP_NAMES);
    }
    if (text.failed || names.failed) {
        out->line.failed = true;
    } else {
        rep_out_raw(out, "\n");
        rep_out_colour(out, colour_of(group));
        rep_out_wrap(out, "", 0, text.data);
        rep_out_colour(out, REP_DIM);
        rep_out_wrap(out, "", INDENT, names.data);
        rep_out_colour(out, REP_PLAIN);
    }
    rep_buf_release(&text);
    rep_buf_release(&names);
}

static void print_places(struct rep_out *out, const struct rep_group *group)
{
    struct rep_buf text = {0};
    size_t shown = 0;
    for (; shown < REP_GROUP_PLACES && group->place[shown]; shown++) {
        rep_buf_str(&text, shown ? ", " : "at ");
        rep_buf_str(&text, group->place[shown]);
    }
    if (shown == REP_GROUP_PLACES && group->places > shown) {
        rep_buf_fmt(&text, ", ... (%zu times)", group->places);
    }
    if (text.failed) {
        out->line.failed = true;
    } else if (text.size > 0) {
        rep_out_colour(out, REP_DIM);
        rep_out_wrap(out, "", INDENT + KIND_COLUMNS, text.data);
        rep_out_colour(out, REP_PLAIN);
    }
    rep_buf_release(&text);
}

static void print_change(struct rep_out *out, const struct rep_group *group)
{
    char kind[32];
    enum rep_colour colour = group->kind == REP_CHANGE_REGRESSION || group->text[0] == '-' ? REP_RED
                             : group->kind == REP_CHANGE_FIXED || group->text[0] == '+' ? REP_GREEN
                                                                                        : REP_PLAIN;
    (void)snprintf(kind, sizeof kind, "%*s%-*s", (int)INDENT, "", (int)KIND_COLUMNS - 1,
                   rep_change_name(group->kind));
    rep_out_colour(out, colour);
    rep_out_wrap(out, kind, INDENT + KIND_COLUMNS, group->text);
    rep_out_colour(out, REP_PLAIN);
    print_places(out, group);
}

static void print_more(struct rep_out *out, size_t more, const char *what)
{
    if (more > 0) {
        rep_out_colour(out, REP_DIM);
        rep_out_fmt(out, "%*sand %zu more %s (--format jsonl has all)\n", (int)INDENT, "", more,
                    what);
        rep_out_colour(out, REP_PLAIN);
    }
}

void rep_diff_print_causes(struct rep_out *out, const struct rep_diff_job *job)
{
    const struct rep_group *group = job->groups.group;
    size_t count = job->groups.count;
    bool all = job->a->name != NULL;
    size_t i = 0;
    while (i < count && out->code == 0 && (all || group[i].cause < REP_GROUPS_SHOWN)) {
        size_t shown = 0;
        size_t first = i;
        if (!all) {
            print_heading(out, job, &group[i]);
        }
        for (; i < count && group[i].cause == group[first].cause; i++) {
            if (all || shown < CHANGES_SHOWN) {
                print_change(out, &group[i]);
                shown++;
            }
        }
        print_more(out, i - first - shown, "changes of these cases");
    }
    if (i < count) {
        rep_out_raw(out, "\n");
        print_more(out, group[count - 1].cause + 1 - group[i].cause, "such entries");
    }
    if (job->groups.dropped > 0) {
        rep_out_fmt(out, "\n%lld further changes are counted above but not listed\n",
                    (long long)job->groups.dropped);
    }
}

int rep_diff_print(struct rep_diff_job *job, const struct rep_sink *sink)
{
    struct rep_out out;
    rep_out_init(&out, sink);
    int code = print_sides(&out, job);
    if (code == 0 && !job->a->name) {
        print_counts(&out, &job->counts);
    } else if (code == 0 && rep_diff_is_equal(&job->counts)) {
        rep_out_raw(&out, "\nequal\n");
    }
    if (code == 0) {
        rep_out_raw(&out, job->a->name && job->groups.count ? "\n" : "");
        rep_diff_print_causes(&out, job);
    }
    int written = rep_out_finish(&out);
    if (code == 0 && written < 0) {
        code = rep_fail(job->a->db, written, "cannot write the comparison");
    }
    return code;
}
