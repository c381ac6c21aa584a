/* Mount options: which reach the filesystem, which become flags (contract pipeline 11.2, 11.4). */
#include "boot_internal.h"

/* Is the text [key, key + n) in the list? */
static bool is_allowed(const char *const *allowed, const char *key, size_t n)
{
    for (; *allowed; allowed++) {
        if (strlen(*allowed) == n && memcmp(*allowed, key, n) == 0) {
            return true;
        }
    }
    return false;
}

/* The two texts differ: without a value the original prints its list of parts, with one the key. */
static int warn_unsupported(struct domain *d, const char *option, const char *equals)
{
    if (!equals) {
        return log_q(d, LOG_WARNING, "ignoring unsupported key [", option, "]");
    }
    CLEANUP_MEM char *key = mem_dupn(d, option, (size_t)(equals - option));
    return key ? log_q(d, LOG_WARNING, "ignoring unsupported key ", key, "") : CODE_FATE;
}

int boot_filter_options(struct domain *d, const char *const *options, size_t n,
                        const char *const *allowed, struct ptrvec *ret, struct error *err)
{
    size_t before = ret->n;
    int r = 0;
    for (size_t i = 0; i < n && r == 0; i++) {
        const char *option = options[i];
        const char *equals = strchr(option, '=');
        if (equals && strchr(equals + 1, '=')) {
            /* PQ-14: also when the key would be ignored */
            CLEANUP_MEM char *q = go_quote(d, option);
            r = q ? error_set(d, err, -EINVAL, "invalid option %s", q) : CODE_FATE;
        } else if (is_allowed(allowed, option,
                              equals ? (size_t)(equals - option) : strlen(option))) {
            r = ptrvec_push(ret, (void *)option);
        } else {
            r = warn_unsupported(d, option, equals);
        }
    }
    if (r != 0) {
        ret->n = before;
    }
    return r;
}

void boot_mount_flags(struct domain *d, const char *const *options, size_t n,
                      struct mount_flags *ret)
{
    struct mount_flags flags = {0};
    for (size_t i = 0; i < n; i++) {
        if (strcmp(options[i], "rw") == 0) {
            flags.read_only = false;
        } else if (strcmp(options[i], "ro") == 0) {
            flags.read_only = true;
        } else if (strcmp(options[i], "noatime") == 0) {
            flags.no_atime = true;
        } else if (log_q(d, LOG_WARNING, "ignoring unknown mount option ", options[i], "") != 0) {
            break; /* the fate is found at the next check */
        }
    }
    *ret = flags;
}
