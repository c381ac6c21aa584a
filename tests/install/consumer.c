/* A program of somebody who installed the library: replays one spec and prints the tree that the
 * container gets. */
#include <simrun/boot.h>
#include <simrun/fs/dev.h>
#include <simrun/fs/devpts.h>
#include <simrun/fs/host.h>
#include <simrun/fs/proc.h>
#include <simrun/fs/sys.h>
#include <simrun/fs/tmpfs.h>
#include <simrun/syscalls.h>
#include <stdio.h>

static int print_name(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)arg;
    (void)attr;
    return printf("  %s\n", name) < 0 ? -EIO : 0;
}

static int print_directory(struct process *p, const char *path)
{
    struct file *f;
    struct dir_ctx all = {.emit = print_name};
    int code = sys_open(p, path, O_RDONLY | O_DIRECTORY, 0, &f);
    if (code) {
        return code;
    }
    printf("%s\n", path);
    code = sys_getdents(p, f, &all);
    int closed = sys_close(p, f);
    return code ? code : closed;
}

static int register_all(struct sentry *s, struct kernel *k, struct host *h)
{
    int code = fs_tmpfs_register(s);
    code = code ? code : fs_dev_register(s);
    code = code ? code : fs_devpts_register(s);
    code = code ? code : fs_sys_register(s);
    code = code ? code : fs_proc_register(s, k);
    return code ? code : fs_host_register(s, h);
}

static int replay(struct sentry *s, const struct spec *spec, struct error *err)
{
    const struct config conf = {.file_access = ACCESS_DIRECT};
    struct ctx c = {.s = s, .creds = creds_root(), .umask = 0022};
    struct boot_record record;
    struct mount_ns *ns;
    boot_record_init(&record, &s->d);
    int code = boot_mount_namespace(&c, spec, &conf, NULL, 0, &record, &ns, err);
    if (code == 0) {
        struct process p;
        process_init(&p, s, ns, NULL);
        code = print_directory(&p, "/");
        code = code ? code : print_directory(&p, "/data");
        process_release(&p);
        mount_ns_put(ns);
    }
    boot_record_release(&record);
    return code;
}

int main(void)
{
    const struct host_entry entries[] = {{.path = "etc/motd", .type = HOST_FILE},
                                         {.path = "data", .type = HOST_DIR}};
    struct spec_mount mount = {.destination = "/data/cache", .type = "tmpfs", .source = ""};
    const struct spec spec = {.has_root = true,
                              .root_path = "/root",
                              .mounts = &mount,
                              .n_mounts = 1,
                              .cwd = "",
                              .selinux_label = "",
                              .apparmor_profile = ""};
    struct domain host_side;
    struct sentry s;
    struct kernel k;
    struct host *h;
    struct error err = {0};
    domain_init(&host_side, "host side", PROFILE_GVISOR_2018_08_14);
    sentry_init(&s, "sentry", PROFILE_GVISOR_2018_08_14);
    kernel_init(&k);
    int code = host_mem_new(&host_side, &h);
    code = code ? code
                : host_add_tree(h, "/root", &(struct host_manifest){entries, ARRAY_LEN(entries)});
    code = code ? code : register_all(&s, &k, h);
    code = code ? code : replay(&s, &spec, &err);
    if (code) {
        fprintf(stderr, "consumer: %s\n", err.text ? err.text : code_text(code));
    }
    error_release(&err);
    sentry_close(&s, NULL, NULL);
    host_free(h);
    domain_close(&host_side, NULL, NULL);
    return code != 0;
}
