/* Device and inode numbers (contract filesystems 1.7). */
#include "vfs_internal.h"

#include <inttypes.h>

/* A key of a multi device and its number. */
struct device_key {
    struct namenode node; /* first: sentry_close frees through it */
    uint64_t number;
    char text[]; /* "<device> <host device> <inode> <secondary>" */
};

uint64_t device_next_inode(struct sentry *s, enum device device)
{
    return ++s->last_inode[device];
}

static char *key_text(struct sentry *s, enum device device, uint64_t host_device,
                      const char *secondary, uint64_t host_inode)
{
    return mem_printf(&s->d, "%d %" PRIx64 " %" PRIx64 " %s", (int)device, host_device, host_inode,
                      secondary);
}

static int key_add(struct sentry *s, const char *text, uint64_t number)
{
    size_t n = strlen(text) + 1;
    struct device_key *key = mem_new(&s->d, sizeof(*key) + n, "device key");
    if (!key) {
        return CODE_FATE;
    }
    memcpy(key->text, text, n);
    key->node.name = key->text;
    key->number = number;
    namemap_insert(&s->device_keys, &key->node);
    return 0;
}

static uint64_t number_of(const struct namenode *node)
{
    return container_of(node, const struct device_key, node)->number;
}

int device_map_inode(struct sentry *s, enum device device, uint64_t host_device,
                     const char *secondary, uint64_t host_inode, uint64_t *ret)
{
    CLEANUP_MEM char *text = key_text(s, device, host_device, secondary, host_inode);
    if (!text) {
        return CODE_FATE;
    }
    const struct namenode *found = namemap_find(&s->device_keys, text);
    if (found) {
        *ret = number_of(found);
        return 0;
    }
    uint64_t number = device_next_inode(s, device);
    int r = key_add(s, text, number);
    if (r == 0) {
        *ret = number;
    }
    return r;
}

int device_load_inode(struct sentry *s, enum device device, uint64_t host_device,
                      const char *secondary, uint64_t host_inode, uint64_t number)
{
    CLEANUP_MEM char *text = key_text(s, device, host_device, secondary, host_inode);
    if (!text) {
        return CODE_FATE;
    }
    const struct namenode *found = namemap_find(&s->device_keys, text);
    if (found) {
        return number_of(found) == number ? 0 : -EEXIST;
    }
    if (s->last_inode[device] < number) {
        s->last_inode[device] = number;
    }
    return key_add(s, text, number);
}
