/* What the tests of the in-memory file systems share: a world, and short words for its operations.
 */
#ifndef SIMRUN_FS_TEST_H
#define SIMRUN_FS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <simrun/fs/ramfs.h>
#include <simrun/vfs.h>

struct world {
    struct sentry s;
    struct ctx c;
};

static inline void world_open(struct world *w, enum profile profile)
{
    sentry_init(&w->s, "test", profile);
    w->c = (struct ctx){.s = &w->s, .creds = creds_root(), .umask = 022};
}

static inline void world_report(void *arg, const char *kind, size_t size)
{
    (void)arg;
    print_error("left in the ledger: %s, %zu bytes\n", kind, size);
}

/* Everything must be gone, and no fate met. */
static inline void world_close(struct world *w)
{
    assert_int_equal(w->s.d.fate, FATE_NONE);
    assert_int_equal(sentry_close(&w->s, world_report, NULL), 0);
}

static inline struct inode *world_mount(struct world *w, const char *name, const char *data)
{
    struct filesystem *fs = filesystem_find(&w->s, name);
    assert_non_null(fs);
    struct inode *root = NULL;
    struct error err = {0};
    assert_int_equal(fs->mount(&w->c, fs, "none", (struct mount_flags){0}, data, &root, &err), 0);
    return root;
}

/* Mounting must fail with this text and EINVAL. */
static inline void world_mount_fails(struct world *w, const char *name, const char *data,
                                     const char *text)
{
    struct filesystem *fs = filesystem_find(&w->s, name);
    assert_non_null(fs);
    struct inode *root = NULL;
    struct error err = {0};
    int rc = fs->mount(&w->c, fs, "none", (struct mount_flags){0}, data, &root, &err);
    assert_int_equal(code_errno(rc), EINVAL);
    assert_string_equal(err.text, text);
    assert_null(root);
    error_release(&err);
}

static inline struct unstable_attr attr_of(struct world *w, struct inode *inode)
{
    struct unstable_attr attr;
    assert_int_equal(inode_getattr(&w->c, inode, &attr), 0);
    return attr;
}

/* Every allocation of a mount fails once: it must answer with the fate, and the world be freed all
 * the same. */
static inline void mount_without_memory(int (*reg)(struct sentry *), const char *name,
                                        const char *data)
{
    for (uint64_t n = 1;; n++) {
        struct world w;
        world_open(&w, PROFILE_GVISOR_2018_08_14);
        assert_int_equal(reg(&w.s), 0);
        w.s.d.alloc_fail_at = w.s.d.allocs + n;
        struct filesystem *fs = filesystem_find(&w.s, name);
        struct inode *root = NULL;
        struct error err = {0};
        int rc = fs->mount(&w.c, fs, "none", (struct mount_flags){0}, data, &root, &err);
        if (rc == 0) {
            w.s.d.alloc_fail_at = 0;
            inode_put(root);
            world_close(&w);
            assert_true(n > 3);
            return;
        }
        assert_int_equal(rc, CODE_FATE);
        assert_int_equal(w.s.d.fate, FATE_OOM);
        assert_null(root);
        sentry_close(&w.s, NULL, NULL);
    }
}

static inline bool attr_equal(const struct unstable_attr *a, const struct unstable_attr *b)
{
    return a->size == b->size && a->usage == b->usage && a->perms == b->perms && a->uid == b->uid &&
           a->gid == b->gid && a->atime == b->atime && a->mtime == b->mtime &&
           a->ctime == b->ctime && a->links == b->links;
}

/* The child, one reference. */
static inline struct inode *child_of(struct world *w, struct inode *dir, const char *name)
{
    struct dirent *d = NULL;
    assert_int_equal(inode_lookup(&w->c, dir, name, &d), 0);
    assert_string_equal(d->name, name);
    struct inode *inode = inode_get(d->inode);
    dirent_put(d);
    return inode;
}

static inline int lookup_code(struct world *w, struct inode *dir, const char *name)
{
    struct dirent *d = NULL;
    int rc = inode_lookup(&w->c, dir, name, &d);
    dirent_put(d);
    return rc;
}

static inline int open_inode(struct world *w, struct inode *inode, struct open_flags flags,
                             struct file **ret)
{
    struct dirent *d = NULL;
    assert_int_equal(dirent_new(inode_get(inode), "x", &d), 0);
    int rc = inode_open(&w->c, inode, d, flags, ret);
    dirent_put(d);
    return rc;
}

static inline struct file *opened(struct world *w, struct inode *inode)
{
    struct file *f = NULL;
    struct open_flags flags = {.read = true, .write = true};
    assert_int_equal(open_inode(w, inode, flags, &f), 0);
    return f;
}

static inline int emit_name(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)attr;
    struct str *out = arg;
    if (out->n) {
        str_addc(out, ' ');
    }
    str_add(out, name);
    return 0;
}

/* Names of one reading through `f`, in order, separated by spaces; free with mem_free. */
static inline char *listed(struct world *w, struct file *f)
{
    struct str out;
    str_init(&out, &w->s.d);
    struct dir_ctx dc = {.emit = emit_name, .arg = &out};
    struct dirent *root = w->c.root;
    w->c.root = f->dirent;
    assert_int_equal(file_readdir(&w->c, f, &dc), 0);
    w->c.root = root;
    return str_take(&out);
}

static inline void assert_listing(struct world *w, struct inode *dir, const char *expected)
{
    struct file *f = opened(w, dir);
    char *names = listed(w, f);
    assert_string_equal(names, expected);
    mem_free(names);
    file_put(f);
}

static inline void make_file(struct world *w, struct inode *dir, const char *name, uint16_t perms)
{
    struct file *f = NULL;
    struct open_flags flags = {.read = true, .write = true};
    assert_int_equal(dir->ops->create(&w->c, dir, name, flags, perms, &f), 0);
    assert_string_equal(f->dirent->name, name);
    file_put(f);
}

#endif
