/* Descriptors that stand in the ledger. */
#include "internal.h"

#include <unistd.h>

static void owned_fd_close(void *p)
{
    struct owned_fd *f = p;
    close(f->fd);
}

int owned_fd_new(struct domain *d, int fd, const char *kind, struct owned_fd **ret)
{
    if (fd < 0) {
        return -EBADF;
    }
    struct owned_fd *f = mem_new(d, sizeof(*f), kind);
    if (!f) {
        close(fd);
        return CODE_FATE;
    }
    f->fd = fd;
    mem_on_free(f, owned_fd_close);
    *ret = f;
    return 0;
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
