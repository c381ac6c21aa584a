/* Mounted filesystem instances. */
#include "vfs_internal.h"

#include <assert.h>

static bool keep_always(struct mount_source *ms, struct dirent *d)
{
    (void)ms, (void)d;
    return true;
}

const struct mount_source_ops mount_source_caching = {.keep = keep_always};
const struct mount_source_ops mount_source_non_caching = {0};

int mount_source_new(struct sentry *s, const struct mount_source_ops *ops, struct filesystem *fs,
                     struct mount_flags flags, void *priv, struct mount_source **ret)
{
    struct mount_source *ms = MEM_NEW(&s->d, struct mount_source);
    if (!ms) {
        return CODE_FATE;
    }
    *ms = (struct mount_source){
        .refs = 1,
        .s = s,
        .ops = ops,
        .fs = fs,
        .flags = flags,
        .priv = priv,
        .cache.limit = DIRENT_CACHE_LIMIT,
    };
    list_init(&ms->cache.lru);
    list_init(&ms->children);
    list_init(&ms->child_link);
    *ret = ms;
    return 0;
}

struct mount_source *mount_source_get(struct mount_source *ms)
{
    ms->refs++;
    return ms;
}

void mount_source_put(struct mount_source *ms)
{
    if (!ms || domain_dead(&ms->s->d)) {
        return;
    }
    assert(ms->refs > 0); /* VP-01 */
    if (--ms->refs > 0) {
        return;
    }
    assert(ms->dirent_refs == 0); /* VP-02 */
    list_remove(&ms->child_link);
    list_for_each_safe(it, &ms->children)
    {
        struct mount_source *child = container_of(it, struct mount_source, child_link);
        list_remove(it);
        child->parent = NULL;
    }
    if (ms->ops->destroy) {
        ms->ops->destroy(ms);
    }
    mem_free(ms);
}

void mount_source_flush(struct mount_source *ms)
{
    while (!domain_dead(&ms->s->d) && !list_empty(&ms->cache.lru)) {
        dirent_cache_remove(container_of(ms->cache.lru.next, struct dirent, cache_link));
    }
}
