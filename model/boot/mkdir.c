/* mkdirAll (contract pipeline 11.7). */
#include "boot_internal.h"

static int create(struct pipeline *p, struct dirent *parent, struct dirent *root, const char *name,
                  struct boot_provenance *prov, struct dirent **ret, struct error *err)
{
    int r = dirent_mkdir(p->c, parent, root, name, 0755);
    if (r == -EEXIST && provenance_rule(prov, "PQ-18") != 0) {
        return CODE_FATE;
    }
    if (r != 0) {
        return fail_q(p->d, err, r, "failed to create directory ", name);
    }
    struct dirent *made = NULL;
    r = dirent_walk(p->c, parent, root, name, &made);
    if (r != 0) {
        CLEANUP_MEM char *q = r == CODE_FATE ? NULL : go_quote(p->d, name);
        return q ? error_set(p->d, err, r, "walk to %s failed: %s", q, code_text(r)) : CODE_FATE;
    }
    r = provenance_created(prov, made, root);
    if (r != 0) {
        dirent_put(made);
        return r;
    }
    *ret = made;
    return 0;
}

/* The element `name` of the path, made if it is not there. */
static int step(struct pipeline *p, struct dirent *parent, struct dirent *root, const char *name,
                struct boot_provenance *prov, struct dirent **ret, struct error *err)
{
    int r = mount_ns_find_inode(p->c, p->ns, root, parent, name, LINK_LIMIT_INTERNAL, ret);
    if (r == -ENOENT) {
        /* PQ-18: also for a dangling link, which then is in the way */
        return create(p, parent, root, name, prov, ret, err);
    }
    return r == 0 ? 0 : fail_q(p->d, err, r, "failed to find inode ", name);
}

int mkdir_all(struct pipeline *p, const char *path, struct boot_provenance *prov, struct error *err)
{
    CLEANUP_MEM char *clean = path_clean(p->d, path);
    if (!clean) {
        return CODE_FATE;
    }
    struct dirent *root = dirent_get(p->ns->root);
    struct dirent *parent = dirent_get(root);
    int r = 0;
    char *save = NULL;
    for (char *name = strtok_r(clean, "/", &save); name && r == 0;
         name = strtok_r(NULL, "/", &save)) {
        struct dirent *next = NULL;
        r = step(p, parent, root, name, prov, &next, err);
        if (r == 0) {
            dirent_put(parent);
            parent = next;
        }
    }
    dirent_put(parent);
    dirent_put(root);
    return r;
}
