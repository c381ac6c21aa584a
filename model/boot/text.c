#include "boot_internal.h"

int fail_q(struct domain *d, struct error *err, int code, const char *prefix, const char *q)
{
    if (code == CODE_FATE || domain_dead(d)) {
        return CODE_FATE;
    }
    if (!err->text && error_code(d, err, code) == CODE_FATE) {
        return CODE_FATE;
    }
    if (!q) {
        return error_wrap(d, err, "%s", prefix);
    }
    CLEANUP_MEM char *quoted = go_quote(d, q);
    if (!quoted) {
        return CODE_FATE;
    }
    return error_wrap(d, err, "%s%s", prefix, quoted);
}

int log_q(struct domain *d, enum log_level level, const char *prefix, const char *q,
          const char *suffix)
{
    struct str s;
    str_init(&s, d);
    str_add(&s, prefix);
    str_addq(&s, q);
    str_add(&s, suffix);
    log_add(d, level, str_get(&s));
    str_release(&s);
    return domain_dead(d) ? CODE_FATE : 0;
}

void ptrvec_release_owned(struct ptrvec *v)
{
    for (size_t i = 0; i < v->n; i++) {
        mem_free(v->p[i]);
    }
    ptrvec_release(v);
}
