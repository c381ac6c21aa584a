/* The fields of a node, as result lines have them. */
#include "compare.h"

#include <inttypes.h>

enum field_kind {
    FIELD_TEXT,     /* always there */
    FIELD_OPTIONAL, /* NULL = absent */
    FIELD_U32,
    FIELD_U64,
    FIELD_SIZE, /* negative = absent */
    FIELD_BOOL,
    FIELD_FLAG, /* absent when false */
};

#define FIELD(key, kind)                                                                           \
    {                                                                                              \
#key, kind, offsetof(struct sim_node, key)                                                 \
    }
static const struct field {
    const char *key;
    enum field_kind kind;
    size_t offset;
} fields[] = {
    FIELD(path, FIELD_TEXT),    FIELD(type, FIELD_TEXT),      FIELD(mode, FIELD_TEXT),
    FIELD(uid, FIELD_U32),      FIELD(gid, FIELD_U32),        FIELD(size, FIELD_SIZE),
    FIELD(nlink, FIELD_U64),    FIELD(rdev, FIELD_OPTIONAL),  FIELD(target, FIELD_OPTIONAL),
    FIELD(fs, FIELD_TEXT),      FIELD(flags, FIELD_TEXT),     FIELD(mountpoint, FIELD_BOOL),
    FIELD(overlay, FIELD_BOOL), FIELD(upper, FIELD_OPTIONAL), FIELD(lower, FIELD_OPTIONAL),
    FIELD(special, FIELD_FLAG), FIELD(readdir, FIELD_BOOL),   FIELD(error, FIELD_OPTIONAL),
};

/* A field of a node that is there. */
struct value {
    const char *text; /* NULL: a number or a truth value */
    bool is_bool, truth;
    int64_t number;
};

static bool get(const struct sim_node *n, const struct field *f, struct value *ret)
{
    const void *p = (const char *)n + f->offset;
    *ret = (struct value){0};
    switch (f->kind) {
    case FIELD_TEXT:
    case FIELD_OPTIONAL:
        ret->text = *(const char *const *)p;
        return ret->text != NULL;
    case FIELD_U32:
        ret->number = *(const uint32_t *)p;
        return true;
    case FIELD_U64:
        ret->number = (int64_t) * (const uint64_t *)p;
        return true;
    case FIELD_SIZE:
        ret->number = *(const int64_t *)p;
        return ret->number >= 0;
    default:
        ret->is_bool = true;
        ret->truth = *(const bool *)p;
        return f->kind == FIELD_BOOL || ret->truth;
    }
}

/* Objects have their members in the order of the table: the search begins where the last one
 * ended. */
static const struct field *find(const char *key, size_t *next)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        size_t at = (*next + i) % ARRAY_LEN(fields);
        if (strcmp(fields[at].key, key) == 0) {
            *next = at + 1;
            return &fields[at];
        }
    }
    return NULL;
}

static bool equal(const cJSON *want, const struct value *got)
{
    if (got->text) {
        return cJSON_IsString(want) && strcmp(want->valuestring, got->text) == 0;
    }
    if (got->is_bool) {
        return cJSON_IsBool(want) && cJSON_IsTrue(want) == got->truth;
    }
    return cJSON_IsNumber(want) && want->valuedouble >= (double)got->number &&
           want->valuedouble <= (double)got->number;
}

static void add_got(struct str *out, const struct value *got, bool present)
{
    if (!present) {
        str_add(out, "nothing");
    } else if (got->text) {
        bool long_text = strlen(got->text) > LIMIT_DIFFERENCE_VALUE;
        str_addf(out, "\"%.*s\"%s", (int)LIMIT_DIFFERENCE_VALUE, got->text, long_text ? "..." : "");
    } else if (got->is_bool) {
        str_add(out, got->truth ? "true" : "false");
    } else {
        str_addf(out, "%" PRId64, got->number);
    }
}

static void add_difference(struct str *out, const char *key, const cJSON *want,
                           const struct value *got, bool present)
{
    char *text = value_text(out->d, want);
    str_addf(out, "%s%s want %s got ", out->n ? ", " : "", key, text ? text : "");
    add_got(out, got, present);
    mem_free(text);
}

void node_differences(struct str *out, const cJSON *want, const struct sim_node *got, bool partial)
{
    size_t next = 0;
    unsigned seen = 1; /* the path: it brought the two together */
    for (const cJSON *m = want->child; m; m = m->next) {
        const struct field *f = find(m->string, &next);
        struct value value = {0};
        bool present = f && get(got, f, &value);
        if (f == &fields[0]) {
            continue;
        }
        seen |= f ? 1u << (f - fields) : 0;
        if (present ? !equal(m, &value) : !(partial && f && cJSON_IsNull(m))) {
            add_difference(out, m->string, m, &value, present);
        }
    }
    for (size_t i = 0; !partial && i < ARRAY_LEN(fields); i++) {
        struct value value;
        if (!(seen & 1u << i) && get(got, &fields[i], &value)) {
            add_difference(out, fields[i].key, NULL, &value, true);
        }
    }
}
