/* What unit tests of several folders need of the machine. */
#ifndef SIMRUN_TEST_SUPPORT_H
#define SIMRUN_TEST_SUPPORT_H

#include <stdbool.h>

/* How many descriptors this process has; one of its own is always among them. */
int open_fds(void);

/* A new folder "/tmp/simrun-WHAT-XXXXXX". */
void make_tmp(char tmp[64], const char *what);
int remove_tree(const char *path); /* 0 or -1 */
/* Devices cannot be made without privilege. */
bool can_mknod(void);

/* Such a build checks nothing. */
void skip_without_assertions(void);
/* Does `fn` end in an assertion? */
bool asserts(void (*fn)(void *), void *arg);

#endif
