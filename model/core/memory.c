/* Allocation: a header before each payload links it into its domain's ledger. */
#include "internal.h"

#include <assert.h>
#include <stdalign.h>

struct mem_header {
    alignas(16) struct list link; /* in domain.ledger */
    struct domain *d;
    const char *kind;
    size_t size;              /* of the payload */
    void (*on_free)(void *p); /* may be NULL */
};

_Static_assert(sizeof(struct mem_header) % 16 == 0, "payloads are 16-byte aligned");

static struct mem_header *header_of(void *p)
{
    return (struct mem_header *)p - 1;
}

bool alloc_allowed(struct domain *d)
{
    if (domain_dead(d)) {
        return false;
    }
    d->allocs++;
    if (d->allocs == d->alloc_fail_at) {
        domain_oom(d);
        return false;
    }
    return true;
}

static void ledger_enter(struct mem_header *h)
{
    list_push_back(&h->d->ledger, &h->link);
    h->d->live++;
    h->d->live_bytes += h->size;
}

static void ledger_leave(struct mem_header *h)
{
    list_remove(&h->link);
    h->d->live--;
    h->d->live_bytes -= h->size;
}

static void mem_destroy(struct mem_header *h)
{
    if (h->on_free) {
        h->on_free(h + 1);
    }
    ledger_leave(h);
    free(h);
}

size_t ledger_abandon(struct domain *d, void (*report)(void *arg, const char *kind, size_t size),
                      void *arg)
{
    size_t n = 0;
    while (!list_empty(&d->ledger)) {
        struct mem_header *h = container_of(d->ledger.next, struct mem_header, link);
        if (report) {
            report(arg, h->kind, h->size);
        }
        mem_destroy(h);
        n++;
    }
    return n;
}

void mem_on_free(void *p, void (*on_free)(void *p))
{
    header_of(p)->on_free = on_free;
}

void ledger_each(const struct domain *d, void (*on_free)(void *p),
                 void (*each)(void *arg, const void *p), void *arg)
{
    for (struct list *it = d->ledger.next; it != &d->ledger; it = it->next) {
        const struct mem_header *h = container_of(it, struct mem_header, link);
        if (h->on_free == on_free) {
            each(arg, h + 1);
        }
    }
}

void *mem_new(struct domain *d, size_t size, const char *kind)
{
    size_t total;
    if (!alloc_allowed(d)) {
        return NULL;
    }
    struct mem_header *h = NULL;
    if (!__builtin_add_overflow(size, sizeof(*h), &total)) {
        h = calloc(1, total);
    }
    if (!h) {
        domain_oom(d);
        return NULL;
    }
    h->d = d;
    h->kind = kind;
    h->size = size;
    ledger_enter(h);
    return h + 1;
}

void *mem_resize(struct domain *d, void *p, size_t old_n, size_t n, size_t elem, const char *kind)
{
    size_t size, total;
    if (__builtin_mul_overflow(n, elem, &size) ||
        __builtin_add_overflow(size, sizeof(struct mem_header), &total)) {
        domain_oom(d);
        return NULL;
    }
    if (!p) {
        return mem_new(d, size, kind);
    }
    if (!alloc_allowed(d)) {
        return NULL;
    }
    struct mem_header *h = header_of(p);
    assert(h->d == d && !h->on_free);
    ledger_leave(h);
    struct mem_header *grown = realloc(h, total);
    if (!grown) {
        ledger_enter(h);
        domain_oom(d);
        return NULL;
    }
    grown->kind = kind;
    grown->size = size;
    ledger_enter(grown);
    if (n > old_n) {
        memset((char *)(grown + 1) + old_n * elem, 0, (n - old_n) * elem);
    }
    return grown + 1;
}

void mem_free(void *p)
{
    if (!p) {
        return;
    }
    struct mem_header *h = header_of(p);
    if (!domain_dead(h->d)) {
        mem_destroy(h);
    }
}

char *mem_dup(struct domain *d, const char *s)
{
    return mem_dupn(d, s, strlen(s));
}

char *mem_dupn(struct domain *d, const char *s, size_t n)
{
    char *copy = mem_new(d, n + 1, "text");
    if (copy) {
        memcpy(copy, s, n);
    }
    return copy;
}

char *mem_printf(struct domain *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(d, fmt, ap);
    va_end(ap);
    return text;
}

char *mem_vprintf(struct domain *d, const char *fmt, va_list ap)
{
    struct str s;
    str_init(&s, d);
    str_vaddf(&s, fmt, ap);
    return str_take(&s);
}
