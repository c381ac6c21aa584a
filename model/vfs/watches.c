/* The watches of an inode: who gets an event, pins, the end (contract vfs 23). */
#include "watch.h"

#include <assert.h>

struct watch *watch_find(const struct inode *inode, const struct inotify *in)
{
    struct watch *w = inode->watches;
    while (w && w->owner != in) {
        w = w->next_on_inode;
    }
    return w;
}

static void take_off_inode(struct watch *w)
{
    struct watch **at = &w->target->watches;
    while (*at != w) {
        assert(*at); /* VP-19 */
        at = &(*at)->next_on_inode;
    }
    *at = w->next_on_inode;
}

void watch_free(struct watch *w)
{
    take_off_inode(w);
    /* The last pin may be the last reference of the inode, which must not find this watch. */
    for (size_t i = 0; i < w->pins.n; i++) {
        dirent_put(w->pins.p[i]);
    }
    ptrvec_release(&w->pins);
    mem_free(w);
}

int watch_pin(struct watch *w, struct dirent *d)
{
    for (size_t i = 0; i < w->pins.n; i++) {
        if (w->pins.p[i] == d) {
            return 0;
        }
    }
    int r = ptrvec_push(&w->pins, d);
    if (r == 0) {
        dirent_get(d);
    }
    return r;
}

void dirent_unpin(struct dirent *d)
{
    if (!d->inode->watches) {
        return;
    }
    dirent_get(d); /* a pin may be the last reference */
    for (struct watch *w = d->inode->watches; w; w = w->next_on_inode) {
        for (size_t i = 0; i < w->pins.n; i++) {
            if (w->pins.p[i] == d) {
                w->pins.p[i] = w->pins.p[--w->pins.n];
                dirent_put(d);
                break;
            }
        }
    }
    dirent_put(d);
}

/* VQ-40: IN_ISDIR is no event that one can ask for, so it always matches. */
static uint32_t matching(const struct watch *w, uint32_t events)
{
    uint32_t matched = events & (w->mask | ~(uint32_t)INOTIFY_EVENTS);
    if (matched && !(matched & INOTIFY_EVENTS) && !quirk_on(&w->owner->s->d, VQ_40)) {
        return 0;
    }
    return matched;
}

/*
 * IN_EXCL_UNLINK silences the events with a name. VQ-41: the original asks whether the watched
 * directory itself was unlinked; what is meant is the child.
 */
static bool silenced(const struct watch *w, bool child_unlinked)
{
    if (!(w->mask & IN_EXCL_UNLINK)) {
        return false;
    }
    return w->target->unlinked || (child_unlinked && !quirk_on(&w->owner->s->d, VQ_41));
}

static void notify_one(struct watch *w, const char *name, uint32_t events, uint32_t cookie)
{
    uint32_t matched = matching(w, events);
    if (!matched) {
        return;
    }
    struct inotify *in = w->owner;
    inotify_queue(in, w->wd, matched, cookie, name);
    if ((w->mask & IN_ONESHOT) && !quirk_on(&in->s->d, VQ_41)) {
        (void)inotify_watch_remove(in, w->wd);
    }
}

static void notify_all(struct inode *inode, const char *name, bool child_unlinked, uint32_t events,
                       uint32_t cookie)
{
    struct watch *next;
    for (struct watch *w = inode->watches; w && !domain_dead(&inode->s->d); w = next) {
        next = w->next_on_inode;
        if (name[0] == '\0' || !silenced(w, child_unlinked)) {
            notify_one(w, name, events, cookie);
        }
    }
}

void inode_notify_watches(struct inode *inode, const char *name, uint32_t events, uint32_t cookie)
{
    notify_all(inode, name, false, events, cookie);
}

void dirent_notify_watches(struct dirent *d, uint32_t events)
{
    struct sentry *s = d->s;
    if (domain_dead(&s->d) || lock_read(&s->d, &s->rename_mu, "renameMu")) {
        return;
    }
    if (type_is_directory(d->inode->stable.type)) {
        events |= IN_ISDIR;
    }
    if (d->parent) {
        notify_all(d->parent->inode, d->name, d->deleted, events, 0);
    }
    notify_all(d->inode, "", false, events, 0);
    unlock_read(&s->d, &s->rename_mu);
}

void inode_end_watches(struct inode *inode)
{
    if (inode->unlinked) {
        notify_all(inode, "", false, IN_DELETE_SELF, 0);
    }
    while (inode->watches && !domain_dead(&inode->s->d)) {
        struct watch *w = inode->watches;
        struct inotify *in = w->owner;
        assert(w->pins.n == 0); /* a pinned dirent would hold the inode */
        inotify_queue(in, w->wd, IN_IGNORED, 0, "");
        inotify_forget(in, w);
        watch_free(w);
    }
}
