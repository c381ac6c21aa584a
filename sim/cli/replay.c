/* What a command line needs to give the results of a run again. */
#include "cli.h"

#include <cjson/cJSON.h>

/* Options of record_options that decide results, and what goes without saying. */
static const struct {
    const char *key, *option, *unsaid;
} decisive[] = {
    {"quirk", "--quirk", NULL},
    {"entry", "--entry", NULL},
    {"file_access", "--file-access", NULL},
    {"overlay", "--overlay", NULL},
    {"rootfs", "--rootfs", NULL},
    {"sources", "--sources", NULL},
    {"host", "--host", "mem"},
    {"gofer", "--gofer", "inline"},
    {"restore_check", "--restore-check", NULL},
};

static int push(struct ptrvec *words, const char *text)
{
    char *copy = mem_dup(words->d, text);
    return copy ? ptrvec_push(words, copy) : CODE_FATE;
}

static int push_option(struct ptrvec *words, const char *option, const char *value)
{
    int r = push(words, option);
    return r || !value ? r : push(words, value);
}

static int add_value(struct ptrvec *words, const char *option, const char *unsaid,
                     const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    if (text) {
        return unsaid && strcmp(text, unsaid) == 0 ? 0 : push_option(words, option, text);
    }
    if (cJSON_IsTrue(value)) {
        return push_option(words, option, NULL);
    }
    int r = 0;
    const cJSON *element;
    cJSON_ArrayForEach(element, value)
    {
        if (r == 0 && cJSON_IsString(element)) {
            r = push_option(words, option, element->valuestring);
        }
    }
    return r;
}

int replay_words(struct domain *d, const char *profile, const char *options, struct ptrvec *ret)
{
    ptrvec_init(ret, d);
    cJSON *json = options ? cJSON_Parse(options) : NULL;
    int r = profile ? push_option(ret, "--profile", profile) : 0;
    for (size_t i = 0; i < ARRAY_LEN(decisive) && r == 0; i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, decisive[i].key);
        r = add_value(ret, decisive[i].option, decisive[i].unsaid, value);
    }
    cJSON_Delete(json);
    return r ? r : ptrvec_push(ret, NULL);
}

const char *const *replay_text(const struct ptrvec *words)
{
    return (const char *const *)(void *)words->p;
}

void replay_release(struct ptrvec *words)
{
    for (size_t i = 0; i < words->n; i++) {
        mem_free(words->p[i]);
    }
    ptrvec_release(words);
}
