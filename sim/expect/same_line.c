/* The quick look at an expected line: almost always its text says member by member what the result
 * holds, in the order of result lines. */
#include "compare.h"

/* What stands before an element of a list. */
static bool next(struct cursor *c, bool first)
{
    return first || CURSOR_JOINT(c, ",");
}

static bool texts_are(struct cursor *c, const struct sim_texts *list)
{
    bool same = CURSOR_JOINT(c, "[");
    for (size_t i = 0; same && i < list->n; i++) {
        same = next(c, i == 0) && CURSOR_JOINT(c, "\"") && cursor_text(c, list->v[i]);
    }
    return same && CURSOR_JOINT(c, "]");
}

static bool compiled_are(struct cursor *c, const struct sim_result *r)
{
    bool same = CURSOR_JOINT(c, "[");
    for (size_t i = 0; same && i < r->n_compiled; i++) {
        const struct sim_compiled *m = &r->compiled[i];
        same = next(c, i == 0) && CURSOR_JOINT(c, "{\"destination\":\"") &&
               cursor_text(c, m->destination) && CURSOR_JOINT(c, ",\"type\":\"") &&
               cursor_text(c, m->type) && CURSOR_JOINT(c, ",\"source\":\"") &&
               cursor_text(c, m->source) && CURSOR_JOINT(c, ",\"options\":") &&
               texts_are(c, &m->options) && CURSOR_JOINT(c, "}");
    }
    return same && CURSOR_JOINT(c, "]");
}

/* A value `*`, which stands for any text, is for the close look. */
static bool ops_are(struct cursor *c, const struct sim_result *r)
{
    bool same = CURSOR_JOINT(c, "[");
    for (size_t i = 0; same && i < r->n_ops; i++) {
        const struct sim_op_result *op = &r->ops[i];
        same = next(c, i == 0) && CURSOR_JOINT(c, "{\"op\":") && cursor_value(c, op->op) &&
               CURSOR_JOINT(c, ",\"errno\":\"") && cursor_text(c, op->error) &&
               (!op->value || (CURSOR_JOINT(c, ",\"value\":") && cursor_value(c, op->value))) &&
               CURSOR_JOINT(c, "}");
    }
    return same && CURSOR_JOINT(c, "]");
}

/* The first mount of a file system, by number; n_mounts: none. */
static size_t first_of(const struct sim_restore *r, const struct text_range *fs)
{
    size_t i = 0;
    while (i < r->n_mounts &&
           (strlen(r->mounts[i].fs) != fs->n || memcmp(r->mounts[i].fs, fs->p, fs->n) != 0)) {
        i++;
    }
    return i;
}

/* The mounts of one file system from its first on; *n counts them. */
static bool sources_are(struct cursor *c, const struct sim_restore *r, size_t start, size_t *n)
{
    bool same = CURSOR_JOINT(c, "[");
    for (size_t i = start; same && i < r->n_mounts; i++) {
        const struct sim_restore_mount *m = &r->mounts[i];
        if (strcmp(m->fs, r->mounts[start].fs) == 0) {
            same = next(c, i == start) && CURSOR_JOINT(c, "{\"dev\":\"") &&
                   cursor_text(c, m->dev) && CURSOR_JOINT(c, ",\"flags\":\"") &&
                   cursor_text(c, m->flags) && CURSOR_JOINT(c, ",\"data\":\"") &&
                   cursor_text(c, m->data) && CURSOR_JOINT(c, "}");
            ++*n;
        }
    }
    return same && CURSOR_JOINT(c, "]");
}

/* File systems in any order: result lines have that of the mounts, recorded ones another. One that
 * comes again, or late among very many, is a doubt. */
static bool mount_sources_are(struct cursor *c, const struct sim_restore *r)
{
    uint64_t seen = 0; /* by number of the first mount */
    size_t n = 0;
    bool same = CURSOR_JOINT(c, "{");
    while (same && !cursor_sees(c, '}')) {
        struct text_range fs;
        same = next(c, n == 0) && CURSOR_JOINT(c, "\"") && cursor_any_text(c, &fs.p, &fs.n) &&
               CURSOR_JOINT(c, ":");
        const size_t start = same ? first_of(r, &fs) : r->n_mounts;
        same = start < r->n_mounts && start < 64 && !(seen >> start & 1) &&
               sources_are(c, r, start, &n);
        seen |= same ? UINT64_C(1) << start : 0;
    }
    return same && n == r->n_mounts && CURSOR_JOINT(c, "}");
}

static bool restore_is(struct cursor *c, const struct sim_restore *r)
{
    bool failed = r->error[0] != '\0';
    return CURSOR_JOINT(c, "{") &&
           (!failed || (CURSOR_JOINT(c, "\"error\":\"") && cursor_text(c, r->error) &&
                        CURSOR_JOINT(c, ","))) &&
           CURSOR_JOINT(c, "\"fds_left\":") && cursor_integer(c, r->fds_left) &&
           CURSOR_JOINT(c, ",\"log\":") && texts_are(c, &r->log) &&
           (failed || (CURSOR_JOINT(c, ",\"mount_sources\":") && mount_sources_are(c, r))) &&
           CURSOR_JOINT(c, "}");
}

static bool log_is(struct cursor *c, const struct sim_result *r)
{
    bool has_log = r->outcome == OUTCOME_OK || r->outcome == OUTCOME_ERROR;
    return !has_log || (CURSOR_JOINT(c, ",\"log\":") && texts_are(c, &r->log) &&
                        CURSOR_JOINT(c, ",\"fds_left\":") && cursor_integer(c, r->fds_left));
}

bool line_is_result(struct domain *d, const char *p, size_t n, const struct sim_result *r,
                    struct subtrees *s)
{
    struct cursor at = {p, p + n}, *c = &at;
    return CURSOR_JOINT(c, "{\"id\":\"") && cursor_text(c, r->name) &&
           (!r->has_compiled || (CURSOR_JOINT(c, ",\"compiled\":") && compiled_are(c, r))) &&
           CURSOR_JOINT(c, ",\"result\":\"") && cursor_text(c, sim_outcome_name(r->outcome)) &&
           CURSOR_JOINT(c, ",\"error\":\"") && cursor_text(c, r->error) && log_is(c, r) &&
           (!r->n_ops || (CURSOR_JOINT(c, ",\"ops\":") && ops_are(c, r))) &&
           (!r->has_nodes || (CURSOR_JOINT(c, ",\"nodes\":") && nodes_are(d, c, r, s))) &&
           (!r->restore || (CURSOR_JOINT(c, ",\"restore\":") && restore_is(c, r->restore))) &&
           (!r->host_diff.n ||
            (CURSOR_JOINT(c, ",\"host_diff\":") && texts_are(c, &r->host_diff))) &&
           CURSOR_JOINT(c, "}") && cursor_at_end(c);
}
