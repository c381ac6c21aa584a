#include "fixture.h"

#include "identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char dir[64], other[64];
};

static int setup(void **state)
{
    struct place *p = calloc(1, sizeof(*p));
    strcpy(p->dir, "/tmp/simrun-identity-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    strcpy(p->other, "/tmp/simrun-identity-XXXXXX");
    assert_non_null(mkdtemp(p->other));
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    char command[256];
    (void)snprintf(command, sizeof(command), "rm -rf %s %s", p->dir, p->other);
    assert_int_equal(system(command), 0);
    free(p);
    return 0;
}

static void shell(const char *dir, const char *text)
{
    char command[1024];
    (void)snprintf(command, sizeof(command), "cd %s && { %s; }", dir, text);
    assert_int_equal(system(command), 0);
}

static struct identity look(const char *dir)
{
    struct identity id;
    assert_int_equal(identity_of(dir, &id), 0);
    return id;
}

static bool same(struct identity a, struct identity b)
{
    return a.low == b.low && a.high == b.high && a.entries == b.entries;
}

static void every_change_is_seen(void **state)
{
    static const char *const changes[][2] = {
        {"touch new", "rm new"},
        {"mv a/f a/g", "mv a/g a/f"},
        {"mv a/f b/f", "mv b/f a/f"},
        {"chmod 600 a/f", "chmod 644 a/f"},
        {"chmod 700 a", "chmod 755 a"},
        {"ln -sfn y l", "ln -sfn x l"},
        {"rm l && mkdir l", "rmdir l && ln -s x l"},
        {"rm p && touch p && chmod 644 p", "rm p && mkfifo -m 644 p"},
        {"ln a/f a/hard", "rm a/hard"},
        {"printf xbc > a/f", "printf abc > a/f"},
        {"truncate -s 5001 big && touch -d @1000 big",
         "truncate -s 5000 big && touch -d @1000 big"},
        {"touch -d @1001 big", "touch -d @1000 big"},
    };
    struct place *p = *state;
    shell(p->dir, "umask 022; mkdir a b; printf abc > a/f; ln -s x l; mkfifo -m 644 p; "
                  "truncate -s 5000 big; touch -d @1000 big");
    struct identity first = look(p->dir);
    assert_true(first.whole);
    assert_int_equal(first.entries, 7);
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        shell(p->dir, changes[i][0]);
        if (same(first, look(p->dir))) {
            fail_msg("not seen: %s", changes[i][0]);
        }
        shell(p->dir, changes[i][1]);
        if (!same(first, look(p->dir))) {
            fail_msg("not as before: %s", changes[i][1]);
        }
    }
}

static void times_of_small_files_and_places_count_not(void **state)
{
    struct place *p = *state;
    shell(p->dir, "umask 022; mkdir a; printf abc > a/f; touch -d @5 a a/f");
    shell(p->other, "umask 022; mkdir a; printf abc > a/f; touch -d @9 a a/f");
    assert_true(same(look(p->dir), look(p->other)));
    char link[128];
    (void)snprintf(link, sizeof(link), "%s/link", p->other);
    assert_int_equal(symlink(p->dir, link), 0);
    assert_true(same(look(p->dir), look(link)));
}

static void a_file_alone_and_none(void **state)
{
    struct place *p = *state;
    struct identity id = {.entries = 77};
    char path[128];
    shell(p->dir, "printf abc > f");
    (void)snprintf(path, sizeof(path), "%s/f", p->dir);
    assert_int_equal(look(path).entries, 1);
    struct identity first = look(path);
    shell(p->dir, "printf abd > f");
    assert_false(same(first, look(path)));
    /* What is not there has an identity too: its error. */
    (void)snprintf(path, sizeof(path), "%s/none", p->dir);
    assert_int_equal(identity_of(path, &id), 0);
    assert_int_equal(id.entries, 1);
    assert_false(same(id, first));
}

int main(void)
{
    const struct CMUnitTest identity_tests[] = {
        cmocka_unit_test_setup_teardown(every_change_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(times_of_small_files_and_places_count_not, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_alone_and_none, setup, teardown),
    };
    return cmocka_run_group_tests(identity_tests, NULL, NULL);
}
