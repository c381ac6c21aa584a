/* Generic mount options (contract vfs 4, filesystems 1.2). */
#include <simrun/core.h>

static struct mount_option *option_of(struct namenode *node)
{
    return container_of(node, struct mount_option, node);
}

static void option_free(struct mount_option *o)
{
    if (!o) {
        return;
    }
    mem_free((char *)o->node.name);
    mem_free(o->value);
    mem_free(o);
}

/* `piece` is "key" or "key=value", not empty. */
static int option_new(struct domain *d, const char *piece, size_t n, struct mount_option **ret)
{
    const char *equals = memchr(piece, '=', n);
    size_t key = equals ? (size_t)(equals - piece) : n;
    size_t skip = equals ? key + 1 : n;
    struct mount_option *o = MEM_NEW(d, struct mount_option);
    if (!o) {
        return CODE_FATE;
    }
    o->node.name = mem_dupn(d, piece, key);
    o->value = mem_dupn(d, piece + skip, n - skip);
    if (!o->node.name || !o->value) {
        option_free(o);
        return CODE_FATE;
    }
    *ret = o;
    return 0;
}

static void options_set(struct mount_options *options, struct mount_option *o)
{
    struct namenode *old = namemap_find(&options->map, o->node.name);
    if (old) {
        namemap_remove(&options->map, old);
        option_free(option_of(old));
    }
    namemap_insert(&options->map, &o->node);
}

int mount_options_parse(struct domain *d, const char *data, struct mount_options *ret)
{
    struct mount_options options = {.d = d};
    while (*data) {
        size_t n = strcspn(data, ",");
        if (n > 0) {
            struct mount_option *o;
            int r = option_new(d, data, n, &o);
            if (r) {
                mount_options_release(&options);
                return r;
            }
            options_set(&options, o);
        }
        data += n;
        data += *data == ',';
    }
    *ret = options;
    return 0;
}

void mount_options_release(struct mount_options *o)
{
    struct namenode *node;
    while ((node = namemap_first(&o->map))) {
        namemap_remove(&o->map, node);
        option_free(option_of(node));
    }
}

char *mount_options_take(struct mount_options *o, const char *key)
{
    struct namenode *node = namemap_find(&o->map, key);
    if (!node) {
        return NULL;
    }
    struct mount_option *option = option_of(node);
    char *value = option->value;
    namemap_remove(&o->map, node);
    option->value = NULL;
    option_free(option);
    return value;
}

int mount_options_refuse_rest(struct mount_options *o, struct error *err)
{
    if (o->map.n == 0) {
        return 0;
    }
    struct str s;
    str_init(&s, o->d);
    for (struct namenode *node = namemap_first(&o->map); node; node = namenode_next(node)) {
        str_addf(&s, "%s%s:%s", s.n ? " " : "", node->name, option_of(node)->value);
    }
    int r = error_set(o->d, err, -EINVAL, "unsupported mount options: map[%s]", str_get(&s));
    str_release(&s);
    return r;
}
