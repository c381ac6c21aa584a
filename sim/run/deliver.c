#include "deliver.h"

#include "work.h"

/* Result and verdict of an attempt, in `d`. */
static int open_attempt(struct domain *d, const struct case_info *info, const struct attempt *a,
                        struct sim_result **result, struct verdict *v)
{
    return a->lost ? work_lost(d, info, a->brief.outcome, a->bytes, result, v)
                   : frame_get_result(d, a->bytes, a->n, v, result);
}

/* The attempts as they are delivered, with the error of each. */
static int list_attempts(struct domain *d, const struct case_info *info, const struct attempts *a,
                         struct run_attempt *list)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct attempt *one = &a->v[i];
        list[i] = (struct run_attempt){one->brief.outcome, one->brief.status, "", one->same_as,
                                       one->brief.duration_ns};
        if (one->same_as <= i) {
            list[i].error = list[one->same_as - 1].error;
            continue;
        }
        struct sim_result *result;
        struct verdict v;
        int code = open_attempt(d, info, one, &result, &v);
        if (code) {
            return code;
        }
        list[i].error = mem_dup(d, result->error);
        verdict_release(&v);
        sim_result_free(result);
    }
    return domain_dead(d) ? CODE_FATE : 0;
}

int deliver_case(struct domain *d, const struct run_options *opt, size_t position,
                 const struct window_slot *s, run_record_fn *each, void *arg)
{
    const struct attempts *a = &s->attempts;
    size_t chosen = attempts_chosen(a, opt);
    struct run_record record = {.index = opt->selection[position]};
    struct run_attempt *list = NULL;
    struct sim_result *result;
    struct verdict v;
    case_source_info(opt->source, record.index, &record.info);
    if (s->input && frame_get_input(s->input, s->input_n, record.input)) {
        return -EBADMSG;
    }
    if (a->n > 1) {
        list = mem_resize(d, NULL, 0, a->n, sizeof(*list), "attempts");
        int code = list ? list_attempts(d, &record.info, a, list) : CODE_FATE;
        if (code) {
            return code;
        }
    }
    int code = open_attempt(d, &record.info, attempts_bytes(a, chosen), &result, &v);
    if (code) {
        return code;
    }
    result->duration_ns = a->v[chosen].brief.duration_ns;
    record.result = result;
    record.verdict = &v;
    record.flaky = attempts_flaky(a);
    record.attempts = list;
    record.n_attempts = list ? a->n : 0;
    code = each(arg, &record);
    verdict_release(&v);
    sim_result_free(result);
    return code < 0 ? code : code > 0 ? RUN_ENDED : 0;
}
