/* What the files of the confinement share. Each measure: 0 when it is in force, else -errno. They
 * are taken in the order of enum gofer_measure, by the only thread of a fresh process. */
#ifndef SIMRUN_GOFER_CONFINE_H
#define SIMRUN_GOFER_CONFINE_H

#include <simrun/gofer.h>

/* A sanitizer's runtime needs more memory and a few more system calls. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CONFINE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CONFINE_SANITIZED 1
#endif
#endif
#ifndef CONFINE_SANITIZED
#define CONFINE_SANITIZED 0
#endif

/* `keep` is sorted in place. */
int confine_descriptors(int *keep, size_t n);
/* The directories among `keep` become roots of their own under their numbers. */
int confine_root(const int *keep, size_t n);
int confine_limits(void);
int confine_capabilities(void);
int confine_privileges(void);
int confine_syscalls(void);

#endif
