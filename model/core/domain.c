/* A domain's life: fate, clock, random source, log, modelled leaks, close. */
#include "internal.h"

#include <stdio.h>

enum { LOG_FIRST_CAP = 16 };

/* What fate_text points to when there is no memory for a better one; never freed. */
static const char no_memory[] = "out of memory";

void domain_init(struct domain *d, const char *name, enum profile profile)
{
    *d = (struct domain){
        .name = name,
        .now_ns = INT64_C(1534204800) * 1000000000, /* 2018-08-14T00:00:00Z */
        .random_state = UINT64_C(0x20180814e8a4f2e1),
    };
    list_init(&d->ledger);
    list_init(&d->leaks);
    list_init(&d->jobs);
    quirks_init(&d->quirks, profile);
}

static void log_release(struct domain *d)
{
    for (size_t i = 0; i < d->log_n; i++) {
        free(d->log[i].text);
    }
    free(d->log);
    d->log = NULL;
    d->log_n = d->log_cap = 0;
}

size_t domain_close(struct domain *d, void (*report)(void *arg, const char *kind, size_t size),
                    void *arg)
{
    /* A put may queue a job and a job may leak. */
    do {
        jobs_drain(d);
        domain_release_leaks(d);
    } while (!domain_dead(d) && d->jobs_barred == 0 && !list_empty(&d->jobs));

    size_t left = ledger_abandon(d, domain_dead(d) ? NULL : report, arg);
    blocks_release(&d->blocks);
    log_release(d);
    if (d->fate_text != no_memory) {
        free(d->fate_text);
    }
    d->fate_text = NULL;
    list_init(&d->leaks);
    list_init(&d->jobs);
    return left;
}

/* ----------------------------------------------------------------------------------------- fate */

static int domain_meet(struct domain *d, enum fate fate, char *text)
{
    d->fate = fate;
    d->fate_text = text ? text : (char *)no_memory;
    return CODE_FATE;
}

int(domain_panic)(struct domain *d, const char *fmt, ...)
{
    if (domain_dead(d)) {
        return CODE_FATE;
    }
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0) {
        text = NULL;
    }
    va_end(ap);
    return domain_meet(d, FATE_PANIC, text);
}

int domain_hang(struct domain *d, const char *why)
{
    return domain_dead(d) ? CODE_FATE : domain_meet(d, FATE_HANG, strdup(why));
}

int domain_oom(struct domain *d)
{
    return domain_dead(d) ? CODE_FATE : domain_meet(d, FATE_OOM, NULL);
}

int domain_check(struct domain *d)
{
    if (domain_dead(d)) {
        return CODE_FATE;
    }
    d->fate_checks++;
    if (d->fate_checks == d->fate_inject_at) {
        return domain_panic(d, "injected fate");
    }
    return 0;
}

/* ----------------------------------------------------------------------------- clock and random */

int64_t domain_now(struct domain *d)
{
    int64_t now = d->now_ns;
    d->now_ns += 1000;
    return now;
}

/* SplitMix64: any state is a good one, so a seed needs no preparation. */
uint64_t domain_random(struct domain *d)
{
    d->random_state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = d->random_state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ------------------------------------------------------------------------------------------ log */

/* Lines stand outside of the ledger: they outlive a fate and are never somebody's leak. */
static int log_reserve(struct domain *d)
{
    if (d->log_n < d->log_cap) {
        return 0;
    }
    size_t cap = d->log_cap ? d->log_cap * 2 : LOG_FIRST_CAP;
    struct log_line *log = reallocarray(d->log, cap, sizeof(*log));
    if (!log) {
        return domain_oom(d);
    }
    d->log = log;
    d->log_cap = cap;
    return 0;
}

/* Room for a line of `n` bytes, which the caller fills; NULL when the fate is met. */
static char *log_room(struct domain *d, enum log_level level, size_t n)
{
    if (domain_dead(d) || !alloc_allowed(d) || log_reserve(d)) {
        return NULL;
    }
    char *text = malloc(n + 1);
    if (!text) {
        domain_oom(d);
        return NULL;
    }
    d->log[d->log_n++] = (struct log_line){.level = level, .text = text};
    return text;
}

void log_add(struct domain *d, enum log_level level, const char *text)
{
    size_t n = strlen(text);
    char *line = log_room(d, level, n);
    if (line) {
        memcpy(line, text, n + 1);
    }
}

void log_line(struct domain *d, enum log_level level, const char *fmt, ...)
{
    char small[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(small, sizeof(small), fmt, ap);
    va_end(ap);
    if (n < 0) {
        domain_oom(d);
        return;
    }
    char *line = log_room(d, level, (size_t)n);
    if (!line) {
        return;
    }
    if ((size_t)n < sizeof(small)) {
        memcpy(line, small, (size_t)n + 1);
    } else {
        va_start(ap, fmt);
        vsnprintf(line, (size_t)n + 1, fmt, ap);
        va_end(ap);
    }
}

/* ---------------------------------------------------------------------------------------- leaks */

int domain_leak(struct domain *d, enum quirk quirk, void *obj, void (*put)(void *obj))
{
    struct leak *leak = MEM_NEW(d, struct leak);
    if (!leak) {
        return CODE_FATE;
    }
    leak->quirk = quirk;
    leak->obj = obj;
    leak->put = put;
    list_push_back(&d->leaks, &leak->link);
    d->leak_count++;
    return 0;
}

void domain_release_leaks(struct domain *d)
{
    while (!domain_dead(d) && !list_empty(&d->leaks)) {
        struct leak *leak = container_of(d->leaks.next, struct leak, link);
        list_remove(&leak->link);
        leak->put(leak->obj);
        mem_free(leak);
    }
}
