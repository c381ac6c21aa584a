/* Restore environments, operations after the mounts, and the mixture of all families. */
#include "draft.h"

void gen_make_restore(struct gen_draft *c)
{
    static const char *const places[] = {"/a",          "/a/b",      "/data", "/tmp",
                                         "/proc",       "/sys",      "/etc",  "/dev/x",
                                         "/dev/fd-foo", "/dev/null", "/home", "/data"};
    c->restore = true;
    if (gen_random_chance(&c->r, 60)) {
        c->root = GEN_ROOT_SMALL;
    }
    for (size_t n = gen_random_below(&c->r, 6); n > 0; n--) {
        struct gen_mount *m = gen_add_any(c, GEN_PICK(c, places));
        if (gen_random_chance(&c->r, 50)) {
            gen_add_flags(c, m);
        }
    }
}

/* Operations with `%p` a path and `%q` another one. */
static const struct {
    const char *word[GEN_OP_WORDS];
    size_t number_from;
} shapes[] = {
    {{"mkdir", "%p", "0755"}, 9},
    {{"create", "%p", "0644"}, 9},
    {{"create_excl", "%p", "0600"}, 9},
    {{"write", "%p", "hello"}, 9},
    {{"append", "%p", "more"}, 9},
    {{"read", "%p"}, 9},
    {{"unlink", "%p"}, 9},
    {{"rmdir", "%p"}, 9},
    {{"rename", "%p", "%q"}, 9},
    {{"symlink", "%p", "%q"}, 9},
    {{"link", "%p", "%q"}, 9},
    {{"chmod", "%p", "0700"}, 9},
    {{"chown", "%p", "1000", "1000"}, 2},
    {{"truncate", "%p", "3"}, 2},
    {{"mknod_fifo", "%p", "0644"}, 9},
    {{"mknod_file", "%p", "0644"}, 9},
    {{"access", "%p", "2"}, 2},
    {{"chdir", "%p"}, 9},
    {{"stat", "%p"}, 9},
    {{"lstat", "%p"}, 9},
    {{"readlink", "%p"}, 9},
    {{"readdir", "%p"}, 9},
    {{"listxattr", "%p"}, 9},
    {{"umount", "%p", "0"}, 2},
};

static const char *op_path(struct gen_draft *c)
{
    static const char *const heads[] = {"/data", "/data/sub", "/etc", "/tmp", "/", "/var/run",
                                        "/home", "/mem",      "/dev", "/f",   ""};
    static const char *const tails[] = {"a",  "new", "new/x", "sub/b", "hosts", "hostname",
                                        "..", ".",   "l",     "k",     "n/m/z", ""};
    const char *head = GEN_PICK(c, heads);
    return gen_text(c, "%s/%s", head, GEN_PICK(c, tails));
}

static void add_drawn_op(struct gen_draft *c)
{
    size_t kind = gen_random_below(&c->r, ARRAY_LEN(shapes));
    const char *words[GEN_OP_WORDS];
    size_t n = 0;
    for (; n < GEN_OP_WORDS && shapes[kind].word[n]; n++) {
        const char *word = shapes[kind].word[n];
        words[n] = word[0] == '%' ? op_path(c) : word;
    }
    gen_add_op(c, n, words, shapes[kind].number_from);
}

void gen_make_ops(struct gen_draft *c)
{
    c->root = gen_random_chance(&c->r, 70) ? GEN_ROOT_DISTRO : GEN_ROOT_SMALL;
    gen_add_flags(c, gen_add_mount(c, "/data", "bind", "@dir0"));
    if (gen_random_chance(&c->r, 50)) {
        gen_add_mount(c, "/mem", "tmpfs", "tmpfs");
    }
    if (gen_random_chance(&c->r, 40)) {
        gen_add_mount(c, "/f", "bind", "@file0");
    }
    if (gen_random_chance(&c->r, 30)) {
        gen_add_mount(c, "/data/sub", "bind", "@dir1");
    }
    for (size_t n = 3 + gen_random_below(&c->r, 8); n > 0; n--) {
        add_drawn_op(c);
    }
}

void gen_make_mix(struct gen_draft *c)
{
    static gen_make *const all[] = {gen_make_options, gen_make_nesting,  gen_make_destinations,
                                    gen_make_dev,     gen_make_symlinks, gen_make_engines};
    for (size_t n = 1 + gen_random_below(&c->r, 2); n > 0; n--) {
        GEN_PICK(c, all)(c);
    }
    c->restore = gen_random_chance(&c->r, 20);
    for (size_t n = gen_random_below(&c->r, 4); n > 0; n--) {
        add_drawn_op(c);
    }
}
