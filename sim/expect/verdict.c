/* Status and differences of one case. */
#include <simrun/sim/expect.h>

static const char *const names[VERDICT_STATUSES] = {
    [VERDICT_PASS] = "pass",   [VERDICT_FAIL] = "fail",         [VERDICT_XFAIL] = "xfail",
    [VERDICT_XPASS] = "xpass", [VERDICT_RECORDED] = "recorded",
};

const char *verdict_status_name(enum verdict_status s)
{
    return names[s];
}

void verdict_init(struct verdict *v, struct domain *d)
{
    *v = (struct verdict){.d = d, .status = VERDICT_RECORDED};
    ptrvec_init(&v->differences, d);
}

void verdict_release(struct verdict *v)
{
    for (size_t i = 0; i < v->differences.n; i++) {
        mem_free(v->differences.p[i]);
    }
    ptrvec_release(&v->differences);
    mem_free(v->reason);
    v->reason = NULL;
}

void verdict_add(struct verdict *v, const char *fmt, ...)
{
    if (v->differences.n >= LIMIT_DIFFERENCES) {
        v->more++;
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(v->d, fmt, ap);
    va_end(ap);
    if (text && ptrvec_push(&v->differences, text)) {
        mem_free(text);
    }
}

int verdict_settle(struct verdict *v, bool judged, const char *xfail)
{
    bool failed = v->differences.n > 0;
    if (xfail && (judged || failed)) {
        v->reason = mem_dup(v->d, xfail);
        v->status = failed ? VERDICT_XFAIL : VERDICT_XPASS;
    } else if (failed) {
        v->status = VERDICT_FAIL;
    } else {
        v->status = judged ? VERDICT_PASS : VERDICT_RECORDED;
    }
    return domain_dead(v->d) ? CODE_FATE : 0;
}
