/*
 * A bare spec through the whole pipeline: reading, validation, gofers, mounts, capture. Every input
 * ends in a result or one clear error, and every world closes with an empty ledger.
 */
#include <simrun/sim/subject.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 16 << 10 }; /* trees of thousands of mounts are slow, not new */

static void check(bool ok)
{
    if (!ok) {
        abort();
    }
}

/* The first byte chooses the configuration, the rest is the spec. */
static void run(struct domain *d, uint8_t choice, const char *spec, size_t n)
{
    struct case_options opt = CASE_OPTIONS_INIT;
    opt.config.file_access = choice % 3;
    opt.config.overlay = choice & 4;
    opt.entry = choice & 8 ? ENTRY_RUNSC : ENTRY_PIPELINE;
    opt.sources = SOURCES_MADE_UP;
    opt.no_files = true;
    struct sim_case *c = NULL;
    struct error err = {0};
    int code = case_from_bytes(d, &opt, CASE_SPEC, "fuzz", spec, n, &c, &err);
    if (code) {
        check(err.text && err.text[0]);
        error_release(&err);
        return;
    }
    struct model_options options = {.profile =
                                        choice & 16 ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14};
    struct subject model = subject_model(&options, "fuzz");
    struct sim_result *r = NULL;
    check(model.run(&model, d, c, &r) == 0);
    check(r->ledger.n == 0);
    check(r->outcome != OUTCOME_OOM);
    check(r->outcome == OUTCOME_OK || r->error[0]);
    struct str line;
    str_init(&line, d);
    check(sim_result_line(r, &line) == 0);
    str_release(&line);
    sim_result_free(r);
    case_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > INPUT_MAX) {
        return 0;
    }
    struct domain d;
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    run(&d, data[0], (const char *)data + 1, size - 1);
    check(domain_close(&d, NULL, NULL) == 0);
    return 0;
}
