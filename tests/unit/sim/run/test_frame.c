#include "fixture.h"

#include "frame.h"

static void make_at(struct fixture *f, struct str *s, int64_t duration, const char *error,
                    bool digest)
{
    struct verdict v;
    struct sim_result *r = sim_result_new(&f->d, "case");
    verdict_init(&v, &f->d);
    verdict_add(&v, "log: one");
    verdict_add(&v, "log: two");
    v.more = 3;
    assert_int_equal(verdict_settle(&v, true, "why"), 0);
    assert_int_equal(sim_result_outcome(r, OUTCOME_ERROR, error), 0);
    r->duration_ns = duration;
    str_init(s, &f->d);
    assert_int_equal(frame_put_result(s, &v, r, digest), 0);
    verdict_release(&v);
    sim_result_free(r);
}

static void make(struct fixture *f, struct str *s)
{
    make_at(f, s, 42, "no", false);
}

static void a_result_comes_back(void **state)
{
    struct fixture *f = *state;
    struct str s;
    struct verdict v;
    struct sim_result *r;
    make(f, &s);
    assert_int_equal(frame_get_result(&f->d, s.p, s.n, &v, &r), 0);
    assert_int_equal(v.status, VERDICT_XFAIL);
    assert_string_equal(v.reason, "why");
    assert_int_equal(v.more, 3);
    assert_int_equal(v.differences.n, 2);
    assert_string_equal(v.differences.p[1], "log: two");
    assert_string_equal(r->name, "case");
    assert_string_equal(r->error, "no");
    assert_int_equal(r->duration_ns, 42);
    verdict_release(&v);
    sim_result_free(r);
    str_release(&s);
}

static struct frame_brief brief_of(struct fixture *f, int64_t duration, const char *error,
                                   bool digest)
{
    struct str s;
    struct frame_brief brief;
    make_at(f, &s, duration, error, digest);
    assert_int_equal(frame_get_brief(s.p, s.n, &brief), 0);
    assert_int_equal(frame_get_brief(s.p, 31, &brief), -EBADMSG);
    str_release(&s);
    return brief;
}

static void the_digest_sees_all_but_the_time(void **state)
{
    struct fixture *f = *state;
    struct frame_brief a = brief_of(f, 1, "no", true), b = brief_of(f, 2, "no", true),
                       c = brief_of(f, 1, "nay", true), none = brief_of(f, 1, "no", false);
    assert_int_equal(a.status, VERDICT_XFAIL);
    assert_int_equal(a.outcome, OUTCOME_ERROR);
    assert_int_equal(b.duration_ns, 2);
    assert_true(a.digest == b.digest && a.digest != 0);
    assert_true(a.digest != c.digest && none.digest == 0);
}

static void every_cut_is_refused(void **state)
{
    struct fixture *f = *state;
    struct str s;
    struct verdict v;
    struct sim_result *r;
    make(f, &s);
    for (size_t n = 0; n < s.n; n++) {
        assert_int_equal(frame_get_result(&f->d, s.p, n, &v, &r), -EBADMSG);
    }
    str_release(&s);
}

static void input_parts_come_back(void **state)
{
    struct fixture *f = *state;
    struct str s;
    struct text_range in[RUN_INPUT_PARTS] = {{"abc", 3}, {"", 0}, {NULL, 0}}, out[RUN_INPUT_PARTS];
    str_init(&s, &f->d);
    assert_int_equal(frame_put_input(&s, in), 0);
    assert_int_equal(frame_get_input(s.p, s.n, out), 0);
    assert_int_equal(out[0].n, 3);
    assert_memory_equal(out[0].p, "abc", 3);
    assert_non_null(out[1].p); /* present and empty */
    assert_null(out[2].p);     /* absent */
    assert_int_equal(frame_get_input(s.p, s.n - 1, out), -EBADMSG);
    str_addc(&s, 'x');
    assert_int_equal(frame_get_input(s.p, s.n, out), -EBADMSG);
    str_release(&s);
}

int main(void)
{
    const struct CMUnitTest frame_tests[] = {
        test(a_result_comes_back),
        test(the_digest_sees_all_but_the_time),
        test(every_cut_is_refused),
        test(input_parts_come_back),
    };
    return cmocka_run_group_tests(frame_tests, NULL, NULL);
}
