/* Which invariants are looked at, which are suspended, and what a violation becomes. */
#include "invariants_impl.h"

#include <stdio.h>

static const struct {
    const char *id, *rows;
} invariants[INVARIANT_COUNT] = {
#define INVARIANT(ident, id, rows) [ident] = {id, rows},
#include "invariants.def"
#undef INVARIANT
};

/* ------------------------------------------------------------------------------------------------
 * suspension */

static bool has_rule(const struct boot_provenance *p, const char *row)
{
    for (size_t i = 0; i < p->rules.n; i++) {
        if (strcmp(p->rules.p[i], row) == 0) {
            return true;
        }
    }
    return false;
}

static bool acted(const struct invariant_input *in, const char *row)
{
    enum quirk q;
    if (quirk_parse(row, &q) == 0) {
        bool of_gofer = row[0] == 'Q' && row[1] == '-';
        bool asked = in->rows->asked[q] ||
                     (of_gofer && (in->gofer_rows ? in->gofer_rows->asked[q] : in->n_fds > 0));
        return asked && in->rows->value[q] != 0;
    }
    bool found = has_rule(&in->rec->root, row);
    for (size_t i = 0; i < in->rec->compiled.n && !found; i++) {
        found = has_rule(&in->rec->mounts[i], row);
    }
    return found;
}

static bool any_acted(const struct invariant_input *in, const char *rows)
{
    while (*rows) {
        char row[16];
        size_t n = strcspn(rows, " ");
        snprintf(row, sizeof(row), "%.*s", (int)n, rows);
        if (acted(in, row)) {
            return true;
        }
        rows += n + strspn(rows + n, " ");
    }
    return false;
}

bool invariant_wanted(struct checker *k, enum invariant which)
{
    if (!k->looked[which]) {
        k->looked[which] = true;
        k->r->checks++;
        k->r->checks_skipped += k->suspended[which];
    }
    return !k->suspended[which] && k->code == 0;
}

/* ------------------------------------------------------------------------------------------------
 * violations */

void invariant_broken(struct checker *k, enum invariant which, const char *fmt, ...)
{
    if (!invariant_wanted(k, which)) {
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(k->r->d, fmt, ap);
    va_end(ap);
    if (!text || sim_result_add_finding(k->r, "error", invariants[which].id, text)) {
        k->code = CODE_FATE; /* a finding of severity error fails the case */
    }
    mem_free(text);
}

/* --------------------------------------------------------------------------------------------------
 * how it ended */

/* A process that waits for another one, which cannot come, is no fault of the model. */
static bool waits_for_another(const struct domain *dead)
{
    return dead->fate == FATE_HANG && strncmp(dead->fate_text, "waits for itself", 16) != 0;
}

/* PI-12, VI-17: a panic or a hang needs a row that allows it. The record does not tell whether the
 * pipeline met it or a process afterwards, so the rows of either do. */
static void check_fate(struct checker *k)
{
    const struct domain *dead = k->in->dead;
    bool excused = dead->fate == FATE_OOM || waits_for_another(dead);
    bool pipeline = invariant_wanted(k, PI_12), process = invariant_wanted(k, VI_17);
    if (!excused && pipeline && process) {
        invariant_broken(k, VI_17, "no row explains this end: %s", dead->fate_text);
    }
}

/* --------------------------------------------------------------------------------------------------
 * the namespace */

static void broken_vfs(void *arg, const char *rule, const char *text)
{
    struct checker *k = arg;
    for (size_t i = 0; i < INVARIANT_COUNT; i++) {
        if (strcmp(invariants[i].id, rule) == 0) {
            invariant_broken(k, (enum invariant)i, "%s", text);
            return;
        }
    }
    k->code = k->code ? k->code : sim_result_add_finding(k->r, "error", rule, text);
}

static void check_namespace(struct checker *k)
{
    static const enum invariant seen[] = {VI_01, VI_02, VI_04, VI_05, VI_06,
                                          VI_07, VI_10, VI_12, VI_18};
    struct mount_ns *ns = k->in->ns;
    for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
        invariant_wanted(k, seen[i]);
    }
    vfs_check_invariants(ns, 0, broken_vfs, k);
    if (ns->frozen.n || ns->detached.n) {
        return; /* what these hold is not counted */
    }
    invariant_wanted(k, VI_03);
    mount_ns_flush(ns);
    jobs_drain(&ns->s->d);
    vfs_check_invariants(ns, VFS_CHECK_FLUSHED, broken_vfs, k);
}

int invariants_check(const struct invariant_input *in, struct sim_result *r)
{
    struct checker k = {.in = in, .r = r};
    if (domain_dead(r->d)) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < INVARIANT_COUNT; i++) {
        k.suspended[i] = any_acted(in, invariants[i].rows);
    }
    if (in->dead) {
        check_fate(&k);
        return k.code;
    }
    invariants_of_pipeline(&k);
    if (in->ns) {
        if (r->has_nodes) {
            invariants_of_places(&k);
            invariants_of_listing(&k);
        }
        check_namespace(&k);
    }
    return k.code;
}
