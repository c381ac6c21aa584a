/* The options of a tmpfs mount and their error texts (contract filesystems 3.1). */
#include "tmpfs_private.h"

static bool is_octal(char ch)
{
    return ch >= '0' && ch <= '7';
}

/* Does the value contain a zero followed by three octal digits, anywhere? FQ-24 */
static bool looks_like_mode(const char *value)
{
    for (const char *p = value; *p; p++) {
        if (p[0] == '0' && is_octal(p[1]) && is_octal(p[2]) && is_octal(p[3])) {
            return true;
        }
    }
    return false;
}

static int parse_mode(struct domain *d, struct mount_options *options, uint16_t *perms,
                      struct error *err)
{
    CLEANUP_MEM char *value = mount_options_take(options, "mode");
    if (!value) {
        return 0;
    }
    if (!looks_like_mode(value)) {
        return error_set(d, err, -EINVAL, "unsupported mode value: 'mode=%s'", value);
    }
    uint64_t mode = 0;
    if (go_parse_uint(d, "ParseUint", value, 8, 32, &mode, err)) {
        return error_wrap(d, err, "mode value not parsable 'mode=%s'", value);
    }
    *perms = mode & 07777;
    return 0;
}

static int parse_id(struct domain *d, struct mount_options *options, const char *key, uint32_t *id,
                    struct error *err)
{
    CLEANUP_MEM char *value = mount_options_take(options, key);
    if (!value) {
        return 0;
    }
    int64_t number = 0;
    if (go_parse_int(d, "ParseInt", value, 10, 32, &number, err)) {
        /* FQ-23: the number that the parser came to, not the input. */
        return error_wrap(d, err, "%s value not parsable '%s=%lld'", key, key, (long long)number);
    }
    *id = (uint32_t)number;
    return 0;
}

int tmpfs_parse_options(struct domain *d, const char *data, struct ramfs_owner owner,
                        struct tmpfs_options *ret, struct error *err)
{
    struct mount_options options;
    int rc = mount_options_parse(d, data, &options);
    if (rc) {
        return rc;
    }
    struct tmpfs_options parsed = {.perms = 0777, .owner = owner}; /* FQ-25: not sticky */
    rc = parse_mode(d, &options, &parsed.perms, err);
    rc = rc ? rc : parse_id(d, &options, "uid", &parsed.owner.uid, err);
    rc = rc ? rc : parse_id(d, &options, "gid", &parsed.owner.gid, err);
    rc = rc ? rc : mount_options_refuse_rest(&options, err);
    mount_options_release(&options);
    if (rc == 0) {
        *ret = parsed;
    }
    return rc;
}
