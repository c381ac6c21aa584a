/* The mount lists of container engines, with what people add to them. */
#include "draft.h"

struct shape {
    const char *destination, *type, *source;
    const char *options[7];
};

static const struct shape defaults[] = {
    {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}},
    {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
    {"/dev/pts",
     "devpts",
     "devpts",
     {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
    {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
    {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
    {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
    {"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}},
};

static const struct shape host_files[] = {
    {"/etc/resolv.conf", "bind", "@file1", {"rbind", "rprivate"}},
    {"/etc/hostname", "bind", "@file0", {"rbind", "rprivate"}},
    {"/etc/hosts", "bind", "@file1", {"rbind", "rprivate"}},
    {"/run/.containerenv", "bind", "@file0", {"bind", "rprivate"}},
    {"/run/secrets", "bind", "@dir1", {"bind", "rprivate"}},
    {"/etc/hosts", "bind", "@file0", {"rbind", "rprivate", "ro"}},
    {"/dev/termination-log", "bind", "@file0", {"rbind", "rprivate", "rw"}},
    {"/var/run/secrets/kubernetes.io/serviceaccount", "bind", "@dir1", {"rbind", "rprivate", "ro"}},
    {"/dev/shm", "bind", "@empty", {"rbind", "rprivate", "rw"}},
};

static const struct shape volumes[] = {
    {"/data", "bind", "@dir0", {"rbind", "rprivate", "rw"}},
    {"/data/cache", "tmpfs", "tmpfs", {"nosuid", "nodev", "noexec", "relatime", "size=64m"}},
    {"/var/log", "bind", "@dir1", {"rbind", "ro", "rprivate"}},
    {"/var/lib/app", "bind", "@empty", {"rbind", "rw", "rprivate"}},
    {"/home/user/src", "bind", "@dir0/sub", {"rbind", "rslave"}},
    {"/usr/local/lib/ext", "bind", "@dir0", {"rbind", "ro"}},
    {"/opt/old", "none", "@dir0", {"rbind", "rw"}}, /* PQ-06: no bind at all; PQ-12: sysfs */
    {"/opt/untyped", "", "@dir0", {"bind"}},
    {"/run", "tmpfs", "tmpfs", {"nosuid", "nodev", "noexec", "mode=0755"}},
    {"/tmp", "tmpfs", "tmpfs", {"nosuid", "nodev", "mode=01777"}},
    {"/tmp/work", "bind", "@dir0", {"rbind", "noatime"}},
    {"/etc", "bind", "@dir1", {"rbind", "ro"}},
    {"/sys/fs/cgroup", "bind", "@empty", {"rbind", "ro"}},
    {"/proc/driver", "tmpfs", "tmpfs", {"ro"}},
    {"/lib/modules", "bind", "@missing", {"rbind", "ro"}},
};

static void add_shape(struct gen_draft *c, const struct shape *s)
{
    struct gen_mount *m = gen_add_mount(c, s->destination, s->type, s->source);
    for (size_t i = 0; i < ARRAY_LEN(s->options) && s->options[i]; i++) {
        gen_add_option(m, s->options[i]);
    }
}

static void add_some(struct gen_draft *c, const struct shape *table, size_t n, unsigned percent)
{
    for (size_t i = 0; i < n; i++) {
        if (gen_random_chance(&c->r, percent)) {
            add_shape(c, &table[i]);
        }
    }
}

void gen_make_engines(struct gen_draft *c)
{
    c->process = true;
    c->root = gen_random_chance(&c->r, 80) ? GEN_ROOT_DISTRO : GEN_ROOT_SMALL;
    add_some(c, defaults, ARRAY_LEN(defaults), 90);
    add_some(c, host_files, ARRAY_LEN(host_files), 35);
    add_some(c, volumes, ARRAY_LEN(volumes), 15);
    if (gen_random_chance(&c->r, 25)) { /* engines differ in the order most of all */
        gen_shuffle_mounts(c);
    }
}
