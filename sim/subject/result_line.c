/* The result line (golden/README.md): one JSON object. Written by hand, for a tree has thousands of
 * members and a line is written for every case. */
#include <simrun/sim/result.h>

#include <inttypes.h>

/* Bytes of the UTF-8 sequence at `p`, or 0 if it is none. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t k = 0; k < ARRAY_LEN(forms); k++) {
        size_t len = k + 2;
        if ((p[0] & forms[k].mask) != forms[k].lead || len > n) {
            continue;
        }
        uint32_t rune = p[0] & (unsigned char)~forms[k].mask;
        for (size_t i = 1; i < len; i++) {
            if ((p[i] & 0xc0) != 0x80) {
                return 0;
            }
            rune = rune << 6 | (p[i] & 0x3fu);
        }
        bool surrogate = rune >= 0xd800 && rune < 0xe000;
        return rune >= forms[k].least && rune <= 0x10ffff && !surrogate ? len : 0;
    }
    return 0;
}

/* Bytes at `p` that stand in a JSON string as they are. */
static size_t plain_length(const unsigned char *p, size_t n)
{
    size_t i = 0;
    while (i < n && p[i] >= 0x20 && p[i] < 0x80 && p[i] != '"' && p[i] != '\\') {
        i++;
    }
    return i;
}

void sim_json_text(struct str *s, const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes;
    str_addc(s, '"');
    for (size_t i = 0, len; i < n; i += len) {
        len = plain_length(p + i, n - i);
        if (len) {
            str_addn(s, bytes + i, len);
            continue;
        }
        len = p[i] < 0x80 ? 1 : utf8_length(p + i, n - i);
        if (p[i] == '\n' || p[i] == '\t') {
            str_add(s, p[i] == '\n' ? "\\n" : "\\t");
        } else if (p[i] < 0x20) {
            str_addf(s, "\\u%04x", p[i]);
        } else if (len == 0) {
            str_add(s, "\\ufffd"); /* as the recorder's JSON library */
            len = 1;
        } else {
            if (p[i] == '"' || p[i] == '\\') {
                str_addc(s, '\\');
            }
            str_addn(s, bytes + i, len);
        }
    }
    str_addc(s, '"');
}

static void json_text(struct str *s, const char *text)
{
    sim_json_text(s, text, strlen(text));
}

/* `"key": ` with a comma before it unless it is the first member. */
static void key(struct str *s, const char *name)
{
    str_add(s, s->n && s->p[s->n - 1] == '{' ? "\"" : ", \"");
    str_add(s, name);
    str_add(s, "\": ");
}

static void member(struct str *s, const char *name, const char *text)
{
    key(s, name);
    json_text(s, text);
}

static void member_if(struct str *s, const char *name, const char *text)
{
    if (text) {
        member(s, name, text);
    }
}

static void number(struct str *s, const char *name, int64_t value)
{
    key(s, name);
    str_addf(s, "%" PRId64, value);
}

static void truth(struct str *s, const char *name, bool value)
{
    key(s, name);
    str_add(s, value ? "true" : "false");
}

static void texts(struct str *s, const struct sim_texts *list)
{
    str_addc(s, '[');
    for (size_t i = 0; i < list->n; i++) {
        str_add(s, i ? ", " : "");
        json_text(s, list->v[i]);
    }
    str_addc(s, ']');
}

static void compiled(struct str *s, const struct sim_result *r)
{
    key(s, "compiled");
    str_addc(s, '[');
    for (size_t i = 0; i < r->n_compiled; i++) {
        const struct sim_compiled *m = &r->compiled[i];
        str_add(s, i ? ", {" : "{");
        member(s, "destination", m->destination);
        member(s, "type", m->type);
        member(s, "source", m->source);
        key(s, "options");
        texts(s, &m->options);
        str_addc(s, '}');
    }
    str_addc(s, ']');
}

static void ops(struct str *s, const struct sim_result *r)
{
    key(s, "ops");
    str_addc(s, '[');
    for (size_t i = 0; i < r->n_ops; i++) {
        const struct sim_op_result *op = &r->ops[i];
        str_add(s, i ? ", {" : "{");
        key(s, "op");
        str_add(s, op->op);
        member(s, "errno", op->error);
        if (op->value) {
            key(s, "value");
            str_add(s, op->value);
        }
        str_addc(s, '}');
    }
    str_addc(s, ']');
}

static void node(struct str *s, const struct sim_node *n)
{
    str_addc(s, '{');
    member(s, "path", n->path);
    member(s, "type", n->type);
    member(s, "mode", n->mode);
    number(s, "uid", n->uid);
    number(s, "gid", n->gid);
    if (n->size >= 0) {
        number(s, "size", n->size);
    }
    key(s, "nlink");
    str_addf(s, "%" PRIu64, n->nlink);
    member_if(s, "rdev", n->rdev);
    member_if(s, "target", n->target);
    member(s, "fs", n->fs);
    member(s, "flags", n->flags);
    truth(s, "mountpoint", n->mountpoint);
    truth(s, "overlay", n->overlay);
    member_if(s, "upper", n->upper);
    member_if(s, "lower", n->lower);
    if (n->special) {
        truth(s, "special", true);
    }
    truth(s, "readdir", n->readdir);
    member_if(s, "error", n->error);
    str_addc(s, '}');
}

static void nodes(struct str *s, const struct sim_result *r)
{
    key(s, "nodes");
    str_addc(s, '[');
    for (size_t i = 0; i < r->n_nodes; i++) {
        str_add(s, i ? ", " : "");
        node(s, &r->nodes[i]);
    }
    str_addc(s, ']');
}

/* The mounts of the restore environment, grouped by filesystem in the order of first appearance. */
static void restore_mounts(struct str *s, const struct sim_restore *r)
{
    key(s, "mount_sources");
    str_addc(s, '{');
    for (size_t i = 0; i < r->n_mounts; i++) {
        size_t first = 0;
        while (strcmp(r->mounts[first].fs, r->mounts[i].fs) != 0) {
            first++;
        }
        if (first != i) {
            continue;
        }
        key(s, r->mounts[i].fs);
        str_addc(s, '[');
        for (size_t j = i; j < r->n_mounts; j++) {
            const struct sim_restore_mount *m = &r->mounts[j];
            if (strcmp(m->fs, r->mounts[i].fs) == 0) {
                str_add(s, j > i ? ", {" : "{");
                member(s, "dev", m->dev);
                member(s, "flags", m->flags);
                member(s, "data", m->data);
                str_addc(s, '}');
            }
        }
        str_addc(s, ']');
    }
    str_addc(s, '}');
}

static void restore(struct str *s, const struct sim_restore *r)
{
    key(s, "restore");
    str_addc(s, '{');
    if (r->error[0]) {
        member(s, "error", r->error);
    }
    number(s, "fds_left", r->fds_left);
    key(s, "log");
    texts(s, &r->log);
    if (!r->error[0]) {
        restore_mounts(s, r);
    }
    str_addc(s, '}');
}

int sim_result_line(const struct sim_result *r, struct str *ret)
{
    str_addc(ret, '{');
    member(ret, "id", r->name);
    if (r->has_compiled) {
        compiled(ret, r);
    }
    member(ret, "result", sim_outcome_name(r->outcome));
    member(ret, "error", r->error);
    if (r->outcome == OUTCOME_OK || r->outcome == OUTCOME_ERROR) {
        key(ret, "log");
        texts(ret, &r->log);
        number(ret, "fds_left", r->fds_left);
    }
    if (r->n_ops) {
        ops(ret, r);
    }
    if (r->has_nodes) {
        nodes(ret, r);
    }
    if (r->restore) {
        restore(ret, r->restore);
    }
    if (r->host_diff.n) {
        key(ret, "host_diff");
        texts(ret, &r->host_diff);
    }
    str_addc(ret, '}');
    return domain_dead(ret->d) ? CODE_FATE : 0;
}
