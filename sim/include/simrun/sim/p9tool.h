/*
 * p9tool: a directory as a 9P server, and a client for any 9P2000.L server (`simrun serve`, `simrun
 * p9`).
 *
 * Addresses: `unix:PATH` or anything with a '/', `HOST:PORT`, `:PORT` (loopback), `[IPV6]:PORT`,
 * and `fd:N`, an inherited socket that is listening or connected.
 */
#ifndef SIMRUN_SIM_P9TOOL_H
#define SIMRUN_SIM_P9TOOL_H

#include <simrun/p9.h>
#include <stdio.h>

/* Has the text the form of an address? */
bool p9tool_is_address(const char *text);

/* The world around. Everything is borrowed. */
struct p9tool_env {
    FILE *out;                 /* results; serve tells here where it listens */
    FILE *in;                  /* what `put` reads without a file; NULL: nothing */
    int stop_fd;               /* readable when the user wants an end; -1 = never */
    int64_t (*now)(void *arg); /* nanoseconds, never going back */
    void *arg;
};

enum {
    P9TOOL_CONNECTIONS = 64,      /* at once, unless told; more wait to be accepted */
    P9TOOL_LISTENERS = 8,         /* most addresses of one server */
    P9TOOL_HANDSHAKE_S = 20,      /* a connection that has not said anything by then ends */
    P9TOOL_ENTRIES_MAX = 1 << 20, /* most entries of a directory that the client takes */
    P9TOOL_DEPTH_MAX = 256,       /* most levels of `tree` */
};

struct p9tool_serve_options {
    const char *dir;
    const char *const *listen; /* 1..P9TOOL_LISTENERS addresses */
    size_t n_listen;
    bool writable;    /* else every change is refused (EROFS; EBADF in gv) */
    bool any_address; /* else only loopback */
    enum p9_personality personality;
    uint32_t msize;       /* 0: P9_MSIZE_DEFAULT */
    uint32_t connections; /* 0: P9TOOL_CONNECTIONS */
};

/*
 * Serve until env->stop_fd is readable, or until there is neither a listener nor a connection any
 * more (0). Nothing outside of `dir` can be reached, whatever happens to its tree meanwhile. One
 * thread; each connection has a domain of its own, so none can end another. `d` is for the rest.
 */
int p9tool_serve(struct domain *d, const struct p9tool_env *env,
                 const struct p9tool_serve_options *o, struct error *err);

enum p9tool_action { P9TOOL_LS, P9TOOL_STAT, P9TOOL_CAT, P9TOOL_TREE, P9TOOL_PUT, P9TOOL_BENCH };
/* 0 or -EINVAL. */
int p9tool_action_parse(const char *name, enum p9tool_action *ret);

struct p9tool_p9_options {
    enum p9tool_action action;
    const char *address, *path; /* `path` below the attach point */
    const char *local;          /* put: file to send; NULL: env->in */
    const char *aname;          /* NULL: "/" */
    const char *uname;          /* NULL: "" */
    uint32_t n_uname;           /* P9_NOUID: none */
    const char *version;        /* NULL: the highest, then what the server knows */
    uint32_t msize;             /* 0: P9_MSIZE_DEFAULT */
    bool long_format;           /* ls: with attributes */
    uint32_t count;             /* bench: turns; 0: 10000 */
};

/* 0, or -errno with a text that names what failed. */
int p9tool_p9(struct domain *d, const struct p9tool_env *env, const struct p9tool_p9_options *o,
              struct error *err);

#endif
