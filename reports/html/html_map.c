#include "html/html.h"

#include <stdlib.h>
#include <string.h>

void html_map_release(struct html_map *map)
{
    free(map->key);
    free(map->value);
    *map = (struct html_map){0};
}

/* The slot of `hash`, or the free one where it belongs. There is always a free one. */
static size_t find_slot(const struct html_map *map, const struct rep_hash *hash)
{
    size_t word;
    memcpy(&word, hash->byte, sizeof word);
    size_t at = word & (map->room - 1);
    while (map->value[at] != 0 && memcmp(&map->key[at], hash, sizeof *hash) != 0) {
        at = (at + 1) & (map->room - 1);
    }
    return at;
}

static bool grow(struct html_map *map)
{
    struct html_map more = {.room = map->room ? map->room * 2 : 256, .used = map->used};
    more.key = calloc(more.room, sizeof *more.key);
    more.value = calloc(more.room, sizeof *more.value);
    if (!more.key || !more.value) {
        html_map_release(&more);
        return false;
    }
    for (size_t i = 0; i < map->room; i++) {
        if (map->value[i] != 0) {
            size_t at = find_slot(&more, &map->key[i]);
            more.key[at] = map->key[i];
            more.value[at] = map->value[i];
        }
    }
    struct html_map old = *map;
    *map = more;
    html_map_release(&old);
    return true;
}

uint32_t html_map_get(const struct html_map *map, const struct rep_hash *hash)
{
    return map->room ? map->value[find_slot(map, hash)] : 0;
}

uint32_t html_map_add(struct html_map *map, const struct rep_hash *hash)
{
    if (map->used >= UINT32_MAX - 1 || (2 * (map->used + 1) > map->room && !grow(map))) {
        return 0;
    }
    size_t at = find_slot(map, hash);
    map->key[at] = *hash;
    map->value[at] = (uint32_t)++map->used;
    return map->value[at];
}
