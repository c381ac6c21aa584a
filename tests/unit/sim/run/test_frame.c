#include "fixture.h"

#include "frame.h"

static void make_at(struct fixture *f, struct str *s, int64_t duration, const char *error,
                    bool digest, const char *packed)
{
    struct frame_result r = {.key = {.present = {true}}, .result = sim_result_new(&f->d, "case")};
    if (packed) {
        r.packed = (struct rep_bytes){packed, strlen(packed)};
    }
    verdict_init(&r.verdict, &f->d);
    verdict_add(&r.verdict, "log: one");
    verdict_add(&r.verdict, "log: two");
    r.verdict.more = 3;
    r.result->checks = 7;
    assert_int_equal(sim_result_add_finding(r.result, "info", "other", "no matter"), 0);
    assert_int_equal(sim_result_add_finding(r.result, "warning", "input", "unknown key"), 0);
    assert_int_equal(sim_result_add_finding(r.result, "warning", "input", "another"), 0);
    assert_int_equal(verdict_settle(&r.verdict, true, "why"), 0);
    assert_int_equal(sim_result_outcome(r.result, OUTCOME_ERROR, error), 0);
    r.result->duration_ns = duration;
    str_init(s, &f->d);
    assert_int_equal(frame_put_result(s, &r, digest), 0);
    verdict_release(&r.verdict);
    sim_result_free(r.result);
}

static void make(struct fixture *f, struct str *s)
{
    make_at(f, s, 42, "no", false, NULL);
}

static void check_common(struct frame_result *r)
{
    assert_int_equal(r->verdict.status, VERDICT_XFAIL);
    assert_string_equal(r->verdict.reason, "why");
    assert_int_equal(r->verdict.more, 3);
    assert_int_equal(r->verdict.differences.n, 2);
    assert_string_equal(r->verdict.differences.p[1], "log: two");
    assert_string_equal(r->result->error, "no");
    assert_int_equal(r->result->outcome, OUTCOME_ERROR);
    assert_int_equal(r->result->checks, 7);
    assert_string_equal(sim_result_warning(r->result)->code, "input");
    assert_string_equal(sim_result_warning(r->result)->text, "unknown key");
    assert_int_equal(r->result->n_findings, r->packed.data ? 1 : 3);
    assert_int_equal(r->result->duration_ns, 42);
    verdict_release(&r->verdict);
    sim_result_free(r->result);
}

static void a_result_comes_back(void **state)
{
    struct fixture *f = *state;
    struct str s;
    struct frame_result r;
    make(f, &s);
    assert_int_equal(frame_get_result(&f->d, s.p, s.n, &r), 0);
    assert_string_equal(r.result->name, "case");
    assert_null(r.packed.data);
    assert_true(r.key.present[0] && !r.key.present[1]);
    check_common(&r);
    str_release(&s);
}

static void a_packed_result_comes_back(void **state)
{
    struct fixture *f = *state;
    struct str s;
    struct frame_result r;
    make_at(f, &s, 42, "no", false, "bytes");
    assert_int_equal(frame_get_result(&f->d, s.p, s.n, &r), 0);
    assert_int_equal(r.packed.size, 5);
    assert_memory_equal(r.packed.data, "bytes", 5);
    check_common(&r);
    str_release(&s);
}

static struct frame_brief brief_of(struct fixture *f, int64_t duration, const char *error,
                                   bool digest)
{
    struct str s;
    struct frame_brief brief;
    make_at(f, &s, duration, error, digest, NULL);
    assert_int_equal(frame_get_brief(s.p, s.n, &brief), 0);
    assert_int_equal(frame_get_brief(s.p, 39, &brief), -EBADMSG);
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
    static const char *const packed[] = {NULL, "bytes"};
    for (size_t i = 0; i < 2; i++) {
        struct str s;
        struct frame_result r;
        make_at(f, &s, 42, "no", false, packed[i]);
        for (size_t n = 0; n < s.n; n++) {
            assert_int_equal(frame_get_result(&f->d, s.p, n, &r), -EBADMSG);
        }
        str_release(&s);
    }
}

/* A byte that is neither true nor false is no bool, whatever reads it. */
static void a_key_that_is_half_true_is_refused(void **state)
{
    struct fixture *f = *state;
    static const unsigned char key[sizeof(struct rep_input_key)] = {
        [offsetof(struct rep_input_key, present)] = 1};
    struct str s;
    struct frame_result r;
    make(f, &s);
    char *at = memmem(s.p, s.n, key, sizeof(key));
    assert_non_null(at);
    at[offsetof(struct rep_input_key, present) + 1] = 98;
    assert_int_equal(frame_get_result(&f->d, s.p, s.n, &r), -EBADMSG);
    str_release(&s);
}

int main(void)
{
    const struct CMUnitTest frame_tests[] = {
        test(a_result_comes_back),
        test(a_packed_result_comes_back),
        test(the_digest_sees_all_but_the_time),
        test(every_cut_is_refused),
        test(a_key_that_is_half_true_is_refused),
    };
    return cmocka_run_group_tests(frame_tests, NULL, NULL);
}
