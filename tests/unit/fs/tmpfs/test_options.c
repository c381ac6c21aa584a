/* model/fs/tmpfs/options.c: the table of contract filesystems 3.1 */
#include "fs_test.h"

#include <simrun/fs/tmpfs.h>

/* proves: FQ-24 FQ-25 */
static void test_accepted(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        unsigned perms;
        uint32_t uid, gid;
    } rows[] = {
        {"", 0777, 7, 8},
        {",", 0777, 7, 8},
        {",,,", 0777, 7, 8},
        {"mode=0755", 0755, 7, 8},
        {"mode=01777", 01777, 7, 8},
        {"mode=10755", 0755, 7, 8},
        {"mode=037777777777", 07777, 7, 8},
        {"mode=07777", 07777, 7, 8},
        {"mode=00000000777", 0777, 7, 8},
        {"mode=0000", 0, 7, 8},
        {"mode=0700,mode=0711", 0711, 7, 8},
        {"uid=010", 0777, 10, 8},
        {"uid=+5", 0777, 5, 8},
        {"uid=-1", 0777, NO_ID, 8},
        {"uid=-2", 0777, 4294967294u, 8},
        {"uid=1,uid=2", 0777, 2, 8},
        {"gid=9,uid=3,mode=0000", 0, 3, 9},
        {"uid=2147483647,gid=-2147483648", 0777, 2147483647u, 2147483648u},
    };
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tmpfs_options o;
        struct error err = {0};
        assert_int_equal(
            tmpfs_parse_options(&w.s.d, rows[i].data, (struct ramfs_owner){7, 8}, &o, &err), 0);
        assert_null(err.text);
        if (o.perms != rows[i].perms || o.owner.uid != rows[i].uid || o.owner.gid != rows[i].gid) {
            fail_msg("%s: %o %u %u", rows[i].data, o.perms, o.owner.uid, o.owner.gid);
        }
    }
    world_close(&w);
}

#define MODE_SYNTAX(v)                                                                             \
    {                                                                                              \
        "mode=" v, "mode value not parsable 'mode=" v "': strconv.ParseUint: parsing \"" v         \
                   "\": invalid syntax"                                                            \
    }
#define MODE_UNSUPPORTED(v)                                                                        \
    {                                                                                              \
        "mode=" v, "unsupported mode value: 'mode=" v "'"                                          \
    }
#define UID_SYNTAX(v)                                                                              \
    {                                                                                              \
        "uid=" v,                                                                                  \
            "uid value not parsable 'uid=0': strconv.ParseInt: parsing \"" v "\": invalid syntax"  \
    }
#define UID_RANGE(v, n)                                                                            \
    {                                                                                              \
        "uid=" v, "uid value not parsable 'uid=" n "': strconv.ParseInt: parsing \"" v             \
                  "\": value out of range"                                                         \
    }

/* proves: FQ-23 FI-16 */
static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *data, *text;
    } rows[] = {
        MODE_SYNTAX("x0755"),
        MODE_SYNTAX("0x0755"),
        MODE_SYNTAX("0755x"),
        MODE_SYNTAX("0700=1"),
        MODE_SYNTAX("-0755"),
        MODE_SYNTAX(" 0755"),
        {"mode=047777777777", "mode value not parsable 'mode=047777777777': strconv.ParseUint: "
                              "parsing \"047777777777\": value out of range"},
        {"mode=047777777777x", "mode value not parsable 'mode=047777777777x': strconv.ParseUint: "
                               "parsing \"047777777777x\": value out of range"},
        MODE_UNSUPPORTED("755"),
        MODE_UNSUPPORTED("1777"),
        MODE_UNSUPPORTED("0o755"),
        MODE_UNSUPPORTED("0999"),
        MODE_UNSUPPORTED(""),
        {"mode", "unsupported mode value: 'mode='"},
        {"Mode=0755", "unsupported mount options: map[Mode:0755]"},
        {"mode =0700", "unsupported mount options: map[mode :0700]"},
        {"=x", "unsupported mount options: map[:x]"},
        {"size=10m", "unsupported mount options: map[size:10m]"},
        {"nr_inodes,size=10m", "unsupported mount options: map[nr_inodes: size:10m]"},
        {"mode=0755,uid=x,foo",
         "uid value not parsable 'uid=0': strconv.ParseInt: parsing \"x\": invalid syntax"},
        {"foo,uid=x,mode=9", "unsupported mode value: 'mode=9'"},
        {"gid=,foo",
         "gid value not parsable 'gid=0': strconv.ParseInt: parsing \"\": invalid syntax"},
        UID_RANGE("2147483648", "2147483647"),
        UID_RANGE("4294967295", "2147483647"),
        UID_RANGE("-2147483649", "-2147483648"),
        UID_SYNTAX("0x10"),
        UID_SYNTAX(""),
        UID_SYNTAX("1_0"),
        UID_SYNTAX("+"),
        {"uid", "uid value not parsable 'uid=0': strconv.ParseInt: parsing \"\": invalid syntax"},
    };
    struct world w;
    world_open(&w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w.s), 0);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        world_mount_fails(&w, "tmpfs", rows[i].data, rows[i].text);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
