/* simrun gen: a suite of generated cases on standard output. */
#include "cli.h"

#include <simrun/sim/gen.h>

static int list_families(struct cli *c)
{
    const struct gen_family *f;
    for (size_t i = 0; (f = gen_family(i)) != NULL; i++) {
        (void)fprintf(c->env->out, "%-14s %s\n", f->name, f->about);
    }
    return finish_output(c);
}

int cmd_gen(struct cli *c)
{
    struct gen_options o = GEN_OPTIONS_INIT;
    struct error err = {0};
    o.family = c->o.family ? c->o.family : o.family;
    o.seed = c->o.seed >= 0 ? (uint64_t)c->o.seed : 1;
    o.count = (uint64_t)c->o.count;
    if (strcmp(o.family, "help") == 0) {
        return list_families(c);
    }
    int code = gen_run(c->d, &o, c->env->out, &err);
    if (code && code != -EIO) {
        return input_trouble(c, code, &err);
    }
    error_release(&err);
    return finish_output(c);
}
