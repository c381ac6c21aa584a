/* mountSubmount: one entry of the compiled list (contract pipeline 11). */
#include "boot_internal.h"

const char *const mount_tmpfs_options[] = {"mode", "uid", "gid", NULL};

/* The type table (11.1). A bind becomes another filesystem with direct access. */
static const struct {
    const char *type, *fs;
} TYPES[] = {
    {"bind", "9p"},   {"devpts", "devpts"}, {"devtmpfs", "devtmpfs"}, {"none", "sysfs"}, /* PQ-12 */
    {"proc", "proc"}, {"sysfs", "sysfs"},   {"tmpfs", "tmpfs"},
};

const char *mount_type_fs(const char *type)
{
    for (size_t i = 0; i < ARRAY_LEN(TYPES); i++) {
        if (strcmp(type, TYPES[i].type) == 0) {
            return TYPES[i].fs;
        }
    }
    return NULL;
}

bool mount_is_bind(const struct spec_mount *m)
{
    return strcmp(m->type, "bind") == 0;
}

char *mount_9p_data(struct domain *d, const struct config *conf, int fd)
{
    return mem_printf(d, "trans=fd,rfdno=%d,wfdno=%d,privateunixsocket=true%s", fd, fd,
                      conf->file_access == ACCESS_PROXY ? ",cache=remote_revalidating" : "");
}

char *mount_direct_data(struct domain *d, const char *root)
{
    return mem_join(d, "root=", root, ",dont_translate_ownership=true", NULL);
}

char *mount_device(struct domain *d, const struct spec_mount *m)
{
    return mount_is_bind(m) ? mem_join(d, "9pfs-", m->destination, NULL) : mem_dup(d, "none");
}

char *mount_direct_source(struct domain *d, const struct config *conf, const char *source)
{
    bool relative = source[0] != '/';
    if (!relative || !conf->bundle || quirk_on(d, PQ_05)) {
        return mem_dup(d, source);
    }
    return path_abs(d, conf->bundle, source);
}

int mount_find_filesystem(struct ctx *c, const char *name, struct filesystem **ret,
                          struct error *err)
{
    struct domain *d = &c->s->d;
    struct filesystem *fs = filesystem_find(c->s, name);
    if (fs) {
        *ret = fs;
        return 0;
    }
    CLEANUP_MEM char *q = go_quote(d, name);
    if (!q) {
        return CODE_FATE;
    }
    return quirk_on(d, PP_02) ? domain_panic(d, "could not find filesystem %s", q)
                              : error_set(d, err, -ENODEV, "could not find filesystem %s", q);
}

/* -------------------------------------------------------------------------------------------- type
 * table */

static int choose_bind(struct domain *d, const struct config *conf, const struct spec_mount *m,
                       struct fd_list *fds, struct mount_choice *ch, struct error *err)
{
    if (conf->file_access == ACCESS_PROXY || conf->file_access == ACCESS_PROXY_EXCLUSIVE) {
        int r = fd_list_take(d, fds, &ch->fd, err);
        if (r != 0) {
            return fail_q(d, err, r, "failed to create mount with source ", m->source);
        }
        ch->fs = "9p";
        ch->data = mount_9p_data(d, conf, ch->fd);
    } else if (conf->file_access == ACCESS_DIRECT) {
        CLEANUP_MEM char *source = mount_direct_source(d, conf, m->source);
        ch->fs = "whitelistfs";
        ch->data = source ? mount_direct_data(d, source) : NULL;
    } else {
        CLEANUP_MEM char *text = file_access_text(d, conf->file_access);
        return text ? error_set(d, err, -EINVAL, "invalid file access type: %s", text) : CODE_FATE;
    }
    return ch->data ? 0 : CODE_FATE;
}

static int choose_tmpfs(struct domain *d, const struct spec_mount *m, struct mount_choice *ch,
                        struct error *err)
{
    struct ptrvec kept;
    struct str data;
    ptrvec_init(&kept, d);
    str_init(&data, d);
    int r = boot_filter_options(d, m->options, m->n_options, mount_tmpfs_options, &kept, err);
    for (size_t i = 0; i < kept.n; i++) {
        str_add(&data, i ? "," : "");
        str_add(&data, kept.p[i]);
    }
    ptrvec_release(&kept);
    if (r == 0) {
        ch->fs = "tmpfs";
        ch->data = mem_dup(d, str_get(&data));
        r = ch->data ? 0 : CODE_FATE;
    }
    str_release(&data);
    return r;
}

static int choose_plain(struct domain *d, const struct spec_mount *m, struct mount_choice *ch)
{
    ch->fs = mount_type_fs(m->type);
    if (!ch->fs) {
        return log_q(d, LOG_WARNING, "ignoring unknown filesystem type ", m->type, "");
    }
    ch->data = mem_dup(d, "");
    return ch->data ? 0 : CODE_FATE;
}

int mount_choose(struct domain *d, const struct config *conf, const struct spec_mount *m,
                 struct fd_list *fds, struct boot_provenance *prov, struct mount_choice *ret,
                 struct error *err)
{
    struct mount_choice ch = {.fd = -1};
    int r;
    if (mount_is_bind(m)) {
        r = choose_bind(d, conf, m, fds, &ch, err);
        if (r != CODE_FATE && conf->overlay) {
            /* PQ-16: a first walk over the options, with its warnings; also after a bad access type
             */
            struct mount_flags flags;
            boot_mount_flags(d, m->options, m->n_options, &flags);
            ch.use_overlay = !flags.read_only;
        }
    } else if (strcmp(m->type, "tmpfs") == 0) {
        r = choose_tmpfs(d, m, &ch, err);
    } else {
        r = choose_plain(d, m, &ch);
    }
    if (r == 0 && prov) {
        prov->fd = ch.fd;
        r = provenance_mount_rules(prov, conf, m, &ch);
    }
    if (r != 0 || domain_dead(d)) {
        mem_free(ch.data);
        return r != 0 ? r : CODE_FATE;
    }
    *ret = ch;
    return 0;
}

/* ------------------------------------------------------------------------------------------- the
 * steps */

/* 2 to 4: the filesystem's own root. */
static int make_inode(struct pipeline *p, const struct spec_mount *m, const struct mount_choice *ch,
                      struct boot_provenance *prov, struct inode **ret, struct error *err)
{
    struct filesystem *fs = NULL;
    int r = mount_find_filesystem(p->c, ch->fs, &fs, err);
    if (r != 0) {
        return r;
    }
    boot_mount_flags(p->d, m->options, m->n_options, &prov->flags);
    if (ch->use_overlay) {
        prov->flags.read_only = true; /* the writable layer is above */
    }
    CLEANUP_MEM char *device = mount_device(p->d, m);
    if (!device || domain_check(p->d) != 0) {
        return CODE_FATE;
    }
    r = fs->mount(p->c, fs, device, prov->flags, ch->data, ret, err);
    return r == 0 ? 0 : fail_q(p->d, err, r, "failed to create mount with source ", m->source);
}

/* 5: stub directories for all that is mounted below, listed before or after. */
static int add_stubs(struct pipeline *p, const struct spec_mount *m, struct boot_provenance *prov,
                     struct inode **inode, struct error *err)
{
    struct ptrvec paths;
    ptrvec_init(&paths, p->d);
    int r = stub_list(p->d, m->destination, p->clean, p->rec->compiled.n, &paths);
    if (r == 0 && paths.n > 0) {
        r = log_q(p->d, LOG_INFO, "Adding submount overlay over ", m->destination, "");
        if (r == 0) {
            r = stub_overlay(p->c, inode, &paths, err);
        }
        prov->submount_overlay = r == 0;
    }
    ptrvec_release(&paths);
    return r;
}

/* 6 */
static int add_overlay(struct pipeline *p, const struct spec_mount *m, struct boot_provenance *prov,
                       struct inode **inode, struct error *err)
{
    int r = log_q(p->d, LOG_DEBUG, "Adding overlay on top of mount ", m->destination, "");
    if (r == 0) {
        r = overlay_add(p->c, inode, m->type, prov->flags, err);
    }
    if (r == 0 && type_is_directory((*inode)->stable.type)) {
        r = provenance_rule(prov, "PQ-29");
    }
    prov->overlay = r == 0;
    return r;
}

/* 7 to 9; takes over `inode` on success. */
static int attach(struct pipeline *p, const struct spec_mount *m, struct boot_provenance *prov,
                  struct inode *inode, struct error *err)
{
    int r = mkdir_all(p, m->destination, prov, err);
    if (r != 0) {
        return r;
    }
    struct dirent *target = NULL;
    r = mount_ns_find_inode(p->c, p->ns, p->ns->root, NULL, m->destination, LINK_LIMIT_SYSCALL,
                            &target);
    if (r != 0) {
        return fail_q(p->d, err, r, "failed to find mount destination ", m->destination);
    }
    bool same_kind =
        type_is_directory(inode->stable.type) == type_is_directory(target->inode->stable.type);
    struct mount_source *ms = inode->ms;
    r = provenance_place(prov, target, p->ns->root);
    r = r ? r : mount_ns_mount(p->c, p->ns, target, inode);
    dirent_put(target);
    if (r != 0) {
        return fail_q(p->d, err, r, "failed to mount at destination ", m->destination);
    }
    prov->mount_id = ms->id;
    return same_kind ? 0 : provenance_rule(prov, "PQ-17");
}

static int log_mounted(struct domain *d, const struct spec_mount *m)
{
    struct str s;
    str_init(&s, d);
    str_add(&s, "Mounted ");
    str_addq(&s, m->source);
    str_add(&s, " to ");
    str_addq(&s, m->destination);
    str_add(&s, " type ");
    str_add(&s, m->type);
    log_add(d, LOG_INFO, str_get(&s));
    str_release(&s);
    return domain_dead(d) ? CODE_FATE : 0;
}

static int mount_chosen(struct pipeline *p, const struct spec_mount *m,
                        const struct mount_choice *ch, struct boot_provenance *prov,
                        struct error *err)
{
    struct inode *inode = NULL;
    int r = make_inode(p, m, ch, prov, &inode, err);
    if (r == 0) {
        r = add_stubs(p, m, prov, &inode, err);
    }
    if (r == 0 && ch->use_overlay) {
        r = add_overlay(p, m, prov, &inode, err);
    }
    if (r == 0) {
        r = attach(p, m, prov, inode, err);
    }
    if (r != 0) {
        inode_put(inode);
        return r;
    }
    return log_mounted(p->d, m);
}

static int make_entry(struct pipeline *p, size_t i, struct error *err)
{
    const struct spec_mount *m = &p->rec->compiled.v[i].m;
    struct boot_provenance *prov = &p->rec->mounts[i];
    struct mount_choice ch = {.fd = -1};
    if (domain_check(p->d) != 0) {
        return CODE_FATE;
    }
    prov->state = BOOT_MOUNT_FAILED; /* until the end */
    int r = mount_choose(p->d, p->conf, m, &p->fds, prov, &ch, err);
    if (r != 0) {
        return r;
    }
    prov->data = ch.data;
    r = provenance_ignored(prov, m, ch.fs);
    if (r != 0) {
        return r;
    }
    if (!ch.fs) {
        prov->state = BOOT_MOUNT_SKIPPED;
        return 0;
    }
    prov->fs = ch.fs;
    r = mount_chosen(p, m, &ch, prov, err);
    if (r == 0) {
        prov->state = BOOT_MOUNT_DONE;
    }
    return r;
}

int mount_entry(struct pipeline *p, size_t i, struct error *err)
{
    struct boot_provenance *prov = &p->rec->mounts[i];
    prov->log_first = p->d->log_n;
    int r = make_entry(p, i, err);
    prov->log_end = p->d->log_n;
    return r;
}
