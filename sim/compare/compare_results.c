/* The differences of two results of one case. */
#include <simrun/sim/compare.h>

#include <inttypes.h>

void comparison_init(struct comparison *c, struct domain *d)
{
    *c = (struct comparison){.d = d, .equal = true};
    ptrvec_init(&c->changes, d);
    ptrvec_init(&c->causes, d);
}

void comparison_release(struct comparison *c)
{
    for (size_t i = 0; i < c->changes.n; i++) {
        mem_free(c->changes.p[i]);
    }
    ptrvec_release(&c->changes);
    ptrvec_release(&c->causes);
}

SIMRUN_PRINTF(2, 3) static void change(struct comparison *c, const char *fmt, ...)
{
    c->equal = false;
    if (c->changes.n >= LIMIT_COMPARE_CHANGES) {
        c->more++;
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(c->d, fmt, ap);
    va_end(ap);
    if (text && ptrvec_push(&c->changes, text)) {
        mem_free(text);
    }
}

/* Also what is absent or empty is to be seen. */
static const char *shown(const char *text, const char *absent)
{
    return !text ? absent : *text ? text : "\"\"";
}

static void compare_text(struct comparison *c, const char *what, const char *a, const char *b)
{
    if (strcmp(a ? a : "", b ? b : "") != 0 || !a != !b) {
        change(c, "%s: %s -> %s", what, shown(a, "nothing"), shown(b, "nothing"));
    }
}

static void compare_number(struct comparison *c, const char *what, int64_t a, int64_t b)
{
    if (a != b) {
        change(c, "%s: %" PRId64 " -> %" PRId64, what, a, b);
    }
}

static void compare_lists(struct comparison *c, const char *what, const struct sim_texts *a,
                          const struct sim_texts *b)
{
    size_t n = a->n > b->n ? a->n : b->n;
    for (size_t i = 0; i < n; i++) {
        const char *x = i < a->n ? a->v[i] : NULL, *y = i < b->n ? b->v[i] : NULL;
        if (!x || !y || strcmp(x, y) != 0) {
            change(c, "%s %zu: %s -> %s", what, i + 1, shown(x, "nothing"), shown(y, "nothing"));
        }
    }
}

/* -------------------------------------------------------------------------------------------------
 * nodes */

#define NODE_TEXT(field)                                                                           \
    do {                                                                                           \
        if (strcmp(a->field ? a->field : "", b->field ? b->field : "") != 0 ||                     \
            !a->field != !b->field) {                                                              \
            change(c, "nodes %s: " #field " %s -> %s", a->path, shown(a->field, "absent"),         \
                   shown(b->field, "absent"));                                                     \
        }                                                                                          \
    } while (0)
#define NODE_NUMBER(field)                                                                         \
    do {                                                                                           \
        if (a->field != b->field) {                                                                \
            change(c, "nodes %s: " #field " %" PRId64 " -> %" PRId64, a->path, (int64_t)a->field,  \
                   (int64_t)b->field);                                                             \
        }                                                                                          \
    } while (0)

static void compare_node(struct comparison *c, const struct sim_node *a, const struct sim_node *b)
{
    NODE_TEXT(type);
    NODE_TEXT(mode);
    NODE_NUMBER(uid);
    NODE_NUMBER(gid);
    NODE_NUMBER(size);
    NODE_NUMBER(nlink);
    NODE_TEXT(rdev);
    NODE_TEXT(target);
    NODE_TEXT(fs);
    NODE_TEXT(flags);
    NODE_NUMBER(mountpoint);
    NODE_NUMBER(overlay);
    NODE_NUMBER(special);
    NODE_NUMBER(readdir);
    NODE_TEXT(upper);
    NODE_TEXT(lower);
    NODE_TEXT(error);
}

/* Both are sorted by path. */
static void compare_nodes(struct comparison *c, const struct sim_result *a,
                          const struct sim_result *b)
{
    size_t i = 0, j = 0;
    while (i < a->n_nodes || j < b->n_nodes) {
        int order = i == a->n_nodes   ? 1
                    : j == b->n_nodes ? -1
                                      : strcmp(a->nodes[i].path, b->nodes[j].path);
        if (order < 0) {
            change(c, "nodes %s: gone", a->nodes[i++].path);
        } else if (order > 0) {
            change(c, "nodes %s: new", b->nodes[j++].path);
        } else {
            compare_node(c, &a->nodes[i++], &b->nodes[j++]);
        }
    }
}

/* --------------------------------------------------------------------------------------------------
 * parts */

static void compare_ops(struct comparison *c, const struct sim_result *a,
                        const struct sim_result *b)
{
    size_t n = a->n_ops < b->n_ops ? a->n_ops : b->n_ops;
    compare_number(c, "number of operations done", (int64_t)a->n_ops, (int64_t)b->n_ops);
    for (size_t i = 0; i < n; i++) {
        const char *x = a->ops[i].error, *y = b->ops[i].error;
        compare_text(c, a->ops[i].op, x && *x ? x : "ok", y && *y ? y : "ok");
        compare_text(c, a->ops[i].op, a->ops[i].value, b->ops[i].value);
    }
}

static void compare_restore(struct comparison *c, const struct sim_restore *a,
                            const struct sim_restore *b)
{
    if (!a || !b) {
        compare_text(c, "restore", a ? "present" : NULL, b ? "present" : NULL);
        return;
    }
    compare_text(c, "restore error", a->error, b->error);
    compare_lists(c, "restore log line", &a->log, &b->log);
    compare_number(c, "restore fds_left", a->fds_left, b->fds_left);
    compare_number(c, "restore mounts", (int64_t)a->n_mounts, (int64_t)b->n_mounts);
    size_t n = a->n_mounts < b->n_mounts ? a->n_mounts : b->n_mounts;
    for (size_t i = 0; i < n; i++) {
        compare_text(c, "restore fs", a->mounts[i].fs, b->mounts[i].fs);
        compare_text(c, "restore dev", a->mounts[i].dev, b->mounts[i].dev);
        compare_text(c, "restore flags", a->mounts[i].flags, b->mounts[i].flags);
        compare_text(c, "restore data", a->mounts[i].data, b->mounts[i].data);
    }
}

int compare_results(const struct sim_result *a, const struct sim_result *b, struct comparison *ret)
{
    compare_text(ret, "result", sim_outcome_name(a->outcome), sim_outcome_name(b->outcome));
    compare_text(ret, "error", *a->error ? a->error : NULL, *b->error ? b->error : NULL);
    compare_lists(ret, "log line", &a->log, &b->log);
    compare_number(ret, "fds_left", a->fds_left, b->fds_left);
    compare_ops(ret, a, b);
    compare_nodes(ret, a, b);
    compare_restore(ret, a->restore, b->restore);
    compare_lists(ret, "host_diff line", &a->host_diff, &b->host_diff);
    return domain_dead(ret->d) ? CODE_FATE : 0;
}
