/* The elements of a log, which search finds one by one. */
#include "pack.h"

#include <string.h>

/* Behind a string that begins at `p`; NULL when it does not end. */
static const char *skip_string(const char *p)
{
    for (p++; *p && *p != '"'; p++) {
        if (*p == '\\' && p[1]) {
            p++;
        }
    }
    return *p ? p + 1 : NULL;
}

/* The comma or bracket that ends the element at `p`; NULL when there is none. */
static const char *element_end(const char *p)
{
    size_t depth = 0;
    while (p && *p) {
        if (*p == '"') {
            p = skip_string(p);
            continue;
        }
        if (depth == 0 && (*p == ',' || *p == ']')) {
            return p;
        }
        if (*p == '[' || *p == '{') {
            depth++;
        } else if (depth > 0 && (*p == ']' || *p == '}')) {
            depth--;
        }
        p++;
    }
    return NULL;
}

void pack_lines(struct rep_packer *packer, const char *json)
{
    const char *end;
    json += strspn(json, " \t\r\n");
    if (*json != '[') {
        return;
    }
    for (const char *p = json + 1; (end = element_end(p)) != NULL; p = end + 1) {
        p += strspn(p, " \t\r\n");
        if (p < end) {
            struct rep_hash hash = rep_hash_of(p, (size_t)(end - p));
            if (!pack_seen(&packer->lines, &hash)) {
                pack_put(&packer->out, PACK_WHOLE);
                pack_put_bytes(&packer->out, p, (size_t)(end - p));
            }
        }
        if (*end == ']') {
            return;
        }
    }
}
