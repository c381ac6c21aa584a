#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct rep_node rep_implied_node = {.size = -1};

void rep_tree_writer_free(struct rep_tree_writer *writer)
{
    if (writer) {
        free(writer->sorted);
        free(writer->open_entry);
        free(writer->frame);
        free(writer->entry);
        free(writer->dir);
        free(writer);
    }
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

static int check_node(struct rep_db *db, const struct rep_node *node)
{
    if (!rep_path_is_good(node->path)) {
        return rep_fail(db, -EINVAL, "the path %.300s in a tree is not clean and absolute",
                        node->path ? node->path : "(none)");
    }
    if (strlen(node->path) > REP_MAX_PATH) {
        return rep_fail(db, -E2BIG, "the path %.60s... in a tree is longer than %u bytes",
                        node->path, REP_MAX_PATH);
    }
    if (!node->type) {
        return rep_fail(db, -EINVAL, "the node %.300s has no type", node->path);
    }
    return 0;
}

static int sort_nodes(struct rep_run *run, const struct rep_node *nodes, size_t count)
{
    struct rep_tree_writer *writer = run->tree;
    const struct rep_node **sorted =
        rep_grow(writer->sorted, &writer->sorted_room, count, sizeof(void *));
    if (!sorted) {
        return rep_fail_memory(run->db);
    }
    writer->sorted = sorted;
    writer->sorted_count = 0;
    bool in_order = true;
    for (size_t i = 0; i < count; i++) {
        int code = check_node(run->db, &nodes[i]);
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
            return rep_fail(run->db, -EINVAL, "the path %.300s stands twice in a tree",
                            sorted[i]->path);
        }
    }
    writer->sorted_count = count;
    return 0;
}

void rep_tree_hash_node(struct rep_buf *bytes, const char *name, size_t name_size,
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

static void hash_entry(struct rep_buf *bytes, const struct rep_tree_writer *writer,
                       const struct rep_entry *entry)
{
    rep_tree_hash_node(bytes, entry->name, entry->name_size,
                       entry->node ? entry->node : &rep_implied_node,
                       entry->child == REP_NO_DIR ? NULL : &writer->dir[entry->child].hash);
}

/* Closes the innermost directory: its entries move to the kept ones and its hash is known. */
static int close_dir(struct rep_run *run, uint32_t *index)
{
    struct rep_tree_writer *writer = run->tree;
    size_t first = writer->frame[--writer->frame_count].first;
    size_t count = writer->open_count - first;
    struct rep_entry *entry =
        rep_grow(writer->entry, &writer->entry_room, writer->entry_count + count, sizeof *entry);
    if (!entry) {
        return rep_fail_memory(run->db);
    }
    writer->entry = entry;
    struct rep_closed_dir *dir =
        rep_grow(writer->dir, &writer->dir_room, writer->dir_count + 1, sizeof *dir);
    if (!dir) {
        return rep_fail_memory(run->db);
    }
    writer->dir = dir;
    struct rep_closed_dir made = {.first = writer->entry_count, .count = (uint32_t)count};
    rep_buf_clear(&run->scratch);
    for (size_t i = 0; i < count; i++) {
        const struct rep_entry *from = &writer->open_entry[first + i];
        entry[writer->entry_count + i] = *from;
        hash_entry(&run->scratch, writer, from);
        made.below += 1 + (from->child == REP_NO_DIR ? 0 : dir[from->child].below);
    }
    if (run->scratch.failed) {
        return rep_fail_memory(run->db);
    }
    made.hash = rep_hash_of(run->scratch.data, run->scratch.size);
    writer->entry_count += count;
    writer->open_count = first;
    *index = (uint32_t)writer->dir_count;
    dir[writer->dir_count++] = made;
    return 0;
}

static int close_to(struct rep_run *run, size_t depth)
{
    while (run->tree->frame_count > depth) {
        uint32_t index = 0;
        int code = close_dir(run, &index);
        if (code < 0) {
            return code;
        }
        if (run->tree->open_count > 0) {
            run->tree->open_entry[run->tree->open_count - 1].child = index;
        }
    }
    return 0;
}

/* Adds an entry to the directory at `depth`, which is opened below the last entry when it is one
 * deeper. */
static int add_entry(struct rep_run *run, size_t depth, struct rep_entry entry)
{
    struct rep_tree_writer *writer = run->tree;
    if (writer->frame_count <= depth) {
        struct rep_frame *frame =
            rep_grow(writer->frame, &writer->frame_room, depth + 1, sizeof *frame);
        if (!frame) {
            return rep_fail_memory(run->db);
        }
        writer->frame = frame;
        frame[writer->frame_count++].first = writer->open_count;
    }
    struct rep_entry *open =
        rep_grow(writer->open_entry, &writer->open_room, writer->open_count + 1, sizeof *open);
    if (!open) {
        return rep_fail_memory(run->db);
    }
    writer->open_entry = open;
    open[writer->open_count++] = entry;
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
static int add_path(struct rep_run *run, const struct rep_node *node, size_t depth)
{
    const char *name = node->path + 1;
    for (size_t i = 1; i < depth; i++) {
        name += strcspn(name, "/") + 1;
    }
    for (;;) {
        size_t size = strcspn(name, "/");
        bool last = name[size] == '\0';
        run->tree->path_bytes += (size_t)(name - node->path) + size;
        if (depth > REP_MAX_DEPTH || run->tree->path_bytes > REP_MAX_PATHS) {
            return rep_fail(run->db, -E2BIG,
                            "a tree of more than %u directories inside one another, or of %u bytes "
                            "of paths",
                            REP_MAX_DEPTH, REP_MAX_PATHS);
        }
        int code = add_entry(run, depth,
                             (struct rep_entry){.node = last ? node : NULL,
                                                .name = name,
                                                .name_size = (uint32_t)size,
                                                .child = REP_NO_DIR});
        if (code < 0 || last) {
            return code;
        }
        name += size + 1;
        depth++;
    }
}

static int build_dirs(struct rep_run *run)
{
    struct rep_tree_writer *writer = run->tree;
    const struct rep_node *first = writer->sorted[0];
    bool has_root = first->path[1] == '\0';
    const char *last = "/";
    int code = add_entry(
        run, 0,
        (struct rep_entry){
            .node = has_root ? first : NULL, .name = "/", .name_size = 1, .child = REP_NO_DIR});
    for (size_t i = has_root ? 1 : 0; i < writer->sorted_count && code == 0; i++) {
        const struct rep_node *node = writer->sorted[i];
        size_t depth = shared_depth(last, node->path);
        code = close_to(run, depth + 1);
        if (code == 0) {
            code = add_path(run, node, depth);
        }
        last = node->path;
    }
    return code < 0 ? code : close_to(run, 0);
}

int rep_tree_prepare(struct rep_run *run, const struct rep_node *nodes, size_t count,
                     struct rep_hash *root)
{
    if (count > REP_MAX_NODES) {
        return rep_fail(run->db, -E2BIG, "a tree of %zu nodes passes the bound of %u", count,
                        REP_MAX_NODES);
    }
    if (!run->tree) {
        run->tree = calloc(1, sizeof *run->tree);
        if (!run->tree) {
            return rep_fail_memory(run->db);
        }
    }
    run->tree->open_count = 0;
    run->tree->frame_count = 0;
    run->tree->entry_count = 0;
    run->tree->dir_count = 0;
    run->tree->path_bytes = 0;
    int code = sort_nodes(run, nodes, count);
    if (code == 0) {
        code = build_dirs(run);
    }
    if (code == 0) {
        *root = run->tree->dir[run->tree->dir_count - 1].hash;
    }
    return code;
}
