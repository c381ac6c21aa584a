/* Lexical path rules (contract pipeline 2). Bytes only: no byte but '/' and '.' means anything. */
#include <simrun/core.h>

/* Is the last part of `out` (n bytes, kept from `root` on) a ".." that nothing can cancel? */
static bool ends_in_dotdot(const char *out, size_t root, size_t n)
{
    return n - root >= 2 && out[n - 1] == '.' && out[n - 2] == '.' &&
           (n - root == 2 || out[n - 3] == '/');
}

static size_t drop_last(const char *out, size_t root, size_t n)
{
    while (n > root && out[n - 1] != '/') {
        n--;
    }
    return n > root ? n - 1 : n;
}

char *path_clean(struct domain *d, const char *p)
{
    char *out = mem_new(d, strlen(p) + 2, "text");
    if (!out) {
        return NULL;
    }
    size_t root = *p == '/';
    size_t n = 0;
    if (root) {
        out[n++] = '/';
    }
    while (*p) {
        size_t len = strcspn(p, "/");
        bool dotdot = len == 2 && p[0] == '.' && p[1] == '.';
        if (len == 0 || (len == 1 && *p == '.')) {
            /* says nothing */
        } else if (dotdot && n > root && !ends_in_dotdot(out, root, n)) {
            n = drop_last(out, root, n);
        } else if (!dotdot || !root) {
            if (n > root) {
                out[n++] = '/';
            }
            memcpy(out + n, p, len);
            n += len;
        }
        p += len;
        p += *p == '/';
    }
    if (n == 0) {
        out[n++] = '.';
    }
    out[n] = '\0';
    return out;
}

char *path_join(struct domain *d, const char *a, const char *b)
{
    if (!*a && !*b) {
        return mem_dup(d, "");
    }
    CLEANUP_MEM char *both = mem_printf(d, "%s%s%s", a, *a && *b ? "/" : "", b);
    return both ? path_clean(d, both) : NULL;
}

char *path_abs(struct domain *d, const char *base, const char *p)
{
    return *p == '/' ? mem_dup(d, p) : path_join(d, base, p);
}

bool name_is_safe(const char *name)
{
    return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !strchr(name, '/');
}

int name_compare(const char *a, const char *b)
{
    return strcmp(a, b);
}
