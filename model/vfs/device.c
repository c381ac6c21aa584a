/* Device and inode numbers (contract filesystems 1.7). */
#include "vfs_internal.h"

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

/* At most 16 digits. A key is made for every file that is looked up: too often for a format. */
static size_t put_hex(char *to, uint64_t value)
{
    enum { DIGITS = 16 };
    static const char digits[] = "0123456789abcdef";
    size_t n = 1;
    while (n < DIGITS && value >> 4 * n) {
        n++;
    }
    for (size_t i = n; i-- > 0; value >>= 4) {
        to[i] = digits[value & 15];
    }
    return n;
}

static char *key_text(struct sentry *s, enum device device, uint64_t host_device,
                      const char *secondary, uint64_t host_inode)
{
    char head[3 * 17]; /* three numbers in hex, a space behind each */
    size_t n = 0, m = strlen(secondary) + 1;
    const uint64_t numbers[] = {(uint64_t)device, host_device, host_inode};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        n += put_hex(head + n, numbers[i]);
        head[n++] = ' ';
    }
    char *text = mem_new(&s->d, n + m, "device key");
    if (text) {
        memcpy(text, head, n);
        memcpy(text + n, secondary, m);
    }
    return text;
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
