/* What server.c and handlers.c share. Private to p9. */
#ifndef SIMRUN_P9_SERVER_H
#define SIMRUN_P9_SERVER_H

#include "fidtable.h"
#include "wire.h"

struct p9_server {
    struct domain *d;
    struct p9_transport *transport; /* owned; NULL once the connection has ended */
    struct p9_attach_point attach;
    enum p9_personality wanted;      /* as set */
    enum p9_personality personality; /* in force: never P9_AUTO */
    uint32_t msize, version;
    uint32_t msize_max, fids_max;
    struct fidtable fids;
    uint64_t requests;

    /* Scratch of the request at hand; kept for the next one. All owned. */
    char *text;
    size_t text_n, text_cap;
    const char **names;
    size_t names_cap;
    struct p9_qid *qids;
    size_t qids_cap;
    struct str link;
};

/* One request on its way through checks and handler. */
struct request {
    struct p9_server *s;
    const struct p9_msg *t;
    struct p9_msg r;     /* type and tag are filled */
    struct owned_fd *fd; /* goes with the reply; owned */
    struct fid *fid, *fid2;
    const char *name, *name2; /* terminated, without NUL */
    size_t names_n;           /* in s->names */
    bool has_dots;            /* std: "." or ".." is among the names */
    bool queued;              /* the handler has put its reply into the send queue */
};

/* Check and handle; 0, or the code for Rlerror, or CODE_FATE. */
int request_handle(struct request *q);

/* Does the row act here: in the gv personality, unless the profile has it off? */
static inline bool server_quirk(struct p9_server *s, enum quirk quirk)
{
    return s->personality == P9_GV && quirk_on(s->d, quirk);
}

static inline bool server_std(const struct p9_server *s)
{
    return s->personality == P9_STD;
}

static inline unsigned server_codec(struct p9_server *s)
{
    if (server_std(s)) {
        return P9_CODEC_STD;
    }
    return server_quirk(s, Q_04) ? 0 : P9_CODEC_FULL_MODES;
}

/* Bytes of payload that fit in a reply (Q-14: clamp). */
static inline uint32_t server_payload(const struct p9_server *s)
{
    return s->msize > WIRE_RREAD ? s->msize - WIRE_RREAD : 0;
}

#endif
