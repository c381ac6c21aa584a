/* The server as a whole: both dialects, read-only and not, many clients, hostile clients, its end.
 */
#include "served.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const protocols[] = {"9P2000.L", "9P2000.L.Google.6"};

static void expect(struct served *s, struct p9tool_p9_options o, const char *want)
{
    char *got = NULL;
    assert_int_equal(run_p9(s, o, NULL, &got), 0);
    assert_string_equal(got, want);
    free(got);
}

static int connect_raw(const struct served *s)
{
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(where.sun_path, s->sock, strlen(s->sock) + 1);
    assert_int_equal(connect(fd, (struct sockaddr *)&where, sizeof(where)), 0);
    return fd;
}

static void a_tree_is_read(void **state)
{
    struct served s;
    (void)state;
    served_tree(&s);
    served_start(&s, false);
    for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
        struct p9tool_p9_options o = {.version = protocols[i], .path = "/"};
        o.action = P9TOOL_LS;
        expect(&s, o, "dir/\nfifo\nfile\nlink\n");
        o.action = P9TOOL_TREE;
        expect(&s, o, "/\n  dir/\n    x\n  fifo\n  file\n  link\n");
        o.action = P9TOOL_CAT;
        o.path = "dir/../file"; /* by text */
        expect(&s, o, "hello");
        o.path = "dir";
        assert_int_equal(run_p9(&s, o, NULL, NULL), -EISDIR);
        o.path = "link"; /* never followed, here or there */
        assert_true(run_p9(&s, o, NULL, NULL) < 0);
        o.path = "link/secret";
        assert_true(run_p9(&s, o, NULL, NULL) < 0);
        o.path = "none";
        assert_int_equal(run_p9(&s, o, NULL, NULL), -ENOENT);
        o.path = "fifo";
        assert_int_equal(run_p9(&s, o, NULL, NULL), -EINVAL);
        o.action = P9TOOL_PUT;
        o.path = "file";
        assert_true(run_p9(&s, o, "changed", NULL) < 0);
        o.path = "new";
        assert_true(run_p9(&s, o, "changed", NULL) < 0);
    }
    struct p9tool_p9_options sub = {.action = P9TOOL_LS, .path = "", .aname = "/dir"};
    expect(&s, sub, "x\n");
    sub.aname = "/none";
    assert_int_equal(run_p9(&s, sub, NULL, NULL), -ENOENT);
    sub.version = "9P";
    assert_true(run_p9(&s, sub, NULL, NULL) < 0);
    served_stop(&s);
}

static void a_tree_is_written_when_allowed(void **state)
{
    struct served s;
    char path[128], local[128];
    struct stat st;
    (void)state;
    served_tree(&s);
    (void)snprintf(local, sizeof(local), "%s/outside/secret", s.tmp);
    served_start(&s, true);
    for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
        struct p9tool_p9_options o = {.version = protocols[i], .action = P9TOOL_PUT};
        o.path = i ? "dir/new1" : "dir/new0";
        assert_int_equal(run_p9(&s, o, "first text", NULL), 0);
        assert_int_equal(run_p9(&s, o, "second", NULL), 0);
        o.action = P9TOOL_CAT;
        expect(&s, o, "second");
        (void)snprintf(path, sizeof(path), "%s/%s", s.tree, o.path);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode, S_IFREG | 0644);
        o.action = P9TOOL_PUT;
        o.local = local;
        assert_int_equal(run_p9(&s, o, NULL, NULL), 0);
        o.action = P9TOOL_CAT;
        expect(&s, o, "OUTSIDE");
        o.action = P9TOOL_PUT;
        o.local = "/does/not/exist";
        assert_int_equal(run_p9(&s, o, NULL, NULL), -ENOENT);
        o.local = NULL;
        assert_int_equal(run_p9(&s, o, NULL, NULL), -EINVAL); /* nothing to read from */
        o.path = "none/below";
        assert_int_equal(run_p9(&s, o, "x", NULL), -ENOENT);
        o.path = "dir";
        assert_int_equal(run_p9(&s, o, "x", NULL), -EISDIR);
    }
    served_stop(&s);
}

static void a_connection_over_tcp(void **state)
{
    struct served s;
    char address[32];
    int port;
    (void)state;
    served_tree(&s);
    served_start(&s, false);
    fflush(s.out);
    char *at = strstr(s.told, "127.0.0.1:");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "127.0.0.1:%d", &port), 1);
    (void)snprintf(address, sizeof(address), "127.0.0.1:%d", port);
    struct p9tool_p9_options o = {.action = P9TOOL_CAT, .path = "file", .address = address};
    expect(&s, o, "hello");
    o.version = "9P2000.L.Google.6"; /* donates nothing over TCP, and works */
    expect(&s, o, "hello");
    served_stop(&s);
}

/* More clients than may be connected; some say nothing, some only rubbish, some half a frame. */
static void bad_clients_do_not_disturb_others(void **state)
{
    static const uint8_t rubbish[] = {1, 0, 0, 0, 0}, half[] = {100, 0, 0, 0, 100, 1};
    struct served s;
    int fds[24];
    (void)state;
    served_tree(&s);
    s.o.connections = 16;
    served_start(&s, false);
    const struct p9tool_p9_options o = {.action = P9TOOL_CAT, .path = "file"};
    for (size_t i = 0; i < 12; i++) {
        fds[i] = connect_raw(&s);
        if (i % 3 == 1) {
            assert_true(send(fds[i], rubbish, sizeof(rubbish), MSG_NOSIGNAL) > 0);
        } else if (i % 3 == 2) {
            assert_true(send(fds[i], half, sizeof(half), MSG_NOSIGNAL) > 0);
        }
    }
    expect(&s, o, "hello");
    for (size_t i = 12; i < 24; i++) {
        fds[i] = connect_raw(&s); /* the last ones wait to be accepted */
    }
    for (size_t i = 0; i < 24; i++) {
        close(fds[i]);
    }
    expect(&s, o, "hello");
    served_stop(&s);
}

/* Who sends without end and never reads holds up nobody else, and not the end of the server either.
 */
static void a_deaf_client_blocks_only_itself(void **state)
{
    static const uint8_t requests[] = {7 + 6 + 8, 0,   0,   0,   P9_TVERSION, 255, 255,
                                       0,         0,   1,   0,   8,           0,   '9',
                                       'P',       '2', '0', '0', '0',         '.', 'L'};
    struct served s;
    (void)state;
    served_tree(&s);
    served_start(&s, false);
    int fd = connect_raw(&s);
    for (int idle = 0; idle < 50;) {
        if (send(fd, requests, sizeof(requests), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
            idle++;
            usleep(2000);
        } else {
            idle = 0;
        }
    }
    expect(&s, (struct p9tool_p9_options){.action = P9TOOL_CAT, .path = "file"}, "hello");
    s.fds++; /* still connected when the server ends */
    served_stop(&s);
    close(fd);
}

/* Many at the same time, each with its own files. */
static void *client(void *arg)
{
    struct served *s = arg;
    for (int i = 0; i < 20; i++) {
        char *got = NULL;
        int code =
            run_p9(s, (struct p9tool_p9_options){.action = P9TOOL_TREE, .path = "/"}, NULL, &got);
        bool same = code == 0 && strcmp(got, "/\n  dir/\n    x\n  fifo\n  file\n  link\n") == 0;
        free(got);
        if (!same) {
            return s;
        }
    }
    return NULL;
}

static void many_clients_at_once(void **state)
{
    struct served s;
    pthread_t threads[8];
    (void)state;
    served_tree(&s);
    served_start(&s, false);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, client, &s), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    served_stop(&s);
}

/* A connection that was inherited is served, and its end is the server's. */
static void an_inherited_connection(void **state)
{
    struct served s;
    int ends[2];
    char listen[16], *got = NULL, address[16];
    (void)state;
    served_tree(&s);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    (void)snprintf(listen, sizeof(listen), "fd:%d", ends[0]);
    (void)snprintf(address, sizeof(address), "fd:%d", ends[1]);
    assert_int_equal(pipe2(s.stop, O_CLOEXEC), 0);
    domain_init(&s.d, "serve", PROFILE_GVISOR_2018_08_14);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct error err = {0};
        const char *const where[] = {listen};
        FILE *null = fopen("/dev/null", "w");
        const struct p9tool_env env = {.out = null, .stop_fd = -1, .now = steady};
        const struct p9tool_serve_options o = {.dir = s.tree, .listen = where, .n_listen = 1};
        close(ends[1]);
        _exit(p9tool_serve(&s.d, &env, &o, &err) ? 1 : 0);
    }
    close(ends[0]);
    const struct p9tool_p9_options o = {.action = P9TOOL_LS, .path = "dir", .address = address};
    assert_int_equal(run_p9(&s, o, NULL, &got), 0);
    assert_string_equal(got, "x\n");
    free(got);
    close(ends[1]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(domain_close(&s.d, NULL, NULL), 0);
    close(s.stop[0]);
    close(s.stop[1]);
    served_remove(&s);
}

static void what_cannot_be_served_is_told(void **state)
{
    struct domain d;
    struct error err = {0};
    struct served s;
    (void)state;
    served_tree(&s);
    const char *const none[] = {"0.0.0.0:0"}, *const sock[] = {s.sock};
    const struct p9tool_env env = {.out = stderr, .stop_fd = -1, .now = steady};
    struct p9tool_serve_options o = {.dir = s.tree, .listen = none, .n_listen = 1};
    domain_init(&d, "serve", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(p9tool_serve(&d, &env, &o, &err), -EACCES); /* not loopback */
    o.listen = sock;
    o.dir = "/does/not/exist";
    assert_int_equal(p9tool_serve(&d, &env, &o, &err), -ENOENT);
    o.dir = s.tree;
    o.n_listen = 0;
    assert_int_equal(p9tool_serve(&d, &env, &o, &err), -EINVAL);
    error_release(&err);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
    served_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_is_read),
        cmocka_unit_test(a_tree_is_written_when_allowed),
        cmocka_unit_test(a_connection_over_tcp),
        cmocka_unit_test(bad_clients_do_not_disturb_others),
        cmocka_unit_test(a_deaf_client_blocks_only_itself),
        cmocka_unit_test(many_clients_at_once),
        cmocka_unit_test(an_inherited_connection),
        cmocka_unit_test(what_cannot_be_served_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
