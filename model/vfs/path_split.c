/* SplitFirst and SplitLast (contract vfs 8). */
#include "vfs_internal.h"

/* Length without trailing slashes, at least 1 for a path that has a byte. */
static size_t trimmed_length(const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') {
        n--;
    }
    return n;
}

static int pair(struct domain *d, const char *a, size_t na, const char *b, size_t nb, char **ret_a,
                char **ret_b)
{
    char *first = mem_dupn(d, a, na);
    char *second = first ? mem_dupn(d, b, nb) : NULL;
    if (!second) {
        mem_free(first);
        return CODE_FATE;
    }
    *ret_a = first;
    *ret_b = second;
    return 0;
}

const char *path_cut_first(char **rest)
{
    char *path = *rest;
    size_t n = trimmed_length(path);
    if (n == 0) {
        return ".";
    }
    path[n] = '\0';
    char *end = strchrnul(path, '/');
    if (end == path) {
        *rest = path + 1;
        return "/";
    }
    while (*end == '/') {
        *end++ = '\0';
    }
    *rest = end;
    return path;
}

int path_split_last(struct domain *d, const char *path, char **dir, char **file)
{
    size_t n = trimmed_length(path);
    if (n == 0) {
        return pair(d, ".", 1, ".", 1, dir, file);
    }
    if (n == 1 && path[0] == '/') {
        return pair(d, "/", 1, ".", 1, dir, file);
    }
    const char *slash = memrchr(path, '/', n);
    if (!slash) {
        return pair(d, ".", 1, path, n, dir, file);
    }
    size_t dir_n = (size_t)(slash - path);
    while (dir_n > 1 && path[dir_n - 1] == '/') {
        dir_n--;
    }
    if (dir_n == 0) {
        dir_n = 1;
    }
    return pair(d, path, dir_n, slash + 1, (size_t)(path + n - slash - 1), dir, file);
}
