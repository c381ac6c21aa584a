/*
 * The request loop of one connection (contract 7.2), without threads: each request is answered
 * before the next one is looked at. So no tag is ever active twice, a flush has nothing to
 * wait for and cannot overtake, and there are no workers to bound. What bounds
 * a peer that does not read its replies is the send queue.
 */
#include "server.h"

#include <poll.h>

int p9_server_new(struct domain *d, struct owned_fd *sock, const struct p9_attach_point *attach,
                  struct p9_server **ret)
{
    struct p9_transport *transport;
    int code = p9_transport_new(d, sock, &transport);
    if (code) {
        return code;
    }
    struct p9_server *s = MEM_NEW(d, struct p9_server);
    if (!s) {
        p9_transport_free(transport);
        return CODE_FATE;
    }
    s->d = d;
    s->transport = transport;
    s->attach = *attach;
    s->msize = s->msize_max = P9_FRAME_MAX;
    s->fids_max = P9_FIDS_MAX;
    fidtable_init(&s->fids, d);
    str_init(&s->link, d);
    *ret = s;
    return 0;
}

static void end_connection(struct p9_server *s)
{
    fidtable_clear(&s->fids);
    p9_transport_free(s->transport);
    s->transport = NULL;
}

void p9_server_free(struct p9_server *s)
{
    if (!s || domain_dead(s->d)) {
        return;
    }
    end_connection(s);
    fidtable_release(&s->fids);
    mem_free(s->text);
    mem_free(s->names);
    mem_free(s->qids);
    str_release(&s->link);
    mem_free(s);
}

struct p9_server_info p9_server_info(const struct p9_server *s)
{
    return (struct p9_server_info){
        .msize = s->msize,
        .version = s->version,
        .fids = s->fids.n,
        .fid_inserts = s->fids.inserts,
        .fid_deletes = s->fids.deletes,
        .fid_replaced = s->fids.replaced,
        .requests = s->requests,
        .ended = !s->transport,
    };
}

void p9_server_set_personality(struct p9_server *s, enum p9_personality p)
{
    s->wanted = p;
    s->personality = p == P9_AUTO ? P9_GV : p;
}

enum p9_personality p9_server_personality(const struct p9_server *s)
{
    return s->personality;
}

void p9_server_set_bounds(struct p9_server *s, uint32_t msize, uint32_t fids)
{
    s->msize = s->msize_max = msize < P9_FRAME_MAX ? msize : P9_FRAME_MAX;
    s->fids_max = fids < P9_FIDS_MAX ? fids : P9_FIDS_MAX;
    p9_transport_set_limit(s->transport, s->msize);
}

int p9_server_fd(const struct p9_server *s)
{
    return s->transport ? p9_transport_fd(s->transport) : -1;
}

bool p9_server_wants_write(const struct p9_server *s)
{
    return s->transport && p9_transport_queued(s->transport) > 0;
}

bool p9_server_wants_read(const struct p9_server *s)
{
    return s->transport && !p9_transport_busy(s->transport);
}

/* --------------------------------------------------------------------------------- replies */

static int queue_message(struct p9_server *s, const struct p9_msg *m, struct owned_fd *fd)
{
    uint8_t *p;
    size_t n = p9_msg_bound(m);
    int code = p9_transport_reserve(s->transport, n, &p);
    if (!code) {
        code = p9_encode(m, server_codec(s), p, n, &n);
    }
    if (code) {
        owned_fd_free(fd);
        return code;
    }
    p9_transport_commit(s->transport, n, fd);
    return 0;
}

static int queue_error(struct p9_server *s, uint16_t tag, int code)
{
    int number = code_errno(code);
    if (number < 1 || number > 4095) {
        number = EIO; /* Q-21 seen from here, QI-13 */
    }
    return queue_message(
        s, &(struct p9_msg){.type = P9_RLERROR, .tag = tag, .ecode = (uint32_t)number}, NULL);
}

static int answer(struct p9_server *s, const struct p9_msg *t)
{
    struct request q = {.s = s, .t = t, .r = {.type = (uint8_t)(t->type + 1), .tag = t->tag}};
    int code = request_handle(&q);
    if (code == CODE_FATE || q.queued) {
        return code;
    }
    if (!code && server_std(s) && q.fd) {
        owned_fd_free(q.fd); /* I-29 */
        q.fd = NULL;
    }
    if (!code) {
        code = queue_message(s, &q.r, q.fd);
    }
    if (code == -ENOSYS && server_std(s)) {
        code = -EOPNOTSUPP; /* I-23 */
    }
    return code && code != CODE_FATE ? queue_error(s, t->tag, code) : code;
}

/* One frame: contract 5.4 for what is no request, else its handler. */
static int serve_frame(struct p9_server *s, const struct p9_frame *f)
{
    struct p9_msg t;
    s->requests++;
    int code = p9_decode(f->p, f->n, server_codec(s), &t);
    if (code == -ENOMSG) {
        return queue_error(s, f->tag, -EIO);
    }
    if (code == -EBADMSG) {
        return queue_error(s, server_quirk(s, Q_16) ? P9_NOTAG : f->tag, -EIO);
    }
    return code ? code : answer(s, &t);
}

/* ------------------------------------------------------------------------------------ loop */

/* Answer what is buffered. -EAGAIN: all done; -EBUSY: stopped at a bound; others end the
 * connection. */
static int serve_buffered(struct p9_server *s, bool *progress)
{
    struct p9_frame f;
    while (!p9_transport_busy(s->transport)) {
        int code = p9_transport_next(s->transport, &f);
        if (code) {
            return code;
        }
        *progress = true;
        code = serve_frame(s, &f);
        if (code) {
            return code;
        }
    }
    return -EBUSY;
}

static int flush(struct p9_server *s, bool *progress)
{
    size_t n;
    if (p9_transport_queued(s->transport) == 0) {
        return 0;
    }
    int code = p9_transport_flush(s->transport, &n);
    *progress = *progress || (!code && n > 0);
    return code;
}

/* One receive at most: in step with a waiting client there is nothing more, and asking costs a
 * system call. */
static int serve(struct p9_server *s, bool *progress)
{
    size_t n;
    int code = domain_check(s->d);
    if (!code) {
        code = flush(s, progress);
    }
    if (!code) {
        code = serve_buffered(s, progress);
    }
    if (code == -EAGAIN) {
        code = p9_transport_fill(s->transport, &n);
        if (!code) {
            *progress = true;
            code = serve_buffered(s, progress);
        }
    }
    return code == 0 || code == -EAGAIN || code == -EBUSY ? flush(s, progress) : code;
}

static int fate_result(const struct p9_server *s)
{
    return s->d->fate == FATE_HANG ? P9_PUMP_HUNG : P9_PUMP_DEAD;
}

int p9_server_serve_some(struct p9_server *s)
{
    bool progress = false;
    if (domain_dead(s->d)) {
        return fate_result(s);
    }
    if (!s->transport) {
        return P9_PUMP_DEAD;
    }
    int code = serve(s, &progress);
    if (domain_dead(s->d)) {
        return fate_result(s);
    }
    if (code) {
        end_connection(s);
        return domain_dead(s->d) ? fate_result(s) : P9_PUMP_DEAD;
    }
    return progress ? P9_PUMP_PROGRESS : P9_PUMP_IDLE;
}

int p9_server_pump(void *server)
{
    return p9_server_serve_some(server);
}

int p9_server_run(struct p9_server *s)
{
    for (;;) {
        int result = p9_server_serve_some(s);
        if (result == P9_PUMP_PROGRESS) {
            continue;
        }
        if (result != P9_PUMP_IDLE) {
            return domain_dead(s->d) ? CODE_FATE : 0;
        }
        struct pollfd p = {.fd = p9_server_fd(s)};
        p.events = (short)((p9_server_wants_read(s) ? POLLIN : 0) |
                           (p9_server_wants_write(s) ? POLLOUT : 0));
        poll(&p, 1, -1);
    }
}
