/* The handlers of all requests (contract 7.5), called after the checks of handlers.c. Private to
 * p9. */
#ifndef SIMRUN_P9_HANDLERS_H
#define SIMRUN_P9_HANDLERS_H

#include "server.h"

/* Call a backend function of a node; one that is not there is ENOSYS. */
#define BACKEND(node, function, ...)                                                               \
    ((node)->ops->function ? (node)->ops->function((node), __VA_ARGS__) : -ENOSYS)
#define BACKEND0(node, function) ((node)->ops->function ? (node)->ops->function(node) : -ENOSYS)

/* Terminate a string of the request; -EINVAL when it holds a NUL. */
int request_text(struct p9_server *s, struct p9_str str, const char **ret);

int handle_version(struct request *q);
int handle_unsupported(struct request *q);
int handle_auth(struct request *q);
int handle_nothing(struct request *q);
int handle_attach(struct request *q);
int handle_walk(struct request *q);
int handle_walkgetattr(struct request *q);
int handle_clunk(struct request *q);
int handle_remove(struct request *q);
int handle_lopen(struct request *q);
int handle_create(struct request *q);
int handle_symlink(struct request *q);
int handle_mkdir(struct request *q);
int handle_mknod(struct request *q);
int handle_link(struct request *q);
int handle_rename(struct request *q);
int handle_renameat(struct request *q);
int handle_unlinkat(struct request *q);
int handle_readlink(struct request *q);
int handle_statfs(struct request *q);
int handle_getattr(struct request *q);
int handle_setattr(struct request *q);
int handle_fsync(struct request *q);
int handle_flushf(struct request *q);
int handle_connect(struct request *q);
int handle_write(struct request *q);
int handle_read(struct request *q);
int handle_readdir(struct request *q);
int handle_xattrwalk(struct request *q);
int handle_xattrcreate(struct request *q);

#endif
