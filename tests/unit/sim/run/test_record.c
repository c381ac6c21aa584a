#include "fixture.h"

#include <simrun/sim/record.h>

#include <stdio.h>
#include <unistd.h>

struct back {
    bool called;
    char result[16], error[64], log[64], finding[128];
    size_t n_findings, n_mounts, n_attempts;
    bool flaky;
    enum rep_status status;
};

static int see(void *arg, const struct rep_result *r)
{
    struct back *b = arg;
    b->called = true;
    b->status = r->status;
    b->n_findings = r->n_findings;
    b->n_mounts = r->n_mounts;
    b->n_attempts = r->n_attempts;
    b->flaky = r->flaky;
    if (r->n_attempts) {
        assert_string_equal(r->attempts[0].result, "crash");
        assert_string_equal(r->attempts[0].error, "killed by SIGSEGV");
        assert_int_equal(r->attempts[1].status, REP_PASS);
        assert_int_equal(r->attempts[1].same_as, 2);
        assert_int_equal(r->attempts[1].duration_ns, 9);
    }
    (void)snprintf(b->result, sizeof(b->result), "%s", r->result);
    (void)snprintf(b->error, sizeof(b->error), "%s", r->error);
    (void)snprintf(b->log, sizeof(b->log), "%s", r->text[REP_LOG]);
    (void)snprintf(b->finding, sizeof(b->finding), "%s",
                   r->n_findings ? r->findings[r->n_findings - 1].text : "");
    return 0;
}

static void store(struct fixture *f, struct rep_db *db)
{
    struct rep_run *run;
    struct rep_run_options o = {.subject = "fake", .started = "now"};
    struct sim_result *r = sim_result_new(&f->d, "a/b");
    struct sim_mount mount = {.destination = "/x",
                              .type = "tmpfs",
                              .source = "",
                              .fs = "tmpfs",
                              .state = "done",
                              .flags = "",
                              .data = "",
                              .rules = "PQ-20",
                              .ignored = "",
                              .created = "",
                              .spec_index = 0,
                              .shadowed_by = -1};
    struct verdict v;
    verdict_init(&v, &f->d);
    verdict_add(&v, "log: differs");
    assert_int_equal(verdict_settle(&v, true, NULL), 0);
    assert_int_equal(sim_result_outcome(r, OUTCOME_ERROR, "no"), 0);
    assert_int_equal(sim_result_add(r, &r->log, "I \"quoted\""), 0);
    r->mounts = mem_resize(&f->d, NULL, 0, 1, sizeof(mount), "mounts");
    r->mounts[0] = mount;
    r->n_mounts = 1;
    const struct run_attempt attempts[] = {
        {OUTCOME_CRASH, VERDICT_FAIL, "killed by SIGSEGV", 1, 8},
        {OUTCOME_OK, VERDICT_PASS, "", 2, 9},
    };
    struct run_record record = {.info = {.name = "a/b"},
                                .key = {.present = {true}},
                                .result = r,
                                .verdict = &v,
                                .flaky = true,
                                .attempts = attempts,
                                .n_attempts = 2};
    assert_int_equal(rep_run_begin(db, &o, &run), 0);
    assert_int_equal(rep_plan(run, "a/b", NULL), 0);
    struct record_view view;
    assert_int_equal(record_open(&view, &record), 0);
    assert_int_equal(rep_record(run, &view.result), 0);
    record_close(&view);
    assert_int_equal(rep_run_end(run, REP_FINISHED, "later", NULL), 0);
    verdict_release(&v);
    sim_result_free(r);
}

static void a_record_comes_back(void **state)
{
    struct fixture *f = *state;
    struct rep_db *db;
    struct back b = {0};
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/x.db", f->dir);
    assert_int_equal(rep_open(path, REP_CREATE, NULL, &db), 0);
    store(f, db);
    assert_int_equal(rep_read_case(db, "latest", "a/b", see, &b), 0);
    assert_true(b.called);
    assert_string_equal(b.result, "error");
    assert_string_equal(b.error, "no");
    assert_string_equal(b.log, "[\"I \\\"quoted\\\"\"]");
    assert_string_equal(b.finding, "log: differs");
    assert_int_equal(b.status, REP_FAIL);
    assert_int_equal(b.n_mounts, 1);
    assert_int_equal(b.n_attempts, 2);
    assert_true(b.flaky);
    assert_int_equal(rep_close(db), 0);
    char command[160];
    (void)snprintf(command, sizeof(command), "rm -f %s*", path);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest record_tests[] = {test(a_record_comes_back)};
    return cmocka_run_group_tests(record_tests, NULL, NULL);
}
