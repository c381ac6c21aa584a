/* All messages as one table of fields (contract 2), and the codec that runs over it. */
#include <sys/stat.h>

#include "wire.h"

/* How a value looks on the wire. */
enum form {
    U8,
    U16,
    U32,
    U64,
    MODE32,
    ATTR_MASK64,
    SETATTR_MASK32,
    STRING,
    LIST_OF_NAMES,
    LIST_OF_QIDS,
    QID_13,
    ATTR_132,
    SETATTR_52,
    FSSTAT_60,
    OPTIONAL_U32, /* sent only under P9_CODEC_DATASYNC; taken when it is there */
    TAIL,         /* count[4], then exactly so many bytes to the end of the frame */
    ENTRY_TAIL,   /* count[4], ignored, then the rest of the frame */
};

/* One field of struct p9_msg each. END is zero, so that lists need no length. */
enum field {
    END,
#define FIELD(name, form, member) name,
#define FIELDS                                                                                     \
    FIELD(FID, U32, fid)                                                                           \
    FIELD(FID2, U32, fid2)                                                                         \
    FIELD(FLAGS, U32, flags)                                                                       \
    FIELD(MODE, MODE32, mode)                                                                      \
    FIELD(MAJOR, U32, major)                                                                       \
    FIELD(MINOR, U32, minor)                                                                       \
    FIELD(UID, U32, uid)                                                                           \
    FIELD(GID, U32, gid)                                                                           \
    FIELD(COUNT, U32, count)                                                                       \
    FIELD(MSIZE, U32, msize)                                                                       \
    FIELD(IOUNIT, U32, iounit)                                                                     \
    FIELD(ECODE, U32, ecode)                                                                       \
    FIELD(STATUS, U8, status)                                                                      \
    FIELD(LOCK_TYPE, U8, lock.type)                                                                \
    FIELD(LOCK_START, U64, lock.start)                                                             \
    FIELD(LOCK_LENGTH, U64, lock.length)                                                           \
    FIELD(LOCK_OWNER, U32, lock.proc_id)                                                           \
    FIELD(OLDTAG, U16, oldtag)                                                                     \
    FIELD(OFFSET, U64, offset)                                                                     \
    FIELD(SIZE, U64, size)                                                                         \
    FIELD(ATTR_MASK, ATTR_MASK64, mask)                                                            \
    FIELD(SETATTR_MASK, SETATTR_MASK32, mask)                                                      \
    FIELD(NAME, STRING, name)                                                                      \
    FIELD(NAME2, STRING, name2)                                                                    \
    FIELD(NAMES, LIST_OF_NAMES, names)                                                             \
    FIELD(QIDS, LIST_OF_QIDS, qids)                                                                \
    FIELD(QID, QID_13, qid)                                                                        \
    FIELD(ATTR, ATTR_132, attr)                                                                    \
    FIELD(SETATTR, SETATTR_52, setattr)                                                            \
    FIELD(FSSTAT, FSSTAT_60, fsstat)                                                               \
    FIELD(DATASYNC, OPTIONAL_U32, datasync)                                                        \
    FIELD(DATA, TAIL, data)                                                                        \
    FIELD(ENTRIES, ENTRY_TAIL, data)
    FIELDS
#undef FIELD
};

static const struct {
    uint8_t form;
    uint16_t at;
} fields[] = {
#define FIELD(name, form, member) [name] = {form, offsetof(struct p9_msg, member)},
    FIELDS
#undef FIELD
};

struct message {
    const char *name;
    uint8_t fields[8];
    bool may_carry_fd;
};

/* clang-format off */
#define QID_REPLY {QID}
#define OPEN_REPLY {QID, IOUNIT}
#define LOCK_RANGE LOCK_START, LOCK_LENGTH, LOCK_OWNER
static const struct message messages[256] = {
    [P9_RLERROR]          = {"Rlerror", {ECODE}, false},
    [P9_TSTATFS]          = {"Tstatfs", {FID}, false},
    [P9_TSTATFS + 1]      = {"Rstatfs", {FSSTAT}, false},
    [P9_TLOPEN]           = {"Tlopen", {FID, FLAGS}, false},
    [P9_TLOPEN + 1]       = {"Rlopen", OPEN_REPLY, true},
    [P9_TLCREATE]         = {"Tlcreate", {FID, NAME, FLAGS, MODE, GID}, false},
    [P9_TLCREATE + 1]     = {"Rlcreate", OPEN_REPLY, true},
    [P9_TSYMLINK]         = {"Tsymlink", {FID, NAME, NAME2, GID}, false},
    [P9_TSYMLINK + 1]     = {"Rsymlink", QID_REPLY, false},
    [P9_TMKNOD]           = {"Tmknod", {FID, NAME, MODE, MAJOR, MINOR, GID}, false},
    [P9_TMKNOD + 1]       = {"Rmknod", QID_REPLY, false},
    [P9_TRENAME]          = {"Trename", {FID, FID2, NAME}, false},
    [P9_TRENAME + 1]      = {"Rrename", {END}, false},
    [P9_TREADLINK]        = {"Treadlink", {FID}, false},
    [P9_TREADLINK + 1]    = {"Rreadlink", {NAME}, false},
    [P9_TGETATTR]         = {"Tgetattr", {FID, ATTR_MASK}, false},
    [P9_TGETATTR + 1]     = {"Rgetattr", {ATTR_MASK, QID, ATTR}, false},
    [P9_TSETATTR]         = {"Tsetattr", {FID, SETATTR_MASK, SETATTR}, false},
    [P9_TSETATTR + 1]     = {"Rsetattr", {END}, false},
    [P9_TXATTRWALK]       = {"Txattrwalk", {FID, FID2, NAME}, false},
    [P9_TXATTRWALK + 1]   = {"Rxattrwalk", {SIZE}, false},
    [P9_TXATTRCREATE]     = {"Txattrcreate", {FID, NAME, SIZE, FLAGS}, false},
    [P9_TXATTRCREATE + 1] = {"Rxattrcreate", {END}, false},
    [P9_TREADDIR]         = {"Treaddir", {FID, OFFSET, COUNT}, false},
    [P9_TREADDIR + 1]     = {"Rreaddir", {ENTRIES}, false},
    [P9_TFSYNC]           = {"Tfsync", {FID, DATASYNC}, false},
    [P9_TFSYNC + 1]       = {"Rfsync", {END}, false},
    [P9_TLOCK]            = {"Tlock", {FID, LOCK_TYPE, FLAGS, LOCK_RANGE, NAME}, false},
    [P9_TLOCK + 1]        = {"Rlock", {STATUS}, false},
    [P9_TGETLOCK]         = {"Tgetlock", {FID, LOCK_TYPE, LOCK_RANGE, NAME}, false},
    [P9_TGETLOCK + 1]     = {"Rgetlock", {LOCK_TYPE, LOCK_RANGE, NAME}, false},
    [P9_TLINK]            = {"Tlink", {FID, FID2, NAME}, false},
    [P9_TLINK + 1]        = {"Rlink", {END}, false},
    [P9_TMKDIR]           = {"Tmkdir", {FID, NAME, MODE, GID}, false},
    [P9_TMKDIR + 1]       = {"Rmkdir", QID_REPLY, false},
    [P9_TRENAMEAT]        = {"Trenameat", {FID, NAME, FID2, NAME2}, false},
    [P9_TRENAMEAT + 1]    = {"Rrenameat", {END}, false},
    [P9_TUNLINKAT]        = {"Tunlinkat", {FID, NAME, FLAGS}, false},
    [P9_TUNLINKAT + 1]    = {"Runlinkat", {END}, false},
    [P9_TVERSION]         = {"Tversion", {MSIZE, NAME}, false},
    [P9_TVERSION + 1]     = {"Rversion", {MSIZE, NAME}, false},
    [P9_TAUTH]            = {"Tauth", {FID, NAME, NAME2, UID}, false},
    [P9_TAUTH + 1]        = {"Rauth", QID_REPLY, false},
    [P9_TATTACH]          = {"Tattach", {FID, FID2, NAME, NAME2, UID}, false},
    [P9_TATTACH + 1]      = {"Rattach", QID_REPLY, false},
    [P9_TFLUSH]           = {"Tflush", {OLDTAG}, false},
    [P9_TFLUSH + 1]       = {"Rflush", {END}, false},
    [P9_TWALK]            = {"Twalk", {FID, FID2, NAMES}, false},
    [P9_TWALK + 1]        = {"Rwalk", {QIDS}, false},
    [P9_TREAD]            = {"Tread", {FID, OFFSET, COUNT}, false},
    [P9_TREAD + 1]        = {"Rread", {DATA}, false},
    [P9_TWRITE]           = {"Twrite", {FID, OFFSET, DATA}, false},
    [P9_TWRITE + 1]       = {"Rwrite", {COUNT}, false},
    [P9_TCLUNK]           = {"Tclunk", {FID}, false},
    [P9_TCLUNK + 1]       = {"Rclunk", {END}, false},
    [P9_TREMOVE]          = {"Tremove", {FID}, false},
    [P9_TREMOVE + 1]      = {"Rremove", {END}, false},
    [P9_TFLUSHF]          = {"Tflushf", {FID}, false},
    [P9_TFLUSHF + 1]      = {"Rflushf", {END}, false},
    [P9_TWALKGETATTR]     = {"Twalkgetattr", {FID, FID2, NAMES}, false},
    [P9_TWALKGETATTR + 1] = {"Rwalkgetattr", {ATTR_MASK, ATTR, QIDS}, false},
    [P9_TUCREATE]         = {"Tucreate", {FID, NAME, FLAGS, MODE, GID, UID}, false},
    [P9_TUCREATE + 1]     = {"Rucreate", OPEN_REPLY, true},
    [P9_TUMKDIR]          = {"Tumkdir", {FID, NAME, MODE, GID, UID}, false},
    [P9_TUMKDIR + 1]      = {"Rumkdir", QID_REPLY, false},
    [P9_TUMKNOD]          = {"Tumknod", {FID, NAME, MODE, MAJOR, MINOR, GID, UID}, false},
    [P9_TUMKNOD + 1]      = {"Rumknod", QID_REPLY, false},
    [P9_TUSYMLINK]        = {"Tusymlink", {FID, NAME, NAME2, GID, UID}, false},
    [P9_TUSYMLINK + 1]    = {"Rusymlink", QID_REPLY, false},
    [P9_TLCONNECT]        = {"Tlconnect", {FID, FLAGS}, false},
    [P9_TLCONNECT + 1]    = {"Rlconnect", {END}, true},
};
/* clang-format on */

const char *p9_type_name(uint8_t type)
{
    return messages[type].name;
}

bool p9_type_may_carry_fd(uint8_t type)
{
    return messages[type].may_carry_fd;
}

uint8_t p9_qid_type(uint32_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return P9_QTDIR;
    case S_IFSOCK:
    case S_IFIFO:
    case S_IFCHR:
        return P9_QTAPPEND;
    case S_IFLNK:
        return P9_QTSYMLINK;
    default:
        return P9_QTFILE;
    }
}

static uint32_t mode_mask(unsigned codec)
{
    return codec & P9_CODEC_FULL_MODES ? UINT32_MAX : 0777; /* */
}

/* -------------------------------------------------------------------------------- encoding */

static const struct message *find_message(uint8_t type, unsigned codec)
{
    bool is_lock = type >= P9_TLOCK && type <= P9_TGETLOCK + 1;
    return messages[type].name && (!is_lock || codec & P9_CODEC_LOCKS) ? &messages[type] : NULL;
}

static bool has_tail(uint8_t type)
{
    return type == P9_TWRITE || type == P9_TREAD + 1 || type == P9_TREADDIR + 1;
}

size_t p9_msg_bound(const struct p9_msg *m)
{
    size_t n = P9_HEADER + P9_LARGEST_FIXED + m->name.n + m->name2.n + m->names.raw_n +
               m->qids.n * WIRE_QID;
    for (size_t i = 0; m->names.v && i < m->names.n; i++) {
        n += 2 + strlen(m->names.v[i]);
    }
    return n + (has_tail(m->type) ? m->count : 0);
}

static void put_names(struct wire_out *o, const struct p9_names *names)
{
    if (names->n > UINT16_MAX) {
        o->code = o->code ? o->code : -E2BIG;
        return;
    }
    wire_put16(o, (uint16_t)names->n);
    if (!names->v) {
        wire_put(o, names->raw, names->raw_n);
        return;
    }
    for (size_t i = 0; i < names->n; i++) {
        wire_put_str(o, p9_str(names->v[i]));
    }
}

static void put_qids(struct wire_out *o, const struct p9_qids *qids)
{
    if (qids->n > UINT16_MAX) {
        o->code = o->code ? o->code : -E2BIG;
        return;
    }
    wire_put16(o, (uint16_t)qids->n);
    if (!qids->v) {
        wire_put(o, qids->raw, qids->n * WIRE_QID);
        return;
    }
    for (size_t i = 0; i < qids->n; i++) {
        wire_put_qid(o, &qids->v[i]);
    }
}

static void put_field(struct wire_out *o, unsigned field, const struct p9_msg *m, unsigned codec)
{
    const void *at = (const char *)m + fields[field].at;
    switch ((enum form)fields[field].form) {
    case U8:
        wire_put8(o, *(const uint8_t *)at);
        break;
    case U16:
        wire_put16(o, *(const uint16_t *)at);
        break;
    case U32:
        wire_put32(o, *(const uint32_t *)at);
        break;
    case U64:
        wire_put64(o, *(const uint64_t *)at);
        break;
    case MODE32:
        wire_put32(o, *(const uint32_t *)at & mode_mask(codec));
        break;
    case ATTR_MASK64:
        wire_put64(o, *(const uint64_t *)at & P9_ATTR_ALL);
        break;
    case SETATTR_MASK32:
        wire_put32(o, (uint32_t)(*(const uint64_t *)at & P9_SETATTR_ALL));
        break;
    case STRING:
        wire_put_str(o, *(const struct p9_str *)at);
        break;
    case LIST_OF_NAMES:
        put_names(o, at);
        break;
    case LIST_OF_QIDS:
        put_qids(o, at);
        break;
    case QID_13:
        wire_put_qid(o, at);
        break;
    case ATTR_132:
        wire_put_attr(o, at);
        break;
    case SETATTR_52:
        wire_put_setattr(o, at, mode_mask(codec));
        break;
    case FSSTAT_60:
        wire_put_fsstat(o, at);
        break;
    case OPTIONAL_U32:
        if (codec & P9_CODEC_DATASYNC) {
            wire_put32(o, *(const uint32_t *)at);
        }
        break;
    case TAIL:
    case ENTRY_TAIL:
        wire_put32(o, m->count);
        wire_put(o, m->data, m->count);
        break;
    }
}

int p9_encode(const struct p9_msg *m, unsigned codec, uint8_t *buf, size_t cap, size_t *ret)
{
    const struct message *info = find_message(m->type, codec);
    if (!info) {
        return -ENOMSG;
    }
    if (cap < P9_HEADER) {
        return -EMSGSIZE;
    }
    struct wire_out o = {.p = buf, .n = P9_HEADER, .cap = cap};
    for (size_t i = 0; i < ARRAY_LEN(info->fields) && info->fields[i] != END; i++) {
        put_field(&o, info->fields[i], m, codec);
    }
    if (o.code) {
        return o.code;
    }
    wire_header(buf, o.n, m->type, m->tag);
    *ret = o.n;
    return 0;
}

/* -------------------------------------------------------------------------------- decoding */

static void get_names(struct wire_in *in, struct p9_names *names)
{
    names->n = wire_get16(in);
    names->raw = in->p + in->at;
    size_t start = in->at;
    for (size_t i = 0; i < names->n && !in->over; i++) {
        wire_get_str(in);
    }
    names->raw_n = in->at - start;
}

static void get_tail(struct wire_in *in, bool exact, struct p9_msg *m)
{
    uint32_t count = wire_get32(in);
    m->count = (uint32_t)(in->n - in->at);
    in->over = in->over || (exact && count != m->count);
    m->data = wire_get(in, m->count);
}

static void get_field(struct wire_in *in, unsigned field, struct p9_msg *m, unsigned codec)
{
    void *at = (char *)m + fields[field].at;
    switch ((enum form)fields[field].form) {
    case U8:
        *(uint8_t *)at = wire_get8(in);
        break;
    case U16:
        *(uint16_t *)at = wire_get16(in);
        break;
    case U32:
        *(uint32_t *)at = wire_get32(in);
        break;
    case U64:
        *(uint64_t *)at = wire_get64(in);
        break;
    case MODE32:
        *(uint32_t *)at = wire_get32(in) & mode_mask(codec);
        break;
    case ATTR_MASK64:
        *(uint64_t *)at = wire_get64(in) & P9_ATTR_ALL;
        break;
    case SETATTR_MASK32:
        *(uint64_t *)at = wire_get32(in) & P9_SETATTR_ALL;
        break;
    case STRING:
        *(struct p9_str *)at = wire_get_str(in);
        break;
    case LIST_OF_NAMES:
        get_names(in, at);
        break;
    case LIST_OF_QIDS:
        m->qids.n = wire_get16(in);
        m->qids.raw = wire_get(in, m->qids.n * WIRE_QID);
        break;
    case QID_13:
        *(struct p9_qid *)at = wire_get_qid(in);
        break;
    case ATTR_132:
        *(struct p9_attr *)at = wire_get_attr(in);
        break;
    case SETATTR_52:
        *(struct p9_setattr *)at = wire_get_setattr(in, mode_mask(codec));
        break;
    case FSSTAT_60:
        *(struct p9_fsstat *)at = wire_get_fsstat(in);
        break;
    case OPTIONAL_U32:
        *(uint32_t *)at = in->n - in->at >= 4 ? wire_get32(in) : 0;
        break;
    case TAIL:
    case ENTRY_TAIL:
        get_tail(in, fields[field].form == TAIL, m);
        break;
    }
}

int p9_decode(const uint8_t *frame, size_t n, unsigned codec, struct p9_msg *ret)
{
    struct wire_in in = {.p = frame, .n = n};
    uint32_t size = wire_get32(&in);
    struct p9_msg m = {.type = wire_get8(&in)};
    m.tag = wire_get16(&in);
    if (in.over || size != n) {
        return -EBADMSG;
    }
    const struct message *info = find_message(m.type, codec);
    if (!info) {
        return -ENOMSG;
    }
    for (size_t i = 0; i < ARRAY_LEN(info->fields) && info->fields[i] != END && !in.over; i++) {
        get_field(&in, info->fields[i], &m, codec);
    }
    if (in.over) {
        return -EBADMSG;
    }
    *ret = m;
    return 0;
}
