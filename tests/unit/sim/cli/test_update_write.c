#include "fixture.h"

#include "update.h"

#include <unistd.h>

static void file_is(struct fixture *f, const char *name, const char *text)
{
    char path[128], buf[256];
    (void)snprintf(path, sizeof(path), "%s/%s", f->dir, name);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    size_t n = fread(buf, 1, sizeof(buf) - 1, in);
    buf[n] = '\0';
    assert_int_equal(fclose(in), 0);
    assert_string_equal(buf, text);
}

/* An edit of DIR/NAME; free its path. */
static struct expect_edit edit(struct fixture *f, const char *name, uint64_t offset,
                               const char *old, const char *new)
{
    char *path = mem_printf(&f->d, "%s/%s", f->dir, name);
    return (struct expect_edit){.name = "case",
                                .file = path,
                                .offset = offset,
                                .append = !old,
                                .old = old ? old : "",
                                .n_old = old ? strlen(old) : 0,
                                .new = new,
                                .n_new = strlen(new)};
}

static int write_edits(struct fixture *f, struct expect_edit *edits, size_t n, size_t *files)
{
    int code = update_write(&f->d, edits, n, files, &f->err);
    for (size_t i = 0; i < n; i++) {
        mem_free((char *)(uintptr_t)edits[i].file);
    }
    return code;
}

static void every_other_byte_stays(void **state)
{
    struct fixture *f = *state;
    size_t files;
    write_file(f, "a", "one two three");
    write_file(f, "b", "x");
    struct expect_edit edits[] = {edit(f, "b", 0, "x", ""), edit(f, "a", 8, "three", "3"),
                                  edit(f, "a", 0, "one", "first")};
    assert_int_equal(write_edits(f, edits, 3, &files), 0);
    assert_int_equal(files, 2);
    file_is(f, "a", "first two 3");
    file_is(f, "b", "");
}

static void lines_are_added_behind_the_last(void **state)
{
    struct fixture *f = *state;
    size_t files;
    write_file(f, "a", "one");
    struct expect_edit edits[] = {edit(f, "a", 0, NULL, "two\n"), edit(f, "a", 0, NULL, "three\n"),
                                  edit(f, "new", 0, NULL, "x\n"), edit(f, "a", 0, "one", "1")};
    assert_int_equal(write_edits(f, edits, 4, &files), 0);
    file_is(f, "a", "1\ntwo\nthree\n");
    file_is(f, "new", "x\n");
}

static void a_file_that_has_changed_stays(void **state)
{
    struct fixture *f = *state;
    size_t files;
    write_file(f, "a", "one two");
    struct expect_edit edits[] = {edit(f, "a", 4, "TWO", "2")};
    assert_int_equal(write_edits(f, edits, 1, &files), -ESTALE);
    assert_contains(f->err.text, "/a: it has changed since it was read");
    assert_int_equal(files, 0);
    file_is(f, "a", "one two");
    error_release(&f->err);
    struct expect_edit longer[] = {edit(f, "a", 4, "two three", "2")};
    assert_int_equal(write_edits(f, longer, 1, &files), -ESTALE);
    error_release(&f->err);
    struct expect_edit gone[] = {edit(f, "gone", 0, "x", "y")};
    assert_int_equal(write_edits(f, gone, 1, &files), -ESTALE);
}

static void what_is_no_file_stays(void **state)
{
    struct fixture *f = *state;
    size_t files;
    struct expect_edit edits[] = {edit(f, ".", 0, NULL, "x")};
    assert_int_equal(write_edits(f, edits, 1, &files), -EINVAL);
    assert_contains(f->err.text, "not a regular file");
}

int main(void)
{
    const struct CMUnitTest write_tests[] = {
        test(every_other_byte_stays),
        test(lines_are_added_behind_the_last),
        test(a_file_that_has_changed_stays),
        test(what_is_no_file_stays),
    };
    return cmocka_run_group_tests(write_tests, NULL, NULL);
}
