/* Taking a case apart and putting it together again. */
#include "shape.h"

#include <limits.h>
#include <stdlib.h>

static bool has_key(const struct json *v, const char *key)
{
    return v->key && strcmp(v->key, key) == 0;
}

/* Without these it is no case, or another one. */
static bool is_needed(enum case_kind kind, const struct json *v)
{
    if (!v->parent) {
        return true;
    }
    if (v->parent->parent) {
        return false;
    }
    return kind == CASE_SUITE ? has_key(v, "id") || has_key(v, "spec") || has_key(v, "rootfs")
                              : has_key(v, "ociVersion");
}

/* An operation goes as a whole. */
static bool is_whole(const struct json *v)
{
    return v->parent && v->parent->parent && has_key(v->parent, "ops") &&
           !v->parent->parent->parent;
}

static size_t count_values(const struct json *v)
{
    size_t n = 1;
    json_for_each(it, v)
    {
        n += count_values(it);
    }
    return n;
}

static void add_units(struct shape *s, const struct json *v, size_t parent, unsigned depth,
                      bool fixed)
{
    size_t index = s->n++;
    s->units[index] = (struct unit){
        .v = v, .parent = parent, .depth = depth, .fixed = fixed || is_needed(s->kind, v)};
    s->depth = depth > s->depth ? depth : s->depth;
    json_for_each(it, v)
    {
        add_units(s, it, index, depth + 1, fixed || is_whole(v));
    }
}

/* Absolute, also when the file is named from here. */
static char *folder_of(struct domain *d, const char *file)
{
    char real[PATH_MAX];
    const char *path = realpath(file, real) ? real : file;
    const char *slash = strrchr(path, '/');
    return slash ? mem_dupn(d, path, (size_t)(slash - path)) : mem_dup(d, ".");
}

int shape_open(struct domain *d, enum case_kind kind, const char *file, const char *bytes, size_t n,
               struct shape *ret, struct error *err)
{
    struct shape s = {.d = d, .kind = kind};
    int code = json_parse(d, file, 1, "", bytes, n, &s.doc, err);
    if (code) {
        return code;
    }
    s.folder = folder_of(d, file);
    s.units = mem_resize(d, NULL, 0, count_values(s.doc.root), sizeof(*s.units), "units");
    if (!s.folder || !s.units) {
        shape_release(&s);
        return CODE_FATE;
    }
    add_units(&s, s.doc.root, 0, 0, false);
    *ret = s;
    return 0;
}

void shape_release(struct shape *s)
{
    mem_free(s->units);
    mem_free(s->folder);
    json_release(&s->doc);
    *s = (struct shape){0};
}

static bool is_there(const struct shape *s, size_t i)
{
    while (!s->units[i].gone && s->units[i].parent != i) {
        i = s->units[i].parent;
    }
    return !s->units[i].gone;
}

size_t shape_level(const struct shape *s, unsigned depth, size_t *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct unit *u = &s->units[i];
        if (u->depth == depth && !u->fixed && is_there(s, i)) {
            ret[n++] = i;
        }
    }
    return n;
}

/* ----------------------------------------------------------------------------------- rendering */

struct rendering {
    const struct shape *s;
    const char *id;
    struct str *out;
    size_t next; /* unit */
};

/* A file that is named from the case's folder. */
static bool is_relative_name(const struct rendering *r, const struct json *v)
{
    bool suite = r->s->kind == CASE_SUITE && v->parent && !v->parent->parent;
    bool names = suite ? has_key(v, "rootfs") : has_key(v, "dev.simrun.rootfs");
    return r->id && names && v->type == JSON_STRING && v->text[0] != '/' &&
           strcmp(v->text, "default") != 0;
}

static void render_scalar(struct rendering *r, const struct json *v)
{
    const struct shape *s = r->s;
    if (r->id && has_key(v, "id") && v->parent && !v->parent->parent && s->kind == CASE_SUITE) {
        sim_json_text(r->out, r->id, strlen(r->id));
    } else if (is_relative_name(r, v)) {
        char *path = mem_printf(s->d, "%s/%s", s->folder, v->text);
        sim_json_text(r->out, path ? path : "", path ? strlen(path) : 0);
        mem_free(path);
    } else {
        str_addn(r->out, s->doc.bytes + v->start, v->end - v->start);
    }
}

static void render(struct rendering *r);

static void render_members(struct rendering *r, const struct json *v)
{
    bool object = v->type == JSON_OBJECT, first = true;
    str_addc(r->out, object ? '{' : '[');
    json_for_each(it, v)
    {
        bool shown = !r->s->units[r->next].gone;
        if (!shown) {
            r->next += count_values(it);
            continue;
        }
        str_add(r->out, first ? "" : ",");
        first = false;
        if (object) {
            sim_json_text(r->out, it->key, strlen(it->key));
            str_addc(r->out, ':');
        }
        render(r);
    }
    if (object && !v->parent && r->s->empty_root && !json_exact(v, "rootfs")) {
        str_addf(r->out, "%s\"rootfs\":[]", first ? "" : ",");
    }
    str_addc(r->out, object ? '}' : ']');
}

static void render(struct rendering *r)
{
    const struct json *v = r->s->units[r->next++].v;
    bool root = r->s->kind == CASE_SUITE && has_key(v, "rootfs") && v->parent && !v->parent->parent;
    if (r->s->empty_root && root) {
        str_add(r->out, "[]");
        r->next += count_values(v) - 1;
    } else if (v->type == JSON_OBJECT || v->type == JSON_ARRAY) {
        render_members(r, v);
    } else {
        render_scalar(r, v);
    }
}

void shape_render(const struct shape *s, const char *id, struct str *ret)
{
    struct rendering r = {.s = s, .id = id, .out = ret};
    render(&r);
}

/* -------------------------------------------------------------------------------------- counting
 */

static enum minimize_part part_of(const struct shape *s, const struct json *v)
{
    const struct json *in = v->parent;
    const struct json *above = in ? in->parent : NULL;
    bool top = above && !above->parent;
    if (!in) {
        return PART_COUNT;
    }
    if (has_key(in, "mounts") && in->type == JSON_ARRAY) {
        return PART_MOUNTS;
    }
    if (has_key(in, "options") && in->type == JSON_ARRAY) {
        return PART_OPTIONS;
    }
    if (has_key(in, "annotations")) {
        return PART_ANNOTATIONS;
    }
    if (s->kind != CASE_SUITE) {
        return v->child ? PART_COUNT : PART_OTHERS;
    }
    if (top && has_key(in, "ops")) {
        return PART_OPS;
    }
    if (top && has_key(in, "rootfs")) {
        return PART_ROOT_NODES;
    }
    if (top && has_key(in, "sources")) {
        return PART_SOURCES;
    }
    if (above && above->parent && !above->parent->parent && has_key(above, "sources")) {
        return PART_SOURCE_NODES;
    }
    return v->child ? PART_COUNT : PART_OTHERS;
}

void shape_count(const struct shape *s, size_t ret[PART_COUNT])
{
    memset(ret, 0, PART_COUNT * sizeof(*ret));
    for (size_t i = 0; i < s->n; i++) {
        enum minimize_part part = part_of(s, s->units[i].v);
        if (part != PART_COUNT && is_there(s, i) && !(s->empty_root && part == PART_ROOT_NODES)) {
            ret[part]++;
        }
    }
}

bool shape_has_shared_root(const struct shape *s)
{
    const struct json *root = json_exact(s->doc.root, "rootfs");
    return s->kind == CASE_SUITE && s->doc.root->type == JSON_OBJECT &&
           (!root || root->type != JSON_ARRAY);
}
