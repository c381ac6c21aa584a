/* Names in a folder. */
#include "fixture.h"
#include "listing.h"

static void byte_order_without_hidden_names(void **state)
{
    struct fixture *f = *state;
    struct listing l;
    make_folder(f);
    static const char *const names[] = {"B", "a", "a-b", "a.b", "aa", "\xC3\xA4"};
    for (size_t i = ARRAY_LEN(names); i-- > 0;) {
        make_file(names[i], "");
    }
    make_file(".hidden", "");
    assert_int_equal(listing_read(&f->d, ".", &l), 0);
    assert_int_equal(l.n, ARRAY_LEN(names));
    for (size_t i = 0; i < l.n; i++) {
        assert_string_equal(l.names[i], names[i]);
    }
    listing_release(&l);
    assert_int_equal(listing_read(&f->d, "a", &l), -ENOTDIR);
    assert_int_equal(listing_read(&f->d, "gone", &l), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {INPUT_TEST(byte_order_without_hidden_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
