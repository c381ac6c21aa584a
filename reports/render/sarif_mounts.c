/* What became of mounts, and which rows of the contract had a hand in it. */
#include "sarif.h"

#include <string.h>

/* One mount, and what has been said of it. */
struct telling {
    struct rep_report *report;
    const struct rep_result *result;
    const struct rep_mount *mount;
    const char *level;
    const char *why; /* of a reason without a row, the first; NULL = none */
    bool told;       /* some row explains its fate */
    struct rep_buf key;
};

static bool is_lost(const struct rep_result *result, const struct rep_mount *mount)
{
    bool made = mount->fs && (!mount->state || strcmp(mount->state, "done") == 0);
    return result->n_nodes > 0 && made && mount->shadowed_by < 0 && mount->state && !mount->seen_at;
}

static bool is_left_out(const struct rep_mount *mount)
{
    return mount->state &&
           (strcmp(mount->state, "skipped") == 0 || strcmp(mount->state, "dropped") == 0);
}

/* "/data (spec mount 3): TEXT" */
static void tell(struct telling *t, const char *rule, const char *level, const char *text)
{
    const char *place = t->mount->destination ? t->mount->destination : "?";
    struct rep_buf line = {0};
    rep_buf_str(&line, place);
    if (t->mount->spec_index >= 0) {
        rep_buf_fmt(&line, " (spec mount %d): ", t->mount->spec_index);
    } else {
        rep_buf_str(&line, " (made by the pipeline): ");
    }
    rep_buf_str(&line, text);
    struct sarif_item item = {
        .rule = rule, .level = level, .text = line.failed ? "" : line.data, .key = t->key.data};
    sarif_add_item(t->report, t->result, &item);
    t->report->out.line.failed = t->report->out.line.failed || line.failed;
    rep_buf_release(&line);
}

/* Reasons are objects of texts: keys and values take turns, a text closes its reason. Those
 * with a row are told; `arena` owns `why`. */
static void tell_reasons(struct telling *t, struct rep_arena *arena)
{
    struct rep_buf key = {0};
    struct rep_buf value = {0};
    struct rep_buf rule = {0};
    const char *json = t->mount->reasons;
    while (json && rep_json_next_string(&json, &key) && rep_json_next_string(&json, &value)) {
        if (strcmp(key.data, "rule") == 0) {
            rep_buf_clear(&rule);
            rep_buf_add(&rule, value.data, value.size);
        } else if (strcmp(key.data, "text") == 0) {
            if (rule.size) {
                tell(t, rule.data, t->level, value.data);
                t->told = true;
            } else if (!t->why) {
                t->why = rep_arena_copy(arena, value.data, value.size);
            }
            rep_buf_clear(&rule);
        }
    }
    rep_buf_release(&key);
    rep_buf_release(&value);
    rep_buf_release(&rule);
}

/* Its place, and how many mounts of that place stand before it: that stays when others come. */
static void make_key(struct telling *t, size_t index)
{
    const char *place = t->mount->destination ? t->mount->destination : "?";
    size_t before = 0;
    for (size_t i = 0; i < index; i++) {
        const char *other = t->result->mounts[i].destination;
        before += other && strcmp(other, place) == 0;
    }
    rep_buf_str(&t->key, place);
    rep_buf_fmt(&t->key, " %zu", before);
}

static void tell_fate(struct telling *t, bool lost, bool left_out)
{
    const struct rep_mount *mount = t->mount;
    if (left_out && !t->told) {
        tell(t, "mount-not-made", t->level, t->why ? t->why : "is not mounted");
    }
    if (lost && !t->told) {
        tell(t, "mount-lost", t->level, "is mounted, but no path leads to it");
    }
    if (mount->shadowed_by >= 0) {
        tell(t, "mount-hidden", "warning", "a later mount hides it");
    }
    if (!left_out && mount->ignored && mount->ignored[0]) {
        struct rep_buf text = {0};
        rep_buf_str(&text, "options without effect: ");
        rep_buf_str(&text, mount->ignored);
        tell(t, "option-ignored", "note", text.failed ? "" : text.data);
        rep_buf_release(&text);
    }
}

/* Of the pipeline's own mounts only what goes wrong is told: nobody wrote them. */
static void tell_mount(struct telling *t, size_t index)
{
    struct rep_arena arena = {0};
    bool lost = is_lost(t->result, t->mount);
    bool left_out = is_left_out(t->mount);
    t->level = lost || left_out ? "warning" : "note";
    make_key(t, index);
    if (t->key.failed) {
        t->report->out.line.failed = true;
    } else if (t->mount->spec_index >= 0 || lost) {
        tell_reasons(t, &arena);
        tell_fate(t, lost, left_out);
    }
    rep_buf_release(&t->key);
    rep_arena_release(&arena);
}

void sarif_add_mounts(struct rep_report *report, const struct rep_result *result)
{
    for (size_t i = 0; i < result->n_mounts; i++) {
        struct telling t = {.report = report, .result = result, .mount = &result->mounts[i]};
        tell_mount(&t, i);
    }
}
