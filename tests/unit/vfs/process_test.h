/* What the tests of inotify, freezing and saving share: a world with a tmpfs as root, a process in
 * it, and the events of an inotify handle as text. */
#ifndef SIMRUN_PROCESS_TEST_H
#define SIMRUN_PROCESS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <fcntl.h>
#include <simrun/fs/tmpfs.h>
#include <simrun/inotify.h>
#include <simrun/syscalls.h>
#include <support.h>

struct world {
    struct sentry s;
    struct mount_ns *ns;
    struct process p;
};

static inline struct inode *world_tmpfs(struct world *w)
{
    struct ctx c = {.s = &w->s, .creds = creds_root(), .umask = 022};
    struct filesystem *fs = filesystem_find(&w->s, "tmpfs");
    struct inode *root = NULL;
    assert_int_equal(fs->mount(&c, fs, "none", (struct mount_flags){0}, "", &root, NULL), 0);
    return root;
}

/* The namespace takes over `root`. */
static inline void world_enter(struct world *w, struct inode *root)
{
    struct ctx c = {.s = &w->s, .creds = creds_root(), .umask = 022};
    assert_int_equal(mount_ns_new(&c, root, &w->ns), 0);
    process_init(&w->p, &w->s, w->ns, NULL);
}

static inline void world_open(struct world *w, enum profile profile)
{
    sentry_init(&w->s, "test", profile);
    assert_int_equal(fs_tmpfs_register(&w->s), 0);
    world_enter(w, world_tmpfs(w));
}

static inline void world_report(void *arg, const char *kind, size_t size)
{
    (void)arg;
    print_error("left in the ledger: %s, %zu bytes\n", kind, size);
}

/* Everything must be gone, and no fate met. */
static inline void world_close(struct world *w)
{
    process_release(&w->p);
    mount_ns_put(w->ns);
    assert_int_equal(w->s.d.fate, FATE_NONE);
    assert_int_equal(sentry_close(&w->s, world_report, NULL), 0);
}

static inline void make_dir(struct world *w, const char *path)
{
    assert_int_equal(sys_mkdir(&w->p, path, 0755), 0);
}

static inline struct file *open_file(struct world *w, const char *path, int flags)
{
    struct file *f = NULL;
    assert_int_equal(sys_open(&w->p, path, flags, 0644, &f), 0);
    return f;
}

static inline void make_file(struct world *w, const char *path, const char *content)
{
    struct file *f = open_file(w, path, O_CREAT | O_RDWR);
    size_t n = 0;
    if (content[0] != '\0') {
        assert_int_equal(sys_write(&w->p, f, content, strlen(content), &n), 0);
    }
    assert_int_equal(sys_close(&w->p, f), 0);
}

static inline struct file *watcher(struct world *w)
{
    struct file *f = NULL;
    assert_int_equal(sys_inotify_init(&w->p, IN_NONBLOCK, &f), 0);
    return f;
}

static inline int32_t watch_path(struct world *w, struct file *f, const char *path, uint32_t mask)
{
    int32_t wd = 0;
    assert_int_equal(sys_inotify_add_watch(&w->p, f, path, mask, &wd), 0);
    return wd;
}

/* "1 CREATE+ISDIR d, 1 MOVED_FROM#1 d, ...": every queued record; free with mem_free. */
char *take_events(struct world *w, struct file *f);
/* Everything queued is exactly this. */
void assert_events(struct world *w, struct file *f, const char *expected);

#endif
