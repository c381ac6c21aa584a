/* Any bytes as an mtree manifest: an error with file and line, or entries in order whose tree can
 * be compared; never a fault, and nothing is left. */
#include "mtree.h"

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
        if (e->path[0] != '/' || e->end > m->n_bytes || e->close < e->end ||
            (i > 0 && strcmp(m->sorted[i - 1]->path, m->sorted[i]->path) >= 0)) {
            abort();
        }
    }
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
        mtree_release(&m);
    }
    verdict_release(&v);
    error_release(&err);
    if (domain_close(&d, NULL, NULL)) {
        abort();
    }
    return 0;
}
