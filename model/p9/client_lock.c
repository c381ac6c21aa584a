/* Locks and extended attributes: what only peers of the base protocol have (I-25, I-26). */
#include "client.h"

int p9_setlock(const struct p9_file *f, const struct p9_lock *lock, uint32_t flags,
               const char *client_id, uint8_t *ret)
{
    struct p9_msg r;
    if (f->client && !client_std(f->client)) {
        return -EOPNOTSUPP;
    }
    int code = client_file_call(
        f,
        &(struct p9_msg){
            .type = P9_TLOCK, .lock = *lock, .flags = flags, .name = p9_str(client_id)},
        &r, NULL);
    if (!code) {
        *ret = r.status;
    }
    return code;
}

int p9_getlock(const struct p9_file *f, const struct p9_lock *lock, const char *client_id,
               struct p9_lock *ret)
{
    struct p9_msg r;
    if (f->client && !client_std(f->client)) {
        return -EOPNOTSUPP;
    }
    int code = client_file_call(
        f, &(struct p9_msg){.type = P9_TGETLOCK, .lock = *lock, .name = p9_str(client_id)}, &r,
        NULL);
    if (!code) {
        *ret = r.lock;
    }
    return code;
}

int p9_xattrwalk(const struct p9_file *f, const char *name, uint64_t *ret_size, struct p9_file *ret)
{
    struct p9_file to = {.client = f->client};
    struct p9_msg r;
    if (!f->client) {
        return -EBADF;
    }
    int code = client_fid_get(f->client, &to.fid);
    if (code) {
        return code;
    }
    code = client_file_call(
        f, &(struct p9_msg){.type = P9_TXATTRWALK, .fid2 = to.fid, .name = p9_str(name)}, &r, NULL);
    if (code) {
        pool_put(&f->client->fids, to.fid);
        return code;
    }
    *ret_size = r.size;
    *ret = to;
    return 0;
}

int p9_xattrcreate(const struct p9_file *f, const char *name, uint64_t size, uint32_t flags)
{
    struct p9_msg r;
    return client_file_call(
        f,
        &(struct p9_msg){
            .type = P9_TXATTRCREATE, .name = p9_str(name), .size = size, .flags = flags},
        &r, NULL);
}
