#include "world.h"

#include <stdio.h>

void world_open(struct world *w, enum profile profile)
{
    memset(w, 0, sizeof(*w));
    sentry_init(&w->s, "test", profile);
    w->c = (struct ctx){.s = &w->s, .creds = creds_root()};
    gofer_channels_init(&w->ch, &w->s.d);
    for (int i = 0; i < PEERS; i++) {
        struct owned_fd *sock;
        w->peer[i] = peer_new(&w->s.d, &sock);
        struct p9_pump pump = {.run = p9_server_pump, .arg = w->peer[i]->server};
        assert_int_equal(gofer_channels_add(&w->ch, FIRST_NUMBER + i, sock, &pump), 0);
    }
    w->top = w->peer[0]->root;
    assert_int_equal(fs_gofer_register(&w->s, &w->ch), 0);
}

static void print_leftover(void *arg, const char *kind, size_t size)
{
    (void)arg;
    print_error("left in the ledger: %s, %zu bytes\n", kind, size);
}

void world_close(struct world *w)
{
    bool dead = domain_dead(&w->s.d);
    gofer_channels_release(&w->ch);
    size_t left = sentry_close(&w->s, print_leftover, NULL);
    for (int i = 0; i < PEERS; i++) {
        assert_int_equal(peer_free(w->peer[i]), 0);
    }
    if (!dead) {
        assert_int_equal(left, 0);
    }
}

int world_try_mount(struct world *w, int peer, const char *options, struct mount_flags flags,
                    struct inode **ret, struct error *err)
{
    char data[256], device[32];
    int n = FIRST_NUMBER + peer;
    snprintf(data, sizeof(data), "trans=fd,rfdno=%d,wfdno=%d%s", n, n, options);
    snprintf(device, sizeof(device), "9pfs-/%d", peer);
    struct filesystem *fs = filesystem_find(&w->s, "9p");
    assert_non_null(fs);
    return fs->mount(&w->c, fs, device, flags, data, ret, err);
}

struct inode *world_mount(struct world *w, int peer, const char *options)
{
    struct inode *inode = NULL;
    struct error err = {0};
    int r = world_try_mount(w, peer, options, (struct mount_flags){0}, &inode, &err);
    if (r) {
        fail_msg("mount failed: %d %s", r, err.text ? err.text : "");
    }
    return inode;
}

struct dirent *world_tree(struct world *w, const char *options)
{
    struct dirent *root;
    struct inode *inode = world_mount(w, 0, options);
    assert_int_equal(dirent_new(inode, "/", &root), 0);
    w->c.root = root;
    world_forget(w, inode);
    return root;
}

void world_drop(struct world *w, struct dirent *root)
{
    mount_source_flush(root->inode->ms);
    dirent_put(root);
    jobs_drain(&w->s.d);
}

int world_try_walk(struct world *w, struct dirent *d, const char *name, struct dirent **ret)
{
    return dirent_walk(&w->c, d, w->c.root ? w->c.root : d, name, ret);
}

struct dirent *world_walk(struct world *w, struct dirent *d, const char *name)
{
    struct dirent *found = NULL;
    assert_int_equal(world_try_walk(w, d, name, &found), 0);
    jobs_drain(&w->s.d);
    return found;
}

void world_put(struct world *w, struct dirent *d)
{
    dirent_put(d);
    jobs_drain(&w->s.d);
}

void world_put_file(struct world *w, struct file *f)
{
    file_put(f);
    jobs_drain(&w->s.d);
}

struct file *world_open_file(struct world *w, struct dirent *d, bool read, bool write)
{
    struct file *f = NULL;
    struct open_flags flags = {.read = read, .write = write};
    assert_int_equal(inode_open(&w->c, d->inode, d, flags, &f), 0);
    return f;
}

struct text {
    char *p;
    size_t n;
};

static int emit_name(void *arg, const char *name, const struct dent_attr *attr)
{
    struct text *t = arg;
    size_t used = strlen(t->p);
    char type = attr->type == INODE_DIRECTORY ? 'd' : attr->type == INODE_SYMLINK ? 'l' : '-';
    snprintf(t->p + used, t->n - used, "%s%c:%s", used ? " " : "", type, name);
    return 0;
}

int world_list(struct world *w, struct file *f, char *buf, size_t n)
{
    struct text t = {buf, n};
    memset(buf, 0, n);
    struct dir_ctx dc = {.emit = emit_name, .arg = &t};
    int r = file_readdir(&w->c, f, &dc);
    jobs_drain(&w->s.d);
    return r;
}

void world_forget(struct world *w, const struct inode *inode)
{
    memcpy(w->seen, p9_client_sent(fs_gofer_client(inode->ms)), sizeof(w->seen));
}

void world_sent(struct world *w, const struct inode *inode, const char *what, ...)
{
    uint32_t expected[256] = {0};
    va_list ap;
    va_start(ap, what);
    for (int type; (type = va_arg(ap, int)) != 0;) {
        expected[type] += (uint32_t)va_arg(ap, int);
    }
    va_end(ap);
    const uint32_t *now = p9_client_sent(fs_gofer_client(inode->ms));
    bool equal = true;
    for (int i = 0; i < 256; i++) {
        if (now[i] - w->seen[i] != expected[i]) {
            print_error("%s: %s sent %u times, expected %u\n", what, p9_type_name((uint8_t)i),
                        now[i] - w->seen[i], expected[i]);
            equal = false;
        }
    }
    assert_true(equal);
    world_forget(w, inode);
}

size_t world_fids(struct world *w, struct inode *inode)
{
    struct statfs_info info;
    assert_int_equal(inode->ops->statfs(&w->c, inode, &info), 0);
    return p9_server_info(w->peer[0]->server).fids;
}

int world_setup(void **state)
{
    struct world *w = malloc(sizeof(*w));
    if (!w) {
        return -1;
    }
    world_open(w, PROFILE_GVISOR_2018_08_14);
    *state = w;
    return 0;
}

int world_teardown(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}
