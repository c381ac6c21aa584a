/* The peer's tree. */
#include "peer.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct pfile *peer_add(struct peer *p, struct pfile *dir, const char *name, uint32_t mode)
{
    struct pfile *f = calloc(1, sizeof(*f));
    assert(f);
    f->ino = ++p->last_ino;
    f->links = S_ISDIR(mode) ? 2 : 1;
    f->mode = mode;
    f->blksize = 512;
    f->atime_sec = 11;
    f->mtime_sec = 22;
    f->ctime_sec = 33;
    f->fd = S_ISREG(mode) ? memfd_create("peer", MFD_CLOEXEC) : -1;
    f->next = p->files;
    p->files = f;
    if (dir) {
        peer_enter(dir, name, f);
    }
    return f;
}

void peer_enter(struct pfile *dir, const char *name, struct pfile *f)
{
    assert(dir->n < sizeof(dir->names) / sizeof(dir->names[0]));
    dir->names[dir->n++] = (struct pname){strdup(name), f};
}

struct pfile *peer_file(struct peer *p, struct pfile *dir, const char *name, const char *content)
{
    struct pfile *f = peer_add(p, dir, name, S_IFREG | 0644);
    peer_append(f, content);
    return f;
}

struct pfile *peer_link(struct peer *p, struct pfile *dir, const char *name, const char *target)
{
    struct pfile *f = peer_add(p, dir, name, S_IFLNK | 0777);
    f->target = strdup(target);
    return f;
}

struct pfile *peer_find(struct pfile *dir, const char *name)
{
    for (size_t i = 0; i < dir->n; i++) {
        if (strcmp(dir->names[i].name, name) == 0) {
            return dir->names[i].file;
        }
    }
    return NULL;
}

void peer_drop(struct pfile *dir, const char *name)
{
    for (size_t i = 0; i < dir->n; i++) {
        if (strcmp(dir->names[i].name, name) == 0) {
            free(dir->names[i].name);
            dir->names[i] = dir->names[--dir->n];
            return;
        }
    }
}

uint64_t peer_size(const struct pfile *f)
{
    struct stat st;
    if (f->fd < 0) {
        return f->target ? strlen(f->target) : 0;
    }
    return fstat(f->fd, &st) < 0 ? 0 : (uint64_t)st.st_size;
}

void peer_append(struct pfile *f, const char *content)
{
    size_t n = strlen(content);
    ssize_t put = pwrite(f->fd, content, n, (off_t)peer_size(f));
    assert(put == (ssize_t)n);
    (void)put;
}

struct peer *peer_new(struct domain *d, struct owned_fd **ret_sock)
{
    struct peer *p = calloc(1, sizeof(*p));
    assert(p);
    domain_init(&p->d, "peer", PROFILE_GVISOR_2018_08_14);
    p->root = peer_add(p, NULL, NULL, S_IFDIR | 0755);
    p->donate = DONATE_RW;
    p->valid = P9_ATTR_STAT;
    p->connected = -1;
    struct owned_fd *sock;
    struct p9_attach_point at = {.attach = peer_attach, .arg = p};
    if (p9_socketpair(d, &p->d, ret_sock, &sock) || p9_server_new(&p->d, sock, &at, &p->server)) {
        abort();
    }
    return p;
}

size_t peer_free(struct peer *p)
{
    p9_server_free(p->server);
    size_t left = domain_close(&p->d, NULL, NULL);
    if (p->d.fate) {
        left = 0;
    }
    if (p->connected >= 0) {
        close(p->connected);
    }
    while (p->files) {
        struct pfile *f = p->files;
        p->files = f->next;
        for (size_t i = 0; i < f->n; i++) {
            free(f->names[i].name);
        }
        if (f->fd >= 0) {
            close(f->fd);
        }
        free(f->target);
        free(f);
    }
    free(p);
    return left;
}
