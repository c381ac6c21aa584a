/* What each option of a mount did (contract pipeline 11.2, 11.4). */
#include "boot_internal.h"

static const char *last_access(const struct spec_mount *m)
{
    const char *last = "rw";
    for (size_t i = 0; i < m->n_options; i++) {
        if (strcmp(m->options[i], "ro") == 0 || strcmp(m->options[i], "rw") == 0) {
            last = m->options[i];
        }
    }
    return last;
}

static bool same_key(const char *a, const char *b)
{
    size_t n = strcspn(a, "=");
    return n == strcspn(b, "=") && memcmp(a, b, n) == 0;
}

static bool comes_again(const struct spec_mount *m, size_t i)
{
    for (size_t k = i + 1; k < m->n_options; k++) {
        if (same_key(m->options[k], m->options[i])) {
            return true;
        }
    }
    return false;
}

static bool has_two_equals(const char *option)
{
    const char *first = strchr(option, '=');
    return first && strchr(first + 1, '=');
}

static void flag_effect(const struct config *conf, const struct spec_mount *m,
                        const struct boot_provenance *p, const char *option,
                        struct boot_option *ret)
{
    bool read_only = strcmp(option, "ro") == 0;
    bool counts = strcmp(last_access(m), option) == 0;
    *ret = (struct boot_option){BOOT_OPTION_APPLIED, NULL, NULL};
    if (strcmp(option, "noatime") == 0) {
        return;
    }
    if (!counts && read_only && p->fd >= 0) {
        *ret = (struct boot_option){
            BOOT_OPTION_OVERRIDDEN, "PQ-08",
            "a later rw makes the mount writable inside, but the file server stays read-only"};
    } else if (!counts) {
        *ret = (struct boot_option){BOOT_OPTION_OVERRIDDEN, NULL,
                                    read_only ? "a later rw counts" : "a later ro counts"};
    } else if (!read_only && mount_is_bind(m) && conf->overlay) {
        *ret =
            (struct boot_option){BOOT_OPTION_APPLIED, NULL,
                                 "writes go to an overlay, the source below is mounted read-only"};
    }
}

void boot_option_effect(const struct config *conf, const struct spec_mount *m,
                        const struct boot_provenance *p, size_t i, struct boot_option *ret)
{
    const char *option = m->options[i];
    bool tmpfs = strcmp(m->type, "tmpfs") == 0;
    if (tmpfs && has_two_equals(option)) {
        *ret = (struct boot_option){BOOT_OPTION_REFUSED, "PQ-14",
                                    "more than one equals sign ends it all"};
    } else if (!mount_type_fs(m->type)) {
        *ret = (struct boot_option){BOOT_OPTION_IGNORED, NULL, "nothing is mounted"};
    } else if (option_is_flag(option)) {
        flag_effect(conf, m, p, option, ret);
    } else if (tmpfs && option_is_tmpfs(option) && comes_again(m, i)) {
        *ret = (struct boot_option){BOOT_OPTION_OVERRIDDEN, NULL, "the last one of its key counts"};
    } else if (tmpfs && option_is_tmpfs(option)) {
        *ret = (struct boot_option){BOOT_OPTION_APPLIED, "PQ-15",
                                    "tmpfs gets it, though the log calls it unknown"};
    } else if (strcmp(option, "bind") != 0 && strcmp(option, "rbind") != 0) {
        *ret = (struct boot_option){BOOT_OPTION_IGNORED, NULL, NULL};
    } else if (mount_is_bind(m)) {
        *ret = (struct boot_option){BOOT_OPTION_IGNORED, NULL, "the type says it already"};
    } else {
        *ret = (struct boot_option){BOOT_OPTION_IGNORED, "PQ-06",
                                    "only the type bind makes a bind mount"};
    }
}
