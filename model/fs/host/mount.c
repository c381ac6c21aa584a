/* The file system object, its options and its mounts (contract filesystems 8.1). */
#include "private.h"

/* `priv` of the file system. */
struct host_fs {
    struct host *h;          /* borrowed */
    struct ptrvec whitelist; /* of char *, owned. FQ-50: it outlives its mount */
};

static void list_release(struct ptrvec *list)
{
    for (size_t i = 0; i < list->n; i++) {
        mem_free(list->p[i]);
    }
    ptrvec_release(list);
}

static void fs_release(struct filesystem *fs)
{
    struct host_fs *self = fs->priv;
    list_release(&self->whitelist);
    mem_free(self);
}

static void destroy(struct mount_source *ms)
{
    mem_free(ms->priv);
}

static const struct mount_source_ops source_ops = {.destroy = destroy};

/* ----------------------------------------------------------------------------------------
 * whitelist */

/* Replace the list by the parts of `text` between bars, empty ones too. */
static int list_parse(struct ptrvec *list, const char *text)
{
    struct domain *d = list->d;
    list_release(list);
    ptrvec_init(list, d);
    for (;;) {
        size_t n = strcspn(text, "|");
        char *part = mem_dupn(d, text, n);
        if (!part || ptrvec_push(list, part)) {
            mem_free(part);
            return CODE_FATE;
        }
        if (!text[n]) {
            return 0;
        }
        text += n + 1;
    }
}

static bool climbs(const char *relative)
{
    return strncmp(relative, "..", 2) == 0 && (relative[2] == '\0' || relative[2] == '/');
}

static int refuse_entry(struct domain *d, const char *entry, const char *root, struct error *err)
{
    CLEANUP_MEM char *quoted_entry = go_quote(d, entry);
    CLEANUP_MEM char *quoted_root = quoted_entry ? go_quote(d, root) : NULL;
    if (!quoted_root) {
        return CODE_FATE;
    }
    return error_set(d, err, -EINVAL, "whitelist path %s must be a child of root path %s",
                     quoted_entry, quoted_root);
}

/* Each entry as a path below the new root. FQ-49: one outside of it lands below it all the same. */
static int list_move(struct ptrvec *list, const char *root, struct error *err)
{
    struct domain *d = list->d;
    for (size_t i = 0; i < list->n; i++) {
        CLEANUP_MEM char *relative = NULL;
        int rc = path_relative(d, root, list->p[i], &relative);
        if (rc == CODE_FATE) {
            return rc;
        }
        if (rc || (climbs(relative) && !quirk_on(d, FQ_49))) {
            return refuse_entry(d, list->p[i], root, err);
        }
        char *moved = path_join(d, "/", relative);
        if (!moved) {
            return CODE_FATE;
        }
        mem_free(list->p[i]);
        list->p[i] = moved;
    }
    return 0;
}

/* --------------------------------------------------------------------------------------------
 * mount */

struct parsed {
    struct mount_options options;
    struct host_file *root; /* one reference */
    bool dont_translate;
};

static int parse_whitelist(struct ptrvec *list, struct parsed *p, const char *root,
                           struct error *err)
{
    CLEANUP_MEM char *text = mount_options_take(&p->options, "whitelist");
    int rc = text ? list_parse(list, text) : 0;
    return rc || !root ? rc : list_move(list, root, err);
}

static int parse_bool(struct domain *d, struct parsed *p, struct error *err)
{
    CLEANUP_MEM char *text = mount_options_take(&p->options, "dont_translate_ownership");
    int rc = text ? go_parse_bool(d, text, &p->dont_translate, err) : 0;
    if (!rc || rc == CODE_FATE) {
        return rc;
    }
    return error_wrap(d, err, "invalid value for \"dont_translate_ownership\"");
}

static int open_root(struct sentry *s, struct host *h, const char *path, struct parsed *p,
                     struct error *err)
{
    int rc = host_open_any(s, h, NULL, path, &p->root);
    if (!rc || rc == CODE_FATE) {
        return rc;
    }
    return error_set(&s->d, err, -EINVAL, "failed to find root: %s", code_text(rc));
}

/* In the order of the original: each step may change the list that the file system remembers. */
static int parse(struct sentry *s, struct host_fs *fs, struct ptrvec *list, const char *data,
                 struct parsed *p, struct error *err)
{
    struct domain *d = &s->d;
    int rc = mount_options_parse(d, data, &p->options);
    if (rc) {
        return rc;
    }
    CLEANUP_MEM char *root = mount_options_take(&p->options, "root");
    rc = parse_whitelist(list, p, root, err);
    rc = rc ? rc : open_root(s, fs->h, root ? root : "/", p, err);
    rc = rc ? rc : parse_bool(d, p, err);
    return rc ? rc : mount_options_refuse_rest(&p->options, err);
}

/* Takes over the root file. */
static int new_mount(struct ctx *c, struct filesystem *fs, struct mount_flags flags,
                     struct parsed *p, struct inode **ret, struct error *err)
{
    struct domain *d = &c->s->d;
    struct host_file *root = p->root;
    p->root = NULL;
    struct host_mount *mount = MEM_NEW(d, struct host_mount);
    if (!mount) {
        return CODE_FATE;
    }
    *mount = (struct host_mount){c->creds.euid, c->creds.egid, p->dont_translate};
    struct mount_source *ms;
    int rc = mount_source_new(c->s, &source_ops, fs, flags, mount, &ms);
    if (rc) {
        return rc;
    }
    rc = host_inode_new(ms, root, ret);
    mount_source_put(ms);
    return rc ? error_code(d, err, rc) : 0;
}

static int host_mount(struct ctx *c, struct filesystem *fs, const char *device,
                      struct mount_flags flags, const char *data, struct inode **ret,
                      struct error *err)
{
    (void)device;
    struct host_fs *self = fs->priv;
    struct parsed p = {.options = {.d = &c->s->d}};
    struct ptrvec own; /* strict: the list belongs to this mount */
    ptrvec_init(&own, &c->s->d);
    bool shared = quirk_on(&c->s->d, FQ_50);
    int rc = parse(c->s, self, shared ? &self->whitelist : &own, data, &p, err);
    rc = rc ? rc : new_mount(c, fs, flags, &p, ret, err);
    host_file_put(p.root);
    mount_options_release(&p.options);
    list_release(&own);
    return rc;
}

int fs_host_register(struct sentry *s, struct host *h)
{
    struct host_fs *self = MEM_NEW(&s->d, struct host_fs);
    if (!self) {
        return CODE_FATE;
    }
    self->h = h;
    ptrvec_init(&self->whitelist, &s->d);
    const struct filesystem fs = {
        .name = "whitelistfs",
        .allow_user_list = true,
        .mount = host_mount,
        .release = fs_release,
        .priv = self,
    };
    return filesystem_register(s, &fs);
}

const char *const *fs_host_whitelist(const struct filesystem *fs, size_t *n)
{
    const struct host_fs *self = fs->priv;
    *n = self->whitelist.n;
    return (const char *const *)self->whitelist.p;
}
