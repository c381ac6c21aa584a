/* A growing vector of pointers. */
#include <simrun/core.h>

enum { PTRVEC_FIRST_CAP = 8 };

void ptrvec_init(struct ptrvec *v, struct domain *d)
{
    *v = (struct ptrvec){.d = d};
}

void ptrvec_release(struct ptrvec *v)
{
    mem_free(v->p);
    ptrvec_init(v, v->d);
}

int ptrvec_push(struct ptrvec *v, void *ptr)
{
    if (v->n == v->cap) {
        size_t cap = v->cap ? v->cap * 2 : PTRVEC_FIRST_CAP;
        void **p = mem_resize(v->d, v->p, v->cap, cap, sizeof(*p), "pointers");
        if (!p) {
            return CODE_FATE;
        }
        v->p = p;
        v->cap = cap;
    }
    v->p[v->n++] = ptr;
    return 0;
}
