/* The code of a system call that has just failed. */
#ifndef SIMRUN_HOST_SYS_ERROR_H
#define SIMRUN_HOST_SYS_ERROR_H

#include <errno.h>

/* Never 0, whatever errno holds, so that a failure stays one. */
static inline int sys_error(void)
{
    int rc = -errno;
    return rc < 0 ? rc : -EIO;
}

#endif
