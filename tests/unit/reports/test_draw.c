#include "support.h"

static void a_tree_is_drawn(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_node nodes[] = {
        make_node("/", "dir"),    make_node("/a\033[31m\nb", "file"),
        make_node("/dev", "dir"), make_node("/dev/null", "chr"),
        make_node("/etc", "dir"), make_node("/etc/deep/x", "symlink"),
        make_node("/sys", "dir"),
    };
    nodes[2].mountpoint = true;
    nodes[2].flags = "ro";
    nodes[2].overlay = true;
    nodes[2].upper = "tmpfs";
    nodes[2].lower = "";
    nodes[3].size = -1;
    nodes[3].rdev = "1:3";
    nodes[3].special = true;
    nodes[5].target = "../\xff";
    nodes[6].fs = "";
    nodes[6].readdir = false;
    nodes[6].error = "lookup: \007";
    OK(db, record_tree(run, "c", nodes, 7));
    struct rep_result none = {.name = "none", .result = "error"};
    OK(db, rep_record(run, &none));
    end_run(run);
    t->sink.width = 0;
    OK(db, rep_tree(db, "latest", "c", &t->sink));
    assert_string_equal(
        t->text.data,
        "dir     0755  0:0      - 9p    /\n"
        "file    0644  0:0      3 9p    \u251c\u2500\u2500 a\\x1b[31m\\nb\n"
        "dir     0755  0:0      - 9p    \u251c\u2500\u2500 dev  [mount ro, overlay, upper tmpfs, "
        "lower stub]\n"
        "chr     0644  0:0    1:3 9p    \u2502   \u2514\u2500\u2500 null  [special]\n"
        "dir     0755  0:0      - 9p    \u251c\u2500\u2500 etc\n"
        "-       -     0:0      - -     \u2502   \u2514\u2500\u2500 deep  [not recorded]\n"
        "symlink 0644  0:0      3 9p    \u2502       \u2514\u2500\u2500 x -> ../\\xff\n"
        "dir     0755  0:0      - stub  \u2514\u2500\u2500 sys  [not listed, error: lookup: "
        "\\x07]\n");
    assert_int_equal(rep_tree(db, "latest", "none", &t->sink), -ENOENT);
    assert_contains(rep_error_text(db), "no tree");
    t->sink.colour = true;
    OK(db, rep_tree(db, "latest", "c", &t->sink));
    assert_contains(t->text.data, "\033[33mdev\033[0m");
    rep_close(db);
}

/* On a terminal nothing but a name or target runs over the edge; other tools get whole lines. */
static void marks_go_below_where_a_line_is_too_wide(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/d", "dir"),
                               make_node("/d/stderr", "symlink"), make_node("/d/zero", "dir"),
                               make_node("/e", "dir")};
    for (size_t i = 0; i < 5; i++) {
        nodes[i].overlay = true;
        nodes[i].upper = "devtmpfs";
        nodes[i].fs = i ? "overlayfs" : "9p";
    }
    nodes[2].target = "/proc/self/fd/2";
    OK(db, record_tree(run, "c", nodes, 5));
    end_run(run);
    t->sink.width = 68;
    OK(db, rep_tree(db, "latest", "c", &t->sink));
    assert_string_equal(
        t->text.data,
        "dir     0755  0:0      - 9p         /  [overlay, upper devtmpfs]\n"
        "dir     0755  0:0      - overlayfs  \u251c\u2500\u2500 d  [upper devtmpfs]\n"
        "symlink 0644  0:0      3 overlayfs  \u2502   \u251c\u2500\u2500 stderr -> "
        "/proc/self/fd/2\n"
        "                                    \u2502   \u2502     [upper devtmpfs]\n"
        "dir     0755  0:0      - overlayfs  \u2502   \u2514\u2500\u2500 zero  [upper devtmpfs]\n"
        "dir     0755  0:0      - overlayfs  \u2514\u2500\u2500 e  [upper devtmpfs]\n");
    rep_buf_clear(&t->text);
    t->sink.width = 0;
    OK(db, rep_tree(db, "latest", "c", &t->sink));
    assert_contains(t->text.data, "stderr -> /proc/self/fd/2  [upper devtmpfs]\n");
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(a_tree_is_drawn),
        SCRATCH_TEST(marks_go_below_where_a_line_is_too_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
