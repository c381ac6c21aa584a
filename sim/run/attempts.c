#include "attempts.h"

void attempts_init(struct attempts *a, struct domain *d)
{
    *a = (struct attempts){.d = d};
}

void attempts_clear(struct attempts *a)
{
    for (size_t i = 0; i < a->n; i++) {
        mem_free(a->v[i].bytes);
    }
    a->n = a->bytes = 0;
}

void attempts_release(struct attempts *a)
{
    attempts_clear(a);
    mem_free(a->v);
    *a = (struct attempts){0};
}

static bool same(const struct attempt *a, const struct attempt *b)
{
    return a->brief.digest == b->brief.digest && a->brief.digest != 0 && a->lost == b->lost &&
           a->brief.outcome == b->brief.outcome && a->brief.status == b->brief.status;
}

static int keep(struct attempts *a, struct attempt *one, const char *bytes, size_t n)
{
    one->same_as = (unsigned)a->n + 1;
    for (size_t i = 0; i < a->n && one->same_as > a->n; i++) {
        one->same_as = same(&a->v[i], one) ? a->v[i].same_as : one->same_as;
    }
    if (one->same_as <= a->n) {
        return 0;
    }
    one->bytes = mem_new(a->d, n + 1, "waiting result");
    if (!one->bytes) {
        return CODE_FATE;
    }
    memcpy(one->bytes, bytes, n);
    one->n = n;
    a->bytes += n;
    return 0;
}

static int add(struct attempts *a, struct attempt *one, const char *bytes, size_t n)
{
    if (a->n == a->cap) {
        size_t cap = a->cap ? 2 * a->cap : 1;
        struct attempt *v = mem_resize(a->d, a->v, a->cap, cap, sizeof(*v), "attempts");
        if (!v) {
            return CODE_FATE;
        }
        a->v = v;
        a->cap = cap;
    }
    int code = keep(a, one, bytes, n);
    if (code == 0) {
        a->v[a->n++] = *one;
    }
    return code;
}

int attempts_add_result(struct attempts *a, const char *bytes, size_t n)
{
    struct attempt one = {0};
    int code = frame_get_brief(bytes, n, &one.brief);
    return code ? code : add(a, &one, bytes, n);
}

int attempts_add_lost(struct attempts *a, enum sim_outcome outcome, const char *text)
{
    struct attempt one = {.lost = true};
    size_t n = strlen(text);
    one.brief = (struct frame_brief){
        .status = VERDICT_FAIL, .outcome = outcome, .digest = frame_digest(text, n)};
    return add(a, &one, text, n);
}

static bool failed(const struct attempt *one, const struct run_options *opt)
{
    return run_failed(opt, one->brief.status, one->brief.outcome);
}

bool attempts_again(const struct attempts *a, const struct run_options *opt)
{
    if (opt->retries) {
        return a->n <= opt->retries && failed(&a->v[a->n - 1], opt);
    }
    return a->n < opt->repeat;
}

size_t attempts_chosen(const struct attempts *a, const struct run_options *opt)
{
    if (opt->retries) {
        return a->n - 1;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (failed(&a->v[i], opt)) {
            return i;
        }
    }
    return 0;
}

bool attempts_flaky(const struct attempts *a)
{
    for (size_t i = 1; i < a->n; i++) {
        if (a->v[i].same_as != 1) {
            return true;
        }
    }
    return false;
}

const struct attempt *attempts_bytes(const struct attempts *a, size_t i)
{
    return &a->v[a->v[i].same_as - 1];
}
