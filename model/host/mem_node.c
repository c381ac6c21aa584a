/* Nodes and names of backend mem. */
#include <sys/sysmacros.h>

#include "mem.h"

enum { MEM_DIR_SIZE = 4096, MEM_BLOCK = 4096 };

struct timespec mem_now(struct mem_host *h)
{
    int64_t ns = domain_now(h->base.d);
    return (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
}

void mem_touch_mtime(struct mem_host *h, struct mem_node *n)
{
    n->mtime = n->ctime = mem_now(h);
}

int mem_node_new(struct mem_host *h, uint32_t type, uint32_t mode, struct mem_node **ret)
{
    if (h->node_n >= HOST_MAX_NODES) {
        return -ENOSPC;
    }
    struct mem_node *n = MEM_NEW(h->base.d, struct mem_node);
    if (!n) {
        return CODE_FATE;
    }
    h->node_n++;
    n->ino = h->next_ino++;
    n->type = type;
    n->mode = mode;
    n->nlink = type == S_IFDIR ? 1 : 0; /* "." of a directory */
    n->atime = n->mtime = n->ctime = mem_now(h);
    list_init(&n->names);
    list_push_back(&h->nodes, &n->all);
    *ret = n;
    return 0;
}

void mem_node_free(struct mem_node *n)
{
    mem_data_release(&n->data);
    mem_free(n->target);
    mem_free(n->lower_path);
    if (n->orig) {
        mem_free(n->orig->children);
        mem_free(n->orig);
    }
    mem_free(n);
}

void mem_node_gone(struct mem_node *n)
{
    if (n->files == 0 && list_empty(&n->names) && n->type == S_IFREG) {
        mem_data_release(&n->data);
    }
}

int mem_link(struct mem_host *h, struct mem_node *dir, const char *name, struct mem_node *n,
             struct mem_dentry **ret)
{
    size_t len = strlen(name);
    struct mem_dentry *de = mem_new(h->base.d, sizeof(*de) + len + 1, "mem_dentry");
    if (!de) {
        return CODE_FATE;
    }
    memcpy(de->name, name, len + 1);
    de->node.name = de->name;
    de->parent = dir;
    de->inode = n;
    de->alive = true;
    namemap_insert(&dir->children, &de->node);
    list_push_back(&n->names, &de->of_node);
    list_push_back(&h->dentries, &de->all);
    n->nlink++;
    if (n->type == S_IFDIR && dir->nlink > 1) {
        dir->nlink++; /* file systems that do not count sub-directories say 1 for ever */
    }
    *ret = de;
    return 0;
}

void mem_unlink(struct mem_host *h, struct mem_dentry *de)
{
    (void)h;
    struct mem_node *n = de->inode;
    namemap_remove(&de->parent->children, &de->node);
    list_remove(&de->of_node);
    de->alive = false;
    n->nlink--;
    if (n->type == S_IFDIR && de->parent->nlink > 1) {
        de->parent->nlink--;
    }
}

int mem_lookup(struct mem_host *h, struct mem_node *dir, const char *name, struct mem_dentry **ret)
{
    if (dir->unread) {
        int rc = cow_populate(h, dir);
        if (rc < 0) {
            return rc;
        }
    }
    *ret = dentry_of(namemap_find(&dir->children, name));
    return 0;
}

bool mem_dir_dead(const struct mem_host *h, const struct mem_node *dir)
{
    return dir != h->root && list_empty(&dir->names);
}

struct mem_node *mem_parent(struct mem_host *h, struct mem_node *dir)
{
    if (dir == h->root || list_empty(&dir->names)) {
        return h->root;
    }
    return container_of(dir->names.next, struct mem_dentry, of_node)->parent;
}

void mem_stat(struct mem_host *h, struct mem_node *n, struct stat *ret)
{
    uint64_t size = 0;
    switch (n->type) {
    case S_IFREG:
        mem_data_sync_time(h, n);
        size = mem_data_size(n);
        break;
    case S_IFDIR:
        size = MEM_DIR_SIZE;
        break;
    case S_IFLNK:
        size = strlen(n->target);
        break;
    default:
        break;
    }
    uint64_t blocks = n->type == S_IFLNK ? 0 : (size + MEM_BLOCK - 1) / MEM_BLOCK * 8;
    *ret = (struct stat){
        .st_dev = makedev(0, 1),
        .st_ino = n->ino,
        .st_mode = n->type | n->mode,
        .st_nlink = n->nlink,
        .st_uid = n->uid,
        .st_gid = n->gid,
        .st_rdev = n->rdev,
        .st_size = (off_t)size,
        .st_blksize = MEM_BLOCK,
        .st_blocks = (blkcnt_t)blocks,
        .st_atim = n->atime,
        .st_mtim = n->mtime,
        .st_ctim = n->ctime,
    };
}
