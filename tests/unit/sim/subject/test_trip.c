/*
 * Recorded cases saved and restored: the tree comes back equal, or it is refused for a reason that
 * the contract names (contract vfs 24, ninep 10.8, pipeline 15).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trip.h"

static const char *const suites[] = {
    SIMRUN_SOURCE_DIR "/tests/conformance/golden/ops.jsonl.gz",
    SIMRUN_SOURCE_DIR "/tests/conformance/golden/mounts.jsonl.gz",
    SIMRUN_SOURCE_DIR "/tests/conformance/golden/nesting.jsonl.gz",
    SIMRUN_SOURCE_DIR "/tests/conformance/golden/pipeline.jsonl.gz",
};

enum { EVERY = 9 }; /* a sample: all of them take a minute */

struct counts {
    size_t nothing, equal, direct, flags, other;
};

static bool says(const struct trip *t, const char *part)
{
    return t->text && strstr(t->text, part);
}

static void count(struct counts *n, const struct sim_case *c, const struct trip *t)
{
    assert_int_equal(t->left, 0);
    switch (t->outcome) {
    case TRIP_NOTHING:
        n->nothing++;
        return;
    case TRIP_EQUAL:
        assert_true(t->n_nodes > 0);
        n->equal++;
        return;
    default:
        break;
    }
    if (says(t, "filesystem \"whitelistfs\" cannot be saved")) {
        n->direct++;
    } else if (says(t, "new mount flags {")) {
        n->flags++;
    } else if (says(t, "(deleted)\" still has open fds") || says(t, "bad file descriptor") ||
               says(t, "two mounts have the device")) {
        n->other++; /* a mount below what was removed; PQ-28 and its other side */
    } else {
        fail_msg("%s: %s", c->name, t->text);
    }
}

static void one_case(struct case_reader *reader, size_t i, enum profile profile, struct counts *n)
{
    struct domain d;
    struct sim_case *c;
    struct error err = {0};
    struct trip t;
    struct model_options options = {.profile = profile};
    domain_init(&d, "case", profile);
    assert_int_equal(case_read(reader, i, &d, &c, &err), 0);
    assert_int_equal(model_trip(&options, &d, c, &t), 0);
    count(n, c, &t);
    trip_release(&t);
    case_free(c);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
}

static struct counts sample(enum profile profile)
{
    struct counts n = {0};
    struct domain d;
    struct case_options options = CASE_OPTIONS_INIT;
    struct case_source *source;
    struct case_reader *reader;
    struct error err = {0};
    domain_init(&d, "suites", profile);
    assert_int_equal(case_source_open(&d, &options, suites, ARRAY_LEN(suites), &source, &err), 0);
    assert_int_equal(case_reader_new(&d, source, &reader, &err), 0);
    for (size_t i = 0; i < case_source_count(source); i += EVERY) {
        one_case(reader, i, profile, &n);
    }
    case_reader_free(reader);
    case_source_free(source);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
    return n;
}

/* proves: PQ-27 */
static void overlaid_binds_cannot_come_back(void **state)
{
    (void)state;
    struct counts n = sample(PROFILE_GVISOR_2018_08_14);
    assert_true(n.equal > 50);
    assert_true(n.flags > 5);
    assert_true(n.direct > 5);
}

/* proves: PQ-27 */
static void strict_brings_everything_back(void **state)
{
    (void)state;
    struct counts n = sample(PROFILE_STRICT);
    assert_true(n.equal > 60);
    assert_int_equal(n.flags, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlaid_binds_cannot_come_back),
        cmocka_unit_test(strict_brings_everything_back),
    };
    return cmocka_run_group_tests_name("sim/subject trip", tests, NULL, NULL);
}
