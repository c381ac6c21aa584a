/*
 * The tree that a process sees, taken as one would: walk and read directories, depth first
 * (contract pipeline 24).
 */
#include "capture.h"
#include "provenance.h"

#include <inttypes.h>
#include <stdio.h>

struct capture {
    struct ctx *c;
    struct sim_result *r;
    size_t cap;
    unsigned depth;
    struct str path; /* of the node at hand; "" for the root */
};

/* Names that proc has but does not list (FQ-36); asked for in every directory after the listed
 * ones. */
static const char *const unlisted[] = {"net", "self", "thread-self"};

static const char *fs_name(const struct mount_source *ms)
{
    return ms->fs ? ms->fs->name : "";
}

const char *capture_type_name(enum inode_type t)
{
    switch (t) {
    case INODE_REGULAR:
    case INODE_SPECIAL_FILE:
        return "file";
    case INODE_DIRECTORY:
    case INODE_SPECIAL_DIRECTORY:
        return "dir";
    case INODE_SYMLINK:
        return "symlink";
    case INODE_PIPE:
        return "fifo";
    case INODE_SOCKET:
        return "sock";
    case INODE_CHARDEV:
        return "chr";
    case INODE_BLOCKDEV:
        return "blk";
    default:
        return "?";
    }
}

static int new_node(struct capture *cap, bool listed, struct sim_node **ret)
{
    struct sim_result *r = cap->r;
    if (r->n_nodes == LIMIT_CAPTURE_NODES) {
        return -E2BIG;
    }
    if (r->n_nodes == cap->cap) {
        size_t n = cap->cap ? 2 * cap->cap : 256;
        void *v = mem_buffer(r->d, r->nodes, n * sizeof(*r->nodes), "nodes");
        if (!v) {
            return CODE_FATE;
        }
        r->nodes = v;
        cap->cap = n;
    }
    struct sim_node *node = &r->nodes[r->n_nodes];
    *node = (struct sim_node){
        .path = cap->path.n ? sim_result_dupn(r, str_get(&cap->path), cap->path.n) : "/",
        .type = "?",
        .mode = "",
        .size = -1,
        .fs = "",
        .flags = "",
        .readdir = listed,
    };
    if (!node->path) {
        return CODE_FATE;
    }
    r->n_nodes++;
    *ret = node;
    return 0;
}

/* The part of a node that needs no message. */
static int describe_place(struct capture *cap, struct dirent *d, struct sim_node *node)
{
    const struct inode *inode = d->inode;
    const struct stable_attr *stable = &inode->stable;
    node->type = capture_type_name(stable->type);
    node->fs = fs_name(inode->ms);
    node->flags = mount_flags_text(inode->ms->flags);
    node->mountpoint = d->mounted || !d->parent;
    node->special = type_is_special(stable->type);
    if (node->mountpoint) {
        provenance_seen(cap->r, inode->ms->id, node->path);
    }
    if (inode->overlay) {
        const struct overlay_entry *entry = inode->overlay;
        node->overlay = true;
        node->upper = entry->upper ? fs_name(entry->upper->ms) : NULL;
        node->lower = entry->lower ? fs_name(entry->lower->ms) : NULL;
        if (entry->lower && entry->lower->overlay &&
            provenance_layers(cap->r, inode, &node->layers)) {
            return CODE_FATE;
        }
    }
    if (stable->type == INODE_CHARDEV || stable->type == INODE_BLOCKDEV) {
        node->rdev = sim_result_printf(cap->r, "%u:%u", (unsigned)stable->rdev_major,
                                       (unsigned)stable->rdev_minor);
        return node->rdev ? 0 : CODE_FATE;
    }
    return 0;
}

/* Four octal digits, for almost all there are. */
static const char *mode_text(struct sim_result *r, unsigned perms)
{
    if (perms > 07777) {
        return sim_result_printf(r, "%04o", perms);
    }
    const char text[4] = {(char)('0' + (perms >> 9)), (char)('0' + (perms >> 6 & 7)),
                          (char)('0' + (perms >> 3 & 7)), (char)('0' + (perms & 7))};
    return sim_result_dupn(r, text, sizeof(text));
}

static int describe_attr(struct capture *cap, struct dirent *d, struct sim_node *node)
{
    struct unstable_attr a;
    int r = inode_getattr(cap->c, d->inode, &a);
    if (r) {
        return r;
    }
    enum inode_type type = d->inode->stable.type;
    node->mode = mode_text(cap->r, a.perms);
    node->uid = a.uid;
    node->gid = a.gid;
    node->nlink = a.links;
    node->size = type_is_file(type) || type == INODE_SYMLINK ? a.size : -1;
    return node->mode ? 0 : CODE_FATE;
}

static int describe_link(struct capture *cap, struct dirent *d, struct sim_node *node)
{
    CLEANUP_MEM char *target = NULL;
    int r = inode_readlink(cap->c, d->inode, &target);
    if (r) {
        return r;
    }
    node->target = sim_result_dup(cap->r, target);
    return node->target ? 0 : CODE_FATE;
}

static int set_error(struct capture *cap, struct sim_node *node, const char *what, int code)
{
    if (code == CODE_FATE) {
        return code;
    }
    node->error = sim_result_printf(cap->r, "%s: %s", what, code_text(code));
    return node->error ? 0 : CODE_FATE;
}

static int collect_name(void *arg, const char *name, const struct dent_attr *attr)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ? 0 : dent_map_add(arg, name, *attr);
}

static int list_names(struct capture *cap, struct dirent *dir, struct dent_map *names)
{
    struct file *f;
    int r = inode_open(cap->c, dir->inode, dir, (struct open_flags){.read = true}, &f);
    if (r) {
        return r;
    }
    do { /* as a process: until a reading brings nothing */
        struct dir_ctx dc = {.emit = collect_name, .arg = names};
        r = file_readdir(cap->c, f, &dc);
        if (dc.written == 0) {
            break;
        }
    } while (r == 0);
    file_put(f);
    return r;
}

/* The process ids in the root of a proc mount change from one system to the next. */
static bool is_proc_root(const struct dirent *d)
{
    const struct inode *inode = d->inode;
    const struct inode *shown = inode->overlay ? inode->overlay->upper : inode;
    return d->mounted && shown && strcmp(fs_name(shown->ms), "proc") == 0;
}

static bool is_number(const char *name)
{
    return name[strspn(name, "0123456789")] == '\0';
}

static int capture_dirent(struct capture *cap, struct dirent *d, bool listed);

/*
 * One name of a directory. An unlisted one that is not there is no node. `*keep` (NULL: nobody
 * wants it) gets the dirent's reference.
 */
static int capture_here(struct capture *cap, struct dirent *dir, const char *name, bool listed,
                        struct dirent **keep)
{
    struct dirent *child = NULL;
    int r = dirent_walk(cap->c, dir, cap->c->root, name, &child);
    if (r == CODE_FATE) {
        return r;
    }
    if (r) {
        struct sim_node *node;
        int made = listed ? new_node(cap, true, &node) : 0;
        return made || !listed ? made : set_error(cap, node, "lookup", r);
    }
    r = capture_dirent(cap, child, listed);
    if (keep) {
        *keep = child;
    } else {
        dirent_put(child);
    }
    jobs_drain(&cap->c->s->d);
    return r;
}

static int capture_name(struct capture *cap, struct dirent *dir, const char *name, bool listed,
                        struct dirent **keep)
{
    size_t above = cap->path.n;
    str_addc(&cap->path, '/');
    str_add(&cap->path, name);
    int r = domain_dead(cap->r->d) ? CODE_FATE : capture_here(cap, dir, name, listed, keep);
    cap->path.n = above;
    return r;
}

/* A listed name among those is looked up a second time while its first dirent lives, for what that
 * does (PQ-02). */
static int walk_again(struct capture *cap, struct dirent *dir, const char *name)
{
    struct dirent *child;
    int r = dirent_walk(cap->c, dir, cap->c->root, name, &child);
    if (r == 0) {
        dirent_put(child);
        jobs_drain(&cap->c->s->d);
    }
    return r == CODE_FATE ? r : 0;
}

static size_t unlisted_index(const char *name)
{
    size_t i = 0;
    while (i < ARRAY_LEN(unlisted) && strcmp(unlisted[i], name) != 0) {
        i++;
    }
    return i;
}

static int capture_children(struct capture *cap, struct dirent *dir, size_t index)
{
    struct dent_map names;
    dent_map_init(&names, &cap->c->s->d);
    int r = list_names(cap, dir, &names);
    if (r && r != CODE_FATE) {
        r = set_error(cap, &cap->r->nodes[index], "readdir", r);
    }
    struct dirent *again[ARRAY_LEN(unlisted)] = {
        0}; /* listed names that will be looked up once more */
    bool skip_numbers = is_proc_root(dir);
    const size_t n_names = dent_map_settle(&names);
    for (size_t k = 0; k < n_names && r == 0; k++) {
        const char *name = names.v[k].name;
        if (!skip_numbers || !is_number(name)) {
            size_t i = unlisted_index(name);
            r = capture_name(cap, dir, name, true, i < ARRAY_LEN(unlisted) ? &again[i] : NULL);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(unlisted) && r == 0; i++) {
        r = again[i] ? walk_again(cap, dir, unlisted[i])
                     : capture_name(cap, dir, unlisted[i], false, NULL);
    }
    for (size_t i = 0; i < ARRAY_LEN(unlisted); i++) {
        dirent_put(again[i]);
    }
    dent_map_release(&names);
    return r;
}

static int capture_dirent(struct capture *cap, struct dirent *d, bool listed)
{
    struct sim_node *node;
    size_t index = cap->r->n_nodes;
    int r = new_node(cap, listed, &node);
    r = r ? r : describe_place(cap, d, node);
    if (r) {
        return r;
    }
    r = describe_attr(cap, d, node);
    if (r == 0 && d->inode->stable.type == INODE_SYMLINK) {
        r = describe_link(cap, d, node);
    }
    if (r) {
        return set_error(cap, node, "stat", r);
    }
    if (!type_is_directory(d->inode->stable.type)) {
        return 0;
    }
    if (cap->depth == LIMIT_CAPTURE_DEPTH) {
        return -ENAMETOOLONG;
    }
    cap->depth++;
    r = capture_children(cap, d, index);
    cap->depth--;
    return r;
}

static int by_path(const void *a, const void *b)
{
    const struct sim_node *x = a, *y = b;
    return strcmp(x->path, y->path);
}

int capture_tree(struct ctx *c, struct mount_ns *ns, struct sim_result *r)
{
    struct capture cap = {.c = c, .r = r};
    str_init(&cap.path, r->d);
    int code = capture_dirent(&cap, ns->root, true);
    str_release(&cap.path);
    if (code) {
        return code;
    }
    sort_nearly(r->nodes, r->n_nodes, sizeof(*r->nodes), by_path);
    r->has_nodes = true;
    return 0;
}
