/* Lexically relative paths (contract filesystems 8.1). */
#include "private.h"

/* Length of the longest prefix of whole elements that both share, with the slash after it. */
static size_t common_prefix(const char *base, const char *target)
{
    size_t common = 0;
    for (size_t i = 0;; i++) {
        char b = base[i] ? base[i] : '/', t = target[i] ? target[i] : '/';
        if (b != t) {
            return common;
        }
        if (b == '/') {
            if (!base[i] || !target[i]) {
                return i;
            }
            common = i + 1;
        }
    }
}

int path_relative(struct domain *d, const char *base, const char *target, char **ret)
{
    CLEANUP_MEM char *from = path_clean(d, base);
    CLEANUP_MEM char *to = from ? path_clean(d, target) : NULL;
    if (!to) {
        return CODE_FATE;
    }
    const char *b = strcmp(from, ".") == 0 ? "" : from;
    if (strcmp(from, to) == 0) {
        b = to;
    }
    if ((*b == '/') != (*to == '/')) {
        return -EINVAL;
    }
    size_t common = common_prefix(b, to);
    const char *b_rest = b + common, *t_rest = to + common;
    b_rest += *b_rest == '/';
    t_rest += *t_rest == '/';
    if (strcmp(b_rest, "..") == 0 || strncmp(b_rest, "../", 3) == 0) {
        return -EINVAL;
    }
    struct str s;
    str_init(&s, d);
    for (const char *p = b_rest; *p; p += strcspn(p, "/"), p += *p == '/') {
        str_add(&s, s.n ? "/.." : "..");
    }
    if (*t_rest || !s.n) {
        str_addf(&s, "%s%s", s.n ? "/" : "", *t_rest ? t_rest : ".");
    }
    char *relative = str_take(&s);
    if (!relative) {
        return CODE_FATE;
    }
    *ret = relative;
    return 0;
}
