/* simrun serve and simrun p9 as commands: words, options, exit codes. What they do is tested in
 * sim/p9tool. */
#include "fixture.h"

#include <sys/eventfd.h>
#include <unistd.h>

static void wrong_words(void **state)
{
    static const struct {
        const char *line, *says;
        int code;
    } rows[] = {
        {"serve", "something is missing", EXIT_USAGE},
        {"serve a b", "", EXIT_USAGE},
        {"serve --listen nowhere %", "nowhere is no address", EXIT_USAGE},
        {"serve --connections 0 %", "--connections", EXIT_USAGE},
        {"serve --dialect french %", "french", EXIT_USAGE},
        {"serve --listen 0.0.0.0:0 %", "other machines", EXIT_FAILED},
        {"serve --listen %/s %/none", "no such file", EXIT_FAILED},
        {"p9 ls", "something is missing", EXIT_USAGE},
        {"p9 rm %/none", "p9 rm: ls, stat", EXIT_USAGE},
        {"p9 ls nowhere", "nowhere is no address", EXIT_USAGE},
        {"p9 ls %/none / x", "too many", EXIT_USAGE},
        {"p9 put %/none", "too few", EXIT_USAGE},
        {"p9 ls --uid -3 %/none", "--uid", EXIT_USAGE},
        {"p9 ls --msize 100 %/none", "--msize", EXIT_USAGE},
        {"p9 ls %/none", "no such file", EXIT_FAILED},
        {"p9 ls --listen x %/none", "", EXIT_USAGE},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int code = simrun(f, rows[i].line);
        flush(f);
        if (code != rows[i].code) {
            fail_msg("%s: %d", rows[i].line, code);
        }
        assert_contains(f->complaints, rows[i].says);
    }
}

static int wanted(void *arg)
{
    (void)arg;
    return eventfd(1, EFD_CLOEXEC); /* readable: the user wants an end at once */
}

static void serving_ends_when_the_user_wants(void **state)
{
    struct fixture *f = *state;
    f->env.watch = wanted;
    assert_int_equal(simrun(f, "serve --listen %/sock --listen :0 %"), EXIT_FINE);
    flush(f);
    assert_contains(f->out, "/sock, read-only\n");
    assert_contains(f->out, " on 127.0.0.1:");
    assert_int_equal(simrun(f, "serve --writable --dialect std --listen %/sock %"), EXIT_FINE);
    flush(f);
    assert_contains(f->out, "/sock, read-write\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {test(wrong_words), test(serving_ends_when_the_user_wants)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
