#include "fixture.h"

#include <sys/stat.h>
#include <unistd.h>

static const char *path_of(struct fixture *f, const char *name)
{
    static char path[160];
    (void)snprintf(path, sizeof(path), "%s/%s", f->dir, name);
    return path;
}

static void assert_file(const char *path, const char *want)
{
    char text[64] = "";
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
    (void)fclose(in);
    assert_string_equal(text, want);
}

static void write_whole(struct fixture *f, const char *path, const char *text)
{
    struct whole_file w;
    assert_int_equal(whole_file_open(&w, &f->d, path), 0);
    (void)fputs(text, w.out);
    assert_int_equal(whole_file_commit(&w), 0);
}

static void it_appears_at_the_end(void **state)
{
    struct fixture *f = *state;
    const char *path = path_of(f, "r.xml");
    struct whole_file w;
    assert_int_equal(whole_file_open(&w, &f->d, path), 0);
    (void)fputs("new", w.out);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(whole_file_commit(&w), 0);
    assert_file(path, "new");
}

static void abandoned_it_leaves_what_was_there(void **state)
{
    struct fixture *f = *state;
    const char *path = path_of(f, "r.xml");
    struct whole_file w;
    write_whole(f, path, "old");
    assert_int_equal(whole_file_open(&w, &f->d, path), 0);
    (void)fputs("new", w.out);
    char *temporary = strdup(w.temporary);
    whole_file_abandon(&w);
    assert_file(path, "old");
    assert_int_not_equal(access(temporary, F_OK), 0);
    free(temporary);
}

static void mode_and_links_stay(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    char path[160], link[160];
    (void)snprintf(path, sizeof(path), "%s", path_of(f, "r.xml"));
    (void)snprintf(link, sizeof(link), "%s", path_of(f, "l.xml"));
    write_whole(f, path, "old");
    assert_int_equal(chmod(path, 0604), 0);
    assert_int_equal(symlink(path, link), 0);
    write_whole(f, link, "new");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0604);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_file(path, "new");
}

static void what_is_no_file_is_written_directly_or_refused(void **state)
{
    struct fixture *f = *state;
    struct whole_file w;
    assert_int_equal(whole_file_open(&w, &f->d, f->dir), -EISDIR);
    assert_int_equal(whole_file_open(&w, &f->d, path_of(f, "none/r.xml")), -ENOENT);
    assert_int_equal(whole_file_open(&w, &f->d, "/dev/null"), 0);
    assert_null(w.temporary);
    (void)fputs("x", w.out);
    assert_int_equal(whole_file_commit(&w), 0);
    assert_int_equal(whole_file_open(&w, &f->d, "/dev/full"), 0);
    (void)fputs("x", w.out);
    assert_int_equal(whole_file_commit(&w), -ENOSPC);
}

int main(void)
{
    const struct CMUnitTest whole_file_tests[] = {
        test(it_appears_at_the_end),
        test(abandoned_it_leaves_what_was_there),
        test(mode_and_links_stay),
        test(what_is_no_file_is_written_directly_or_refused),
    };
    return cmocka_run_group_tests(whole_file_tests, NULL, NULL);
}
