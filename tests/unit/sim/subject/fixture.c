#include "fixture.h"

#include <fcntl.h>

int fixture_setup(void **state)
{
    struct domain *d = malloc(sizeof(*d));
    domain_init(d, "test", PROFILE_GVISOR_2018_08_14);
    *state = d;
    return 0;
}

static void tell(void *arg, const char *kind, size_t size)
{
    (void)arg;
    print_error("left in the ledger: %s, %zu bytes\n", kind, size);
}

int fixture_teardown(void **state)
{
    size_t left = domain_close(*state, tell, NULL);
    free(*state);
    return left ? -1 : 0;
}

/* ------------------------------------------------------------------------ random results */

static const char *any_text(struct sim_result *r)
{
    char text[40];
    size_t n = domain_random(r->d) % sizeof(text);
    for (size_t i = 0; i < n; i++) {
        text[i] = (char)(1 + domain_random(r->d) % 255);
    }
    text[n ? n - 1 : 0] = '\0';
    return sim_result_dup(r, text);
}

static const char *text_or_null(struct sim_result *r)
{
    return domain_random(r->d) % 2 ? any_text(r) : NULL;
}

static bool coin(struct sim_result *r)
{
    return domain_random(r->d) & 1;
}

static void any_texts(struct sim_result *r, struct sim_texts *list)
{
    for (uint64_t n = domain_random(r->d) % 4; n > 0; n--) {
        assert_int_equal(sim_result_add(r, list, any_text(r)), 0);
    }
}

static void *any_array(struct sim_result *r, size_t *n, size_t elem)
{
    *n = domain_random(r->d) % 4;
    return *n ? mem_resize(r->d, NULL, 0, *n, elem, "random array") : NULL;
}

static void any_nodes(struct sim_result *r)
{
    r->has_nodes = coin(r);
    r->nodes = any_array(r, &r->n_nodes, sizeof(*r->nodes));
    for (size_t i = 0; i < r->n_nodes; i++) {
        r->nodes[i] = (struct sim_node){
            .path = any_text(r),
            .type = any_text(r),
            .mode = any_text(r),
            .uid = (uint32_t)domain_random(r->d),
            .gid = (uint32_t)domain_random(r->d),
            .size = (int64_t)domain_random(r->d),
            .nlink = domain_random(r->d),
            .rdev = text_or_null(r),
            .target = text_or_null(r),
            .fs = any_text(r),
            .flags = any_text(r),
            .mountpoint = coin(r),
            .overlay = coin(r),
            .special = coin(r),
            .readdir = coin(r),
            .upper = text_or_null(r),
            .lower = text_or_null(r),
            .layers = text_or_null(r),
            .error = text_or_null(r),
        };
    }
}

static void any_mounts(struct sim_result *r)
{
    r->mounts = any_array(r, &r->n_mounts, sizeof(*r->mounts));
    for (size_t i = 0; i < r->n_mounts; i++) {
        r->mounts[i] = (struct sim_mount){
            .destination = any_text(r),
            .type = any_text(r),
            .source = any_text(r),
            .fs = text_or_null(r),
            .state = any_text(r),
            .flags = any_text(r),
            .data = any_text(r),
            .rules = any_text(r),
            .ignored = any_text(r),
            .created = any_text(r),
            .spec_index = (int)(domain_random(r->d) % 9) - 1,
            .shadowed_by = (int)(domain_random(r->d) % 9) - 1,
            .mount_id = domain_random(r->d),
            .overlay = coin(r),
            .stubs = coin(r),
            .place = text_or_null(r),
            .seen_at = text_or_null(r),
            .layers = text_or_null(r),
            .hides = text_or_null(r),
            .options = text_or_null(r),
            .reasons = text_or_null(r),
            .made = text_or_null(r),
            .log_first = (int64_t)(domain_random(r->d) % 9) - 1,
            .log_lines = (int64_t)(domain_random(r->d) % 9) - 1,
            .op = (int)(domain_random(r->d) % 9) - 1,
        };
    }
}

static void any_restore(struct sim_result *r)
{
    struct sim_restore *env = sim_result_alloc(r, sizeof(*env));
    memset(env, 0, sizeof(*env));
    env->error = any_text(r);
    env->fds_left = -1;
    any_texts(r, &env->log);
    env->mounts = any_array(r, &env->n_mounts, sizeof(*env->mounts));
    for (size_t i = 0; i < env->n_mounts; i++) {
        env->mounts[i] =
            (struct sim_restore_mount){any_text(r), any_text(r), any_text(r), any_text(r)};
    }
    r->restore = env;
}

static void any_ops(struct sim_result *r)
{
    r->ops = any_array(r, &r->n_ops, sizeof(*r->ops));
    for (size_t i = 0; i < r->n_ops; i++) {
        r->ops[i] = (struct sim_op_result){any_text(r), any_text(r), text_or_null(r)};
    }
}

static void any_compiled(struct sim_result *r)
{
    r->has_compiled = coin(r);
    r->compiled = any_array(r, &r->n_compiled, sizeof(*r->compiled));
    for (size_t i = 0; i < r->n_compiled; i++) {
        struct sim_compiled *m = &r->compiled[i];
        *m = (struct sim_compiled){any_text(r), any_text(r), any_text(r), {0}};
        m->options.v = sim_result_alloc(r, 3 * sizeof(char *));
        m->options.n = 2;
        m->options.v[0] = any_text(r);
        m->options.v[1] = any_text(r);
    }
}

struct sim_result *random_result(struct domain *d, uint64_t seed)
{
    d->random_state = seed;
    struct sim_result *r = sim_result_new(d, "family/7");
    assert_non_null(r);
    assert_int_equal(
        sim_result_outcome(r, (enum sim_outcome)(domain_random(d) % OUTCOME_COUNT), any_text(r)),
        0);
    r->fds_left = (int64_t)domain_random(d);
    r->leaks = domain_random(d);
    r->checks = domain_random(d);
    r->checks_skipped = domain_random(d);
    r->duration_ns = (int64_t)domain_random(d);
    r->command = any_text(r);
    any_compiled(r);
    any_texts(r, &r->log);
    any_nodes(r);
    any_ops(r);
    if (coin(r)) {
        any_restore(r);
    }
    any_texts(r, &r->host_diff);
    any_mounts(r);
    assert_int_equal(sim_result_add_finding(r, "info", any_text(r), any_text(r)), 0);
    any_texts(r, &r->asked);
    any_texts(r, &r->ledger);
    assert_false(domain_dead(d));
    return r;
}

/* --------------------------------------------------------------------------------- cases */

struct sim_case *case_of(struct domain *d, const char *line)
{
    const struct case_options opt = CASE_OPTIONS_INIT;
    struct sim_case *c = NULL;
    struct error err = {0};
    int code = case_from_bytes(d, &opt, CASE_SUITE, "", line, strlen(line), &c, &err);
    if (code) {
        print_error("%s\n", err.text);
    }
    assert_int_equal(code, 0);
    return c;
}

struct sim_result *run_case(struct domain *d, const struct sim_case *c, enum gofer_mode gofer,
                            enum host_backend host)
{
    const struct model_options options = {.gofer = gofer, .host = host};
    const struct subject s = subject_model(&options, "test");
    struct sim_result *r = NULL;
    int fds = open_fds();
    assert_int_equal(s.run(&s, d, c, &r), 0);
    assert_int_equal(open_fds(), fds);
    assert_int_equal(r->ledger.n, 0);
    return r;
}
