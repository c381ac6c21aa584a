/* The LRU of dirents that a mount source keeps alive (contract vfs 11). */
#include "vfs_internal.h"

void dirent_cache_add(struct dirent *d)
{
    struct dirent_cache *cache = &d->inode->ms->cache;
    if (cache->limit == 0) {
        return;
    }
    if (!list_empty(&d->cache_link)) {
        list_remove(&d->cache_link);
        list_push_front(&cache->lru, &d->cache_link);
        return;
    }
    dirent_get(d);
    list_push_front(&cache->lru, &d->cache_link);
    cache->n++;
    while (cache->n > cache->limit && !domain_dead(&d->s->d)) {
        dirent_cache_remove(container_of(cache->lru.prev, struct dirent, cache_link));
    }
}

void dirent_cache_remove(struct dirent *d)
{
    if (list_empty(&d->cache_link)) {
        return;
    }
    list_remove(&d->cache_link);
    d->inode->ms->cache.n--;
    dirent_put(d);
}

void dirent_maybe_cache(struct dirent *d)
{
    struct mount_source *ms = d->inode->ms;
    if (ms->ops->keep && ms->ops->keep(ms, d)) {
        dirent_cache_add(d);
    }
}
