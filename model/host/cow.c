/*
 * Copy-on-write trees of backend mem: nodes come on demand from a real directory that is only ever
 * read. Every access starts again from the lower's root and follows nothing, and only what was seen
 * to be a regular file or a directory is opened.
 */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "real.h"

struct mem_lower {
    struct list link;      /* mem_host.lowers */
    struct owned_fd *root; /* owned */
    struct namemap links;  /* cow_link: files with several names, so that they stay one node */
};

struct cow_link {
    struct namenode node;
    struct mem_node *inode; /* not owned */
    char key[48];           /* "<dev>:<ino>" */
};

void cow_free(struct mem_host *h)
{
    list_for_each_safe(it, &h->lowers)
    {
        struct mem_lower *lower = container_of(it, struct mem_lower, link);
        struct namenode *n;
        while ((n = namemap_first(&lower->links)) != NULL) {
            namemap_remove(&lower->links, n);
            mem_free(container_of(n, struct cow_link, node));
        }
        owned_fd_free(lower->root);
        mem_free(lower);
    }
}

static void take_attributes(struct mem_node *n, const struct stat *st)
{
    n->mode = st->st_mode & 07777;
    n->uid = st->st_uid;
    n->gid = st->st_gid;
    n->rdev = st->st_rdev;
    n->atime = st->st_atim;
    n->mtime = st->st_mtim;
    n->ctime = st->st_ctim;
    if (S_ISREG(st->st_mode)) {
        n->data.size = (uint64_t)st->st_size;
    }
    n->unread = S_ISDIR(st->st_mode) || (S_ISREG(st->st_mode) && st->st_size > 0);
}

/* Opens what the node stands for, for reading. */
static int open_lower(struct mem_node *n)
{
    int path = real_open_beneath(n->lower->root->fd, n->lower_path);
    if (path < 0) {
        return path;
    }
    struct stat st;
    int fd;
    if (fstat(path, &st) < 0) {
        fd = sys_error();
    } else if ((st.st_mode & S_IFMT) != n->type) {
        fd = -ESTALE; /* the user's tree changed under us */
    } else {
        fd = real_reopen(path, O_RDONLY);
    }
    (void)close(path);
    return fd;
}

/* --------------------------------------------------------------------- directories */

static int read_target(struct mem_host *h, struct mem_node *n, int dir, const char *name)
{
    char buf[LIMIT_PATH];
    ssize_t len = readlinkat(dir, name, buf, sizeof(buf) - 1);
    if (len < 0) {
        return sys_error();
    }
    n->target = mem_dupn(h->base.d, buf, (size_t)len);
    return n->target ? 0 : CODE_FATE;
}

static int find_hard_link(struct mem_host *h, struct mem_lower *lower, const struct stat *st,
                          struct mem_node *fresh, struct mem_node **ret)
{
    struct cow_link *link = MEM_NEW(h->base.d, struct cow_link);
    if (!link) {
        return CODE_FATE;
    }
    (void)snprintf(link->key, sizeof(link->key), "%llx:%llx", (unsigned long long)st->st_dev,
                   (unsigned long long)st->st_ino);
    struct namenode *known = namemap_find(&lower->links, link->key);
    if (known) {
        mem_free(link);
        *ret = container_of(known, struct cow_link, node)->inode;
        return 0;
    }
    if (!fresh) {
        mem_free(link);
        *ret = NULL;
        return 0;
    }
    link->node.name = link->key;
    link->inode = fresh;
    namemap_insert(&lower->links, &link->node);
    *ret = fresh;
    return 0;
}

static int make_node(struct mem_host *h, struct mem_node *dir, int fd, const char *name,
                     const struct stat *st, struct mem_node **ret)
{
    struct mem_node *n;
    int rc = mem_node_new(h, st->st_mode & S_IFMT, 0, &n);
    if (rc < 0) {
        return rc;
    }
    take_attributes(n, st);
    n->lower = dir->lower;
    n->lower_path = dir->lower_path[0] ? mem_join(h->base.d, dir->lower_path, "/", name, NULL)
                                       : mem_dup(h->base.d, name);
    if (!n->lower_path) {
        return CODE_FATE;
    }
    if (S_ISLNK(st->st_mode)) {
        rc = read_target(h, n, fd, name);
    }
    if (rc == 0) {
        *ret = n;
    }
    return rc;
}

static int add_child(struct mem_host *h, struct mem_node *dir, int fd, const char *name)
{
    struct stat st;
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        return errno == ENOENT ? 0 : sys_error();
    }
    bool shared = !S_ISDIR(st.st_mode) && st.st_nlink > 1;
    struct mem_node *n = NULL;
    int rc = shared ? find_hard_link(h, dir->lower, &st, NULL, &n) : 0;
    if (rc == 0 && !n) {
        rc = make_node(h, dir, fd, name, &st, &n);
        if (rc == 0 && shared) {
            rc = find_hard_link(h, dir->lower, &st, n, &n);
        }
    }
    if (rc != 0 || !n) {
        return rc;
    }
    uint32_t dir_links = dir->nlink;
    struct mem_dentry *de;
    rc = mem_link(h, dir, name, n, &de);
    dir->nlink = dir_links; /* the lower's own counts hold until something changes here */
    n->nlink = (uint32_t)st.st_nlink;
    return rc;
}

static int read_names(struct mem_host *h, struct mem_node *dir, DIR *stream)
{
    for (;;) {
        errno = 0;
        struct dirent *e = readdir(stream);
        if (!e) {
            return -errno;
        }
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            int rc = add_child(h, dir, dirfd(stream), e->d_name);
            if (rc < 0) {
                return rc;
            }
        }
    }
}

int cow_populate(struct mem_host *h, struct mem_node *dir)
{
    int fd = open_lower(dir);
    if (fd < 0) {
        return fd;
    }
    DIR *stream = fdopendir(fd);
    if (!stream) {
        int rc = sys_error();
        (void)close(fd);
        return rc;
    }
    dir->unread = false;
    int rc = read_names(h, dir, stream);
    (void)closedir(stream);
    return rc;
}

/* ------------------------------------------------------------------------ contents */

static int load_fd(struct mem_host *h, struct mem_node *n, int fd)
{
    uint8_t buf[16384];
    uint64_t at = 0;
    for (;;) {
        ssize_t got = read(fd, buf, sizeof(buf));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? sys_error() : 0;
        }
        size_t put;
        int rc = mem_data_write(h, n, buf, (size_t)got, at, &put);
        if (rc < 0) {
            return rc;
        }
        at += put;
    }
}

int cow_load(struct mem_host *h, struct mem_node *n)
{
    int fd = open_lower(n);
    if (fd < 0) {
        return fd;
    }
    n->unread = false;
    n->data.size = 0;
    int rc = load_fd(h, n, fd);
    (void)close(fd);
    return rc;
}

/* ---------------------------------------------------------------------- a new tree */

int cow_attach(struct mem_host *h, struct mem_node *n, int fd, const struct stat *st)
{
    struct mem_lower *lower = MEM_NEW(h->base.d, struct mem_lower);
    if (!lower) {
        return CODE_FATE;
    }
    int copy = real_dup(fd);
    int rc = copy < 0 ? copy : owned_fd_new(h->base.d, copy, "lower root", &lower->root);
    if (rc < 0) {
        mem_free(lower);
        return rc;
    }
    list_push_back(&h->lowers, &lower->link);
    n->lower = lower;
    n->lower_path = mem_dup(h->base.d, "");
    if (!n->lower_path) {
        return CODE_FATE;
    }
    take_attributes(n, st);
    n->nlink = (uint32_t)st->st_nlink;
    return 0;
}
