/* `@` names against paths of the model's host side (case.h, part 3; contract pipeline 24). */
#include "input.h"

/* Length of the first component of an `@` name, with the `@`. */
static size_t name_length(const char *text)
{
    return strcspn(text, "/");
}

static const struct sim_tree *find_tree(const struct sim_case *c, const char *text)
{
    size_t n = name_length(text);
    for (size_t i = 0; i < c->n_trees; i++) {
        const char *name = c->trees[i].name;
        if (name[0] == '@' && strlen(name) == n && !memcmp(name, text, n)) {
            return &c->trees[i];
        }
    }
    return NULL;
}

char *case_real_path(const struct sim_case *c, struct domain *d, const char *text)
{
    const struct sim_tree *tree = text[0] == '@' ? find_tree(c, text) : NULL;
    if (!tree) {
        return mem_dup(d, text);
    }
    return mem_join(d, tree->path, text + name_length(text), NULL);
}

/* The `@` text for a path that begins at `p`; *n is how many bytes it stands for. NULL when there
 * is none. */
static const char *shown_name(const char *p, size_t *n)
{
    static const struct {
        const char *path, *name;
        bool open; /* the name goes on behind the path */
    } table[] = {
        {CASE_SOURCE_PATH, "@", true},
        {CASE_ROOTFS_PATH, "@rootfs", false},
        {CASE_BUNDLE_PATH, "@bundle", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        *n = strlen(table[i].path);
        if (strncmp(p, table[i].path, *n) != 0) {
            continue;
        }
        char next = p[*n];
        bool longer = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
                      (next >= '0' && next <= '9') || next == '_' || next == '-';
        if (table[i].open || !longer) {
            return table[i].name;
        }
    }
    return NULL;
}

/* The next place where a path of the host side may begin, or NULL. */
static const char *host_side(const char *text)
{
    return strstr(text, "/.simrun/");
}

bool case_text_is_shown(const char *text)
{
    return !host_side(text);
}

void case_show_text(struct str *s, const char *text)
{
    for (const char *at; (at = host_side(text));) {
        size_t n;
        const char *name = shown_name(at, &n);
        str_addn(s, text, (size_t)(at - text));
        if (name) {
            str_add(s, name);
        } else {
            n = 1;
            str_addc(s, *at);
        }
        text = at + n;
    }
    str_add(s, text);
}

char *case_source_path(struct sim_case *c, const char *source)
{
    char *real = case_real_path(c, c->d, source);
    char *whole =
        real ? path_abs(c->d, c->bundle, real) : NULL; /* not clean when it was absolute */
    char *path = whole ? path_clean(c->d, whole) : NULL;
    char *kept = path ? arena_dup(c->arena, path, strlen(path)) : NULL;
    mem_free(path);
    mem_free(whole);
    mem_free(real);
    return kept;
}

/* Exactly `bind`, as the original tells them (contract pipeline 6, 11.1); PQ-09: an empty source
 * stays without a channel. */
bool mount_has_source(const struct spec_mount *m)
{
    return !strcmp(m->type, "bind") && *m->source;
}

static int real_text(struct sim_case *c, const char *text, const char **ret)
{
    if (text[0] != '@') {
        *ret = text;
        return 0;
    }
    char *real = case_real_path(c, c->d, text);
    *ret = real ? arena_dup(c->arena, real, strlen(real)) : NULL;
    mem_free(real);
    return *ret ? 0 : CODE_FATE;
}

int case_make_real(struct sim_case *c)
{
    c->real = c->spec;
    if (c->kind != CASE_SUITE && *c->spec.root_path) {
        c->real.root_path = CASE_ROOTFS_PATH;
    } else if (real_text(c, c->spec.root_path, &c->real.root_path)) {
        return CODE_FATE;
    }
    size_t n = c->spec.n_mounts;
    if (!n) {
        return 0;
    }
    c->real.mounts = arena_alloc(c->arena, n * sizeof(*c->real.mounts));
    if (!c->real.mounts) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < n; i++) {
        c->real.mounts[i] = c->spec.mounts[i];
        if (real_text(c, c->spec.mounts[i].source, &c->real.mounts[i].source)) {
            return CODE_FATE;
        }
    }
    return 0;
}
