#include "fixture.h"

static void assert_words(struct fixture *f, const char *profile, const char *options,
                         const char *want)
{
    struct ptrvec words;
    struct str line;
    str_init(&line, &f->d);
    assert_int_equal(replay_words(&f->d, profile, options, &words), 0);
    for (const char *const *word = replay_text(&words); *word; word++) {
        str_addf(&line, "%s%s", line.n ? " " : "", *word);
    }
    assert_string_equal(str_get(&line), want);
    str_release(&line);
    replay_release(&words);
}

static void what_decides_a_result_is_told(void **state)
{
    struct fixture *f = *state;
    assert_words(f, "strict",
                 "{\"cwd\":\"/x\",\"gofer\":\"thread\",\"host\":\"dir\",\"restore_check\":true,"
                 "\"timeout\":60,\"shuffle\":true,\"repeat\":3,\"filter\":[\"a*\"],"
                 "\"quirk\":[\"VQ-09=off\",\"PQ-01=on\"],\"entry\":\"runsc\",\"overlay\":true,"
                 "\"file_access\":\"direct\",\"rootfs\":\"r.tar\",\"sources\":\"host\"}",
                 "--profile strict --quirk VQ-09=off --quirk PQ-01=on --entry runsc --file-access "
                 "direct --overlay --rootfs r.tar --sources host --host dir --gofer thread "
                 "--restore-check");
}

static void what_goes_without_saying_is_not(void **state)
{
    struct fixture *f = *state;
    assert_words(f, NULL, "{\"gofer\":\"inline\",\"host\":\"mem\",\"restore_check\":false}", "");
    assert_words(f, "p", NULL, "--profile p");
    assert_words(f, "p", "{}", "--profile p");
}

/* A database is what somebody made it. */
static void odd_options_are_left_out(void **state)
{
    struct fixture *f = *state;
    assert_words(f, NULL, "{\"quirk\":[1,null,{\"a\":[]},\"VQ-01=on\"],\"host\":7,\"entry\":[]}",
                 "--quirk VQ-01=on");
    assert_words(f, NULL, "[\"--quirk\"]", "");
    assert_words(f, NULL, "not JSON", "");
}

int main(void)
{
    const struct CMUnitTest replay_tests[] = {
        test(what_decides_a_result_is_told),
        test(what_goes_without_saying_is_not),
        test(odd_options_are_left_out),
    };
    return cmocka_run_group_tests(replay_tests, NULL, NULL);
}
