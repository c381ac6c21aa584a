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

int device_map_inode(struct sentry *s, enum device device, uint64_t host_device,
                     const char *secondary, uint64_t host_inode, uint64_t *ret)
{
    CLEANUP_MEM char *text = mem_printf(&s->d, "%d %" PRIx64 " %" PRIx64 " %s", (int)device,
                                        host_device, host_inode, secondary);
    if (!text) {
        return CODE_FATE;
    }
    struct namenode *found = namemap_find(&s->device_keys, text);
    if (!found) {
        size_t n = strlen(text) + 1;
        struct device_key *key = mem_new(&s->d, sizeof(*key) + n, "device key");
        if (!key) {
            return CODE_FATE;
        }
        memcpy(key->text, text, n);
        key->node.name = key->text;
        key->number = device_next_inode(s, device);
        namemap_insert(&s->device_keys, &key->node);
        found = &key->node;
    }
    *ret = container_of(found, struct device_key, node)->number;
    return 0;
}
