#include "served.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int64_t steady(void *arg)
{
    struct timespec t;
    (void)arg;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[160];
    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

void served_tree(struct served *s)
{
    char path[128];
    *s = (struct served){.fds = open_fds()};
    (void)snprintf(s->tmp, sizeof(s->tmp), "/tmp/simrun-p9tool-XXXXXX");
    assert_non_null(mkdtemp(s->tmp));
    (void)snprintf(s->tree, sizeof(s->tree), "%s/tree", s->tmp);
    (void)snprintf(s->sock, sizeof(s->sock), "%s/sock", s->tmp);
    static const char *const dirs[] = {"tree", "tree/dir", "outside"};
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", s->tmp, dirs[i]);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    write_file(s->tmp, "outside/secret", "OUTSIDE");
    write_file(s->tree, "file", "hello");
    write_file(s->tree, "dir/x", "x");
    (void)snprintf(path, sizeof(path), "%s/link", s->tree);
    assert_int_equal(symlink("../outside/secret", path), 0);
    (void)snprintf(path, sizeof(path), "%s/fifo", s->tree);
    assert_int_equal(mkfifo(path, 0600), 0);
}

static void *serve(void *arg)
{
    struct served *s = arg;
    struct error err = {0};
    const struct p9tool_env env = {.out = s->out, .stop_fd = s->stop[0], .now = steady};
    s->code = p9tool_serve(&s->d, &env, &s->o, &err);
    error_release(&err);
    return NULL;
}

void served_start(struct served *s, bool writable)
{
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    assert_int_equal(pipe2(s->stop, O_CLOEXEC), 0);
    domain_init(&s->d, "serve", PROFILE_GVISOR_2018_08_14);
    s->out = open_memstream(&s->told, &s->told_n);
    s->listen[0] = s->sock;
    s->listen[1] = ":0";
    s->o.dir = s->tree;
    s->o.listen = s->listen;
    s->o.n_listen = 2;
    s->o.writable = writable;
    s->o.personality = P9_AUTO;
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
    memcpy(where.sun_path, s->sock, strlen(s->sock) + 1);
    for (int i = 0; i < 500; i++) { /* until it listens */
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int rc = connect(fd, (struct sockaddr *)&where, sizeof(where));
        close(fd);
        if (rc == 0) {
            return;
        }
        usleep(10000);
    }
    fail_msg("the server never listened");
}

void served_remove(struct served *s)
{
    remove_tree(s->tmp);
    assert_int_equal(open_fds(), s->fds);
}

void served_stop(struct served *s)
{
    struct stat st;
    assert_int_equal(write(s->stop[1], "x", 1), 1);
    assert_int_equal(pthread_join(s->thread, NULL), 0);
    assert_int_equal(s->code, 0);
    assert_int_equal(domain_close(&s->d, NULL, NULL), 0);
    assert_int_equal(lstat(s->sock, &st), -1); /* its socket is gone */
    fclose(s->out);
    free(s->told);
    close(s->stop[0]);
    close(s->stop[1]);
    served_remove(s);
}

int run_p9(struct served *s, struct p9tool_p9_options o, const char *input, char **ret_text)
{
    struct domain d;
    struct error err = {0};
    size_t n;
    char *text = NULL;
    FILE *out = open_memstream(&text, &n);
    FILE *in = input ? fmemopen((void *)(uintptr_t)input, strlen(input), "r") : NULL;
    const struct p9tool_env env = {.out = out, .in = in, .stop_fd = -1, .now = steady};
    domain_init(&d, "p9", PROFILE_GVISOR_2018_08_14);
    o.address = o.address ? o.address : s->sock;
    o.n_uname = P9_NOUID;
    int code = p9tool_p9(&d, &env, &o, &err);
    assert_true((code != 0) == (err.text != NULL));
    error_release(&err);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
    fclose(out);
    if (in) {
        fclose(in);
    }
    if (ret_text) {
        *ret_text = text;
    } else {
        free(text);
    }
    return code;
}
