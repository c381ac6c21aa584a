/* Option strings: what the filter keeps, what tmpfs refuses, what only warns (pipeline 11.2, 11.4,
 * filesystems 3.1). */
#include "draft.h"

static const char *const modes[] = {
    "mode",
    "mode=",
    "mode=0",
    "mode=755",
    "mode=0755",
    "mode=1777",
    "mode=01777",
    "mode=07777",
    "mode=10755",
    "mode=0o755",
    "mode=0999",
    "mode=0x0755",
    "mode=0755x",
    "mode=-0755",
    "mode= 0755",
    "mode=00000000777",
    "mode=037777777777",
    "mode=047777777777",
    "mode=0000",
    "mode=0700=1",
    "Mode=0755",
    "mode =0700",
    "mode=0700,mode=0711",
    "mode=\t0755",
    "mode=0\xd9\xa7",
};
static const char *const ids[] = {
    "",
    "0",
    "5",
    "+5",
    "-1",
    "-2",
    "010",
    "0x10",
    "1_0",
    "1000",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-2147483649",
    "4294967295",
    "99999999999999999999",
    " 1",
    "1 ",
    "a",
    "--1",
};
static const char *const strange[] = {
    "",
    "=",
    "=x",
    "==",
    "a=b=c",
    "size=10m",
    "size=65536k",
    "nr_inodes=10",
    "ro ",
    " ro",
    "RO",
    "ro=1",
    "rw,ro",
    "noatime,",
    "uid=1,foo",
    "uid=1,gid=2",
    "mode=0700,",
    ",",
    "context=a",
    "context=a=b",
    "noatime=0",
    "atime",
    "cache=none",
    "root=/etc",
    "\"q\"",
    "back\\slash",
    "new\nline",
    "\x7f",
    "utf8-\xc3\xa9",
    "zero-width-\xe2\x80\x8b",
};

static const char *any_option(struct gen_draft *c)
{
    size_t draw = gen_random_below(&c->r, 100);
    if (draw < 35) {
        return GEN_PICK(c, modes);
    }
    if (draw < 60) {
        const char *key = gen_random_chance(&c->r, 50) ? "uid" : "gid";
        return gen_text(c, "%s=%s", key, GEN_PICK(c, ids));
    }
    return GEN_PICK(c, strange);
}

static void add_options(struct gen_draft *c, struct gen_mount *m)
{
    for (size_t n = 1 + gen_random_below(&c->r, 3); n > 0; n--) {
        if (gen_random_chance(&c->r, 25)) {
            gen_add_flags(c, m);
        } else {
            gen_add_option(m, any_option(c));
        }
    }
}

void gen_make_options(struct gen_draft *c)
{
    static const char *const places[] = {"/x", "/tmp", "/home/t", "/dev/mine", "/proc", "/x/y"};
    if (c->root != GEN_ROOT_EMPTY) {
        c->root = GEN_ROOT_SMALL;
    }
    for (size_t n = 1 + gen_random_below(&c->r, 2); n > 0; n--) {
        const char *where = GEN_PICK(c, places);
        if (gen_random_chance(&c->r, 65)) {
            add_options(c, gen_add_mount(c, where, "tmpfs", "tmpfs"));
        } else {
            add_options(c, gen_add_any(c, where));
        }
    }
}
