/* The registry of filesystems, sorted by name. */
#include "vfs_internal.h"

int filesystem_register(struct sentry *s, const struct filesystem *fs)
{
    struct filesystem **at = &s->filesystems;
    while (*at && name_compare((*at)->name, fs->name) < 0) {
        at = &(*at)->next;
    }
    /* VP-03, FP-01: the original panics; nobody registers by input, so an error serves. */
    int r = *at && strcmp((*at)->name, fs->name) == 0 ? -EEXIST : 0;
    struct filesystem *copy = r ? NULL : MEM_NEW(&s->d, struct filesystem);
    if (!copy) {
        struct filesystem rejected = *fs;
        if (rejected.release) {
            rejected.release(&rejected);
        }
        return r ? r : CODE_FATE;
    }
    *copy = *fs;
    copy->next = *at;
    *at = copy;
    return 0;
}

struct filesystem *filesystem_find(const struct sentry *s, const char *name)
{
    struct filesystem *fs = s->filesystems;
    while (fs && strcmp(fs->name, name) != 0) {
        fs = fs->next;
    }
    return fs;
}
