/* What the tests of fs/proc share: a world whose root is a proc mount, with one process. */
#ifndef SIMRUN_PROC_TEST_H
#define SIMRUN_PROC_TEST_H

#include "fs_test.h"

#include <simrun/fs/proc.h>

struct proc_world {
    struct world w;
    struct kernel k;
    struct task task, other; /* `other` is not in the table until a test puts it there */
    struct task *tasks[4];
    struct mount_ns *ns;
};

static inline void proc_world_init(struct proc_world *p, enum profile profile)
{
    *p = (struct proc_world){0};
    world_open(&p->w, profile);
    kernel_init(&p->k);
    task_init(&p->task, "init");
    p->tasks[0] = &p->task;
    p->k.tasks = p->tasks;
    p->k.tasks_n = 1;
    assert_int_equal(fs_proc_register(&p->w.s, &p->k), 0);
}

/* Mounts proc and enters it as the process. */
static inline void proc_world_enter(struct proc_world *p)
{
    struct inode *root = world_mount(&p->w, "proc", "");
    assert_int_equal(mount_ns_new(&p->w.c, root, &p->ns), 0);
    p->w.c.root = p->ns->root;
    p->w.c.task = &p->task;
    p->task.root = p->ns->root;
}

static inline void proc_world_open(struct proc_world *p)
{
    proc_world_init(p, PROFILE_GVISOR_2018_08_14);
    proc_world_enter(p);
}

static inline void proc_world_close(struct proc_world *p)
{
    mount_ns_put(p->ns);
    world_close(&p->w);
}

/* The node at `path`, without following a last link: one reference of its dirent. */
static inline int find_code(struct proc_world *p, const char *path, struct dirent **ret)
{
    return mount_ns_find_link(&p->w.c, p->ns, p->ns->root, NULL, path, LINK_LIMIT_SYSCALL, ret);
}

static inline struct dirent *find(struct proc_world *p, const char *path)
{
    struct dirent *d = NULL;
    int rc = find_code(p, path, &d);
    if (rc) {
        print_error("%s: %s\n", path, code_text(rc));
    }
    assert_int_equal(rc, 0);
    return d;
}

static inline void drop(struct proc_world *p, struct dirent *d)
{
    dirent_put(d);
    jobs_drain(&p->w.s.d);
}

static inline struct file *open_path(struct proc_world *p, const char *path)
{
    struct dirent *d = NULL;
    assert_int_equal(
        mount_ns_find_inode(&p->w.c, p->ns, p->ns->root, NULL, path, LINK_LIMIT_SYSCALL, &d), 0);
    struct file *f = NULL;
    struct open_flags flags = {.read = true, .write = true};
    assert_int_equal(inode_open(&p->w.c, d->inode, d, flags, &f), 0);
    dirent_put(d);
    return f;
}

/* Reads on from 0 in pieces of `chunk` until nothing comes: a string to mem_free. */
static inline char *read_all(struct proc_world *p, struct file *f, size_t chunk)
{
    struct str s;
    str_init(&s, &p->w.s.d);
    str_add(&s, "");
    char *buf = malloc(chunk);
    for (;;) {
        size_t n = 0;
        assert_int_equal(file_pread(&p->w.c, f, (int64_t)s.n, buf, chunk, &n), 0);
        if (n == 0) {
            break;
        }
        assert_true(n <= chunk);
        str_addn(&s, buf, n);
    }
    free(buf);
    return str_take(&s);
}

static inline char *content_of(struct proc_world *p, const char *path, size_t chunk)
{
    struct file *f = open_path(p, path);
    char *text = read_all(p, f, chunk);
    file_put(f);
    return text;
}

static inline void assert_content(struct proc_world *p, const char *path, const char *expected)
{
    static const size_t chunks[] = {65536, 7, 1};
    for (size_t i = 0; i < ARRAY_LEN(chunks); i++) {
        char *text = content_of(p, path, chunks[i]);
        assert_string_equal(text, expected);
        mem_free(text);
    }
}

static inline int write_code(struct proc_world *p, const char *path, const char *text, size_t *n)
{
    struct file *f = open_path(p, path);
    int rc = file_pwrite(&p->w.c, f, 0, text, strlen(text), n);
    file_put(f);
    return rc;
}

static inline int readlink_code(struct proc_world *p, const char *path, char **ret)
{
    struct dirent *d = find(p, path);
    int rc = inode_readlink(&p->w.c, d->inode, ret);
    dirent_put(d);
    return rc;
}

static inline void assert_link(struct proc_world *p, const char *path, const char *target)
{
    char *text = NULL;
    assert_int_equal(readlink_code(p, path, &text), 0);
    assert_string_equal(text, target);
    mem_free(text);
}

/* One row of an expected table: type as captures spell it, mode, links, size (-1: a directory). */
struct expected_node {
    const char *path, *type;
    unsigned mode;
    uint64_t links;
    int64_t size;
    bool special;
};

static inline void assert_node(struct proc_world *p, const struct expected_node *e)
{
    struct dirent *d = find(p, e->path);
    const struct inode *inode = d->inode;
    struct unstable_attr a = attr_of(&p->w, d->inode);
    enum inode_type t = inode->stable.type;
    const char *type = type_is_directory(t) ? "dir" : type_is_file(t) ? "file" : "symlink";
    if (a.perms != e->mode || a.links != e->links || strcmp(type, e->type) != 0 ||
        a.size != (e->size < 0 ? 0 : e->size) || type_is_special(t) != e->special) {
        print_error("%s: %s %o links %llu size %lld\n", e->path, type, a.perms,
                    (unsigned long long)a.links, (long long)a.size);
        fail();
    }
    assert_int_equal(inode->stable.device_id, DEVICE_PROC);
    assert_int_equal(inode->stable.block_size, 4096);
    assert_int_equal(inode->stable.rdev_major + inode->stable.rdev_minor, 0);
    drop(p, d);
}

#endif
