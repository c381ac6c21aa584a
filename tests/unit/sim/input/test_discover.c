/* From paths to cases. */
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define LINE(id) "{\"id\":\"" id "\",\"spec\":{}}\n"

static struct case_source *open_paths(struct fixture *f, size_t n, const char *const *paths)
{
    struct case_source *s = NULL;
    int rc = case_source_open(&f->d, &f->opt, paths, n, &s, &f->err);
    if (rc) {
        print_error("%s\n", f->err.text ? f->err.text : "?");
    }
    assert_int_equal(rc, 0);
    return s;
}

static void assert_names(const struct case_source *s, size_t n, const char *const *names)
{
    struct case_info info;
    for (size_t i = 0; i < case_source_count(s) && i < n; i++) {
        case_source_info(s, i, &info);
        assert_string_equal(info.name, names[i]);
    }
    assert_int_equal(case_source_count(s), n);
}

static void assert_cannot_open(struct fixture *f, const char *path, int code, const char *text)
{
    struct case_source *s = NULL;
    assert_error(f, case_source_open(&f->d, &f->opt, &path, 1, &s, &f->err), code, text);
    assert_null(s);
}

static void a_folder_in_byte_order(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_dir("c");
    make_dir("c/b");
    make_dir("c/b/rootfs");
    make_dir("c/b/rootfs/etc");
    make_file("c/b/rootfs/etc/x.json", "{\"mounts\":[]}"); /* not descended into */
    make_file("c/b/config.json", "{}");
    make_dir("c/sub");
    make_file("c/sub/config.json", "{\"ociVersion\":\"1\"}"); /* no root: a bare spec */
    make_file("c/sub/B.json", "{\"Mounts\":[]}");
    make_file("c/a.jsonl", LINE("s/2") LINE("s/1"));
    make_file("c/results.jsonl", "{\"id\":\"s/1\",\"result\":\"ok\"}\n");
    make_file("c/empty.jsonl", "\n");
    make_file("c/rootfs.json", "[]");
    make_file("c/broken.json", "{");
    make_file("c/README.md", "text");
    make_file("c/xfail.txt", "# none\n");
    make_file("c/.hidden.json", "{\"mounts\":[]}");
    assert_int_equal(symlink("sub", "c/link"), 0);
    assert_int_equal(symlink("nowhere", "c/dangling"), 0);
    assert_int_equal(symlink("../c/sub/B.json", "c/z.json"), 0);
    assert_int_equal(mkfifo("c/fifo.json", 0600), 0);
    gzFile gz = gzopen("c/g.jsonl.gz", "wb");
    gzputs(gz, LINE("g"));
    gzclose(gz);
    const char *path = "./c//";
    struct case_source *s = open_paths(f, 1, &path);
    static const char *const names[] = {"s/2",   "s/1", "b", "g", "sub/B.json", "sub/config.json",
                                        "z.json"};
    assert_names(s, ARRAY_LEN(names), names);
    struct case_info info;
    case_source_info(s, 2, &info);
    assert_int_equal(info.kind, CASE_BUNDLE);
    assert_string_equal(info.file, "c/b/config.json");
    case_source_info(s, 4, &info);
    assert_int_equal(info.kind, CASE_SPEC);
    const char *const *notes;
    static const char *const skipped[] = {
        "c/README.md: skipped: not a case",
        "c/broken.json: skipped: neither \"ociVersion\" nor \"mounts\" in an object",
        "c/dangling: skipped: no such file or directory",
        "c/empty.jsonl: no cases: the suite is empty",
        "c/fifo.json: skipped: not a case",
        "c/link: skipped: a symbolic link to a directory",
        "c/results.jsonl: skipped: not a suite, line 1 has no \"spec\"",
        "c/rootfs.json: skipped: neither \"ociVersion\" nor \"mounts\" in an object",
    };
    assert_int_equal(case_source_notes(s, &notes), ARRAY_LEN(skipped));
    for (size_t i = 0; i < ARRAY_LEN(skipped); i++) {
        assert_string_equal(notes[i], skipped[i]);
    }
    case_source_free(s);
}

static void names_of_what_is_named(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_dir("box");
    make_dir("box/rootfs");
    make_file("box/config.json", "{}");
    make_file("x.json", "{\"ociVersion\":\"1\"}");
    const char *const paths[] = {"box/", "./x.json", "box/../x.json"};
    struct case_source *s = open_paths(f, 2, paths);
    static const char *const names[] = {"box", "x.json"};
    assert_names(s, 2, names);
    case_source_free(s);
    assert_return_code(chdir("box"), errno);
    const char *here = ".";
    s = open_paths(f, 1, &here);
    assert_names(s, 1, names); /* "." is no name: the directory's own */
    case_source_free(s);
    assert_return_code(chdir("rootfs"), errno);
    here = "..";
    s = open_paths(f, 1, &here);
    assert_names(s, 1, names);
    case_source_free(s);
}

static void what_is_named_must_be_a_case(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_file("a.txt", "");
    make_file("a.json", "{\"x\":{\"mounts\":[]}}");
    make_file("a.jsonl", "{\"id\":\"x\",\"result\":\"ok\"}\n");
    make_file("b.jsonl", "x\n");
    assert_cannot_open(f, "gone", -ENOENT, "gone: no such file or directory");
    assert_cannot_open(f, "", -ENOENT, "an empty path");
    assert_cannot_open(
        f, "a.txt", -EINVAL,
        "a.txt: not a case: expected a bundle, a folder, *.json, *.jsonl, *.jsonl.gz "
        "or -");
    assert_cannot_open(f, "a.json", -EINVAL,
                       "a.json: not a case: neither \"ociVersion\" nor \"mounts\" in an object");
    assert_cannot_open(f, "a.jsonl", -EINVAL, "a.jsonl: not a suite: line 1 has no \"spec\"");
    assert_cannot_open(f, "b.jsonl", -EINVAL,
                       "b.jsonl: expected a value, found 'x' (line 1, column 1)");
    make_dir("none");
    const char *path = "none";
    struct case_source *s = open_paths(f, 1, &path);
    assert_int_equal(case_source_count(s), 0); /* whoever runs says "nothing selected" */
    case_source_free(s);
}

static void depth_is_bounded(void **state)
{
    struct fixture *f = *state;
    char path[LIMIT_FOLDER_DEPTH * 2 + 16] = "d", text[512];
    make_folder(f);
    make_dir(path);
    const char *top = "d";
    for (int i = 1; i < LIMIT_FOLDER_DEPTH; i++) {
        strcat(path, "/d");
        make_dir(path);
    }
    case_source_free(open_paths(f, 1, &top));
    strcat(path, "/d");
    make_dir(path);
    snprintf(text, sizeof(text), "%s: more than 64 folders deep (LIMIT_FOLDER_DEPTH)", path);
    assert_cannot_open(f, "d", -E2BIG, text);
}

/* Standard input and pipes are spooled, so that they too can be read in any order. */
static void streams(void **state)
{
    struct fixture *f = *state;
    int ends[2];
    make_folder(f);
    assert_int_equal(pipe(ends), 0);
    static const char text[] = LINE("a") LINE("b");
    assert_int_equal(write(ends[1], text, sizeof(text) - 1), sizeof(text) - 1);
    close(ends[1]);
    f->opt.in_fd = ends[0];
    const char *paths[] = {"-", "-"};
    struct case_source *s = open_paths(f, 1, paths);
    close(ends[0]);
    static const char *const names[] = {"a", "b"};
    assert_names(s, 2, names);
    struct case_reader *r;
    struct sim_case *c;
    assert_int_equal(case_reader_new(&f->d, s, &r, &f->err), 0);
    for (size_t i = 2; i-- > 0;) {
        assert_int_equal(case_read(r, i, &f->d, &c, &f->err), 0);
        assert_string_equal(c->name, names[i]);
        assert_string_equal(c->file, "-");
        assert_int_equal(c->line, i + 1);
        case_free(c);
    }
    case_reader_free(r);
    case_source_free(s);
    assert_int_equal(pipe(ends), 0);
    close(ends[1]);
    f->opt.in_fd = ends[0];
    assert_error(f, case_source_open(&f->d, &f->opt, paths, 2, &s, &f->err), -EINVAL,
                 "-: only one input that is no file can be read");
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(a_folder_in_byte_order),
        INPUT_TEST(names_of_what_is_named),
        INPUT_TEST(what_is_named_must_be_a_case),
        INPUT_TEST(depth_is_bounded),
        INPUT_TEST(streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
