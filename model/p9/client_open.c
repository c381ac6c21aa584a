/* Opening, which may bring a descriptor (contract 6.4, 10.5). */
#include "client.h"

static void take_open(const struct p9_file *f, uint32_t flags, const struct p9_msg *r,
                      struct owned_fd *fd, struct p9_qid *ret_qid, uint32_t *ret_iounit,
                      struct owned_fd **ret_fd)
{
    if (ret_qid) {
        *ret_qid = r->qid;
    }
    if (ret_iounit) {
        *ret_iounit = r->iounit;
    }
    if (ret_fd) {
        *ret_fd = donated_file_or_null(f->client, fd, flags);
    }
}

int client_open_call(const struct p9_file *f, struct p9_msg *t, struct p9_qid *ret_qid,
                     uint32_t *ret_iounit, struct owned_fd **ret_fd)
{
    struct p9_msg r;
    struct owned_fd *fd = NULL;
    int code = client_file_call(f, t, &r, ret_fd ? &fd : NULL);
    if (!code) {
        take_open(f, t->flags, &r, fd, ret_qid, ret_iounit, ret_fd);
    }
    return code;
}

int p9_lopen(const struct p9_file *f, uint32_t flags, struct p9_qid *ret_qid, uint32_t *ret_iounit,
             struct owned_fd **ret_fd)
{
    return client_open_call(f, &(struct p9_msg){.type = P9_TLOPEN, .flags = flags}, ret_qid,
                            ret_iounit, ret_fd);
}

/* ------------------------------------------------------------------------ a clone that is open */

/* One after the other, as other peers may want it. */
static int clone_then_open(const struct p9_file *f, uint32_t flags, struct p9_file *ret,
                           struct p9_qid *ret_qid, uint32_t *ret_iounit, struct owned_fd **ret_fd)
{
    struct p9_file clone;
    int code = p9_walk(f, NULL, 0, NULL, &clone);
    if (code) {
        return code;
    }
    code = p9_lopen(&clone, flags, ret_qid, ret_iounit, ret_fd);
    if (code) {
        return p9_clunk(&clone) == CODE_FATE ? CODE_FATE : code;
    }
    *ret = clone;
    return 0;
}

/* Both requests, of which the first has left when the second could not: *ret_open tells. */
static int ask_for_open_clone(const struct p9_file *f, uint32_t flags, struct p9_file *clone,
                              uint16_t tags[2], int *ret_open)
{
    struct p9_client *c = f->client;
    int code = client_fid_get(c, &clone->fid);
    if (code) {
        return code;
    }
    code = client_queue(c, &(struct p9_msg){.type = P9_TWALK, .fid = f->fid, .fid2 = clone->fid},
                        &tags[0]);
    if (code) {
        pool_put(&c->fids, clone->fid);
        return code;
    }
    *ret_open = p9_submit(c, &(struct p9_msg){.type = P9_TLOPEN, .fid = clone->fid, .flags = flags},
                          &tags[1]);
    return *ret_open == CODE_FATE ? CODE_FATE : 0;
}

/* The reply to the walk. On failure the fid is gone. */
static int wait_clone(struct p9_file *clone, uint16_t tag)
{
    struct p9_msg r;
    int code = p9_wait(clone->client, tag, &r, NULL);
    if (code) {
        pool_put(&clone->client->fids, clone->fid);
        return code;
    }
    return client_check_walk(clone, &r, 0);
}

int p9_open_clone(const struct p9_file *f, uint32_t flags, struct p9_file *ret,
                  struct p9_qid *ret_qid, uint32_t *ret_iounit, struct owned_fd **ret_fd)
{
    struct p9_client *c = f->client;
    if (!c) {
        return -EBADF;
    }
    if (client_std(c)) {
        return clone_then_open(f, flags, ret, ret_qid, ret_iounit, ret_fd);
    }
    struct p9_file clone = {.client = c};
    struct owned_fd *fd = NULL;
    struct p9_msg r;
    uint16_t tags[2];
    int opened;
    int code = ask_for_open_clone(f, flags, &clone, tags, &opened);
    if (code) {
        return code;
    }
    code = wait_clone(&clone, tags[0]);
    if (code != CODE_FATE && !opened) {
        opened = p9_wait(c, tags[1], &r, &fd);
    }
    if (code || opened == CODE_FATE) {
        owned_fd_free(fd); /* what is no file cannot be open */
        return code ? code : opened;
    }
    if (opened) {
        return p9_clunk(&clone) == CODE_FATE ? CODE_FATE : opened;
    }
    take_open(&clone, flags, &r, fd, ret_qid, ret_iounit, ret_fd);
    *ret = clone;
    return 0;
}
