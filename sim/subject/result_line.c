/* The result line (golden/README.md): one JSON object. Written by hand, for a tree has thousands of
 * members and a line is written for every case. */
#include <simrun/sim/result.h>

#include <inttypes.h>

struct writer {
    struct str *s;
    bool spaces; /* between tokens */
};

static void json_text(struct writer *w, const char *text)
{
    sim_json_text(w->s, text, strlen(text));
}

/* What is JSON already: without the spaces between its tokens, unless they are wanted. */
static void json_value(struct writer *w, const char *json)
{
    if (w->spaces) {
        str_add(w->s, json);
        return;
    }
    bool in_string = false;
    for (const char *p = json; *p; p++) {
        if (*p == ' ' && !in_string) {
            continue;
        }
        if (*p == '\\' && p[1]) {
            str_addc(w->s, *p++);
        } else if (*p == '"') {
            in_string = !in_string;
        }
        str_addc(w->s, *p);
    }
}

/* A comma before all but the first element of a list. */
static void comma(struct writer *w, bool first)
{
    if (!first) {
        str_addn(w->s, ", ", w->spaces ? 2 : 1);
    }
}

/* `"key": ` with a comma before it unless it is the first member. */
static void key(struct writer *w, const char *name)
{
    char *out = str_room(w->s, strlen(name) + 6);
    if (!out) {
        return;
    }
    if (w->s->n && out[-1] != '{') {
        *out++ = ',';
        *out = ' ';
        out += w->spaces;
    }
    *out++ = '"';
    out = stpcpy(out, name);
    *out++ = '"';
    *out++ = ':';
    *out = ' ';
    str_wrote(w->s, out + w->spaces);
}

static void member(struct writer *w, const char *name, const char *text)
{
    key(w, name);
    json_text(w, text);
}

static void member_if(struct writer *w, const char *name, const char *text)
{
    if (text) {
        member(w, name, text);
    }
}

static void number(struct writer *w, const char *name, int64_t value)
{
    key(w, name);
    str_addi(w->s, value);
}

static void truth(struct writer *w, const char *name, bool value)
{
    key(w, name);
    str_add(w->s, value ? "true" : "false");
}

static void texts(struct writer *w, const struct sim_texts *list)
{
    str_addc(w->s, '[');
    for (size_t i = 0; i < list->n; i++) {
        comma(w, i == 0);
        json_text(w, list->v[i]);
    }
    str_addc(w->s, ']');
}

static void compiled(struct writer *w, const struct sim_result *r)
{
    str_addc(w->s, '[');
    for (size_t i = 0; i < r->n_compiled; i++) {
        const struct sim_compiled *m = &r->compiled[i];
        comma(w, i == 0);
        str_addc(w->s, '{');
        member(w, "destination", m->destination);
        member(w, "type", m->type);
        member(w, "source", m->source);
        key(w, "options");
        texts(w, &m->options);
        str_addc(w->s, '}');
    }
    str_addc(w->s, ']');
}

static void ops(struct writer *w, const struct sim_result *r)
{
    str_addc(w->s, '[');
    for (size_t i = 0; i < r->n_ops; i++) {
        const struct sim_op_result *op = &r->ops[i];
        comma(w, i == 0);
        str_addc(w->s, '{');
        key(w, "op");
        json_value(w, op->op);
        member(w, "errno", op->error);
        if (op->value) {
            key(w, "value");
            json_value(w, op->value);
        }
        str_addc(w->s, '}');
    }
    str_addc(w->s, ']');
}

static void node(struct writer *w, const struct sim_node *n)
{
    str_addc(w->s, '{');
    member(w, "path", n->path);
    member(w, "type", n->type);
    member(w, "mode", n->mode);
    number(w, "uid", n->uid);
    number(w, "gid", n->gid);
    if (n->size >= 0) {
        number(w, "size", n->size);
    }
    key(w, "nlink");
    str_addf(w->s, "%" PRIu64, n->nlink);
    member_if(w, "rdev", n->rdev);
    member_if(w, "target", n->target);
    member(w, "fs", n->fs);
    member(w, "flags", n->flags);
    truth(w, "mountpoint", n->mountpoint);
    truth(w, "overlay", n->overlay);
    member_if(w, "upper", n->upper);
    member_if(w, "lower", n->lower);
    if (n->special) {
        truth(w, "special", true);
    }
    truth(w, "readdir", n->readdir);
    member_if(w, "error", n->error);
    str_addc(w->s, '}');
}

static void nodes(struct writer *w, const struct sim_result *r)
{
    str_addc(w->s, '[');
    for (size_t i = 0; i < r->n_nodes; i++) {
        comma(w, i == 0);
        node(w, &r->nodes[i]);
    }
    str_addc(w->s, ']');
}

/* The mounts of the restore environment, grouped by filesystem in the order of first appearance. */
static void restore_mounts(struct writer *w, const struct sim_restore *r)
{
    key(w, "mount_sources");
    str_addc(w->s, '{');
    for (size_t i = 0; i < r->n_mounts; i++) {
        size_t first = 0;
        while (strcmp(r->mounts[first].fs, r->mounts[i].fs) != 0) {
            first++;
        }
        if (first != i) {
            continue;
        }
        key(w, r->mounts[i].fs);
        str_addc(w->s, '[');
        for (size_t j = i; j < r->n_mounts; j++) {
            const struct sim_restore_mount *m = &r->mounts[j];
            if (strcmp(m->fs, r->mounts[i].fs) == 0) {
                comma(w, j == i);
                str_addc(w->s, '{');
                member(w, "dev", m->dev);
                member(w, "flags", m->flags);
                member(w, "data", m->data);
                str_addc(w->s, '}');
            }
        }
        str_addc(w->s, ']');
    }
    str_addc(w->s, '}');
}

static void restore(struct writer *w, const struct sim_restore *r)
{
    str_addc(w->s, '{');
    if (r->error[0]) {
        member(w, "error", r->error);
    }
    number(w, "fds_left", r->fds_left);
    key(w, "log");
    texts(w, &r->log);
    if (!r->error[0]) {
        restore_mounts(w, r);
    }
    str_addc(w->s, '}');
}

/* The value of a member, if there is one. */
static void part(struct writer *w, const struct sim_result *r, enum sim_result_part p)
{
    switch (p) {
    case RESULT_COMPILED:
        compiled(w, r);
        break;
    case RESULT_LOG:
        texts(w, &r->log);
        break;
    case RESULT_OPS:
        ops(w, r);
        break;
    case RESULT_RESTORE:
        restore(w, r->restore);
        break;
    default:
        texts(w, &r->host_diff);
    }
}

bool sim_result_has(const struct sim_result *r, enum sim_result_part p)
{
    switch (p) {
    case RESULT_COMPILED:
        return r->has_compiled;
    case RESULT_LOG:
        return r->outcome == OUTCOME_OK || r->outcome == OUTCOME_ERROR;
    case RESULT_OPS:
        return r->n_ops;
    case RESULT_RESTORE:
        return r->restore;
    default:
        return r->host_diff.n;
    }
}

void sim_result_part(const struct sim_result *r, enum sim_result_part p, struct str *ret)
{
    struct writer w = {.s = ret};
    part(&w, r, p);
}

/* The member, if there is one. */
static void part_member(struct writer *w, const struct sim_result *r, enum sim_result_part p,
                        const char *name)
{
    if (sim_result_has(r, p)) {
        key(w, name);
        part(w, r, p);
    }
}

int sim_result_line(const struct sim_result *r, struct str *ret)
{
    struct writer writer = {.s = ret, .spaces = true}, *w = &writer;
    str_addc(ret, '{');
    member(w, "id", r->name);
    part_member(w, r, RESULT_COMPILED, "compiled");
    member(w, "result", sim_outcome_name(r->outcome));
    member(w, "error", r->error);
    part_member(w, r, RESULT_LOG, "log");
    if (sim_result_has(r, RESULT_LOG)) {
        number(w, "fds_left", r->fds_left);
    }
    part_member(w, r, RESULT_OPS, "ops");
    if (r->has_nodes) {
        key(w, "nodes");
        nodes(w, r);
    }
    part_member(w, r, RESULT_RESTORE, "restore");
    part_member(w, r, RESULT_HOST_DIFF, "host_diff");
    str_addc(ret, '}');
    return domain_dead(ret->d) ? CODE_FATE : 0;
}
