/* Copies for cJSON. */
#include "fixture.h"

#include <cjson/cJSON.h>

static void everything_is_copied_but_shadowed_members(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc =
        parse(f, "{\"a\":1,\"b\":[true,false,null,\"x\\n\",-2.5],\"a\":{\"c\":{}}}");
    cJSON *copy = NULL;
    assert_int_equal(json_to_cjson(&f->d, doc.root, &copy), 0);
    char *text = cJSON_PrintUnformatted(copy);
    assert_string_equal(text, "{\"b\":[true,false,null,\"x\\n\",-2.5],\"a\":{\"c\":{}}}");
    cJSON_free(text);
    cJSON_Delete(copy);
    json_release(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {INPUT_TEST(everything_is_copied_but_shadowed_members)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
