/* One case of two runs. */
#include "diff.h"

#include <string.h>

static bool is_same(bool has_a, const struct rep_hash *a, bool has_b, const struct rep_hash *b)
{
    return has_a == has_b && (!has_a || memcmp(a, b, sizeof *a) == 0);
}

static int note(struct run_diff *diff, enum rep_change_kind kind, const char *text)
{
    if (!diff->groups) {
        return 0;
    }
    int code = rep_groups_add(diff->groups, kind, text, NULL);
    return code < 0 ? rep_fail_memory(diff->a.db) : 0;
}

/* Appends the error text of a side after `before`; nothing when it has none. */
static int add_error(const struct diff_side *side, const char *before, struct rep_buf *text)
{
    struct rep_buf error = {0};
    int code = side->has_error ? rep_blob_load(side->db, &side->error, &error) : 0;
    if (code == 0 && error.size > 0) {
        rep_buf_str(text, before);
        rep_buf_add(text, error.data, error.size);
    }
    rep_buf_release(&error);
    return code;
}

/* Takes the text, also when it could not be made. */
static int note_made(struct run_diff *diff, enum rep_change_kind kind, struct rep_buf *text,
                     int code)
{
    if (code == 0) {
        code = text->failed ? rep_fail_memory(diff->a.db)
                            : note(diff, kind, text->data ? text->data : "");
    }
    rep_buf_release(text);
    return code;
}

static int note_flip(struct run_diff *diff, enum rep_change_kind kind)
{
    struct rep_buf text = {0};
    if (!diff->groups) {
        return 0;
    }
    rep_buf_fmt(&text, "%s (%s)", diff->a.result, diff->a.status);
    int code = add_error(&diff->a, ": ", &text);
    rep_buf_fmt(&text, " => %s (%s)", diff->b.result, diff->b.status);
    if (code == 0) {
        code = add_error(&diff->b, ": ", &text);
    }
    return note_made(diff, kind, &text, code);
}

/* With another result all else differs in consequence: it is counted, and told only of single
 * cases.
 */
static bool is_same_result(const struct run_diff *diff)
{
    return strcmp(diff->a.result, diff->b.result) == 0;
}

static int compare_outcome(struct run_diff *diff, bool *changed)
{
    const struct diff_side *a = &diff->a;
    const struct diff_side *b = &diff->b;
    if (is_same_result(diff) && strcmp(a->status, b->status) == 0) {
        return 0;
    }
    *changed = true;
    diff->counts->flips++;
    diff->counts->regressions += !a->bad && b->bad;
    diff->counts->fixed += a->bad && !b->bad;
    return note_flip(diff, a->bad == b->bad ? REP_CHANGE_FLIP
                           : b->bad         ? REP_CHANGE_REGRESSION
                                            : REP_CHANGE_FIXED);
}

static int compare_errors(struct run_diff *diff, bool *changed)
{
    const struct diff_side *a = &diff->a;
    const struct diff_side *b = &diff->b;
    struct rep_buf text = {0};
    if (!is_same_result(diff) || is_same(a->has_error, &a->error, b->has_error, &b->error)) {
        return 0;
    }
    *changed = true;
    diff->counts->error_changed++;
    if (!diff->groups) {
        return 0;
    }
    int code = add_error(a, "", &text);
    rep_buf_str(&text, text.size ? " => " : "none => ");
    size_t before = text.size;
    if (code == 0) {
        code = add_error(b, "", &text);
    }
    rep_buf_str(&text, text.size == before ? "none" : "");
    return note_made(diff, REP_CHANGE_ERROR, &text, code);
}

static int compare_number(struct run_diff *diff, const char *what, int64_t a, int64_t b,
                          bool *changed)
{
    struct rep_buf text = {0};
    if (a == b) {
        return 0;
    }
    *changed = true;
    if (!diff->groups) {
        return 0;
    }
    rep_buf_fmt(&text, "%s %lld => %lld", what, (long long)a, (long long)b);
    return note_made(diff, REP_CHANGE_OTHER, &text, 0);
}

static struct rep_diff_part part_of(const struct run_diff *diff, bool has_a,
                                    const struct rep_hash *a, bool has_b, const struct rep_hash *b)
{
    return (struct rep_diff_part){.db_a = diff->a.db,
                                  .db_b = diff->b.db,
                                  .a = has_a ? a : NULL,
                                  .b = has_b ? b : NULL,
                                  .groups = diff->groups,
                                  .whole = diff->whole};
}

static int compare_texts(struct run_diff *diff, bool *changed)
{
    const struct diff_side *a = &diff->a;
    const struct diff_side *b = &diff->b;
    bool any = false;
    int code = 0;
    for (unsigned i = 0; i < REP_TEXTS && code == 0; i++) {
        if (is_same(a->has_text[i], &a->text[i], b->has_text[i], &b->text[i])) {
            continue;
        }
        any = true;
        if (diff->groups && (diff->whole || is_same_result(diff))) {
            struct rep_diff_part part =
                part_of(diff, a->has_text[i], &a->text[i], b->has_text[i], &b->text[i]);
            code = rep_diff_json(&part, (enum rep_change_kind)(REP_CHANGE_LOG + i));
        }
    }
    if (code == 0) {
        code = compare_number(diff, "fds_left", a->fds_left, b->fds_left, &any);
    }
    if (code == 0) {
        code = compare_number(diff, "leaks", a->leaks, b->leaks, &any);
    }
    diff->counts->text_changed += any;
    *changed = *changed || any;
    return code;
}

static int compare_mounts(struct run_diff *diff, bool *changed)
{
    const struct diff_side *a = &diff->a;
    const struct diff_side *b = &diff->b;
    if (is_same(a->has_mounts, &a->mounts, b->has_mounts, &b->mounts)) {
        return 0;
    }
    *changed = true;
    diff->counts->mounts_changed++;
    if (!diff->groups || !(diff->whole || is_same_result(diff))) {
        return 0;
    }
    struct rep_diff_part part = part_of(diff, a->has_mounts, &a->mounts, b->has_mounts, &b->mounts);
    return rep_diff_mounts(&part);
}

static int compare_trees(struct run_diff *diff, bool *changed)
{
    const struct diff_side *a = &diff->a;
    const struct diff_side *b = &diff->b;
    if (is_same(a->has_tree, &a->tree, b->has_tree, &b->tree)) {
        return 0;
    }
    *changed = true;
    diff->counts->tree_changed++;
    if (!diff->groups || !(diff->whole || is_same_result(diff))) {
        return 0;
    }
    struct rep_diff_part part = part_of(diff, a->has_tree, &a->tree, b->has_tree, &b->tree);
    return rep_diff_trees(&part);
}

static int compare_inputs(struct run_diff *diff)
{
    if (memcmp(&diff->a.input, &diff->b.input, sizeof diff->a.input) == 0) {
        return 0;
    }
    diff->counts->input_changed++;
    if (!diff->groups) {
        return 0;
    }
    struct rep_diff_part part = part_of(diff, true, &diff->a.input, true, &diff->b.input);
    return rep_diff_input(&part);
}

int diff_case(struct run_diff *diff)
{
    static int (*const steps[])(struct run_diff * diff, bool *changed) = {
        compare_outcome, compare_errors, compare_mounts, compare_trees, compare_texts};
    bool changed = false;
    int64_t before = diff->counts->input_changed;
    if (diff->groups) {
        rep_groups_case(diff->groups, diff->a.name);
    }
    int code = compare_inputs(diff);
    if (diff->counts->input_changed > before && !diff->whole) {
        return code;
    }
    diff->counts->compared++;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && code == 0; i++) {
        code = steps[i](diff, &changed);
    }
    diff->counts->equal += !changed;
    return code;
}

int diff_only(struct run_diff *diff, bool in_a)
{
    *(in_a ? &diff->counts->only_a : &diff->counts->only_b) += 1;
    if (diff->groups) {
        rep_groups_case(diff->groups, in_a ? diff->a.name : diff->b.name);
    }
    return note(diff, in_a ? REP_CHANGE_ONLY_A : REP_CHANGE_ONLY_B, in_a ? "gone" : "new");
}
