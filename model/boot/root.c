/* createRootMount (contract pipeline 12.1). */
#include "boot_internal.h"

/* Stub directories that every root gets, whatever the spec says. */
static const char *const ROOT_STUBS[] = {"/dev", "/sys", "/proc", "/tmp"};

int root_require(struct domain *d, const struct spec *spec, struct error *err)
{
    if (spec->has_root) {
        return 0;
    }
    return quirk_on(d, PP_05) ? domain_panic(d, "%s", NIL_DEREFERENCE)
                              : error_set(d, err, -EINVAL, "Spec.Root must be defined: ");
}

/* 2: which filesystem, and its data in prov->data. */
static int choose(struct pipeline *p, struct boot_provenance *prov, struct error *err)
{
    switch (p->conf->file_access) {
    case ACCESS_PROXY:
    case ACCESS_PROXY_EXCLUSIVE: {
        int r = fd_list_take(p->d, &p->fds, &prov->fd, err);
        if (r != 0) {
            return fail_with(p->d, err, r, "failed to generate root mount point");
        }
        log_line(p->d, LOG_INFO, "Mounting root over 9P, ioFD: %d", prov->fd);
        prov->fs = "9p";
        prov->data = mount_9p_data(p->d, p->conf, prov->fd);
        break;
    }
    case ACCESS_DIRECT:
        prov->fs = "whitelistfs";
        prov->data = mount_direct_data(p->d, p->spec->root_path);
        break;
    default: {
        CLEANUP_MEM char *text = file_access_text(p->d, p->conf->file_access);
        return text ? error_set(p->d, err, -EINVAL, "invalid file access type: %s", text)
                    : CODE_FATE;
    }
    }
    return prov->data && !domain_dead(p->d) ? 0 : CODE_FATE;
}

static int make_inode(struct pipeline *p, const struct boot_provenance *prov, struct inode **ret,
                      struct error *err)
{
    struct filesystem *fs = NULL;
    int r = mount_find_filesystem(p->c, prov->fs, &fs, err);
    if (r != 0) {
        return r;
    }
    if (domain_check(p->d) != 0) {
        return CODE_FATE;
    }
    r = fs->mount(p->c, fs, "9pfs-/", prov->flags, prov->data, ret, err);
    return r == 0 ? 0 : fail_with(p->d, err, r, "failed to generate root mount point");
}

/* 3: stubs for every mount of the spec, also for those that are dropped or skipped (PQ-22). */
static int collect_stubs(struct pipeline *p, char **clean, struct ptrvec *paths)
{
    for (size_t i = 0; i < p->spec->n_mounts; i++) {
        clean[i] = path_clean(p->d, p->spec->mounts[i].destination);
        if (!clean[i]) {
            return CODE_FATE;
        }
    }
    int r = stub_list(p->d, "/", clean, p->spec->n_mounts, paths);
    for (size_t i = 0; i < ARRAY_LEN(ROOT_STUBS) && r == 0; i++) {
        r = ptrvec_push(paths, (void *)ROOT_STUBS[i]);
    }
    return r;
}

static int add_stubs(struct pipeline *p, struct inode **inode, struct error *err)
{
    size_t n = p->spec->n_mounts;
    struct ptrvec paths;
    ptrvec_init(&paths, p->d);
    char **clean = mem_resize(p->d, NULL, 0, n + 1, sizeof(*clean), "clean destinations");
    if (!clean) {
        return CODE_FATE;
    }
    int r = collect_stubs(p, clean, &paths);
    if (r == 0) {
        r = stub_overlay(p->c, inode, &paths, err);
    }
    ptrvec_release(&paths);
    for (size_t i = 0; i < n; i++) {
        mem_free(clean[i]);
    }
    mem_free(clean);
    return r;
}

/* 4 */
static int add_overlay(struct pipeline *p, struct boot_provenance *prov, struct inode **inode,
                       struct error *err)
{
    log_line(p->d, LOG_DEBUG, "Adding overlay on top of root mount");
    int r = overlay_add(p->c, inode, "root-overlay-upper", prov->flags, err);
    if (r == 0) {
        r = provenance_rule(prov, "PQ-20");
    }
    if (r == 0) {
        r = provenance_rule(prov, "PQ-29");
    }
    if (r == 0 && p->conf->file_access == ACCESS_PROXY) {
        r = provenance_rule(prov, "PQ-02");
    }
    prov->overlay = r == 0;
    return r;
}

/* 1 to 4 */
static int build(struct pipeline *p, struct inode **inode, struct error *err)
{
    struct boot_provenance *prov = &p->rec->root;
    prov->flags.read_only = p->spec->root_readonly;
    int r = choose(p, prov, err);
    if (r == 0) {
        r = make_inode(p, prov, inode, err);
    }
    if (r == 0) {
        r = add_stubs(p, inode, err);
        prov->submount_overlay = r == 0;
    }
    if (r == 0 && p->conf->overlay && !p->spec->root_readonly) {
        r = add_overlay(p, prov, inode, err);
    }
    return r;
}

int root_mount(struct pipeline *p, struct inode **ret, struct error *err)
{
    struct inode *inode = NULL;
    p->rec->root.state = BOOT_MOUNT_FAILED; /* until the end */
    p->rec->root.log_first = p->d->log_n;
    int r = build(p, &inode, err);
    if (r == 0) {
        r = log_q(p->d, LOG_INFO, "Mounted ", p->spec->root_path, " to \"/\" type root");
    }
    p->rec->root.log_end = p->d->log_n;
    if (r != 0) {
        inode_put(inode);
        return r;
    }
    p->rec->root.state = BOOT_MOUNT_DONE;
    *ret = inode;
    return 0;
}
