/* xfail.txt: lines `GLOB REASON` for the cases that come from files of its folder. */
#include "source.h"

#include <fnmatch.h>

static int bad_line(struct case_source *s, const char *path, size_t line, struct error *err)
{
    return error_set(s->d, err, -EINVAL, "%s: a line is GLOB REASON (line %zu, column 1)", path,
                     line);
}

static int parse_line(struct case_source *s, struct xfail_rule ***link, char *text,
                      const char *path, size_t line, struct error *err)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n && strchr(" \t\r", text[n - 1])) {
        text[--n] = '\0';
    }
    if (!n || *text == '#') {
        return 0;
    }
    size_t glob = strcspn(text, " \t");
    if (!text[glob]) {
        return bad_line(s, path, line, err);
    }
    text[glob] = '\0';
    struct xfail_rule *r = arena_alloc(s->arena, sizeof(*r));
    if (!r) {
        return CODE_FATE;
    }
    r->glob = text;
    r->reason = text + glob + 1 + strspn(text + glob + 1, " \t");
    **link = r;
    *link = &r->next;
    return 0;
}

static int parse(struct case_source *s, struct xfail_set *set, char *text, const char *path,
                 struct error *err)
{
    struct xfail_rule **link = &set->rules;
    for (size_t line = 1; *text; line++) {
        char *end = text + strcspn(text, "\n");
        bool last = !*end;
        *end = '\0';
        int rc = parse_line(s, &link, text, path, line, err);
        if (rc || last) {
            return rc;
        }
        text = end + 1;
    }
    return 0;
}

int xfail_load(struct case_source *s, const char *folder, const struct xfail_set **ret,
               struct error *err)
{
    for (const struct xfail_set *set = s->xfail; set; set = set->next) {
        if (!strcmp(set->folder, folder)) {
            *ret = set;
            return 0;
        }
    }
    struct xfail_set *set = arena_alloc(s->arena, sizeof(*set));
    char *path = arena_printf(s->arena, "%s/xfail.txt", folder);
    char *bytes;
    size_t n;
    if (!set || !path) {
        return CODE_FATE;
    }
    int rc = file_read(s->d, path, &bytes, &n, err);
    if (rc == -ENOENT || rc == -ENOTDIR) {
        error_release(err);
        *ret = NULL;
        return 0;
    }
    if (rc) {
        return rc;
    }
    char *text = arena_dup(s->arena, bytes, strlen(bytes));
    mem_free(bytes);
    set->folder = arena_dup(s->arena, folder, strlen(folder));
    if (!text || !set->folder) {
        return CODE_FATE;
    }
    rc = parse(s, set, text, path, err);
    if (rc) {
        return rc;
    }
    set->next = s->xfail;
    s->xfail = set;
    *ret = set;
    return 0;
}

const char *xfail_match(const struct xfail_set *set, const char *name)
{
    for (const struct xfail_rule *r = set ? set->rules : NULL; r; r = r->next) {
        if (!fnmatch(r->glob, name, 0)) {
            return r->reason;
        }
    }
    return NULL;
}
