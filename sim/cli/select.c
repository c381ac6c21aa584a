/* --filter and --exclude: shell globs on whole names, in which `*` also matches `/`. */
#include "cli.h"

#include <fnmatch.h>

static bool matches(const struct ptrvec *globs, const char *name)
{
    for (size_t i = 0; i < globs->n; i++) {
        if (fnmatch(globs->p[i], name, 0) == 0) {
            return true;
        }
    }
    return false;
}

int select_cases(struct cli *c, const struct case_source *s, size_t **ret, size_t *ret_n)
{
    size_t all = case_source_count(s), n = 0;
    size_t *v = mem_resize(c->d, NULL, 0, all + 1, sizeof(*v), "selection");
    if (!v) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < all; i++) {
        struct case_info info;
        case_source_info(s, i, &info);
        bool in = c->o.filter.n == 0 || matches(&c->o.filter, info.name);
        if (in && !matches(&c->o.exclude, info.name)) {
            v[n++] = i;
        }
    }
    *ret = v;
    *ret_n = n;
    return 0;
}

int nothing_selected(const struct cli *c, const struct case_source *s)
{
    size_t n = case_source_count(s);
    if (n) {
        return complain(c, EXIT_USAGE,
                        "nothing selected: %zu case%s found, none left by --filter and --exclude",
                        n, n == 1 ? "" : "s");
    }
    return complain(c, EXIT_USAGE,
                    "nothing selected: no case in %s%s; expected a bundle, *.json with "
                    "\"ociVersion\" or \"mounts\", *.jsonl, *.jsonl.gz, or a folder of these",
                    (const char *)c->o.words.p[0], c->o.words.n > 1 ? " and the others" : "");
}
