#include "diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Mounts are paired by where they were to go and which entry of the spec asked for them, so that
 * one more or less does not move all others. */

#define MOUNT_FIELDS 16u

static const char *const field_names[MOUNT_FIELDS] = {
    "fs",     "flags",   "type",  "ignored options", "rules", "state", "layers", "data",
    "source", "created", "place", "seen at",         "hides", "why",   NULL,     NULL,
};

/* What is JSON in the database; the mount that is hidden is a number that says nothing here. */
#define HIDES_IN_WORDS                                                                             \
    "iif(json_valid(hides), json_extract(hides, '$.type') || ' on ' || "                           \
    "ifnull(nullif(json_extract(hides, '$.fs'), ''), 'stub'), hides)"
#define WHY_IN_WORDS                                                                               \
    "iif(json_valid(reasons), (SELECT group_concat(json_extract(e.value, '$.text'), '; ') "        \
    "FROM json_each(reasons) e), reasons)"

/* Paths, which would keep equal changes of many mounts apart, are told when nothing else differs or
 * of single cases; details only of these. */
enum {
    FIELD_TYPE = 2,
    FIELD_RULES = 4,
    FIELD_PATHS = 8,
    FIELD_DETAILS = 12,
    FIELD_WHY = 13,
    FIELD_SHADOWED = 14,
    FIELD_LOST = 15
};

struct mount {
    const char *destination; /* never NULL */
    int64_t spec_index;      /* -1 = made by the pipeline */
    int64_t idx;
    const char *field[MOUNT_FIELDS]; /* the two flags: NULL = false */
};

struct mounts {
    struct mount *mount;
    size_t count, room;
    struct rep_arena arena;
};

static void mounts_release(struct mounts *mounts)
{
    free(mounts->mount);
    rep_arena_release(&mounts->arena);
}

static const char *keep(struct mounts *mounts, sqlite3_stmt *stmt, int column, bool *failed)
{
    const char *text = rep_column_text(stmt, column);
    if (!text) {
        return NULL;
    }
    const char *copy = rep_arena_copy(&mounts->arena, text, strlen(text));
    *failed = *failed || !copy;
    return copy;
}

static int add_mount(struct mounts *mounts, sqlite3_stmt *stmt)
{
    bool failed = false;
    struct mount *grown = rep_grow(mounts->mount, &mounts->room, mounts->count + 1, sizeof *grown);
    if (!grown) {
        return -ENOMEM;
    }
    mounts->mount = grown;
    struct mount *mount = &grown[mounts->count];
    *mount = (struct mount){.destination = keep(mounts, stmt, 0, &failed),
                            .spec_index = sqlite3_column_int64(stmt, 1),
                            .idx = sqlite3_column_int64(stmt, 2)};
    for (int i = 0; i < (int)MOUNT_FIELDS; i++) {
        mount->field[i] = keep(mounts, stmt, 3 + i, &failed);
    }
    mounts->count++;
    return failed || !mount->destination ? -ENOMEM : 0;
}

/* The same destination from the same place of the spec is one mount, whatever else changed. */
static int compare_places(const struct mount *x, const struct mount *y)
{
    int order = strcmp(x->destination, y->destination);
    if (order == 0 && x->spec_index != y->spec_index) {
        order = x->spec_index < y->spec_index ? -1 : 1;
    }
    return order;
}

static int compare_mounts(const void *a, const void *b)
{
    const struct mount *x = a;
    const struct mount *y = b;
    int order = compare_places(x, y);
    return order != 0 ? order : x->idx < y->idx ? -1 : x->idx > y->idx;
}

static int load(struct rep_db *db, const struct rep_hash *list, struct mounts *mounts)
{
    sqlite3_stmt *stmt = NULL;
    if (!list) {
        return 0;
    }
    int code = rep_sql_prepare(
        db,
        "SELECT ifnull(destination, ''), ifnull(spec_index, -1), idx, fs, nullif(flags, ''), type, "
        "nullif(ignored, ''), nullif(rules, ''), state, layers, data, source, "
        "nullif(created, ''), place, seen_at, " HIDES_IN_WORDS ", " WHY_IN_WORDS ", "
        "iif(shadowed_by IS NULL, NULL, 1), iif(lost, 1, NULL) FROM mount WHERE list = ?",
        &stmt);
    if (code < 0) {
        return code;
    }
    rep_bind_hash(stmt, 1, list);
    while ((code = rep_sql_row(db, stmt, "read mounts")) == 1) {
        if (add_mount(mounts, stmt) < 0) {
            code = rep_fail_memory(db);
            break;
        }
    }
    sqlite3_finalize(stmt);
    if (mounts->count > 1) {
        qsort(mounts->mount, mounts->count, sizeof *mounts->mount, compare_mounts);
    }
    return code;
}

static int add(const struct rep_diff_part *part, struct rep_buf *text, const char *place)
{
    int code =
        text->failed ? -ENOMEM : rep_groups_add(part->groups, REP_CHANGE_MOUNTS, text->data, place);
    rep_buf_release(text);
    return code;
}

static int add_one_side(const struct rep_diff_part *part, const char *sign,
                        const struct mount *mount)
{
    struct rep_buf text = {0};
    rep_buf_fmt(&text, "%s%s, %s", sign,
                mount->field[FIELD_TYPE] ? mount->field[FIELD_TYPE] : "no type",
                mount->field[0] ? "mounted" : "not mounted");
    return add(part, &text, mount->destination);
}

static void add_fields(struct rep_buf *text, const struct mount *a, const struct mount *b,
                       size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        rep_diff_field(text, 0, field_names[i], a->field[i], b->field[i]);
    }
}

static bool is_same_field(const struct mount *a, const struct mount *b, size_t field)
{
    const char *x = a->field[field], *y = b->field[field];
    return x && y ? strcmp(x, y) == 0 : !x && !y;
}

static int add_pair(const struct rep_diff_part *part, const struct mount *a, const struct mount *b,
                    bool *any)
{
    struct rep_buf text = {0};
    add_fields(&text, a, b, 0, FIELD_PATHS);
    rep_diff_flag(&text, 0, "hidden by a later mount", a->field[FIELD_SHADOWED],
                  b->field[FIELD_SHADOWED]);
    rep_diff_flag(&text, 0, "lost", a->field[FIELD_LOST], b->field[FIELD_LOST]);
    if (text.size == 0 || part->whole) {
        /* Why they acted says no more than which rules did. */
        size_t end = !part->whole                       ? FIELD_DETAILS
                     : is_same_field(a, b, FIELD_RULES) ? FIELD_SHADOWED
                                                        : FIELD_WHY;
        add_fields(&text, a, b, FIELD_PATHS, end);
    }
    if (!text.failed && text.size == 0) {
        return 0;
    }
    *any = true;
    return add(part, &text, a->destination);
}

static int compare(const struct rep_diff_part *part, const struct mounts *a, const struct mounts *b)
{
    size_t i = 0;
    size_t j = 0;
    bool any = false;
    int code = 0;
    while (code == 0 && (i < a->count || j < b->count)) {
        int order = i == a->count   ? 1
                    : j == b->count ? -1
                                    : compare_places(&a->mount[i], &b->mount[j]);
        any = any || order != 0;
        code = order < 0   ? add_one_side(part, "- ", &a->mount[i])
               : order > 0 ? add_one_side(part, "+ ", &b->mount[j])
                           : add_pair(part, &a->mount[i], &b->mount[j], &any);
        i += order <= 0;
        j += order >= 0;
    }
    if (code == 0 && !any) {
        code = rep_groups_add(part->groups, REP_CHANGE_MOUNTS,
                              "details of the provenance (simrun show)", NULL);
    }
    return code;
}

int rep_diff_mounts(const struct rep_diff_part *part)
{
    struct mounts a = {0};
    struct mounts b = {0};
    int code = load(part->db_a, part->a, &a);
    if (code == 0) {
        code = load(part->db_b, part->b, &b);
    }
    if (code == 0 && compare(part, &a, &b) < 0) {
        code = rep_fail_memory(part->db_a);
    }
    mounts_release(&a);
    mounts_release(&b);
    return code;
}
