/* subtrees.json: recurring parts of expected trees, stored once a folder. */
#include "compare.h"
#include "expected_file.h"

#include "../input/input.h"
#include "../input/light.h"

/* The lists as text without spaces, and where each stands. */
static void index_texts(struct subtrees *s)
{
    struct light l;
    struct light_member m;
    size_t count = (size_t)cJSON_GetArraySize(s->all);
    s->text = cJSON_PrintUnformatted(s->all);
    s->texts = mem_resize(s->d, NULL, 0, count, sizeof(*s->texts), "subtree texts");
    for (bool in = s->text && light_begin(&l, s->text, strlen(s->text));
         in && s->texts && s->n_texts < count;) {
        in = light_next(&l, &m);
        if (in) {
            s->texts[s->n_texts++] =
                (struct subtree_text){{m.key, m.key_n}, {m.value, (size_t)(l.p - m.value)}};
        }
    }
}

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
    code = expected_object(s->d, s->path, 1, bytes, n, &s->all, &err);
    mem_free(bytes);
    if (code) {
        verdict_add(v, "expected: %s", err.text ? err.text : "out of memory");
        error_release(&err);
        return;
    }
    index_texts(s);
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

const struct text_range *subtrees_text(struct subtrees *s, const char *name, size_t n)
{
    for (size_t i = 0; s && i < s->n_texts; i++) {
        const struct subtree_text *t = &s->texts[i];
        if (t->name.n == n && memcmp(t->name.p, name, n) == 0) {
            return &t->nodes;
        }
    }
    return NULL;
}

void subtrees_release(struct subtrees *s)
{
    mem_free(s->texts);
    cJSON_free(s->text);
    cJSON_Delete(s->all);
    mem_free(s->path);
    s->all = NULL;
    s->path = NULL;
    s->text = NULL;
    s->texts = NULL;
    s->n_texts = 0;
}
