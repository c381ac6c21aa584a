/* Any bytes as a bare spec and as a suite line: an error with a place, or a case; never a fault,
 * and nothing is left. */
#include <simrun/sim/case.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a caller does with a case: texts back and forth, trees on a host side. */
static void use_case(const struct sim_case *c, struct domain *d)
{
    struct host *h;
    struct error err = {0};
    for (size_t i = 0; i < c->spec.n_mounts && i < 16; i++) {
        struct str shown;
        char *real = case_real_path(c, d, c->spec.mounts[i].source);
        str_init(&shown, d);
        case_show_text(&shown, real ? real : "");
        str_release(&shown);
        mem_free(real);
    }
    if (!host_mem_new(d, &h)) {
        if (case_place(c, h, &err)) {
            error_release(&err);
        }
        host_free(h);
    }
}

static void read_as(enum case_kind kind, const char *bytes, size_t n)
{
    struct domain d;
    struct error err = {0};
    struct case_options opt = CASE_OPTIONS_INIT;
    struct sim_case *c = NULL;
    opt.no_files = true;
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    int rc = case_from_bytes(&d, &opt, kind, "fuzz", bytes, n, &c, &err);
    if (rc && (!err.text || c)) {
        abort(); /* a failure without a text, or with a result */
    }
    if (!rc) {
        use_case(c, &d);
        case_free(c);
    }
    error_release(&err);
    if (domain_close(&d, NULL, NULL)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as(CASE_SPEC, (const char *)data, size);
    read_as(CASE_SUITE, (const char *)data, size);
    return 0;
}
