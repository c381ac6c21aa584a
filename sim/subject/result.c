/* A result and the arena of its texts. */
#include <simrun/sim/result.h>

#include <stdio.h>

enum { BLOCK_SIZE = 32 * 1024 };

struct result_block {
    struct result_block *next;
    size_t used, size;
    _Alignas(16) char bytes[];
};

static const char *const outcome_names[OUTCOME_COUNT] = {
    [OUTCOME_OK] = "ok",       [OUTCOME_ERROR] = "error",     [OUTCOME_PANIC] = "panic",
    [OUTCOME_HANG] = "hang",   [OUTCOME_OOM] = "oom",         [OUTCOME_UNSUPPORTED] = "unsupported",
    [OUTCOME_CRASH] = "crash", [OUTCOME_TIMEOUT] = "timeout",
};

const char *sim_outcome_name(enum sim_outcome o)
{
    return outcome_names[o];
}

int sim_outcome_parse(const char *name, enum sim_outcome *ret)
{
    for (size_t i = 0; i < OUTCOME_COUNT; i++) {
        if (strcmp(outcome_names[i], name) == 0) {
            *ret = (enum sim_outcome)i;
            return 0;
        }
    }
    return -EINVAL;
}

const struct sim_mount sim_mount_absent = {
    .destination = "",
    .type = "",
    .source = "",
    .state = "pending",
    .flags = "",
    .data = "",
    .rules = "",
    .ignored = "",
    .created = "",
    .spec_index = -1,
    .shadowed_by = -1,
    .log_first = -1,
    .log_lines = -1,
    .op = -1,
};

struct sim_result *sim_result_new(struct domain *d, const char *name)
{
    struct sim_result *r = MEM_NEW(d, struct sim_result);
    if (!r) {
        return NULL;
    }
    r->d = d;
    r->error = r->command = "";
    r->name = sim_result_dup(r, name);
    return r->name ? r : NULL;
}

void sim_result_free(struct sim_result *r)
{
    if (!r) {
        return;
    }
    mem_free(r->compiled);
    mem_free(r->log.v);
    mem_free(r->nodes);
    mem_free(r->ops);
    if (r->restore) {
        mem_free(r->restore->log.v);
        mem_free(r->restore->mounts);
    }
    mem_free(r->host_diff.v);
    mem_free(r->mounts);
    mem_free(r->findings);
    mem_free(r->asked.v);
    mem_free(r->ledger.v);
    for (struct result_block *b = r->blocks, *next; b;
         b = next) { /* last: `restore` lives in one */
        next = b->next;
        mem_free(b);
    }
    mem_free(r);
}

static void *room(struct sim_result *r, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    if (!r->blocks || r->blocks->size - r->blocks->used < n) {
        size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;
        struct result_block *b = mem_buffer(r->d, NULL, sizeof(*b) + size, "result block");
        if (!b) {
            return NULL;
        }
        b->size = size;
        b->used = 0;
        b->next = r->blocks;
        r->blocks = b;
    }
    void *p = r->blocks->bytes + r->blocks->used;
    r->blocks->used += n;
    return p;
}

void *sim_result_alloc(struct sim_result *r, size_t n)
{
    void *p = room(r, n);
    return p ? memset(p, 0, n) : NULL;
}

const char *sim_result_dup(struct sim_result *r, const char *text)
{
    return sim_result_dupn(r, text, strlen(text));
}

const char *sim_result_dupn(struct sim_result *r, const char *text, size_t n)
{
    char *copy = room(r, n + 1);
    if (copy) {
        memcpy(copy, text, n);
        copy[n] = '\0';
    }
    return copy;
}

const char *sim_result_printf(struct sim_result *r, const char *fmt, ...)
{
    va_list ap;
    struct str s;
    str_init(&s, r->d);
    va_start(ap, fmt);
    str_vaddf(&s, fmt, ap);
    va_end(ap);
    const char *copy = domain_dead(r->d) ? NULL : sim_result_dupn(r, str_get(&s), s.n);
    str_release(&s);
    return copy;
}

/* Room for one more element of an array that grows by doubling. */
static void *grow(struct domain *d, void *v, size_t n, size_t elem, const char *kind)
{
    if (n != 0 && (n & (n - 1)) != 0) {
        return v; /* capacity is the next power of two */
    }
    return mem_resize(d, v, n, n ? 2 * n : 1, elem, kind);
}

int sim_result_add(struct sim_result *r, struct sim_texts *list, const char *text)
{
    const char *copy = sim_result_dup(r, text);
    void *v = copy ? grow(r->d, list->v, list->n, sizeof(*list->v), "result texts") : NULL;
    if (!v) {
        return CODE_FATE;
    }
    list->v = v;
    list->v[list->n++] = copy;
    return 0;
}

int sim_result_add_finding(struct sim_result *r, const char *severity, const char *code,
                           const char *text)
{
    void *v = grow(r->d, r->findings, r->n_findings, sizeof(*r->findings), "findings");
    struct sim_finding f = {sim_result_dup(r, severity), sim_result_dup(r, code),
                            sim_result_dup(r, text)};
    if (!v || !f.severity || !f.code || !f.text) {
        return CODE_FATE;
    }
    r->findings = v;
    r->findings[r->n_findings++] = f;
    return 0;
}

const struct sim_finding *sim_result_warning(const struct sim_result *r)
{
    for (size_t i = 0; i < r->n_findings; i++) {
        if (strcmp(r->findings[i].severity, "warning") == 0) {
            return &r->findings[i];
        }
    }
    return NULL;
}

int sim_result_outcome(struct sim_result *r, enum sim_outcome outcome, const char *error)
{
    const char *copy = sim_result_dup(r, error);
    if (!copy) {
        return CODE_FATE;
    }
    r->outcome = outcome;
    r->error = copy;
    return 0;
}
