#include "expected_file.h"

#include "../input/light.h"

#include <simrun/sim/json.h>

#include <unistd.h>

int expected_object(struct domain *d, const char *path, uint64_t line, const char *p, size_t n,
                    cJSON **ret, struct error *err)
{
    struct json_doc doc;
    int code = json_parse(d, path, (uint32_t)line, "", p, n, &doc, err);
    if (code) {
        return code;
    }
    code = doc.root->type == JSON_OBJECT ? json_to_cjson(d, doc.root, ret)
                                         : error_set(d, err, -EINVAL, "%s:%llu: not a JSON object",
                                                     path, (unsigned long long)line);
    json_release(&doc);
    return code;
}

/* The id of a line, copied behind the others. */
static int add_id(struct expected_file *f, const struct line *line, struct error *err)
{
    const char *id;
    size_t n;
    if (light_id(line->p, line->n, &id, &n) == LIGHT_ID_FOUND) {
        str_addn(&f->ids, id, n);
        str_addc(&f->ids, '\0');
        return domain_dead(f->d) ? CODE_FATE : 0;
    }
    cJSON *json;
    int code = expected_object(f->d, f->path, line->number, line->p, line->n, &json, err);
    if (code) {
        return code;
    }
    id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "id"));
    if (id) {
        str_addn(&f->ids, id, strlen(id) + 1);
    }
    cJSON_Delete(json);
    return id ? 0
              : error_set(f->d, err, -EINVAL, "%s:%llu: not a result line: it has no \"id\"",
                          f->path, (unsigned long long)line->number);
}

static int add_line(struct expected_file *f, const struct line *line, struct error *err)
{
    if (f->n == f->cap) {
        size_t cap = f->cap ? 2 * f->cap : 256;
        struct expected_line *v =
            mem_resize(f->d, f->v, f->n, cap, sizeof(*v), "expected line index");
        if (!v) {
            return CODE_FATE;
        }
        f->v = v;
        f->cap = cap;
    }
    f->v[f->n] = (struct expected_line){f->ids.n, line->offset, line->number};
    int code = add_id(f, line, err);
    f->n += code ? 0 : 1;
    return code;
}

static int by_id(const void *a, const void *b, void *ids)
{
    const struct expected_line *x = a, *y = b;
    return strcmp((const char *)ids + x->id, (const char *)ids + y->id);
}

static int sort(struct expected_file *f, struct error *err)
{
    if (f->n == 0) {
        return 0;
    }
    qsort_r(f->v, f->n, sizeof(*f->v), by_id, f->ids.p);
    for (size_t i = 1; i < f->n; i++) {
        if (by_id(&f->v[i - 1], &f->v[i], f->ids.p) == 0) {
            return error_set(f->d, err, -EEXIST, "%s: the id \"%s\" stands on lines %llu and %llu",
                             f->path, f->ids.p + f->v[i].id, (unsigned long long)f->v[i - 1].number,
                             (unsigned long long)f->v[i].number);
        }
    }
    return 0;
}

static int index_lines(struct expected_file *f, struct error *err)
{
    struct lines *lines;
    struct line line;
    int code = lines_open(f->d, f->path, f->path, &lines, err);
    if (code) {
        return code;
    }
    while ((code = lines_next(lines, &line, f->d, err)) == 1) {
        code = add_line(f, &line, err);
        if (code) {
            break;
        }
    }
    lines_free(lines);
    return code ? code : sort(f, err);
}

int expected_file_open(struct domain *d, const char *path, struct expected_file **ret,
                       struct error *err)
{
    if (access(path, F_OK)) {
        return -ENOENT;
    }
    struct expected_file *f = MEM_NEW(d, struct expected_file);
    if (!f) {
        return CODE_FATE;
    }
    f->d = d;
    str_init(&f->ids, d);
    f->path = mem_dup(d, path);
    int code = f->path ? index_lines(f, err) : CODE_FATE;
    if (code) {
        expected_file_free(f);
        return code;
    }
    *ret = f;
    return 0;
}

void expected_file_free(struct expected_file *f)
{
    if (f) {
        str_release(&f->ids);
        mem_free(f->v);
        mem_free(f->path);
        mem_free(f);
    }
}

const struct expected_line *expected_file_find(const struct expected_file *f, const char *id)
{
    size_t low = 0, high = f->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(f->ids.p + f->v[mid].id, id);
        if (order == 0) {
            return &f->v[mid];
        }
        low = order < 0 ? mid + 1 : low;
        high = order < 0 ? high : mid;
    }
    return NULL;
}
