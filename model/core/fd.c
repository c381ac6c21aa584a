/* Descriptors that stand in the ledger. */
#include "internal.h"

#include <unistd.h>

static void owned_fd_close(void *p)
{
    struct owned_fd *f = p;
    f->end(f->arg, f->fd);
}

static void close_fd(void *arg, int fd)
{
    (void)arg;
    close(fd);
}

int owned_fd_lent(struct domain *d, int fd, const char *kind, void (*end)(void *arg, int fd),
                  void *arg, struct owned_fd **ret)
{
    struct owned_fd *f = mem_new(d, sizeof(*f), kind);
    if (!f) {
        end(arg, fd);
        return CODE_FATE;
    }
    *f = (struct owned_fd){.fd = fd, .end = end, .arg = arg};
    mem_on_free(f, owned_fd_close);
    *ret = f;
    return 0;
}

int owned_fd_new(struct domain *d, int fd, const char *kind, struct owned_fd **ret)
{
    return fd < 0 ? -EBADF : owned_fd_lent(d, fd, kind, close_fd, NULL, ret);
}

void owned_fd_free(struct owned_fd *f)
{
    mem_free(f);
}

struct fd_list {
    int *v;
    size_t n, cap;
};

static void fd_list_add(void *arg, const void *p)
{
    struct fd_list *l = arg;
    if (l->n < l->cap) {
        l->v[l->n] = ((const struct owned_fd *)p)->fd;
    }
    l->n++;
}

size_t domain_fds(const struct domain *d, int *v, size_t cap)
{
    struct fd_list l = {.v = v, .cap = cap};
    ledger_each(d, owned_fd_close, fd_list_add, &l);
    return l.n;
}
