#include "core_test.h"

/* What is left of `data`, as the refusal prints it; "" when nothing is. */
static void check_rest(struct domain *d, const char *data, const char *want)
{
    struct mount_options o;
    struct error err = {0};
    assert_int_equal(mount_options_parse(d, data, &o), 0);
    assert_int_equal(mount_options_refuse_rest(&o, &err), *want ? -EINVAL : 0);
    assert_string_equal(err.text ? err.text : "", want);
    error_release(&err);
    mount_options_release(&o);
}

/* Contract vfs 4 and filesystems 1.2. */
static void options_split_as_the_contract_says(void **state)
{
    struct domain *d = *state;
    check_rest(d, "", "");
    check_rest(d, ",", "");
    check_rest(d, ",,,", "");
    check_rest(d, "size=10m", "unsupported mount options: map[size:10m]");
    check_rest(d, "key0=v0,key1,key2=v2", "unsupported mount options: map[key0:v0 key1: key2:v2]");
    check_rest(d, "k2=v2,k=v", "unsupported mount options: map[k:v k2:v2]");
    check_rest(d, "a=b=c,=x", "unsupported mount options: map[:x a:b=c]");
    check_rest(d, "a=1,b,a=2,,A= 3", "unsupported mount options: map[A: 3 a:2 b:]");
    check_rest(d, "a=1,a", "unsupported mount options: map[a:]");
}

static void taking_removes(void **state)
{
    struct domain *d = *state;
    struct mount_options o;
    struct error err = {0};
    assert_int_equal(mount_options_parse(d, "mode=0755,uid,mode=0700", &o), 0);
    CLEANUP_MEM char *mode = mount_options_take(&o, "mode");
    CLEANUP_MEM char *uid = mount_options_take(&o, "uid");
    assert_string_equal(mode, "0700");
    assert_string_equal(uid, "");
    assert_null(mount_options_take(&o, "mode"));
    assert_null(mount_options_take(&o, "Mode"));
    assert_int_equal(mount_options_refuse_rest(&o, &err), 0);
    mount_options_release(&o);
}

static void the_order_of_keys_does_not_matter(void **state)
{
    struct domain *d = *state;
    for (int i = 0; i < 200; i++) {
        char data[64] = "";
        unsigned start = (unsigned)(domain_random(d) % 5);
        for (unsigned k = 0; k < 5; k++) {
            char piece[] = {(char)('a' + (start + k * 3) % 5), '=', '1', ',', '\0'};
            strcat(data, piece);
        }
        check_rest(d, data, "unsupported mount options: map[a:1 b:1 c:1 d:1 e:1]");
    }
}

static void a_failed_parse_leaves_the_result_alone(void **state)
{
    (void)state;
    uint64_t at = 1;
    for (;; at++) {
        struct domain d;
        struct mount_options o = {0};
        domain_init(&d, "oom loop", PROFILE_GVISOR_2018_08_14);
        d.alloc_fail_at = at;
        int r = mount_options_parse(&d, "a=1,b=2,a=3", &o);
        if (r == 0) {
            assert_int_equal(o.map.n, 2);
            mount_options_release(&o);
            assert_int_equal(domain_close(&d, NULL, NULL), 0);
            break;
        }
        assert_int_equal(r, CODE_FATE);
        assert_null(o.d);
        domain_close(&d, NULL, NULL);
    }
    assert_int_equal(at, 10); /* three options of three allocations */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOMAIN_TEST(options_split_as_the_contract_says),
        DOMAIN_TEST(taking_removes),
        DOMAIN_TEST(the_order_of_keys_does_not_matter),
        DOMAIN_TEST(a_failed_parse_leaves_the_result_alone),
    };
    return cmocka_run_group_tests_name("core_options", tests, NULL, NULL);
}
