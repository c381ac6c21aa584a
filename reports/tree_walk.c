#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int rep_way_enter(struct rep_db *db, struct rep_way *way, size_t depth, const struct rep_hash *dir)
{
    if (depth > REP_MAX_DEPTH) {
        return rep_fail(db, -EBADMSG,
                        "the file is damaged: more than %u directories inside one another",
                        REP_MAX_DEPTH);
    }
    for (size_t i = 0; i < depth; i++) {
        if (memcmp(&way->dir[i], dir, sizeof *dir) == 0) {
            return rep_fail(db, -EBADMSG, "the file is damaged: a directory inside itself");
        }
    }
    struct rep_hash *list = rep_grow(way->dir, &way->room, depth + 1, sizeof *list);
    if (!list) {
        return rep_fail_memory(db);
    }
    way->dir = list;
    list[depth] = *dir;
    return 0;
}

void rep_way_release(struct rep_way *way)
{
    free(way->dir);
    *way = (struct rep_way){0};
}

int rep_walk_enter(struct rep_walk *walk, const struct rep_hash *dir)
{
    int code = rep_way_enter(walk->db, &walk->way, walk->depth, dir);
    if (code < 0) {
        return code;
    }
    struct rep_level *level = rep_grow(walk->level, &walk->room, walk->depth + 1, sizeof *level);
    if (!level) {
        return rep_fail_memory(walk->db);
    }
    walk->level = level;
    level[walk->depth] = (struct rep_level){0};
    return rep_dir_load(walk->db, dir, walk->arena, &level[walk->depth++].list);
}

const struct rep_hash *rep_walk_dir(const struct rep_walk *walk)
{
    return &walk->way.dir[walk->depth - 1];
}

void rep_walk_leave(struct rep_walk *walk)
{
    free(walk->level[--walk->depth].list.entry);
}

void rep_walk_release(struct rep_walk *walk)
{
    while (walk->depth > 0) {
        rep_walk_leave(walk);
    }
    free(walk->level);
    rep_way_release(&walk->way);
}
