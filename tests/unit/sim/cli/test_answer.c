#include "fixture.h"

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
    r->mounts = mem_resize(&f->d, NULL, 0, 4, sizeof(*r->mounts), "mounts");
    r->mounts[0] = mount("/", "done", -1);
    r->mounts[1] = mount("/a\033[31m", "done", 0);
    r->mounts[1].shadowed_by = 2;
    r->mounts[2] = mount("/late", "skipped", -1);
    r->mounts[3] = mount("/gone", "dropped", 1);
    r->mounts[3].rules = "";
    r->mounts[3].reasons = "[{\"text\":\"the pipeline brings its own\"}]";
    r->n_mounts = 4;
    assert_int_equal(sim_result_add(r, &r->log, "W ignoring this"), 0);
    assert_int_equal(sim_result_add(r, &r->host_diff, "+ @rootfs/made 040755 0:0"), 0);
    return r;
}

static void print(struct fixture *f, const struct sim_result *r)
{
    struct verdict v;
    verdict_init(&v, &f->d);
    struct run_record record = {
        .info = {.name = "spec.json", .kind = CASE_SPEC}, .result = r, .verdict = &v};
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
    assert_contains(f->out, "/gone (spec[1]): left out: the pipeline brings its own\n");
    assert_contains(f->out, "options without effect: nosuid\n");
    assert_contains(f->out, "HIDDEN BY A LATER MOUNT\n");
    assert_contains(f->out, "(spec[0]): under /late\n");
    assert_contains(f->out, "CREATED\n  + @rootfs/made 040755 0:0\n");
    assert_contains(f->out, "\n1 warning in the log of the runtime (see `simrun show`)");
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

/* Nothing is said about mounts that the runtime never came to. */
static void what_was_not_reached_is_not_left_out(void **state)
{
    struct fixture *f = *state;
    struct sim_result *r = result(f);
    r->n_mounts = 1;
    r->mounts[0].ignored = "";
    assert_int_equal(sim_result_outcome(r, OUTCOME_ERROR, "no process"), 0);
    print(f, r);
    assert_null(strstr(f->out, "IGNORED"));
    assert_null(strstr(f->out, "/gone"));
    sim_result_free(r);
}

static void long_sections_say_where_the_rest_stands(void **state)
{
    struct fixture *f = *state;
    struct sim_result *r = result(f);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(sim_result_add(r, &r->host_diff, "+ @rootfs/made 040755 0:0"), 0);
    }
    print(f, r);
    assert_contains(f->out, "  and 9 more (see `simrun show`)\n");
    f->c.o.no_db = true;
    print(f, r);
    assert_contains(f->out, "  and 9 more (see `--format jsonl`)\n");
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
        test(what_was_not_reached_is_not_left_out),
        test(long_sections_say_where_the_rest_stands),
        test(lines_fit_eighty_columns),
    };
    return cmocka_run_group_tests(answer_tests, NULL, NULL);
}
