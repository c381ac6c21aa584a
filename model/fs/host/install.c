/* A whitelist installed in a namespace: what it names stays, all else can no longer be found
 * (contract filesystems 8.6). */
#include "private.h"

struct followed {
    struct namenode node; /* the link's path, after the struct */
};

struct install {
    struct ctx *c;
    struct mount_ns *ns;
    struct ptrvec work;      /* of char *, owned: paths, growing while they are done */
    struct namemap followed; /* of struct followed, owned: links whose targets were added */
    struct ptrvec *pins;
};

/* Takes over `path`, which may be NULL after a fate. */
static int add_path(struct install *in, char *path)
{
    if (!path) {
        return CODE_FATE;
    }
    int rc = in->work.n < HOST_WHITELIST_MAX ? ptrvec_push(&in->work, path) : -E2BIG;
    if (rc) {
        mem_free(path);
    }
    return rc;
}

static int warn(struct install *in, const char *what, const char *path, int code)
{
    CLEANUP_MEM char *quoted = code == CODE_FATE ? NULL : go_quote(&in->c->s->d, path);
    if (!quoted) {
        return CODE_FATE;
    }
    log_line(&in->c->s->d, LOG_WARNING, "%s failed for %s: %s", what, quoted, code_text(code));
    return 0;
}

static int collect_name(void *arg, const char *name, const struct dent_attr *attr)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ? 0 : dent_map_add(arg, name, *attr);
}

/* Add what stands in the directory. One that cannot be read adds nothing. */
static int add_children(struct install *in, struct dirent *dir, const char *path)
{
    struct dent_map names;
    dent_map_init(&names, &in->c->s->d);
    struct dir_ctx dc = {.emit = collect_name, .arg = &names};
    struct file *f;
    int rc = inode_open(in->c, dir->inode, dir, (struct open_flags){.read = true}, &f);
    if (!rc) {
        rc = file_readdir(in->c, f, &dc);
        file_put(f);
    }
    if (rc && rc != CODE_FATE) {
        rc = 0;
    }
    for (size_t i = 0; i < dent_map_settle(&names) && !rc; i++) {
        rc = add_path(in, path_join(&in->c->s->d, path, names.v[i].name));
    }
    dent_map_release(&names);
    return rc;
}

static int remember_link(struct install *in, const char *path)
{
    size_t n = strlen(path) + 1;
    struct followed *f = mem_new(&in->c->s->d, sizeof(*f) + n, "followed link");
    if (!f) {
        return CODE_FATE;
    }
    f->node.name = memcpy(f + 1, path, n);
    namemap_insert(&in->followed, &f->node);
    return 0;
}

static void forget_links(struct install *in)
{
    for (struct namenode *node; (node = namemap_first(&in->followed));) {
        namemap_remove(&in->followed, node);
        mem_free(container_of(node, struct followed, node));
    }
}

/* Add where the link leads, the first time that it is met. */
static int add_target(struct install *in, struct dirent *link, const char *path)
{
    struct domain *d = &in->c->s->d;
    if (namemap_find(&in->followed, path)) {
        return 0;
    }
    CLEANUP_MEM char *target = NULL;
    int rc = inode_readlink(in->c, link->inode, &target);
    if (rc) {
        return warn(in, "readlink", path, rc);
    }
    rc = remember_link(in, path);
    if (rc) {
        return rc;
    }
    if (target[0] == '/') {
        return add_path(in, mem_dup(d, target));
    }
    CLEANUP_MEM char *dir = NULL;
    CLEANUP_MEM char *file = NULL;
    rc = path_split_last(d, path, &dir, &file);
    return rc ? rc : add_path(in, path_join(d, dir, target));
}

/* One prefix of a path: found and held; the whole path is expanded too. */
static int visit(struct install *in, const char *prefix, bool whole)
{
    struct dirent *d;
    int rc = mount_ns_find_link(in->c, in->ns, in->ns->root, NULL, prefix, LINK_LIMIT_INTERNAL, &d);
    if (rc) {
        return warn(in, "populate", prefix, rc);
    }
    rc = ptrvec_push(in->pins, d);
    if (rc) {
        dirent_put(d);
        return rc;
    }
    enum inode_type type = d->inode->stable.type;
    if (whole && type_is_directory(type)) {
        return add_children(in, d, prefix);
    }
    return whole && type == INODE_SYMLINK ? add_target(in, d, prefix) : 0;
}

static int visit_path(struct install *in, const char *path, struct error *err)
{
    struct domain *d = &in->c->s->d;
    if (path[0] != '/') {
        CLEANUP_MEM char *quoted = go_quote(d, path);
        return quoted ? error_set(d, err, -EINVAL, "path %s is not absolute", quoted) : CODE_FATE;
    }
    size_t n = strlen(path);
    for (size_t i = 1; i <= n; i++) {
        if (i < n && path[i] != '/') {
            continue;
        }
        CLEANUP_MEM char *prefix = mem_dupn(d, path, i);
        int rc = prefix ? visit(in, prefix, i == n) : CODE_FATE;
        if (rc) {
            return rc == -E2BIG ? error_code(d, err, rc) : rc;
        }
    }
    return 0;
}

static void freeze(struct dirent *d)
{
    d->frozen = true;
    for (struct namenode *n = namemap_first(&d->children); n; n = namenode_next(n)) {
        freeze(container_of(n, struct dirent, child_node));
    }
}

/* The list grows while it is worked off. */
static int install(struct install *in, const char *const *paths, size_t n, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        rc = add_path(in, mem_dup(&in->c->s->d, paths[i]));
    }
    for (size_t i = 0; i < in->work.n && !rc; i++) {
        rc = visit_path(in, in->work.p[i], err);
    }
    if (!rc) {
        freeze(in->ns->root);
    }
    return rc;
}

int fs_host_install_whitelist(struct ctx *c, struct mount_ns *ns, const char *const *paths,
                              size_t n, struct ptrvec *pins, struct error *err)
{
    if (n == 0 || (n == 1 && paths[0][0] == '\0')) {
        return 0;
    }
    struct install in = {.c = c, .ns = ns, .pins = pins};
    ptrvec_init(&in.work, &c->s->d);
    int rc = install(&in, paths, n, err);
    for (size_t i = 0; i < in.work.n; i++) {
        mem_free(in.work.p[i]);
    }
    ptrvec_release(&in.work);
    forget_links(&in);
    return rc;
}
