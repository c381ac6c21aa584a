/* Checks that change a process for ever: each runs in a fork of the test. */
#ifndef SIMRUN_TEST_GOFER_CHILD_H
#define SIMRUN_TEST_GOFER_CHILD_H

enum { NOT_ALLOWED_HERE = 77 }; /* what a body returns for a machine that forbids what it needs */

/* In the child: the number of the line that was wrong becomes the exit status. */
#define EXPECT(ok)                                                                                 \
    do {                                                                                           \
        if (!(ok)) {                                                                               \
            return __LINE__;                                                                       \
        }                                                                                          \
    } while (0)

/* The child's wait status; skips the test for NOT_ALLOWED_HERE. */
int in_child(int (*body)(void));
void assert_fine(int (*body)(void));
/* By a system call filter. */
void assert_killed(int (*body)(void));

/* In the child: from here on this system call fails with `error` (0: it kills), only where its
 * first argument is `*first` unless that is NULL. */
int refuse(int number, int error, const unsigned *first);

#endif
