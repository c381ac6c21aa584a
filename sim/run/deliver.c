#include "deliver.h"

#include "work.h"

/* Result and verdict of an attempt, in `d`. */
static int open_attempt(struct domain *d, const struct case_info *info, const struct window_slot *s,
                        const struct attempt *a, struct frame_result *ret)
{
    const char *text = a->bytes;
    enum sim_outcome outcome = a->brief.outcome;
    if (!a->lost) {
        int code = frame_get_result(d, a->bytes, a->n, ret);
        if (code != -EBADMSG) {
            return code;
        }
        text = "its worker sent what is no result";
        outcome = OUTCOME_CRASH;
    }
    *ret = (struct frame_result){.key = s->key};
    return work_lost(d, info, outcome, text, &ret->result, &ret->verdict);
}

static void close_attempt(struct frame_result *f)
{
    verdict_release(&f->verdict);
    sim_result_free(f->result);
}

/* The attempts as they are delivered, with the error of each. */
static int list_attempts(struct domain *d, const struct case_info *info,
                         const struct window_slot *s, struct run_attempt *list)
{
    const struct attempts *a = &s->attempts;
    for (size_t i = 0; i < a->n; i++) {
        const struct attempt *one = &a->v[i];
        list[i] = (struct run_attempt){one->brief.outcome, one->brief.status, "", one->same_as,
                                       one->brief.duration_ns};
        if (one->same_as <= i) {
            list[i].error = list[one->same_as - 1].error;
            continue;
        }
        struct frame_result f;
        int code = open_attempt(d, info, s, one, &f);
        if (code) {
            return code;
        }
        list[i].error = mem_dup(d, f.result->error);
        close_attempt(&f);
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
    struct frame_result f;
    case_source_info(opt->source, record.index, &record.info);
    if (a->n > 1) {
        list = mem_resize(d, NULL, 0, a->n, sizeof(*list), "attempts");
        int code = list ? list_attempts(d, &record.info, s, list) : CODE_FATE;
        if (code) {
            return code;
        }
    }
    int code = open_attempt(d, &record.info, s, attempts_bytes(a, chosen), &f);
    if (code) {
        return code;
    }
    f.result->duration_ns = a->v[chosen].brief.duration_ns;
    record.key = f.key;
    record.packed = f.packed;
    record.result = f.result;
    record.verdict = &f.verdict;
    record.flaky = attempts_flaky(a);
    record.attempts = list;
    record.n_attempts = list ? a->n : 0;
    code = each(arg, &record);
    close_attempt(&f);
    return code < 0 ? code : code > 0 ? RUN_ENDED : 0;
}
