#include "draft.h"
#include <inttypes.h>
#include <simrun/sim/gen.h>

static const struct family {
    struct gen_family info;
    gen_make *make;
} families[] = {
    {{"options", "hard option strings: flags, tmpfs keys, signs, commas, '='"}, gen_make_options},
    {{"nesting", "mounts below each other, prefixes in every order"}, gen_make_nesting},
    {{"destinations", "odd destinations: relative, empty, dots, spaces, long names"},
     gen_make_destinations},
    {{"dev", "mounts at, below and near /dev"}, gen_make_dev},
    {{"engines", "specs in the shapes that container engines write"}, gen_make_engines},
    {{"symlinks", "links of every kind on the way to a destination"}, gen_make_symlinks},
    {{"restore", "the restore environment of mixed mounts"}, gen_make_restore},
    {{"ops", "what a process then does below, at and across the mounts"}, gen_make_ops},
    {{"mix", "all of these by turns"}, gen_make_mix},
};

const struct gen_family *gen_family(size_t i)
{
    return i < ARRAY_LEN(families) ? &families[i].info : NULL;
}

static int find_family(struct domain *d, const char *name, const struct family **ret,
                       struct error *err)
{
    struct str known;
    str_init(&known, d);
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        if (strcmp(families[i].info.name, name) == 0) {
            *ret = &families[i];
            str_release(&known);
            return 0;
        }
        str_addf(&known, "%s%s", i ? ", " : "", families[i].info.name);
    }
    int rc = error_set(d, err, -EINVAL, "no family '%s'; there are: %s", name, str_get(&known));
    str_release(&known);
    return rc;
}

/* The command on the first line makes the whole suite again. */
static const char *suite_comment(struct gen_draft *c, const struct gen_options *opt)
{
    return gen_text(c,
                    "simrun gen --family %s --seed %" PRIu64 " --count %" PRIu64 " (generator %d)",
                    opt->family, opt->seed, opt->count, GEN_VERSION);
}

static int write_case(struct domain *d, const struct gen_options *opt, const struct family *f,
                      uint64_t index, FILE *out, struct error *err)
{
    struct gen_draft c;
    struct gen_write w;
    gen_draft_init(&c, d, opt->family, opt->seed, index);
    gen_write_init(&w, d);
    f->make(&c);
    const char *id =
        gen_text(&c, "generated/%s-%" PRIu64 "/%06" PRIu64, opt->family, opt->seed, index);
    gen_draft_write(&c, &w, id, index == 0 ? suite_comment(&c, opt) : NULL);
    str_addc(&w.s, '\n');
    int rc = domain_dead(d) ? CODE_FATE : 0;
    if (!rc && fwrite(str_get(&w.s), 1, w.s.n, out) != w.s.n) {
        rc = error_set(d, err, -EIO, "the suite could not be written");
    }
    gen_write_release(&w);
    gen_draft_release(&c);
    return rc;
}

int gen_run(struct domain *d, const struct gen_options *opt, FILE *out, struct error *err)
{
    const struct family *f = NULL;
    int rc = find_family(d, opt->family, &f, err);
    if (!rc && (opt->count == 0 || opt->count > GEN_LIMIT)) {
        rc = error_set(d, err, -ERANGE, "count %" PRIu64 " is not between 1 and %d", opt->count,
                       GEN_LIMIT);
    }
    for (uint64_t i = 0; !rc && i < opt->count; i++) {
        rc = write_case(d, opt, f, i, out, err);
    }
    return rc;
}
