/*
 * Socketpairs, and those that are used again by peers in one thread. To make and close one costs
 * the kernel as much as three round trips, so the sockets of a connection that has ended are used
 * again. Such a socket is not closed when its end is: whoever reads or writes at the other end is
 * told by `open` what the kernel would say (transport.c).
 */
#include "pairs.h"

#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

struct pair {
    struct pair *next; /* idle */
    struct p9_pairs *home;
    pid_t made_by; /* a child's copy would speak to its parent */
    struct pair_end ends[2];
};

struct p9_pairs {
    struct pair *idle; /* owned */
    size_t taken;
};

static int make_sockets(int fds[2])
{
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds);
}

int p9_socketpair(struct domain *a_domain, struct domain *b_domain, struct owned_fd **ret_a,
                  struct owned_fd **ret_b)
{
    int fds[2];
    struct owned_fd *a, *b;
    if (make_sockets(fds) < 0) {
        return -errno;
    }
    int code = owned_fd_new(a_domain, fds[0], "p9 socket", &a);
    if (code) {
        close(fds[1]);
        return code;
    }
    code = owned_fd_new(b_domain, fds[1], "p9 socket", &b);
    if (code) {
        owned_fd_free(a);
        return code;
    }
    *ret_a = a;
    *ret_b = b;
    return 0;
}

int p9_pairs_new(struct p9_pairs **ret)
{
    struct p9_pairs *pairs = calloc(1, sizeof(*pairs));
    if (!pairs) {
        return -ENOMEM;
    }
    *ret = pairs;
    return 0;
}

static void pair_close(struct pair *pair)
{
    close(pair->ends[0].fd);
    close(pair->ends[1].fd);
    free(pair);
}

void p9_pairs_free(struct p9_pairs *pairs)
{
    if (!pairs) {
        return;
    }
    assert(pairs->taken == 0);
    for (struct pair *pair; (pair = pairs->idle);) {
        pairs->idle = pair->next;
        pair_close(pair);
    }
    free(pairs);
}

/* NULL: errno says why. */
static struct pair *pair_new(struct p9_pairs *home, pid_t self)
{
    int fds[2];
    struct pair *pair = malloc(sizeof(*pair));
    if (!pair || make_sockets(fds) < 0) {
        free(pair);
        return NULL;
    }
    *pair = (struct pair){.home = home, .made_by = self};
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        pair->ends[i] = (struct pair_end){.pair = pair, .fd = fds[i]};
    }
    return pair;
}

/* An idle pair of this process, or a new one. */
static struct pair *pair_get(struct p9_pairs *home)
{
    const pid_t self = getpid();
    for (struct pair *pair; (pair = home->idle);) {
        home->idle = pair->next;
        if (pair->made_by == self) {
            return pair;
        }
        pair_close(pair);
    }
    return pair_new(home, self);
}

/* With nothing in flight the sockets are as new. */
static void end_closed(void *arg, int fd)
{
    struct pair_end *end = arg;
    struct pair *pair = end->pair;
    (void)fd;
    end->open = false;
    if (pair->ends[0].open || pair->ends[1].open) {
        return;
    }
    pair->home->taken--;
    if (pair->ends[0].unread || pair->ends[1].unread) {
        pair_close(pair);
        return;
    }
    pair->next = pair->home->idle;
    pair->home->idle = pair;
}

int p9_pairs_take(struct p9_pairs *pairs, struct domain *a_domain, struct domain *b_domain,
                  struct owned_fd **ret_a, struct owned_fd **ret_b)
{
    struct domain *const domains[] = {a_domain, b_domain};
    struct owned_fd *fds[2];
    struct pair *pair = pair_get(pairs);
    if (!pair) {
        return -errno;
    }
    pairs->taken++;
    pair->ends[0].open = pair->ends[1].open = true;
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        struct pair_end *end = &pair->ends[i];
        int code = owned_fd_lent(domains[i], end->fd, "p9 socket", end_closed, end, &fds[i]);
        if (code) {
            if (i == 0) {
                end_closed(&pair->ends[1], pair->ends[1].fd);
            } else {
                owned_fd_free(fds[0]);
            }
            return code;
        }
    }
    *ret_a = fds[0];
    *ret_b = fds[1];
    return 0;
}

struct pair_end *pair_end_of(const struct owned_fd *sock)
{
    return sock->end == end_closed ? sock->arg : NULL;
}

struct pair_end *pair_other_end(const struct pair_end *end)
{
    struct pair *pair = end->pair;
    return &pair->ends[end == &pair->ends[0]];
}
