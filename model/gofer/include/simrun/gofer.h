/*
 * gofer: the process outside of the sandbox that serves host files over 9P (contract ninep,
 * sections 8 and 9).
 *
 * A gofer has a domain of its own, one host, and one 9P server for each channel. It knows nothing
 * of the world that it serves: they share a socket, and its death reaches the other side as an end
 * of file. What cannot travel is that it will never answer (a FIFO opened for reading, Q-39): that
 * is PUMP_HUNG for a client that pumps, and a readable descriptor for one that waits
 * (gofer_wait_pump).
 *
 *     domain_init(&d, "gofer", profile);           the gofer's own domain
 *     gofer_new(&d, host, &g);
 *     p9_socketpair(&world, &d, &client_end, &gofer_end);
 *     gofer_point_new(g, &(struct gofer_attach){.prefix = "/h/rootfs", .lazy_open_for_write =
 * true}, &point); gofer_serve(point, gofer_end, &channel);     once for each channel
 *     ... client with pump {gofer_channel_pump, channel}, or gofer_run(g) in a thread or process of
 * its own ... gofer_free(g); domain_close(&d, ...);
 *
 * Descriptors are numbered as the original's: the first channel is 3.
 */
#ifndef SIMRUN_GOFER_H
#define SIMRUN_GOFER_H

#include <simrun/core.h>
#include <simrun/host.h>
#include <simrun/p9.h>

struct gofer;
struct gofer_point;
struct gofer_channel;

/* One attach point. runsc: the root is {spec root readonly, lazy}; any other 9P mount is {an option
 * `ro` is present, not lazy}. */
struct gofer_attach {
    const char *prefix; /* absolute host path that "/" of the attach name means; copied */
    bool ro_mount;
    bool lazy_open_for_write;
};

/* `d` is the gofer's own domain and `h` is borrowed; both must outlive it. */
int gofer_new(struct domain *d, struct host *h, struct gofer **ret);
/* Closes all channels and drops all files. Takes NULL; does nothing after a fate of its domain. */
void gofer_free(struct gofer *g);

/* An attach point lives as long as the gofer. It can be attached once, over all of its channels
 * together. */
int gofer_point_new(struct gofer *g, const struct gofer_attach *conf, struct gofer_point **ret);

/* Serve the point on a socket of the gofer's domain, whose ownership passes in any case. The
 * channel lives as long as the gofer. */
int gofer_serve(struct gofer_point *point, struct owned_fd *sock, struct gofer_channel **ret);

/* The 9P server of a channel (its personality, its counters); NULL once the gofer has shut down. */
struct p9_server *gofer_channel_server(const struct gofer_channel *c);

/*
 * Inline mode: serve what is there on one channel, or on all. enum p9_pump_result. Never blocks.
 * Both fit p9_pump.run. The end of one connection ends all others (Q-35, with its log line) when a
 * call sees it; after a client is freed, call gofer_pump.
 */
int gofer_channel_pump(void *channel);
int gofer_pump(void *gofer);

/*
 * Thread and process mode: serve all channels until the last has ended. 0, or CODE_FATE when the
 * domain met its fate. After fate hang gofer_hang_fd becomes readable and the sockets stay open,
 * silent, until the domain is closed; after another fate close the domain at once, so that the
 * clients see the end. A process has a copy of a mem host: its changes stay there, so host_diff is
 * for the dir host, or for the process itself, to ask.
 */
int gofer_run(struct gofer *g);

/* An eventfd of the gofer's domain, made by the first call (before the thread or process starts).
 * -errno or CODE_FATE. */
int gofer_hang_fd(struct gofer *g);

/* The pump of a client whose gofer runs elsewhere: waits until its socket has something, or the
 * gofer hangs. */
struct gofer_wait {
    int client_fd; /* the client's end of the channel; borrowed */
    int hang_fd;   /* of gofer_hang_fd; borrowed */
    bool unsent;   /* the pump's `unsent`: a request larger than the socket buffer is on its way */
};
int gofer_wait_pump(void *wait);

/* After another fate than hang, while the domain cannot be closed yet: shuts all connections down,
 * so that their clients see the end. */
void gofer_hang_up(struct gofer *g);

/* ----------------------------------------------------------------------- confinement */

/* What keeps a gofer process to its task (contract 8), in the order in which it is taken. */
enum gofer_measure {
    GOFER_OWN_DESCRIPTORS,  /* all that it does not need are closed, 0 to 2 are /dev/null */
    GOFER_OWN_ROOT,         /* its root is empty; directories that it serves have no outside */
    GOFER_OWN_LIMITS,       /* no core file, no further process, GOFER_PROCESS_BYTES of memory */
    GOFER_FEW_CAPABILITIES, /* CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID at most */
    GOFER_NO_NEW_PRIVILEGES,
    GOFER_SYSCALL_FILTER, /* a system call that serving does not need kills it (SIGSYS) */
    GOFER_MEASURES
};

static const uint64_t GOFER_PROCESS_BYTES = UINT64_C(8) << 30;

/* What the machine allowed: 0 for a measure that is in force, else -errno. */
struct gofer_confinement {
    int code[GOFER_MEASURES];
};

/*
 * Confine the calling process for ever; it must have one thread only, and be the gofer's own.
 * `keep` are the descriptors that it needs (domain_fds of its domains, its way to report): sorted
 * in place. Directories among them keep their numbers but are replaced, so nothing below them may
 * be open. A measure that the machine does not allow does not keep the others from being taken.
 */
void gofer_confine(int *keep, size_t n, struct gofer_confinement *ret);

/* "confined by: A, B; not allowed here: C (operation not permitted)". */
void gofer_confinement_text(const struct gofer_confinement *c, struct str *s);
/*
 * Try it in a process of its own that ends at once, so that it can be told before the first case.
 * `real_directories`: of a gofer over a dir host. 0 or -errno.
 */
int gofer_confinement_probe(bool real_directories, struct gofer_confinement *ret);

#endif
