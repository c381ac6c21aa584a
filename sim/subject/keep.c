#include "keep.h"

void leftover_report(void *leftover, const char *kind, size_t size)
{
    struct leftover *l = leftover;
    const char *text = sim_result_printf(l->r, "%s: %s (%zu bytes)", l->where, kind, size);
    l->code = l->code ? l->code : text ? sim_result_add(l->r, &l->r->ledger, text) : CODE_FATE;
}

int keep_leftovers(struct domain *d, struct sim_result *r)
{
    struct leftover l = {.r = r, .where = d->name};
    domain_close(d, leftover_report, &l);
    return l.code;
}

int keep_host_diff(struct host_snapshot *before, struct domain *d, struct sim_result *r)
{
    struct ptrvec lines;
    ptrvec_init(&lines, d);
    int code = before ? host_diff(before, &lines) : 0;
    for (size_t i = 0; i < lines.n; i++) {
        code = code ? code : sim_result_add(r, &r->host_diff, lines.p[i]);
        mem_free(lines.p[i]);
    }
    ptrvec_release(&lines);
    return code;
}
