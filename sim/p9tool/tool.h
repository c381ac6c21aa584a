/* What the files of p9tool share. */
#ifndef SIMRUN_SIM_P9TOOL_TOOL_H
#define SIMRUN_SIM_P9TOOL_TOOL_H

#include <simrun/gofer.h>
#include <simrun/sim/p9tool.h>

/* ---- address.c ---- */

/* A socket that listens; `unlink_path` (owned) is what to remove at the end, NULL for none. */
struct listener {
    struct owned_fd *fd; /* owned */
    bool connected;      /* an inherited connection: to be served as it is */
    char *unlink_path;
};
/* *ret_text: where it listens, with the port that the kernel chose; a new string. */
int address_listen(struct domain *d, const char *text, bool any_address, struct listener *ret,
                   char **ret_text, struct error *err);
void listener_release(struct listener *l);
int address_connect(struct domain *d, const char *text, struct owned_fd **ret, struct error *err);
/* Small messages must not wait for each other; nothing happens on sockets that know no such thing.
 */
void socket_tune(int fd);

/* ---- connection.c ---- */

/* One client of the server, in a domain of its own. */
struct connection {
    struct list link;
    struct domain domain;
    struct gofer *gofer;           /* in `domain` */
    struct gofer_channel *channel; /* in `domain` */
    int64_t since;                 /* when it came */
};
/* Takes the descriptor in any case. The connection's memory is of `d`. */
int connection_new(struct domain *d, struct host *h, int fd, const struct p9tool_serve_options *o,
                   uint32_t fids, struct connection **ret);
void connection_free(struct connection *c);
/* enum p9_pump_result */
int connection_serve(struct connection *c);
bool connection_silent(const struct connection *c);              /* no request came yet */
struct p9_server *connection_server(const struct connection *c); /* NULL once it ended */

/* ---- client.c ---- */

struct remote {
    struct domain *d;
    const struct p9tool_env *env;
    const struct p9tool_p9_options *o;
    struct p9_client *client;
    struct p9_file root;
};
/* Walk to a path (its "." and ".." are resolved by text); the error names it. */
int remote_walk(struct remote *r, const char *path, struct p9_file *ret, struct error *err);
int remote_stat(struct remote *r, const struct p9_file *f, struct p9_attr *ret);
/* "PATH: TEXT" */
int remote_error(struct remote *r, struct error *err, const char *path, int code);
bool remote_is_std(const struct remote *r);

/* ---- list.c ---- */

struct entry {
    char *name; /* owned */
    struct p9_qid qid;
};
/* Sorted, without dots; names that no directory can have are an error, as is a directory without
 * end. */
int read_entries(struct remote *r, const struct p9_file *dir, struct entry **ret, size_t *ret_n);
void entries_free(struct entry *v, size_t n);
int action_ls(struct remote *r, struct error *err);
int action_stat(struct remote *r, struct error *err);
int action_tree(struct remote *r, struct error *err);

/* ---- copy.c, bench.c ---- */

int action_cat(struct remote *r, struct error *err);
int action_put(struct remote *r, struct error *err);
int action_bench(struct remote *r, struct error *err);

/* ---- text.c ---- */

/* A name that cannot act on a terminal: control bytes and backslashes as \ooo. */
void put_name(FILE *out, const char *name);
/* "drwxr-xr-x" */
void mode_text(uint32_t mode, char ret[11]);
/* UTC, seconds. */
void time_text(uint64_t seconds, char ret[32]);

#endif
