#include "frame.h"

static void put(struct str *s, uint64_t value)
{
    str_addn(s, (const char *)&value, sizeof(value));
}

/* Length + 1 and bytes; 0 for NULL. */
static void put_bytes(struct str *s, const char *p, size_t n)
{
    put(s, p ? n + 1 : 0);
    str_addn(s, p ? p : "", p ? n : 0);
}

struct input {
    const char *p;
    size_t n;
    bool bad;
};

static uint64_t get(struct input *in)
{
    uint64_t value = 0;
    if (in->bad || in->n < sizeof(value)) {
        in->bad = true;
        return 0;
    }
    memcpy(&value, in->p, sizeof(value));
    in->p += sizeof(value);
    in->n -= sizeof(value);
    return value;
}

static struct text_range get_bytes(struct input *in)
{
    uint64_t n = get(in);
    if (n == 0) {
        return (struct text_range){0};
    }
    if (n - 1 > in->n) {
        in->bad = true;
        return (struct text_range){0};
    }
    struct text_range r = {in->p, n - 1};
    in->p += r.n;
    in->n -= r.n;
    return r;
}

int frame_put_input(struct str *ret, const struct text_range input[RUN_INPUT_PARTS])
{
    for (size_t i = 0; i < RUN_INPUT_PARTS; i++) {
        put_bytes(ret, input[i].p, input[i].n);
    }
    return domain_dead(ret->d) ? CODE_FATE : 0;
}

int frame_get_input(const char *bytes, size_t n, struct text_range ret[RUN_INPUT_PARTS])
{
    struct input in = {bytes, n, false};
    struct text_range parts[RUN_INPUT_PARTS];
    for (size_t i = 0; i < RUN_INPUT_PARTS; i++) {
        parts[i] = get_bytes(&in);
    }
    if (in.bad || in.n) {
        return -EBADMSG;
    }
    memcpy(ret, parts, sizeof(parts));
    return 0;
}

/* FNV-1a */
uint64_t frame_digest(const char *bytes, size_t n)
{
    uint64_t h = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ (unsigned char)bytes[i]) * 0x100000001b3ull;
    }
    return h ? h : 1;
}

static void put_brief(struct str *s, const struct verdict *v, const struct sim_result *r)
{
    put(s, 0);
    put(s, (uint64_t)r->duration_ns);
    put(s, v->status);
    put(s, r->outcome);
}

static void put_verdict(struct str *ret, const struct verdict *v)
{
    put(ret, v->more);
    put_bytes(ret, v->reason, v->reason ? strlen(v->reason) : 0);
    put(ret, v->differences.n);
    for (size_t i = 0; i < v->differences.n; i++) {
        const char *text = v->differences.p[i];
        put_bytes(ret, text, strlen(text));
    }
}

int frame_put_result(struct str *ret, const struct verdict *v, const struct sim_result *r,
                     bool digest)
{
    struct sim_result copy = *r;
    size_t start = ret->n;
    copy.duration_ns = 0; /* stands in the brief, so that the digest does not see it */
    put_brief(ret, v, r);
    put_verdict(ret, v);
    int code = sim_result_encode(&copy, ret);
    if (code == 0 && digest) {
        /* Status and outcome count, digest and duration before them do not. */
        size_t skipped = 2 * sizeof(uint64_t);
        uint64_t value = frame_digest(ret->p + start + skipped, ret->n - start - skipped);
        memcpy(ret->p + start, &value, sizeof(value));
    }
    return code;
}

static void get_brief(struct input *in, struct frame_brief *ret)
{
    ret->digest = get(in);
    ret->duration_ns = (int64_t)get(in);
    uint64_t status = get(in), outcome = get(in);
    in->bad = in->bad || status >= VERDICT_STATUSES || outcome >= OUTCOME_COUNT;
    ret->status = in->bad ? VERDICT_FAIL : (enum verdict_status)status;
    ret->outcome = in->bad ? OUTCOME_CRASH : (enum sim_outcome)outcome;
}

int frame_get_brief(const char *bytes, size_t n, struct frame_brief *ret)
{
    struct input in = {bytes, n, false};
    struct frame_brief brief;
    get_brief(&in, &brief);
    if (in.bad) {
        return -EBADMSG;
    }
    *ret = brief;
    return 0;
}

static void get_verdict(struct input *in, struct verdict *v)
{
    v->more = get(in);
    struct text_range reason = get_bytes(in);
    v->reason = reason.p ? mem_dupn(v->d, reason.p, reason.n) : NULL;
    uint64_t n = get(in);
    in->bad = in->bad || n > LIMIT_DIFFERENCES;
    for (uint64_t i = 0; i < n && !in->bad; i++) {
        struct text_range text = get_bytes(in);
        char *copy = mem_dupn(v->d, text.p ? text.p : "", text.n);
        if (copy && ptrvec_push(&v->differences, copy)) {
            mem_free(copy);
        }
    }
}

int frame_get_result(struct domain *d, const char *bytes, size_t n, struct verdict *v,
                     struct sim_result **ret)
{
    struct input in = {bytes, n, false};
    struct verdict got;
    struct frame_brief brief;
    verdict_init(&got, d);
    get_brief(&in, &brief);
    got.status = brief.status;
    get_verdict(&in, &got);
    int code = in.bad ? -EBADMSG : sim_result_decode(d, in.p, in.n, ret);
    if (code) {
        verdict_release(&got);
        return domain_dead(d) ? CODE_FATE : code;
    }
    (*ret)->duration_ns = brief.duration_ns;
    *v = got;
    return 0;
}
