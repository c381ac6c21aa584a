#include "listing.h"

#include <dirent.h>

static int by_bytes(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static int add(struct listing *l, const char *name)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 32;
        char **v = mem_resize(l->d, l->names, l->cap, cap, sizeof(*v), "listing");
        if (!v) {
            return CODE_FATE;
        }
        l->names = v;
        l->cap = cap;
    }
    l->names[l->n] = mem_dup(l->d, name);
    if (!l->names[l->n]) {
        return CODE_FATE;
    }
    l->n++;
    return 0;
}

int listing_read(struct domain *d, const char *path, struct listing *ret)
{
    struct listing l = {.d = d};
    DIR *dir = opendir(path);
    if (!dir) {
        return -errno;
    }
    int rc = 0;
    for (struct dirent *e; !rc && (e = readdir(dir));) {
        if (e->d_name[0] != '.') { /* "." and "..", and what is hidden from people too */
            rc = add(&l, e->d_name);
        }
    }
    closedir(dir);
    if (rc) {
        listing_release(&l);
        return rc;
    }
    if (l.n) {
        qsort(l.names, l.n, sizeof(*l.names), by_bytes);
    }
    *ret = l;
    return 0;
}

void listing_release(struct listing *l)
{
    for (size_t i = 0; i < l->n; i++) {
        mem_free(l->names[i]);
    }
    mem_free(l->names);
    *l = (struct listing){0};
}
