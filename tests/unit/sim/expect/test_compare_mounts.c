#include "fixture.h"

/* Two mounts at /a, the first of them hidden. */
static void two_mounts(struct fixture *f)
{
    struct sim_result *r = small_result(f);
    r->mounts = mem_resize(&f->d, NULL, 0, 3, sizeof(*r->mounts), "mounts");
    r->n_mounts = 3;
    static const char *const places[] = {"/", "/a", "/a"};
    for (size_t i = 0; i < 3; i++) {
        r->mounts[i] = sim_mount_absent;
        r->mounts[i].destination = places[i];
        r->mounts[i].type = i ? "tmpfs" : "root";
        r->mounts[i].source = "\"";
        r->mounts[i].state = "done";
        r->mounts[i].flags = i == 2 ? "ro" : "";
        r->mounts[i].data = r->mounts[i].rules = r->mounts[i].ignored = r->mounts[i].created = "";
        r->mounts[i].spec_index = (int)i - 1;
    }
    r->mounts[1].shadowed_by = 2;
    r->mounts[1].options = "[{\"text\": \"nosuid\"}]";
}

static void compare(struct fixture *f, const char *want, bool all)
{
    verdict_release(&f->v);
    verdict_init(&f->v, &f->d);
    compare_mounts(&f->v, parse(f, want), f->r, all);
}

static void all_of_them(void **state)
{
    struct fixture *f = *state;
    two_mounts(f);
    compare(f, "[{'destination':'/','type':'root'},{'shadowed_by':2},{'flags':'ro','op':null}]",
            true);
    assert_difference(f, NULL);
    compare(f, "[{},{},{'flags':'rw','shadowed_by':1,'type':'tmpfs'}]", true);
    assert_int_equal(f->v.differences.n, 2);
    assert_string_equal(f->v.differences.p[0], "mounts[2].flags: want \"rw\" got \"ro\"");
    assert_string_equal(f->v.differences.p[1], "mounts[2].shadowed_by: want 1 got nothing");
    compare(f, "[{},{}]", true);
    assert_difference(f, "mounts[2]: not expected (/a)");
    compare(f, "[{},{},{},{'destination':'/b'}]", true);
    assert_difference(f, "mounts[3]: missing (/b)");
}

static void some_of_them(void **state)
{
    struct fixture *f = *state;
    two_mounts(f);
    compare(f,
            "[{'destination':'/a','options':[{'text':'nosuid'}],'source':'\\u0022'},"
            "{'destination':'/','spec_index':null},{'destination':'/a','flags':'ro'}]",
            false);
    assert_difference(f, NULL);
    compare(f, "[{'destination':'/a','flags':'ro'}]", false);
    assert_difference(f, "mounts /a.flags: want \"ro\" got \"\"");
    compare(f, "[{'destination':'/b'}]", false);
    assert_difference(f, "mounts /b: missing");
}

static void what_is_no_list(void **state)
{
    struct fixture *f = *state;
    two_mounts(f);
    compare(f, "{}", false);
    assert_difference(f, "expect: the wanted mounts are no list");
}

int main(void)
{
    const struct CMUnitTest mount_tests[] = {
        test(all_of_them),
        test(some_of_them),
        test(what_is_no_list),
    };
    return cmocka_run_group_tests(mount_tests, NULL, NULL);
}
