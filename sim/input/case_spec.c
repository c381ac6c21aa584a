/* A plain OCI spec, alone or in a bundle, as a case. */
#include "input.h"

#include <sys/stat.h>

static bool is_dir(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* The bundle's own root: what root.path names, else `rootfs`. NULL in *ret: there is none. */
static int bundle_root(struct sim_case *c, const char *dir, const char **ret)
{
    const char *root = c->spec.root_path;
    char *named = path_abs(c->d, dir, root);
    char *kept = named ? arena_dup(c->arena, named, strlen(named)) : NULL;
    mem_free(named);
    char *usual = arena_printf(c->arena, "%s/rootfs", dir);
    if (!kept || !usual) {
        return CODE_FATE;
    }
    if (*root && is_dir(kept)) {
        *ret = kept;
        return 0;
    }
    if (!is_dir(usual)) {
        *ret = NULL;
        return 0;
    }
    *ret = usual;
    return case_add_finding(c, FINDING_ROOT_MADE_UP, -1,
                            "root.path \"%s\" is no directory, the bundle's rootfs takes its place",
                            root);
}

static int set_bundle_root(struct case_context *cx, struct sim_case *c, const char *dir)
{
    struct rootfs own = {.kind = TREE_HOST};
    if (cx->opt->no_files) {
        return error_set(cx->d, cx->err, -EPERM, "%s: no files are opened here", dir);
    }
    int rc = bundle_root(c, dir, &own.host_path);
    if (rc || !own.host_path) {
        return rc;
    }
    bool whole;
    const char *text = host_identity(c->arena, own.host_path, &whole);
    own.identity = (struct text_range){text, text ? strlen(text) : 0};
    own.partly = !whole;
    return text ? case_set_rootfs(c, &own) : CODE_FATE;
}

/* Who names the config.json of a bundle may have meant the bundle. */
static const char *hint_bundle(const struct sim_case *c, const char *where)
{
    static const char config[] = "config.json";
    const char *slash = strrchr(c->file, '/');
    if (strcmp(where, "default") != 0 || strcmp(slash ? slash + 1 : c->file, config) != 0) {
        return "";
    }
    struct stat st;
    const char *root = path_beside(c->arena, c->file, c->spec.root_path);
    return root && stat(root, &st) == 0 && S_ISDIR(st.st_mode)
               ? "; the real one is taken where PATH is the directory of config.json"
               : "";
}

static int read_rootfs(struct case_context *cx, struct sim_case *c, const char *dir,
                       const struct steering *st)
{
    const char *where = st->rootfs;
    if (!where && dir) {
        return set_bundle_root(cx, c, dir);
    }
    if (!where) {
        where = cx->opt->rootfs ? cx->opt->rootfs : "default";
    } else if (strcmp(where, "default") != 0) {
        where = path_beside(c->arena, c->file, where);
    }
    const struct rootfs *r;
    int rc = where ? rootfs_get(cx->rootfs, where, cx->d, &r, cx->err) : CODE_FATE;
    if (rc) {
        return rc;
    }
    rc = case_set_rootfs(c, r);
    if (rc || !c->spec.has_root || !*c->spec.root_path) {
        return rc;
    }
    return case_add_finding(
        c, FINDING_ROOT_MADE_UP, -1, "root \"%s\" made up: %s stands for it%s", c->spec.root_path,
        strcmp(where, "default") ? where : "the default root file system", hint_bundle(c, where));
}

static int read_sources(struct case_context *cx, struct sim_case *c, const char *dir,
                        const struct steering *st)
{
    enum case_sources from = st->sources;
    if (from == SOURCES_DEFAULT) {
        from = cx->opt->sources;
    }
    if (from == SOURCES_DEFAULT) {
        from = dir ? SOURCES_HOST : SOURCES_MADE_UP;
    }
    if (from == SOURCES_MADE_UP) {
        return sources_make_up(c);
    }
    if (cx->opt->no_files) {
        return error_set(cx->d, cx->err, -EPERM, "%s: no files are opened here", c->file);
    }
    if (!dir) {
        dir = path_beside(c->arena, c->file, ".");
    }
    return dir ? sources_from_host(c, dir) : CODE_FATE;
}

static int fill(struct case_context *cx, struct sim_case *c, const char *dir)
{
    struct steering st = {0};
    c->spec_text = (struct text_range){c->doc.bytes, c->doc.n};
    int rc = spec_read(&c->doc, c->doc.root, &c->spec, cx->err);
    if (rc || (rc = annotations_read(c, &st, cx->err)) || (rc = read_rootfs(cx, c, dir, &st)) ||
        (rc = read_sources(cx, c, dir, &st)) || (rc = case_make_real(c))) {
        return rc;
    }
    return case_take_warnings(c, &c->doc);
}

int case_from_spec(struct case_context *cx, enum case_kind kind, const char *name, const char *file,
                   const char *dir, const char *bytes, size_t n, struct sim_case **ret)
{
    struct json_doc doc;
    int rc = json_parse(cx->d, file, 1, "spec", bytes, n, &doc, cx->err);
    if (rc) {
        return rc;
    }
    struct sim_case *c = case_new(cx, kind, name, file, 1, &doc);
    if (!c) {
        return CODE_FATE;
    }
    rc = fill(cx, c, dir);
    if (!rc && domain_dead(cx->d)) {
        rc = CODE_FATE;
    }
    if (rc) {
        case_free(c);
        return rc;
    }
    *ret = c;
    return 0;
}
