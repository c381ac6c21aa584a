/* The members of objects in formats of our own, whose keys are known. */
#include "input.h"

/* The place of a key. Members mostly come in the order of the list: the search begins behind the
 * last one found. */
static bool find(const char *const *known, size_t start, const char *key, size_t *ret)
{
    size_t i = start;
    while (known[i] && strcmp(known[i], key) != 0) {
        i++;
    }
    bool found = known[i] != NULL;
    if (!found) {
        for (i = 0; i < start && strcmp(known[i], key) != 0; i++) {
        }
        found = i < start;
    }
    if (found) {
        *ret = i;
    }
    return found;
}

void members_read(struct json_doc *doc, const struct json *object, const char *const *known,
                  const struct json **ret)
{
    size_t next = 0, at;
    json_for_each(it, object)
    {
        if (it->shadowed) {
            continue;
        }
        if (find(known, next, it->key, &at)) {
            ret[at] = it;
            next = at + 1;
        } else {
            json_warn(doc, it, "unknown key \"%.80s\"", it->key);
        }
    }
}
