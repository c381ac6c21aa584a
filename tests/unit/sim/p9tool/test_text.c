#include "served.h"

static void names_cannot_act_on_a_terminal(void **state)
{
    char *text = NULL;
    size_t n;
    (void)state;
    FILE *out = open_memstream(&text, &n);
    put_name(out, "a\033[31m\nb\\c\x7f\xc3\xa4");
    fclose(out);
    assert_string_equal(text, "a\\033[31m\\012b\\134c\\177\xc3\xa4");
    free(text);
}

static void modes(void **state)
{
    static const struct {
        uint32_t mode;
        const char *text;
    } rows[] = {
        {0040755, "drwxr-xr-x"},    {0100644, "-rw-r--r--"}, {0120777, "lrwxrwxrwx"},
        {0010600, "prw-------"},    {0140000, "s---------"}, {0020666, "crw-rw-rw-"},
        {0060660, "brw-rw----"},    {0107777, "-rwsrwsrwt"}, {0107000, "---S--S--T"},
        {0xFFFFFFFF, "-rwsrwsrwt"},
    };
    char got[11];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        mode_text(rows[i].mode, got);
        assert_string_equal(got, rows[i].text);
    }
}

static void times(void **state)
{
    char got[32];
    (void)state;
    time_text(0, got);
    assert_string_equal(got, "1970-01-01 00:00:00");
    time_text(1534204800, got);
    assert_string_equal(got, "2018-08-14 00:00:00");
    time_text(UINT64_MAX / 2, got); /* a peer may send any */
    assert_string_equal(got, "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_cannot_act_on_a_terminal),
        cmocka_unit_test(modes),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
