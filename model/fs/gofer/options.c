/* The data string of a mount (contract ninep 10.1). */
#include "internal.h"

static const char *const cache_names[] = {
    [GOFER_CACHE_NONE] = "none",
    [GOFER_CACHE_FSCACHE] = "fscache",
    [GOFER_CACHE_WRITETHROUGH] = "fscache_writethrough",
    [GOFER_CACHE_REVALIDATING] = "remote_revalidating",
};

static int take_required(struct mount_options *o, const char *key, char **ret, struct error *err)
{
    *ret = mount_options_take(o, key);
    return *ret ? 0 : error_set(o->d, err, -EINVAL, "missing required option: '%s='", key);
}

static int parse_fd(struct domain *d, const char *key, const char *value, int64_t *ret,
                    struct error *err)
{
    int r = go_parse_int(d, "Atoi", value, 10, 64, ret, err);
    return r ? error_wrap(d, err, "invalid fd for '%s=%s'", key, value) : 0;
}

static int parse_fds(struct mount_options *o, int64_t *ret, struct error *err)
{
    CLEANUP_MEM char *rfd = NULL;
    CLEANUP_MEM char *wfd = NULL;
    int64_t r_number, w_number;
    int r = take_required(o, "rfdno", &rfd, err);
    r = r ? r : take_required(o, "wfdno", &wfd, err);
    r = r ? r : parse_fd(o->d, "rfdno", rfd, &r_number, err);
    r = r ? r : parse_fd(o->d, "wfdno", wfd, &w_number, err);
    if (r) {
        return r;
    }
    if (r_number != w_number) {
        return error_set(o->d, err, -EINVAL, "fd in 'rfdno=%lld' and 'wfdno=%lld' must match",
                         (long long)r_number, (long long)w_number);
    }
    *ret = r_number;
    return 0;
}

static int parse_transport(struct mount_options *o, struct error *err)
{
    CLEANUP_MEM char *trans = NULL;
    int r = take_required(o, "trans", &trans, err);
    if (r == 0 && strcmp(trans, "fd") != 0) {
        r = error_set(o->d, err, -EINVAL, "unsupported transport: 'trans=%s'", trans);
    }
    return r;
}

static int parse_cache(struct mount_options *o, enum gofer_cache *ret, struct error *err)
{
    CLEANUP_MEM char *name = mount_options_take(o, "cache");
    if (!name) {
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(cache_names); i++) {
        if (strcmp(name, cache_names[i]) == 0) {
            *ret = (enum gofer_cache)i;
            return 0;
        }
    }
    return error_set(o->d, err, -EINVAL, "unsupported cache mode: %s", name);
}

static int parse_msize(struct mount_options *o, uint32_t *ret, struct error *err)
{
    CLEANUP_MEM char *text = mount_options_take(o, "msize");
    uint64_t n = 0;
    if (!text) {
        return 0;
    }
    int r = go_parse_uint(o->d, "ParseUint", text, 10, 32, &n, err);
    if (r) {
        return error_wrap(o->d, err, "invalid message size for 'msize=%s'", text);
    }
    *ret = (uint32_t)n;
    return 0;
}

static int parse_sockets(struct mount_options *o, bool *ret, struct error *err)
{
    CLEANUP_MEM char *text = mount_options_take(o, "privateunixsocket");
    if (!text || go_parse_bool(o->d, text, ret, err) == 0) {
        return 0;
    }
    return error_wrap(o->d, err, "invalid boolean value for 'privateunixsocket=%s'", text);
}

static int take_text(struct mount_options *o, const char *key, const char *otherwise, char **ret)
{
    char *value = mount_options_take(o, key);
    *ret = value ? value : mem_dup(o->d, otherwise);
    return *ret ? 0 : CODE_FATE;
}

static int parse_all(struct mount_options *o, struct gofer_options *ret, struct error *err)
{
    int r = parse_transport(o, err);
    r = r ? r : parse_fds(o, &ret->fd, err);
    r = r ? r : take_text(o, "aname", "/", &ret->aname);
    r = r ? r : parse_cache(o, &ret->cache, err);
    r = r ? r : parse_msize(o, &ret->msize, err);
    r = r ? r : take_text(o, "version", "9P2000.L.Google.6", &ret->version);
    r = r ? r : parse_sockets(o, &ret->private_unix_socket, err);
    return r ? r : mount_options_refuse_rest(o, err);
}

int gfs_options_parse(struct domain *d, const char *data, struct gofer_options *ret,
                      struct error *err)
{
    struct mount_options o;
    int r = mount_options_parse(d, data, &o);
    if (r) {
        return r;
    }
    struct gofer_options parsed = {.cache = GOFER_CACHE_FSCACHE, .msize = P9_MSIZE_DEFAULT};
    r = parse_all(&o, &parsed, err);
    mount_options_release(&o);
    if (r) {
        gfs_options_release(&parsed);
        return r;
    }
    *ret = parsed;
    return 0;
}

void gfs_options_release(struct gofer_options *o)
{
    mem_free(o->aname);
    mem_free(o->version);
    *o = (struct gofer_options){0};
}
