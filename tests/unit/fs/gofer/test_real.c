/* fs/gofer in front of our own gofer and a host in memory: what a mount of the pipeline meets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <simrun/fs/gofer.h>
#include <simrun/gofer.h>
#include <simrun/host.h>
#include <sys/stat.h>

struct real {
    struct sentry s;
    struct ctx c;
    struct gofer_channels ch;
    struct domain host_d, gofer_d;
    struct host *host;
    struct gofer *gofer;
    struct dirent *root;
};

static const struct host_entry entries[] = {
    {.path = "etc", .type = HOST_DIR},
    {.path = "etc/passwd",
     .type = HOST_FILE,
     .has_mode = true,
     .mode = 0640,
     .content = "root:x:0:0",
     .content_n = 10},
    {.path = "etc/link", .type = HOST_SYMLINK, .target = "passwd"},
    {.path = "pipe", .type = HOST_FIFO},
};

static void serve(struct real *r, int number, bool lazy)
{
    struct owned_fd *ours, *theirs;
    struct gofer_point *point;
    struct gofer_channel *channel;
    struct gofer_attach conf = {.prefix = "/h/rootfs", .lazy_open_for_write = lazy};
    assert_int_equal(p9_socketpair(&r->s.d, &r->gofer_d, &ours, &theirs), 0);
    assert_int_equal(gofer_point_new(r->gofer, &conf, &point), 0);
    assert_int_equal(gofer_serve(point, theirs, &channel), 0);
    struct p9_pump pump = {.run = gofer_channel_pump, .arg = channel};
    assert_int_equal(gofer_channels_add(&r->ch, number, ours, &pump), 0);
}

static struct inode *mount_at(struct real *r, const char *data)
{
    struct inode *inode;
    struct filesystem *fs = filesystem_find(&r->s, "9p");
    struct mount_flags flags = {0};
    assert_int_equal(fs->mount(&r->c, fs, "9pfs-/", flags, data, &inode, NULL), 0);
    return inode;
}

static void open_real(struct real *r)
{
    sentry_init(&r->s, "real", PROFILE_GVISOR_2018_08_14);
    domain_init(&r->host_d, "host", PROFILE_GVISOR_2018_08_14);
    domain_init(&r->gofer_d, "gofer", PROFILE_GVISOR_2018_08_14);
    r->c = (struct ctx){.s = &r->s, .creds = creds_root()};
    assert_int_equal(host_mem_new(&r->host_d, &r->host), 0);
    struct host_manifest m = {entries, ARRAY_LEN(entries)};
    assert_int_equal(host_add_tree(r->host, "/h/rootfs", &m), 0);
    assert_int_equal(gofer_new(&r->gofer_d, r->host, &r->gofer), 0);
    gofer_channels_init(&r->ch, &r->s.d);
    serve(r, 3, true);
    serve(r, 4, false);
    assert_int_equal(fs_gofer_register(&r->s, &r->ch), 0);
    struct inode *inode = mount_at(r, "trans=fd,rfdno=3,wfdno=3,privateunixsocket=true");
    assert_int_equal(dirent_new(inode, "/", &r->root), 0);
    r->c.root = r->root;
}

static void close_real(struct real *r)
{
    bool dead = domain_dead(&r->s.d);
    if (!dead) {
        mount_source_flush(r->root->inode->ms);
        dirent_put(r->root);
    }
    gofer_channels_release(&r->ch);
    size_t left = sentry_close(&r->s, NULL, NULL);
    gofer_free(r->gofer);
    size_t gofer_left = domain_close(&r->gofer_d, NULL, NULL);
    host_free(r->host);
    size_t host_left = domain_close(&r->host_d, NULL, NULL);
    assert_int_equal(host_left, 0);
    if (!dead) {
        assert_int_equal(left, 0);
        assert_int_equal(gofer_left, 0);
    }
}

static struct dirent *walk(struct real *r, struct dirent *d, const char *name)
{
    struct dirent *found = NULL;
    assert_int_equal(dirent_walk(&r->c, d, r->root, name, &found), 0);
    return found;
}

static void a_file_is_found_and_read(void **state)
{
    struct real r;
    struct unstable_attr u;
    struct file *f;
    char buf[32];
    char *target;
    size_t n;
    (void)state;
    open_real(&r);
    struct dirent *etc = walk(&r, r.root, "etc"), *passwd = walk(&r, etc, "passwd"),
                  *link = walk(&r, etc, "link");
    assert_int_equal(inode_getattr(&r.c, passwd->inode, &u), 0);
    assert_int_equal(u.perms, 0640);
    assert_int_equal(u.size, 10);
    assert_int_equal(u.links, 1);
    assert_int_equal(inode_readlink(&r.c, link->inode, &target), 0);
    assert_string_equal(target, "passwd");
    mem_free(target);
    struct open_flags both = {.read = true, .write = true};
    assert_int_equal(inode_open(&r.c, passwd->inode, passwd, both, &f), 0);
    assert_int_equal(file_pread(&r.c, f, 5, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, 5);
    assert_memory_equal(buf, "x:0:0", 5);
    assert_int_equal(file_pwrite(&r.c, f, 10, "!", 1, &n), 0);
    const uint32_t *sent = p9_client_sent(fs_gofer_client(r.root->inode->ms));
    assert_int_equal(sent[P9_TREAD] + sent[P9_TWRITE], 0); /* through the donated descriptor */
    file_put(f);
    dirent_put(link);
    dirent_put(passwd);
    dirent_put(etc);
    close_real(&r);
}

static int count(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)name, (void)attr;
    ++*(int *)arg;
    return 0;
}

static void names_are_made_moved_and_listed(void **state)
{
    struct real r;
    struct file *f;
    int n = 0;
    (void)state;
    open_real(&r);
    struct open_flags both = {.read = true, .write = true};
    assert_int_equal(dirent_create(&r.c, r.root, r.root, "new", both, 0644, &f), 0);
    file_put(f);
    assert_int_equal(dirent_mkdir(&r.c, r.root, r.root, "dir", 0755), 0);
    assert_int_equal(dirent_mkdir(&r.c, r.root, r.root, "dir", 0755), -EEXIST);
    assert_int_equal(dirent_symlink(&r.c, r.root, r.root, "new", "sym"), 0);
    struct dirent *dir = walk(&r, r.root, "dir");
    assert_int_equal(dirent_rename(&r.c, r.root, r.root, "new", dir, "moved"), 0);
    assert_int_equal(dirent_remove(&r.c, r.root, r.root, "sym"), 0);
    assert_int_equal(dirent_rmdir(&r.c, r.root, r.root, "dir"), -ENOTEMPTY);
    struct stat st;
    assert_int_equal(host_stat(r.host, &r.host_d, "/h/rootfs/dir/moved", &st), 0);
    assert_true(S_ISREG(st.st_mode));

    assert_int_equal(inode_open(&r.c, r.root->inode, r.root, (struct open_flags){.read = true}, &f),
                     0);
    struct dir_ctx dc = {.emit = count, .arg = &n};
    assert_int_equal(file_readdir(&r.c, f, &dc), 0);
    assert_int_equal(n, 2 + 3); /* etc, pipe, dir */
    file_put(f);
    dirent_put(dir);
    close_real(&r);
}

static void a_socket_is_bound(void **state)
{
    struct real r;
    struct dirent *sock, *again;
    struct file *f;
    (void)state;
    open_real(&r);
    assert_int_equal(dirent_bind(&r.c, r.root, r.root, "sock", 0755, &sock), 0);
    assert_int_equal(dirent_bind(&r.c, r.root, r.root, "sock", 0755, &again), -EADDRINUSE);
    assert_int_equal(inode_open(&r.c, sock->inode, sock, (struct open_flags){.read = true}, &f),
                     -EIO);
    dirent_put(sock);
    close_real(&r);
}

/* proves: Q-39 */
static void looking_up_a_fifo_never_returns(void **state)
{
    struct real r;
    struct dirent *d;
    (void)state;
    open_real(&r);
    assert_int_equal(dirent_walk(&r.c, r.root, r.root, "pipe", &d), CODE_FATE);
    assert_int_equal(r.s.d.fate, FATE_HANG);
    close_real(&r);
}

/* An unmount that closed its connection would end the whole gofer. */
static int lookup_after_another_unmount(bool stays_open)
{
    struct real r;
    struct dirent *d;
    open_real(&r);
    r.s.d.quirks.value[Q_57] = stays_open;
    struct inode *other = mount_at(&r, "trans=fd,rfdno=4,wfdno=4");
    inode_put(other);
    jobs_drain(&r.s.d);
    gofer_pump(r.gofer);
    int code = dirent_walk(&r.c, r.root, r.root, "etc", &d);
    if (code == 0) {
        dirent_put(d);
    }
    close_real(&r);
    return code;
}

/* proves: Q-57 Q-35 */
static void an_unmount_leaves_the_other_connections_alone(void **state)
{
    (void)state;
    assert_int_equal(lookup_after_another_unmount(true), 0);
    assert_int_equal(lookup_after_another_unmount(false), -EIO);
}

int main(void)
{
    const struct CMUnitTest real[] = {
        cmocka_unit_test(a_file_is_found_and_read),
        cmocka_unit_test(names_are_made_moved_and_listed),
        cmocka_unit_test(a_socket_is_bound),
        cmocka_unit_test(looking_up_a_fifo_never_returns),
        cmocka_unit_test(an_unmount_leaves_the_other_connections_alone),
    };
    return cmocka_run_group_tests(real, NULL, NULL);
}
