#include "trees.h"

#define DIR(path)                                                                                  \
    {                                                                                              \
        path, "dir", "0755", NULL, 0, 0                                                            \
    }
#define FILE_OF(path, text)                                                                        \
    {                                                                                              \
        path, "file", "0644", text, 0, 0                                                           \
    }
#define LINK(path, target)                                                                         \
    {                                                                                              \
        path, "symlink", NULL, target, 0, 0                                                        \
    }
#define OF(path, type, mode, text, uid, gid)                                                       \
    {                                                                                              \
        path, type, mode, text, uid, gid                                                           \
    }

static const struct gen_entry small_root[] = {
    DIR("bin"),  DIR("dev"),  DIR("etc"), FILE_OF("etc/hostname", "box\n"),
    DIR("home"), DIR("proc"), DIR("sys"), OF("tmp", "dir", "1777", NULL, 0, 0),
    DIR("var"),
};

static const struct gen_entry distro_root[] = {
    LINK("bin", "usr/bin"),
    LINK("lib", "usr/lib"),
    DIR("usr/bin"),
    DIR("usr/lib"),
    DIR("usr/local/lib"),
    FILE_OF("usr/lib/libc.so.6", "SO"),
    LINK("usr/lib/libc.so", "libc.so.6"),
    OF("usr/bin/true", "file", "0755", "ELF", 0, 0),
    OF("usr/bin/su", "file", "4755", "ELF", 0, 0),
    DIR("etc"),
    FILE_OF("etc/passwd", "root:x:0:0::/root:/bin/sh\n"),
    FILE_OF("etc/hosts", "127.0.0.1 localhost\n"),
    FILE_OF("etc/resolv.conf", ""),
    FILE_OF("etc/hostname", "box\n"),
    LINK("etc/mtab", "/proc/mounts"),
    OF("etc/shadow", "file", "0640", "root:*:1\n", 0, 42),
    DIR("dev"),
    DIR("proc"),
    DIR("sys"),
    DIR("run"),
    OF("run/lock", "dir", "1777", NULL, 0, 0),
    OF("tmp", "dir", "1777", NULL, 0, 0),
    OF("root", "dir", "0700", NULL, 0, 0),
    OF("home/user", "dir", "0750", NULL, 1000, 1000),
    DIR("var/lib"),
    OF("var/log", "dir", "2775", NULL, 0, 104),
    LINK("var/run", "/run"),
    LINK("var/lock", "../run/lock"),
    DIR("opt"),
    DIR("srv"),
};

static const struct gen_entry links_root[] = {
    DIR("a/b/c"),
    FILE_OF("a/file", "data"),
    LINK("a/up", ".."),
    LINK("a/b/c/deep", "../../../a/b"),
    LINK("abs", "/a/b"),
    LINK("l", "a"),
    LINK("slash", "a/b/"),
    LINK("dot", "."),
    LINK("root", "/"),
    LINK("above", "../../.."),
    LINK("tofile", "a/file"),
    LINK("dangling", "nowhere/x"),
    LINK("dangabs", "/run/missing"),
    LINK("self", "self"),
    LINK("loop1", "loop2"),
    LINK("loop2", "loop1"),
    LINK("todev", "dev"),
    LINK("toproc", "/proc"),
    LINK("totmp", "tmp/x"),
    LINK("c0", "c1"),
    LINK("c1", "c2"),
    LINK("c2", "c3"),
    LINK("c3", "c4"),
    LINK("c4", "c5"),
    LINK("c5", "c6"),
    LINK("c6", "c7"),
    LINK("c7", "c8"),
    LINK("c8", "c9"),
    LINK("c9", "c10"),
    LINK("c10", "a"),
    DIR("var"),
    LINK("var/run", "/run"),
};

static const struct gen_entry odd_root[] = {
    FILE_OF("tmp", "not a directory"),
    OF("etc", "dir", "0000", NULL, 0, 0),
    DIR("with space"),
    FILE_OF("with space/f g", "s"),
    DIR(".wh.name"),
    FILE_OF(".wh.file", ""),
    DIR("utf8-\xc3\xa9\xe4\xb8\xad"),
    FILE_OF("new\nline", "n"),
    FILE_OF("semi;colon", ""),
    FILE_OF("back\\slash", ""),
    FILE_OF("quo\"te", "q"),
    DIR("..."),
    DIR("..a"),
    FILE_OF(".hidden", "h"),
    OF("var", "dir", "2775", NULL, 5, 6),
    DIR("proc"),
    FILE_OF("proc/stale", "old"),
    DIR("sys"),
    FILE_OF("dev", "a file where /dev belongs"),
    OF("no-x", "dir", "0600", NULL, 1000, 1000),
    FILE_OF("no-x/f", "x"),
};

static const struct gen_entry special_root[] = {
    DIR("etc"),
    FILE_OF("etc/passwd", "root:x:0:0\n"),
    OF("etc/passwd-", "hardlink", NULL, "etc/passwd", 0, 0),
    DIR("dev"),
    OF("dev/null", "chr", "0666", NULL, 0, 0),
    OF("dev/sda", "blk", "0660", NULL, 0, 6),
    DIR("run"),
    OF("run/log.sock", "sock", "0777", NULL, 0, 0),
    OF("tmp", "dir", "1777", NULL, 0, 0),
    OF("sticky", "dir", "3777", NULL, 7, 8),
    OF("setuid", "file", "6755", "ELF", 9, 9),
};

static const struct gen_entry dir0[] = {
    FILE_OF("a", "aaa"), DIR("sub"), FILE_OF("sub/b", "bb"), LINK("l", "a"), LINK("away", "/etc"),
};

static const struct gen_entry dir1[] = {
    OF(".", "dir", "0700", NULL, 1000, 1000),
    OF("k", "file", "0400", "key", 1000, 1000),
    DIR("n/m"),
    FILE_OF("n/m/z", "zz"),
};

#define TREE(name, table)                                                                          \
    {                                                                                              \
        name, table, ARRAY_LEN(table)                                                              \
    }

const struct gen_tree *gen_tree_root(enum gen_root root)
{
    static const struct gen_tree trees[GEN_ROOTS] = {
        [GEN_ROOT_EMPTY] = {"empty", NULL, 0},
        [GEN_ROOT_SMALL] = TREE("small", small_root),
        [GEN_ROOT_DISTRO] = TREE("distro", distro_root),
        [GEN_ROOT_LINKS] = TREE("links", links_root),
        [GEN_ROOT_ODD] = TREE("odd", odd_root),
        [GEN_ROOT_SPECIAL] = TREE("special", special_root),
    };
    return &trees[root];
}

static void write_entry(struct gen_write *w, const struct gen_entry *e)
{
    gen_write_open(w, '{');
    if (e->path) {
        gen_write_field(w, "path", e->path);
    }
    gen_write_field(w, "type", e->type);
    if (e->mode) {
        gen_write_field(w, "mode", e->mode);
    }
    if (e->text) {
        gen_write_field(w, strcmp(e->type, "file") == 0 ? "content" : "target", e->text);
    }
    if (strcmp(e->type, "chr") == 0 || strcmp(e->type, "blk") == 0) {
        gen_write_field(w, "rdev", strcmp(e->type, "chr") == 0 ? "1:3" : "8:0");
    }
    if (e->uid) {
        gen_write_key(w, "uid");
        gen_write_number(w, e->uid);
    }
    if (e->gid) {
        gen_write_key(w, "gid");
        gen_write_number(w, e->gid);
    }
    gen_write_close(w, '}');
}

void gen_tree_write(struct gen_write *w, const struct gen_tree *t)
{
    gen_write_open(w, '[');
    for (size_t i = 0; i < t->n; i++) {
        write_entry(w, &t->entries[i]);
    }
    gen_write_close(w, ']');
}

void gen_tree_write_sources(struct gen_write *w)
{
    static const struct gen_tree dirs[] = {TREE("dir0", dir0), TREE("dir1", dir1), {"empty", 0, 0}};
    static const struct gen_entry files[] = {
        OF(NULL, "file", "0600", "f0", 0, 0),
        OF(NULL, "file", "0644", "nameserver 10.0.0.1\n", 0, 0)};
    static const char *const names[] = {"file0", "file1"};
    gen_write_open(w, '{');
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        gen_write_key(w, dirs[i].name);
        gen_tree_write(w, &dirs[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        gen_write_key(w, names[i]);
        write_entry(w, &files[i]);
    }
    gen_write_close(w, '}');
}
