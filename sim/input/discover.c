/* From a PATH to files that hold cases (case.h, part 4). */
#include "source.h"

#include "light.h"
#include "listing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool ends_with(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n > m && !strcmp(text + n - m, suffix);
}

static bool is_suite_name(const char *name)
{
    return ends_with(name, ".jsonl") || ends_with(name, ".jsonl.gz");
}

/* Stands beside a suite or spec and is read with it (expect.h): no case, and nothing to tell about.
 */
static bool belongs_to_case(const char *name)
{
    return !strcmp(name, "xfail.txt") || ends_with(name, ".mtree") ||
           !strcmp(name, "subtrees.json") || (is_suite_name(name) && strstr(name, ".expected."));
}

static int system_error(struct case_source *s, const char *path, struct error *err)
{
    int code = -errno;
    return error_set(s->d, err, code, "%s: %s", path, code_text(code));
}

/* ------------------------------------------------------------------------------------- specs and
 * bundles */

static int add_single(struct case_source *s, const struct source_file *f, const char *name,
                      struct error *err)
{
    uint32_t file;
    int rc = source_add_file(s, f, &file);
    return rc ? rc : source_add_case(s, name, strlen(name), file, 1, 0, err);
}

/* Is it a spec? Both answers are 0; a file that cannot be read is an error. */
static int look_at_spec(struct case_source *s, const char *path, bool *ret, struct error *err)
{
    char *bytes;
    size_t n;
    int rc = file_read(s->d, path, &bytes, &n, err);
    if (!rc) {
        *ret = light_has(bytes, n, "ociVersion") || light_has(bytes, n, "mounts");
        mem_free(bytes);
    }
    return rc;
}

/* Why a named file is none: what is wrong with its JSON, or what it lacks. */
static int no_spec(struct case_source *s, const char *path, struct error *err)
{
    struct json_doc doc;
    char *bytes;
    size_t n;
    int rc = file_read(s->d, path, &bytes, &n, err);
    if (rc) {
        return rc;
    }
    rc = json_parse(s->d, path, 1, "spec", bytes, n, &doc, err);
    mem_free(bytes);
    if (rc) {
        return rc;
    }
    json_release(&doc);
    return error_set(s->d, err, -EINVAL,
                     "%s: not a case: neither \"ociVersion\" nor \"mounts\" in an object", path);
}

static int add_spec(struct case_source *s, const char *path, const char *name,
                    const struct xfail_set *xfail, bool named, struct error *err)
{
    bool is_spec;
    int rc = look_at_spec(s, path, &is_spec, err);
    if (rc == -E2BIG && !named) {
        rc = source_note(s, "skipped: %s", err->text);
        error_release(err);
        return rc;
    }
    if (rc) {
        return rc;
    }
    if (!is_spec && named) {
        return no_spec(s, path, err);
    }
    if (!is_spec) {
        return source_note(s, "%s: skipped: neither \"ociVersion\" nor \"mounts\" in an object",
                           path);
    }
    struct source_file f = {CASE_SPEC, path, path, NULL, xfail};
    return add_single(s, &f, name, err);
}

static bool is_dir(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Does the config.json name a root directory that is there? */
static bool names_root(struct case_source *s, const char *dir, const char *config)
{
    struct error ignored = {0};
    struct json_doc doc;
    struct spec spec;
    char *bytes;
    size_t n;
    if (file_read(s->d, config, &bytes, &n, &ignored)) {
        error_release(&ignored);
        return false;
    }
    bool found = false;
    if (!json_parse(s->d, config, 1, "spec", bytes, n, &doc, &ignored)) {
        if (!spec_read(&doc, doc.root, &spec, &ignored) && *spec.root_path) {
            char *root = path_abs(s->d, dir, spec.root_path);
            found = root && is_dir(root);
            mem_free(root);
        }
        json_release(&doc);
    }
    error_release(&ignored);
    mem_free(bytes);
    return found;
}

/* The config.json of a bundle, in *config; NULL: the directory is none. */
static int look_at_bundle(struct case_source *s, const char *dir, const char **config)
{
    struct stat st;
    char *path = arena_printf(s->arena, "%s/config.json", dir);
    char *rootfs = arena_printf(s->arena, "%s/rootfs", dir);
    if (!path || !rootfs) {
        return CODE_FATE;
    }
    bool bundle =
        !stat(path, &st) && S_ISREG(st.st_mode) && (is_dir(rootfs) || names_root(s, dir, path));
    *config = bundle ? path : NULL;
    return domain_dead(s->d) ? CODE_FATE : 0;
}

/* -----------------------------------------------------------------------------------------------
 * folders */

/* A folder on the way down. */
struct level {
    const char *path, *name; /* name: below PATH, "" at the top */
    const struct xfail_set *xfail;
    unsigned depth;
};

static int walk(struct case_source *s, const struct level *at, struct error *err);

static int walk_below(struct case_source *s, const struct level *at, const char *path,
                      const char *name, struct error *err)
{
    const char *config;
    int rc = look_at_bundle(s, path, &config);
    if (rc) {
        return rc;
    }
    if (config) {
        struct source_file f = {CASE_BUNDLE, config, config, path, at->xfail};
        return add_single(s, &f, name, err);
    }
    if (at->depth >= LIMIT_FOLDER_DEPTH) {
        return error_set(s->d, err, -E2BIG, "%s: more than %d folders deep (LIMIT_FOLDER_DEPTH)",
                         path, LIMIT_FOLDER_DEPTH);
    }
    struct level next = {path, name, NULL, at->depth + 1};
    return walk(s, &next, err);
}

static int visit(struct case_source *s, const struct level *at, const char *entry,
                 struct error *err)
{
    struct stat st, link;
    bool here = !strcmp(at->path, "."), top = !strcmp(at->path, "/");
    char *path =
        arena_printf(s->arena, "%s%s%s", here ? "" : at->path, here || top ? "" : "/", entry);
    char *name = arena_printf(s->arena, "%s%s%s", at->name, *at->name ? "/" : "", entry);
    if (!path || !name) {
        return CODE_FATE;
    }
    if (lstat(path, &link) || stat(path, &st)) {
        return source_note(s, "%s: skipped: %s", path, code_text(-errno));
    }
    if (S_ISDIR(st.st_mode)) {
        return S_ISLNK(link.st_mode)
                   ? source_note(s, "%s: skipped: a symbolic link to a directory", path)
                   : walk_below(s, at, path, name, err);
    }
    if (S_ISREG(st.st_mode) && belongs_to_case(entry)) {
        return 0;
    }
    if (S_ISREG(st.st_mode) && is_suite_name(entry)) {
        struct source_file f = {CASE_SUITE, path, path, NULL, at->xfail};
        return source_add_suite(s, &f, false, err);
    }
    if (S_ISREG(st.st_mode) && ends_with(entry, ".json")) {
        return add_spec(s, path, name, at->xfail, false, err);
    }
    return source_note(s, "%s: skipped: not a case", path);
}

static int walk(struct case_source *s, const struct level *at, struct error *err)
{
    struct level here = *at;
    struct listing l = {0};
    int rc = xfail_load(s, here.path, &here.xfail, err);
    if (!rc) {
        rc = listing_read(s->d, here.path, &l);
        if (rc && rc != CODE_FATE) {
            rc = error_set(s->d, err, rc, "%s: %s", here.path, code_text(rc));
        }
    }
    for (size_t i = 0; !rc && i < l.n; i++) {
        rc = visit(s, &here, l.names[i], err);
    }
    listing_release(&l);
    return rc;
}

/* ------------------------------------------------------------------------------------------- named
 * paths */

/* The folder whose xfail.txt counts for a path that was named. */
static int beside(struct case_source *s, const char *path, const struct xfail_set **ret,
                  struct error *err)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == path ? arena_dup(s->arena, "/", 1)
                   : slash       ? arena_dup(s->arena, path, (size_t)(slash - path))
                                 : arena_dup(s->arena, ".", 1);
    return folder ? xfail_load(s, folder, ret, err) : CODE_FATE;
}

/* "." and ".." are no names: the directory's own is. */
static const char *own_name(struct case_source *s, const char *path)
{
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    if (strcmp(last, ".") != 0 && strcmp(last, "..") != 0) {
        return path;
    }
    char *real = realpath(path, NULL);
    if (!real) {
        return path;
    }
    const char *name = strrchr(real, '/') + 1;
    char *kept = arena_dup(s->arena, name, strlen(name));
    free(real);
    return kept && *kept ? kept : path;
}

static int named_folder(struct case_source *s, const char *path, struct error *err)
{
    const char *config;
    int rc = look_at_bundle(s, path, &config);
    if (rc) {
        return rc;
    }
    if (!config) {
        struct level top = {path, "", NULL, 1};
        return walk(s, &top, err);
    }
    struct source_file f = {CASE_BUNDLE, config, config, path, NULL};
    rc = beside(s, path, &f.xfail, err);
    return rc ? rc : add_single(s, &f, own_name(s, path), err);
}

static int named_stream(struct case_source *s, int fd, const char *shown, struct error *err)
{
    struct source_file f = {CASE_SUITE, shown, NULL, NULL, NULL};
    int rc = spool(s, fd, shown, &f.path, err);
    return rc ? rc : source_add_suite(s, &f, true, err);
}

static int named_pipe(struct case_source *s, const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return system_error(s, path, err);
    }
    int rc = named_stream(s, fd, path, err);
    close(fd);
    return rc;
}

static int named_file(struct case_source *s, const char *path, struct error *err)
{
    const struct xfail_set *xfail;
    int rc = beside(s, path, &xfail, err);
    if (rc) {
        return rc;
    }
    if (is_suite_name(path)) {
        struct source_file f = {CASE_SUITE, path, path, NULL, xfail};
        return source_add_suite(s, &f, true, err);
    }
    if (ends_with(path, ".json")) {
        return add_spec(s, path, path, xfail, true, err);
    }
    return error_set(
        s->d, err, -EINVAL,
        "%s: not a case: expected a bundle, a folder, *.json, *.jsonl, *.jsonl.gz or -", path);
}

int discover(struct case_source *s, const char *given, struct error *err)
{
    if (!strcmp(given, "-")) {
        return named_stream(s, s->opt.in_fd, "-", err);
    }
    struct stat st;
    char *clean = path_clean(s->d, given);
    char *path = clean ? arena_dup(s->arena, clean, strlen(clean)) : NULL;
    mem_free(clean);
    if (!path) {
        return CODE_FATE;
    }
    if (!*given) {
        return error_set(s->d, err, -ENOENT, "an empty path");
    }
    if (stat(path, &st)) {
        return system_error(s, path, err);
    }
    if (S_ISDIR(st.st_mode)) {
        return named_folder(s, path, err);
    }
    return S_ISREG(st.st_mode) ? named_file(s, path, err) : named_pipe(s, path, err);
}
