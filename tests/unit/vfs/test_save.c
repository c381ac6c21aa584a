/* Saving a namespace and restoring it into a fresh world (contract vfs 24). */
#include "process_test.h"

#include <simrun/fs/dev.h>
#include <simrun/fs/sys.h>
#include <simrun/save.h>

static const struct save_fs *const filesystems[] = {&ramfs_save, &tmpfs_save, &fs_dev_save,
                                                    &fs_sys_save};

static void register_all(struct sentry *s)
{
    sentry_init(s, "test", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(s), 0);
    assert_int_equal(fs_dev_register(s), 0);
    assert_int_equal(fs_sys_register(s), 0);
}

static void open_plain(struct world *w)
{
    register_all(&w->s);
    world_enter(w, world_tmpfs(w));
}

/* The name, number and attributes of everything below `path`, contents included. */
static void describe(struct world *w, const char *path, struct str *out);

struct listing {
    struct world *w;
    const char *dir;
    struct str *out;
};

static int describe_entry(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)attr;
    struct listing *l = arg;
    if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
        CLEANUP_MEM char *path = path_join(&l->w->s.d, l->dir, name);
        describe(l->w, path, l->out);
    }
    return 0;
}

/* FNV-1a: contents hold any bytes. */
static uint64_t fold(uint64_t hash, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    }
    return hash;
}

static void describe_content(struct world *w, struct dirent *d, const char *path, struct str *out)
{
    struct file *f = NULL;
    struct open_flags flags = {.read = true};
    char buf[256];
    size_t n = 0;
    uint64_t hash = 0xcbf29ce484222325u;
    switch (d->inode->stable.type) {
    case INODE_REGULAR:
        assert_int_equal(inode_open(&w->p.c, d->inode, d, flags, &f), 0);
        for (int64_t at = 0; file_pread(&w->p.c, f, at, buf, sizeof(buf), &n) == 0 && n > 0;) {
            hash = fold(hash, buf, n);
            at += (int64_t)n;
        }
        file_put(f);
        str_addf(out, "content %016llx", (unsigned long long)hash);
        break;
    case INODE_DIRECTORY:
    case INODE_SPECIAL_DIRECTORY:
        assert_int_equal(inode_open(&w->p.c, d->inode, d, flags, &f), 0);
        struct listing l = {w, path, out};
        struct dir_ctx dc = {.emit = describe_entry, .arg = &l};
        str_addc(out, '\n');
        assert_int_equal(file_readdir(&w->p.c, f, &dc), 0);
        file_put(f);
        return;
    default:
        break;
    }
    str_addc(out, '\n');
}

static void describe_layers(const struct inode *inode, struct str *out)
{
    const struct overlay_entry *e = inode->overlay;
    if (e) {
        str_addf(out, " overlay(%s%s%s)", e->upper ? "U" : "", e->lower ? "L" : "",
                 e->lower_exists ? "!" : "");
    }
}

static void describe_xattrs(struct world *w, struct inode *inode, struct str *out)
{
    struct ptrvec names;
    ptrvec_init(&names, &w->s.d);
    struct inode *layer = inode->overlay ? inode->overlay->upper : inode;
    if (layer && layer->ops->listxattr) {
        assert_int_equal(inode_listxattr(&w->p.c, layer, &names), 0);
    }
    for (size_t i = 0; i < names.n; i++) {
        str_addf(out, " %s", (char *)names.p[i]);
        mem_free(names.p[i]);
    }
    ptrvec_release(&names);
}

static void describe(struct world *w, const char *path, struct str *out)
{
    struct dirent *d = NULL;
    struct unstable_attr a;
    assert_int_equal(mount_ns_find_link(&w->p.c, w->ns, w->ns->root, NULL, path, 0, &d), 0);
    assert_int_equal(inode_getattr(&w->p.c, d->inode, &a), 0);
    const struct stable_attr *st = &d->inode->stable;
    str_addf(out, "%s %s %llu:%llu %04o %u:%u links %llu size %lld m %lld c %lld mount %llu%s",
             path, inode_type_name(st->type), (unsigned long long)st->device_id,
             (unsigned long long)st->inode_id, a.perms, a.uid, a.gid, (unsigned long long)a.links,
             (long long)a.size, (long long)a.mtime, (long long)a.ctime,
             (unsigned long long)d->inode->ms->id, d->mounted ? " mounted" : "");
    describe_layers(d->inode, out);
    describe_xattrs(w, d->inode, out);
    if (st->type == INODE_SYMLINK) {
        char *target = NULL;
        assert_int_equal(inode_readlink(&w->p.c, d->inode, &target), 0);
        str_addf(out, " -> %s", target);
        mem_free(target);
    }
    str_addc(out, ' ');
    describe_content(w, d, path, out);
    dirent_put(d);
}

static char *tree_of(struct world *w)
{
    struct str out;
    str_init(&out, &w->s.d);
    describe(w, "/", &out);
    return str_take(&out);
}

static void save(struct world *w, struct saved_ns *saved, int code, const char *text)
{
    struct error err = {0};
    assert_int_equal(
        mount_ns_save(&w->p.c, w->ns, filesystems, ARRAY_LEN(filesystems), saved, &err), code);
    assert_string_equal(err.text ? err.text : "", text);
    error_release(&err);
}

static void load(struct world *w, const struct saved_ns *saved)
{
    struct ctx c = {.s = &w->s, .creds = creds_root(), .umask = 022};
    struct error err = {0};
    int r = mount_ns_load(&c, saved, filesystems, ARRAY_LEN(filesystems), NULL, &w->ns, &err);
    if (r) {
        print_error("%s\n", err.text ? err.text : code_text(r));
    }
    assert_int_equal(r, 0);
    process_init(&w->p, &w->s, w->ns, NULL);
}

/* Saves `w`, closes it, and restores it: both trees must be equal, numbers and times included. */
static void round_trip(struct world *w)
{
    struct domain d;
    domain_init(&d, "saved", PROFILE_GVISOR_2018_08_14);
    struct saved_ns saved;
    saved_ns_init(&saved, &d);
    process_release(&w->p); /* a working directory would stay behind */
    save(w, &saved, 0, "");
    process_init(&w->p, &w->s, w->ns, NULL);
    char *text = tree_of(w), *before = strdup(text);
    uint64_t last = w->s.last_inode[DEVICE_TMPFS];
    mem_free(text);
    world_close(w);
    register_all(&w->s);
    load(w, &saved);
    text = tree_of(w);
    assert_string_equal(text, before);
    mem_free(text);
    free(before);
    assert_int_equal(w->s.last_inode[DEVICE_TMPFS], last);
    assert_int_equal(vfs_check_invariants(w->ns, 0, NULL, NULL), 0);
    saved_ns_release(&saved);
    assert_int_equal(domain_close(&d, world_report, NULL), 0);
}

/* ------------------------------------------------------------------------------------ in memory */

static void every_kind_of_node(void **state)
{
    (void)state;
    struct world w;
    open_plain(&w);
    make_dir(&w, "d");
    make_dir(&w, "d/e");
    make_file(&w, "d/f", "some content");
    assert_int_equal(sys_link(&w.p, "d/f", "d/e/hard"), 0);
    assert_int_equal(sys_symlink(&w.p, "../x", "d/s"), 0);
    assert_int_equal(sys_mknod(&w.p, "d/p", 0010600), 0);
    assert_int_equal(sys_chmod(&w.p, "d/f", 04750), 0);
    assert_int_equal(sys_chown(&w.p, "d/e", 7, 8, true), 0);
    assert_int_equal(sys_truncate(&w.p, "d/f", (int64_t)1 << 13), 0); /* a hole */
    assert_int_equal(sys_setxattr(&w.p, "d", "user.a", "b"), 0);
    round_trip(&w);
    /* The two names are one file, and life goes on. */
    make_file(&w, "d/e/hard", "SOME");
    struct sys_stat st;
    assert_int_equal(sys_stat(&w.p, "d/f", true, &st), 0);
    assert_int_equal(st.nlink, 2);
    assert_int_equal(sys_unlink(&w.p, "d/f"), 0);
    assert_int_equal(sys_stat(&w.p, "d/e/hard", true, &st), 0);
    assert_int_equal(st.nlink, 1);
    world_close(&w);
}

/* A file that lost one of its names ends with IN_DELETE_SELF, however it ends. */
static void a_lost_name_is_remembered(void **state)
{
    (void)state;
    struct world w;
    open_plain(&w);
    make_file(&w, "f", "");
    make_file(&w, "other", "");
    assert_int_equal(sys_link(&w.p, "f", "g"), 0);
    assert_int_equal(sys_unlink(&w.p, "f"), 0);
    round_trip(&w);
    struct file *in = watcher(&w);
    watch_path(&w, in, "g", IN_ALL_EVENTS);
    assert_int_equal(sys_rename(&w.p, "other", "g"), 0);
    assert_events(&w, in, "1 DELETE_SELF, 1 IGNORED");
    sys_close(&w.p, in);
    world_close(&w);
}

static void what_stands_in_a_fifo(void **state)
{
    (void)state;
    struct world w;
    open_plain(&w);
    assert_int_equal(sys_mknod(&w.p, "p", 0010600), 0);
    struct file *f = open_file(&w, "p", O_RDWR);
    size_t n;
    assert_int_equal(sys_write(&w.p, f, "unread", 6, &n), 0);
    sys_close(&w.p, f);
    round_trip(&w);
    f = open_file(&w, "p", O_RDWR);
    char buf[16] = "";
    assert_int_equal(sys_read(&w.p, f, buf, sizeof(buf), &n), 0);
    assert_string_equal(buf, "unread");
    sys_close(&w.p, f);
    world_close(&w);
}

static void changed_device_trees(void **state)
{
    (void)state;
    struct world w;
    open_plain(&w);
    make_dir(&w, "dev");
    make_dir(&w, "sys");
    assert_int_equal(sys_mount(&w.p, "none", "dev", "devtmpfs", 0, "ashmem_enabled=1"), 0);
    assert_int_equal(sys_mount(&w.p, "none", "sys", "sysfs", 0, ""), 0);
    make_dir(&w, "dev/shm/d");
    make_file(&w, "dev/shm/d/f", "shared");
    assert_int_equal(sys_chmod(&w.p, "dev/null", 0600), 0);
    assert_int_equal(sys_link(&w.p, "dev/null", "dev/a-null"), 0);
    assert_int_equal(sys_unlink(&w.p, "dev/full"), 0);
    assert_int_equal(sys_mount(&w.p, "none", "dev/pts", "tmpfs", 0, "mode=0700"), 0);
    round_trip(&w);
    struct sys_stat st;
    assert_int_equal(sys_stat(&w.p, "dev/full", true, &st), -ENOENT);
    assert_int_equal(sys_stat(&w.p, "dev/binder", true, &st), -ENOENT);
    assert_int_equal(sys_stat(&w.p, "dev/ashmem", true, &st), 0);
    assert_int_equal(sys_stat(&w.p, "dev/a-null", true, &st), 0);
    assert_int_equal(st.mode & 07777, 0600);
    make_file(&w, "dev/null", "swallowed");
    assert_int_equal(sys_umount(&w.p, "dev/pts", 0), 0);
    assert_int_equal(sys_umount(&w.p, "dev", 0), 0);
    world_close(&w);
}

/* --------------------------------------------------------------------------------------- mounts */

static void stacks_and_mounts_in_mounts(void **state)
{
    (void)state;
    struct world w;
    open_plain(&w);
    make_dir(&w, "a");
    make_file(&w, "a/below", "");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sys_mount(&w.p, "none", "a", "tmpfs", i == 1 ? 1 : 0, ""), 0);
    }
    make_dir(&w, "a/in");
    assert_int_equal(sys_mount(&w.p, "none", "a/in", "tmpfs", 1024, ""), 0);
    make_file(&w, "a/in/f", "x");
    round_trip(&w);
    assert_int_equal(w.ns->next_id, 6);
    assert_int_equal(sys_umount(&w.p, "a", 0), -EBUSY);
    assert_int_equal(sys_umount(&w.p, "a/in", 0), 0);
    assert_int_equal(sys_umount(&w.p, "a", 0), 0);
    assert_int_equal(sys_mkdir(&w.p, "a/x", 0755), -EROFS); /* the one below is read-only */
    assert_int_equal(sys_umount(&w.p, "a", 0), 0);
    assert_int_equal(sys_umount(&w.p, "a", 0), 0);
    struct sys_stat st;
    assert_int_equal(sys_stat(&w.p, "a/below", true, &st), 0);
    assert_int_equal(sys_umount(&w.p, "a", 0), -EINVAL);
    world_close(&w);
}

static void a_mount_that_was_detached_is_gone(void **state)
{
    (void)state;
    struct world w;
    open_plain(&w);
    make_dir(&w, "m");
    assert_int_equal(sys_mount(&w.p, "none", "m", "tmpfs", 0, ""), 0);
    make_dir(&w, "m/in");
    assert_int_equal(sys_mount(&w.p, "none", "m/in", "tmpfs", 0, ""), 0);
    assert_int_equal(sys_umount(&w.p, "m", 2), 0); /* the inner one stays in the table */
    round_trip(&w);
    struct sys_stat st;
    assert_int_equal(sys_stat(&w.p, "m/in", true, &st), -ENOENT);
    world_close(&w);
}

/* A tmpfs over a tmpfs, changed in every way that leaves a mark. */
static void overlays_and_whiteouts(void **state)
{
    (void)state;
    struct world w;
    register_all(&w.s);
    struct ctx c = {.s = &w.s, .creds = creds_root(), .umask = 022};
    world_enter(&w, world_tmpfs(&w));
    make_dir(&w, "d");
    make_dir(&w, "d/low");
    make_file(&w, "d/f", "lower");
    make_file(&w, "gone", "lower");
    make_file(&w, "moved", "lower");
    process_release(&w.p);
    struct inode *lower = inode_get(w.ns->root->inode), *upper = world_tmpfs(&w), *root;
    mount_ns_put(w.ns);
    assert_int_equal(overlay_new_root(&c, upper, lower, (struct mount_flags){0}, &root, NULL), 0);
    inode_put(lower);
    inode_put(upper);
    world_enter(&w, root);
    assert_int_equal(sys_unlink(&w.p, "gone"), 0);
    assert_int_equal(sys_rename(&w.p, "moved", "here"), 0);
    struct file *f = open_file(&w, "d/f", O_WRONLY | O_APPEND);
    size_t n;
    assert_int_equal(sys_write(&w.p, f, " and upper", 10, &n), 0);
    sys_close(&w.p, f);
    assert_int_equal(sys_mount(&w.p, "none", "d/low", "tmpfs", 0, ""), 0);
    round_trip(&w);
    struct sys_stat st;
    assert_int_equal(sys_stat(&w.p, "gone", true, &st), -ENOENT);
    assert_int_equal(sys_stat(&w.p, "moved", true, &st), -ENOENT);
    assert_int_equal(sys_unlink(&w.p, "here"), 0);
    assert_int_equal(sys_umount(&w.p, "d/low", 0), 0);
    world_close(&w);
}

static void a_stub_tree(void **state)
{
    (void)state;
    struct world w;
    register_all(&w.s);
    struct ctx c = {.s = &w.s, .creds = creds_root(), .umask = 022};
    static const char *const paths[] = {"/mnt/deep", "/proc"};
    struct inode *stub;
    assert_int_equal(ramfs_make_directory_tree(&c, paths, 2, &stub, NULL), 0);
    struct inode *upper = world_tmpfs(&w), *root;
    assert_int_equal(overlay_new_root(&c, upper, stub, (struct mount_flags){0}, &root, NULL), 0);
    inode_put(upper);
    inode_put(stub);
    world_enter(&w, root);
    assert_int_equal(sys_mount(&w.p, "none", "mnt/deep", "tmpfs", 0, ""), 0);
    make_file(&w, "mnt/f", "makes the directory real");
    round_trip(&w);
    world_close(&w);
}

/* A file overlay: no upper inode, but a source for it. */
static void a_mounted_file(void **state)
{
    (void)state;
    struct world w;
    open_plain(&w);
    make_file(&w, "source", "shared");
    make_file(&w, "target", "");
    struct dirent *d, *at;
    struct inode *file;
    struct mount_source *ms;
    struct mount_ns *ns = w.ns;
    assert_int_equal(mount_ns_find_inode(&w.p.c, ns, ns->root, NULL, "source", 0, &d), 0);
    assert_int_equal(mount_ns_find_inode(&w.p.c, ns, ns->root, NULL, "target", 0, &at), 0);
    assert_int_equal(tmpfs_new_source(&w.s, (struct mount_flags){0}, &ms), 0);
    assert_int_equal(
        overlay_new_root_file(&w.p.c, ms, d->inode, (struct mount_flags){0}, &file, NULL), 0);
    mount_source_put(ms);
    assert_int_equal(mount_ns_mount(&w.p.c, ns, at, file), 0);
    dirent_put(at);
    dirent_put(d);
    round_trip(&w);
    world_close(&w);
}

/* ------------------------------------------------------------------------------------ refusals */

static void a_deleted_file_in_use_rejects_the_save(void **state)
{
    (void)state;
    struct world w;
    open_plain(&w);
    make_dir(&w, "d");
    make_file(&w, "d/f \"x\"", "");
    struct file *f = open_file(&w, "d/f \"x\"", O_RDONLY);
    assert_int_equal(sys_unlink(&w.p, "d/f \"x\""), 0);
    struct domain d;
    domain_init(&d, "saved", PROFILE_GVISOR_2018_08_14);
    struct saved_ns saved;
    saved_ns_init(&saved, &d);
    save(&w, &saved, -EINVAL,
         "save rejected due to unsupported file system state: deleted file "
         "\"/d/f \\\"x\\\" (deleted)\" still has open fds");
    sys_close(&w.p, f);
    save(&w, &saved, 0, "");
    saved_ns_release(&saved);
    assert_int_equal(domain_close(&d, world_report, NULL), 0);
    world_close(&w);
}

static void an_unknown_filesystem_rejects_the_save(void **state)
{
    (void)state;
    struct world w;
    open_plain(&w);
    struct domain d;
    domain_init(&d, "saved", PROFILE_GVISOR_2018_08_14);
    struct saved_ns saved;
    saved_ns_init(&saved, &d);
    struct error err = {0};
    assert_int_equal(mount_ns_save(&w.p.c, w.ns, filesystems, 1, &saved, &err), -EINVAL);
    assert_string_equal(err.text, "filesystem \"tmpfs\" cannot be saved");
    error_release(&err);
    saved_ns_release(&saved);
    assert_int_equal(domain_close(&d, world_report, NULL), 0);
    world_close(&w);
}

static void a_world_without_the_filesystem_rejects_the_load(void **state)
{
    (void)state;
    struct world w, bare;
    open_plain(&w);
    make_dir(&w, "sys");
    assert_int_equal(sys_mount(&w.p, "none", "sys", "sysfs", 0, ""), 0);
    struct domain d;
    domain_init(&d, "saved", PROFILE_GVISOR_2018_08_14);
    struct saved_ns saved;
    saved_ns_init(&saved, &d);
    save(&w, &saved, 0, "");
    world_close(&w);
    sentry_init(&bare.s, "test", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&bare.s), 0);
    struct ctx c = {.s = &bare.s, .creds = creds_root()};
    struct error err = {0};
    struct mount_ns *ns = NULL;
    assert_int_equal(
        mount_ns_load(&c, &saved, filesystems, ARRAY_LEN(filesystems), NULL, &ns, &err), -ENODEV);
    assert_string_equal(err.text, "filesystem \"sysfs\" is not registered");
    assert_null(ns);
    error_release(&err);
    assert_int_equal(sentry_close(&bare.s, world_report, NULL), 0);
    saved_ns_release(&saved);
    assert_int_equal(domain_close(&d, world_report, NULL), 0);
}

/* Every allocation of saving and of loading fails once. */
static void build(struct world *w)
{
    open_plain(w);
    make_dir(w, "d");
    make_file(w, "d/f", "content");
    assert_int_equal(sys_symlink(&w->p, "f", "d/s"), 0);
    assert_int_equal(sys_mount(&w->p, "none", "d", "tmpfs", 0, ""), 0);
}

static void loading_without_memory(void **state)
{
    (void)state;
    struct world w;
    build(&w);
    struct domain d;
    domain_init(&d, "saved", PROFILE_GVISOR_2018_08_14);
    struct saved_ns saved;
    saved_ns_init(&saved, &d);
    save(&w, &saved, 0, "");
    world_close(&w);
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        register_all(&w.s);
        struct ctx c = {.s = &w.s, .creds = creds_root()};
        w.s.d.alloc_fail_at = w.s.d.allocs + n;
        struct mount_ns *ns = NULL;
        done = mount_ns_load(&c, &saved, filesystems, ARRAY_LEN(filesystems), NULL, &ns, NULL) == 0;
        assert_true(done || w.s.d.fate == FATE_OOM);
        mount_ns_put(ns);
        assert_int_equal(sentry_close(&w.s, done ? world_report : NULL, NULL) == 0, done);
    }
    saved_ns_release(&saved);
    assert_int_equal(domain_close(&d, world_report, NULL), 0);
}

static void saving_without_memory(void **state)
{
    (void)state;
    struct world w;
    build(&w);
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        struct domain d;
        domain_init(&d, "saved", PROFILE_GVISOR_2018_08_14);
        struct saved_ns saved;
        saved_ns_init(&saved, &d);
        d.alloc_fail_at = n;
        int r = mount_ns_save(&w.p.c, w.ns, filesystems, ARRAY_LEN(filesystems), &saved, NULL);
        done = r == 0;
        assert_true(done || (r == CODE_FATE && d.fate == FATE_OOM));
        saved_ns_release(&saved);
        domain_close(&d, NULL, NULL);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_node),
        cmocka_unit_test(a_lost_name_is_remembered),
        cmocka_unit_test(what_stands_in_a_fifo),
        cmocka_unit_test(changed_device_trees),
        cmocka_unit_test(stacks_and_mounts_in_mounts),
        cmocka_unit_test(a_mount_that_was_detached_is_gone),
        cmocka_unit_test(overlays_and_whiteouts),
        cmocka_unit_test(a_stub_tree),
        cmocka_unit_test(a_mounted_file),
        cmocka_unit_test(a_deleted_file_in_use_rejects_the_save),
        cmocka_unit_test(an_unknown_filesystem_rejects_the_save),
        cmocka_unit_test(a_world_without_the_filesystem_rejects_the_load),
        cmocka_unit_test(loading_without_memory),
        cmocka_unit_test(saving_without_memory),
    };
    return cmocka_run_group_tests_name("save", tests, NULL, NULL);
}
