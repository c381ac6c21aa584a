#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void rep_groups_release(struct rep_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        free(groups->group[i].text);
        for (size_t j = 0; j < REP_GROUP_NAMES; j++) {
            free(groups->group[i].name[j]);
        }
    }
    free(groups->group);
    free(groups->index);
    *groups = (struct rep_groups){0};
}

static size_t hash_text(enum rep_change kind, const char *text)
{
    struct rep_hash hash = rep_hash_of(text, strlen(text));
    size_t word;
    memcpy(&word, hash.byte, sizeof word);
    return word ^ (size_t)kind;
}

static size_t find_slot(const struct rep_groups *groups, enum rep_change kind, const char *text)
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

static int add_group(struct rep_groups *groups, enum rep_change kind, const char *text)
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

int rep_groups_add(struct rep_groups *groups, enum rep_change kind, const char *text,
                   const char *name)
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
    if (group->count < REP_GROUP_NAMES && !(group->name[group->count] = strdup(name))) {
        return -ENOMEM;
    }
    group->count++;
    return 0;
}

static int compare_groups(const void *a, const void *b)
{
    const struct rep_group *x = a;
    const struct rep_group *y = b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return x->order < y->order ? -1 : x->order > y->order;
}

void rep_groups_sort(struct rep_groups *groups)
{
    if (groups->count > 1) {
        qsort(groups->group, groups->count, sizeof *groups->group, compare_groups);
    }
    /* The index no longer fits; a later add would rebuild it. */
    free(groups->index);
    groups->index = NULL;
    groups->index_room = 0;
}
