/* What the files of devpts share with each other. */
#ifndef SIMRUN_DEVPTS_PRIVATE_H
#define SIMRUN_DEVPTS_PRIVATE_H

#include <simrun/fs/devpts.h>
#include <simrun/fs/ramfs.h>

/* ------------------------------------------------------------------------------ line discipline */

struct tty_queue {
    struct str ready; /* processed */
    struct str wait;  /* not processed yet, no limit */
    bool readable;
};

struct tty_line {
    struct domain *d; /* borrowed */
    struct tty_termios termios;
    struct tty_queue in, out; /* master -> slave, slave -> master */
    unsigned column;
};

void tty_line_init(struct tty_line *line, struct domain *d);
void tty_line_release(struct tty_line *line);
/* ERR_WOULD_BLOCK when nothing is readable. */
int tty_line_read(struct tty_line *line, struct tty_queue *q, char *buf, size_t len, size_t *n);
int tty_line_write(struct tty_line *line, struct tty_queue *q, const char *buf, size_t len,
                   size_t *n);
/* Leaving canonical mode pushes what waits. */
int tty_line_set(struct tty_line *line, const struct tty_termios *t);

/* ------------------------------------------------------------------------------------- instance */

/* A terminal: shared by its slave's inode and the open files of both ends. */
struct terminal {
    size_t refs;
    uint32_t index;
    struct tty_line line;
};
int terminal_new(struct domain *d, uint32_t index, struct terminal **ret);
struct terminal *terminal_get(struct terminal *t);
void terminal_put(struct terminal *t);

/*
 * A mount's names: "ptmx" and the live slaves. Shared by the root inode, the inode of ptmx and the
 * open masters. The inodes in it belong to the root inode, whose release empties the map: no cycle
 * outlives it.
 */
struct devpts {
    size_t refs;
    struct sentry *s; /* borrowed */
    struct namemap names;
    uint32_t next; /* index of the next terminal; never reused */
    bool closed;   /* the root inode is gone */
};
int devpts_new(struct sentry *s, struct devpts **ret);
struct devpts *devpts_get(struct devpts *pts);
void devpts_put(struct devpts *pts);

/* Takes over the caller's reference of `inode` (dropped also on failure). */
int devpts_add(struct devpts *pts, const char *name, struct inode *inode);
struct inode *devpts_find(const struct devpts *pts, const char *name); /* borrowed, or NULL */
void devpts_del(struct devpts *pts, const char *name);
void devpts_close(struct devpts *pts);

/* dir.c, tty.c: the inodes. `pts`: own reference taken. */
int devpts_new_root(struct mount_source *ms, struct devpts *pts, struct inode **ret);
int devpts_new_ptmx(struct mount_source *ms, struct devpts *pts, struct inode **ret);

/* Of all three kinds of node. */
int devpts_statfs(struct ctx *c, struct inode *inode, struct statfs_info *ret);

#endif
