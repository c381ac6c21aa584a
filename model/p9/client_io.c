/* Reads, writes and directory reads, split at the payload size (contract 6.5). */
#include "client.h"

static uint32_t chunk_size(const struct p9_client *c, size_t rest)
{
    return rest < c->payload ? (uint32_t)rest : c->payload;
}

/* One request of at most the payload size. *ret is what the peer says; more than asked ends the
 * session. */
static int read_chunk(const struct p9_file *f, uint8_t *buf, uint32_t n, uint64_t offset,
                      uint32_t *ret)
{
    struct p9_msg t = {.type = P9_TREAD, .fid = f->fid, .offset = offset, .count = n};
    struct p9_msg r;
    int code = p9_call(f->client, &t, &r, NULL);
    if (code) {
        return code;
    }
    if (r.count > n) {
        return client_die(f->client, "more bytes read than asked for");
    }
    if (r.count > 0) {
        memcpy(buf, r.data, r.count);
    }
    *ret = r.count;
    return 0;
}

static int write_chunk(const struct p9_file *f, const uint8_t *buf, uint32_t n, uint64_t offset,
                       uint32_t *ret)
{
    struct p9_msg t = {.type = P9_TWRITE, .fid = f->fid, .offset = offset, .count = n, .data = buf};
    struct p9_msg r;
    int code = p9_call(f->client, &t, &r, NULL);
    if (code) {
        return code;
    }
    if (r.count > n) {
        return client_die(f->client, "more bytes written than given");
    }
    *ret = r.count;
    return 0;
}

int p9_read(const struct p9_file *f, void *buf, size_t n, uint64_t offset, size_t *ret)
{
    size_t done = 0;
    uint32_t got = 0;
    int code = f->client ? 0 : -EBADF;
    while (!code) {
        code = read_chunk(f, (uint8_t *)buf + done, chunk_size(f->client, n - done), offset + done,
                          &got);
        done += code ? 0 : got;
        if (code || done == n || got < f->client->payload) {
            break;
        }
    }
    *ret = done;
    return code;
}

int p9_write(const struct p9_file *f, const void *buf, size_t n, uint64_t offset, size_t *ret)
{
    size_t done = 0;
    uint32_t put = 0;
    int code = f->client ? 0 : -EBADF;
    while (!code) {
        code = write_chunk(f, (const uint8_t *)buf + done, chunk_size(f->client, n - done),
                           offset + done, &put);
        done += code ? 0 : put;
        if (code || done == n || put < f->client->payload) {
            break;
        }
    }
    *ret = done;
    return code;
}

int p9_readdir(const struct p9_file *f, uint64_t offset, uint32_t count, const uint8_t **data,
               size_t *n)
{
    struct p9_client *c = f->client;
    struct p9_msg r;
    if (!c) {
        return -EBADF;
    }
    const uint32_t fits = c->msize - 24; /* I-05, Q-14 */
    struct p9_msg t = {
        .type = P9_TREADDIR, .fid = f->fid, .offset = offset, .count = count < fits ? count : fits};
    int code = p9_call(c, &t, &r, NULL);
    if (!code) {
        *data = r.data;
        *n = r.count;
    }
    return code;
}
