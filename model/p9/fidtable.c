/* fid -> node of one connection. */
#include "fidtable.h"

enum {
    FIRST_CAP = 32, /* a power of two */
};

void fidtable_init(struct fidtable *t, struct domain *d)
{
    *t = (struct fidtable){.d = d};
}

static size_t home_slot(const struct fidtable *t, uint32_t number)
{
    uint32_t hash = number * 2654435769U;
    return (hash ^ hash >> 16) & (t->cap - 1);
}

/* The slot of `number`, or the free one where it would go. */
static struct fid *probe(const struct fidtable *t, uint32_t number)
{
    size_t i = home_slot(t, number);
    while (t->slots[i].node && t->slots[i].number != number) {
        i = (i + 1) & (t->cap - 1);
    }
    return &t->slots[i];
}

struct fid *fidtable_find(const struct fidtable *t, uint32_t number)
{
    if (t->cap == 0) {
        return NULL;
    }
    struct fid *slot = probe(t, number);
    return slot->node ? slot : NULL;
}

static int grow(struct fidtable *t)
{
    size_t cap = t->cap ? 2 * t->cap : FIRST_CAP;
    struct fid *slots = mem_new(t->d, cap * sizeof(*slots), "fid table");
    if (!slots) {
        return CODE_FATE;
    }
    struct fidtable old = *t;
    t->slots = slots;
    t->cap = cap;
    for (size_t i = 0; i < old.cap; i++) {
        if (old.slots[i].node) {
            *probe(t, old.slots[i].number) = old.slots[i];
        }
    }
    mem_free(old.slots);
    return 0;
}

int fidtable_insert(struct fidtable *t, struct fid fid)
{
    struct fid *slot = fidtable_find(t, fid.number);
    if (slot) {
        struct p9_node *old = slot->node;
        *slot = fid;
        t->replaced++;
        t->inserts++;
        p9_node_put(old);
        return 0;
    }
    int code = t->n == P9_FIDS_MAX ? -EMFILE : 0;
    if (!code && 2 * (t->n + 1) > t->cap) {
        code = grow(t);
    }
    if (code) {
        if (code != CODE_FATE) {
            p9_node_put(fid.node);
        }
        return code;
    }
    *probe(t, fid.number) = fid;
    t->n++;
    t->inserts++;
    return 0;
}

/* Close the gap at `hole`, so that probing needs no marks of deleted slots. */
static void close_gap(struct fidtable *t, size_t hole)
{
    const size_t mask = t->cap - 1;
    for (size_t i = (hole + 1) & mask; t->slots[i].node; i = (i + 1) & mask) {
        size_t home = home_slot(t, t->slots[i].number);
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            t->slots[hole] = t->slots[i];
            hole = i;
        }
    }
    t->slots[hole] = (struct fid){0};
}

bool fidtable_delete(struct fidtable *t, uint32_t number)
{
    struct fid *slot = fidtable_find(t, number);
    if (!slot) {
        return false;
    }
    struct p9_node *node = slot->node;
    close_gap(t, (size_t)(slot - t->slots));
    t->n--;
    t->deletes++;
    p9_node_put(node); /* after the entry is gone: Q-27 */
    return true;
}

void fidtable_clear(struct fidtable *t)
{
    for (size_t i = 0; i < t->cap && !domain_dead(t->d); i++) {
        struct p9_node *node = t->slots[i].node;
        if (node) {
            t->slots[i] = (struct fid){0};
            t->n--;
            t->deletes++;
            p9_node_put(node);
        }
    }
}

void fidtable_release(struct fidtable *t)
{
    fidtable_clear(t);
    mem_free(t->slots);
    t->slots = NULL;
    t->cap = 0;
}
