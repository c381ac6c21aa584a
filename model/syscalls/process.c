/* A process of the sandbox. */
#include "internal.h"

void process_init(struct process *p, struct sentry *s, struct mount_ns *ns, struct task *task)
{
    *p = (struct process){
        .c = {.s = s, .creds = creds_root(), .root = ns->root, .task = task, .umask = 0022},
        .ns = ns,
        .cwd = dirent_get(ns->root),
    };
}

void process_release(struct process *p)
{
    dirent_put(p->cwd);
    p->cwd = NULL;
}

bool has_capability(const struct process *p, enum capability cap)
{
    return p->c.creds.caps >> cap & 1;
}

int check_ownership(struct process *p, struct inode *inode)
{
    struct unstable_attr a;
    int r = inode_getattr(&p->c, inode, &a);
    if (r) {
        return r == CODE_FATE ? r : -EPERM;
    }
    bool mapped = a.uid != NO_ID;
    return a.uid == p->c.creds.euid || (mapped && has_capability(p, CAP_BIT_FOWNER)) ? 0 : -EPERM;
}
