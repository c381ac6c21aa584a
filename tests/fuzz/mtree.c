/* Any bytes as an mtree manifest: an error with file and line, or entries in order whose tree can
 * be compared. Rewritten for a tree it says that tree, and rewriting it again changes nothing.
 * Never a fault, and nothing is left. */
#include "update.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct sim_node nodes[] = {
    {.path = "/", .type = "dir", .mode = "0755", .size = -1, .nlink = 2, .fs = "9p"},
    {.path = "/a", .type = "dir", .mode = "0755", .size = -1, .nlink = 2, .fs = "9p"},
    {.path = "/a/b", .type = "file", .mode = "0644", .size = 3, .nlink = 1, .fs = "9p"},
    {.path = "/c",
     .type = "chr",
     .mode = "0666",
     .rdev = "1:3",
     .size = -1,
     .nlink = 1,
     .fs = "9p"},
    {.path = "/l \n", .type = "symlink", .mode = "0777", .target = "x *", .size = 3, .fs = "9p"},
};

static void check(const struct mtree *m)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct mtree_entry *e = &m->entries[i];
        if (e->path[0] != '/' || e->end > m->n_bytes || e->parent > i ||
            (i > 0 && strcmp(m->sorted[i - 1]->path, m->sorted[i]->path) >= 0)) {
            abort();
        }
    }
}

/* A /set of what not every node has cannot be taken back for one line. */
static bool can_be_said(const struct mtree *m)
{
    const unsigned not_all = 1u << MTREE_SIZE | 1u << MTREE_LINK | 1u << MTREE_DEVICE;
    unsigned own = 0;
    for (size_t i = 0; i < m->n; i++) {
        own |= m->entries[i].own;
        if (m->entries[i].has & ~m->entries[i].own & not_all) {
            return false;
        }
    }
    return !(m->keywords & ~own & not_all);
}

static void update(struct domain *d, const struct mtree *m, const struct sim_result *r)
{
    struct str once, twice;
    struct error err = {0};
    struct mtree again;
    struct verdict v;
    str_init(&once, d);
    str_init(&twice, d);
    verdict_init(&v, d);
    if (update_mtree(&once, m, r) || mtree_read(d, "fuzz", str_get(&once), once.n, &again, &err)) {
        abort();
    }
    compare_mtree(&v, &again, r);
    if (update_mtree(&twice, &again, r) || (can_be_said(m) && v.differences.n) ||
        (can_be_said(m) && strcmp(str_get(&once), str_get(&twice)) != 0)) {
        abort();
    }
    mtree_release(&again);
    verdict_release(&v);
    str_release(&once);
    str_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct domain d;
    struct error err = {0};
    struct mtree m;
    struct verdict v;
    struct sim_result r = {.nodes = (struct sim_node *)(uintptr_t)nodes,
                           .n_nodes = ARRAY_LEN(nodes),
                           .has_nodes = true};
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    verdict_init(&v, &d);
    int code = mtree_read(&d, "fuzz", (const char *)data, size, &m, &err);
    if (code && (!err.text || strncmp(err.text, "fuzz:", 5) != 0)) {
        abort(); /* a failure that does not say where */
    }
    if (!code) {
        check(&m);
        compare_mtree(&v, &m, &r);
        update(&d, &m, &r);
        mtree_release(&m);
    }
    verdict_release(&v);
    error_release(&err);
    if (domain_close(&d, NULL, NULL)) {
        abort();
    }
    return 0;
}
