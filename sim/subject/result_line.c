/* The result line (golden/README.md): one JSON object. Written by hand, for a tree has thousands of
 * members and a line is written for every case. */
#include <simrun/sim/result.h>

#include <inttypes.h>

static void json_text(struct str *s, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    str_addc(s, '"');
    const char *from = text;
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        str_addn(s, from, (size_t)(p - from));
        from = p + 1;
        str_addc(s, '\\');
        if (c == '"' || c == '\\') {
            str_addc(s, (char)c);
        } else if (c == '\n') {
            str_addc(s, 'n');
        } else if (c == '\t') {
            str_addc(s, 't');
        } else {
            const char u[] = {'u', '0', '0', hex[c >> 4], hex[c & 15]};
            str_addn(s, u, sizeof(u));
        }
    }
    str_add(s, from);
    str_addc(s, '"');
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
