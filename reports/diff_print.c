#include "private.h"

#include <errno.h>

static const char *const titles[REP_CHANGES] = {
    [REP_CHANGE_REGRESSION] = "Regressions",
    [REP_CHANGE_FIXED] = "Fixed",
    [REP_CHANGE_FLIP] = "Other outcomes that changed",
    [REP_CHANGE_ERROR] = "Error texts",
    [REP_CHANGE_TREE] = "Trees",
    [REP_CHANGE_LOG + REP_LOG] = "Log lines",
    [REP_CHANGE_LOG + REP_COMPILED] = "Compiled mounts",
    [REP_CHANGE_LOG + REP_OPS_TEXT] = "Operations",
    [REP_CHANGE_LOG + REP_RESTORE] = "Restore environment",
    [REP_CHANGE_LOG + REP_HOST_DIFF] = "Host changes",
    [REP_CHANGE_OTHER] = "Descriptors, leaks, mounts",
    [REP_CHANGE_INPUT] = "Changed inputs (not compared, never a regression)",
    [REP_CHANGE_ONLY_A] = "Only in A",
    [REP_CHANGE_ONLY_B] = "Only in B",
};

static int print_run(struct rep_out *out, const char *side, struct rep_db *db, const char *ref)
{
    struct rep_run_info info;
    int code = rep_run_find(db, ref, &info);
    if (code < 0) {
        return code;
    }
    rep_out_raw(out, side);
    rep_out_fmt(out, ": run %lld  ", (long long)info.id);
    rep_out_text(out, info.started);
    rep_out_raw(out, "  ");
    rep_out_text(out, info.subject);
    const char *const more[] = {info.subject_version, info.profile, info.label};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        rep_out_raw(out, more[i] ? " " : "");
        rep_out_text(out, more[i]);
    }
    rep_out_fmt(out, "  %s, %lld results\n", info.state, (long long)info.counts.recorded);
    rep_run_info_release(&info);
    return 0;
}

static void print_counts(struct rep_out *out, const struct rep_diff_counts *counts)
{
    rep_out_fmt(out, "\n%lld cases compared, %lld equal\n", (long long)counts->compared,
                (long long)counts->equal);
    const struct {
        int64_t count;
        const char *what;
    } rows[] = {
        {counts->regressions, "regressions"},
        {counts->fixed, "fixed"},
        {counts->flips, "outcomes changed"},
        {counts->error_changed, "error texts changed"},
        {counts->text_changed, "texts changed"},
        {counts->tree_changed, "trees changed"},
        {counts->input_changed, "inputs changed"},
        {counts->only_a, "only in A"},
        {counts->only_b, "only in B"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].count > 0) {
            rep_out_fmt(out, "%7lld %s\n", (long long)rows[i].count, rows[i].what);
        }
    }
}

static void print_group(struct rep_out *out, const struct rep_group *group)
{
    struct rep_buf names = {0};
    struct rep_buf first = {0};
    enum rep_colour colour = group->kind == REP_CHANGE_REGRESSION || group->text[0] == '-' ? REP_RED
                             : group->kind == REP_CHANGE_FIXED || group->text[0] == '+' ? REP_GREEN
                                                                                        : REP_PLAIN;
    rep_buf_fmt(&first, "%6lldx ", (long long)group->count);
    rep_out_colour(out, colour);
    rep_out_wrap(out, first.failed ? "" : first.data, 8, group->text);
    rep_out_colour(out, REP_PLAIN);
    for (size_t i = 0; i < REP_GROUP_NAMES && group->name[i]; i++) {
        rep_buf_str(&names, i ? ", " : "");
        rep_buf_str(&names, group->name[i]);
    }
    if (group->count > REP_GROUP_NAMES) {
        rep_buf_fmt(&names, ", and %lld more", (long long)group->count - REP_GROUP_NAMES);
    }
    if (names.failed) {
        out->line.failed = true;
    } else {
        rep_out_colour(out, REP_DIM);
        rep_out_wrap(out, "", 10, names.data);
        rep_out_colour(out, REP_PLAIN);
    }
    rep_buf_release(&first);
    rep_buf_release(&names);
}

static void print_groups(struct rep_out *out, const struct rep_groups *groups)
{
    for (size_t i = 0; i < groups->count && out->code == 0; i++) {
        const struct rep_group *group = &groups->group[i];
        if (i == 0 || groups->group[i - 1].kind != group->kind) {
            rep_out_raw(out, "\n");
            rep_out_colour(out, REP_BOLD);
            rep_out_raw(out, titles[group->kind]);
            rep_out_colour(out, REP_PLAIN);
            rep_out_raw(out, "\n");
        }
        print_group(out, group);
    }
    if (groups->dropped > 0) {
        rep_out_fmt(out, "\n%lld further changes are counted above but not listed\n",
                    (long long)groups->dropped);
    }
}

int rep_diff_print(struct rep_db *db_a, const char *run_a, struct rep_db *db_b, const char *run_b,
                   const struct rep_diff_counts *counts, struct rep_groups *groups,
                   const struct rep_sink *sink)
{
    struct rep_out out;
    rep_groups_sort(groups);
    rep_out_init(&out, sink);
    int code = print_run(&out, "A", db_a, run_a);
    if (code == 0) {
        code = print_run(&out, "B", db_b, run_b);
    }
    if (code == 0) {
        print_counts(&out, counts);
        print_groups(&out, groups);
    }
    int written = rep_out_finish(&out);
    if (code == 0 && written < 0) {
        code = rep_fail(db_a, written, "cannot write the comparison");
    }
    return code;
}
