/* One case of each outcome, in every gofer mode on both host backends: the same line. */
#include "fixture.h"

#include <simrun/p9.h>
#include <unistd.h>

static const enum gofer_mode modes[] = {GOFER_INLINE, GOFER_THREAD, GOFER_PROCESS};

static char *line_of(struct domain *d, const char *text, enum gofer_mode mode,
                     enum host_backend host, enum sim_outcome want)
{
    struct str s;
    struct sim_case *c = case_of(d, text);
    struct sim_result *r = run_case(d, c, mode, host);
    if (r->outcome != want) {
        print_error("%s: %s\n", sim_outcome_name(r->outcome), r->error);
    }
    assert_int_equal(r->outcome, want);
    str_init(&s, d);
    assert_int_equal(sim_result_line(r, &s), 0);
    for (size_t i = 0; i < r->asked.n; i++) {
        str_addf(&s, " %s", r->asked.v[i]);
    }
    sim_result_free(r);
    case_free(c);
    return str_take(&s);
}

/* The line of mode inline on mem, which all others must equal. */
static char *same_everywhere(struct domain *d, const char *text, enum sim_outcome want)
{
    char *line = line_of(d, text, GOFER_INLINE, HOST_BACKEND_MEM, want);
    for (int host = HOST_BACKEND_MEM; host <= HOST_BACKEND_DIR; host++) {
        if (host == HOST_BACKEND_DIR && geteuid() != 0) {
            continue; /* owners 0:0 on a real disk need root */
        }
        for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
            char *other = line_of(d, text, modes[i], (enum host_backend)host, want);
            assert_string_equal(other, line);
            mem_free(other);
        }
    }
    return line;
}

static void assert_has(const char *line, const char *part)
{
    if (!strstr(line, part)) {
        print_error("%s\nis not in\n%s\n", part, line);
    }
    assert_non_null(strstr(line, part));
}

static void ok(void **state)
{
    struct domain *d = *state;
    char *line = same_everywhere(
        d, SMALL_CASE("", "[\"mkdir\", \"/etc/made\", \"0700\"], [\"read\", \"/etc/name\"]"),
        OUTCOME_OK);
    assert_has(line, "\"host_diff\": [");
    assert_has(line, "+ @rootfs/etc/made 040700 0:0");
    assert_has(line,
               "{\"path\": \"/etc/name\", \"type\": \"file\", \"mode\": \"0644\", \"uid\": 0, "
               "\"gid\": 0, \"size\": 5, \"nlink\": 1, \"fs\": \"overlayfs\"");
    mem_free(line);
}

static void error(void **state)
{
    static const char text[] =
        "{\"id\": \"e/0\", \"conf\": {\"file_access\": \"proxy-exclusive\"}, \"rootfs\": [], "
        "\"sources\": {}, \"spec\": {\"root\": {\"path\": \"@rootfs\"}, \"mounts\": "
        "[{\"destination\": \"//\", \"type\": \"tmpfs\"}]}, \"ops\": [], \"restore\": false}";
    mem_free(same_everywhere(*state, text, OUTCOME_ERROR));
}

/* A bind without a source takes a channel inside that nobody made (PQ-09). */
/* proves: PQ-09 */
static void panic(void **state)
{
    static const char text[] =
        "{\"id\": \"p/0\", \"conf\": {\"file_access\": \"proxy\"}, \"rootfs\": [], \"sources\": "
        "{}, \"spec\": {\"root\": {\"path\": \"@rootfs\"}, \"mounts\": [{\"destination\": \"/a\", "
        "\"type\": \"bind\"}]}, \"ops\": [], \"restore\": false}";
    char *line = same_everywhere(*state, text, OUTCOME_PANIC);
    assert_has(line, "\"error\": \"fdDispenser out of fds\"");
    mem_free(line);
}

/* proves: Q-39 */
static void hang(void **state)
{
    mem_free(same_everywhere(*state, SMALL_CASE(A_FIFO, "[\"stat\", \"/pipe\"]"), OUTCOME_HANG));
}

/* Sockets that go from world to world, whatever end it takes, change nothing. */
static void sockets_kept(void **state)
{
    static const char *const texts[] = {
        SMALL_CASE("", "[\"read\", \"/etc/name\"]"),
        SMALL_CASE(A_FIFO, "[\"stat\", \"/pipe\"]"), /* hangs with the request in its socket */
    };
    static const enum sim_outcome outcomes[] = {OUTCOME_OK, OUTCOME_HANG};
    struct domain *d = *state;
    struct p9_pairs *pairs;
    assert_int_equal(p9_pairs_new(&pairs), 0);
    const struct model_options options = {.pairs = pairs};
    const struct subject s = subject_model(&options, "test");
    for (size_t i = 0; i < 3 * ARRAY_LEN(texts); i++) {
        size_t which = i % ARRAY_LEN(texts);
        char *line = line_of(d, texts[which], GOFER_INLINE, HOST_BACKEND_MEM, outcomes[which]);
        struct sim_case *c = case_of(d, texts[which]);
        struct sim_result *r;
        struct str kept;
        str_init(&kept, d);
        assert_int_equal(s.run(&s, d, c, &r), 0);
        assert_int_equal(r->outcome, outcomes[which]);
        assert_int_equal(sim_result_line(r, &kept), 0);
        assert_int_equal(strncmp(line, str_get(&kept), kept.n), 0); /* it has the rows behind */
        str_release(&kept);
        sim_result_free(r);
        case_free(c);
        mem_free(line);
    }
    p9_pairs_free(pairs);
}

static void no_place_for_a_host(void **state)
{
    struct domain *d = *state;
    const struct model_options options = {.host = HOST_BACKEND_DIR, .scratch = "/does/not/exist"};
    const struct subject s = subject_model(&options, "test");
    struct sim_case *c = case_of(d, SMALL_CASE("", ""));
    struct sim_result *r = NULL;
    assert_int_equal(s.run(&s, d, c, &r), 0);
    assert_int_equal(r->outcome, OUTCOME_UNSUPPORTED);
    assert_string_equal(r->error, "making the host side: no such file or directory");
    sim_result_free(r);
    case_free(c);
}

static void confinement(void **state)
{
    struct domain *d = *state;
    struct model_options options = {.gofer = GOFER_THREAD};
    assert_null(model_confinement(&options, d));
    options.gofer = GOFER_PROCESS;
    char *text = model_confinement(&options, d);
    assert_non_null(text);
    assert_int_equal(strncmp(text, "gofer: process, confined by: own descriptors only", 49), 0);
    assert_has(text, "; not allowed here: ");
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUBJECT_TEST(ok),          SUBJECT_TEST(error),        SUBJECT_TEST(panic),
        SUBJECT_TEST(hang),        SUBJECT_TEST(sockets_kept), SUBJECT_TEST(no_place_for_a_host),
        SUBJECT_TEST(confinement),
    };
    return cmocka_run_group_tests_name("sim_subject_model", tests, NULL, NULL);
}
