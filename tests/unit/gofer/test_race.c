/*
 * Host safety: while a client walks, opens, creates, renames and removes by name, somebody else
 * swaps directories for symlinks, renames and unlinks in a loop. Nothing outside of the root is
 * ever reached.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "peer.h"

#include <support.h>

enum { TURNS = 1500 };

/* TMP/out/secret lies outside; TMP/in is served; TMP/in/{a,b}/x is the moving ground. */
struct ground {
    char tmp[64];
    int in, out; /* directories */
    atomic_bool stop;
    unsigned long swaps;
};

static void put(int dir, const char *path, const char *text)
{
    int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd >= 0) {
        (void)!write(fd, text, strlen(text));
        close(fd);
    }
}

/* Every way to make a name mean something else: a link outside in its place, a rename, a removal.
 */
static void *swap(void *arg)
{
    struct ground *g = arg;
    while (!atomic_load(&g->stop)) {
        (void)mkdirat(g->in, "a", 0755);
        put(g->in, "a/secret", "inside");
        (void)renameat(g->in, "a", g->in, "kept");
        (void)symlinkat("../out", g->in, "a");
        (void)renameat2(g->in, "a", g->in, "kept", RENAME_EXCHANGE);
        (void)renameat2(g->in, "a", g->in, "kept", RENAME_EXCHANGE);
        (void)unlinkat(g->in, "a", 0);
        (void)symlinkat("../out/secret", g->in, "leaf");
        put(g->in, "leaf2", "inside");
        (void)renameat2(g->in, "leaf", g->in, "leaf2", RENAME_EXCHANGE);
        (void)unlinkat(g->in, "leaf", 0);
        (void)unlinkat(g->in, "leaf2", 0);
        (void)renameat(g->in, "kept", g->in, "a");
        (void)renameat(g->in, "a", g->in, "b/deep");
        (void)renameat(g->in, "b/deep", g->in, "a");
        g->swaps++;
    }
    return NULL;
}

static void ground_open(struct ground *g)
{
    char path[96];
    *g = (struct ground){0};
    (void)snprintf(g->tmp, sizeof(g->tmp), "/tmp/simrun-race-XXXXXX");
    assert_non_null(mkdtemp(g->tmp));
    (void)snprintf(path, sizeof(path), "%s/in", g->tmp);
    assert_int_equal(mkdir(path, 0755), 0);
    g->in = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)snprintf(path, sizeof(path), "%s/out", g->tmp);
    assert_int_equal(mkdir(path, 0755), 0);
    g->out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(g->in >= 0 && g->out >= 0);
    put(g->out, "secret", "OUTSIDE");
    assert_int_equal(mkdirat(g->in, "b", 0755), 0);
}

/* Outside is as it was: one file, with its content, mode, times and link count. */
static void ground_check(const struct ground *g, const struct stat *before)
{
    struct stat st;
    char buf[16] = {0};
    assert_int_equal(fstatat(g->out, "secret", &st, AT_SYMLINK_NOFOLLOW), 0);
    assert_int_equal(st.st_mode, before->st_mode);
    assert_int_equal(st.st_nlink, 1);
    assert_int_equal(st.st_uid, before->st_uid);
    assert_int_equal(st.st_mtim.tv_nsec, before->st_mtim.tv_nsec);
    assert_int_equal(st.st_ctim.tv_nsec, before->st_ctim.tv_nsec);
    int fd = openat(g->out, "secret", O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, buf, sizeof(buf)), 7);
    close(fd);
    assert_string_equal(buf, "OUTSIDE");
    assert_int_equal(faccessat(g->out, "made", F_OK, AT_SYMLINK_NOFOLLOW), -1);
    assert_int_equal(faccessat(g->out, "madedir", F_OK, AT_SYMLINK_NOFOLLOW), -1);
}

static void ground_close(struct ground *g)
{
    close(g->in);
    close(g->out);
    (void)remove_tree(g->tmp);
}

/* ------------------------------------------------------------------------------ the client */

struct visitor {
    struct domain host_domain, gofer_domain, d;
    struct host *h;
    struct gofer *g;
    struct p9_client *client;
    struct p9_file root;
    unsigned reached; /* how often the moving names led somewhere */
};

static void visitor_open(struct visitor *v, const struct ground *g, enum p9_personality personality)
{
    struct owned_fd *ours, *theirs;
    struct gofer_point *point;
    struct gofer_channel *channel;
    *v = (struct visitor){0};
    domain_init(&v->host_domain, "host", PROFILE_STRICT);
    domain_init(&v->gofer_domain, "gofer", PROFILE_STRICT);
    domain_init(&v->d, "client", PROFILE_STRICT);
    assert_int_equal(host_dir_new(&v->host_domain, g->in, &v->h), 0);
    assert_int_equal(gofer_new(&v->gofer_domain, v->h, &v->g), 0);
    assert_int_equal(gofer_point_new(v->g, &(struct gofer_attach){.prefix = "/"}, &point), 0);
    assert_int_equal(p9_socketpair(&v->d, &v->gofer_domain, &ours, &theirs), 0);
    assert_int_equal(gofer_serve(point, theirs, &channel), 0);
    p9_server_set_personality(gofer_channel_server(channel), P9_AUTO);
    const struct p9_pump pump = {.run = gofer_channel_pump, .arg = channel};
    const struct p9_client_options o = {.personality = P9_AUTO,
                                        .n_uname = P9_NOUID,
                                        .version = personality == P9_STD ? "9P2000.L" : NULL};
    assert_int_equal(p9_client_connect(&v->d, ours, &o, &pump, NULL, &v->client), 0);
    assert_int_equal(p9_client_personality(v->client), personality);
    assert_int_equal(p9_attach(v->client, "/", &v->root), 0);
}

static void visitor_close(struct visitor *v)
{
    assert_int_equal(p9_clunk(&v->root), 0);
    p9_client_free(v->client);
    gofer_free(v->g);
    host_free(v->h);
    assert_int_equal(domain_close(&v->d, NULL, NULL), 0);
    assert_int_equal(domain_close(&v->gofer_domain, NULL, NULL), 0);
    assert_int_equal(domain_close(&v->host_domain, NULL, NULL), 0);
}

/* Any failure is fine; the content of the file outside is not. */
static void read_it(struct visitor *v, struct p9_file *f)
{
    char buf[16] = {0};
    size_t n = 0;
    struct owned_fd *fd = NULL;
    if (p9_lopen(f, P9_OPEN_READ, NULL, NULL, &fd) == 0 &&
        p9_read(f, buf, sizeof(buf), 0, &n) == 0) {
        assert_string_not_equal(buf, "OUTSIDE");
        v->reached += n > 0;
    }
    owned_fd_free(fd);
}

static void visit(struct visitor *v, const char *const *names, size_t n)
{
    struct p9_file f, dir;
    struct p9_setattr attr = {.mode = 0600};
    char *target = NULL;
    if (p9_walk(&v->root, names, n, NULL, &f) == 0) {
        (void)p9_setattr(&f, P9_SETATTR_MODE | P9_SETATTR_MTIME, &attr);
        if (p9_readlink(&f, &target) == 0) {
            mem_free(target);
        }
        (void)p9_rename(&f, &v->root, "elsewhere");
        read_it(v, &f);
        assert_int_equal(p9_clunk(&f), 0);
    }
    (void)p9_unlinkat(&v->root, "elsewhere", 0);
    (void)p9_unlinkat(&v->root, "elsewhere", 0x200);
    if (p9_walk(&v->root, names, 1, NULL, &dir) == 0) {
        struct owned_fd *fd = NULL;
        (void)p9_mkdir(&dir, "madedir", 0755, 0, 0, NULL);
        (void)p9_unlinkat(&dir, "madedir", 0x200);
        (void)p9_create(&dir, "made", P9_OPEN_WRITE | P9_OPEN_CREAT, 0644, 0, 0, NULL, NULL, &fd);
        owned_fd_free(fd);
        assert_int_equal(p9_clunk(&dir), 0);
    }
    struct p9_file other;
    char aname[32];
    (void)snprintf(aname, sizeof(aname), "/%s/secret", names[0]);
    if (p9_attach(v->client, aname, &other) == 0) {
        read_it(v, &other);
        assert_int_equal(p9_clunk(&other), 0);
    }
}

static void race(enum p9_personality personality)
{
    static const char *const deep[] = {"a", "secret"}, *const leaf[] = {"leaf"},
                             *const leaf2[] = {"leaf2"};
    struct ground g;
    struct visitor v;
    struct stat before;
    pthread_t thread;
    int fds = open_fds();
    ground_open(&g);
    assert_int_equal(fstatat(g.out, "secret", &before, 0), 0);
    visitor_open(&v, &g, personality);
    assert_int_equal(pthread_create(&thread, NULL, swap, &g), 0);
    for (unsigned i = 0; i < TURNS; i++) {
        visit(&v, deep, 2);
        visit(&v, leaf, 1);
        visit(&v, leaf2, 1);
    }
    atomic_store(&g.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_null(p9_client_info(v.client).dead);
    assert_true(g.swaps > 10 && v.reached > 0); /* the ground moved, and was walked on */
    ground_check(&g, &before);
    visitor_close(&v);
    ground_close(&g);
    assert_int_equal(open_fds(), fds);
}

/* proves: QI-11 */
static void nothing_outside_is_reached_by_other_peers(void **state)
{
    (void)state;
    race(P9_STD);
}

/* proves: QI-11 */
static void nothing_outside_is_reached_by_the_originals_client(void **state)
{
    (void)state;
    race(P9_GV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_outside_is_reached_by_other_peers),
        cmocka_unit_test(nothing_outside_is_reached_by_the_originals_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
