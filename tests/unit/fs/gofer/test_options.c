/* options.c: contract ninep 10.1, order and texts. */
#include "world.h"

static const struct {
    const char *data, *text;
} refused[] = {
    {"", "missing required option: 'trans='"},
    {"rfdno=a,cache=x", "missing required option: 'trans='"},
    {"trans=tcp", "unsupported transport: 'trans=tcp'"},
    {"trans", "unsupported transport: 'trans='"},
    {"trans=fd", "missing required option: 'rfdno='"},
    {"trans=fd,wfdno=b", "missing required option: 'rfdno='"},
    {"trans=fd,rfdno=a", "missing required option: 'wfdno='"},
    {"trans=fd,rfdno=a,wfdno=b",
     "invalid fd for 'rfdno=a': strconv.Atoi: parsing \"a\": invalid syntax"},
    {"trans=fd,rfdno=3,wfdno=",
     "invalid fd for 'wfdno=': strconv.Atoi: parsing \"\": invalid syntax"},
    {"trans=fd,rfdno=9223372036854775808,wfdno=3",
     "invalid fd for 'rfdno=9223372036854775808': strconv.Atoi: parsing "
     "\"9223372036854775808\": value out of range"},
    {"trans=fd,rfdno=3,wfdno=4", "fd in 'rfdno=3' and 'wfdno=4' must match"},
    {"trans=fd,rfdno=3,wfdno=3,cache=mmap,msize=x", "unsupported cache mode: mmap"},
    {"trans=fd,rfdno=3,wfdno=3,cache", "unsupported cache mode: "},
    {"trans=fd,rfdno=3,wfdno=3,msize=abc",
     "invalid message size for 'msize=abc': strconv.ParseUint: parsing \"abc\": invalid syntax"},
    {"trans=fd,rfdno=3,wfdno=3,msize=4294967296",
     "invalid message size for 'msize=4294967296': strconv.ParseUint: parsing \"4294967296\": "
     "value out of range"},
    {"trans=fd,rfdno=3,wfdno=3,privateunixsocket=yes,foo=bar",
     "invalid boolean value for 'privateunixsocket=yes': strconv.ParseBool: parsing \"yes\": "
     "invalid syntax"},
    {"trans=fd,rfdno=3,wfdno=3,foo=bar,b=c", "unsupported mount options: map[b:c foo:bar]"},
};

static void refusals_have_their_texts(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct gofer_options o = {.fd = -7};
        struct error err = {0};
        int r = gfs_options_parse(&w->s.d, refused[i].data, &o, &err);
        assert_int_equal(r, -EINVAL);
        assert_string_equal(err.text, refused[i].text);
        assert_int_equal(o.fd, -7);
        error_release(&err);
    }
}

static void defaults(void **state)
{
    struct world *w = *state;
    struct gofer_options o;
    assert_int_equal(gfs_options_parse(&w->s.d, "trans=fd,rfdno=3,wfdno=+3", &o, NULL), 0);
    assert_int_equal(o.fd, 3);
    assert_string_equal(o.aname, "/");
    assert_string_equal(o.version, "9P2000.L.Google.6");
    assert_int_equal(o.cache, GOFER_CACHE_FSCACHE);
    assert_int_equal(o.msize, 1048576);
    assert_false(o.private_unix_socket);
    gfs_options_release(&o);
}

static void everything_given(void **state)
{
    struct world *w = *state;
    static const char data[] =
        ",,version=x,aname=a=b,trans=tcp,trans=fd,rfdno=-5,wfdno=-05,msize=0,"
        "privateunixsocket=T,cache=none,cache=remote_revalidating,";
    struct gofer_options o;
    assert_int_equal(gfs_options_parse(&w->s.d, data, &o, NULL), 0);
    assert_int_equal(o.fd, -5);
    assert_string_equal(o.aname, "a=b");
    assert_string_equal(o.version, "x");
    assert_int_equal(o.cache, GOFER_CACHE_REVALIDATING);
    assert_int_equal(o.msize, 0);
    assert_true(o.private_unix_socket);
    gfs_options_release(&o);
}

static void the_names_of_the_policies(void **state)
{
    struct world *w = *state;
    static const char *const names[] = {"none", "fscache", "fscache_writethrough",
                                        "remote_revalidating"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char data[128];
        struct gofer_options o;
        snprintf(data, sizeof(data), "trans=fd,rfdno=3,wfdno=3,cache=%s", names[i]);
        assert_int_equal(gfs_options_parse(&w->s.d, data, &o, NULL), 0);
        assert_int_equal(o.cache, i);
        gfs_options_release(&o);
    }
}

int main(void)
{
    const struct CMUnitTest options[] = {
        WORLD_TEST(refusals_have_their_texts),
        WORLD_TEST(defaults),
        WORLD_TEST(everything_given),
        WORLD_TEST(the_names_of_the_policies),
    };
    return cmocka_run_group_tests(options, NULL, NULL);
}
