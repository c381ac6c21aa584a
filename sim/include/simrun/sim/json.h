/*
 * json: JSON as the input side of simrun reads it.
 *
 *   1. documents   one pass over the bytes gives a tree in which every value knows its line, column
 * and byte range
 *   2. looking up  members by name as Go's encoding/json matches them
 *   3. typed       strings, booleans, integers, lists; errors that name the file, the path, the
 * line and the column
 *   4. cJSON       a copy of a value for those who compare
 *
 * What is refused, beside plain syntax errors: `\u0000`, invalid UTF-8, raw control characters in
 * strings, a byte order mark, trailing bytes, nesting over LIMIT_JSON_DEPTH, more than
 * LIMIT_JSON_BYTES or LIMIT_JSON_VALUES. Half of a surrogate pair (`\ud800`) becomes U+FFFD, as in
 * Go. A duplicate key is a warning and the last one counts. Numbers keep their text.
 *
 * Every error text has the form `FILE: WHAT (line L, column C)`. Lines and columns count from 1,
 * columns in bytes.
 */
#ifndef SIMRUN_SIM_JSON_H
#define SIMRUN_SIM_JSON_H

#include <simrun/core.h>

struct cJSON;

enum {
    LIMIT_JSON_BYTES = 16 << 20, /* one spec, one suite line, one manifest */
    LIMIT_JSON_DEPTH = 128,      /* arrays and objects around a value, itself included */
    LIMIT_JSON_VALUES = 1000000, /* values of one document */
    LIMIT_JSON_WARNINGS = 100,   /* kept of one document; the last one tells that there were more */
};

/* ------------------------------------------------------------ 1. documents */

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* One value. Everything belongs to the document. */
struct json {
    enum json_type type;
    bool shadowed; /* a later member of the same object has the very same key */
    uint32_t line, column;
    size_t start, end; /* byte range in the document, without white space around */

    struct json *parent, *next; /* `next` in document order */
    struct json *child;         /* first element or member */
    size_t n;                   /* elements or members; bytes of `text` for strings and numbers */
    size_t index;               /* place in the parent */
    const char *key;            /* NULL outside of objects */
    const char
        *text; /* decoded string, or the number as it was written; else NULL. No NUL inside */
};

struct json_warning {
    struct json_warning *next;
    uint32_t line, column;
    const char *text; /* complete: `FILE: ... (line, column)` */
};

struct arena;

struct json_doc {
    struct domain *d;
    struct arena *arena;   /* owned: all values and texts; in the ledger of `d` as "json" */
    const char *file;      /* for messages; owned by the arena */
    const char *root_name; /* first part of paths in messages, "" for none; static */
    const char *bytes;     /* the document, NUL terminated; owned by the arena */
    size_t n;
    struct json *root;
    struct json_warning *warnings, *last_warning; /* in the order they were found */
    size_t n_warnings;
};

/*
 * Parse `n` bytes (copied). `file` is for messages, `first_line` the line that the bytes start on
 * (1 for a whole file). `root_name` (static) stands for the root value in paths: "spec" gives
 * `spec.mounts[3]`. 0; -EINVAL; -E2BIG past a bound (the text names it); CODE_FATE.
 */
int json_parse(struct domain *d, const char *file, uint32_t first_line, const char *root_name,
               const char *bytes, size_t n, struct json_doc *ret, struct error *err);
void json_release(struct json_doc *doc);

/* Record a warning at a value (NULL: at none). */
void json_warn(struct json_doc *doc, const struct json *at, const char *fmt, ...)
    SIMRUN_PRINTF(3, 4);

/* ------------------------------------------------------------ 2. looking up */

#define json_for_each(it, of) for (struct json *it = (of)->child; it; it = it->next)

/*
 * The member that sets the field `name`: a key that is equal, or equal when ASCII letters are
 * folded; of several the last one in the document, as in Go. Several spellings are a warning. NULL
 * when there is none; JSON null counts as none for every function of part 3.
 */
const struct json *json_member(struct json_doc *doc, const struct json *object, const char *name);
/* The same without folding, for objects that are maps or of our own format. */
const struct json *json_exact(const struct json *object, const char *name);
/* Would this key set the field? */
bool json_key_matches(const char *key, const char *name);

/* "a string", "an object", ... */
const char *json_type_name(enum json_type type);

/* ------------------------------------------------------------ 3. typed */

/* Fill `err` with `FILE: PATH: fmt (line, column)`, -EINVAL. */
int json_fail(struct json_doc *doc, const struct json *at, struct error *err, const char *fmt, ...)
    SIMRUN_PRINTF(4, 5);

/*
 * Each takes a value that may be NULL (absent) or JSON null: then 0 is returned and *ret is the
 * zero value ("", false, 0, none). Another type: -EINVAL and `expected a string, found a number`.
 */
int json_string(struct json_doc *doc, const struct json *v, const char **ret, struct error *err);
int json_bool(struct json_doc *doc, const struct json *v, bool *ret, struct error *err);
/* Integers as Go reads them: digits only ("1.0" and "1e3" are refused), within the range. */
int json_u32(struct json_doc *doc, const struct json *v, uint32_t *ret, struct error *err);
int json_i64(struct json_doc *doc, const struct json *v, int64_t *ret, struct error *err);
/* A list of strings; null elements are "". The array belongs to the document. */
int json_strings(struct json_doc *doc, const struct json *v, const char ***ret, size_t *ret_n,
                 struct error *err);
/* The value itself when it is an object (an array); NULL when absent or null. */
int json_object(struct json_doc *doc, const struct json *v, const struct json **ret,
                struct error *err);
int json_array(struct json_doc *doc, const struct json *v, const struct json **ret,
               struct error *err);
/* Memory that lives as long as the document, zeroed. NULL = fate oom. */
void *json_alloc(struct json_doc *doc, size_t size);

/* ------------------------------------------------------------ 4. cJSON */

/* A copy of a value as a cJSON tree (cJSON_Delete it). 0, or CODE_FATE. */
int json_to_cjson(struct domain *d, const struct json *v, struct cJSON **ret);

#endif
