/* Entries of a manifest in the one form that is handed to libarchive. */
#include "mtree.h"

/* Its reader takes printable ASCII only. */
static void add_escaped(struct str *out, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)p[i] >= 0x80) {
            str_addf(out, "\\%03o", (unsigned)(unsigned char)p[i]);
        } else {
            str_addc(out, p[i]);
        }
    }
}

static void add_span(struct str *out, const struct mtree *m, struct span s)
{
    add_escaped(out, m->bytes + s.at, s.n);
}

static void add_value(struct str *out, const struct mtree *m, const struct mtree_entry *e,
                      enum mtree_keyword k)
{
    struct span v = e->value[k];
    str_addf(out, " %s=", mtree_keyword_name(k));
    if (k == MTREE_DEVICE) { /* the numbers count, not how a system packs them */
        const char *p = m->bytes + v.at, *comma = memchr(p, ',', v.n);
        size_t skip = comma ? (size_t)(comma - p) : 0;
        str_add(out, "native");
        v = (struct span){v.at + skip, v.n - skip};
    }
    add_span(out, m, v);
}

/* The reader wants a type, and does not know sockets. */
static bool has_plain_type(const struct mtree *m, const struct mtree_entry *e)
{
    struct span t = e->value[MTREE_TYPE];
    bool socket = t.n == 6 && memcmp(m->bytes + t.at, "socket", 6) == 0;
    return (e->has & 1u << MTREE_TYPE) && !socket;
}

void mtree_plain(struct str *out, const struct mtree *m, const struct mtree_entry *e,
                 const size_t *open, size_t n_open)
{
    size_t before = out->n;
    str_addf(out, "./%zu/", m->n);
    for (size_t i = 0; i < n_open && out->n - before <= LIMIT_MTREE_LINE; i++) {
        add_span(out, m, m->entries[open[i]].name);
        str_addc(out, '/');
    }
    add_span(out, m, e->name);
    if (has_plain_type(m, e)) {
        add_value(out, m, e, MTREE_TYPE);
    } else {
        str_add(out, " type=file");
    }
    for (enum mtree_keyword k = MTREE_TYPE + 1; k < MTREE_COMPARED; k++) {
        if (e->has & 1u << k) {
            add_value(out, m, e, k);
        }
    }
    str_addc(out, '\n');
}
