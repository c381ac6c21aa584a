/* Modelled reader-writer words (contract vfs 3). */
#include <simrun/core.h>

#include <assert.h>
#include <stdio.h>

/* There is one task: whatever it waits for, it waits for itself. */
static int lock_self(struct domain *d, const char *name)
{
    char why[128];
    snprintf(why, sizeof(why), "waits for itself: %s", name);
    return domain_hang(d, why);
}

int lock_read(struct domain *d, struct lockword *l, const char *name)
{
    if (domain_dead(d)) {
        return CODE_FATE;
    }
    if (l->writer) {
        return lock_self(d, name);
    }
    l->readers++;
    d->jobs_barred++;
    return 0;
}

int lock_write(struct domain *d, struct lockword *l, const char *name)
{
    if (domain_dead(d)) {
        return CODE_FATE;
    }
    if (l->writer || l->readers > 0) {
        return lock_self(d, name);
    }
    l->writer = true;
    d->jobs_barred++;
    return 0;
}

void unlock_read(struct domain *d, struct lockword *l)
{
    if (domain_dead(d)) {
        return;
    }
    assert(l->readers > 0 && d->jobs_barred > 0);
    l->readers--;
    d->jobs_barred--;
}

void unlock_write(struct domain *d, struct lockword *l)
{
    if (domain_dead(d)) {
        return;
    }
    assert(l->writer && d->jobs_barred > 0);
    l->writer = false;
    d->jobs_barred--;
}
