/* A growing byte string. */
#include <simrun/core.h>

#include <stdio.h>

enum { STR_FIRST_CAP = 80 };

void str_init(struct str *s, struct domain *d)
{
    *s = (struct str){.d = d};
}

void str_release(struct str *s)
{
    mem_free(s->p);
    str_init(s, s->d);
}

/* Make room for `n` more bytes and a terminator. */
static int str_reserve(struct str *s, size_t n)
{
    size_t need;
    if (__builtin_add_overflow(s->n, n, &need) || __builtin_add_overflow(need, 1, &need)) {
        return domain_oom(s->d);
    }
    if (domain_dead(s->d)) {
        return CODE_FATE;
    }
    if (need <= s->cap) {
        return 0;
    }
    size_t cap = s->cap ? s->cap : STR_FIRST_CAP;
    while (cap < need) {
        if (__builtin_mul_overflow(cap, 2, &cap)) {
            cap = need;
        }
    }
    char *p = mem_buffer(s->d, s->p, cap, "text");
    if (!p) {
        return CODE_FATE;
    }
    s->p = p;
    s->cap = cap;
    return 0;
}

char *str_room(struct str *s, size_t n)
{
    return str_reserve(s, n) ? NULL : s->p + s->n;
}

void str_grow_and_add(struct str *s, const char *bytes, size_t n)
{
    if (!str_reserve(s, n)) {
        str_addn(s, bytes, n);
    }
}

void str_addi(struct str *s, int64_t value)
{
    char digits[24], *end = digits + sizeof(digits), *p = end;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) {
        *--p = '-';
    }
    str_addn(s, p, (size_t)(end - p));
}

void str_addf(struct str *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(s, fmt, ap);
    va_end(ap);
}

void str_vaddf(struct str *s, const char *fmt, va_list ap)
{
    char small[256];
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof(small), fmt, ap);
    if (n < 0) {
        domain_oom(s->d);
    } else if ((size_t)n < sizeof(small)) {
        str_addn(s, small, (size_t)n);
    } else if (!str_reserve(s, (size_t)n)) {
        vsnprintf(s->p + s->n, (size_t)n + 1, fmt, again);
        s->n += (size_t)n;
    }
    va_end(again);
}

char *str_take(struct str *s)
{
    if (str_reserve(s, 0)) {
        return NULL;
    }
    char *p = s->p;
    p[s->n] = '\0';
    str_init(s, s->d);
    return p;
}
