/* Expected mounts as a result would have them. */
#include "update_fields.h"

static const char *destination_of(const struct json *mount)
{
    const struct json *d = mount->type == JSON_OBJECT ? json_exact(mount, "destination") : NULL;
    return d && d->type == JSON_STRING ? d->text : "";
}

/* The mount that an element stands for; NULL = it is gone. */
static const struct json *mount_of(const struct json *list, const struct json *element, bool all,
                                   const struct json *got)
{
    const char *destination = destination_of(element);
    size_t skip = 0;
    if (all) {
        skip = element->index;
    } else {
        for (const struct json *b = list->child; b != element; b = b->next) {
            skip += strcmp(destination_of(b), destination) == 0;
        }
    }
    json_for_each(it, got)
    {
        if ((all || strcmp(destination_of(it), destination) == 0) && skip-- == 0) {
            return it;
        }
    }
    return NULL;
}

static void update(struct str *out, const struct json_doc *doc, const struct json *old,
                   const struct json_doc *got, bool all)
{
    struct rewrite w;
    rewrite_begin(&w, out, doc, old);
    json_for_each(it, old)
    {
        const struct json *to = mount_of(old, it, all, got->root);
        if (to && it->type == JSON_OBJECT) {
            rewrite_item(&w, it);
            update_partly(out, doc, it, got, to);
        }
    }
    for (const struct json *it = all ? got->root->child : NULL; it; it = it->next) {
        if (it->index >= old->n) {
            rewrite_new(&w, NULL);
            rewrite_copy(out, got, it);
        }
    }
    rewrite_end(&w);
}

void update_mounts(struct str *out, struct fresh *f, const struct json_doc *doc,
                   const struct json *old, bool all)
{
    struct error ignored = {0};
    struct json_doc got;
    struct str text;
    str_init(&text, f->d);
    mounts_text(&text, f->r);
    if (json_parse(f->d, "mounts", 1, "", str_get(&text), text.n, &got, &ignored)) {
        rewrite_copy(out, doc, old);
    } else {
        update(out, doc, old, &got, all);
        json_release(&got);
    }
    error_release(&ignored);
    str_release(&text);
}
