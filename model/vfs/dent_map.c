/* Sorted directory entries and their emission through a name cursor (contract vfs 16). */
#include "vfs_internal.h"

enum { FIRST_ENTRIES = 8, FIRST_TEXT = 128 };

void dent_map_init(struct dent_map *m, struct domain *d)
{
    *m = (struct dent_map){.d = d};
}

void dent_map_release(struct dent_map *m)
{
    mem_free(m->v);
    mem_free(m->text);
    dent_map_init(m, m->d);
}

/* Room for one more entry whose name takes `n` bytes. */
static int reserve(struct dent_map *m, size_t n)
{
    if (m->n == m->cap) {
        size_t cap = m->cap ? 2 * m->cap : FIRST_ENTRIES;
        struct dent *v = mem_buffer(m->d, m->v, cap * sizeof(*v), "directory entries");
        if (!v) {
            return CODE_FATE;
        }
        m->v = v;
        m->cap = cap;
    }
    if (m->text_cap - m->text_n >= n) {
        return 0;
    }
    size_t cap = m->text_cap ? 2 * m->text_cap : FIRST_TEXT;
    while (cap - m->text_n < n) {
        cap *= 2;
    }
    const uintptr_t before = (uintptr_t)m->text;
    char *text = mem_buffer(m->d, m->text, cap, "directory entry names");
    if (!text) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < m->n; i++) {
        m->v[i].name = text + ((uintptr_t)m->v[i].name - before);
    }
    m->text = text;
    m->text_cap = cap;
    return 0;
}

int dent_map_add(struct dent_map *m, const char *name, struct dent_attr attr)
{
    int order = m->n ? strcmp(name, m->v[m->n - 1].name) : 1;
    if (order == 0) {
        m->v[m->n - 1].attr = attr;
        return 0;
    }
    size_t n = strlen(name) + 1;
    if (reserve(m, n)) {
        return CODE_FATE;
    }
    m->v[m->n++] = (struct dent){.name = memcpy(m->text + m->text_n, name, n), .attr = attr};
    m->text_n += n;
    m->unsorted |= order < 0;
    return 0;
}

/* Of one name the one that was added first goes first: names stand in the text as they came. */
static int by_name_and_age(const void *a, const void *b)
{
    const struct dent *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->name > y->name) - (x->name < y->name);
}

size_t dent_map_settle(struct dent_map *m)
{
    if (!m->unsorted) {
        return m->n;
    }
    sort_nearly(m->v, m->n, sizeof(*m->v), by_name_and_age);
    size_t kept = 1;
    for (size_t i = 1; i < m->n; i++) {
        kept -= strcmp(m->v[kept - 1].name, m->v[i].name) == 0; /* the younger one replaces */
        m->v[kept++] = m->v[i];
    }
    m->n = kept;
    m->unsorted = false;
    return m->n;
}

/* The index of the first entry whose name is not below `name`; with `after`, greater. */
static size_t place_of(struct dent_map *m, const char *name, bool after)
{
    size_t low = 0, high = dent_map_settle(m);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(m->v[middle].name, name);
        if (order < 0 || (after && order == 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct dent_attr *dent_map_find(struct dent_map *m, const char *name)
{
    size_t i = place_of(m, name, false);
    return i < m->n && strcmp(m->v[i].name, name) == 0 ? &m->v[i].attr : NULL;
}

int dir_ctx_emit(struct dir_ctx *dc, const char *name, const struct dent_attr *attr)
{
    int r = dc->emit(dc->arg, name, attr);
    if (r == 0) {
        dc->written++;
    }
    return r;
}

static bool is_dots(const char *name)
{
    return name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int dent_map_emit(struct dent_map *m, struct dir_ctx *dc, int *n)
{
    const char *from = dc->cursor ? *dc->cursor : NULL;
    int count = 0, r = 0;
    const char *last = NULL;
    for (size_t i = from ? place_of(m, from, true) : 0; i < dent_map_settle(m); i++) {
        if (is_dots(m->v[i].name)) {
            continue;
        }
        r = dir_ctx_emit(dc, m->v[i].name, &m->v[i].attr);
        if (r) {
            break;
        }
        last = m->v[i].name;
        count++;
    }
    if (last && dc->cursor && r != CODE_FATE) {
        char *copy = mem_dup(m->d, last);
        if (!copy) {
            return CODE_FATE;
        }
        mem_free(*dc->cursor);
        *dc->cursor = copy;
    }
    *n = count;
    return r;
}
