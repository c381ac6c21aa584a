/* mtree_read.c and mtree_scan.c: one cannot be seen without the other. */
#include "fixture.h"

#include "mtree.h"

/* Reads a manifest or fails the test; release it. */
static struct mtree read_ok(struct fixture *f, const char *text)
{
    struct mtree m;
    int code = mtree_read(&f->d, "m", text, strlen(text), &m, &f->err);
    if (code) {
        fail_msg("%d %s", code, f->err.text);
    }
    return m;
}

static void read_fails(struct fixture *f, const char *text, const char *why)
{
    struct mtree m;
    assert_int_equal(mtree_read(&f->d, "m", text, strlen(text), &m, &f->err), -EINVAL);
    assert_string_equal(f->err.text, why);
    error_release(&f->err);
}

static void paths_are(struct fixture *f, const char *text, const char *want)
{
    struct mtree m = read_ok(f, text);
    struct str got;
    str_init(&got, &f->d);
    for (size_t i = 0; i < m.n; i++) {
        str_addf(&got, "%u:%s ", m.entries[i].line, m.entries[i].path);
    }
    assert_string_equal(str_get(&got), want);
    str_release(&got);
    mtree_release(&m);
}

static void full_paths(void **state)
{
    struct fixture *f = *state;
    paths_are(f, "#mtree\n. type=dir\n./etc type=dir\n./etc/hosts type=file\netc/x\n./a//./b\n",
              "2:/ 3:/etc 4:/etc/hosts 5:/etc/x 6:/a/b ");
}

static void names_in_open_directories(void **state)
{
    struct fixture *f = *state;
    paths_are(f,
              "/set type=file\n. type=dir\n  etc type=dir\n    hosts\n    apt type=dir\n      x\n"
              "    ..\n    y\n  ..\n  ./full/path\n  z\n..\n..\nend",
              "2:/ 3:/etc 4:/etc/hosts 5:/etc/apt 6:/etc/apt/x 8:/etc/y 10:/full/path 11:/z "
              "14:/end ");
}

static void the_path_may_come_last(void **state)
{
    struct fixture *f = *state;
    struct mtree m = read_ok(f, "type=dir mode=0755 .\ntype=file size=3 ./a\n./b\n");
    assert_true(m.path_last);
    assert_string_equal(m.entries[1].path, "/a");
    assert_int_equal(m.entries[1].size, 3);
    assert_string_equal(m.entries[2].path, "/b");
    assert_int_equal(m.entries[2].has, 0);
    mtree_release(&m);
}

static void lines_comments_and_continuations(void **state)
{
    struct fixture *f = *state;
    paths_are(f, "\n  # a comment \\\n\t\r\n./a \\\n   mode=0644 \\\n\tuid=0\r\n\n./b",
              "4:/a 8:/b ");
    paths_are(f, "", "");
    struct mtree m = read_ok(f, "# x\n./a \\\n mode=600\n./b\n");
    assert_int_equal(m.entries[0].mode, 0600);
    assert_int_equal(m.entries[0].end, 20);
    assert_int_equal(m.entries[1].end, 24);
    mtree_release(&m);
}

static void what_set_says_holds_until_unset(void **state)
{
    struct fixture *f = *state;
    struct mtree m = read_ok(f, "/set uid=1 mode=700 optional\n./a uid=2\n/unset uid\n./b\n"
                                "/set gid=3\n/unset all\n./c\n");
    assert_int_equal(m.entries[0].uid, 2);
    assert_int_equal(m.entries[0].own, 1u << MTREE_UID);
    assert_int_equal(m.entries[0].has, 1u << MTREE_UID | 1u << MTREE_MODE | 1u << MTREE_OPTIONAL);
    assert_int_equal(m.entries[1].has, 1u << MTREE_MODE | 1u << MTREE_OPTIONAL);
    assert_int_equal(m.entries[1].mode, 0700);
    assert_int_equal(m.entries[2].has, 0);
    mtree_release(&m);
}

static void every_value(void **state)
{
    struct fixture *f = *state;
    struct mtree m = read_ok(
        f, "./f type=file mode=07755 uid=4294967295 gid=7 size=9223372036854775807 nlink=12\n"
           "./l type=link link=../t\\040\\303\\251\\\\\n./s type=socket\n./p type=fifo\n"
           "./c type=char device=linux,1,3\n./b type=block device=freebsd,4095,1048575\n"
           "./d type=dir nochange ignore time=1.0 sha256digest=xyz flags=none\n");
    struct mtree_entry *e = m.entries;
    assert_string_equal(e[0].type, "file");
    assert_int_equal(e[0].mode, 07755);
    assert_int_equal(e[0].uid, UINT32_MAX);
    assert_int_equal(e[0].gid, 7);
    assert_int_equal(e[0].size, INT64_MAX);
    assert_int_equal(e[0].nlink, 12);
    assert_string_equal(e[1].type, "symlink");
    assert_string_equal(e[1].target, "../t \303\251\\");
    assert_string_equal(e[2].type, "sock");
    assert_string_equal(e[3].type, "fifo");
    assert_string_equal(e[4].type, "chr");
    assert_int_equal(e[4].major, 1);
    assert_int_equal(e[4].minor, 3);
    assert_string_equal(e[5].type, "blk");
    assert_int_equal(e[5].major, 4095);
    assert_int_equal(e[5].minor, 1048575);
    assert_int_equal(e[6].has, 1u << MTREE_TYPE | 1u << MTREE_NOCHANGE | 1u << MTREE_IGNORE |
                                   1u << MTREE_OTHER);
    mtree_release(&m);
}

static void hostile_names(void **state)
{
    struct fixture *f = *state;
    struct mtree m = read_ok(f, "./a\\040\\043\\033\\377*?[\\n type=file\n./\303\251 type=file\n");
    assert_string_equal(m.entries[0].path, "/a #\033\377*?[\n");
    assert_string_equal(m.entries[1].path, "/\303\251");
    mtree_release(&m);
}

static void wrong_lines_are_told_by_number(void **state)
{
    struct fixture *f = *state;
    read_fails(f, "\n./a moed=755\n", "m:2: \"moed=755\" is no keyword");
    read_fails(f, "./a mode=u+x", "m:1: mode \"u+x\" is not octal digits up to 7777");
    read_fails(f, "./a mode=10000", "m:1: mode \"10000\" is not octal digits up to 7777");
    read_fails(f, "./a uid=4294967296", "m:1: uid \"4294967296\" is not a number up to 4294967295");
    read_fails(f, "./a size=-1", "m:1: size \"-1\" is not a number of bytes");
    read_fails(f, "./a type=door",
               "m:1: type \"door\" is not file, dir, link, fifo, socket, char or block");
    read_fails(f, "./a device=0x103",
               "m:1: device \"0x103\" is not FORMAT,MAJOR,MINOR up to 4095 and 1048575");
    read_fails(f, "./a mode=", "m:1: mode needs a value");
    read_fails(f, "./a size", "m:1: size needs a value");
    read_fails(f, "/sets x", "m:1: \"/sets\" is neither /set nor /unset; a path begins with ./");
    read_fails(f, "/unset uid=1", "m:1: /unset: \"uid=1\" is no keyword");
    read_fails(f, ".. x", "m:1: nothing may stand behind `..`");
    read_fails(f, "./a/../b", "m:1: `..` in a path");
    read_fails(f, "./a\n./b\n./\\141\n", "m:3: the path \"/a\" stands on line 1 too");
    read_fails(f, "./a uid=0 \\\n uid=1", "m:1: uid stands twice in the line");
    read_fails(f, "type=dir ./a\ntype=dir b",
               "m:2: no path at the end of the line: \"b\" has no `/`");
    read_fails(f, "./a uid=0\ntype=x/y uid=0",
               "m:2: a path is expected first, as above: \"type=x/y\"");
    read_fails(f, "./a\n./b \\\n", "m:2: the line goes on, but the file ends");
    read_fails(f, "./a\\", "m:1: the line goes on, but the file ends");
    read_fails(f, "x\001", "m:1: byte 0x01: write it as \\001");
}

static void escapes_that_nobody_knows(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {"\\0", "\\000", "\\9", "\\40", "\\x41", "\\400"};
    struct mtree m;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(mtree_read(&f->d, "m", bad[i], strlen(bad[i]), &m, &f->err), -EINVAL);
        assert_non_null(strstr(f->err.text, "\\ begins"));
        error_release(&f->err);
    }
    assert_int_equal(mtree_read(&f->d, "m", "a\0b", 3, &m, &f->err), -EINVAL);
}

/* A text of `n` bytes that `fill` repeats; free it. */
static char *repeated(const char *fill, size_t n)
{
    char *text = malloc(n + 1);
    for (size_t i = 0; i < n; i++) {
        text[i] = fill[i % strlen(fill)];
    }
    text[n] = '\0';
    return text;
}

static void bounds_are_named(void **state)
{
    struct fixture *f = *state;
    struct mtree m;
    const struct {
        const char *fill, *bound;
        size_t n;
    } cases[] = {{"x", "LIMIT_MTREE_LINE", LIMIT_MTREE_LINE + 1},
                 {"d type=dir\n", "LIMIT_MTREE_DEPTH", 11 * 5000},
                 {"\303\251", "LIMIT_MTREE_LINE", LIMIT_MTREE_LINE / 4 + 2},
                 {"dddddddddddddddddddd type=dir\n", "LIMIT_MTREE_LINE", 30 * 3000}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *text = repeated(cases[i].fill, cases[i].n);
        assert_int_equal(mtree_read(&f->d, "m", text, cases[i].n, &m, &f->err), -E2BIG);
        assert_non_null(strstr(f->err.text, cases[i].bound));
        error_release(&f->err);
        free(text);
    }
}

static void memory_runs_out_at_every_point(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "/set uid=0\nd type=dir\n  l type=link link=x\n..\n./e mode=644\n";
    for (uint64_t n = 1;; n++) {
        struct domain d;
        struct mtree m;
        struct error err = {0};
        domain_init(&d, "oom", PROFILE_GVISOR_2018_08_14);
        d.alloc_fail_at = n;
        int code = mtree_read(&d, "m", text, strlen(text), &m, &err);
        if (code == 0) {
            mtree_release(&m);
        }
        domain_close(&d, NULL, NULL);
        if (code == 0) {
            assert_true(n > 3);
            break;
        }
        assert_int_equal(code, CODE_FATE);
    }
    (void)f;
}

int main(void)
{
    const struct CMUnitTest mtree_tests[] = {
        test(full_paths),
        test(names_in_open_directories),
        test(the_path_may_come_last),
        test(lines_comments_and_continuations),
        test(what_set_says_holds_until_unset),
        test(every_value),
        test(hostile_names),
        test(wrong_lines_are_told_by_number),
        test(escapes_that_nobody_knows),
        test(bounds_are_named),
        test(memory_runs_out_at_every_point),
    };
    return cmocka_run_group_tests(mtree_tests, NULL, NULL);
}
