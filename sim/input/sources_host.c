/* Bind sources from the real machine: each outermost path becomes a read-only lower of a
 * copy-on-write tree. */
#include "input.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Does the path of an earlier tree contain this one? */
static bool covered(const struct sim_case *c, const char *path)
{
    for (size_t i = 0; i < c->n_trees; i++) {
        const char *outer = c->trees[i].path;
        size_t n = strlen(outer);
        if (!strncmp(outer, path, n) && (!path[n] || path[n] == '/')) {
            return true;
        }
    }
    return false;
}

/* What cannot be a lower is imitated: the type is what counts, nothing of it is ever opened. */
static int add_special(struct sim_case *c, struct sim_tree *tree, const struct stat *st)
{
    struct host_manifest *m = arena_alloc(c->arena, sizeof(*m));
    struct host_entry *e = m ? arena_alloc(c->arena, sizeof(*e)) : NULL;
    if (!e) {
        return CODE_FATE;
    }
    *e = (struct host_entry){.path = ".",
                             .has_mode = true,
                             .mode = st->st_mode & 07777,
                             .has_uid = true,
                             .uid = st->st_uid,
                             .has_gid = true,
                             .gid = st->st_gid,
                             .major = major(st->st_rdev),
                             .minor = minor(st->st_rdev)};
    e->type = S_ISSOCK(st->st_mode)   ? HOST_SOCK
              : S_ISFIFO(st->st_mode) ? HOST_FIFO
              : S_ISBLK(st->st_mode)  ? HOST_BLK
                                      : HOST_CHR;
    *m = (struct host_manifest){e, 1};
    tree->kind = TREE_MANIFEST;
    tree->manifest = m;
    return case_add_tree(c, tree);
}

/* Where each source stands and what it holds: what a run hashes. */
static int identify(struct sim_case *c, struct str *text)
{
    bool whole = true;
    for (size_t i = c->has_rootfs; i < c->n_trees; i++) {
        const struct sim_tree *t = &c->trees[i];
        const char *id = t->kind == TREE_HOST ? host_identity(c->arena, t->host_path, &whole) : "";
        if (!id || (!whole && case_warn_partly(c, t->host_path))) {
            return CODE_FATE;
        }
        str_addf(text, "%s\n%s\n", t->path, id);
        if (t->kind == TREE_MANIFEST) {
            const struct host_entry *e = &t->manifest->entries[0];
            str_addf(text, "special:%d:%o:%u:%u:%u:%u\n", (int)e->type, e->mode, e->uid, e->gid,
                     e->major, e->minor);
        }
    }
    const char *kept = text->n ? arena_dup(c->arena, text->p, text->n) : "";
    c->sources_text = (struct text_range){kept, text->n};
    return kept && !domain_dead(c->d) ? 0 : CODE_FATE;
}

static int take(struct sim_case *c, const char *dir, int mount, const char *path)
{
    const char *source = c->spec.mounts[mount].source;
    struct stat st;
    char *real = path_abs(c->d, dir, source);
    char *kept = real ? arena_dup(c->arena, real, strlen(real)) : NULL;
    mem_free(real);
    if (!kept) {
        return CODE_FATE;
    }
    if (!strcmp(path, "/")) {
        return case_add_finding(c, FINDING_SOURCE_MISSING, mount,
                                "source \"/\" is not taken from the host: it is empty here");
    }
    if (stat(kept, &st)) {
        return case_add_finding(c, FINDING_SOURCE_MISSING, mount, "source \"%s\": %s", source,
                                code_text(-errno));
    }
    struct sim_tree tree = {.name = source, .path = path, .kind = TREE_HOST, .host_path = kept};
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) {
        return add_special(c, &tree, &st);
    }
    return case_add_tree(c, &tree);
}

/* Shorter paths first, so that an outer tree stands before what lies in it. */
struct wanted {
    const char *path;
    int mount;
};
static int by_length(const void *left, const void *right)
{
    const struct wanted *a = left, *b = right;
    size_t na = strlen(a->path), nb = strlen(b->path);
    if (na != nb) {
        return na < nb ? -1 : 1;
    }
    int order = strcmp(a->path, b->path);
    return order ? order : a->mount - b->mount;
}

int sources_from_host(struct sim_case *c, const char *dir)
{
    struct wanted *v = arena_alloc(c->arena, (c->spec.n_mounts + 1) * sizeof(*v));
    if (!v) {
        return CODE_FATE;
    }
    size_t n = 0;
    for (size_t i = 0; i < c->spec.n_mounts; i++) {
        if (!mount_has_source(&c->spec.mounts[i])) {
            continue;
        }
        v[n].mount = (int)i;
        v[n].path = case_source_path(c, c->spec.mounts[i].source);
        if (!v[n++].path) {
            return CODE_FATE;
        }
    }
    qsort(v, n, sizeof(*v), by_length);
    for (size_t i = 0; i < n; i++) {
        if (!covered(c, v[i].path)) {
            int rc = take(c, dir, v[i].mount, v[i].path);
            if (rc) {
                return rc;
            }
        }
    }
    struct str text;
    str_init(&text, c->d);
    int rc = identify(c, &text);
    str_release(&text);
    return rc;
}
