#include "fixture.h"

static const char spec[] = "{\"mounts\":[{\"destination\":\"/a\"},{\"destination\":\"/gone\"}]}";

static struct sim_mount mount(const char *where, const char *state, int index)
{
    bool done = strcmp(state, "done") == 0;
    return (struct sim_mount){.destination = where,
                              .type = "odd",
                              .source = "src",
                              .fs = done ? "tmpfs" : NULL,
                              .state = state,
                              .flags = "ro",
                              .data = "",
                              .rules = done ? "" : "PQ-22",
                              .ignored = done ? "nosuid" : "",
                              .created = "",
                              .spec_index = index,
                              .shadowed_by = -1};
}

static struct sim_result *result(struct fixture *f)
{
    struct sim_result *r = sim_result_new(&f->d, "spec.json");
    r->mounts = mem_resize(&f->d, NULL, 0, 3, sizeof(*r->mounts), "mounts");
    r->mounts[0] = mount("/", "done", -1);
    r->mounts[1] = mount("/a\033[31m", "done", 0);
    r->mounts[1].shadowed_by = 2;
    r->mounts[2] = mount("/late", "skipped", -1);
    r->n_mounts = 3;
    assert_int_equal(sim_result_add(r, &r->log, "W ignoring this"), 0);
    assert_int_equal(sim_result_add(r, &r->host_diff, "+ @rootfs/made 040755 0:0"), 0);
    return r;
}

static void print(struct fixture *f, const struct sim_result *r)
{
    struct verdict v;
    verdict_init(&v, &f->d);
    struct run_record record = {.info = {.name = "spec.json", .kind = CASE_SPEC},
                                .spec = {spec, sizeof(spec) - 1},
                                .result = r,
                                .verdict = &v};
    answer_print(&f->c, f->env.out, &record, "strict");
    verdict_release(&v);
    flush(f);
}

static void all_that_was_ignored_hidden_or_made(void **state)
{
    struct fixture *f = *state;
    struct sim_result *r = result(f);
    print(f, r);
    assert_contains(f->out, "spec.json: ok (strict)\n");
    assert_contains(f->out, "/late (default): not mounted, type odd [PQ-22]\n");
    assert_contains(f->out, "/gone (spec[1]): left out of the compiled list\n");
    assert_contains(f->out, "options without effect: nosuid\n");
    assert_contains(f->out, "HIDDEN BY A LATER MOUNT\n");
    assert_contains(f->out, "(spec[0]): under /late\n");
    assert_contains(f->out, "CREATED\n  + @rootfs/made 040755 0:0\n");
    assert_contains(f->out, "\n1 warning in the log of the runtime");
    assert_null(strchr(f->out, '\033'));
    sim_result_free(r);
}

static void an_error_names_the_step(void **state)
{
    struct fixture *f = *state;
    struct sim_result *r = result(f);
    r->mounts[2].state = "failed";
    assert_int_equal(sim_result_outcome(r, OUTCOME_ERROR, "mount failed"), 0);
    print(f, r);
    assert_contains(f->out, "spec.json: error (strict)\n  mount failed\n");
    assert_contains(f->out, "  at the mount of /late (default), type odd\n");
    assert_contains(f->out, "WARNINGS OF THE RUNTIME\n  ignoring this\n");
    sim_result_free(r);
}

static void an_error_before_any_mount(void **state)
{
    struct fixture *f = *state;
    struct sim_result *r = sim_result_new(&f->d, "spec.json");
    assert_int_equal(sim_result_outcome(r, OUTCOME_ERROR, "no"), 0);
    print(f, r);
    assert_contains(f->out, "  before any mount\n");
    sim_result_free(r);
}

static void lines_fit_eighty_columns(void **state)
{
    struct fixture *f = *state;
    struct sim_result *r = result(f);
    char name[600];
    memset(name, 'x', sizeof(name) - 1);
    name[0] = '/';
    name[sizeof(name) - 1] = '\0';
    r->mounts[1].destination = r->mounts[1].source = r->mounts[1].ignored = name;
    print(f, r);
    for (char *line = strtok(f->out, "\n"); line; line = strtok(NULL, "\n")) {
        assert_true(strlen(line) <= 80);
    }
    sim_result_free(r);
}

int main(void)
{
    const struct CMUnitTest answer_tests[] = {
        test(all_that_was_ignored_hidden_or_made),
        test(an_error_names_the_step),
        test(an_error_before_any_mount),
        test(lines_fit_eighty_columns),
    };
    return cmocka_run_group_tests(answer_tests, NULL, NULL);
}
