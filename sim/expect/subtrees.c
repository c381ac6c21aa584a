/* subtrees.json: recurring parts of expected trees, stored once a folder. */
#include "compare.h"

#include "../input/input.h"

static void load(struct subtrees *s, struct verdict *v)
{
    struct error err = {0};
    char *bytes;
    size_t n;
    s->tried = true;
    int code = file_read(s->d, s->path, &bytes, &n, &err);
    if (code) {
        verdict_add(v, "expected: %s", err.text ? err.text : s->path);
        error_release(&err);
        return;
    }
    s->all = cJSON_ParseWithLength(bytes, n);
    mem_free(bytes);
    if (!cJSON_IsObject(s->all)) {
        verdict_add(v, "expected: %s: not a JSON object", s->path);
        cJSON_Delete(s->all);
        s->all = NULL;
    }
}

const cJSON *subtrees_find(struct subtrees *s, const char *name, struct verdict *v)
{
    if (s && !s->tried) {
        load(s, v);
    }
    const cJSON *nodes = s ? cJSON_GetObjectItemCaseSensitive(s->all, name) : NULL;
    if (!cJSON_IsArray(nodes)) {
        verdict_add(v, "expected: no subtree \"%s\" in %s", name, s ? s->path : "subtrees.json");
        return NULL;
    }
    return nodes;
}

void subtrees_release(struct subtrees *s)
{
    cJSON_Delete(s->all);
    mem_free(s->path);
    s->all = NULL;
    s->path = NULL;
}
