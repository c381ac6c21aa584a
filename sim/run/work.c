#include "work.h"

#include "descriptors.h"
#include "frame.h"
#include "input.h"

#include <simrun/sim/record.h>

int work_init(struct work *w, struct domain *d, const struct run_options *opt, struct error *err)
{
    *w = (struct work){.opt = opt};
    int code = case_reader_new(d, opt->source, &w->reader, err);
    code = code ? code : expect_reader_new(d, opt->expect, &w->judge);
    /* Attempts are compared as they are, and only one of them is recorded. */
    if (code == 0 && opt->pack && !run_many(opt)) {
        code = rep_packer_new(&w->packer) ? CODE_FATE : 0;
    }
    if (code) {
        work_release(w);
    }
    return code;
}

void work_release(struct work *w)
{
    rep_packer_free(w->packer);
    expect_reader_free(w->judge);
    case_reader_free(w->reader);
    *w = (struct work){0};
}

void work_read(struct work *w, size_t index, struct job_state *j)
{
    *j = (struct job_state){.index = index};
    domain_init(&j->d, "case", PROFILE_GVISOR_2018_08_14);
    verdict_init(&j->verdict, &j->d);
    if (case_read(w->reader, index, &j->d, &j->c, &j->err) == 0) {
        (void)input_key(&j->d, j->c, &j->key); /* out of memory: to be seen later */
    }
}

int work_lost(struct domain *d, const struct case_info *info, enum sim_outcome outcome,
              const char *text, struct sim_result **ret, struct verdict *v)
{
    struct sim_result *r = sim_result_new(d, info->name);
    verdict_init(v, d);
    if (!r || sim_result_outcome(r, outcome, text)) {
        return CODE_FATE;
    }
    verdict_add(v, "%s: %s", outcome == OUTCOME_UNSUPPORTED ? "input" : sim_outcome_name(outcome),
                text);
    const char *xfail = outcome == OUTCOME_UNSUPPORTED ? info->xfail : NULL;
    *ret = r;
    return verdict_settle(v, true, xfail);
}

/* Start over in a fresh domain: the one of the case is out of memory. */
static void out_of_memory(struct job_state *j, const struct case_info *info)
{
    domain_close(&j->d, NULL, NULL);
    *j = (struct job_state){.index = j->index, .key = j->key};
    domain_init(&j->d, "case", PROFILE_GVISOR_2018_08_14);
    if (work_lost(&j->d, info, OUTCOME_OOM, "out of memory", &j->result, &j->verdict)) {
        abort(); /* nothing can be told any more: to the parent this is a crash of the case */
    }
}

static void check_descriptors(struct job_state *j, int before, int after)
{
    if (before == after) {
        return;
    }
    char *text = mem_printf(&j->d, "%d open before the case, %d after it", before, after);
    if (text) {
        (void)sim_result_add_finding(j->result, "error", "descriptors", text);
        verdict_add(&j->verdict, "descriptors: %s", text);
        j->verdict.status = VERDICT_FAIL;
    }
    mem_free(text);
}

static int run_and_judge(struct work *w, struct job_state *j)
{
    const struct run_options *o = w->opt;
    int before = o->check_descriptors ? descriptors_count() : 0;
    int64_t start = o->now(o->now_arg);
    int code = o->subject->run(o->subject, &j->d, j->c, &j->result);
    if (code) {
        return CODE_FATE;
    }
    j->result->duration_ns = o->now(o->now_arg) - start;
    int after = o->check_descriptors ? descriptors_count() : 0;
    code = expect_judge(w->judge, j->c, j->result, &j->verdict);
    check_descriptors(j, before, after);
    return code;
}

void work_run(struct work *w, struct job_state *j)
{
    struct case_info info;
    int code;
    case_source_info(w->opt->source, j->index, &info);
    if (j->c) {
        code = run_and_judge(w, j);
    } else {
        verdict_release(&j->verdict);
        code = work_lost(&j->d, &info, OUTCOME_UNSUPPORTED,
                         j->err.text ? j->err.text : "unreadable", &j->result, &j->verdict);
    }
    if (code || domain_dead(&j->d)) {
        out_of_memory(j, &info);
    }
}

/* False: the result cannot be packed, and whoever records it hears why. */
static bool pack(struct work *w, const struct job_state *j, struct rep_bytes *ret)
{
    struct run_record record = {
        .index = j->index, .key = j->key, .result = j->result, .verdict = &j->verdict};
    struct record_view view;
    case_source_info(w->opt->source, j->index, &record.info);
    if (record_open(&view, &record)) {
        return false;
    }
    int code = rep_pack(w->packer, &view.result, NULL, ret);
    record_close(&view);
    return code == 0;
}

void answer_init(struct answer *a)
{
    domain_init(&a->d, "answers", PROFILE_GVISOR_2018_08_14);
    str_init(&a->text, &a->d);
}

void answer_release(struct answer *a)
{
    str_release(&a->text);
    domain_close(&a->d, NULL, NULL);
}

void answer_clear(struct answer *a)
{
    enum { KEPT_BYTES = 1 << 20 };
    if (a->text.cap > KEPT_BYTES) {
        str_release(&a->text);
    }
    a->text.n = 0;
}

static int put_answer(struct work *w, struct job_state *j, bool packed, struct answer *ret)
{
    struct frame_result f = {.key = j->key, .verdict = j->verdict, .result = j->result};
    if (packed && !pack(w, j, &f.packed)) {
        f.packed = (struct rep_bytes){NULL, 0};
    }
    return frame_put_result(&ret->text, &f, run_many(w->opt));
}

static int tell_too_large(struct job_state *j, const struct case_info *info, struct answer *ret)
{
    answer_clear(ret);
    sim_result_free(j->result);
    verdict_release(&j->verdict);
    j->result = NULL;
    return work_lost(&j->d, info, OUTCOME_UNSUPPORTED,
                     "the result has more than 1073741824 bytes (LIMIT_RUN_FRAME)", &j->result,
                     &j->verdict);
}

/* All that the case had is given back first. */
static int tell_no_memory(struct job_state *j, const struct case_info *info, struct answer *ret)
{
    answer_release(ret);
    answer_init(ret);
    out_of_memory(j, info);
    return 0;
}

int work_answer(struct work *w, struct job_state *j, struct answer *ret)
{
    struct case_info info;
    int code = put_answer(w, j, w->packer != NULL, ret);
    if (code == 0 && ret->text.n <= LIMIT_RUN_FRAME) {
        return 0;
    }
    case_source_info(w->opt->source, j->index, &info);
    if (w->packer) {
        rep_packer_forget(w->packer);
    }
    code = code ? tell_no_memory(j, &info, ret) : tell_too_large(j, &info, ret);
    return code ? code : put_answer(w, j, false, ret);
}

size_t work_done(struct job_state *j)
{
    bool dead = domain_dead(&j->d);
    verdict_release(&j->verdict);
    sim_result_free(j->result);
    case_free(j->c);
    error_release(&j->err);
    size_t left = domain_close(&j->d, NULL, NULL);
    return dead ? 0 : left;
}
