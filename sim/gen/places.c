/* Destinations: nested ones, odd ones, those around /dev (pipeline 6, 10, 13, 17). */
#include "draft.h"

/* Each path has its prefixes and siblings of the same prefix among the others (PQ-22, PQ-23). */
static const char *const nest[] = {
    "/a",
    "/a/b",
    "/a/b/c",
    "/a/b/c/d",
    "/a/bc",
    "/a/b-c",
    "/ab",
    "/tmp",
    "/tmp/x",
    "/tmp/x/y",
    "/proc",
    "/proc/sys",
    "/proc/1",
    "/sys",
    "/sys/fs",
    "/sys/fs/cgroup",
    "/home",
    "/home/u",
    "/home/u/v",
    "/etc",
    "/etc/hostname",
    "/deep/1/2/3/4/5",
    "/deep/1/2",
    "/var/run",
    "/var/run/secrets",
    "/run",
    "/run/secrets",
};

void gen_make_nesting(struct gen_draft *c)
{
    static const enum gen_root roots[] = {GEN_ROOT_EMPTY, GEN_ROOT_SMALL, GEN_ROOT_DISTRO,
                                          GEN_ROOT_LINKS};
    c->root = GEN_PICK(c, roots);
    for (size_t n = 2 + gen_random_below(&c->r, 5); n > 0; n--) {
        struct gen_mount *m = gen_add_any(c, GEN_PICK(c, nest));
        if (gen_random_chance(&c->r, 30)) {
            gen_add_flags(c, m);
        }
    }
    if (gen_random_chance(&c->r, 30)) { /* the same place once more: stacked (17) */
        gen_add_any(c, c->mounts[0].destination);
    }
    gen_shuffle_mounts(c);
}

/* A long name: `n` times the same letter. */
static const char *long_name(struct gen_draft *c, size_t n)
{
    char name[512];
    memset(name, 'n', sizeof name);
    return gen_text(c, "/%.*s", (int)(n < sizeof name ? n : sizeof name), name);
}

static const char *odd_destination(struct gen_draft *c)
{
    static const char *const odd[] = {
        "",
        "/",
        ".",
        "..",
        "/..",
        "../z",
        "foo",
        "foo/bar",
        "./foo",
        "proc",
        "tmp/foo",
        "dev/foo",
        "/foo/",
        "//foo",
        "/foo//bar",
        "/foo/.",
        "/foo/..",
        "/foo/../bar",
        "/etc/../bar",
        "/a/./b",
        "/...",
        "/..a",
        "/.hidden",
        "/.wh.new",
        "/with space",
        "/with space/x",
        " /lead",
        "/tail ",
        "/new\nline",
        "/semi;colon/x",
        "/back\\slash",
        "/quo\"te",
        "/utf8-\xc3\xa9\xe4\xb8\xad",
        "/utf8-\xc3\xa9/x",
        "/\x7f",
        "/tmp/x",
        "/etc/x",
        "/dev/x",
        "/var/x/y",
        "/proc/stale",
        "/proc/self/x",
        "/proc/sys/x",
        "/sys/x",
        "//proc/.",
        "/tmp/",
        "/.",
        "/a/../../b",
    };
    static const size_t lengths[] = {1, 254, 255, 256, 300};
    if (gen_random_chance(&c->r, 8)) {
        return long_name(c, GEN_PICK(c, lengths));
    }
    return GEN_PICK(c, odd);
}

void gen_make_destinations(struct gen_draft *c)
{
    if (gen_random_chance(&c->r, 50)) {
        c->root = GEN_ROOT_ODD;
    }
    for (size_t n = 1 + gen_random_below(&c->r, 3); n > 0; n--) {
        gen_add_any(c, odd_destination(c));
    }
}

void gen_make_dev(struct gen_draft *c)
{
    static const char *const dev[] = {
        "/dev",         "/dev/",       "//dev",        "/dev/.",        "/dev/fd",
        "/dev/fd/3",    "/dev/fd-foo", "/dev/stdin",   "/dev/stdout",   "/dev/stderr",
        "/dev/null",    "/dev/null/x", "/dev/zero",    "/dev/full",     "/dev/random",
        "/dev/urandom", "/dev/shm",    "/dev/shm/x",   "/dev/shmem",    "/dev/pts",
        "/dev/pts/0",   "/dev/ptmx",   "/dev/ptmx2",   "/dev/tty",      "/dev/mqueue",
        "/dev/console", "/dev/foo",    "/dev/foo/bar", "/dev/net/tun",  "dev/null",
        "dev/foo",      "/dev/../x",   "/x/../dev",    "/x/../dev/shm", "/devices",
        "/dev/pts-x",
    };
    for (size_t n = 1 + gen_random_below(&c->r, 5); n > 0; n--) {
        struct gen_mount *m = gen_add_any(c, GEN_PICK(c, dev));
        if (gen_random_chance(&c->r, 40)) {
            gen_add_flags(c, m);
        }
    }
    if (gen_random_chance(&c->r, 25)) {
        gen_add_any(c, "/data");
    }
}
