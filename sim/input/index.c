/* Names of cases: kept packed, so that a hundred thousand of them are a few megabytes; looked up by
 * hash. */
#include "source.h"

enum { FIRST_TABLE = 1024 };

static uint64_t hash_name(const char *p, size_t n)
{
    uint64_t h = 0xcbf29ce484222325ull; /* FNV-1a */
    for (size_t i = 0; i < n; i++) {
        h = (h ^ (unsigned char)p[i]) * 0x100000001b3ull;
    }
    return h ^ h >> 32;
}

/* An array with room for `more` behind `n`. */
static int reserve(struct domain *d, void **array, size_t n, size_t more, size_t *cap, size_t elem,
                   const char *kind)
{
    if (n + more <= *cap) {
        return 0;
    }
    size_t bigger = *cap ? *cap * 2 : 64;
    while (bigger < n + more) {
        bigger *= 2;
    }
    void *p = mem_resize(d, *array, *cap, bigger, elem, kind);
    if (!p) {
        return CODE_FATE;
    }
    *array = p;
    *cap = bigger;
    return 0;
}

int source_add_file(struct case_source *s, const struct source_file *f, uint32_t *ret)
{
    void *files = s->files;
    if (reserve(s->d, &files, s->n_files, 1, &s->cap_files, sizeof(*f), "source files")) {
        return CODE_FATE;
    }
    s->files = files;
    s->files[s->n_files] = *f;
    *ret = (uint32_t)s->n_files++;
    return 0;
}

const char *source_name(const struct case_source *s, size_t index)
{
    return s->names + s->cases[index].name;
}

/* The place of a name in the table: where it is, or the free one where it belongs. */
static uint32_t *table_slot(const struct case_source *s, const char *name, size_t n)
{
    for (size_t i = hash_name(name, n) & (s->n_table - 1);; i = (i + 1) & (s->n_table - 1)) {
        uint32_t *slot = &s->table[i];
        if (!*slot) {
            return slot;
        }
        const char *other = source_name(s, *slot - 1);
        if (strlen(other) == n && !memcmp(other, name, n)) {
            return slot;
        }
    }
}

static int grow_table(struct case_source *s)
{
    if (s->n_cases < s->n_table / 2) {
        return 0;
    }
    size_t n = s->n_table ? s->n_table * 2 : FIRST_TABLE;
    uint32_t *table = mem_new(s->d, n * sizeof(*table), "case names");
    if (!table) {
        return CODE_FATE;
    }
    mem_free(s->table);
    s->table = table;
    s->n_table = n;
    for (size_t i = 0; i < s->n_cases; i++) {
        const char *name = source_name(s, i);
        *table_slot(s, name, strlen(name)) = (uint32_t)i + 1;
    }
    return 0;
}

static int twice(struct case_source *s, size_t first, const char *name, size_t n, uint32_t file,
                 uint64_t line, struct error *err)
{
    const struct index_entry *e = &s->cases[first];
    const char *there = s->files[e->file].shown, *here = s->files[file].shown;
    bool same = e->line == line && !strcmp(there, here);
    return error_set(s->d, err, -EEXIST, "case name \"%.*s\" is used twice: %s:%u and %s:%llu; %s",
                     (int)n, name, there, e->line, here, (unsigned long long)line,
                     same ? "give its PATH once" : "give a folder above both, or rename one");
}

int source_add_case(struct case_source *s, const char *name, size_t n, uint32_t file, uint64_t line,
                    uint64_t offset, struct error *err)
{
    if (s->n_cases >= LIMIT_CASES || line > UINT32_MAX) {
        return error_set(s->d, err, -E2BIG, "%s: more than %d cases (LIMIT_CASES)",
                         s->files[file].shown, LIMIT_CASES);
    }
    if (!n || n >= LIMIT_CASE_NAME) {
        return error_set(s->d, err, -E2BIG,
                         "%s:%llu: a case name has 1 to %d bytes (LIMIT_CASE_NAME)",
                         s->files[file].shown, (unsigned long long)line, LIMIT_CASE_NAME - 1);
    }
    void *cases = s->cases, *names = s->names;
    if (grow_table(s) ||
        reserve(s->d, &cases, s->n_cases, 1, &s->cap_cases, sizeof(*s->cases), "case index")) {
        return CODE_FATE;
    }
    s->cases = cases;
    if (reserve(s->d, &names, s->n_names, n + 1, &s->cap_names, 1, "case names")) {
        return CODE_FATE;
    }
    s->names = names;
    uint32_t *slot = table_slot(s, name, n);
    if (*slot) {
        return twice(s, *slot - 1, name, n, file, line, err);
    }
    memcpy(s->names + s->n_names, name, n);
    s->names[s->n_names + n] = '\0';
    s->cases[s->n_cases] = (struct index_entry){s->n_names, offset, file, (uint32_t)line};
    s->n_names += n + 1;
    *slot = (uint32_t)++s->n_cases;
    return 0;
}

bool case_source_find(const struct case_source *s, const char *name, size_t *ret)
{
    uint32_t slot = s->n_table ? *table_slot(s, name, strlen(name)) : 0;
    if (slot) {
        *ret = slot - 1;
    }
    return slot != 0;
}
