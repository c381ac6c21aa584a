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

static void set(struct rep_input *in, enum rep_part part, const char *p, size_t n)
{
    in->part[part] = (struct rep_bytes){p, n};
}

/* The flags say what the command line and the annotations came to: the profile is none of them, so
 * that runs of two profiles can be compared. */
int input_key(struct domain *d, const struct sim_case *c, struct rep_input_key *ret)
{
    struct rep_input in;
    char *flags =
        mem_printf(d, "entry=%s file-access=%s overlay=%d restore=%d kind=%d",
                   c->entry == ENTRY_RUNSC ? "runsc" : "pipeline",
                   access_name(c->config.file_access), c->config.overlay, c->restore, (int)c->kind);
    if (!flags) {
        return CODE_FATE;
    }
    set(&in, REP_SPEC, c->spec_text.p, c->spec_text.n);
    set(&in, REP_CONF, c->conf_text.p, c->conf_text.n);
    set(&in, REP_ROOT, c->rootfs_text.p, c->rootfs_text.n);
    set(&in, REP_SOURCES, c->sources_text.p, c->sources_text.n);
    set(&in, REP_OPS, c->ops_text.p, c->ops_text.n);
    set(&in, REP_FLAGS, flags, strlen(flags));
    rep_input_key(&in, ret);
    mem_free(flags);
    return 0;
}

static int read_one(struct case_reader *reader, size_t index, run_input_fn *each, void *arg)
{
    struct domain d;
    struct error err = {0};
    struct sim_case *c = NULL;
    struct rep_input_key key = {.present = {false}};
    int code = 0;
    domain_init(&d, "case", PROFILE_GVISOR_2018_08_14);
    if (case_read(reader, index, &d, &c, &err) == 0) {
        code = input_key(&d, c, &key);
    }
    code = code || domain_dead(&d) ? CODE_FATE : each(arg, index, &key);
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
