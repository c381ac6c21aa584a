/* Finding a name in the union of two directories (contract vfs 20). */
#include "vfs_internal.h"

enum { LIMIT_SHORT_KEY = 320 }; /* a longer key of an attribute is allocated */

int overlay_whiteout(struct ctx *c, struct inode *upper, const char *name, bool *ret)
{
    char small[LIMIT_SHORT_KEY];
    CLEANUP_MEM char *large = NULL;
    char *key = small;
    if (!upper->ops->getxattr) {
        *ret = false;
        return 0;
    }
    size_t n = strlen(name) + 1;
    if (n > sizeof(small) - strlen(OVERLAY_WHITEOUT_PREFIX)) {
        key = large = mem_buffer(&c->s->d, NULL, strlen(OVERLAY_WHITEOUT_PREFIX) + n, "text");
        if (!large) {
            return CODE_FATE;
        }
    }
    memcpy(stpcpy(key, OVERLAY_WHITEOUT_PREFIX), name, n);
    struct str value;
    str_init(&value, &c->s->d);
    int r = inode_getxattr(c, upper, key, &value);
    *ret = r == 0 && strcmp(str_get(&value), "y") == 0;
    str_release(&value);
    return r == CODE_FATE ? r : 0;
}

/* What one layer says about a name. */
struct layer_answer {
    struct inode *inode; /* one reference, or NULL */
    bool negative;       /* it wants "does not exist" to be cached */
};

/* Any error but -ENOENT is returned; -ENOENT is "no inode". */
static int layer_lookup(struct ctx *c, struct inode *dir, const char *name,
                        struct layer_answer *ret)
{
    struct dirent *d = NULL;
    int r = inode_lookup(c, dir, name, &d);
    if (r == -ENOENT) {
        return 0;
    }
    if (r) {
        return r;
    }
    ret->negative = d->inode == NULL;
    ret->inode = d->inode ? inode_get(d->inode) : NULL;
    dirent_put(d);
    return 0;
}

static int missing(struct ctx *c, const char *name, bool negative, struct dirent **ret)
{
    return negative ? dirent_new_negative(c->s, name, ret) : -ENOENT;
}

/* The dirent of a found entry. Both layers present: the identity is the lower's (VQ-26). */
static int found(struct mount_source *ms, const char *name, struct inode *upper,
                 struct inode *lower, bool lower_exists, struct dirent **ret)
{
    bool both = upper && lower;
    bool keep_lower = lower && (!both || inode_is_directory(lower));
    struct inode *inode;
    int r = overlay_inode_new(ms, upper, keep_lower ? lower : NULL, lower_exists, &inode);
    if (r) {
        return r;
    }
    if (both) {
        inode->stable = lower->stable;
    }
    return dirent_new(inode, name, ret);
}

static int lookup_layers(struct ctx *c, struct inode *dir, const char *name,
                         struct layer_answer *upper, struct layer_answer *lower,
                         struct dirent **ret)
{
    const struct overlay_entry *entry = dir->overlay;
    if (entry->upper) {
        int r = layer_lookup(c, entry->upper, name, upper);
        if (r) {
            return r;
        }
        bool whiteout;
        r = overlay_whiteout(c, entry->upper, name, &whiteout);
        if (r) {
            return r;
        }
        if (whiteout) {
            return upper->inode ? found(dir->ms, name, upper->inode, NULL, false, ret)
                                : missing(c, name, upper->negative, ret);
        }
    }
    struct inode *below = NULL;
    if (entry->lower) {
        int r = layer_lookup(c, entry->lower, name, lower);
        if (r) {
            return r;
        }
        /* A lower entry of another type is hidden; VQ-27: only as long as the upper one is there.
         */
        bool same = !upper->inode || !lower->inode ||
                    upper->inode->stable.type == lower->inode->stable.type;
        below = same ? lower->inode : NULL;
    }
    if (!upper->inode && !below) {
        return missing(c, name, upper->negative, ret);
    }
    bool lower_exists = below || (lower->inode && !quirk_on(&c->s->d, VQ_27));
    return found(dir->ms, name, upper->inode, below, lower_exists, ret);
}

int overlay_lookup(struct ctx *c, struct inode *dir, const char *name, struct dirent **ret)
{
    struct domain *d = &c->s->d;
    struct overlay_entry *entry = dir->overlay;
    int r = lock_read(d, &entry->copy_mu, "overlay copyMu");
    if (r) {
        return r;
    }
    struct layer_answer upper = {0}, lower = {0};
    r = lookup_layers(c, dir, name, &upper, &lower, ret);
    inode_put(upper.inode);
    inode_put(lower.inode);
    unlock_read(d, &entry->copy_mu);
    return r;
}
