/* Bind sources from the real machine. */
#include "fixture.h"

#include <stdio.h>
#include <sys/stat.h>

static void taken_missing_nested_special(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    make_dir("dir");
    make_file("dir/x", "content");
    make_file("one", "1");
    assert_int_equal(mkfifo("pipe", 0640), 0);
    char text[1024];
    snprintf(text, sizeof(text),
             "{\"ociVersion\":\"1\",\"mounts\":["
             "{\"type\":\"bind\",\"source\":\"%s/dir/x\",\"destination\":\"/1\"},"
             "{\"type\":\"bind\",\"source\":\"%s/dir/\",\"destination\":\"/2\"},"
             "{\"type\":\"bind\",\"source\":\"one\",\"destination\":\"/3\"},"
             "{\"type\":\"bind\",\"source\":\"pipe\",\"destination\":\"/4\"},"
             "{\"type\":\"bind\",\"source\":\"gone\",\"destination\":\"/5\"},"
             "{\"type\":\"bind\",\"source\":\"/\",\"destination\":\"/6\"}]}",
             f->folder, f->folder);
    f->opt.sources = SOURCES_HOST;
    struct sim_case *c = spec_case(f, text);
    assert_int_equal(c->n_trees, 4);
    assert_string_equal(c->trees[1].path, "/.simrun/bundle/one"); /* shorter paths first */
    assert_int_equal(c->trees[1].kind, TREE_HOST);
    assert_string_equal(c->trees[2].path, "/.simrun/bundle/pipe");
    assert_int_equal(c->trees[2].manifest->entries[0].type, HOST_FIFO); /* never opened */
    assert_int_equal(c->trees[2].manifest->entries[0].mode, 0640);
    assert_int_equal(c->trees[3].kind, TREE_HOST); /* the directory, with the file in it */
    assert_int_equal(c->n_findings, 2);
    assert_int_equal(c->findings[0].kind, FINDING_SOURCE_MISSING);
    assert_string_equal(c->findings[0].text,
                        "source \"/\" is not taken from the host: it is empty here");
    assert_string_equal(c->findings[1].text, "source \"gone\": no such file or directory");
    assert_int_equal(c->findings[1].spec_mount, 4);
    struct host *h;
    struct stat st;
    char path[128];
    assert_int_equal(host_mem_new(&f->d, &h), 0);
    assert_int_equal(case_place(c, h, &f->err), 0);
    snprintf(path, sizeof(path), "%s/dir/x", f->folder);
    assert_int_equal(host_stat(h, &f->d, path, &st), 0);
    assert_int_equal(st.st_size, 7);
    assert_int_equal(host_stat(h, &f->d, "/.simrun/bundle/one", &st), 0);
    assert_true(S_ISREG(st.st_mode));
    host_free(h);
    case_free(c);
}

static void the_annotation_decides(void **state)
{
    struct fixture *f = *state;
    static const char text[] =
        "{\"ociVersion\":\"1\",\"annotations\":{\"dev.simrun.sources\":\"host\"},\"mounts\":["
        "{\"type\":\"bind\",\"source\":\"/nonexistent\",\"destination\":\"/1\"}]}";
    struct sim_case *c = spec_case(f, text);
    assert_int_equal(c->findings[0].kind, FINDING_SOURCE_MISSING);
    case_free(c);
    f->opt.no_files = true;
    int rc = case_from_bytes(&f->d, &f->opt, CASE_SPEC, "f", text, sizeof(text) - 1, &c, &f->err);
    assert_error(f, rc, -EPERM, "f: no files are opened here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(taken_missing_nested_special),
        INPUT_TEST(the_annotation_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
