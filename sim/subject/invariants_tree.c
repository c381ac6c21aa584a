/* What the captured tree shows: mounts in their places (pipeline 22) and listings, link counts and
 * sizes (filesystems 14). */
#include "invariants_impl.h"

enum { LINKS_MAX = 40 };

static const struct sim_node *node_n(const struct sim_result *r, const char *path, size_t n)
{
    size_t low = 0, high = r->n_nodes;
    while (low < high) {
        size_t at = low + (high - low) / 2;
        int order = strncmp(r->nodes[at].path, path, n);
        order = order ? order : (unsigned char)r->nodes[at].path[n];
        if (order == 0) {
            return &r->nodes[at];
        }
        *(order < 0 ? &low : &high) = order < 0 ? at + 1 : at;
    }
    return NULL;
}

const struct sim_node *invariant_node(const struct sim_result *r, const char *path)
{
    return node_n(r, path, strlen(path));
}

static bool is_type(const struct sim_node *node, const char *type)
{
    return strcmp(node->type, type) == 0;
}

static bool is_of(const struct sim_node *node, const char *fs)
{
    return strcmp(node->fs, fs) == 0 || (node->upper && strcmp(node->upper, fs) == 0);
}

/* The path of a node without its last part. */
static size_t parent_length(const char *path)
{
    size_t n = (size_t)(strrchr(path, '/') - path);
    return n ? n : 1;
}

static const char *name_of(const struct sim_node *node)
{
    return strrchr(node->path, '/') + 1;
}

/* --------------------------------------------------------------------------------------------------
 * paths on the captured tree */

/* One part of a path after `at`: a new path in `out`. */
static const struct sim_node *step(struct checker *k, const struct sim_node *at, const char *part,
                                   size_t n)
{
    if (n == 0 || (n == 1 && part[0] == '.')) {
        return at;
    }
    if (n == 2 && part[0] == '.' && part[1] == '.') {
        return node_n(k->r, at->path, parent_length(at->path));
    }
    CLEANUP_MEM char *path =
        mem_printf(k->r->d, "%s/%.*s", at->path[1] ? at->path : "", (int)n, part);
    if (!path) {
        k->code = CODE_FATE;
        return NULL;
    }
    return invariant_node(k->r, path);
}

static const struct sim_node *resolve(struct checker *k, const struct sim_node *at,
                                      const char *path, struct invariant_way *way)
{
    if (path[0] == '/') {
        at = invariant_node(k->r, "/");
    }
    while (at && *path) {
        size_t n = strcspn(path, "/");
        const struct sim_node *next = step(k, at, path, n);
        way->last = next ? next : way->last;
        if (next && next->target) {
            next = way->links++ < LINKS_MAX ? resolve(k, at, next->target, way) : NULL;
        }
        at = next;
        path += n + (path[n] == '/');
    }
    return at;
}

const struct sim_node *invariant_resolve(struct checker *k, const char *path,
                                         struct invariant_way *way)
{
    const struct sim_node *root = invariant_node(k->r, "/");
    *way = (struct invariant_way){.last = root};
    return root ? resolve(k, root, path, way) : NULL;
}

/* ------------------------------------------------------------------------------------------------
 * mounts */

/*
 * PI-07: the raw destination of a mount in sight leads to a mount. One with dots or links may have
 * hidden the way to itself; processes are not captured.
 */
static void check_leads_to_mount(struct checker *k, size_t i)
{
    const char *raw = k->in->rec->compiled.v[i].m.destination;
    bool hidden = k->r->mounts && k->r->mounts[i + 1].shadowed_by >= 0;
    if (k->in->rec->mounts[i].mount_id == 0 || hidden) {
        return;
    }
    struct invariant_way way;
    const struct sim_node *node = invariant_resolve(k, raw, &way);
    bool lost = !node && (way.links || strstr(raw, "..") || is_of(way.last, "proc"));
    if (k->code == 0 && !lost && (!node || !node->mountpoint)) {
        invariant_broken(k, PI_07, "%s leads to %s", raw, node ? node->path : "nothing");
    }
}

/* Was something mounted by a relative destination, or through a link? What it covers has no stub in
 * it, for those go by the text of destinations (pipeline 13). */
static bool any_by_another_name(struct checker *k)
{
    const struct boot_record *rec = k->in->rec;
    for (size_t i = 0; i < rec->compiled.n; i++) {
        const char *raw = rec->compiled.v[i].m.destination;
        struct invariant_way way;
        if (rec->mounts[i].mount_id == 0) {
            continue;
        }
        (void)invariant_resolve(k, raw, &way);
        if (raw[0] != '/' || way.links) {
            return true;
        }
    }
    return false;
}

/*
 * May a destination end here? Behind a link, and at what is no plain directory: a special one of a
 * layer hides the stubs below it (vfs 20).
 */
static bool may_end_at(struct checker *k, const struct invariant_way *way)
{
    return way->links || !is_type(way->last, "dir") || way->last->special ||
           (way->last->mountpoint && any_by_another_name(k));
}

/* PI-09: a destination is there, unless something stands in the way. */
static void check_exists(struct checker *k, const char *raw)
{
    CLEANUP_MEM char *clean = path_clean(k->r->d, raw);
    if (!clean) {
        k->code = CODE_FATE;
        return;
    }
    if (clean[0] != '/') {
        return;
    }
    struct invariant_way way;
    const struct sim_node *node = invariant_resolve(k, clean, &way);
    bool there = node && (is_type(node, "dir") || node->mountpoint);
    if (k->code == 0 && !there && !may_end_at(k, &way)) {
        invariant_broken(k, PI_09, "%s is not there", clean);
    }
}

void invariants_of_places(struct checker *k)
{
    const struct boot_mounts *list = &k->in->rec->compiled;
    if (k->in->c->n_ops) {
        return; /* a process may have moved or removed anything since */
    }
    bool leads = invariant_wanted(k, PI_07), exists = invariant_wanted(k, PI_09);
    for (size_t i = 0; i < list->n && k->code == 0; i++) {
        if (leads) {
            check_leads_to_mount(k, i);
        }
        if (exists && list->v[i].spec_index >= 0) {
            check_exists(k, list->v[i].m.destination);
        }
    }
}

/* ------------------------------------------------------------------------------------------------
 * listings */

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Host sockets and devices without a driver are listed only (FQ-51, FQ-74), so are some lower nodes
 * of an overlay (VQ-28) and, where FQ-12 is off, names that are too long. Other nodes were found,
 * if they could not be described. */
static bool is_allowed_refusal(const char *error)
{
    static const char *const allowed[] = {"lookup: bad file descriptor", "lookup: invalid argument",
                                          "lookup: file name too long"};
    return strncmp(error, "lookup: ", 8) != 0 || is_one_of(error, allowed, ARRAY_LEN(allowed));
}

/* FI-02: names stand once, under their directory, and are found. */
static void check_names(struct checker *k)
{
    const struct sim_result *r = k->r;
    for (size_t i = 0; i < r->n_nodes && invariant_wanted(k, FI_02); i++) {
        const struct sim_node *node = &r->nodes[i];
        const struct sim_node *up = node_n(r, node->path, parent_length(node->path));
        if (i > 0 && strcmp(r->nodes[i - 1].path, node->path) >= 0) {
            invariant_broken(k, FI_02, "%s stands twice", node->path);
        }
        if (i > 0 && (!up || !is_type(up, "dir") || !name_is_safe(name_of(node)))) {
            invariant_broken(k, FI_02, "%s stands in no directory", node->path);
        }
        if (node->error && !is_allowed_refusal(node->error)) {
            invariant_broken(k, FI_02, "%s is listed and not found", node->path);
        }
    }
}

/* FI-03: nothing but proc keeps names to itself (FQ-36). */
static void check_unlisted(struct checker *k, const struct sim_node *node)
{
    if (!node->readdir && strcmp(node->fs, "proc") != 0 &&
        !(node->upper && strcmp(node->upper, "proc") == 0)) {
        invariant_broken(k, FI_03, "%s is found and not listed", node->path);
    }
}

/* FI-06: the size of a link in memory is that of its target. */
static void check_size(struct checker *k, const struct sim_node *node)
{
    static const char *const in_memory[] = {"tmpfs", "devtmpfs", "sysfs"};
    if (node->target && node->size != (int64_t)strlen(node->target) &&
        is_one_of(node->fs, in_memory, ARRAY_LEN(in_memory))) {
        invariant_broken(k, FI_06, "%s has size %lld", node->path, (long long)node->size);
    }
}

/* What the entries of a directory say about it. */
struct entries {
    uint32_t subdirs;
    bool covered; /* a mount hides what is counted, or an entry could not be seen */
};

static size_t index_of(const struct sim_result *r, const struct sim_node *node)
{
    return (size_t)(node - r->nodes);
}

/* FI-05: a directory of a tmpfs counts its dot, its name if it has one, and its subdirectories. */
static void check_links(struct checker *k)
{
    struct sim_result *r = k->r;
    if (!invariant_wanted(k, FI_05)) {
        return;
    }
    struct entries *seen = mem_resize(r->d, NULL, 0, r->n_nodes + 1, sizeof(*seen), "link counts");
    for (size_t i = 0; i < r->n_nodes && seen; i++) {
        const struct sim_node *node = &r->nodes[i];
        const struct sim_node *up = node_n(r, node->path, parent_length(node->path));
        if (up && up != node) {
            struct entries *e = &seen[index_of(r, up)];
            e->subdirs += is_type(node, "dir");
            e->covered |= node->mountpoint || node->error;
        }
    }
    for (size_t i = 0; i < r->n_nodes && seen; i++) {
        const struct sim_node *dir = &r->nodes[i];
        uint64_t want = 1 + seen[i].subdirs + !dir->mountpoint;
        if (is_type(dir, "dir") && strcmp(dir->fs, "tmpfs") == 0 && !dir->error &&
            !seen[i].covered && dir->nlink != want) {
            invariant_broken(k, FI_05, "%s has %llu links, not %llu", dir->path,
                             (unsigned long long)dir->nlink, (unsigned long long)want);
        }
    }
    k->code = seen ? k->code : CODE_FATE;
    mem_free(seen);
}

/* ------------------------------------------------------------------------------------------------
 * fixed trees */

/* The names that a filesystem can have in its root. */
static const struct fixed_tree {
    const char *fs;
    const char *names[24];
    bool numbers;
} fixed_trees[] = {
    {.fs = "devtmpfs",
     .names = {"fd", "stdin", "stdout", "stderr", "null", "zero", "full", "random", "urandom",
               "shm", "pts", "ptmx", "binder", "hwbinder", "vndbinder", "ashmem"}},
    {.fs = "devpts", .names = {"ptmx"}, .numbers = true},
    {.fs = "sysfs",
     .names = {"block", "bus", "class", "dev", "devices", "firmware", "fs", "kernel", "module",
               "power"}},
    {.fs = "proc",
     .names = {"cpuinfo", "filesystems", "loadavg", "meminfo", "mounts", "net", "self", "stat",
               "sys", "thread-self", "uptime", "version"},
     .numbers = true},
};

static bool may_stand_in(const struct fixed_tree *tree, const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(tree->names) && tree->names[i]; i++) {
        if (strcmp(tree->names[i], name) == 0) {
            return true;
        }
    }
    return tree->numbers && name[strspn(name, "0123456789")] == '\0';
}

/* FI-11: what stands in the root of a fixed filesystem was there from the start. */
static void check_fixed(struct checker *k, const struct sim_node *node)
{
    const struct sim_node *dir = node_n(k->r, node->path, parent_length(node->path));
    for (size_t i = 0; i < ARRAY_LEN(fixed_trees); i++) {
        const struct fixed_tree *tree = &fixed_trees[i];
        if (dir && dir != node && dir->mountpoint && !node->mountpoint && is_of(dir, tree->fs) &&
            is_of(node, tree->fs) && !may_stand_in(tree, name_of(node))) {
            invariant_broken(k, FI_11, "%s is new in %s", node->path, tree->fs);
        }
    }
}

static bool makes_names(enum op_kind kind)
{
    return kind == OP_LINK || kind == OP_RENAME;
}

static bool any_op(const struct sim_case *c, bool (*test)(enum op_kind))
{
    for (size_t i = 0; i < c->n_ops; i++) {
        if (test(c->ops[i].kind)) {
            return true;
        }
    }
    return false;
}

/* FI-10, as far as one case shows it: every failure has the name of an errno, and no value. */
static void check_operations(struct checker *k)
{
    for (size_t i = 0; i < k->r->n_ops && invariant_wanted(k, FI_10); i++) {
        const struct sim_op_result *op = &k->r->ops[i];
        if (strcmp(op->error, "EUNKNOWN") == 0 || (op->error[0] && op->value)) {
            invariant_broken(k, FI_10, "%s gives %s", op->op, op->error);
        }
    }
}

void invariants_of_listing(struct checker *k)
{
    bool unlisted = invariant_wanted(k, FI_03), sizes = invariant_wanted(k, FI_06);
    bool fixed = !any_op(k->in->c, makes_names) && invariant_wanted(k, FI_11);
    check_operations(k);
    check_names(k);
    check_links(k);
    for (size_t i = 0; i < k->r->n_nodes && k->code == 0; i++) {
        const struct sim_node *node = &k->r->nodes[i];
        if (unlisted) {
            check_unlisted(k, node);
        }
        if (sizes) {
            check_size(k, node);
        }
        if (fixed) {
            check_fixed(k, node);
        }
    }
}
