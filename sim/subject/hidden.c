/*
 * What a mount hides: the node that was its mount point, and where the input tells them the names
 * in it. Nothing is asked of the world, for a question would be a message that the original does
 * not send.
 */
#include "capture.h"
#include "provenance.h"

enum { LISTED_NAMES = 16 /* kept of one directory; the rest is counted */ };

/* A hidden directory whose contents the input tells. */
struct hidden_dir {
    const struct sim_tree *tree; /* NULL = not known */
    char *path;                  /* owned: in the tree, without a slash in front; "" = its root */
    size_t path_n;
    size_t entries;
    const char *names[LISTED_NAMES]; /* the first by bytes; borrowed */
    size_t n_names;
};

/* Sorted, each once, at most LISTED_NAMES; all are counted. */
static void add_name(struct hidden_dir *dir, const char *name)
{
    size_t at = dir->n_names;
    dir->entries++;
    while (at > 0 && strcmp(dir->names[at - 1], name) > 0) {
        at--;
    }
    if (at == LISTED_NAMES) {
        return;
    }
    size_t last = dir->n_names < LISTED_NAMES ? dir->n_names++ : LISTED_NAMES - 1;
    memmove(&dir->names[at + 1], &dir->names[at], (last - at) * sizeof(*dir->names));
    dir->names[at] = name;
}

/* ---------------------------------------------------------------------------------- where it is */

/* Path on the model's host side of the hidden node: NULL = it is on none, or memory is out. */
static char *host_path(const struct boot_record *rec, const struct sim_case *c,
                       const struct sim_result *r, const struct sim_mount *m, int below)
{
    const struct sim_mount *of = &r->mounts[below];
    const char *rest = m->place + (of->place[1] == '\0' ? 0 : strlen(of->place));
    if (below == 0) {
        return mem_join(r->d, c->real.root_path, rest, NULL);
    }
    if ((size_t)below > rec->compiled.n) {
        return NULL;
    }
    const struct spec_mount *bind = &rec->compiled.v[below - 1].m;
    return strcmp(bind->type, "bind") == 0 ? mem_join(r->d, bind->source, rest, NULL) : NULL;
}

/* The tree that holds `path`, and the path in it. */
static int find_tree(const struct sim_case *c, struct domain *d, const char *path,
                     struct hidden_dir *dir)
{
    CLEANUP_MEM char *clean = path_clean(d, path);
    for (size_t i = 0; clean && i < c->n_trees; i++) {
        size_t n = strlen(c->trees[i].path);
        if (strncmp(clean, c->trees[i].path, n) == 0 && (clean[n] == '/' || clean[n] == '\0') &&
            c->trees[i].kind == TREE_MANIFEST) {
            dir->tree = &c->trees[i];
            dir->path = mem_dup(d, clean + n + (clean[n] == '/'));
            dir->path_n = dir->path ? strlen(dir->path) : 0;
            return dir->path ? 0 : CODE_FATE;
        }
    }
    return clean ? 0 : CODE_FATE;
}

/* --------------------------------------------------------------------------------- what is in it
 */

/* Parent of an entry of a manifest as its length; *name is the last component. */
static size_t parent_length(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    return slash ? (size_t)(slash - path) : 0;
}

/* One pass over a manifest serves all that is hidden in its tree. */
static void list_tree(const struct sim_tree *tree, struct hidden_dir *dirs, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        any |= dirs[i].tree == tree;
    }
    for (size_t e = 0; any && e < tree->manifest->n; e++) {
        const char *path = tree->manifest->entries[e].path, *name;
        if (!path || !path[0] || strcmp(path, ".") == 0) {
            continue;
        }
        size_t parent = parent_length(path, &name);
        for (size_t i = 0; i < n; i++) {
            if (dirs[i].tree == tree && dirs[i].path_n == parent &&
                memcmp(dirs[i].path, path, parent) == 0) {
                add_name(&dirs[i], name);
            }
        }
    }
}

/* Directories that the pipeline had made in it for mounts before this one. */
static void list_made(const struct boot_record *rec, const struct sim_result *r, size_t i,
                      struct hidden_dir *dir)
{
    const char *place = r->mounts[i].place;
    size_t n = place[1] == '\0' ? 0 : strlen(place);
    for (size_t k = 0; k + 1 < i; k++) {
        const struct ptrvec *made = &rec->mounts[k].created;
        for (size_t j = 0; j < made->n; j++) {
            const char *name;
            size_t parent = parent_length(made->p[j], &name);
            if (parent == n && memcmp(made->p[j], place, n) == 0) {
                add_name(dir, name);
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------ all */

static const char *hidden_json(const struct boot_hidden *h, int below, bool known,
                               const struct hidden_dir *dir, struct sim_result *r)
{
    struct str s;
    str_init(&s, r->d);
    str_addc(&s, '{');
    provenance_member(&s, "type", capture_type_name(h->type));
    provenance_member(&s, "fs", h->fs[0] ? h->fs : "stub");
    str_add(&s, ",\"mount\":");
    str_addi(&s, below);
    str_add(&s, h->root ? ",\"root\":true" : "");
    if (known) {
        str_add(&s, ",\"entries\":");
        str_addi(&s, (int64_t)dir->entries);
        str_add(&s, ",\"names\":[");
        for (size_t i = 0; i < dir->n_names; i++) {
            str_add(&s, i ? "," : "");
            sim_json_text(&s, dir->names[i], strlen(dir->names[i]));
        }
        str_addc(&s, ']');
    }
    str_addc(&s, '}');
    const char *json = sim_result_dup(r, str_get(&s));
    str_release(&s);
    return json;
}

/* Does the input tell what the directory held? */
static bool on_host(const struct boot_hidden *h)
{
    return type_is_directory(h->type) &&
           (strcmp(h->fs, "9p") == 0 || strcmp(h->fs, "whitelistfs") == 0);
}

static int locate(const struct boot_record *rec, const struct sim_case *c, struct sim_result *r,
                  struct hidden_dir *dirs)
{
    int code = 0;
    for (size_t i = 0; i < rec->compiled.n && code == 0; i++) {
        const struct boot_hidden *h = &rec->mounts[i].hidden;
        const struct sim_mount *m = &r->mounts[i + 1];
        int below = m->mount_id && on_host(h) ? provenance_index(r, h->mount_id) : -1;
        CLEANUP_MEM char *path = below < 0 ? NULL : host_path(rec, c, r, m, below);
        code = path ? find_tree(c, r->d, path, &dirs[i]) : domain_dead(r->d) ? CODE_FATE : 0;
    }
    return code;
}

int provenance_hidden(const struct boot_record *rec, const struct sim_case *c, struct sim_result *r)
{
    size_t n = rec->compiled.n;
    struct hidden_dir *dirs = mem_resize(r->d, NULL, 0, n + 1, sizeof(*dirs), "hidden directories");
    int code = dirs ? locate(rec, c, r, dirs) : CODE_FATE;
    for (size_t i = 0; i < c->n_trees && code == 0; i++) {
        if (c->trees[i].kind == TREE_MANIFEST) {
            list_tree(&c->trees[i], dirs, n);
        }
    }
    for (size_t i = 0; i < n && code == 0; i++) {
        struct sim_mount *m = &r->mounts[i + 1];
        const struct boot_hidden *h = &rec->mounts[i].hidden;
        if (m->mount_id == 0) {
            continue;
        }
        if (dirs[i].tree) {
            list_made(rec, r, i + 1, &dirs[i]);
        }
        m->hides =
            hidden_json(h, provenance_index(r, h->mount_id), dirs[i].tree != NULL, &dirs[i], r);
        code = m->hides ? 0 : CODE_FATE;
    }
    for (size_t i = 0; dirs && i < n; i++) {
        mem_free(dirs[i].path);
    }
    mem_free(dirs);
    return code;
}
