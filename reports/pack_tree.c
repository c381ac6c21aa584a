#include "pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What an implied node is hashed and stored as. */
static const struct rep_node implied_node = {.size = -1};

void pack_tree_release(struct pack_tree *tree)
{
    free(tree->sorted);
    free(tree->open_entry);
    free(tree->frame);
    free(tree->entry);
    free(tree->dir);
    *tree = (struct pack_tree){0};
}

static unsigned rank(unsigned char c)
{
    return c == '\0' ? 0 : c == '/' ? 1 : (unsigned)c + 1;
}

int rep_path_compare(const char *a, const char *b)
{
    /* "/" is the empty path in front of every other. */
    a += a[0] == '/' && a[1] == '\0';
    b += b[0] == '/' && b[1] == '\0';
    while (*a && *a == *b) {
        a++;
        b++;
    }
    unsigned ra = rank((unsigned char)*a);
    unsigned rb = rank((unsigned char)*b);
    return ra < rb ? -1 : ra > rb;
}

static int compare_nodes(const void *a, const void *b)
{
    const struct rep_node *const *x = a;
    const struct rep_node *const *y = b;
    return rep_path_compare((*x)->path, (*y)->path);
}

bool rep_path_is_good(const char *path)
{
    if (!path || path[0] != '/') {
        return false;
    }
    if (path[1] == '\0') {
        return true;
    }
    const char *name = path + 1;
    for (;;) {
        size_t size = strcspn(name, "/");
        if (size == 0 || (size == 1 && name[0] == '.') ||
            (size == 2 && name[0] == '.' && name[1] == '.')) {
            return false;
        }
        if (name[size] == '\0') {
            return true;
        }
        name += size + 1;
    }
}

static int check_node(struct rep_packer *packer, const struct rep_node *node)
{
    if (!rep_path_is_good(node->path)) {
        return pack_fail(packer, -EINVAL, "the path %.300s in a tree is not clean and absolute",
                         node->path ? node->path : "(none)");
    }
    if (strlen(node->path) > REP_MAX_PATH) {
        return pack_fail(packer, -E2BIG, "the path %.60s... in a tree is longer than %u bytes",
                         node->path, REP_MAX_PATH);
    }
    if (!node->type) {
        return pack_fail(packer, -EINVAL, "the node %.300s has no type", node->path);
    }
    return 0;
}

static int sort_nodes(struct rep_packer *packer, const struct rep_node *nodes, size_t count)
{
    struct pack_tree *tree = &packer->tree;
    const struct rep_node **sorted =
        rep_grow(tree->sorted, &tree->sorted_room, count, sizeof(void *));
    if (!sorted) {
        return pack_fail_memory(packer);
    }
    tree->sorted = sorted;
    tree->sorted_count = 0;
    bool in_order = true;
    for (size_t i = 0; i < count; i++) {
        int code = check_node(packer, &nodes[i]);
        if (code < 0) {
            return code;
        }
        sorted[i] = &nodes[i];
        in_order = in_order && (i == 0 || rep_path_compare(nodes[i - 1].path, nodes[i].path) < 0);
    }
    if (!in_order) {
        qsort(sorted, count, sizeof(void *), compare_nodes);
    }
    for (size_t i = 1; i < count && !in_order; i++) {
        if (rep_path_compare(sorted[i - 1]->path, sorted[i]->path) == 0) {
            return pack_fail(packer, -EINVAL, "the path %.300s stands twice in a tree",
                             sorted[i]->path);
        }
    }
    tree->sorted_count = count;
    return 0;
}

void pack_hash_node(struct rep_buf *bytes, const char *name, size_t name_size,
                    const struct rep_node *node, const struct rep_hash *child)
{
    rep_buf_u64(bytes, name_size);
    rep_buf_add(bytes, name, name_size);
    const char *const fields[] = {node->type,  node->mode,  node->rdev,  node->target, node->fs,
                                  node->flags, node->upper, node->lower, node->error};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        rep_buf_field(bytes, fields[i]);
    }
    rep_buf_u64(bytes, (uint64_t)node->size);
    rep_buf_u64(bytes, node->nlink);
    rep_buf_u64(bytes, (uint64_t)node->uid << 32 | node->gid);
    unsigned char bits =
        (unsigned char)(node->mountpoint | node->overlay << 1 | node->special << 2 |
                        node->readdir << 3 | (child != NULL) << 4 | (node->layers != NULL) << 5);
    rep_buf_add(bytes, &bits, 1);
    if (node->layers) { /* so that directories without keep the hash that version 1 gave them */
        rep_buf_field(bytes, node->layers);
    }
    if (child) {
        rep_buf_add(bytes, child->byte, sizeof child->byte);
    }
}

static void hash_entry(struct rep_buf *bytes, const struct pack_tree *tree,
                       const struct pack_entry *entry)
{
    pack_hash_node(bytes, entry->path + entry->name, entry->name_size,
                   entry->node ? entry->node : &implied_node,
                   entry->child == PACK_NO_DIR ? NULL : &tree->dir[entry->child].hash);
}

/* Closes the innermost directory: its entries move to the kept ones and its hash is known. */
static int close_dir(struct rep_packer *packer, uint32_t *index)
{
    struct pack_tree *tree = &packer->tree;
    size_t first = tree->frame[--tree->frame_count].first;
    size_t count = tree->open_count - first;
    struct pack_entry *entry =
        rep_grow(tree->entry, &tree->entry_room, tree->entry_count + count, sizeof *entry);
    if (!entry) {
        return pack_fail_memory(packer);
    }
    tree->entry = entry;
    struct pack_dir *dir = rep_grow(tree->dir, &tree->dir_room, tree->dir_count + 1, sizeof *dir);
    if (!dir) {
        return pack_fail_memory(packer);
    }
    tree->dir = dir;
    struct pack_dir made = {.first = tree->entry_count, .count = (uint32_t)count};
    rep_buf_clear(&packer->scratch);
    for (size_t i = 0; i < count; i++) {
        const struct pack_entry *from = &tree->open_entry[first + i];
        entry[tree->entry_count + i] = *from;
        hash_entry(&packer->scratch, tree, from);
        made.below += 1 + (from->child == PACK_NO_DIR ? 0 : dir[from->child].below);
    }
    if (packer->scratch.failed) {
        return pack_fail_memory(packer);
    }
    made.hash = rep_hash_of(packer->scratch.data, packer->scratch.size);
    tree->entry_count += count;
    tree->open_count = first;
    *index = (uint32_t)tree->dir_count;
    dir[tree->dir_count++] = made;
    return 0;
}

static int close_to(struct rep_packer *packer, size_t depth)
{
    while (packer->tree.frame_count > depth) {
        uint32_t index = 0;
        int code = close_dir(packer, &index);
        if (code < 0) {
            return code;
        }
        if (packer->tree.open_count > 0) {
            packer->tree.open_entry[packer->tree.open_count - 1].child = index;
        }
    }
    return 0;
}

/* Adds an entry to the directory at `depth`, which is opened below the last entry when it is one
 * deeper. */
static int add_entry(struct rep_packer *packer, size_t depth, struct pack_entry entry)
{
    struct pack_tree *tree = &packer->tree;
    if (tree->frame_count <= depth) {
        struct pack_frame *frame =
            rep_grow(tree->frame, &tree->frame_room, depth + 1, sizeof *frame);
        if (!frame) {
            return pack_fail_memory(packer);
        }
        tree->frame = frame;
        frame[tree->frame_count++].first = tree->open_count;
    }
    struct pack_entry *open =
        rep_grow(tree->open_entry, &tree->open_room, tree->open_count + 1, sizeof *open);
    if (!open) {
        return pack_fail_memory(packer);
    }
    tree->open_entry = open;
    open[tree->open_count++] = entry;
    return 0;
}

/* Components that the last path and this one share, "/" itself counted as one. */
static size_t shared_depth(const char *last, const char *path)
{
    size_t depth = 1;
    if (last[1] == '\0' || path[1] == '\0') {
        return depth;
    }
    size_t i = 1;
    while (last[i] && last[i] == path[i]) {
        depth += last[i] == '/';
        i++;
    }
    bool ends_last = last[i] == '\0' || last[i] == '/';
    bool ends_path = path[i] == '\0' || path[i] == '/';
    return depth + (ends_last && ends_path && i > 1);
}

/* Adds the entries of `path` from component `depth` on; all but the last are implied. */
static int add_path(struct rep_packer *packer, const struct rep_node *node, size_t depth)
{
    const char *name = node->path + 1;
    for (size_t i = 1; i < depth; i++) {
        name += strcspn(name, "/") + 1;
    }
    for (;;) {
        size_t size = strcspn(name, "/");
        bool last = name[size] == '\0';
        packer->tree.path_bytes += (size_t)(name - node->path) + size;
        if (depth > REP_MAX_DEPTH || packer->tree.path_bytes > REP_MAX_PATHS) {
            return pack_fail(
                packer, -E2BIG,
                "a tree of more than %u directories inside one another, or of %u bytes "
                "of paths",
                REP_MAX_DEPTH, REP_MAX_PATHS);
        }
        int code = add_entry(packer, depth,
                             (struct pack_entry){.node = last ? node : NULL,
                                                 .path = node->path,
                                                 .name = (uint32_t)(name - node->path),
                                                 .name_size = (uint32_t)size,
                                                 .child = PACK_NO_DIR});
        if (code < 0 || last) {
            return code;
        }
        name += size + 1;
        depth++;
    }
}

static int build_dirs(struct rep_packer *packer)
{
    struct pack_tree *tree = &packer->tree;
    const struct rep_node *first = tree->sorted[0];
    bool has_root = first->path[1] == '\0';
    const char *last = "/";
    int code = add_entry(packer, 0,
                         (struct pack_entry){.node = has_root ? first : NULL,
                                             .path = "/",
                                             .name = 0,
                                             .name_size = 1,
                                             .child = PACK_NO_DIR});
    for (size_t i = has_root ? 1 : 0; i < tree->sorted_count && code == 0; i++) {
        const struct rep_node *node = tree->sorted[i];
        size_t depth = shared_depth(last, node->path);
        code = close_to(packer, depth + 1);
        if (code == 0) {
            code = add_path(packer, node, depth);
        }
        last = node->path;
    }
    return code < 0 ? code : close_to(packer, 0);
}

int pack_tree_prepare(struct rep_packer *packer, const struct rep_node *nodes, size_t count,
                      struct rep_hash *root)
{
    if (count > REP_MAX_NODES) {
        return pack_fail(packer, -E2BIG, "a tree of %zu nodes passes the bound of %u", count,
                         REP_MAX_NODES);
    }
    packer->tree.open_count = 0;
    packer->tree.frame_count = 0;
    packer->tree.entry_count = 0;
    packer->tree.dir_count = 0;
    packer->tree.path_bytes = 0;
    int code = sort_nodes(packer, nodes, count);
    if (code == 0) {
        code = build_dirs(packer);
    }
    if (code == 0) {
        *root = packer->tree.dir[packer->tree.dir_count - 1].hash;
    }
    return code;
}

/* ---- Packing -----------------------------------------------------------------------------------
 */

static void put_entry(struct rep_packer *packer, const struct pack_entry *entry)
{
    const struct rep_node *node = entry->node ? entry->node : &implied_node;
    struct rep_buf *out = &packer->out;
    const char *const texts[PACK_NODE_TEXTS] = {node->type,  node->mode,  node->rdev,  node->target,
                                                node->fs,    node->flags, node->upper, node->lower,
                                                node->error, node->layers};
    pack_put_bytes(out, entry->path + entry->name, entry->name_size);
    for (size_t i = 0; i < PACK_NODE_TEXTS; i++) {
        pack_put_text(out, texts[i]);
    }
    pack_put(out, node->uid);
    pack_put(out, node->gid);
    pack_put(out, (uint64_t)node->size + 1);
    pack_put(out, node->nlink);
    pack_put(out, (uint64_t)(node->mountpoint | node->overlay << 1 | node->special << 2 |
                             node->readdir << 3));
    pack_put(out, entry->child == PACK_NO_DIR ? PACK_NONE : PACK_HASH);
    if (entry->child != PACK_NO_DIR) {
        pack_put_hash(out, &packer->tree.dir[entry->child].hash);
    }
}

/* Those that were not packed before, each after a mark; children before parents, the root last. */
static void put_dirs(struct rep_packer *packer)
{
    struct pack_tree *tree = &packer->tree;
    for (size_t i = 0; i < tree->dir_count; i++) {
        const struct pack_dir *dir = &tree->dir[i];
        if (i + 1 < tree->dir_count && pack_seen(&packer->dirs, &dir->hash)) {
            continue;
        }
        pack_put(&packer->out, PACK_WHOLE);
        pack_put_hash(&packer->out, &dir->hash);
        pack_put(&packer->out, dir->count);
        pack_put(&packer->out, (uint64_t)dir->below);
        for (size_t j = 0; j < dir->count; j++) {
            put_entry(packer, &tree->entry[dir->first + j]);
        }
    }
    pack_put(&packer->out, PACK_NONE);
}

/* Each path that was not packed before, after the mark that one more follows. */
static void put_paths(struct rep_packer *packer)
{
    struct pack_tree *tree = &packer->tree;
    for (size_t i = 0; i < tree->entry_count; i++) {
        const struct pack_entry *entry = &tree->entry[i];
        size_t size = (size_t)entry->name + entry->name_size;
        struct rep_hash hash = rep_hash_of(entry->path, size);
        if (entry->name <= REP_SEARCH_PATH + 1 && !pack_seen(&packer->paths, &hash)) {
            pack_put(&packer->out, PACK_WHOLE);
            pack_put_bytes(&packer->out, entry->path, size);
        }
    }
    pack_put(&packer->out, PACK_NONE);
}

void pack_tree(struct rep_packer *packer)
{
    const struct rep_hash *root = &packer->tree.dir[packer->tree.dir_count - 1].hash;
    if (pack_seen(&packer->dirs, root)) {
        pack_put(&packer->out, PACK_HASH);
        pack_put_hash(&packer->out, root);
        return;
    }
    pack_put(&packer->out, PACK_WHOLE);
    put_dirs(packer);
    put_paths(packer);
}
