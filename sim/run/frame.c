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

/* FNV-1a */
uint64_t frame_digest(const char *bytes, size_t n)
{
    uint64_t h = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ (unsigned char)bytes[i]) * 0x100000001b3ull;
    }
    return h ? h : 1;
}

static void put_brief(struct str *s, const struct frame_result *f)
{
    put(s, 0);
    put(s, (uint64_t)f->result->duration_ns);
    put(s, f->verdict.status);
    put(s, f->result->outcome);
    put(s, f->packed.data != NULL);
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

/* What the parent needs of a packed result: of its findings the first that warns. */
static void put_packed(struct str *ret, const struct frame_result *f)
{
    const struct sim_result *r = f->result;
    const struct sim_finding *w = sim_result_warning(r);
    put(ret, r->checks);
    put(ret, r->checks_skipped);
    put_bytes(ret, r->error, strlen(r->error));
    put_bytes(ret, w ? w->code : NULL, w ? strlen(w->code) : 0);
    put_bytes(ret, w ? w->text : NULL, w ? strlen(w->text) : 0);
    put_bytes(ret, f->packed.data, f->packed.size);
}

static int put_whole(struct str *ret, const struct frame_result *f)
{
    struct sim_result copy = *f->result;
    copy.duration_ns = 0; /* stands in the brief, so that the digest does not see it */
    str_addn(ret, (const char *)&f->key, sizeof(f->key));
    return sim_result_encode(&copy, ret);
}

int frame_put_result(struct str *ret, const struct frame_result *f, bool digest)
{
    size_t start = ret->n;
    int code = 0;
    put_brief(ret, f);
    put_verdict(ret, &f->verdict);
    if (f->packed.data) {
        put_packed(ret, f);
    } else {
        code = put_whole(ret, f);
    }
    if (code == 0 && digest) {
        /* Status and outcome count, digest and duration before them do not. */
        size_t skipped = 2 * sizeof(uint64_t);
        uint64_t value = frame_digest(ret->p + start + skipped, ret->n - start - skipped);
        memcpy(ret->p + start, &value, sizeof(value));
    }
    return domain_dead(ret->d) ? CODE_FATE : code;
}

static void get_brief(struct input *in, struct frame_brief *ret)
{
    ret->digest = get(in);
    ret->duration_ns = (int64_t)get(in);
    uint64_t status = get(in), outcome = get(in);
    ret->packed = get(in) != 0;
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

/* 0 or CODE_FATE. */
static int add_warning(struct sim_result *r, struct text_range code, struct text_range text)
{
    const char *what = code.p && text.p ? sim_result_dupn(r, code.p, code.n) : NULL;
    const char *said = what ? sim_result_dupn(r, text.p, text.n) : NULL;
    return said               ? sim_result_add_finding(r, "warning", what, said)
           : code.p && text.p ? CODE_FATE
                              : 0;
}

static int get_packed(struct domain *d, struct input *in, const struct frame_brief *brief,
                      struct frame_result *ret)
{
    uint64_t checks = get(in), skipped = get(in);
    struct text_range error = get_bytes(in), warning = get_bytes(in), said = get_bytes(in);
    struct text_range packed = get_bytes(in);
    if (in->bad || in->n || !error.p || !packed.p) {
        return -EBADMSG;
    }
    char *text = mem_dupn(d, error.p, error.n);
    struct sim_result *r = text ? sim_result_new(d, "") : NULL;
    int code = r ? sim_result_outcome(r, brief->outcome, text) : CODE_FATE;
    code = code ? code : add_warning(r, warning, said);
    mem_free(text);
    if (code) {
        sim_result_free(r);
        return code;
    }
    r->checks = checks;
    r->checks_skipped = skipped;
    ret->packed = (struct rep_bytes){packed.p, packed.n};
    ret->result = r;
    return 0;
}

static void get_key(struct input *in, struct rep_input_key *ret)
{
    in->bad = in->bad || in->n < sizeof(*ret);
    if (in->bad) {
        return;
    }
    for (size_t i = 0; i < sizeof(ret->present); i++) { /* what is no truth must not become one */
        in->bad |= (unsigned char)in->p[offsetof(struct rep_input_key, present) + i] > 1;
    }
    if (!in->bad) {
        memcpy(ret, in->p, sizeof(*ret));
        in->p += sizeof(*ret);
        in->n -= sizeof(*ret);
    }
}

static int get_whole(struct domain *d, struct input *in, struct frame_result *ret)
{
    get_key(in, &ret->key);
    return in->bad ? -EBADMSG : sim_result_decode(d, in->p, in->n, &ret->result);
}

int frame_get_result(struct domain *d, const char *bytes, size_t n, struct frame_result *ret)
{
    struct input in = {bytes, n, false};
    struct frame_brief brief;
    struct frame_result got = {.result = NULL};
    verdict_init(&got.verdict, d);
    get_brief(&in, &brief);
    got.verdict.status = brief.status;
    get_verdict(&in, &got.verdict);
    int code = in.bad         ? -EBADMSG
               : brief.packed ? get_packed(d, &in, &brief, &got)
                              : get_whole(d, &in, &got);
    if (code) {
        verdict_release(&got.verdict);
        return domain_dead(d) ? CODE_FATE : code;
    }
    got.result->duration_ns = brief.duration_ns;
    *ret = got;
    return 0;
}
