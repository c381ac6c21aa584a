/* An inotify instance: its watches by descriptor, its queue, the records it gives out (contract
 * vfs 23). */
#include "watch.h"

struct inotify_record {
    struct list link;
    int32_t wd;
    uint32_t mask, cookie;
    size_t n;    /* bytes of the name */
    char name[]; /* NUL terminated */
};

/* A name is padded with NULs, at least one, to a multiple of the base size; none takes no room. */
static size_t padded_name(size_t n)
{
    size_t unit = INOTIFY_RECORD_SIZE;
    return n == 0 ? 0 : (n / unit + 1) * unit;
}

static size_t record_size(const struct inotify_record *rec)
{
    return INOTIFY_RECORD_SIZE + padded_name(rec->n);
}

int inotify_new(struct sentry *s, struct inotify **ret)
{
    struct inotify *in = MEM_NEW(&s->d, struct inotify);
    if (!in) {
        return CODE_FATE;
    }
    in->s = s;
    in->id = ++s->last_inotify_id;
    in->next_wd = 1;
    ptrvec_init(&in->watches, &s->d);
    list_init(&in->events);
    *ret = in;
    return 0;
}

static void drop_record(struct inotify *in, struct inotify_record *rec)
{
    list_remove(&rec->link);
    in->n_events--;
    in->pending -= record_size(rec);
    mem_free(rec);
}

static struct inotify_record *oldest(const struct inotify *in)
{
    return container_of(in->events.next, struct inotify_record, link);
}

void inotify_free(struct inotify *in)
{
    if (!in || domain_dead(&in->s->d)) {
        return;
    }
    while (in->watches.n > 0) {
        watch_free(in->watches.p[--in->watches.n]);
    }
    while (!list_empty(&in->events)) {
        drop_record(in, oldest(in));
    }
    ptrvec_release(&in->watches);
    mem_free(in);
}

/* ---------------------------------------------------------------------------------- the watches */

/* Where the descriptor is, or would be, in the ascending list. */
static size_t position(const struct inotify *in, int32_t wd)
{
    size_t from = 0, to = in->watches.n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        const struct watch *w = in->watches.p[mid];
        if (w->wd < wd) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    return from;
}

void inotify_forget(struct inotify *in, const struct watch *w)
{
    size_t at = position(in, w->wd);
    void **p = in->watches.p;
    memmove(p + at, p + at + 1, (--in->watches.n - at) * sizeof(*p));
}

static int watch_new(struct inotify *in, struct dirent *d, uint32_t mask, struct watch **ret)
{
    struct watch *w = MEM_NEW(&in->s->d, struct watch);
    if (!w) {
        return CODE_FATE;
    }
    *w = (struct watch){.owner = in, .target = d->inode, .wd = in->next_wd, .mask = mask};
    ptrvec_init(&w->pins, &in->s->d);
    int r = watch_pin(w, d);
    r = r ? r : ptrvec_push(&in->watches, w);
    if (r) {
        return r;
    }
    in->next_wd++;
    w->next_on_inode = d->inode->watches;
    d->inode->watches = w;
    *ret = w;
    return 0;
}

int inotify_watch_add(struct inotify *in, struct dirent *d, uint32_t mask, int32_t *wd)
{
    int r = domain_check(&in->s->d);
    if (r) {
        return r;
    }
    struct watch *w = watch_find(d->inode, in);
    if (!w) {
        r = watch_new(in, d, mask, &w);
    } else {
        r = watch_pin(w, d);
        w->mask = mask & IN_MASK_ADD ? w->mask | mask : mask;
    }
    if (r == 0) {
        *wd = w->wd;
    }
    return r;
}

int inotify_watch_remove(struct inotify *in, int32_t wd)
{
    int r = domain_check(&in->s->d);
    if (r) {
        return r;
    }
    size_t at = position(in, wd);
    struct watch *w = at < in->watches.n ? in->watches.p[at] : NULL;
    if (!w || w->wd != wd) {
        return -EINVAL;
    }
    inotify_forget(in, w);
    inotify_queue(in, wd, IN_IGNORED, 0, "");
    watch_free(w);
    return 0;
}

/* ------------------------------------------------------------------------------------ the queue */

static bool equals_newest(const struct inotify *in, int32_t wd, uint32_t mask, uint32_t cookie,
                          const char *name)
{
    if (list_empty(&in->events)) {
        return false;
    }
    const struct inotify_record *last = container_of(in->events.prev, struct inotify_record, link);
    return last->wd == wd && last->mask == mask && last->cookie == cookie &&
           strcmp(last->name, name) == 0;
}

void inotify_queue(struct inotify *in, int32_t wd, uint32_t mask, uint32_t cookie, const char *name)
{
    struct domain *d = &in->s->d;
    if (in->n_events >= INOTIFY_QUEUE_LIMIT && !quirk_on(d, VQ_41)) {
        wd = -1;
        mask = IN_Q_OVERFLOW;
        cookie = 0;
        name = "";
    }
    if (equals_newest(in, wd, mask, cookie, name)) {
        return;
    }
    size_t n = strlen(name);
    struct inotify_record *rec = mem_new(d, sizeof(*rec) + n + 1, "inotify record");
    if (!rec) {
        return;
    }
    rec->wd = wd;
    rec->mask = mask;
    rec->cookie = cookie;
    rec->n = n;
    memcpy(rec->name, name, n + 1);
    list_push_back(&in->events, &rec->link);
    in->n_events++;
    in->pending += record_size(rec);
}

static void write_record(const struct inotify_record *rec, char *buf)
{
    uint32_t len = (uint32_t)padded_name(rec->n);
    memcpy(buf, &rec->wd, 4);
    memcpy(buf + 4, &rec->mask, 4);
    memcpy(buf + 8, &rec->cookie, 4);
    memcpy(buf + 12, &len, 4);
    memset(buf + INOTIFY_RECORD_SIZE, 0, len);
    memcpy(buf + INOTIFY_RECORD_SIZE, rec->name, rec->n);
}

int inotify_read(struct inotify *in, char *buf, size_t len, size_t *n)
{
    int r = domain_check(&in->s->d);
    if (r) {
        return r;
    }
    if (len < INOTIFY_RECORD_SIZE) {
        return -EINVAL;
    }
    if (list_empty(&in->events)) {
        return ERR_WOULD_BLOCK;
    }
    size_t used = 0;
    while (!list_empty(&in->events)) {
        struct inotify_record *rec = oldest(in);
        size_t size = record_size(rec);
        if (size > len - used) {
            break;
        }
        write_record(rec, buf + used);
        used += size;
        drop_record(in, rec);
    }
    if (used == 0) {
        return -EINVAL;
    }
    *n = used;
    return 0;
}
