#include "again.h"

void again_init(struct again *a, struct domain *d)
{
    *a = (struct again){.d = d};
}

void again_release(struct again *a)
{
    mem_free(a->v);
    *a = (struct again){0};
}

int again_push(struct again *a, size_t position)
{
    if (a->first + a->n == a->cap) {
        size_t cap = a->cap ? 2 * a->cap : 64;
        size_t *v = mem_resize(a->d, NULL, 0, cap, sizeof(*v), "cases to run again");
        if (!v) {
            return CODE_FATE;
        }
        if (a->n) {
            memcpy(v, a->v + a->first, a->n * sizeof(*v));
        }
        mem_free(a->v);
        *a = (struct again){a->d, v, 0, a->n, cap};
    }
    a->v[a->first + a->n++] = position;
    return 0;
}

size_t again_take(struct again *a)
{
    size_t position = a->v[a->first++];
    if (--a->n == 0) {
        a->first = 0;
    }
    return position;
}
