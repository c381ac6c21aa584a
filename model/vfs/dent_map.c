/* Sorted directory entries and their emission through a name cursor (contract vfs 16). */
#include "vfs_internal.h"

struct dent {
    struct namenode node;
    struct dent_attr attr;
    char name[];
};

void dent_map_init(struct dent_map *m, struct domain *d)
{
    *m = (struct dent_map){.d = d};
}

void dent_map_release(struct dent_map *m)
{
    for (struct namenode *n; (n = namemap_first(&m->map));) {
        namemap_remove(&m->map, n);
        mem_free(container_of(n, struct dent, node));
    }
}

int dent_map_add(struct dent_map *m, const char *name, struct dent_attr attr)
{
    struct namenode *found = namemap_find(&m->map, name);
    if (found) {
        container_of(found, struct dent, node)->attr = attr;
        return 0;
    }
    size_t n = strlen(name) + 1;
    struct dent *dent = mem_new(m->d, sizeof(*dent) + n, "directory entry");
    if (!dent) {
        return CODE_FATE;
    }
    memcpy(dent->name, name, n);
    dent->node.name = dent->name;
    dent->attr = attr;
    namemap_insert(&m->map, &dent->node);
    return 0;
}

void dent_map_del(struct dent_map *m, const char *name)
{
    struct namenode *found = namemap_find(&m->map, name);
    if (found) {
        namemap_remove(&m->map, found);
        mem_free(container_of(found, struct dent, node));
    }
}

const struct dent_attr *dent_map_find(const struct dent_map *m, const char *name)
{
    struct namenode *found = namemap_find(&m->map, name);
    return found ? &container_of(found, struct dent, node)->attr : NULL;
}

int dir_ctx_emit(struct dir_ctx *dc, const char *name, const struct dent_attr *attr)
{
    int r = dc->emit(dc->arg, name, attr);
    if (r == 0) {
        dc->written++;
    }
    return r;
}

static bool is_dots(const char *name)
{
    return name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int dent_map_emit(const struct dent_map *m, struct dir_ctx *dc, int *n)
{
    const char *from = dc->cursor ? *dc->cursor : NULL;
    int count = 0, r = 0;
    const char *last = NULL;
    for (struct namenode *node = namemap_after(&m->map, from); node; node = namenode_next(node)) {
        if (is_dots(node->name)) {
            continue;
        }
        r = dir_ctx_emit(dc, node->name, &container_of(node, struct dent, node)->attr);
        if (r) {
            break;
        }
        last = node->name;
        count++;
    }
    if (last && dc->cursor && r != CODE_FATE) {
        char *copy = mem_dup(m->d, last);
        if (!copy) {
            return CODE_FATE;
        }
        mem_free(*dc->cursor);
        *dc->cursor = copy;
    }
    *n = count;
    return r;
}
