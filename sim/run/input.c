/* What decides the result of a case, byte for byte. */
#include "input.h"

static const char *access_name(int access)
{
    switch (access) {
    case ACCESS_PROXY:
        return "proxy";
    case ACCESS_PROXY_EXCLUSIVE:
        return "proxy-exclusive";
    default:
        return "direct";
    }
}

/* The flags say what the command line and the annotations came to: the profile is none of them, so
 * that runs of two profiles can be compared. */
void input_fill(struct domain *d, const struct sim_case *c, char **flags,
                struct text_range ret[RUN_INPUT_PARTS])
{
    *flags =
        mem_printf(d, "entry=%s file-access=%s overlay=%d restore=%d kind=%d",
                   c->entry == ENTRY_RUNSC ? "runsc" : "pipeline",
                   access_name(c->config.file_access), c->config.overlay, c->restore, (int)c->kind);
    ret[0] = c->spec_text;
    ret[1] = c->conf_text;
    ret[2] = c->rootfs_text;
    ret[3] = c->sources_text;
    ret[4] = c->ops_text;
    ret[5] = *flags ? (struct text_range){*flags, strlen(*flags)} : (struct text_range){0};
}

static int read_one(struct case_reader *reader, size_t index, run_input_fn *each, void *arg)
{
    struct domain d;
    struct error err = {0};
    struct sim_case *c = NULL;
    struct text_range input[RUN_INPUT_PARTS] = {{0}};
    char *flags = NULL;
    domain_init(&d, "case", PROFILE_GVISOR_2018_08_14);
    if (case_read(reader, index, &d, &c, &err) == 0) {
        input_fill(&d, c, &flags, input);
    }
    int code = domain_dead(&d) ? CODE_FATE : each(arg, index, input);
    mem_free(flags);
    case_free(c);
    error_release(&err);
    domain_close(&d, NULL, NULL);
    return code;
}

int run_inputs(struct domain *d, const struct case_source *source, const size_t *selection,
               size_t n, run_input_fn *each, void *arg, struct error *err)
{
    struct case_reader *reader;
    int code = case_reader_new(d, source, &reader, err);
    if (code) {
        return code;
    }
    for (size_t i = 0; i < n && code == 0; i++) {
        code = read_one(reader, selection[i], each, arg);
    }
    case_reader_free(reader);
    return code;
}
