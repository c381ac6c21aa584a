/*
 * inotify: who is told what happens to the file tree (contract vfs 23).
 *
 * An instance (struct inotify) owns its watches and a queue of events. A watch is one instance's
 * interest in one inode; it pins (holds one reference of) every dirent through which it was added,
 * so that the inode stays alive while a name of it is watched. An inode knows its watches by one
 * pointer, which is NULL while nobody watches: then an event costs one test.
 *
 * The operations of the tree (dirent_create, dirent_rename, ...) and the end of an inode send their
 * events themselves; what a system call does to an open file is told with dirent_notify. Masks are
 * the IN_ bits of <sys/inotify.h>. An event for which there is no memory is the fate oom.
 */
#ifndef SIMRUN_INOTIFY_H
#define SIMRUN_INOTIFY_H

#include <simrun/vfs.h>
#include <sys/inotify.h>

enum {
    INOTIFY_RECORD_SIZE = 16,       /* wd, mask, cookie, len: 4 bytes each, host byte order */
    INOTIFY_QUEUE_LIMIT = 16384,    /* only where overflow acts: strict, VQ-41 */
    INOTIFY_EVENTS = IN_ALL_EVENTS, /* what a watch can ask for; all other bits always match */
};

struct inotify {
    struct sentry *s;
    uint64_t id;
    int32_t next_wd;       /* from 1, never reused */
    struct ptrvec watches; /* of struct watch, owned, ascending by descriptor */
    struct list events;    /* of struct inotify_record, owned, oldest first */
    size_t n_events;
    size_t pending; /* bytes of all queued records: what FIONREAD answers; readable = not 0 */
};

int inotify_new(struct sentry *s, struct inotify **ret);
/* Drops the queue, the watches and their pins. NULL is fine. */
void inotify_free(struct inotify *in);

/*
 * Watch the inode of `d` and pin `d`. A second watch of one inode keeps its descriptor: the mask is
 * replaced, or added to with IN_MASK_ADD. 0 or CODE_FATE.
 */
int inotify_watch_add(struct inotify *in, struct dirent *d, uint32_t mask, int32_t *wd);
/* -EINVAL for an unknown descriptor. Queues IN_IGNORED. */
int inotify_watch_remove(struct inotify *in, int32_t wd);

/*
 * Take as many whole records as fit. -EINVAL if `len` is below INOTIFY_RECORD_SIZE or the first
 * record does not fit; ERR_WOULD_BLOCK if there is none.
 */
int inotify_read(struct inotify *in, char *buf, size_t len, size_t *n);

/*
 * A new instance behind an open file, whose end is the end of the instance. Its reading waits for
 * itself when nothing is queued (fate hang), or with `flags.nonblocking` gives ERR_WOULD_BLOCK;
 * write is -EBADF, fsync -EINVAL, readdir -ENOTDIR.
 */
int inotify_file_new(struct ctx *c, struct open_flags flags, struct file **ret);
/* The instance of a file that inotify_file_new made (borrowed); NULL for any other file. */
struct inotify *inotify_of(const struct file *f);

/* Tell the watches of the parent (with the name of `d`), then those of `d`. IN_ISDIR is added. */
void dirent_notify_watches(struct dirent *d, uint32_t events);
static inline void dirent_notify(struct dirent *d, uint32_t events)
{
    if (d->inode->watches || (d->parent && d->parent->inode->watches)) {
        dirent_notify_watches(d, events);
    }
}

#endif
