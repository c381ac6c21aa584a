#include "fixture.h"

#include "update.h"

static void becomes(struct fixture *f, const char *old, const char *want)
{
    struct mtree m;
    struct str out;
    if (mtree_read(&f->d, "m", old, strlen(old), &m, &f->err)) {
        fail_msg("%s", f->err.text);
    }
    str_init(&out, &f->d);
    assert_int_equal(update_mtree(&out, &m, f->r ? f->r : small_result(f)), 0);
    assert_string_equal(str_get(&out), want);
    str_release(&out);
    mtree_release(&m);
}

static void lines_that_hold_stay(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "# x\n/set  uid=0\n.\n\n ./etc   type=dir \\\n\tmode=755\r\n"
                               "./etc/hosts\n./x optional\n./x/y size=3\n";
    becomes(f, text, text);
    becomes(f, ". ignore", ". ignore");
}

static void values_change_where_they_stand(void **state)
{
    struct fixture *f = *state;
    becomes(f, "/set uid=1\n./etc mode=1  type=link link=x\n./etc/hosts\tsize=4 \\\n uid=0\n",
            "/set uid=1\n./etc uid=0 mode=755  type=dir\n./etc/hosts\tsize=3 \\\n uid=0\n");
    becomes(f, "size=1 link=x type=file ./etc\nmode=01 ./etc/hosts\n",
            " type=dir ./etc\nmode=0644 ./etc/hosts\n");
}

static void lines_come_and_go(void **state)
{
    struct fixture *f = *state;
    becomes(f, "#mtree\n. type=dir\n./a type=dir\n./etc type=dir\n./zz type=file",
            "#mtree\n. type=dir\n./etc type=dir\n./etc/hosts type=file\n");
    becomes(f, "", "./etc\n./etc/hosts\n");
    becomes(f, "./etc mode=755 size=1", "./etc mode=755\n./etc/hosts mode=0644 size=3\n");
}

static void names_leave_with_their_directory(void **state)
{
    struct fixture *f = *state;
    becomes(f,
            ". type=dir\ngone type=dir\n  x optional\n  /set mode=755\n  # stays\n  ..\n"
            "etc type=dir\n  ./etc/hosts mode=644\n..\n..\n",
            ". type=dir\n  /set mode=755\n  # stays\netc type=dir\n  ./etc/hosts mode=644\n"
            "..\n..\n");
}

static void a_name_that_is_no_directory_any_more_moves(void **state)
{
    struct fixture *f = *state;
    becomes(f, "etc type=file ignore mode=1\nhosts type=dir\n  x\n..\n",
            "./etc type=dir mode=0755 ignore\n");
}

static void hostile_names_are_escaped(void **state)
{
    struct fixture *f = *state;
    small_result(f);
    f->r->nodes[2].path = "/etc/a b*\n\377=";
    becomes(f, "./etc type=dir\n",
            "./etc type=dir\n./etc/a\\040b\\052\\012\\377\\075 "
            "type=file\n");
}

static void a_new_one_says_all(void **state)
{
    struct fixture *f = *state;
    struct str out;
    str_init(&out, &f->d);
    assert_int_equal(update_new_mtree(&out, small_result(f)), 0);
    assert_string_equal(str_get(&out), "#mtree\n. mode=755 gid=0 uid=0 type=dir\n"
                                       "./etc mode=755 gid=0 uid=0 type=dir\n"
                                       "./etc/hosts mode=644 gid=0 uid=0 type=file size=3\n"
                                       "# .: mount of 9p\n");
    str_release(&out);
}

int main(void)
{
    const struct CMUnitTest update_tests[] = {
        test(lines_that_hold_stay),
        test(values_change_where_they_stand),
        test(lines_come_and_go),
        test(names_leave_with_their_directory),
        test(a_name_that_is_no_directory_any_more_moves),
        test(hostile_names_are_escaped),
        test(a_new_one_says_all),
    };
    return cmocka_run_group_tests(update_tests, NULL, NULL);
}
