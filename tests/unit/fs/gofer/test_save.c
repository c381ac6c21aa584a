/* Saving 9P mounts and restoring them (contract ninep 10.8). */
#include "world.h"

#include <simrun/save.h>

static const struct save_fs *const filesystems[] = {&fs_gofer_save};

/* d/x and f below peer 0, y below peer 1. */
static void fill_peers(struct world *w)
{
    struct pfile *d = peer_add(w->peer[0], w->top, "d", S_IFDIR | 0755);
    peer_file(w->peer[0], d, "x", "content");
    peer_file(w->peer[0], w->top, "f", "0123456789");
    peer_file(w->peer[1], w->peer[1]->root, "y", "other");
}

static void mount_over(struct world *w, struct mount_ns *ns, const char *path, struct inode *inode)
{
    struct dirent *at;
    assert_int_equal(mount_ns_find_inode(&w->c, ns, ns->root, NULL, path, 0, &at), 0);
    assert_int_equal(mount_ns_mount(&w->c, ns, at, inode), 0);
    dirent_put(at);
}

static uint64_t number_at(struct world *w, struct mount_ns *ns, const char *path)
{
    struct dirent *d;
    assert_int_equal(mount_ns_find_inode(&w->c, ns, ns->root, NULL, path, 0, &d), 0);
    uint64_t number = d->inode->stable.inode_id;
    dirent_put(d);
    jobs_drain(&w->s.d);
    return number;
}

struct kept {
    struct domain d;
    struct saved_ns ns;
};

static void kept_close(struct kept *k)
{
    saved_ns_release(&k->ns);
    assert_int_equal(domain_close(&k->d, NULL, NULL), 0);
}

/* A namespace of peer 0 with peer 1 mounted over `path`, saved; its world is gone. */
static void save_mounts(struct kept *k, const char *options, const char *path)
{
    struct world w;
    struct mount_ns *ns;
    world_open(&w, PROFILE_STRICT); /* where a connection ends with its mount */
    fill_peers(&w);
    struct inode *root = world_mount(&w, 0, options), *other = world_mount(&w, 1, options);
    assert_int_equal(mount_ns_new(&w.c, root, &ns), 0);
    assert_true(number_at(&w, ns, "f") > 0); /* numbers that nobody keeps */
    mount_over(&w, ns, path, other);
    domain_init(&k->d, "saved", PROFILE_STRICT);
    saved_ns_init(&k->ns, &k->d);
    assert_int_equal(mount_ns_save(&w.c, ns, filesystems, 1, &k->ns, NULL), 0);
    mount_ns_put(ns);
    world_close(&w);
}

/* The environment for peer 0 and 1 with these options. */
struct env {
    char data[2][256];
    struct load_mount mounts[2];
    struct load_env env;
};

static void env_make(struct env *e, const char *options)
{
    static const char *const devices[] = {"9pfs-/0", "9pfs-/1"};
    memset(e, 0, sizeof(*e));
    for (int i = 0; i < PEERS; i++) {
        snprintf(e->data[i], sizeof(e->data[i]), "trans=fd,rfdno=%d,wfdno=%d%s", FIRST_NUMBER + i,
                 FIRST_NUMBER + i, options);
        e->mounts[i] = (struct load_mount){.fs = "9p", .dev = devices[i], .data = e->data[i]};
    }
    e->env = (struct load_env){.mounts = e->mounts, .n = 2};
}

static void load_fails(struct world *w, struct kept *k, struct env *e, const char *text)
{
    struct error err = {0};
    struct mount_ns *ns = NULL;
    assert_true(mount_ns_load(&w->c, &k->ns, filesystems, 1, &e->env, &ns, &err) < 0);
    assert_null(ns);
    assert_string_equal(err.text, text);
    error_release(&err);
}

/* The same tree, the same numbers, a new connection; exactly the messages that it takes. */
static void mounts_come_back(void **state)
{
    (void)state;
    struct kept k;
    struct world w;
    struct env e;
    struct mount_ns *ns;
    save_mounts(&k, CACHED, "d");
    assert_int_equal(k.ns.n_inodes, 3); /* both roots, the covered directory */
    uint64_t last = k.ns.last_inode[DEVICE_GOFER];
    world_open(&w, PROFILE_STRICT);
    fill_peers(&w);
    env_make(&e, CACHED);
    assert_int_equal(mount_ns_load(&w.c, &k.ns, filesystems, 1, &e.env, &ns, NULL), 0);
    const uint32_t *sent = p9_client_sent(fs_gofer_client(ns->root->inode->ms));
    assert_int_equal(sent[P9_TATTACH], 1);
    assert_int_equal(sent[P9_TWALK], 2);
    assert_int_equal(sent[P9_TGETATTR], 2);
    assert_int_equal(number_at(&w, ns, "/"), k.ns.inodes[0].stable.inode_id);
    assert_true(number_at(&w, ns, "d/y") > last); /* not kept: a new number */
    struct dirent *d;
    assert_int_equal(mount_ns_find_inode(&w.c, ns, ns->root, NULL, "d", 0, &d), 0);
    assert_int_equal(d->inode->ms->id, 2);
    assert_ptr_equal(d->inode->ms->parent, ns->root->inode->ms);
    assert_int_equal(mount_ns_unmount(&w.c, ns, d, false), 0);
    dirent_put(d);
    assert_int_equal(mount_ns_find_inode(&w.c, ns, ns->root, NULL, "d/x", 0, &d), 0);
    dirent_put(d);
    mount_ns_put(ns);
    kept_close(&k);
    world_close(&w);
}

/* What was bound here is still a socket for whoever looks, though the server has a regular file. */
static void bound_sockets_stay_sockets(void **state)
{
    (void)state;
    static const char options[] = ",privateunixsocket=true";
    struct kept k;
    struct world w;
    struct env e;
    struct mount_ns *ns;
    struct dirent *d;
    world_open(&w, PROFILE_STRICT);
    fill_peers(&w);
    assert_int_equal(mount_ns_new(&w.c, world_mount(&w, 0, options), &ns), 0);
    assert_int_equal(dirent_bind(&w.c, ns->root, ns->root, "sock", 0644, &d), 0);
    dirent_put(d);
    domain_init(&k.d, "saved", PROFILE_STRICT);
    saved_ns_init(&k.ns, &k.d);
    assert_int_equal(mount_ns_save(&w.c, ns, filesystems, 1, &k.ns, NULL), 0);
    mount_ns_put(ns);
    world_close(&w);

    world_open(&w, PROFILE_STRICT);
    fill_peers(&w);
    peer_file(w.peer[0], w.top, "sock", "");
    env_make(&e, options);
    assert_int_equal(mount_ns_load(&w.c, &k.ns, filesystems, 1, &e.env, &ns, NULL), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mount_ns_find_inode(&w.c, ns, ns->root, NULL, "sock", 0, &d), 0);
        assert_int_equal(d->inode->stable.type, INODE_SOCKET);
        dirent_put(d);
        mount_source_flush(ns->root->inode->ms);
    }
    assert_int_equal(dirent_remove(&w.c, ns->root, ns->root, "sock"), 0);
    mount_ns_put(ns);
    kept_close(&k);
    world_close(&w);
}

/* proves: P-10 */
static void any_mismatch_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *options, *text;
    } rows[] = {
        {UNCACHED, "new cache policy 0, want 1"},
        {",msize=8192", "new message size 8192, want 1048576"},
        {",version=9P2000.L", "new version 9P2000.L, want 9P2000.L.Google.6"},
        {",aname=/x", "new attach name /x, want /"},
        {",privateunixsocket=true", "new privateunixsocket option true, want false"},
        {",nonsense", "failed to parse mount options: unsupported mount options: map[nonsense:]"},
    };
    struct kept k;
    save_mounts(&k, "", "d");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        struct env e;
        world_open(&w, PROFILE_STRICT);
        fill_peers(&w);
        env_make(&e, rows[i].options);
        load_fails(&w, &k, &e, rows[i].text);
        world_close(&w);
    }
    kept_close(&k);
}

/* proves: P-10 PQ-27 */
static void the_environment_must_fit(void **state)
{
    (void)state;
    struct kept k;
    struct world w;
    struct env e;
    save_mounts(&k, "", "d");
    world_open(&w, PROFILE_STRICT);
    fill_peers(&w);
    env_make(&e, "");
    e.mounts[0].flags.read_only = true;
    load_fails(&w, &k, &e, "new mount flags {true false false}, want {false false false}");
    env_make(&e, "");
    e.mounts[0].dev = "9pfs-/elsewhere";
    load_fails(&w, &k, &e, "no connection for connection id \"9pfs-/0\"");
    e.env.n = 0;
    load_fails(&w, &k, &e, "failed to find mounts for filesystem type 9p");
    env_make(&e, "");
    e.mounts[1].dev = e.mounts[0].dev; /* the last match wins, and its channel is taken */
    load_fails(&w, &k, &e, "no connection for connection id \"9pfs-/1\"");
    world_close(&w);
    kept_close(&k);
}

/* The server's tree is another one now. */
static void what_changed_outside(void **state)
{
    (void)state;
    static const struct {
        bool sizes, times;
        const char *text;
    } rows[] = {
        {true, false,
         "restore failed due to external file system state in corruption: file size has changed "
         "for /f: previously 10, now 13"},
        {false, true,
         "restore failed due to external file system state in corruption: file modification time "
         "has changed for /f: previously 0, now 7000000000"},
    };
    struct kept k;
    save_mounts(&k, CACHED, "f"); /* covers a regular file */
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        struct env e;
        world_open(&w, PROFILE_STRICT);
        fill_peers(&w);
        struct pfile *f = peer_find(w.top, "f");
        peer_append(f, "abc");
        f->mtime_sec = 7;
        f->mtime_nsec = 0;
        k.ns.inodes[2].attr.mtime = 0;
        env_make(&e, CACHED);
        e.env.check_sizes = rows[i].sizes;
        e.env.check_times = rows[i].times;
        load_fails(&w, &k, &e, rows[i].text);
        world_close(&w);
    }
    kept_close(&k);
}

static void what_is_not_there_any_more(void **state)
{
    (void)state;
    struct kept k;
    struct world w;
    struct env e;
    save_mounts(&k, CACHED, "d");
    world_open(&w, PROFILE_STRICT);
    env_make(&e, CACHED);
    load_fails(&w, &k, &e, "failed to walk to \"/d\": no such file or directory");
    world_close(&w);

    world_open(&w, PROFILE_STRICT);
    fill_peers(&w);
    w.peer[0]->valid &= ~(uint64_t)P9_ATTR_RDEV;
    env_make(&e, CACHED);
    load_fails(&w, &k, &e,
               "restore failed due to external file system state in corruption: file / lacks "
               "device");
    world_close(&w);

    /* Two names of the saved tree lead to one file. */
    world_open(&w, PROFILE_STRICT);
    peer_enter(w.top, "d", w.top);
    env_make(&e, CACHED);
    struct error err = {0};
    struct mount_ns *ns = NULL;
    assert_int_equal(mount_ns_load(&w.c, &k.ns, filesystems, 1, &e.env, &ns, &err), -EINVAL);
    assert_non_null(strstr(err.text, "conflict in gofer device mappings"));
    error_release(&err);
    peer_drop(w.top, "d");
    world_close(&w);
    kept_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mounts_come_back),        cmocka_unit_test(bound_sockets_stay_sockets),
        cmocka_unit_test(any_mismatch_is_refused), cmocka_unit_test(the_environment_must_fit),
        cmocka_unit_test(what_changed_outside),    cmocka_unit_test(what_is_not_there_any_more),
    };
    return cmocka_run_group_tests_name("fs/gofer save", tests, NULL, NULL);
}
