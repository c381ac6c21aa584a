/* LIFO pools of tags and fids (contract 6.1). */
#include "pool.h"

#include <assert.h>

void pool_init(struct pool *p, struct domain *d, uint32_t start, uint32_t limit)
{
    *p = (struct pool){.d = d, .next = start, .start = start, .limit = limit};
}

void pool_release(struct pool *p)
{
    mem_free(p->returned);
    *p = (struct pool){0};
}

int pool_get(struct pool *p, uint32_t *ret)
{
    if (p->n > 0) {
        *ret = p->returned[--p->n];
        return 0;
    }
    if (p->next == p->limit) {
        return -EAGAIN;
    }
    size_t used = p->next - p->start + 1;
    if (used > p->cap) {
        size_t cap = p->cap ? 2 * p->cap : 16;
        uint32_t *grown = mem_resize(p->d, p->returned, p->cap, cap, sizeof(*grown), "p9 pool");
        if (!grown) {
            return CODE_FATE;
        }
        p->returned = grown;
        p->cap = cap;
    }
    *ret = p->next++;
    return 0;
}

void pool_put(struct pool *p, uint32_t number)
{
    assert(pool_in_use(p) > 0 && number >= p->start && number < p->next); /* P-11 */
    p->returned[p->n++] = number;
}

size_t pool_in_use(const struct pool *p)
{
    return p->next - p->start - p->n;
}
