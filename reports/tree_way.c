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
