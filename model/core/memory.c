/* Allocation: a header before each payload links it into its domain's ledger. */
#include "internal.h"

#include <assert.h>
#include <stdalign.h>

struct mem_header {
    alignas(16) struct list link; /* in domain.ledger */
    struct domain *d;
    const char *kind;
    size_t size;              /* of the payload; it decides the bin of the block */
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

/* The node is free to hold anything afterwards. */
static inline void ledger_leave(struct mem_header *h)
{
    h->link.prev->next = h->link.next;
    h->link.next->prev = h->link.prev;
    h->d->live--;
    h->d->live_bytes -= h->size;
}

/* A block for a payload of `size` bytes with its header, of any content; it is in no ledger yet. */
static inline struct mem_header *header_new(struct domain *d, size_t size, bool zero)
{
    size_t total;
    if (__builtin_add_overflow(size, sizeof(struct mem_header), &total)) {
        return NULL;
    }
    struct mem_header *h;
    size_t bin = block_bin(total);
    if (!bin) {
        h = zero ? calloc(1, total) : malloc(total);
    } else {
        h = block_get(&d->blocks, bin);
        if (h && zero) {
            memset(h + 1, 0, size);
        }
    }
    if (h) {
        h->d = d;
        h->size = size;
        h->on_free = NULL;
    }
    return h;
}

static inline void header_free(struct mem_header *h)
{
    size_t bin = block_bin(sizeof(*h) + h->size);
    if (bin) {
        block_put(&h->d->blocks, bin, h);
    } else {
        free(h);
    }
}

static inline void mem_destroy(struct mem_header *h)
{
    if (h->on_free) {
        h->on_free(h + 1);
    }
    ledger_leave(h);
    header_free(h);
}

size_t ledger_abandon(struct domain *d, void (*report)(void *arg, const char *kind, size_t size),
                      void *arg)
{
    size_t n = 0;
    while (!list_empty(&d->ledger)) {
        struct mem_header *h = container_of(d->ledger.next, struct mem_header, link);
        /* The analyzer does not follow `h` out of the list, where each is destroyed once. */
        /* NOLINTBEGIN(clang-analyzer-unix.Malloc) */
        if (report) {
            report(arg, h->kind, h->size);
        }
        mem_destroy(h);
        /* NOLINTEND(clang-analyzer-unix.Malloc) */
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

static inline void *enter_new(struct domain *d, size_t size, const char *kind, bool zero)
{
    if (!alloc_allowed(d)) {
        return NULL;
    }
    struct mem_header *h = header_new(d, size, zero);
    if (!h) {
        domain_oom(d);
        return NULL;
    }
    h->kind = kind;
    ledger_enter(h);
    return h + 1;
}

void *mem_new(struct domain *d, size_t size, const char *kind)
{
    return enter_new(d, size, kind, true);
}

/* The same payload in a block that has room for `size` bytes. NULL: memory is out, nothing was
 * touched. */
static struct mem_header *header_resize(struct domain *d, struct mem_header *h, size_t size)
{
    size_t total;
    if (__builtin_add_overflow(size, sizeof(*h), &total)) {
        return NULL;
    }
    size_t bin = block_bin(total);
    if (bin != block_bin(sizeof(*h) + h->size)) {
        struct mem_header *moved = header_new(d, size, false);
        if (moved) {
            memcpy(moved + 1, h + 1, h->size < size ? h->size : size);
            header_free(h);
        }
        return moved;
    }
    if (!bin) {
        h = realloc(h, total);
    }
    if (h) {
        h->size = size;
    }
    return h;
}

void *mem_buffer(struct domain *d, void *p, size_t n, const char *kind)
{
    if (!p) {
        return enter_new(d, n, kind, false);
    }
    if (!alloc_allowed(d)) {
        return NULL;
    }
    struct mem_header *h = header_of(p);
    assert(h->d == d && !h->on_free);
    ledger_leave(h);
    struct mem_header *grown = header_resize(d, h, n);
    if (!grown) {
        ledger_enter(h);
        domain_oom(d);
        return NULL;
    }
    grown->kind = kind;
    ledger_enter(grown);
    return grown + 1;
}

void *mem_resize(struct domain *d, void *p, size_t old_n, size_t n, size_t elem, const char *kind)
{
    size_t size;
    if (__builtin_mul_overflow(n, elem, &size)) {
        domain_oom(d);
        return NULL;
    }
    if (!p) {
        return mem_new(d, size, kind);
    }
    char *grown = mem_buffer(d, p, size, kind);
    if (grown && n > old_n) {
        memset(grown + old_n * elem, 0, (n - old_n) * elem);
    }
    return grown;
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
    char *copy = mem_buffer(d, NULL, n + 1, "text");
    if (copy) {
        memcpy(copy, s, n);
        copy[n] = '\0';
    }
    return copy;
}

/* All of them, terminated, to `to`, if it is not NULL; returns their length. */
static size_t join(char *to, const char *text, va_list more)
{
    size_t n = 0;
    for (; text; text = va_arg(more, const char *)) {
        size_t len = strlen(text);
        if (to) {
            memcpy(to + n, text, len + 1);
        }
        n += len;
    }
    return n;
}

char *mem_join(struct domain *d, const char *first, ...)
{
    va_list ap, again;
    va_start(ap, first);
    va_copy(again, ap);
    size_t n = join(NULL, first, ap);
    char *text = mem_buffer(d, NULL, n + 1, "text");
    if (text) {
        join(text, first, again);
        text[n] = '\0';
    }
    va_end(again);
    va_end(ap);
    return text;
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
