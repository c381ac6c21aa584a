/*
 * Bind sources of a plain spec that stand nowhere: invented so that the mounts can happen. A
 * directory, unless the names say otherwise: the table below. A source that contains another one is
 * a directory in any case. Each is told as a finding.
 */
#include "input.h"

enum what { AS_DIR, AS_FILE, AS_SOCKET, AS_DEVICE };

static const char *const what_names[] = {"a directory", "an empty file", "a socket",
                                         "a character device"};

/* Last components that are files wherever they come from. */
static const char *const file_names[] = {
    "resolv.conf",   "hosts",       "hostname", "localtime",       "timezone",   "machine-id",
    "passwd",        "group",       "shadow",   "gshadow",         "subuid",     "subgid",
    "nsswitch.conf", "os-release",  "mtab",     ".containerenv",   ".dockerenv", "catatonit",
    "docker-init",   "podman-init", "tini",     "termination-log", "docker",
};

static const char *const file_suffixes[] = {
    ".conf", ".cfg", ".ini", ".json", ".yaml", ".yml", ".toml", ".env", ".txt", ".crt",
    ".pem",  ".key", ".pub", ".sh",   ".so",   ".pid", ".tar",  ".gz",  ".img", ".ko",
};

static const struct {
    const char *path;
    uint32_t major, minor;
} devices[] = {
    {"/dev/null", 1, 3},    {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
    {"/dev/random", 1, 8},  {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
    {"/dev/fuse", 10, 229}, {"/dev/kvm", 10, 232},  {"/dev/net/tun", 10, 200},
};

static bool ends_with(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n > m && !strcmp(text + n - m, suffix);
}

static enum what guess_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (ends_with(name, ".sock") || ends_with(name, ".socket")) {
        return AS_SOCKET;
    }
    for (size_t i = 0; i < ARRAY_LEN(file_names); i++) {
        if (!strcmp(name, file_names[i])) {
            return AS_FILE;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(file_suffixes); i++) {
        if (ends_with(name, file_suffixes[i])) {
            return AS_FILE;
        }
    }
    return strstr(name, ".so.") ? AS_FILE : AS_DIR; /* libc.so.6 */
}

static enum what guess(const char *path, const char *destination, struct host_entry *e)
{
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        if (!strcmp(path, devices[i].path)) {
            e->major = devices[i].major;
            e->minor = devices[i].minor;
            return AS_DEVICE;
        }
    }
    enum what by_source = guess_name(path);
    return by_source == AS_DIR ? guess_name(destination) : by_source;
}

/* One source to invent. */
struct wish {
    const char *path; /* absolute on the host side */
    int mount;
};

/* '/' before every other byte, so that what lies in a directory follows it at once. */
static int path_order(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++) {
    }
    int x = *a == '/' ? 1 : *a ? (unsigned char)*a + 1 : 0;
    int y = *b == '/' ? 1 : *b ? (unsigned char)*b + 1 : 0;
    return x - y;
}

static int by_path(const void *left, const void *right)
{
    const struct wish *a = left, *b = right;
    int order = path_order(a->path, b->path);
    return order ? order : a->mount - b->mount;
}

static bool below(const char *path, const char *outer)
{
    size_t n = strlen(outer);
    return !strncmp(path, outer, n) && path[n] == '/';
}

/* Why nothing can stand at a path; NULL: it can. */
static const char *refusal(const char *path)
{
    if (!strcmp(path, "/")) {
        return "the root of the host";
    }
    if (!strcmp(path, "/.simrun") ||
        (below(path, "/.simrun") && strcmp(path, CASE_BUNDLE_PATH) != 0 &&
         !below(path, CASE_BUNDLE_PATH))) {
        return "a path of simrun's own";
    }
    if (strlen(path) >= LIMIT_PATH) {
        return "a path of 4096 bytes or more";
    }
    for (const char *p = path; *p; p++) {
        if (strcspn(p, "/") > HOST_NAME_LIMIT) {
            return "a name of more than 255 bytes";
        }
        p += strcspn(p, "/");
        if (!*p) {
            break;
        }
    }
    return NULL;
}

/* The distinct paths to invent, in order. */
static int collect(struct sim_case *c, struct wish **ret, size_t *ret_n)
{
    struct wish *v = arena_alloc(c->arena, (c->spec.n_mounts + 1) * sizeof(*v));
    size_t n = 0, kept = 0;
    if (!v) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < c->spec.n_mounts; i++) {
        const struct spec_mount *m = &c->spec.mounts[i];
        if (!mount_has_source(m)) {
            continue;
        }
        char *path = case_source_path(c, m->source);
        if (!path) {
            return CODE_FATE;
        }
        if (!strcmp(path, CASE_ROOTFS_PATH) || below(path, CASE_ROOTFS_PATH)) {
            continue; /* `@rootfs` as a source */
        }
        const char *why = refusal(path);
        if (why && case_add_finding(c, FINDING_SOURCE_MISSING, (int)i,
                                    "source \"%.200s\" is not made up: %s", m->source, why)) {
            return CODE_FATE;
        }
        if (!why) {
            v[n++] = (struct wish){path, (int)i};
        }
    }
    qsort(v, n, sizeof(*v), by_path);
    for (size_t i = 0; i < n; i++) {
        if (!kept || strcmp(v[kept - 1].path, v[i].path) != 0) {
            v[kept++] = v[i];
        }
    }
    *ret = v;
    *ret_n = kept;
    return 0;
}

/* Entry for wish `i` of a tree that begins at `root`; a neighbour below it makes it a directory. */
static int make_entry(struct sim_case *c, const struct wish *v, size_t n, size_t i,
                      const char *root, struct host_entry *e)
{
    const struct spec_mount *m = &c->spec.mounts[v[i].mount];
    enum what what = guess(v[i].path, m->destination, e);
    if (i + 1 < n && below(v[i + 1].path, v[i].path)) {
        what = AS_DIR;
    }
    static const enum host_type types[] = {HOST_DIR, HOST_FILE, HOST_SOCK, HOST_CHR};
    e->type = types[what];
    e->has_mode = what == AS_SOCKET || what == AS_DEVICE;
    e->mode = 0666;
    e->path = strcmp(v[i].path, root) ? v[i].path + strlen(root) + 1 : ".";
    return case_add_finding(c, FINDING_SOURCE_MADE_UP, v[i].mount, "source \"%s\" made up as %s",
                            m->source, what_names[what]);
}

/* The tree of wish `i` with all that lies in it; *next is the first one behind. */
static int make_tree(struct sim_case *c, const struct wish *v, size_t n, size_t i, size_t *next)
{
    size_t end = i + 1;
    while (end < n && below(v[end].path, v[i].path)) {
        end++;
    }
    struct host_manifest *m = arena_alloc(c->arena, sizeof(*m));
    struct host_entry *entries = m ? arena_alloc(c->arena, (end - i) * sizeof(*entries)) : NULL;
    if (!entries) {
        return CODE_FATE;
    }
    *m = (struct host_manifest){entries, end - i};
    for (size_t k = i; k < end; k++) {
        int rc = make_entry(c, v, n, k, v[i].path, &entries[k - i]);
        if (rc) {
            return rc;
        }
    }
    struct sim_tree tree = {.name = c->spec.mounts[v[i].mount].source,
                            .path = v[i].path,
                            .kind = TREE_MANIFEST,
                            .manifest = m,
                            .made_up = true};
    *next = end;
    return case_add_tree(c, &tree);
}

int sources_make_up(struct sim_case *c)
{
    struct wish *v;
    size_t n;
    int rc = collect(c, &v, &n);
    for (size_t i = 0; !rc && i < n;) {
        rc = make_tree(c, v, n, i, &i);
    }
    return rc;
}
