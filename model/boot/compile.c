/* Which mounts the pipeline makes, in which order (contract pipeline 6 and 10). */
#include "boot_internal.h"

static const char *const OWN_DEVICES[] = {
    "/dev/fd",   "/dev/stdin",  "/dev/stdout",  "/dev/stderr", "/dev/null", "/dev/zero",
    "/dev/full", "/dev/random", "/dev/urandom", "/dev/shm",    "/dev/pts",  "/dev/ptmx",
};

/* Mounted although no spec asks for them, unless it names the destination (PQ-10, PQ-11). */
static const struct spec_mount MANDATORY[] = {
    {.destination = "/proc", .type = "proc", .source = ""},
    {.destination = "/sys", .type = "sysfs", .source = ""},
    {.destination = "/tmp", .type = "tmpfs", .source = ""},
};

static const struct spec_mount DEV[] = {
    {.destination = "/dev", .type = "devtmpfs", .source = ""},
    {.destination = "/dev/pts", .type = "devpts", .source = ""},
};

/* What follows `dir` in a path that begins with it, or NULL. */
static const char *behind(const char *p, const char *dir)
{
    while (*dir && *p == *dir) {
        p++;
        dir++;
    }
    return *dir ? NULL : p;
}

bool path_is_below(const char *p, const char *dir)
{
    const char *rest = behind(p, dir);
    if (dir[0] == '/' && dir[1] == '\0') {
        return rest && *rest != '\0';
    }
    return rest && *rest == '/';
}

/* On a clean destination. */
static bool supported_dev(const char *clean)
{
    if (!path_is_below(clean, "/dev")) {
        return strcmp(clean, "/dev") != 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(OWN_DEVICES); i++) {
        const char *rest = behind(clean, OWN_DEVICES[i]);
        if (rest && (*rest == '\0' || *rest == '/')) {
            return false;
        }
    }
    return true;
}

bool mount_is_supported_dev(struct domain *d, const struct spec_mount *m)
{
    CLEANUP_MEM char *clean = path_clean(d, m->destination);
    return clean && supported_dev(clean);
}

bool mount_is_9p(struct domain *d, const struct spec_mount *m)
{
    /* PQ-06: nothing but the literal type counts */
    return strcmp(m->type, "bind") == 0 && m->source[0] != '\0' && mount_is_supported_dev(d, m);
}

static void add(struct boot_mounts *ret, const struct spec_mount *m, int spec_index)
{
    ret->v[ret->n++] = (struct boot_mount){.m = *m, .spec_index = spec_index};
}

/* Which spec mounts are kept, and which mandatory destinations they name. */
static int select_mounts(struct domain *d, const struct spec *spec, bool *kept, bool *named)
{
    for (size_t i = 0; i < spec->n_mounts; i++) {
        CLEANUP_MEM char *clean = path_clean(d, spec->mounts[i].destination);
        if (!clean) {
            return CODE_FATE;
        }
        kept[i] = supported_dev(clean);
        for (size_t k = 0; k < ARRAY_LEN(MANDATORY); k++) {
            named[k] |= strcmp(clean, MANDATORY[k].destination) == 0;
        }
    }
    return 0;
}

int compile_list(struct domain *d, const struct spec *spec, struct boot_mounts *ret)
{
    struct boot_mounts list = {0};
    bool named[ARRAY_LEN(MANDATORY)] = {false};
    bool *kept = mem_new(d, spec->n_mounts + 1, "compile kept");
    size_t most = spec->n_mounts + ARRAY_LEN(MANDATORY) + ARRAY_LEN(DEV);
    list.v = mem_resize(d, NULL, 0, most, sizeof(*list.v), "compiled mounts");
    if (!kept || !list.v || select_mounts(d, spec, kept, named) != 0) {
        mem_free(kept);
        mem_free(list.v);
        return CODE_FATE;
    }
    for (size_t k = 0; k < ARRAY_LEN(MANDATORY); k++) {
        if (!named[k]) {
            add(&list, &MANDATORY[k], -1);
        }
    }
    for (size_t k = 0; k < ARRAY_LEN(DEV); k++) {
        add(&list, &DEV[k], -1);
    }
    for (size_t i = 0; i < spec->n_mounts; i++) {
        if (kept[i]) {
            add(&list, &spec->mounts[i], (int)i);
        }
    }
    mem_free(kept);
    *ret = list;
    return 0;
}

int compile_log(struct domain *d, const struct spec *spec)
{
    for (size_t i = 0; i < spec->n_mounts; i++) {
        const struct spec_mount *m = &spec->mounts[i];
        if (!mount_is_supported_dev(d, m) &&
            log_q(d, LOG_WARNING, "ignoring dev mount at ", m->destination, "") != 0) {
            return CODE_FATE;
        }
    }
    return domain_dead(d) ? CODE_FATE : 0;
}

int boot_compile(struct domain *d, const struct spec *spec, struct boot_mounts *ret)
{
    struct boot_mounts list;
    if (domain_check(d) != 0 || compile_list(d, spec, &list) != 0) {
        return CODE_FATE;
    }
    if (compile_log(d, spec) != 0) {
        boot_mounts_release(&list);
        return CODE_FATE;
    }
    *ret = list;
    return 0;
}

void boot_mounts_release(struct boot_mounts *m)
{
    mem_free(m->v);
    *m = (struct boot_mounts){0};
}
