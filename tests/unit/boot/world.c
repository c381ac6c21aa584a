#include "world.h"

#include <stdlib.h>

struct fake_node {
    struct fake_node *all; /* next of everything */
    struct fake_node *parent, *children, *sibling;
    char *name, *target;
    enum inode_type type;
    bool refuses; /* creation */
    bool forgets; /* creation succeeds and leaves nothing */
    uint64_t id;
};

static struct fake_node *node_new(struct world *w, struct fake_node *parent, const char *name,
                                  size_t n, enum inode_type type)
{
    struct fake_node *node = calloc(1, sizeof(*node));
    assert_non_null(node);
    node->name = strndup(name, n);
    node->type = type;
    node->parent = parent;
    node->id = w->nodes ? w->nodes->id + 1 : 1;
    node->all = w->nodes;
    w->nodes = node;
    if (parent) {
        node->sibling = parent->children;
        parent->children = node;
        node->refuses = parent->refuses;
    }
    return node;
}

static struct fake_node *node_child(struct fake_node *dir, const char *name, size_t n)
{
    for (struct fake_node *k = dir->children; k; k = k->sibling) {
        if (strlen(k->name) == n && memcmp(k->name, name, n) == 0) {
            return k;
        }
    }
    return NULL;
}

/* Adds "d:PATH" and the like. */
static void node_add_word(struct world *w, struct fake_node *root, const char *word, size_t n)
{
    if (n == 1) {
        root->type = word[0] == 'F' ? INODE_REGULAR : word[0] == 'S' ? INODE_SOCKET : root->type;
        root->refuses |= word[0] == 'R';
        root->forgets |= word[0] == 'N';
        return;
    }
    const char *end = word + n, *equals = memchr(word, '=', n);
    const char *path_end = word[0] == 'l' ? equals : end;
    struct fake_node *at = root;
    for (const char *p = word + 2; p < path_end;) {
        const char *slash = memchr(p, '/', (size_t)(path_end - p));
        const char *stop = slash ? slash : path_end;
        struct fake_node *next = node_child(at, p, (size_t)(stop - p));
        at = next ? next : node_new(w, at, p, (size_t)(stop - p), INODE_DIRECTORY);
        p = stop + 1;
    }
    if (word[0] == 'f') {
        at->type = INODE_REGULAR;
    } else if (word[0] == 'l') {
        at->type = INODE_SYMLINK;
        at->target = strndup(equals + 1, (size_t)(end - equals - 1));
    }
}

static struct fake_node *node_tree(struct world *w, const char *text)
{
    struct fake_node *root = node_new(w, NULL, "/", 1, INODE_DIRECTORY);
    for (const char *p = text ? text : ""; *p;) {
        size_t n = strcspn(p, " ");
        node_add_word(w, root, p, n);
        p += n + (p[n] == ' ');
    }
    return root;
}

/* ------------------------------------------------------------------------------------ inode
 * operations */

static const struct inode_ops fake_ops;

static int fake_inode(struct mount_source *ms, struct fake_node *node, struct inode **ret)
{
    struct stable_attr stable = {
        .type = node->type, .device_id = WORLD_DEVICE, .inode_id = node->id, .block_size = 4096};
    return inode_new(ms, &fake_ops, node, stable, ret);
}

static int fake_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    (void)c;
    struct fake_node *node = node_child(dir->priv, name, strlen(name));
    struct inode *inode = NULL;
    if (!node) {
        return -ENOENT;
    }
    int r = fake_inode(dir->ms, node, &inode);
    return r ? r : dirent_new(inode, name, ret);
}

static int fake_mkdir(struct ctx *c, struct inode *dir, const char *name, uint16_t perms)
{
    struct world *w = dir->ms->fs->priv;
    struct fake_node *node = dir->priv;
    (void)c, (void)perms;
    if (node->refuses) {
        return ERR_DENIED;
    }
    if (node_child(node, name, strlen(name))) {
        return -EEXIST;
    }
    if (!node->forgets) {
        node_new(w, node, name, strlen(name), INODE_DIRECTORY);
    }
    return 0;
}

static int fake_getattr(struct ctx *c, struct inode *inode, struct unstable_attr *ret)
{
    struct fake_node *node = inode->priv;
    (void)c;
    bool fresh = !node->parent && strcmp(inode->ms->fs->name, "tmpfs") == 0; /* as tmpfs's root */
    uint16_t perms = node->type == INODE_REGULAR ? 0644 : fresh ? 0777 : 0755;
    *ret = (struct unstable_attr){.perms = perms, .links = 1};
    return 0;
}

static int fake_getlink(struct ctx *c, struct inode *inode, struct dirent **ret)
{
    struct fake_node *node = inode->priv;
    (void)c, (void)ret;
    return node->type == INODE_SYMLINK ? CODE_READLINK : -ENOLINK;
}

static int fake_readlink(struct ctx *c, struct inode *inode, char **ret)
{
    struct fake_node *node = inode->priv;
    if (node->type != INODE_SYMLINK) {
        return -ENOLINK;
    }
    char *copy = mem_dup(&c->s->d, node->target);
    if (!copy) {
        return CODE_FATE;
    }
    *ret = copy;
    return 0;
}

static const struct inode_ops fake_ops = {
    .lookup = fake_lookup,
    .mkdir = fake_mkdir,
    .getattr = fake_getattr,
    .getlink = fake_getlink,
    .readlink = fake_readlink,
};

/* ---------------------------------------------------------------------------------------- file
 * systems */

static const char *const FAKES[] = {"9p",    "devpts", "devtmpfs",   "proc",
                                    "sysfs", "tmpfs",  "whitelistfs"};

/* Which tree this mount shows: that of the descriptor or of "root=<number>", else an empty one that
 * is its own. */
static struct fake_node *fake_content(struct world *w, const char *fs, const char *data)
{
    const char *key = strcmp(fs, "9p") == 0 ? "rfdno=" : "root=";
    const char *at = strstr(data, key);
    size_t n = at ? (size_t)strtoul(at + strlen(key), NULL, 10) : WORLD_TREES;
    if (n >= WORLD_TREES) {
        return node_tree(w, strcmp(fs, "tmpfs") == 0 ? NULL : "R");
    }
    if (!w->roots[n]) {
        w->roots[n] = node_tree(w, w->trees[n]);
    }
    return w->roots[n];
}

static void write_down(struct world *w, const char *fs, const char *device,
                       struct mount_flags flags, const char *data)
{
    char *line = NULL;
    assert_true(asprintf(&line, "%s%s %s%s%s %s\n", w->mounts ? w->mounts : "", fs, device,
                         flags.read_only ? " ro" : "", flags.no_atime ? " noatime" : "",
                         data) >= 0);
    free(w->mounts);
    w->mounts = line;
}

static int fake_mount(struct ctx *c, struct filesystem *fs, const char *device,
                      struct mount_flags flags, const char *data, struct inode **ret,
                      struct error *err)
{
    struct world *w = fs->priv;
    struct mount_source *ms = NULL;
    write_down(w, fs->name, device, flags, data);
    if (w->failing && strcmp(fs->name, w->failing) == 0) {
        return error_set(&c->s->d, err, -EIO, "fake failure");
    }
    int r = mount_source_new(c->s, &mount_source_caching, fs, flags, NULL, &ms);
    if (r) {
        return r;
    }
    r = fake_inode(ms, fake_content(w, fs->name, data), ret);
    mount_source_put(ms);
    return r;
}

/* ------------------------------------------------------------------------------------------- the
 * world */

void world_init(struct world *w, enum profile profile)
{
    memset(w, 0, sizeof(*w));
    sentry_init(&w->s, "test", profile);
    w->d = &w->s.d;
    w->c = (struct ctx){.s = &w->s, .creds = creds_root(), .umask = 0022};
    w->conf.file_access = ACCESS_PROXY_EXCLUSIVE;
    boot_record_init(&w->rec, w->d);
}

void world_register(struct world *w)
{
    for (size_t i = 0; i < ARRAY_LEN(FAKES); i++) {
        struct filesystem fs = {.name = FAKES[i], .mount = fake_mount, .priv = w};
        if (w->missing && strcmp(w->missing, FAKES[i]) == 0) {
            continue;
        }
        if (filesystem_register(&w->s, &fs) != 0) {
            assert_true(domain_dead(w->d));
        }
    }
}

void world_run(struct world *w, const struct spec *spec, size_t n_fds)
{
    static const int fds[WORLD_FDS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    assert_true(n_fds <= WORLD_FDS);
    world_register(w);
    w->r = boot_mount_namespace(&w->c, spec, &w->conf, fds, n_fds, &w->rec, &w->ns, &w->err);
}

static void report(void *arg, const char *kind, size_t size)
{
    (void)arg;
    print_error("left in the ledger: %s, %zu bytes\n", kind, size);
}

void world_close(struct world *w)
{
    bool dead = domain_dead(w->d);
    mount_ns_put(w->ns);
    boot_record_release(&w->rec);
    error_release(&w->err);
    size_t left = sentry_close(&w->s, report, NULL);
    while (w->nodes) {
        struct fake_node *node = w->nodes;
        w->nodes = node->all;
        free(node->name);
        free(node->target);
        free(node);
    }
    free(w->mounts);
    if (!dead) {
        assert_int_equal(left, 0);
    }
}

uint64_t world_mount_at(struct world *w, const char *path)
{
    struct dirent *d = NULL;
    int r = mount_ns_find_inode(&w->c, w->ns, w->ns->root, NULL, path, LINK_LIMIT_SYSCALL, &d);
    if (r != 0) {
        return 0;
    }
    struct dirent *root = dirent_mount_root(d);
    uint64_t id = root->inode->ms->id;
    dirent_put(root);
    dirent_put(d);
    return id;
}

bool world_exists(struct world *w, const char *path)
{
    return world_mount_at(w, path) != 0;
}

bool world_host_has(struct world *w, size_t fd, const char *path)
{
    struct fake_node *at = w->roots[fd];
    for (const char *p = path; at && *p;) {
        size_t n = strcspn(p, "/");
        at = node_child(at, p, n);
        p += n + (p[n] == '/');
    }
    return at != NULL;
}

char *log_text(const struct domain *d, size_t from)
{
    char *text = strdup("");
    for (size_t i = from; i < d->log_n; i++) {
        char *longer = NULL;
        if (d->log[i].level == LOG_DEBUG) {
            continue;
        }
        assert_true(asprintf(&longer, "%s%c %s\n", text, (char)d->log[i].level, d->log[i].text) >=
                    0);
        free(text);
        text = longer;
    }
    return text;
}

void expect_log(const struct domain *d, const char *expected)
{
    char *text = log_text(d, 0);
    assert_string_equal(text, expected);
    free(text);
}

void expect_panic(const struct domain *d, const char *text)
{
    assert_int_equal(d->fate, FATE_PANIC);
    assert_string_equal(d->fate_text, text);
}

void expect_error(const struct world *w, int code, const char *text)
{
    assert_string_equal(w->err.text ? w->err.text : "", text);
    assert_int_equal(w->r, code);
    assert_null(w->ns);
}

bool has_rule(const struct boot_provenance *p, const char *row)
{
    for (size_t i = 0; i < p->rules.n; i++) {
        if (strcmp(p->rules.p[i], row) == 0) {
            return true;
        }
    }
    return false;
}

void close_domain(struct domain *d)
{
    bool dead = domain_dead(d);
    size_t left = domain_close(d, report, NULL);
    if (!dead) {
        assert_int_equal(left, 0);
    }
}
