#include "fixture.h"

static struct str encoded(struct domain *d, const struct sim_result *r)
{
    struct str s;
    str_init(&s, d);
    assert_int_equal(sim_result_encode(r, &s), 0);
    return s;
}

/* Equal bytes, equal results: every field goes into them. */
static void round_trip(void **state)
{
    struct domain *d = *state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct sim_result *r = random_result(d, seed), *back = NULL;
        struct str one = encoded(d, r);
        assert_int_equal(sim_result_decode(d, str_get(&one), one.n, &back), 0);
        struct str two = encoded(d, back);
        assert_int_equal(one.n, two.n);
        assert_memory_equal(str_get(&one), str_get(&two), one.n);
        assert_int_equal(back->outcome, r->outcome);
        assert_int_equal(back->duration_ns, r->duration_ns);
        assert_int_equal(back->leaks, r->leaks);
        assert_int_equal(back->checks, r->checks);
        assert_int_equal(back->checks_skipped, r->checks_skipped);
        str_release(&one);
        str_release(&two);
        sim_result_free(r);
        sim_result_free(back);
    }
}

static void one_of_each_field(void **state)
{
    struct domain *d = *state;
    struct sim_result *r = sim_result_new(d, "n"), *back = NULL;
    r->nodes = mem_resize(d, NULL, 0, 1, sizeof(*r->nodes), "node");
    r->n_nodes = 1;
    r->has_nodes = true;
    r->nodes[0] = (struct sim_node){.path = "/",
                                    .type = "dir",
                                    .mode = "0755",
                                    .uid = UINT32_MAX,
                                    .size = -1,
                                    .nlink = UINT64_MAX,
                                    .fs = "9p",
                                    .flags = "",
                                    .special = true,
                                    .upper = ""};
    struct str s = encoded(d, r);
    assert_int_equal(sim_result_decode(d, str_get(&s), s.n, &back), 0);
    const struct sim_node *n = &back->nodes[0];
    assert_string_equal(n->path, "/");
    assert_int_equal(n->uid, UINT32_MAX);
    assert_int_equal(n->size, -1);
    assert_true(n->nlink == UINT64_MAX);
    assert_true(n->special && !n->mountpoint && !n->overlay && !n->readdir);
    assert_string_equal(n->upper, "");
    assert_null(n->lower);
    assert_null(back->restore);
    str_release(&s);
    sim_result_free(r);
    sim_result_free(back);
}

/* No prefix is a result, nor is one with a byte behind it. */
static void truncated(void **state)
{
    struct domain *d = *state;
    struct sim_result *r = random_result(d, 4), *back = NULL;
    struct str s = encoded(d, r);
    for (size_t n = 0; n < s.n; n++) {
        assert_int_equal(sim_result_decode(d, str_get(&s), n, &back), -EBADMSG);
        assert_null(back);
    }
    str_addc(&s, 'x');
    assert_int_equal(sim_result_decode(d, str_get(&s), s.n, &back), -EBADMSG);
    str_release(&s);
    sim_result_free(r);
}

/* Any bytes: an answer, without asking for more memory than the bytes could fill. */
static void hostile(void **state)
{
    struct domain *d = *state;
    struct sim_result *r = random_result(d, 9);
    struct str s = encoded(d, r);
    for (unsigned round = 0; round < 20000; round++) {
        struct sim_result *back = NULL;
        char *copy = mem_dupn(d, str_get(&s), s.n);
        for (uint64_t k = domain_random(d) % 4 + 1; k > 0; k--) {
            copy[domain_random(d) % s.n] = (char)domain_random(d);
        }
        size_t before = d->live_bytes;
        int code = sim_result_decode(d, copy, s.n, &back);
        assert_true(code == 0 || code == -EBADMSG);
        assert_true(d->live_bytes < before + (1 << 20));
        sim_result_free(back);
        mem_free(copy);
    }
    str_release(&s);
    sim_result_free(r);
}

static void huge_count(void **state)
{
    static const char bytes[] = "\x02n\x00\x01\x00\x00\x00\x01\x00\xff\xff\xff\xff\xff\xff\xff\x7f";
    struct sim_result *back = NULL;
    assert_int_equal(sim_result_decode(*state, bytes, sizeof(bytes) - 1, &back), -EBADMSG);
    assert_null(back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUBJECT_TEST(round_trip), SUBJECT_TEST(one_of_each_field), SUBJECT_TEST(truncated),
        SUBJECT_TEST(hostile),    SUBJECT_TEST(huge_count),
    };
    return cmocka_run_group_tests_name("sim_subject_result_codec", tests, NULL, NULL);
}
