/* Validation of spec and config (contract pipeline 4 and 5). */
#include "boot_internal.h"

static const char CONTAINER_TYPE[] = "io.kubernetes.cri.container-type";
static const char SANDBOX_ID[] = "io.kubernetes.cri.sandbox-id";

/* ------------------------------------------------------------------------------------------------
 * config */

static const char *const ACCESS_NAMES[] = {
    [ACCESS_PROXY] = "proxy",
    [ACCESS_PROXY_EXCLUSIVE] = "proxy-exclusive",
    [ACCESS_DIRECT] = "direct",
};

char *file_access_text(struct domain *d, int access)
{
    if (access >= 0 && (size_t)access < ARRAY_LEN(ACCESS_NAMES)) {
        return mem_dup(d, ACCESS_NAMES[access]);
    }
    return mem_printf(d, "unknown(%d)", access);
}

int file_access_parse(struct domain *d, const char *text, int *ret, struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(ACCESS_NAMES); i++) {
        if (strcmp(text, ACCESS_NAMES[i]) == 0) {
            *ret = (int)i;
            return 0;
        }
    }
    /* PQ-01: among them "proxy-shared", which the original's help text names */
    CLEANUP_MEM char *q = go_quote(d, text);
    return q ? error_set(d, err, -EINVAL, "invalid file access type %s", q) : CODE_FATE;
}

int config_check(struct domain *d, const struct config *conf, struct error *err)
{
    if (conf->overlay && conf->file_access == ACCESS_PROXY) {
        return error_set(d, err, -EINVAL, "overlay flag is incompatible with file-access=proxy");
    }
    return 0;
}

/* --------------------------------------------------------------------------------------------
 * validation */

int spec_check_limits(struct domain *d, const struct spec *spec, struct error *err)
{
    if (spec->n_mounts > LIMIT_SPEC_MOUNTS) {
        return error_set(d, err, -E2BIG, "spec has %zu mounts, the bound is %d", spec->n_mounts,
                         LIMIT_SPEC_MOUNTS);
    }
    for (size_t i = 0; i < spec->n_mounts; i++) {
        if (spec->mounts[i].n_options > LIMIT_MOUNT_OPTIONS) {
            return error_set(d, err, -E2BIG, "mount %zu has %zu options, the bound is %d", i,
                             spec->mounts[i].n_options, LIMIT_MOUNT_OPTIONS);
        }
    }
    return 0;
}

const char *spec_annotation(const struct spec *spec, const char *key)
{
    for (size_t i = 0; i < spec->n_annotations; i++) {
        if (strcmp(spec->annotations[i][0], key) == 0) {
            return spec->annotations[i][1];
        }
    }
    return NULL;
}

static int check_container_type(struct domain *d, const struct spec *spec, struct error *err)
{
    const char *type = spec_annotation(spec, CONTAINER_TYPE);
    if (!type || strcmp(type, "sandbox") == 0) {
        return 0;
    }
    if (strcmp(type, "container") != 0) {
        return error_set(d, err, -EINVAL, "unknown container-type: %s", type);
    }
    if (!spec_sandbox_id(spec)) {
        return error_set(d, err, -EINVAL,
                         "spec has container-type of container, but no sandbox ID set");
    }
    return 0;
}

int spec_validate(struct domain *d, const struct spec *spec, struct error *err)
{
    if (domain_check(d) != 0) {
        return CODE_FATE;
    }
    const struct {
        bool fails;
        const char *text; /* the original goes on with a dump of the structure */
    } checks[] = {
        {!spec->has_process, "Spec.Process must be defined: "},
        {spec->n_args == 0, "Spec.Process.Arg must be defined: "},
        {!spec->has_root, "Spec.Root must be defined: "},
        {spec->root_path[0] == '\0', "Spec.Root.Path must be defined: "},
        {spec->has_solaris, "Spec.Solaris is not supported: "},
        {spec->has_windows, "Spec.Windows is not supported: "},
    };
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        if (checks[i].fails) {
            return error_set(d, err, -EINVAL, "%s", checks[i].text);
        }
    }
    if (spec->selinux_label[0] != '\0') {
        return error_set(d, err, -EINVAL, "SELinux is not supported: %s", spec->selinux_label);
    }
    if (spec->apparmor_profile[0] != '\0' &&
        log_q(d, LOG_WARNING, "AppArmor profile ", spec->apparmor_profile, " is being ignored")) {
        return CODE_FATE;
    }
    if (spec->has_seccomp) {
        log_line(d, LOG_WARNING, "Seccomp spec is being ignored");
    }
    int r = check_container_type(d, spec, err);
    return domain_dead(d) ? CODE_FATE : r;
}

bool spec_should_create_sandbox(const struct spec *spec)
{
    const char *type = spec_annotation(spec, CONTAINER_TYPE);
    return !type || strcmp(type, "sandbox") == 0;
}

const char *spec_sandbox_id(const struct spec *spec)
{
    return spec_annotation(spec, SANDBOX_ID); /* PQ-03: an empty value is present */
}

/* -------------------------------------------------------------------------------------- executable
 * path */

static const char *find_path_variable(const char *const *env, size_t n)
{
    static const char prefix[] = "PATH=";
    for (size_t i = 0; i < n; i++) {
        if (strncmp(env[i], prefix, sizeof(prefix) - 1) == 0) {
            return env[i] + sizeof(prefix) - 1; /* only the first one counts */
        }
    }
    return NULL;
}

/* join(a, b, c): a new string, NULL = fate oom. */
static char *join3(struct domain *d, const char *a, const char *b, const char *c)
{
    CLEANUP_MEM char *ab = path_join(d, a, b);
    return ab ? path_join(d, ab, c) : NULL;
}

static char *not_found(struct domain *d, char *exec, const char *path)
{
    struct str list;
    str_init(&list, d);
    for (; path && *path; path++) {
        str_addc(&list, *path == ':' ? ' ' : *path);
    }
    log_line(d, LOG_WARNING, "could not find executable %s in path [%s]", exec, str_get(&list));
    str_release(&list);
    return exec;
}

char *boot_executable_path(struct domain *d, const char *exec, const char *root,
                           const char *const *env, size_t n_env,
                           bool (*exists)(void *arg, const char *path), void *arg)
{
    char *clean = path_clean(d, exec);
    if (!clean || strchr(clean, '/')) {
        return clean;
    }
    const char *path = find_path_variable(env, n_env);
    for (const char *at = path; at;) {
        const char *colon = strchr(at, ':');
        CLEANUP_MEM char *dir = mem_dupn(d, at, colon ? (size_t)(colon - at) : strlen(at));
        CLEANUP_MEM char *host = dir ? join3(d, root, dir, clean) : NULL;
        if (!host) {
            mem_free(clean);
            return NULL;
        }
        if (exists(arg, host)) { /* PQ-04 */
            char *found = join3(d, "/", dir, clean);
            mem_free(clean);
            return found;
        }
        at = colon ? colon + 1 : NULL;
    }
    return not_found(d, clean, path);
}
