/* A result as flat bytes: numbers as LEB128, texts as length + 1 and bytes (0 = NULL), in the order
 * of the walk below. One walk serves both directions, so that they cannot differ. */
#include <simrun/sim/result.h>

struct codec {
    struct str *out;   /* encoding, or NULL */
    const uint8_t *in; /* decoding */
    size_t in_n;
    struct sim_result *r; /* decoding: owner of what is made */
    int code;             /* sticky */
};

static uint64_t get_number(struct codec *c)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (c->in_n == 0) {
            break;
        }
        uint8_t byte = *c->in++;
        c->in_n--;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            return value;
        }
    }
    c->code = -EBADMSG;
    return 0;
}

static void number(struct codec *c, uint64_t *value)
{
    if (!c->out) {
        *value = c->code ? 0 : get_number(c);
        return;
    }
    char bytes[10];
    size_t n = 0;
    uint64_t v = *value;
    if (v < 0x80) {
        str_addc(c->out, (char)v);
        return;
    }
    do {
        uint8_t byte = v & 0x7f;
        v >>= 7;
        bytes[n++] = (char)(v ? byte | 0x80 : byte);
    } while (v);
    str_addn(c->out, bytes, n);
}

/* Signed numbers as zigzag. */
static void integer(struct codec *c, int64_t *value)
{
    uint64_t z = ((uint64_t)*value << 1) ^ (uint64_t)(*value >> 63);
    number(c, &z);
    *value = (int64_t)(z >> 1) ^ -(int64_t)(z & 1);
}

#define NUMBER(c, field)                                                                           \
    do {                                                                                           \
        int64_t n_ = (int64_t)(field);                                                             \
        integer((c), &n_);                                                                         \
        (field) = (__typeof__(field))n_;                                                           \
    } while (0)

static void text(struct codec *c, const char **value)
{
    uint64_t n = c->out && *value ? strlen(*value) + 1 : 0;
    number(c, &n);
    if (c->out) {
        if (*value && n > 1) {
            str_addn(c->out, *value, n - 1);
        }
        return;
    }
    *value = NULL;
    if (n == 0 || c->code) {
        return;
    }
    if (n - 1 > c->in_n) {
        c->code = -EBADMSG;
        return;
    }
    const char *copy = sim_result_dupn(c->r, (const char *)c->in, n - 1);
    if (!copy) {
        c->code = CODE_FATE;
        return;
    }
    c->in += n - 1;
    c->in_n -= n - 1;
    *value = copy;
}

/* A text that is never NULL. */
static void must_text(struct codec *c, const char **value)
{
    text(c, value);
    if (!*value) {
        c->code = c->code ? c->code : -EBADMSG;
        *value = "";
    }
}

/* Length of an array, and the array itself when decoding. Every element takes at least one byte. */
static void array(struct codec *c, void **v, size_t *n, size_t elem)
{
    uint64_t count = *n;
    number(c, &count);
    if (c->out) {
        return;
    }
    *n = 0;
    if (c->code || count == 0) {
        return;
    }
    if (count > c->in_n) {
        c->code = -EBADMSG;
        return;
    }
    *v = mem_resize(c->r->d, NULL, 0, count, elem, "result array");
    if (!*v) {
        c->code = CODE_FATE;
        return;
    }
    *n = count;
}

static void texts(struct codec *c, struct sim_texts *list)
{
    array(c, (void **)&list->v, &list->n, sizeof(*list->v));
    for (size_t i = 0; i < list->n; i++) {
        must_text(c, &list->v[i]);
    }
}

/* Options of a compiled mount live in the arena, as the array does not outlive the result. */
static void options(struct codec *c, struct sim_texts *list)
{
    uint64_t n = list->n;
    number(c, &n);
    if (!c->out) {
        list->n = 0;
        if (c->code || n > c->in_n) {
            c->code = c->code ? c->code : n ? -EBADMSG : 0;
            return;
        }
        list->v = sim_result_alloc(c->r, (n + 1) * sizeof(*list->v));
        if (!list->v) {
            c->code = CODE_FATE;
            return;
        }
        list->n = n;
    }
    for (size_t i = 0; i < list->n; i++) {
        must_text(c, &list->v[i]);
    }
}

static void compiled(struct codec *c, struct sim_compiled *m)
{
    must_text(c, &m->destination);
    must_text(c, &m->type);
    must_text(c, &m->source);
    options(c, &m->options);
}

/* Texts that most nodes have in common with the one before them. */
static const size_t shared_texts[] = {
    offsetof(struct sim_node, type),   offsetof(struct sim_node, mode),
    offsetof(struct sim_node, fs),     offsetof(struct sim_node, flags),
    offsetof(struct sim_node, upper),  offsetof(struct sim_node, lower),
    offsetof(struct sim_node, layers),
};

static const char **text_at(const struct sim_node *n, size_t i)
{
    return (const char **)((char *)n + shared_texts[i]);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* One bit for each that is as before; the others follow. */
static void node_texts(struct codec *c, struct sim_node *n, const struct sim_node *before)
{
    uint64_t same = 0;
    for (size_t i = 0; c->out && before && i < ARRAY_LEN(shared_texts); i++) {
        same |= (uint64_t)same_text(*text_at(n, i), *text_at(before, i)) << i;
    }
    number(c, &same);
    if (same && !before) {
        c->code = c->code ? c->code : -EBADMSG;
        same = 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(shared_texts); i++) {
        if (!(same >> i & 1)) {
            text(c, text_at(n, i));
        } else if (!c->out) {
            *text_at(n, i) = *text_at(before, i);
        }
    }
    if (!n->type || !n->mode || !n->fs || !n->flags) {
        c->code = c->code ? c->code : -EBADMSG;
        n->type = n->mode = n->fs = n->flags = "";
    }
}

static void node(struct codec *c, struct sim_node *n, const struct sim_node *before)
{
    must_text(c, &n->path);
    node_texts(c, n, before);
    NUMBER(c, n->uid);
    NUMBER(c, n->gid);
    NUMBER(c, n->size);
    NUMBER(c, n->nlink);
    text(c, &n->rdev);
    text(c, &n->target);
    uint64_t bits = (uint64_t)(n->mountpoint | n->overlay << 1 | n->special << 2 | n->readdir << 3);
    number(c, &bits);
    n->mountpoint = bits & 1;
    n->overlay = bits >> 1 & 1;
    n->special = bits >> 2 & 1;
    n->readdir = bits >> 3 & 1;
    text(c, &n->error);
}

static void mount(struct codec *c, struct sim_mount *m)
{
    must_text(c, &m->destination);
    must_text(c, &m->type);
    must_text(c, &m->source);
    text(c, &m->fs);
    must_text(c, &m->state);
    must_text(c, &m->flags);
    must_text(c, &m->data);
    must_text(c, &m->rules);
    must_text(c, &m->ignored);
    must_text(c, &m->created);
    NUMBER(c, m->spec_index);
    NUMBER(c, m->shadowed_by);
    NUMBER(c, m->mount_id);
    NUMBER(c, m->overlay);
    NUMBER(c, m->stubs);
    text(c, &m->place);
    text(c, &m->seen_at);
    text(c, &m->layers);
    text(c, &m->hides);
    text(c, &m->options);
    text(c, &m->reasons);
    text(c, &m->made);
    NUMBER(c, m->log_first);
    NUMBER(c, m->log_lines);
    NUMBER(c, m->op);
}

static void restore(struct codec *c, struct sim_result *r)
{
    uint64_t present = r->restore != NULL;
    number(c, &present);
    if (!present || c->code) {
        return;
    }
    if (!r->restore) {
        r->restore = sim_result_alloc(r, sizeof(*r->restore));
        if (!r->restore) {
            c->code = CODE_FATE;
            return;
        }
        memset(r->restore, 0, sizeof(*r->restore));
    }
    struct sim_restore *env = r->restore;
    must_text(c, &env->error);
    texts(c, &env->log);
    array(c, (void **)&env->mounts, &env->n_mounts, sizeof(*env->mounts));
    for (size_t i = 0; i < env->n_mounts; i++) {
        must_text(c, &env->mounts[i].fs);
        must_text(c, &env->mounts[i].dev);
        must_text(c, &env->mounts[i].flags);
        must_text(c, &env->mounts[i].data);
    }
    NUMBER(c, env->fds_left);
}

/* Every array is read with its elements before the next one, so a hostile count cannot ask for more
 * than it brings. */
static void lists(struct codec *c, struct sim_result *r)
{
    NUMBER(c, r->has_compiled);
    array(c, (void **)&r->compiled, &r->n_compiled, sizeof(*r->compiled));
    for (size_t i = 0; i < r->n_compiled; i++) {
        compiled(c, &r->compiled[i]);
    }
    texts(c, &r->log);
    NUMBER(c, r->has_nodes);
    array(c, (void **)&r->nodes, &r->n_nodes, sizeof(*r->nodes));
    for (size_t i = 0; i < r->n_nodes; i++) {
        node(c, &r->nodes[i], i ? &r->nodes[i - 1] : NULL);
    }
    array(c, (void **)&r->ops, &r->n_ops, sizeof(*r->ops));
    for (size_t i = 0; i < r->n_ops; i++) {
        must_text(c, &r->ops[i].op);
        must_text(c, &r->ops[i].error);
        text(c, &r->ops[i].value);
    }
    restore(c, r);
    texts(c, &r->host_diff);
    array(c, (void **)&r->mounts, &r->n_mounts, sizeof(*r->mounts));
    for (size_t i = 0; i < r->n_mounts; i++) {
        mount(c, &r->mounts[i]);
    }
    array(c, (void **)&r->findings, &r->n_findings, sizeof(*r->findings));
    for (size_t i = 0; i < r->n_findings; i++) {
        must_text(c, &r->findings[i].severity);
        must_text(c, &r->findings[i].code);
        must_text(c, &r->findings[i].text);
    }
    texts(c, &r->asked);
    texts(c, &r->ledger);
}

static void whole(struct codec *c, struct sim_result *r)
{
    must_text(c, &r->name);
    uint64_t outcome = r->outcome;
    number(c, &outcome);
    r->outcome = outcome < OUTCOME_COUNT ? (enum sim_outcome)outcome : OUTCOME_CRASH;
    c->code = c->code || outcome < OUTCOME_COUNT ? c->code : -EBADMSG;
    must_text(c, &r->error);
    NUMBER(c, r->fds_left);
    NUMBER(c, r->leaks);
    NUMBER(c, r->checks);
    NUMBER(c, r->checks_skipped);
    NUMBER(c, r->duration_ns);
    must_text(c, &r->command);
    lists(c, r);
}

int sim_result_encode(const struct sim_result *r, struct str *ret)
{
    struct sim_result copy = *r; /* the walk assigns what it reads */
    struct codec c = {.out = ret};
    whole(&c, &copy);
    return domain_dead(ret->d) ? CODE_FATE : c.code;
}

int sim_result_decode(struct domain *d, const char *bytes, size_t n, struct sim_result **ret)
{
    struct sim_result *r = sim_result_new(d, "");
    if (!r) {
        return CODE_FATE;
    }
    struct codec c = {.in = (const uint8_t *)bytes, .in_n = n, .r = r};
    whole(&c, r);
    if (c.code == 0 && c.in_n != 0) {
        c.code = -EBADMSG;
    }
    if (c.code) {
        sim_result_free(r);
        return c.code;
    }
    *ret = r;
    return 0;
}
