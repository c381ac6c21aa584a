/* Every operation of the client through a real socket to the real server on a mock (contract 6.4).
 */
#include "p9_test.h"

static struct p9_file attached(struct session *s)
{
    struct p9_file root;
    assert_int_equal(p9_attach(s->client, "/", &root), 0);
    return root;
}

static uint32_t sent(const struct session *s, uint8_t type)
{
    return p9_client_sent(s->client)[type];
}

static void reconnect(struct session *s, uint32_t msize, const char *version)
{
    p9_client_free(s->client);
    s->client = NULL;
    p9_server_free(s->server);
    struct owned_fd *end;
    assert_int_equal(p9_socketpair(&s->server_domain, &s->client_domain, &end, &s->raw), 0);
    assert_int_equal(p9_server_new(&s->server_domain, end, &s->mock.attach, &s->server), 0);
    assert_int_equal(session_connect(s, msize, version), 0);
}

static void every_operation_reaches_the_backend(void **state)
{
    struct session *s = *state;
    struct p9_file root = attached(s), f;
    struct p9_qid qid;
    struct p9_fsstat fsstat;
    struct p9_attr attr;
    uint64_t valid;
    char *target;
    assert_string_equal(s->mock.last, "attach /");
    assert_int_equal(p9_statfs(&root, &fsstat), 0);
    assert_int_equal(fsstat.namelen, 255);
    assert_int_equal(p9_getattr(&root, P9_ATTR_ALL, &qid, &valid, &attr), 0);
    assert_string_equal(s->mock.last, "getattr 3fff");
    assert_int_equal(valid, P9_ATTR_STAT);
    assert_int_equal(attr.mode, 0100644);
    assert_int_equal(qid.path, 7);
    const struct p9_setattr sa = {.mode = 04711, .uid = 1, .gid = 2, .size = 3};
    assert_int_equal(p9_setattr(&root, P9_SETATTR_MODE | P9_SETATTR_SIZE, &sa), 0);
    assert_string_equal(s->mock.last, "setattr 9 711 1 2 3"); /* */
    assert_int_equal(p9_mkdir(&root, "d", 0755, 1, 2, &qid), 0);
    assert_string_equal(s->mock.last, "mkdir d 755 1 2");
    assert_int_equal(qid.path, 11);
    assert_int_equal(p9_symlink(&root, "l", "/t", 1, 2, NULL), 0);
    assert_string_equal(s->mock.last, "symlink l /t 1 2");
    assert_int_equal(p9_mknod(&root, "n", 0644, 1, 3, 5, 6, &qid), 0);
    assert_string_equal(s->mock.last, "mknod n 644 1 3 5 6");
    assert_int_equal(p9_link(&root, &root, "h"), 0);
    assert_string_equal(s->mock.last, "link h self");
    assert_int_equal(p9_rename(&root, &root, "r"), 0);
    assert_string_equal(s->mock.last, "rename r self");
    assert_int_equal(p9_renameat(&root, "a", &root, "b"), 0);
    assert_string_equal(s->mock.last, "renameat a b self");
    assert_int_equal(p9_unlinkat(&root, "u", 0x200), 0);
    assert_string_equal(s->mock.last, "unlinkat u 200");
    assert_int_equal(p9_readlink(&root, &target), 0);
    assert_string_equal(target, "ttttt");
    mem_free(target);
    assert_int_equal(p9_flush(&root), 0);
    assert_string_equal(s->mock.last, "flush");
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &f), 0);
    uint32_t iounit;
    assert_int_equal(p9_create(&f, "c", 2, 0644, 1, 2, &qid, &iounit, NULL), 0);
    assert_string_equal(s->mock.last, "create c 2 644 1 2");
    assert_int_equal(p9_fsync(&f), 0);
    assert_int_equal(p9_remove(&f), 0);
    assert_string_equal(s->mock.last, "remove");
    assert_int_equal(p9_clunk(&f), 0);
    assert_int_equal(sent(s, P9_TCLUNK), 0);
    assert_int_equal(p9_clunk(&root), 0);
    assert_int_equal(s->mock.live, 0);
    assert_int_equal(p9_client_info(s->client).live_fids, 0);
}

static void errors_pass_unchanged_and_leave_results_alone(void **state)
{
    struct session *s = *state;
    struct p9_file root = attached(s), f = {.fid = 77};
    struct p9_qid qid = {.path = 77};
    struct owned_fd *fd = (struct owned_fd *)s;
    uint32_t iounit = 77;
    static const char *const missing[] = {"a", "missing"};
    assert_int_equal(p9_walk(&root, missing, 2, &qid, &f), -ENOENT);
    s->mock.fail = -4095;
    assert_int_equal(p9_mkdir(&root, "d", 0, 0, 0, &qid), -4095);
    s->mock.fail = -EACCES;
    assert_int_equal(p9_lopen(&root, 0, &qid, &iounit, &fd), -EACCES);
    assert_int_equal(p9_mkdir(&root, "..", 0, 0, 0, &qid), -EINVAL);
    assert_ptr_equal(fd, s);
    assert_int_equal(iounit, 77);
    assert_int_equal(qid.path, 77);
    assert_int_equal(f.fid, 77);
    s->mock.fail = -EACCES;
    assert_int_equal(p9_attach(s->client, "/x", &f), -EACCES);
    assert_int_equal(p9_client_info(s->client).live_fids, 1);
    assert_int_equal(p9_clunk(&root), 0);
    assert_int_equal(p9_fsync(&root), -EBADF); /* a closed file sends nothing */
    assert_int_equal(sent(s, P9_TFSYNC), 0);
}

static void walks_of_any_length(void **state)
{
    struct session *s = *state;
    struct p9_file root = attached(s), f;
    static const char *const names[] = {"a", "b", "c"};
    struct p9_qid qids[3];
    struct p9_attr attr;
    uint64_t valid;
    assert_int_equal(p9_walk(&root, names, 3, qids, &f), 0);
    assert_int_equal(qids[2].path, 102);
    assert_int_equal(p9_clunk(&f), 0);
    s->mock.no_clone_qid = true; /* as other servers: no qid for no names */
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &f), 0);
    assert_int_equal(p9_clunk(&f), 0);
    assert_int_equal(p9_walkgetattr(&root, names, 1, qids, &valid, &attr, &f), 0);
    assert_int_equal(attr.size, 4);
    assert_int_equal(sent(s, P9_TWALKGETATTR), 1);
    assert_int_equal(p9_clunk(&f), 0);
    assert_int_equal(p9_clunk(&root), 0);
}

/* Two requests that leave together, with the results of one after the other. */
static void a_clone_that_is_open(void **state)
{
    struct session *s = *state;
    struct p9_file root = attached(s), f = {.fid = 77}, none = {0};
    struct p9_qid qid = {.path = 77};
    struct owned_fd *fd = (struct owned_fd *)s;
    uint32_t iounit = 77;
    assert_int_equal(p9_open_clone(&none, 0, &f, &qid, &iounit, &fd), -EBADF);
    s->mock.fail = -EACCES; /* the walk */
    assert_int_equal(p9_open_clone(&root, 0, &f, &qid, &iounit, &fd), -EACCES);
    assert_int_equal(sent(s, P9_TCLUNK), 0);
    s->mock.fail = -EPERM; /* the open: the clone is clunked */
    s->mock.fail_later = 1;
    assert_int_equal(p9_open_clone(&root, 0, &f, &qid, &iounit, &fd), -EPERM);
    assert_int_equal(sent(s, P9_TCLUNK), 1);
    assert_int_equal(p9_client_info(s->client).live_fids, 1);
    assert_int_equal(p9_client_info(s->client).lost_fids, 0);
    assert_int_equal(p9_client_info(s->client).pending, 0);
    assert_int_equal(s->mock.live, 1);
    assert_int_equal(f.fid, 77);
    assert_int_equal(qid.path, 77);
    assert_int_equal(iounit, 77);
    assert_ptr_equal(fd, s);
    assert_int_equal(p9_open_clone(&root, 2, &f, &qid, &iounit, &fd), 0);
    assert_string_equal(s->mock.last, "open 2");
    assert_int_equal(f.fid, root.fid + 1);
    assert_int_equal(sent(s, P9_TWALK), 3);
    assert_int_equal(sent(s, P9_TLOPEN), 3);
    assert_null(fd);
    assert_int_equal(p9_clunk(&f), 0);
    assert_int_equal(p9_open_clone(&root, 0, &f, NULL, NULL, NULL), 0);
    assert_int_equal(p9_clunk(&f), 0);
    assert_int_equal(p9_clunk(&root), 0);
    assert_int_equal(s->mock.live, 0);
}

/* Another peer is not asked to open what it may not know. */
static void a_clone_that_is_open_for_other_peers(void **state)
{
    struct session *s = *state;
    p9_client_set_personality(s->client, P9_STD);
    struct p9_file root = attached(s), f;
    s->mock.fail = -EACCES;
    assert_int_equal(p9_open_clone(&root, 0, &f, NULL, NULL, NULL), -EACCES);
    assert_int_equal(sent(s, P9_TLOPEN), 0);
    s->mock.fail = -EPERM;
    s->mock.fail_later = 1;
    assert_int_equal(p9_open_clone(&root, 0, &f, NULL, NULL, NULL), -EPERM);
    assert_int_equal(sent(s, P9_TCLUNK), 1);
    assert_int_equal(p9_open_clone(&root, 0, &f, NULL, NULL, NULL), 0);
    assert_int_equal(p9_clunk(&f), 0);
    assert_int_equal(p9_clunk(&root), 0);
}

/* The number returned last is used first. */
/* proves: Q-24 Q-23 QI-14 */
static void fid_numbers_come_back(void **state)
{
    struct session *s = *state;
    struct p9_file root = attached(s), a, b;
    assert_int_equal(root.fid, 1);
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &a), 0);
    assert_int_equal(a.fid, 2);
    assert_int_equal(p9_clunk(&a), 0);
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &a), 0);
    assert_int_equal(a.fid, 2);
    s->mock.fail = -EACCES;
    assert_int_equal(p9_remove(&a), -EACCES); /* the server has dropped it all the same */
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &a), 0);
    assert_int_equal(a.fid, 2);
    b = a;
    assert_int_equal(p9_clunk(&a), 0);
    assert_int_equal(p9_clunk(&b), -EBADF); /* a number that the server does not know is lost */
    struct p9_client_info info = p9_client_info(s->client);
    assert_int_equal(info.lost_fids, 1);
    assert_int_equal(p9_clunk(&root), 0);
}

/* proves: Q-07 */
static void older_versions_get_older_messages(void **state)
{
    struct session *s = *state;
    struct p9_file root, f;
    struct p9_attr attr;
    uint64_t valid;
    struct owned_fd *fd;
    static const char *const names[] = {"a"};
    for (int version = 0; version <= 6; version++) {
        char text[P9_VERSION_TEXT];
        reconnect(s, 8192, p9_version_format((uint32_t)version, text));
        root = attached(s);
        assert_int_equal(p9_flush(&root), 0);
        assert_int_equal(sent(s, P9_TFLUSHF), version >= 1);
        assert_int_equal(p9_walkgetattr(&root, names, 1, NULL, &valid, &attr, &f), 0);
        assert_int_equal(sent(s, P9_TWALKGETATTR), version >= 2);
        assert_int_equal(sent(s, P9_TWALK), version < 2);
        assert_int_equal(sent(s, P9_TGETATTR), version < 2);
        assert_int_equal(p9_mkdir(&root, "d", 0755, 5, 6, NULL), 0);
        assert_string_equal(s->mock.last, version >= 3 ? "mkdir d 755 5 6" : "mkdir d 755 -1 -1");
        assert_int_equal(p9_symlink(&root, "l", "t", 5, 6, NULL), 0);
        assert_string_equal(s->mock.last, version >= 3 ? "symlink l t 5 6" : "symlink l t -1 -1");
        assert_int_equal(p9_mknod(&root, "n", 0644, 1, 2, 5, 6, NULL), 0);
        assert_int_equal(sent(s, P9_TUMKNOD), version >= 3);
        assert_int_equal(p9_create(&f, "c", 2, 0644, 5, 6, NULL, NULL, NULL), 0);
        assert_string_equal(s->mock.last,
                            version >= 3 ? "create c 2 644 5 6" : "create c 2 644 -1 -1");
        int code = p9_lconnect(&root, P9_CONNECT_ANY, &fd);
        assert_int_equal(code, version >= 4 ? 0 : -ECONNREFUSED);
        assert_int_equal(sent(s, P9_TLCONNECT), version >= 4);
        if (version < 2) { /* a failed getattr gives the walked file back */
            unsigned live = s->mock.live;
            s->mock.fail = -EACCES;
            s->mock.fail_later = 1;
            code = p9_walkgetattr(&root, names, 1, NULL, &valid, &attr, &f);
            assert_int_equal(code, -EACCES);
            assert_int_equal(s->mock.live, live);
        }
    }
    p9_client_set_personality(s->client, P9_STD);
    assert_int_equal(p9_client_personality(s->client), P9_STD);
}

static void a_donated_file_arrives_and_works(void **state)
{
    struct session *s = *state;
    struct p9_file root = attached(s);
    struct owned_fd *fd;
    struct p9_qid qid;
    char text[8];
    size_t done;
    s->mock.donate = true;
    assert_int_equal(p9_lopen(&root, P9_OPEN_RDWR, &qid, NULL, &fd), 0);
    assert_non_null(fd);
    assert_int_equal(qid.path, 8);
    assert_int_equal(p9_fd_pwrite(fd, "hello", 5, 3, &done), 0);
    assert_int_equal(done, 5);
    assert_int_equal(p9_fd_pread(fd, text, sizeof(text), 0, &done), 0);
    assert_int_equal(done, 8);
    assert_memory_equal(text, "\0\0\0hello", 8);
    assert_int_equal(p9_fd_pread(fd, text, sizeof(text), 6, &done), 0);
    assert_int_equal(done, 2);
    assert_int_equal(p9_fd_pread(fd, text, 1, UINT64_MAX, &done), -EINVAL);
    assert_int_equal(p9_fd_pwrite(fd, text, 1, UINT64_MAX, &done), -EINVAL);
    assert_int_equal(done, 0);
    owned_fd_free(fd);
    assert_int_equal(p9_lconnect(&root, P9_CONNECT_STREAM, &fd), 0);
    assert_non_null(fd);
    owned_fd_free(fd);
    int before = open_fds();
    assert_int_equal(p9_lconnect(&root, P9_CONNECT_STREAM, NULL), 0);
    assert_int_equal(open_fds(), before);
    assert_int_equal(p9_clunk(&root), 0);
}

/* proves: Q-73 */
static void files_of_two_connections_do_not_mix(void **state)
{
    struct session *a = *state, b;
    assert_int_equal(session_open(&b), 0);
    assert_int_equal(session_connect(&b, 8192, "9P2000.L.Google.6"), 0);
    struct p9_file here = attached(a), there = attached(&b);
    assert_int_equal(p9_link(&here, &there, "x"), -EXDEV);
    assert_int_equal(p9_renameat(&here, "x", &there, "y"), -EXDEV);
    assert_int_equal(sent(a, P9_TRENAME) + sent(a, P9_TLINK) + sent(a, P9_TRENAMEAT), 0);
    assert_int_equal(p9_rename(&here, &there, "x"),
                     0); /* number 1 of this server, as the original */
    assert_string_equal(a->mock.last, "rename x self");
    a->client_domain.quirks.value[Q_73] = 0;
    assert_int_equal(p9_rename(&here, &there, "x"), -EXDEV);
    assert_int_equal(sent(a, P9_TRENAME), 1);
    assert_int_equal(session_close(&b), 0);
}

static void a_link_target_must_be_text(void **state)
{
    struct session *s = *state;
    struct p9_file root = attached(s);
    char *target = NULL;
    s->mock.link_n = 0;
    assert_int_equal(p9_readlink(&root, &target), -EIO);
    s->mock.link_n = P9_STRING_MAX;
    assert_int_equal(p9_readlink(&root, &target), 0);
    assert_int_equal(strlen(target), P9_STRING_MAX);
    mem_free(target);
    s->mock.link_n++;
    assert_int_equal(p9_readlink(&root, &target), -ENAMETOOLONG);
}

/* A sync has no kind that could be unknown. */
/* proves: P-09 */
static void a_sync_has_no_kind(void **state)
{
    struct session *s = *state;
    struct p9_file root;
    _Static_assert(_Generic(&p9_fsync, int (*)(const struct p9_file *) : 1, default : 0),
                   "p9_fsync takes a file and nothing else");
    assert_int_equal(p9_attach(s->client, "/", &root), 0);
    assert_int_equal(p9_fsync(&root), -EINVAL); /* not opened */
    assert_int_equal(p9_clunk(&root), 0);
}

/* A clunk that nobody waits for costs no system calls of its own, and its number is free again only
 * when the reply is here. */
/* proves: P-11 Q-24 */
static void a_late_clunk_travels_with_the_next_request(void **state)
{
    struct session *s = *state;
    struct p9_file root = attached(s), f, g;
    struct p9_fsstat fsstat;
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &f), 0);
    const uint32_t number = f.fid;
    const uint64_t before = p9_server_info(s->server).requests;
    assert_int_equal(p9_clunk_later(&f), 0);
    assert_null(f.client);
    assert_int_equal(p9_clunk_later(&f), 0); /* again: a silent success */
    assert_int_equal(sent(s, P9_TCLUNK), 1);
    assert_int_equal(p9_server_info(s->server).requests, before);
    assert_int_equal(p9_client_info(s->client).live_fids, 1);
    assert_int_equal(p9_client_info(s->client).pending, 0);
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &g), 0);
    assert_int_not_equal(g.fid, number);
    assert_int_equal(p9_server_info(s->server).requests, before + 2);
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &f), 0);
    assert_int_equal(f.fid, number);
    /* one that fails loses the number */
    assert_int_equal(p9_clunk_later(&(struct p9_file){.client = s->client, .fid = 77777}), 0);
    assert_int_equal(p9_statfs(&root, &fsstat), 0);
    assert_int_equal(p9_client_info(s->client).lost_fids, 1);
    assert_int_equal(p9_clunk(&f), 0);
    assert_int_equal(p9_clunk(&g), 0);
    assert_int_equal(p9_clunk(&root), 0);
}

/* However many there are, they wait for company in small numbers only, and the last file of a
 * session, or the end of the client, waits for all. */
static void late_clunks_arrive_at_last(void **state)
{
    struct session *s = *state;
    struct p9_file root = attached(s), files[100];
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        assert_int_equal(p9_walk(&root, NULL, 0, NULL, &files[i]), 0);
    }
    for (size_t i = 1; i < ARRAY_LEN(files); i++) {
        assert_int_equal(p9_clunk_later(&files[i]), 0);
    }
    assert_true(p9_server_info(s->server).fids < 20);
    assert_int_equal(p9_clunk_later(&files[0]), 0);
    assert_int_equal(p9_clunk_later(&root), 0);
    assert_int_equal(p9_server_info(s->server).fids, 0);
    assert_int_equal(s->mock.live, 0);
    root = attached(s);
    assert_int_equal(p9_walk(&root, NULL, 0, NULL, &files[0]), 0);
    assert_int_equal(p9_clunk_later(&files[0]), 0);
    assert_int_equal(p9_server_info(s->server).fids, 2);
    p9_client_free(s->client);
    s->client = NULL;
    assert_int_equal(p9_server_info(s->server).fids, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SESSION_TEST(every_operation_reaches_the_backend),
        SESSION_TEST(errors_pass_unchanged_and_leave_results_alone),
        SESSION_TEST(walks_of_any_length),
        SESSION_TEST(a_clone_that_is_open),
        SESSION_TEST(a_clone_that_is_open_for_other_peers),
        SESSION_TEST(fid_numbers_come_back),
        SESSION_TEST(a_late_clunk_travels_with_the_next_request),
        SESSION_TEST(late_clunks_arrive_at_last),
        SESSION_TEST(older_versions_get_older_messages),
        SESSION_TEST(a_donated_file_arrives_and_works),
        SESSION_TEST(files_of_two_connections_do_not_mix),
        SESSION_TEST(a_link_target_must_be_text),
        SESSION_TEST(a_sync_has_no_kind),
    };
    return cmocka_run_group_tests_name("p9_client_file", tests, NULL, NULL);
}
