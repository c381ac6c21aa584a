/* Watches, as the files about inotify and about the tree share them (contract vfs 23). */
#ifndef SIMRUN_WATCH_H
#define SIMRUN_WATCH_H

#include <simrun/inotify.h>

struct watch {
    struct inotify *owner;       /* borrowed: it owns this watch */
    struct inode *target;        /* borrowed: the end of the inode ends the watch */
    struct watch *next_on_inode; /* the inode's other watches, each of another instance */
    int32_t wd;
    uint32_t mask;      /* as it was given, control bits included */
    struct ptrvec pins; /* of struct dirent: one reference each */
};

/* inotify.c: the queue. An event equal to the one queued last is dropped. */
void inotify_queue(struct inotify *in, int32_t wd, uint32_t mask, uint32_t cookie,
                   const char *name);
/* The watch is no longer the instance's. It belongs to the caller. */
void inotify_forget(struct inotify *in, const struct watch *w);

/* watches.c: takes the watch off its inode, drops its pins and frees it. */
void watch_free(struct watch *w);
/* One instance's watch of an inode, or NULL. Borrowed. */
struct watch *watch_find(const struct inode *inode, const struct inotify *in);
/* Hold `d`, unless this watch does. 0 or CODE_FATE. */
int watch_pin(struct watch *w, struct dirent *d);

/* What the operations of the tree send. `name`: of the child that it is about, or "". */
void inode_notify_watches(struct inode *inode, const char *name, uint32_t events, uint32_t cookie);
static inline void inode_notify(struct inode *inode, const char *name, uint32_t events,
                                uint32_t cookie)
{
    if (inode->watches) {
        inode_notify_watches(inode, name, events, cookie);
    }
}
/* The watches of the inode of `d` let `d` go: it lost its name, or the filesystem called it stale.
 */
void dirent_unpin(struct dirent *d);
/* No reference is left: IN_DELETE_SELF if it was unlinked, then IN_IGNORED; the watches end. */
void inode_end_watches(struct inode *inode);

#endif
