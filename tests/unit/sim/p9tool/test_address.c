/* Addresses: which are understood, which are safe, what is in the way. */
#include "served.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int try_listen(const char *text, bool any, char **ret)
{
    struct domain d;
    struct error err = {0};
    struct listener l = {0};
    char *where = NULL;
    domain_init(&d, "address", PROFILE_GVISOR_2018_08_14);
    int code = address_listen(&d, text, any, &l, &where, &err);
    if (!code && ret) {
        *ret = strdup(where);
    }
    assert_true((code != 0) == (err.text != NULL));
    mem_free(where);
    listener_release(&l);
    error_release(&err);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
    return code;
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const bad[] = {"",    "host",    "127.0.0.1", "127.0.0.1:",    ":x",
                                      "fd:", "fd:x",    "fd:-1",     "unix:",         ":65536",
                                      ":-1", "a:1:2:x", "tcp:",      "fd:99999999999"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(try_listen(bad[i], true, NULL), -EINVAL);
    }
    char host[400];
    memset(host, 'h', sizeof(host));
    memcpy(host + 390, ":1", 3);
    assert_int_equal(try_listen(host, true, NULL), -EINVAL);
}

static void only_loopback_unless_told(void **state)
{
    char *where = NULL;
    (void)state;
    assert_int_equal(try_listen("0.0.0.0:0", false, NULL), -EACCES);
    assert_int_equal(try_listen("[::]:0", false, NULL), -EACCES);
    assert_int_equal(try_listen("0.0.0.0:0", true, NULL), 0);
    assert_int_equal(try_listen("127.9.9.9:0", false, NULL), 0);
    assert_int_equal(try_listen("tcp:localhost:0", false, NULL), 0);
    assert_int_equal(try_listen(":0", false, &where), 0);
    assert_memory_equal(where, "127.0.0.1:", 10);
    assert_string_not_equal(where, "127.0.0.1:0"); /* the port that it got */
    free(where);
    int v6 = try_listen("[::1]:0", false, NULL);
    assert_true(v6 == 0 || v6 == -EADDRNOTAVAIL || v6 == -EAFNOSUPPORT);
}

static void sockets_of_the_dead_are_replaced(void **state)
{
    struct served s;
    struct domain d;
    struct listener l = {0};
    struct stat st;
    char *where;
    (void)state;
    served_tree(&s);
    domain_init(&d, "address", PROFILE_GVISOR_2018_08_14);
    assert_int_equal(address_listen(&d, s.sock, false, &l, &where, NULL), 0);
    mem_free(where);
    assert_int_equal(stat(s.sock, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);                      /* nobody else's */
    assert_int_equal(try_listen(s.sock, false, NULL), -EADDRINUSE); /* somebody listens */
    mem_free(l.unlink_path);
    l.unlink_path = NULL;
    listener_release(&l); /* dies without cleaning up */
    assert_int_equal(stat(s.sock, &st), 0);
    assert_int_equal(try_listen(s.sock, false, NULL), 0);
    assert_int_equal(stat(s.sock, &st), -1);
    char file[128], deep[300];
    (void)snprintf(file, sizeof(file), "%s/file", s.tree);
    assert_int_equal(try_listen(file, false, NULL), -EADDRINUSE); /* never removes a file */
    assert_int_equal(stat(file, &st), 0);
    memset(deep, '/', sizeof(deep));
    deep[299] = '\0';
    assert_int_equal(try_listen(deep, false, NULL), -ENAMETOOLONG);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
    served_remove(&s);
}

static void inherited_sockets(void **state)
{
    char text[16], *where = NULL;
    int ends[2], datagrams[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams), 0);
    (void)snprintf(text, sizeof(text), "fd:%d", ends[0]);
    assert_int_equal(try_listen(text, false, &where), 0);
    assert_string_equal(where, text);
    free(where);
    (void)snprintf(text, sizeof(text), "fd:%d", datagrams[0]);
    assert_int_equal(try_listen(text, false, NULL), -EPROTOTYPE);
    assert_int_equal(try_listen("fd:12345", false, NULL), -EBADF);
    close(ends[0]), close(ends[1]), close(datagrams[0]), close(datagrams[1]);
}

static void connecting_to_nothing(void **state)
{
    static const struct {
        const char *text;
        int code;
    } rows[] = {{"/does/not/exist", -ENOENT},
                {"127.0.0.1:1", -ECONNREFUSED},
                {"fd:12345", -EBADF},
                {"nothing", -EINVAL}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct domain d;
        struct error err = {0};
        struct owned_fd *fd;
        domain_init(&d, "address", PROFILE_GVISOR_2018_08_14);
        assert_int_equal(address_connect(&d, rows[i].text, &fd, &err), rows[i].code);
        assert_non_null(strstr(err.text, rows[i].text));
        error_release(&err);
        assert_int_equal(domain_close(&d, NULL, NULL), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(only_loopback_unless_told),
        cmocka_unit_test(sockets_of_the_dead_are_replaced),
        cmocka_unit_test(inherited_sockets),
        cmocka_unit_test(connecting_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
