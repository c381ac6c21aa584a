/* The actions against servers that lie (contract 15.2), and what they print. */
#include "served.h"

#include <sys/socket.h>
#include <unistd.h>

/* A server of one connection that answers everything well but Treaddir, which `listing` answers. */
struct liar {
    int fd;
    /* Entries for a request; false: the end. */
    bool (*listing)(uint64_t offset, unsigned turn, struct p9_dirent *ret, unsigned *ret_n);
    unsigned turn;
    uint64_t time;
    bool dies;
};

static void answer(struct liar *l, const struct p9_msg *r)
{
    uint8_t buf[4096];
    size_t n;
    assert_int_equal(p9_encode(r, P9_CODEC_STD, buf, sizeof(buf), &n), 0);
    assert_int_equal(send(l->fd, buf, n, MSG_NOSIGNAL), n);
}

static void answer_readdir(struct liar *l, struct p9_msg *r, uint64_t offset)
{
    static uint8_t data[2048];
    struct p9_dirent e[8];
    unsigned n = 0;
    r->data = data;
    if (l->listing && l->listing(offset, l->turn++, e, &n)) {
        for (unsigned i = 0; i < n; i++) {
            r->count += (uint32_t)p9_dirent_pack(data + r->count, &e[i]);
        }
    }
}

static void answer_one(struct liar *l, const struct p9_msg *t)
{
    struct p9_msg r = {.type = (uint8_t)(t->type + 1), .tag = t->tag};
    static const struct p9_qid qids[16];
    switch (t->type) {
    case P9_TVERSION:
        r.msize = 8192;
        r.name = p9_str("9P2000.L");
        break;
    case P9_TWALK:
        r.qids = (struct p9_qids){.n = t->names.n, .v = qids};
        break;
    case P9_TGETATTR:
        r.mask = P9_ATTR_STAT;
        r.attr.mode = 0040755;
        r.attr.mtime_sec = l->time;
        r.attr.size = UINT64_MAX;
        break;
    case P9_TREADDIR:
        answer_readdir(l, &r, t->offset);
        break;
    default:
        break;
    }
    answer(l, &r);
}

static void *lie(void *arg)
{
    struct liar *l = arg;
    uint8_t frame[8192];
    struct p9_msg t;
    for (;;) {
        if (recv(l->fd, frame, 4, MSG_PEEK | MSG_WAITALL) < 4) {
            return NULL;
        }
        size_t n = frame[0] | (size_t)frame[1] << 8;
        if (n > sizeof(frame) || recv(l->fd, frame, n, MSG_WAITALL) != (ssize_t)n ||
            p9_decode(frame, n, P9_CODEC_STD, &t)) {
            return NULL;
        }
        if (l->dies && t.type == P9_TREADDIR) {
            shutdown(l->fd, SHUT_RDWR);
            return NULL;
        }
        answer_one(l, &t);
    }
}

static int with_liar(struct liar *l, enum p9tool_action action, char **ret)
{
    struct served s = {0};
    pthread_t thread;
    int ends[2];
    char address[16];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    l->fd = ends[0];
    (void)snprintf(address, sizeof(address), "fd:%d", ends[1]);
    assert_int_equal(pthread_create(&thread, NULL, lie, l), 0);
    struct p9tool_p9_options o = {
        .action = action, .path = "/", .address = address, .version = "9P2000.L"};
    o.long_format = true;
    int code = run_p9(&s, o, NULL, ret);
    close(ends[1]);
    shutdown(ends[0], SHUT_RDWR);
    assert_int_equal(pthread_join(thread, NULL), 0);
    close(ends[0]);
    return code;
}

static bool one(struct p9_dirent *ret, unsigned *ret_n, const char *name, size_t n, uint64_t offset)
{
    ret[0] = (struct p9_dirent){.offset = offset, .name = {name, n}};
    *ret_n = 1;
    return true;
}

static bool with_slash(uint64_t offset, unsigned turn, struct p9_dirent *ret, unsigned *n)
{
    return turn == 0 && one(ret, n, "a/b", 3, offset + 1);
}

static bool with_nul(uint64_t offset, unsigned turn, struct p9_dirent *ret, unsigned *n)
{
    return turn == 0 && one(ret, n, "a\0b", 3, offset + 1);
}

static bool empty_name(uint64_t offset, unsigned turn, struct p9_dirent *ret, unsigned *n)
{
    return turn == 0 && one(ret, n, "", 0, offset + 1);
}

static bool same_offset(uint64_t offset, unsigned turn, struct p9_dirent *ret, unsigned *n)
{
    (void)turn;
    return one(ret, n, "again", 5, offset);
}

static bool without_end(uint64_t offset, unsigned turn, struct p9_dirent *ret, unsigned *n)
{
    for (unsigned i = 0; i < 8; i++) {
        ret[i] = (struct p9_dirent){.offset = offset + i + 1, .name = {"e", 1}};
    }
    (void)turn;
    *n = 8;
    return true;
}

/* proves: P-12 */
static void lying_directories_are_refused(void **state)
{
    static const struct {
        bool (*listing)(uint64_t, unsigned, struct p9_dirent *, unsigned *);
        int code;
    } rows[] = {{with_slash, -EIO},
                {with_nul, -EIO},
                {empty_name, -EIO},
                {same_offset, -EIO},
                {without_end, -EFBIG}};
    (void)state;
    int fds = open_fds();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct liar l = {.listing = rows[i].listing};
        assert_int_equal(with_liar(&l, P9TOOL_LS, NULL), rows[i].code);
    }
    assert_int_equal(open_fds(), fds);
}

static void a_server_that_dies_is_told(void **state)
{
    struct liar l = {.dies = true};
    (void)state;
    assert_int_equal(with_liar(&l, P9TOOL_LS, NULL), -EIO);
    l = (struct liar){.dies = true};
    assert_int_equal(with_liar(&l, P9TOOL_TREE, NULL), -EIO);
}

static bool one_directory(uint64_t offset, unsigned turn, struct p9_dirent *ret, unsigned *n)
{
    (void)turn;
    if (offset != 0) {
        return false;
    }
    one(ret, n, "down", 4, 1);
    ret[0].qid.type = P9_QTDIR;
    return true;
}

/* Every directory holds another one: there is a bound. */
static void a_tree_without_end_ends(void **state)
{
    struct liar l = {.listing = one_directory};
    char *got = NULL;
    (void)state;
    assert_int_equal(with_liar(&l, P9TOOL_TREE, &got), -ELOOP);
    free(got);
}

static void odd_attributes_are_shown(void **state)
{
    struct liar l = {.time = UINT64_MAX / 2};
    char *got = NULL;
    (void)state;
    assert_int_equal(with_liar(&l, P9TOOL_STAT, &got), 0);
    assert_non_null(strstr(got, "size   18446744073709551615"));
    assert_non_null(strstr(got, "mtime  ?."));
    free(got);
}

static void long_lists(void **state)
{
    struct served s;
    char *got = NULL;
    (void)state;
    served_tree(&s);
    served_start(&s, false);
    struct p9tool_p9_options o = {.action = P9TOOL_LS, .path = "/", .long_format = true};
    assert_int_equal(run_p9(&s, o, NULL, &got), 0); /* gVisor's dialect cannot look up a FIFO */
    assert_non_null(strstr(got, "?????????? (invalid argument) fifo\n"));
    assert_non_null(strstr(got, " link -> ../outside/secret\n"));
    free(got);
    o.version = "9P2000.L";
    assert_int_equal(run_p9(&s, o, NULL, &got), 0);
    assert_non_null(strstr(got, "prw"));
    free(got);
    o.path = "file";
    assert_int_equal(run_p9(&s, o, NULL, &got), 0);
    assert_non_null(strstr(got, " file\n"));
    free(got);
    o.long_format = false;
    assert_int_equal(run_p9(&s, o, NULL, &got), 0);
    assert_string_equal(got, "file\n");
    free(got);
    o.action = P9TOOL_STAT;
    o.path = "link";
    assert_int_equal(run_p9(&s, o, NULL, &got), 0);
    assert_memory_equal(got, "mode   0120777 lrwxrwxrwx\n", 26);
    assert_non_null(strstr(got, "target -> ../outside/secret\n"));
    free(got);
    o.action = P9TOOL_BENCH;
    o.path = "file";
    o.count = 100;
    assert_int_equal(run_p9(&s, o, NULL, &got), 0);
    assert_memory_equal(got, "9P2000.L, msize 1048576\n", 24);
    assert_non_null(strstr(got, "in flight"));
    assert_non_null(strstr(got, "MiB/s"));
    free(got);
    served_stop(&s);
}

static void actions_have_names(void **state)
{
    enum p9tool_action action;
    (void)state;
    assert_int_equal(p9tool_action_parse("tree", &action), 0);
    assert_int_equal(action, P9TOOL_TREE);
    assert_int_equal(p9tool_action_parse("rm", &action), -EINVAL);
    assert_int_equal(p9tool_action_parse("", &action), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lying_directories_are_refused),
        cmocka_unit_test(a_server_that_dies_is_told),
        cmocka_unit_test(a_tree_without_end_ends),
        cmocka_unit_test(odd_attributes_are_shown),
        cmocka_unit_test(long_lists),
        cmocka_unit_test(actions_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
