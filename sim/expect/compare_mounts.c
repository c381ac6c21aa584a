/* Mounts, as result lines of simrun tell them (result-1.schema.json), against what is wanted. */
#include "compare.h"

#include <inttypes.h>

static void key(struct str *out, const char *name)
{
    str_addf(out, "%s\"%s\": ", out->p[out->n - 1] == '{' ? "" : ", ", name);
}

static void text(struct str *out, const char *name, const char *value)
{
    if (value) {
        key(out, name);
        sim_json_text(out, value, strlen(value));
    }
}

static void json(struct str *out, const char *name, const char *value)
{
    if (value) {
        key(out, name);
        str_add(out, value);
    }
}

static void place(struct str *out, const char *name, int index)
{
    if (index >= 0) {
        key(out, name);
        str_addf(out, "%d", index);
    }
}

static void mount(struct str *out, const struct sim_mount *m)
{
    str_addc(out, '{');
    text(out, "destination", m->destination);
    text(out, "type", m->type);
    text(out, "source", m->source);
    text(out, "fs", m->fs);
    text(out, "state", m->state);
    text(out, "flags", m->flags);
    text(out, "data", m->data);
    text(out, "rules", m->rules);
    text(out, "ignored", m->ignored);
    text(out, "created", m->created);
    text(out, "place", m->place);
    text(out, "seen_at", m->seen_at);
    text(out, "layers", m->layers);
    place(out, "spec_index", m->spec_index);
    place(out, "shadowed_by", m->shadowed_by);
    place(out, "op", m->op);
    json(out, "hides", m->hides);
    json(out, "options", m->options);
    json(out, "reasons", m->reasons);
    str_addc(out, '}');
}

void mounts_text(struct str *out, const struct sim_result *r)
{
    str_addc(out, '[');
    for (size_t i = 0; i < r->n_mounts; i++) {
        str_add(out, i ? ", " : "");
        mount(out, &r->mounts[i]);
    }
    str_addc(out, ']');
}

/* Of a mount only the wanted fields count; null = absent. */
static void compare_mount(struct verdict *v, const char *where, const cJSON *want, const cJSON *got)
{
    for (const cJSON *w = want->child; w; w = w->next) {
        const cJSON *g = cJSON_GetObjectItemCaseSensitive(got, w->string);
        char *at = mem_printf(v->d, "%s.%s", where, w->string);
        if (at && (g || !cJSON_IsNull(w))) {
            compare_value(v, at, w, g);
        }
        mem_free(at);
    }
}

static const char *mount_destination(const cJSON *mount_object)
{
    const char *d =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(mount_object, "destination"));
    return d ? d : "";
}

static void compare_all(struct verdict *v, const cJSON *want, const cJSON *got)
{
    const cJSON *w = want->child, *g = got->child;
    for (size_t i = 0; w || g; i++) {
        char *at = mem_printf(v->d, "mounts[%zu]", i);
        if (at && w && g) {
            compare_mount(v, at, w, g);
        } else if (at) {
            verdict_add(v, "%s: %s (%s)", at, w ? "missing" : "not expected",
                        mount_destination(w ? w : g));
        }
        mem_free(at);
        w = w ? w->next : NULL;
        g = g ? g->next : NULL;
    }
}

/* The n-th that names a destination stands for the n-th mount at it. */
static void compare_some(struct verdict *v, const cJSON *want, const cJSON *got)
{
    for (const cJSON *w = want->child; w; w = w->next) {
        const char *destination = mount_destination(w);
        size_t skip = 0;
        for (const cJSON *b = want->child; b != w; b = b->next) {
            skip += strcmp(mount_destination(b), destination) == 0;
        }
        const cJSON *g = got->child;
        for (; g; g = g->next) {
            if (strcmp(mount_destination(g), destination) == 0 && skip-- == 0) {
                break;
            }
        }
        char *at = mem_printf(v->d, "mounts %s", destination);
        if (at && g) {
            compare_mount(v, at, w, g);
        } else if (at) {
            verdict_add(v, "%s: missing", at);
        }
        mem_free(at);
    }
}

void compare_mounts(struct verdict *v, const cJSON *want, const struct sim_result *r, bool all)
{
    struct str line;
    if (!cJSON_IsArray(want)) {
        verdict_add(v, "expect: the wanted mounts are no list");
        return;
    }
    str_init(&line, v->d);
    mounts_text(&line, r);
    cJSON *got = cJSON_ParseWithLength(str_get(&line), line.n);
    str_release(&line);
    if (!got) {
        verdict_add(v, "mounts: what is known of them is not JSON");
    } else if (all) {
        compare_all(v, want, got);
    } else {
        compare_some(v, want, got);
    }
    cJSON_Delete(got);
}
