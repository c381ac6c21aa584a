/* Trees against manifests. */
#include "absent.h"
#include "compare.h"
#include "mtree.h"

#include <inttypes.h>
#include <stdio.h>

static uint32_t octal(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 8);
}

static bool device_is(const struct sim_node *n, uint32_t major, uint32_t minor)
{
    char *end;
    return n->rdev && strtoul(n->rdev, &end, 10) == major && *end == ':' &&
           strtoul(end + 1, NULL, 10) == minor;
}

static bool keyword_holds(enum mtree_keyword k, const struct mtree_entry *e,
                          const struct sim_node *n)
{
    switch (k) {
    case MTREE_TYPE:
        return strcmp(e->type, n->type) == 0;
    case MTREE_MODE:
        return *n->mode && e->mode == octal(n->mode);
    case MTREE_UID:
        return e->uid == n->uid;
    case MTREE_GID:
        return e->gid == n->gid;
    case MTREE_SIZE:
        return e->size == n->size;
    case MTREE_NLINK:
        return e->nlink == n->nlink;
    case MTREE_LINK:
        return n->target && strcmp(e->target, n->target) == 0;
    default:
        return device_is(n, e->major, e->minor);
    }
}

unsigned mtree_differs(const struct mtree_entry *e, const struct sim_node *n)
{
    unsigned found = 0;
    unsigned asked = e->has & 1u << MTREE_NOCHANGE ? e->has & 1u << MTREE_TYPE : e->has;
    for (enum mtree_keyword k = MTREE_TYPE; k < MTREE_COMPARED; k++) {
        found |= (asked & 1u << k) && !keyword_holds(k, e, n) ? 1u << k : 0;
    }
    return found;
}

static const char *mtree_type(const char *type)
{
    static const char *const names[][2] = {
        {"symlink", "link"}, {"sock", "socket"}, {"chr", "char"}, {"blk", "block"}};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(type, names[i][0]) == 0) {
            return names[i][1];
        }
    }
    return type;
}

void mtree_escape(struct str *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p <= ' ' || *p >= 0x7f || strchr("#*=?[\\", *p)) {
            str_addf(out, "\\%03o", (unsigned)*p);
        } else {
            str_addc(out, (char)*p);
        }
    }
}

bool mtree_value(struct str *out, enum mtree_keyword k, const struct sim_node *n)
{
    switch (k) {
    case MTREE_TYPE:
        str_add(out, mtree_type(n->type));
        return true;
    case MTREE_MODE:
        str_addf(out, "%04o", octal(n->mode));
        return *n->mode != '\0';
    case MTREE_UID:
    case MTREE_GID:
        str_addf(out, "%" PRIu32, k == MTREE_UID ? n->uid : n->gid);
        return true;
    case MTREE_SIZE:
        str_addf(out, "%" PRId64, n->size);
        return n->size >= 0;
    case MTREE_NLINK:
        str_addf(out, "%" PRIu64, n->nlink);
        return true;
    case MTREE_LINK:
        mtree_escape(out, n->target ? n->target : "");
        return n->target != NULL;
    default:
        str_addf(out, "native,%s", n->rdev ? n->rdev : "");
        for (size_t i = 0; i < out->n; i++) {
            out->p[i] = out->p[i] == ':' ? ',' : out->p[i];
        }
        return n->rdev != NULL;
    }
}

static void add_differences(struct verdict *v, const struct mtree *m, const struct mtree_entry *e,
                            const struct sim_node *n)
{
    unsigned differs = mtree_differs(e, n);
    struct str text, got;
    if (!differs) {
        return;
    }
    str_init(&text, v->d);
    for (enum mtree_keyword k = MTREE_TYPE; k < MTREE_COMPARED; k++) {
        if (!(differs & 1u << k)) {
            continue;
        }
        str_init(&got, v->d);
        bool present = mtree_value(&got, k, n);
        size_t want_n =
            e->value[k].n < LIMIT_DIFFERENCE_VALUE ? e->value[k].n : LIMIT_DIFFERENCE_VALUE;
        str_addf(&text, "%s%s want %.*s got %.*s", text.n ? ", " : "", mtree_keyword_name(k),
                 (int)want_n, m->bytes + e->value[k].at, (int)LIMIT_DIFFERENCE_VALUE,
                 present ? str_get(&got) : "nothing");
        str_release(&got);
    }
    verdict_add(v, "nodes %s: %s (%s:%u)", e->path, str_get(&text), m->file, e->line);
    str_release(&text);
}

static int find_entry(const void *path, const void *entry)
{
    return strcmp(path, (*(struct mtree_entry *const *)entry)->path);
}

static int find_node(const void *path, const void *node)
{
    return strcmp(path, ((const struct sim_node *)node)->path);
}

const struct sim_node *result_node(const struct sim_result *r, const char *path)
{
    return r->n_nodes ? bsearch(path, r->nodes, r->n_nodes, sizeof(*r->nodes), find_node) : NULL;
}

/* Is a directory above ignored, or (of a missing node) optional and missing as well? */
static bool is_excused(const struct mtree *m, const struct sim_result *r, const char *path,
                       enum mtree_keyword by, struct verdict *v)
{
    char *above = mem_dup(v->d, path);
    bool found = false;
    for (char *slash = above ? strrchr(above, '/') : NULL; slash && !found;
         slash = strrchr(above, '/')) {
        slash[slash == above] = '\0';
        struct mtree_entry **e = bsearch(above, m->sorted, m->n, sizeof(void *), find_entry);
        found = e && ((*e)->has & 1u << by) && (by == MTREE_IGNORE || !result_node(r, above));
        if (slash == above) {
            break;
        }
    }
    mem_free(above);
    return found;
}

bool mtree_may_miss(const struct mtree *m, const struct sim_result *r, const struct mtree_entry *e,
                    struct verdict *v)
{
    return (e->has & 1u << MTREE_OPTIONAL) || is_excused(m, r, e->path, MTREE_OPTIONAL, v);
}

static void missing(struct verdict *v, struct absent *a, const struct mtree *m,
                    const struct mtree_entry *e, const struct sim_result *r)
{
    if (!mtree_may_miss(m, r, e, v)) {
        char mode[8];
        (void)snprintf(mode, sizeof(mode), "%04o", (unsigned)e->mode & 07777);
        absent_add(v, a, e->path, e->type ? e->type : "", e->has & 1u << MTREE_MODE ? mode : "",
                   "");
    }
}

bool mtree_wants_line(const struct mtree *m, const struct sim_result *r, const struct sim_node *n,
                      struct verdict *v)
{
    bool unseen = n->error || strcmp(n->path, "/") == 0;
    return !unseen && !is_excused(m, r, n->path, MTREE_IGNORE, v);
}

void compare_mtree(struct verdict *v, const struct mtree *m, const struct sim_result *r)
{
    struct absent gone = {.what = "missing"}, more = {.what = "not expected"};
    size_t i = 0, j = 0;
    if (!r->has_nodes) {
        verdict_add(v, "nodes: %s wants a tree, got none: %s", m->file,
                    sim_outcome_name(r->outcome));
        return;
    }
    while (i < m->n || j < r->n_nodes) {
        int order = i == m->n         ? 1
                    : j == r->n_nodes ? -1
                                      : strcmp(m->sorted[i]->path, r->nodes[j].path);
        if (order < 0) {
            missing(v, &gone, m, m->sorted[i++], r);
        } else if (order > 0) {
            const struct sim_node *n = &r->nodes[j++];
            if (mtree_wants_line(m, r, n, v)) {
                absent_add(v, &more, n->path, n->type, n->mode, n->fs);
            }
        } else {
            add_differences(v, m, m->sorted[i++], &r->nodes[j++]);
        }
    }
    absent_flush(v, &gone);
    absent_flush(v, &more);
}
