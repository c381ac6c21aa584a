/* Sessions: creation and negotiation (contract 6.2), and what can be read of them. */
#include "client.h"

enum {
    LARGE_PAYLOAD = 512, /* from here on payloads are whole multiples of it */
};

/* Take an msize over: at first the wanted one, then the peer's if that is smaller. */
static int adopt_msize(struct p9_client *c, uint32_t msize, struct error *err)
{
    if (msize <= P9_LARGEST_FIXED) {
        return error_set(c->d, err, -EIO,
                         "message too large for fixed buffer: size is %u, limit is %u", msize,
                         (unsigned)P9_LARGEST_FIXED);
    }
    c->msize = msize;
    c->payload = msize - P9_LARGEST_FIXED;
    if (c->payload > LARGE_PAYLOAD) {
        c->payload -= c->payload % LARGE_PAYLOAD;
    }
    p9_transport_set_limit(
        c->transport, msize < P9_HEADER + P9_LARGEST_FIXED ? P9_HEADER + P9_LARGEST_FIXED : msize);
    return 0;
}

static int send_version(struct p9_client *c, uint32_t version, struct p9_msg *ret)
{
    char text[P9_VERSION_TEXT];
    struct p9_msg t = {
        .type = P9_TVERSION, .msize = c->msize, .name = p9_str(p9_version_format(version, text))};
    int code = client_submit(c, &t, P9_NOTAG); /* */
    return code ? code : p9_wait(c, P9_NOTAG, ret, NULL);
}

/* The answers by which other servers say that they do not know a `.Google.N` string (I-02). */
static bool wants_base_string(const struct p9_client *c, int code, const struct p9_msg *r)
{
    if (c->dead || c->wanted == P9_GV) {
        return false;
    }
    static const struct p9_str unknown = {.p = "unknown", .n = 7};
    if (code == 0) {
        return r->name.n == unknown.n && memcmp(r->name.p, unknown.p, unknown.n) == 0;
    }
    return code == -EIO || code == -EINVAL || code == -EPROTO || code == -EOPNOTSUPP;
}

/* Tversion until somebody agrees; *wanted is the version asked for last. */
static int ask_version(struct p9_client *c, uint32_t *wanted, struct p9_msg *ret)
{
    int code = send_version(c, *wanted, ret);
    while (code == -EAGAIN && *wanted > 0) {
        code = send_version(c, --*wanted, ret);
    }
    if (*wanted > 0 && wants_base_string(c, code, ret)) {
        *wanted = 0;
        code = send_version(c, 0, ret);
    }
    return code;
}

static int negotiate(struct p9_client *c, uint32_t wanted, struct error *err)
{
    struct p9_msg r;
    uint32_t version;
    int code = ask_version(c, &wanted, &r);
    if (code == -EAGAIN) {
        return error_set(c->d, err, -EIO, "exhausted all versions to negotiate");
    }
    if (code) {
        return error_code(c->d, err, code);
    }
    if (p9_version_parse(r.name, &version)) {
        return error_set(c->d, err, -EIO, "bad version string");
    }
    c->version = version < wanted ? version : wanted;
    if (c->wanted == P9_AUTO) {
        c->personality = c->version > 0 ? P9_GV : P9_STD;
    }
    if (client_std(c) && r.msize < P9_STD_MSIZE_MIN) { /* I-03 */
        return error_set(c->d, err, -EIO, "the server's msize of %u is below %u", r.msize,
                         (unsigned)P9_STD_MSIZE_MIN);
    }
    return adopt_msize(c, r.msize < c->msize ? r.msize : c->msize, err);
}

static int client_start(struct p9_client *c, uint32_t msize, const char *version, struct error *err)
{
    uint32_t wanted;
    int code = adopt_msize(c, msize, err);
    if (code) {
        return code;
    }
    if (p9_version_parse(p9_str(version), &wanted)) {
        return error_set(c->d, err, -EIO, "bad version string");
    }
    return negotiate(c, wanted < P9_VERSION_HIGHEST ? wanted : P9_VERSION_HIGHEST, err);
}

static int client_new(struct domain *d, struct owned_fd *sock, const struct p9_client_options *o,
                      const struct p9_pump *pump, struct p9_client **ret)
{
    struct p9_transport *transport;
    int code = p9_transport_new(d, sock, &transport);
    if (code) {
        return code;
    }
    struct p9_client *c = MEM_NEW(d, struct p9_client);
    if (!c) {
        p9_transport_free(transport);
        return CODE_FATE;
    }
    c->d = d;
    c->transport = transport;
    c->wanted = c->personality = o->personality;
    c->uname = o->uname ? o->uname : "";
    c->n_uname = o->n_uname;
    if (pump) {
        c->pump = *pump;
    }
    pool_init(&c->tags, d, 1, P9_NOTAG);
    pool_init(&c->fids, d, 1, P9_NOFID);
    *ret = c;
    return 0;
}

/* `msize` and `version` come as they are: the model passes on what its options say. */
static int connect_client(struct domain *d, struct owned_fd *sock, uint32_t msize,
                          const char *version, const struct p9_client_options *o,
                          const struct p9_pump *pump, struct error *err, struct p9_client **ret)
{
    struct p9_client *c;
    int code = client_new(d, sock, o, pump, &c);
    if (code) {
        return error_code(d, err, code);
    }
    code = client_start(c, msize, version, err);
    if (code) {
        p9_client_free(c);
        return code;
    }
    *ret = c;
    return 0;
}

int p9_client_new(struct domain *d, struct owned_fd *sock, uint32_t msize, const char *version,
                  const struct p9_pump *pump, struct error *err, struct p9_client **ret)
{
    const struct p9_client_options original = {.personality = P9_GV, .n_uname = P9_NOUID};
    return connect_client(d, sock, msize, version, &original, pump, err, ret);
}

int p9_client_connect(struct domain *d, struct owned_fd *sock, const struct p9_client_options *o,
                      const struct p9_pump *pump, struct error *err, struct p9_client **ret)
{
    char highest[P9_VERSION_TEXT];
    const char *version = o->version ? o->version : p9_version_format(P9_VERSION_HIGHEST, highest);
    uint32_t msize = o->msize ? o->msize : P9_MSIZE_DEFAULT;
    return connect_client(d, sock, msize, version, o, pump, err, ret);
}

void p9_client_free(struct p9_client *c)
{
    if (!c || domain_dead(c->d) || client_settle(c)) {
        return;
    }
    client_die(c, "closed");
    for (size_t i = 0; i < c->slots_cap; i++) {
        mem_free(c->slots[i].frame);
        owned_fd_free(c->slots[i].fd);
    }
    mem_free(c->slots);
    mem_free(c->held);
    pool_release(&c->tags);
    pool_release(&c->fids);
    mem_free(c);
}

struct p9_client_info p9_client_info(const struct p9_client *c)
{
    return (struct p9_client_info){
        .msize = c->msize,
        .version = c->version,
        .payload = c->payload,
        .live_fids = pool_in_use(&c->fids) - c->lost_fids - c->unwatched,
        .lost_fids = c->lost_fids,
        .pending = c->pending - c->unwatched,
        .dead = c->dead,
    };
}

const uint32_t *p9_client_sent(const struct p9_client *c)
{
    return c->sent;
}

enum p9_personality p9_client_personality(const struct p9_client *c)
{
    return c->personality;
}

void p9_client_set_personality(struct p9_client *c, enum p9_personality p)
{
    c->wanted = c->personality = p;
}
