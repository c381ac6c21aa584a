/*
 * devpts: pseudo terminals (contract filesystems 5). Each mount is an instance of its own with its
 * own index counter.
 *
 * Opening "ptmx" makes a terminal and its slave "<n>", which stays listed until that master is
 * closed; an open slave lives on. Mount data that is not empty is -EINVAL "invalid argument".
 * Dirents are looked up again at each walk.
 */
#ifndef SIMRUN_FS_DEVPTS_H
#define SIMRUN_FS_DEVPTS_H

#include <simrun/save.h>
#include <simrun/vfs.h>

enum { DEVPTS_MAGIC = 0x1cd1 };

/* Register "devpts" in the world. 0, -EEXIST or CODE_FATE. */
int fs_devpts_register(struct sentry *s);
extern const struct save_fs fs_devpts_save;

/* The part of a terminal's settings that its data path asks. Bits as in <termios.h>. */
struct tty_termios {
    uint32_t iflag, oflag, cflag, lflag;
    uint8_t veof, veol, veol2; /* 0 = disabled */
};

/* What an ioctl on an open master or slave does. -ENOTTY for any other file. */
int devpts_index(const struct file *f, uint32_t *ret);                 /* TIOCGPTN */
int devpts_ready(const struct file *f, size_t *ret);                   /* FIONREAD */
int devpts_get_termios(const struct file *f, struct tty_termios *ret); /* TCGETS: the slave's */
int devpts_set_termios(struct file *f, const struct tty_termios *t);   /* TCSETS, TCSETSW */

#endif
