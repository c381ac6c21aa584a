/* One case under two settings, and row by row between them. */
#include <simrun/sim/compare.h>

/* The values of all rows that the options come to. */
static void effective(const struct model_options *o, struct quirks *q)
{
    quirks_init(q, o->profile);
    for (size_t i = 0; i < o->n_quirks; i++) {
        q->value[o->quirks[i].quirk] = o->quirks[i].value;
    }
}

static int run(struct domain *d, const struct sim_case *c, const struct model_options *o,
               struct sim_result **ret)
{
    struct subject model = subject_model(o, "");
    return model.run(&model, d, c, ret);
}

static bool was_asked(const struct sim_result *r, enum quirk q)
{
    for (size_t i = 0; i < r->asked.n; i++) {
        if (strcmp(r->asked.v[i], quirk_id(q)) == 0) {
            return true;
        }
    }
    return false;
}

/* Does A with this one row as in B come to something else than A? */
static int flip_changes(struct domain *d, const struct sim_case *c, const struct model_options *a,
                        enum quirk q, bool value, const struct sim_result *base, bool *ret)
{
    struct quirk_setting *settings =
        mem_resize(d, NULL, 0, a->n_quirks + 1, sizeof(*settings), "flipped row");
    if (!settings) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < a->n_quirks; i++) {
        settings[i] = a->quirks[i];
    }
    settings[a->n_quirks] = (struct quirk_setting){q, value};
    struct model_options flipped = *a;
    flipped.quirks = settings;
    flipped.n_quirks = a->n_quirks + 1;
    struct sim_result *r = NULL;
    int code = run(d, c, &flipped, &r);
    if (code == 0) {
        struct comparison diff;
        comparison_init(&diff, d);
        code = compare_results(base, r, &diff);
        *ret = !diff.equal;
        comparison_release(&diff);
    }
    sim_result_free(r);
    mem_free(settings);
    return code;
}

static int find_causes(struct domain *d, const struct sim_case *c, const struct model_options *a,
                       const struct model_options *b, const struct sim_result *ra,
                       const struct sim_result *rb, struct comparison *ret)
{
    struct quirks qa, qb;
    effective(a, &qa);
    effective(b, &qb);
    for (size_t i = 0; i < QUIRK_COUNT; i++) {
        enum quirk q = (enum quirk)i;
        if (qa.value[q] == qb.value[q] || !(was_asked(ra, q) || was_asked(rb, q))) {
            continue;
        }
        bool changes = false;
        int code = flip_changes(d, c, a, q, qb.value[q] != 0, ra, &changes);
        if (code) {
            return code;
        }
        if (changes && ptrvec_push(&ret->causes, (void *)quirk_id(q))) {
            return CODE_FATE;
        }
    }
    return 0;
}

int compare_case(struct domain *d, const struct sim_case *c, const struct model_options *a,
                 const struct model_options *b, struct comparison *ret)
{
    struct sim_result *ra = NULL, *rb = NULL;
    int code = run(d, c, a, &ra);
    code = code ? code : run(d, c, b, &rb);
    code = code ? code : compare_results(ra, rb, ret);
    if (code == 0 && !ret->equal) {
        code = find_causes(d, c, a, b, ra, rb, ret);
    }
    sim_result_free(ra);
    sim_result_free(rb);
    return code;
}
