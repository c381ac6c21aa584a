#include "support.h"

void suite_make(struct suite *s, const char *family, uint64_t seed, uint64_t count)
{
    struct domain d;
    domain_init(&d, "gen", PROFILE_STRICT);
    struct error err = {0};
    FILE *out = open_memstream(&s->text, &s->n);
    assert_non_null(out);
    struct gen_options opt = {.family = family, .seed = seed, .count = count};
    assert_int_equal(gen_run(&d, &opt, out, &err), 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(domain_close(&d, NULL, NULL), 0);
}

void suite_release(struct suite *s)
{
    free(s->text);
}

size_t suite_count(const struct suite *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        n += s->text[i] == '\n';
    }
    return n;
}

cJSON *suite_case(const struct suite *s, size_t i)
{
    const char *p = s->text;
    for (; i > 0; i--) {
        p = strchr(p, '\n');
        assert_non_null(p);
        p++;
    }
    const char *end;
    cJSON *ret = cJSON_ParseWithOpts(p, &end, 0);
    assert_non_null(ret);
    assert_int_equal(*end, '\n');
    return ret;
}

const char *field(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text ? text : "";
}

size_t suite_count_mounts(const struct suite *s, bool (*match)(const cJSON *mount))
{
    size_t n = 0;
    for (size_t i = 0, cases = suite_count(s); i < cases; i++) {
        cJSON *c = suite_case(s, i);
        const cJSON *spec = cJSON_GetObjectItemCaseSensitive(c, "spec"), *mount;
        bool found = false;
        cJSON_ArrayForEach(mount, cJSON_GetObjectItemCaseSensitive(spec, "mounts"))
        {
            found |= match(mount);
        }
        n += found;
        cJSON_Delete(c);
    }
    return n;
}
