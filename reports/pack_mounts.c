#include "pack.h"

#include <string.h>

/* Lost (VQ-09, VQ-08): made, hidden by no later mount, and yet nowhere in the tree. */
static bool is_lost(const struct rep_result *result, const struct rep_mount *mount)
{
    bool gone = mount->state && strcmp(mount->state, "done") != 0;
    return result->n_nodes > 0 && mount->fs && !gone && mount->shadowed_by < 0 && !mount->seen_at;
}

/* What a mount has of its place in a list, in the order of mount_item. */
static void places_of(const struct rep_mount *mount, int64_t place[PACK_PLACES])
{
    place[0] = mount->spec_index;
    place[1] = mount->shadowed_by;
    place[2] = mount->mount_id;
    place[3] = mount->op;
    place[4] = mount->log_first;
    place[5] = mount->log_lines;
}

/* In the order in which they are hashed. */
static void texts_of(const struct rep_mount *mount, const char *text[PACK_MOUNT_TEXTS])
{
    const char *const fields[PACK_MOUNT_TEXTS] = {
        mount->destination, mount->type,    mount->source,  mount->fs,    mount->flags,
        mount->rules,       mount->ignored, mount->created, mount->state, mount->place,
        mount->seen_at,     mount->layers,  mount->data,    mount->hides, mount->options,
        mount->reasons,     mount->made};
    memcpy(text, fields, sizeof fields);
}

static struct rep_hash hash_mount(struct rep_buf *bytes, const struct rep_mount *mount, bool lost)
{
    const char *text[PACK_MOUNT_TEXTS];
    texts_of(mount, text);
    rep_buf_clear(bytes);
    for (size_t i = 0; i < PACK_MOUNT_TEXTS; i++) {
        rep_buf_field(bytes, text[i]);
    }
    rep_buf_u64(bytes, lost);
    return rep_hash_of(bytes->data, bytes->size);
}

/* Leaves the hash of each mount in packer->list, with its places behind it. */
static struct rep_hash hash_list(struct rep_packer *packer, const struct rep_result *result)
{
    struct rep_buf *list = &packer->list;
    rep_buf_clear(list);
    for (size_t i = 0; i < result->n_mounts; i++) {
        const struct rep_mount *mount = &result->mounts[i];
        struct rep_hash own = hash_mount(&packer->scratch, mount, is_lost(result, mount));
        int64_t place[PACK_PLACES];
        places_of(mount, place);
        rep_buf_add(list, own.byte, sizeof own.byte);
        for (size_t j = 0; j < PACK_PLACES; j++) {
            rep_buf_u64(list, (uint64_t)place[j]);
        }
    }
    return rep_hash_of(list->data, list->size);
}

static void put_mount(struct rep_packer *packer, const struct rep_mount *mount, bool lost,
                      const struct rep_hash *hash)
{
    const char *text[PACK_MOUNT_TEXTS];
    int64_t place[PACK_PLACES];
    bool seen = pack_seen(&packer->mounts, hash);
    pack_put(&packer->out, seen ? PACK_HASH : PACK_WHOLE);
    pack_put_hash(&packer->out, hash);
    if (!seen) {
        texts_of(mount, text);
        for (size_t i = 0; i < PACK_MOUNT_TEXTS; i++) {
            pack_put_text(&packer->out, text[i]);
        }
        pack_put(&packer->out, lost);
    }
    places_of(mount, place);
    for (size_t i = 0; i < PACK_PLACES; i++) {
        pack_put(&packer->out, place[i] < 0 ? 0 : (uint64_t)place[i] + 1);
    }
}

void pack_mounts(struct rep_packer *packer, const struct rep_result *result)
{
    enum { STEP = sizeof(struct rep_hash) + PACK_PLACES * sizeof(int64_t) };
    struct rep_hash list = hash_list(packer, result);
    if (packer->list.failed || packer->scratch.failed) {
        return;
    }
    bool seen = pack_seen(&packer->lists, &list);
    pack_put(&packer->out, seen ? PACK_HASH : PACK_WHOLE);
    pack_put_hash(&packer->out, &list);
    if (seen) {
        return;
    }
    pack_put(&packer->out, result->n_mounts);
    for (size_t i = 0; i < result->n_mounts; i++) {
        const struct rep_mount *mount = &result->mounts[i];
        struct rep_hash own;
        memcpy(own.byte, packer->list.data + i * STEP, sizeof own.byte);
        put_mount(packer, mount, is_lost(result, mount), &own);
    }
}
