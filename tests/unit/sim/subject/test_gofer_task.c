/* A gofer in a thread and in a process: that it serves, hangs, meets its fate and dies. */
#include "gofer_task.h"

#include "fixture.h"
#include "keep.h"

#include <signal.h>
#include <unistd.h>

struct played {
    struct domain host_d, gofer_d, d; /* d: the sentry's side */
    struct host *h;
    struct host_snapshot *before;
    struct gofer_task t;
    struct p9_pump pump;
    struct p9_client *client;
    struct p9_file root;
    int fds;
};

static void prepare(struct played *p, enum gofer_mode mode)
{
    static const struct host_entry entries[] = {
        {.path = "file", .type = HOST_FILE, .content = "hello", .content_n = 5},
        {.path = "pipe", .type = HOST_FIFO},
    };
    const struct host_manifest m = {.entries = entries, .n = ARRAY_LEN(entries)};
    const struct host_label label = {"@root", "/h"};
    *p = (struct played){.fds = open_fds()};
    domain_init(&p->host_d, "host", PROFILE_GVISOR_2018_08_14);
    domain_init(&p->gofer_d, "gofer", PROFILE_GVISOR_2018_08_14);
    domain_init(&p->d, "world", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(host_mem_new(&p->host_d, &p->h), 0);
    assert_int_equal(host_add_tree(p->h, "/h", &m), 0);
    assert_int_equal(host_snapshot_new(p->h, &p->host_d, &label, 1, &p->before), 0);
    assert_int_equal(gofer_task_open(&p->t, mode, &p->gofer_d, &p->host_d, p->h, p->before, 1), 0);
}

static struct owned_fd *second_channel(struct played *p);

/* `ret_other` (NULL: none): the client's end of a second channel behind this one. */
static void connect_and_start(struct played *p, struct owned_fd **ret_other)
{
    struct owned_fd *ours, *theirs;
    struct gofer_point *point;
    struct gofer_channel *channel;
    const struct gofer_attach attach = {.prefix = "/h", .lazy_open_for_write = true};
    assert_int_equal(p9_socketpair(&p->d, &p->gofer_d, &ours, &theirs), 0);
    assert_int_equal(gofer_point_new(p->t.gofer, &attach, &point), 0);
    assert_int_equal(gofer_serve(point, theirs, &channel), 0);
    if (ret_other) {
        *ret_other = second_channel(p);
    }
    p->pump = gofer_task_pump(&p->t, 0, channel, ours->fd);
    assert_int_equal(gofer_task_start(&p->t), 0);
    assert_int_equal(p9_client_new(&p->d, ours, P9_MSIZE_DEFAULT, "9P2000.L.Google.6", &p->pump,
                                   NULL, &p->client),
                     0);
}

static void begin(struct played *p, enum gofer_mode mode)
{
    prepare(p, mode);
    connect_and_start(p, NULL);
    assert_int_equal(p9_attach(p->client, "/", &p->root), 0);
}

/* One more channel, before the start. */
static struct owned_fd *second_channel(struct played *p)
{
    struct owned_fd *ours, *theirs;
    struct gofer_point *point;
    struct gofer_channel *channel;
    assert_int_equal(p9_socketpair(&p->d, &p->gofer_d, &ours, &theirs), 0);
    assert_int_equal(gofer_point_new(p->t.gofer, &(struct gofer_attach){.prefix = "/h"}, &point),
                     0);
    assert_int_equal(gofer_serve(point, theirs, &channel), 0);
    return ours;
}

/* Closes the sentry's side, then the task; the rest must go without a leftover. */
static const char *end(struct played *p, struct sim_result *r)
{
    const char *death = NULL;
    p9_client_free(p->client);
    size_t left = domain_close(&p->d, NULL, NULL);
    assert_true(p->d.fate != FATE_NONE || left == 0);
    assert_int_equal(gofer_task_end(&p->t, r, true, &death), 0);
    assert_int_equal(keep_leftovers(&p->gofer_d, r), 0);
    host_snapshot_free(p->before);
    host_free(p->h);
    assert_int_equal(keep_leftovers(&p->host_d, r), 0);
    assert_int_equal(r->ledger.n, 0);
    assert_int_equal(open_fds(), p->fds);
    return death;
}

static const enum gofer_mode modes[] = {GOFER_INLINE, GOFER_THREAD, GOFER_PROCESS};

static void serves(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        struct played p;
        struct sim_result *r = sim_result_new(*state, "a");
        struct p9_qid qid;
        begin(&p, modes[i]);
        assert_int_equal(p9_mkdir(&p.root, "made", 0750, 1, 2, &qid), 0);
        if (modes[i] == GOFER_THREAD) {
            assert_false(gofer_task_over(&p.t));
        }
        assert_int_equal(p9_clunk(&p.root), 0);
        if (modes[i] == GOFER_PROCESS) {
            assert_null(end(&p, r)); /* the change came back in the report */
            assert_int_equal(r->host_diff.n, 1);
            assert_string_equal(r->host_diff.v[0], "+ @root/made 040750 1:2");
            assert_true(p.gofer_d.quirks.asked[Q_35]);
        } else {
            assert_null(end(&p, r));
            assert_int_equal(r->host_diff.n, 0); /* whoever has the host asks it */
        }
        sim_result_free(r);
    }
}

/* A donated descriptor of a memory host crosses the border of processes too. */
static void donates(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        struct played p;
        struct sim_result *r = sim_result_new(*state, "a");
        struct p9_file file = {0};
        struct owned_fd *fd = NULL;
        const char *name = "file";
        char text[8] = "";
        size_t n = 0;
        begin(&p, modes[i]);
        assert_int_equal(p9_walk(&p.root, &name, 1, NULL, &file), 0);
        assert_int_equal(p9_lopen(&file, P9_OPEN_RDWR, NULL, NULL, &fd), 0);
        assert_non_null(fd);
        assert_int_equal(p9_fd_pread(fd, text, sizeof(text), 0, &n), 0);
        assert_string_equal(text, "hello");
        assert_int_equal(p9_fd_pwrite(fd, "J", 1, 0, &n), 0);
        assert_int_equal(p9_read(&file, text, 5, 0, &n), 0);
        assert_string_equal(text, "Jello");
        owned_fd_free(fd);
        assert_int_equal(p9_clunk(&file), 0);
        assert_int_equal(p9_clunk(&p.root), 0);
        assert_null(end(&p, r));
        sim_result_free(r);
    }
}

/* The end of one connection ends a gofer whose others are idle. */
/* proves: Q-35 */
static void one_end_ends_all(void **state)
{
    for (size_t i = 1; i < ARRAY_LEN(modes); i++) {
        for (int first = 0; first < 2; first++) {
            struct played p;
            struct sim_result *r = sim_result_new(*state, "a");
            struct owned_fd *other = NULL;
            uint64_t valid;
            struct p9_attr attr;
            prepare(&p, modes[i]);
            other = first ? second_channel(&p) : NULL;
            connect_and_start(&p, first ? NULL : &other);
            assert_int_equal(p9_attach(p.client, "/", &p.root), 0);
            owned_fd_free(other);
            int code = 0;
            while (code == 0) { /* until it has seen the end */
                code = p9_getattr(&p.root, P9_ATTR_ALL, NULL, &valid, &attr);
            }
            assert_int_equal(code, -EIO);
            (void)p9_clunk(&p.root);
            assert_null(end(&p, r));
            sim_result_free(r);
        }
    }
}

/* proves: Q-39 */
static void hangs(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        struct played p;
        struct sim_result *r = sim_result_new(*state, "a");
        struct p9_file file = {0};
        const char *name = "pipe";
        begin(&p, modes[i]);
        assert_int_equal(p9_walk(&p.root, &name, 1, NULL, &file), CODE_FATE);
        assert_int_equal(p.d.fate, FATE_HANG);
        assert_null(end(&p, r));
        assert_int_equal(p.gofer_d.fate, FATE_HANG);
        sim_result_free(r);
    }
}

/* Whatever check the gofer's fate strikes at: who sees the end of file also sees the fate. */
static void dies_of_a_fate(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        struct played p;
        struct sim_result *r = sim_result_new(*state, "a");
        struct p9_file root;
        uint64_t valid;
        struct p9_attr attr;
        prepare(&p, modes[i]);
        p.gofer_d.fate_inject_at = 8;
        connect_and_start(&p, NULL);
        int code = p9_attach(p.client, "/", &root);
        while (code == 0) {
            code = p9_getattr(&root, P9_ATTR_ALL, NULL, &valid, &attr);
        }
        assert_int_equal(code, -EIO);
        assert_true(gofer_task_over(&p.t));
        assert_int_equal(p.gofer_d.fate, FATE_PANIC);
        assert_string_equal(p.gofer_d.fate_text, "injected fate");
        assert_null(end(&p, r));
        sim_result_free(r);
    }
}

/* A process that is killed: an end of file for the world, and said at the end. */
static void dies_of_a_signal(void **state)
{
    struct played p;
    struct sim_result *r = sim_result_new(*state, "a");
    uint64_t valid;
    struct p9_attr attr;
    begin(&p, GOFER_PROCESS);
    assert_int_equal(kill(p.t.pid, SIGKILL), 0);
    assert_int_equal(p9_getattr(&p.root, P9_ATTR_ALL, NULL, &valid, &attr), -EIO);
    assert_int_equal(p.d.fate, FATE_NONE);
    (void)p9_clunk(&p.root);
    assert_string_equal(end(&p, r), "the gofer process ended by signal SIGKILL");
    sim_result_free(r);
}

/* A gofer that is given up before it started. */
static void never_started(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        struct played p;
        struct sim_result *r = sim_result_new(*state, "a");
        prepare(&p, modes[i]);
        assert_null(end(&p, r));
        sim_result_free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUBJECT_TEST(serves),           SUBJECT_TEST(donates),          SUBJECT_TEST(hangs),
        SUBJECT_TEST(dies_of_a_fate),   SUBJECT_TEST(dies_of_a_signal), SUBJECT_TEST(never_started),
        SUBJECT_TEST(one_end_ends_all),
    };
    return cmocka_run_group_tests_name("sim_subject_gofer_task", tests, NULL, NULL);
}
