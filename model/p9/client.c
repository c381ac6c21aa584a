/* Sessions: the call path (contract 6.3). */
#include "client.h"
#include "wire.h"

#include <poll.h>

enum {
    FIRST_SLOTS = 8,
    UNWATCHED_MAX = 16, /* clunks that wait for company; with their replies they fit any msize */
};

static unsigned client_codec(struct p9_client *c)
{
    if (client_std(c)) {
        return P9_CODEC_STD;
    }
    return quirk_on(c->d, Q_04) ? 0 : P9_CODEC_FULL_MODES;
}

int client_die(struct p9_client *c, const char *why)
{
    if (!c->dead) {
        c->dead = why;
        p9_transport_free(c->transport);
        c->transport = NULL;
    }
    return -EIO;
}

/* What a failed transport means for the session: a fate stays one, all else is the end of it. */
static int transport_failed(struct p9_client *c, int code, const char *why)
{
    return code == CODE_FATE ? CODE_FATE : client_die(c, why);
}

/* -------------------------------------------------------------------------------- requests */

static struct pending *slot_of(struct p9_client *c, uint16_t tag)
{
    size_t i = tag == P9_NOTAG ? 0 : tag;
    if ((tag == 0) || i >= c->slots_cap) {
        return NULL;
    }
    return &c->slots[i];
}

static int slots_grow(struct p9_client *c, uint16_t tag)
{
    size_t need = (tag == P9_NOTAG ? 0 : (size_t)tag) + 1;
    if (need <= c->slots_cap) {
        return 0;
    }
    size_t cap = need <= FIRST_SLOTS ? FIRST_SLOTS : 2 * need;
    struct pending *slots =
        mem_resize(c->d, c->slots, c->slots_cap, cap, sizeof(*slots), "p9 pending");
    if (!slots) {
        return CODE_FATE;
    }
    c->slots = slots;
    c->slots_cap = cap;
    return 0;
}

static int step(struct p9_client *c, const struct pending *wanted);

/* Encode into the send queue. Nothing larger than msize leaves. */
static int queue_request(struct p9_client *c, const struct p9_msg *t, uint16_t tag)
{
    size_t n = p9_msg_bound(t);
    uint8_t *p;
    int code = p9_transport_reserve(c->transport, n, &p);
    if (!code) {
        code = p9_encode(t, client_codec(c), p, n, &n);
    }
    if (!code && n > c->msize) {
        code = -ENAMETOOLONG;
    }
    if (!code) {
        wire_header(p, n, t->type, tag);
        p9_transport_commit(c->transport, n, NULL);
    }
    return code;
}

static int enqueue(struct p9_client *c, const struct p9_msg *t, uint16_t tag)
{
    int code = slots_grow(c, tag);
    if (!code) {
        code = queue_request(c, t, tag);
    }
    if (code) {
        return code;
    }
    *slot_of(c, tag) = (struct pending){.state = PENDING_WAITING, .request = t->type};
    c->pending++;
    c->may_donate += p9_type_may_carry_fd((uint8_t)(t->type + 1));
    c->sent[t->type]++;
    return 0;
}

int client_queue(struct p9_client *c, const struct p9_msg *t, uint16_t *ret)
{
    uint32_t tag;
    if (client_std(c) && t->type >= P9_FIRST_EXTENSION) {
        return -EOPNOTSUPP; /* I-28: diod would drop the connection */
    }
    while (!c->dead && p9_transport_busy(c->transport)) {
        int code = step(c, NULL);
        if (code) {
            return code;
        }
    }
    if (c->dead) {
        return domain_dead(c->d) ? CODE_FATE : -EIO;
    }
    int code = pool_get(&c->tags, &tag);
    if (code) {
        return code;
    }
    code = enqueue(c, t, (uint16_t)tag);
    if (code) {
        pool_put(&c->tags, tag);
        return code;
    }
    *ret = (uint16_t)tag;
    return 0;
}

/* of a failure the wait will tell. */
static int send_queued(struct p9_client *c)
{
    size_t n;
    int code = p9_transport_flush(c->transport, &n);
    if (code) {
        transport_failed(c, code, "socket error");
    }
    return code == CODE_FATE ? code : 0;
}

int client_submit(struct p9_client *c, const struct p9_msg *t, uint16_t tag)
{
    int code = enqueue(c, t, tag);
    return code ? code : send_queued(c);
}

int p9_submit(struct p9_client *c, const struct p9_msg *t, uint16_t *ret)
{
    int code = client_queue(c, t, ret);
    return code ? code : send_queued(c);
}

/* The last file of a session is waited for: then the peer holds nothing any more. */
static bool may_queue_clunk(const struct p9_client *c)
{
    size_t live = pool_in_use(&c->fids) - c->lost_fids - c->unwatched;
    return !c->dead && !domain_dead(c->d) && !client_std(c) && c->unwatched < UNWATCHED_MAX &&
           live > 1 && !p9_transport_busy(c->transport);
}

int p9_clunk_later(struct p9_file *f)
{
    struct p9_client *c = f->client;
    uint32_t tag;
    if (!c || !may_queue_clunk(c)) {
        return p9_clunk(f);
    }
    int code = pool_get(&c->tags, &tag);
    if (code) {
        return code == CODE_FATE ? code : p9_clunk(f);
    }
    code = enqueue(c, &(struct p9_msg){.type = P9_TCLUNK, .fid = f->fid}, (uint16_t)tag);
    if (code) {
        pool_put(&c->tags, tag);
        return code;
    }
    struct pending *slot = slot_of(c, (uint16_t)tag);
    slot->unwatched = true;
    slot->fid = f->fid;
    c->unwatched++;
    f->client = NULL;
    return 0;
}

/* --------------------------------------------------------------------------------- replies */

/* Keep the reply of a request that nobody waits for right now. */
static int store_reply(struct p9_client *c, struct pending *slot, const struct p9_frame *f)
{
    slot->frame = mem_new(c->d, f->n, "p9 reply");
    if (!slot->frame) {
        return CODE_FATE;
    }
    memcpy(slot->frame, f->p, f->n);
    slot->frame_n = f->n;
    return 0;
}

/* 0 and what is no errno become EIO. */
static int reply_code(const struct p9_msg *reply)
{
    if (reply->type != P9_RLERROR) {
        return 0;
    }
    return reply->ecode >= 1 && reply->ecode <= 4095 ? -(int)reply->ecode : -EIO;
}

/* The end of a request that nobody waits for. */
static void end_unwatched(struct p9_client *c, struct pending *slot, const struct p9_frame *f,
                          const struct p9_msg *reply)
{
    owned_fd_free(slot->fd);
    client_fid_ended(c, slot->request, slot->fid, reply_code(reply));
    *slot = (struct pending){0};
    c->pending--;
    c->unwatched--;
    pool_put(&c->tags, f->tag);
}

/* A reply that nobody waits for right now, or ever. */
static int dispatch_unwaited(struct p9_client *c, struct pending *slot, const struct p9_frame *f)
{
    struct p9_msg reply = {0};
    if (p9_decode(f->p, f->n, client_codec(c), &reply)) {
        return client_die(c, "buffer contained no valid message");
    }
    if (slot->unwatched) {
        end_unwatched(c, slot, f, &reply);
        return 0;
    }
    slot->state = PENDING_DONE;
    return store_reply(c, slot, f);
}

/* One frame to its request. Every protocol error is the end. */
static int dispatch(struct p9_client *c, const struct p9_frame *f, const struct pending *wanted)
{
    struct pending *slot = slot_of(c, f->tag);
    if (!slot || slot->state != PENDING_WAITING) {
        owned_fd_free(f->fd);
        return client_die(c, "unexpected tag in response");
    }
    slot->fd = f->fd;
    if (f->type != slot->request + 1 && f->type != P9_RLERROR) {
        return client_die(c, "unexpected message type");
    }
    if (slot != wanted) {
        return dispatch_unwaited(c, slot, f);
    }
    if (p9_decode(f->p, f->n, client_codec(c), &c->reply)) {
        return client_die(c, "buffer contained no valid message");
    }
    slot->state = PENDING_DONE;
    return 0;
}

/* Let the peer work, or wait for it. */
static int await_peer(struct p9_client *c, bool *progress)
{
    if (c->pump.run) {
        if (c->pump.unsent) {
            *c->pump.unsent = p9_transport_queued(c->transport) > 0;
        }
        int result = c->pump.run(c->pump.arg);
        *progress = *progress || result == P9_PUMP_PROGRESS;
        return result == P9_PUMP_HUNG ? domain_hang(c->d, "the file server blocks for ever") : 0;
    }
    struct pollfd p = {.fd = p9_transport_fd(c->transport)};
    p.events = (short)(p9_transport_queued(c->transport) > 0 ? POLLIN | POLLOUT : POLLIN);
    *progress = true;
    poll(&p, 1, -1);
    return 0;
}

/* Nothing whole is buffered: send what is queued, let the peer work, receive once. */
static int receive(struct p9_client *c)
{
    size_t n = 0;
    int code = p9_transport_flush(c->transport, &n);
    bool progress = n > 0;
    if (code == CODE_FATE) {
        return code; /* a peer that is gone may have answered before: read on */
    }
    code = await_peer(c, &progress);
    if (code) {
        return code;
    }
    p9_transport_take_fds(c->transport, c->may_donate > 0 && !client_std(c)); /* I-29 */
    code = p9_transport_fill(c->transport, &n);
    if (code == -EAGAIN) {
        return progress ? 0 : client_die(c, "the peer will never answer");
    }
    return code ? transport_failed(c, code, "connection closed") : 0;
}

/* One frame dispatched, or one receive. `wanted` gets its reply as a view, others get copies. */
static int step(struct p9_client *c, const struct pending *wanted)
{
    struct p9_frame f;
    int code = p9_transport_next(c->transport, &f);
    if (code == -EAGAIN) {
        return receive(c);
    }
    if (code == -EMSGSIZE) {
        return client_die(c, "message too large for fixed buffer");
    }
    return code ? client_die(c, "buffer contained no valid message") : dispatch(c, &f, wanted);
}

/* The slot's reply goes to c->reply and its descriptor to the caller; the tag is free again. */
static int collect(struct p9_client *c, struct pending *slot, uint16_t tag, struct p9_msg *ret,
                   struct owned_fd **ret_fd)
{
    int code = slot->state == PENDING_DONE ? 0 : -EIO;
    if (!code && slot->frame) {
        code = p9_decode(slot->frame, slot->frame_n, client_codec(c), &c->reply);
    }
    struct owned_fd *fd = slot->fd;
    c->held = slot->frame;
    c->may_donate -= p9_type_may_carry_fd((uint8_t)(slot->request + 1));
    *slot = (struct pending){0};
    c->pending--;
    if (tag != P9_NOTAG) {
        pool_put(&c->tags, tag);
    }
    if (!code) {
        code = reply_code(&c->reply);
    }
    if (code || !ret_fd) {
        owned_fd_free(fd);
    }
    if (code) {
        return code;
    }
    if (ret_fd) {
        *ret_fd = fd;
    }
    *ret = c->reply;
    return 0;
}

int p9_wait(struct p9_client *c, uint16_t tag, struct p9_msg *ret, struct owned_fd **ret_fd)
{
    struct pending *slot = slot_of(c, tag);
    if (domain_dead(c->d)) {
        return CODE_FATE;
    }
    if (!slot || slot->state == PENDING_FREE) {
        return -EINVAL;
    }
    mem_free(c->held);
    c->held = NULL;
    while (!c->dead && slot->state == PENDING_WAITING) {
        if (step(c, slot) == CODE_FATE) {
            return CODE_FATE;
        }
    }
    return collect(c, slot, tag, ret, ret_fd);
}

int client_settle(struct p9_client *c)
{
    while (!c->dead && c->unwatched > 0) {
        if (step(c, NULL) == CODE_FATE) {
            return CODE_FATE;
        }
    }
    return domain_dead(c->d) ? CODE_FATE : 0;
}

int p9_call(struct p9_client *c, const struct p9_msg *t, struct p9_msg *ret,
            struct owned_fd **ret_fd)
{
    uint16_t tag;
    int code = p9_submit(c, t, &tag);
    return code ? code : p9_wait(c, tag, ret, ret_fd);
}
