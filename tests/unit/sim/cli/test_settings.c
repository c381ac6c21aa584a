#include "fixture.h"

static struct settings settings(struct fixture *f, const char *line)
{
    struct settings s;
    assert_int_equal(parse(f, line), 0);
    assert_int_equal(settings_init(&f->c, &s, &f->err), 0);
    return s;
}

static void defaults(void **state)
{
    struct fixture *f = *state;
    struct settings s = settings(f, "x");
    assert_int_equal(s.model.profile, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(s.model.host, HOST_BACKEND_MEM);
    assert_int_equal(s.cases.config.file_access, ACCESS_PROXY_EXCLUSIVE);
    assert_int_equal(s.cases.entry, ENTRY_DEFAULT);
    assert_true(s.timeout_ns == INT64_C(60000000000));
    assert_true(s.fail_on[OUTCOME_CRASH] && s.fail_on[OUTCOME_TIMEOUT]);
    assert_false(s.fail_on[OUTCOME_PANIC]);
    settings_release(&s);
}

static void all_that_can_be_said(void **state)
{
    struct fixture *f = *state;
    struct settings s = settings(
        f, "x --profile strict --quirk VQ-09=on --host dir --entry runsc --overlay "
           "--file-access direct --sources host --timeout 0.5 --gofer thread --fail-on panic,hang");
    assert_int_equal(s.model.profile, PROFILE_STRICT);
    assert_int_equal(s.model.n_quirks, 1);
    assert_string_equal(quirk_id(s.model.quirks[0].quirk), "VQ-09");
    assert_true(s.model.quirks[0].value);
    assert_int_equal(s.model.host, HOST_BACKEND_DIR);
    assert_int_equal(s.model.gofer, GOFER_THREAD);
    assert_int_equal(s.cases.entry, ENTRY_RUNSC);
    assert_int_equal(s.cases.sources, SOURCES_HOST);
    assert_int_equal(s.cases.config.file_access, ACCESS_DIRECT);
    assert_true(s.cases.config.overlay);
    assert_true(s.timeout_ns == 500000000);
    assert_true(s.fail_on[OUTCOME_PANIC] && s.fail_on[OUTCOME_HANG]);
    settings_release(&s);
}

static void refused(struct fixture *f, const char *line, const char *part)
{
    struct settings s;
    cli_options_release(&f->c.o);
    cli_options_init(&f->c.o, &f->d);
    assert_int_equal(parse(f, line), 0);
    assert_int_equal(settings_init(&f->c, &s, &f->err), -EINVAL);
    assert_contains(f->err.text, part);
}

static void what_is_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "x --profile lax", "none of: gvisor-2018-08-14 gvisor-2018-08-14+0b3bfe2 strict");
    refused(f, "x --quirk VQ-09", "not ID=VALUE");
    refused(f, "x --quirk XX-99=on", "no row \"XX-99\"");
    refused(f, "x --quirk VQ-09=maybe", "\"maybe\" is none of: on off");
    refused(f, "x --timeout soon", "\"soon\" is no number of seconds");
    refused(f, "x --timeout=-1", "\"-1\" is no number of seconds");
    refused(f, "x --fail-on panic,sad", "\"sad\" is none of: ok error panic");
}

int main(void)
{
    const struct CMUnitTest settings_tests[] = {
        test(defaults),
        test(all_that_can_be_said),
        test(what_is_refused),
    };
    return cmocka_run_group_tests(settings_tests, NULL, NULL);
}
