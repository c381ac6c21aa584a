#include "group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void rep_groups_release(struct rep_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        struct rep_group *group = &groups->group[i];
        free(group->text);
        free(group->hit);
        for (size_t j = 0; j < REP_GROUP_PLACES; j++) {
            free(group->place[j]);
        }
    }
    free(groups->group);
    free(groups->index);
    free(groups->name);
    rep_arena_release(&groups->names);
    *groups = (struct rep_groups){0};
}

static size_t hash_text(enum rep_change_kind kind, const char *text)
{
    struct rep_hash hash = rep_hash_of(text, strlen(text));
    size_t word;
    memcpy(&word, hash.byte, sizeof word);
    return word ^ (size_t)kind;
}

static size_t find_slot(const struct rep_groups *groups, enum rep_change_kind kind,
                        const char *text)
{
    size_t mask = groups->index_room - 1;
    size_t at = hash_text(kind, text) & mask;
    while (groups->index[at]) {
        const struct rep_group *group = &groups->group[groups->index[at] - 1];
        if (group->kind == kind && strcmp(group->text, text) == 0) {
            break;
        }
        at = (at + 1) & mask;
    }
    return at;
}

static int grow_index(struct rep_groups *groups)
{
    size_t room = groups->index_room ? groups->index_room * 2 : 256;
    uint32_t *index = calloc(room, sizeof *index);
    if (!index) {
        return -ENOMEM;
    }
    free(groups->index);
    groups->index = index;
    groups->index_room = room;
    for (size_t i = 0; i < groups->count; i++) {
        size_t at = find_slot(groups, groups->group[i].kind, groups->group[i].text);
        index[at] = (uint32_t)i + 1;
    }
    return 0;
}

static int add_group(struct rep_groups *groups, enum rep_change_kind kind, const char *text)
{
    struct rep_group *group =
        rep_grow(groups->group, &groups->room, groups->count + 1, sizeof *group);
    if (!group) {
        return -ENOMEM;
    }
    groups->group = group;
    char *copy = strdup(text);
    if (!copy) {
        return -ENOMEM;
    }
    group[groups->count] = (struct rep_group){.text = copy, .kind = kind, .order = groups->count};
    groups->count++;
    return 0;
}

void rep_groups_case(struct rep_groups *groups, const char *name)
{
    groups->current = name;
    groups->known = false;
}

/* The current case gets its number with its first change: most cases have none. */
static int enter_case(struct rep_groups *groups)
{
    if (groups->known) {
        return 0;
    }
    const char **name =
        rep_grow(groups->name, &groups->name_room, groups->n_names + 1, sizeof *name);
    if (!name) {
        return -ENOMEM;
    }
    groups->name = name;
    name[groups->n_names] =
        rep_arena_copy(&groups->names, groups->current, strlen(groups->current));
    if (!name[groups->n_names]) {
        return -ENOMEM;
    }
    groups->n_names++;
    groups->known = true;
    return 0;
}

static int add_place(struct rep_group *group, const char *place)
{
    group->places++;
    for (size_t i = 0; i < REP_GROUP_PLACES; i++) {
        if (!group->place[i]) {
            group->place[i] = strdup(place);
            return group->place[i] ? 0 : -ENOMEM;
        }
        if (strcmp(group->place[i], place) == 0) {
            break;
        }
    }
    return 0;
}

static int hit(struct rep_groups *groups, struct rep_group *group)
{
    uint32_t number = (uint32_t)groups->n_names - 1;
    if (group->hits > 0 && group->hit[group->hits - 1] == number) {
        return 0;
    }
    uint32_t *grown = rep_grow(group->hit, &group->hit_room, group->hits + 1, sizeof *grown);
    if (!grown) {
        return -ENOMEM;
    }
    group->hit = grown;
    grown[group->hits++] = number;
    return 0;
}

int rep_groups_add(struct rep_groups *groups, enum rep_change_kind kind, const char *text,
                   const char *place)
{
    if ((groups->count + 1) * 2 > groups->index_room && grow_index(groups) < 0) {
        return -ENOMEM;
    }
    size_t at = find_slot(groups, kind, text);
    if (!groups->index[at]) {
        if (groups->count >= REP_MAX_GROUPS) {
            groups->dropped++;
            return 0;
        }
        if (add_group(groups, kind, text) < 0) {
            return -ENOMEM;
        }
        groups->index[at] = (uint32_t)groups->count;
    }
    struct rep_group *group = &groups->group[groups->index[at] - 1];
    int code = enter_case(groups);
    if (code == 0) {
        code = hit(groups, group);
    }
    return code == 0 && place ? add_place(group, place) : code;
}

/* ---- Causes ------------------------------------------------------------------------------------
 */

static int compare_sets(const void *a, const void *b)
{
    const struct rep_group *x = a;
    const struct rep_group *y = b;
    int order = memcmp(&x->set, &y->set, sizeof x->set);
    if (order != 0) {
        return order;
    }
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Regressions first, what was not compared last, the widest first between them. */
static int compare_causes(const void *a, const void *b)
{
    const struct rep_group *x = a;
    const struct rep_group *y = b;
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    if (x->hits != y->hits) {
        return x->hits > y->hits ? -1 : 1;
    }
    if (x->cause != y->cause) {
        return x->cause < y->cause ? -1 : 1;
    }
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    return x->order < y->order ? -1 : x->order > y->order;
}

static unsigned rank_of(enum rep_change_kind kind)
{
    return kind == REP_CHANGE_REGRESSION ? 0 : kind >= REP_CHANGE_INPUT ? 2 : 1;
}

void rep_groups_sort(struct rep_groups *groups)
{
    struct rep_group *group = groups->group;
    for (size_t i = 0; i < groups->count; i++) {
        group[i].set = rep_hash_of(group[i].hit, group[i].hits * sizeof *group[i].hit);
    }
    if (groups->count > 1) {
        qsort(group, groups->count, sizeof *group, compare_sets);
    }
    /* The first of a set has the gravest kind; its order of appearance numbers the cause until all
     * are sorted. */
    size_t first = 0;
    for (size_t i = 0; i < groups->count; i++) {
        if (memcmp(&group[i].set, &group[first].set, sizeof group[i].set) != 0) {
            first = i;
        }
        group[i].cause = group[first].order;
        group[i].rank = rank_of(group[first].kind);
    }
    if (groups->count > 1) {
        qsort(group, groups->count, sizeof *group, compare_causes);
    }
    size_t cause = 0;
    for (size_t i = 0, last = 0; i < groups->count; i++) {
        size_t own = group[i].cause;
        cause += i > 0 && own != last;
        last = own;
        group[i].cause = cause;
    }
    /* The index no longer fits; a later add would rebuild it. */
    free(groups->index);
    groups->index = NULL;
    groups->index_room = 0;
}
