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

/* Clean `p` into `out`, which has room for one byte more than `p` and its terminator, and may be
 * the same: nothing is written before it was read. */
static void clean_to(char *out, const char *p)
{
    size_t root = *p == '/';
    size_t n = 0;
    if (root) {
        out[n++] = '/';
    }
    while (*p) {
        size_t len = (size_t)(strchrnul(p, '/') - p);
        bool more = p[len] == '/';
        bool dotdot = len == 2 && p[0] == '.' && p[1] == '.';
        if (len == 0 || (len == 1 && *p == '.')) {
            /* says nothing */
        } else if (dotdot && n > root && !ends_in_dotdot(out, root, n)) {
            n = drop_last(out, root, n);
        } else if (!dotdot || !root) {
            if (n > root) {
                out[n++] = '/';
            }
            memmove(out + n, p, len);
            n += len;
        }
        p += len + more;
    }
    if (n == 0) {
        out[n++] = '.';
    }
    out[n] = '\0';
}

char *path_clean(struct domain *d, const char *p)
{
    char *out = mem_buffer(d, NULL, strlen(p) + 2, "text");
    if (out) {
        clean_to(out, p);
    }
    return out;
}

char *path_join(struct domain *d, const char *a, const char *b)
{
    if (!*a && !*b) {
        return mem_dup(d, "");
    }
    size_t n = strlen(a), m = strlen(b);
    char *both = mem_buffer(d, NULL, n + 1 + m + 2, "text");
    if (!both) {
        return NULL;
    }
    char *end = stpcpy(both, a);
    if (n > 0 && m > 0) {
        *end++ = '/';
    }
    memcpy(end, b, m + 1);
    clean_to(both, both);
    return both;
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
