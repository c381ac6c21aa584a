#include "absent.h"

#include <stdio.h>

void absent_flush(struct verdict *v, struct absent *a)
{
    if (a->top && a->below) {
        verdict_add(v, "nodes %s: %s%s, with %zu below it", a->top, a->what, a->detail, a->below);
    } else if (a->top) {
        verdict_add(v, "nodes %s: %s%s", a->top, a->what, a->detail);
    }
    a->top = NULL;
    a->below = 0;
}

static bool is_below(const char *top, const char *path)
{
    size_t n = strlen(top);
    return strncmp(top, path, n) == 0 && (path[n] == '/' || (n && top[n - 1] == '/'));
}

void absent_add(struct verdict *v, struct absent *a, const char *path, const char *type,
                const char *mode, const char *fs)
{
    if (a->top && is_below(a->top, path)) {
        a->below++;
        return;
    }
    absent_flush(v, a);
    a->top = path;
    bool detail = *type || *mode || *fs;
    (void)snprintf(a->detail, sizeof(a->detail), "%s%.8s%s%.8s%s%.16s%s", detail ? " (" : "", type,
                   *type && *mode ? " " : "", mode, *fs ? " on " : "", fs, detail ? ")" : "");
}
