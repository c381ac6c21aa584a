/* Manifests as a result would have them. */
#include "update.h"

#include <simrun/reports.h>

/* Bytes of the manifest that go, and what comes in their place. */
struct splice {
    size_t at, n;
    char *text; /* owned; NULL = nothing */
    size_t order;
};
struct splices {
    struct domain *d;
    struct splice *v; /* owned */
    size_t n, cap;
};

/* Takes the text over. */
static void add(struct splices *s, size_t at, size_t n, char *text)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 64;
        struct splice *v = mem_resize(s->d, s->v, s->n, cap, sizeof(*v), "splices");
        if (!v) {
            mem_free(text);
            return;
        }
        s->v = v;
        s->cap = cap;
    }
    s->v[s->n] = (struct splice){at, n, text, s->n};
    s->n++;
}

static int in_order(const void *a, const void *b)
{
    const struct splice *x = a, *y = b;
    int at = (x->at > y->at) - (x->at < y->at);
    at = at ? at : (x->n > 0) - (y->n > 0); /* what comes in front of a place that goes */
    return at ? at : (x->order > y->order) - (x->order < y->order);
}

/* ---- lines that stay ------------------------------------------------------------------------ */

/* The keyword with the blanks before it, for one that the node has no value for. */
static void remove_keyword(struct splices *s, const struct mtree *m, const struct mtree_entry *e,
                           enum mtree_keyword k)
{
    size_t end = e->value[k].at + e->value[k].n;
    size_t at = e->value[k].at - strlen(mtree_keyword_name(k)) - 1;
    while (at > e->start && strchr(" \t", m->bytes[at - 1])) {
        at--;
    }
    if (m->path_last && at == e->start) {
        end += strspn(m->bytes + end, " \t");
    }
    add(s, at, end - at, NULL);
}

static void set_keyword(struct splices *s, const struct mtree *m, const struct mtree_entry *e,
                        enum mtree_keyword k, const struct sim_node *node)
{
    struct str value;
    bool own = e->own & 1u << k;
    str_init(&value, s->d);
    bool has = mtree_value(&value, k, node);
    const char *text = str_get(&value);
    if (k == MTREE_MODE && own && m->bytes[e->value[k].at] != '0') { /* written as 755 */
        text += strspn(text, "0");
        text -= !*text;
    }
    if (own && has) {
        add(s, e->value[k].at, e->value[k].n, mem_dup(s->d, text));
    } else if (own) {
        remove_keyword(s, m, e, k);
    } else if (has && m->path_last) {
        add(s, e->name.at, 0, mem_printf(s->d, "%s=%s ", mtree_keyword_name(k), str_get(&value)));
    } else if (has) {
        add(s, e->name.at + e->name.n, 0,
            mem_printf(s->d, " %s=%s", mtree_keyword_name(k), str_get(&value)));
    }
    str_release(&value);
}

/* A relative name that becomes a directory, or is none any more, would move the names behind it. */
static bool must_move(const struct mtree_entry *e, unsigned differs, const struct sim_node *node)
{
    return e->relative && (differs & 1u << MTREE_TYPE) &&
           (strcmp(e->type, "dir") == 0 || strcmp(node->type, "dir") == 0);
}

/* Settings, comments and full paths between its lines stay. */
static void remove_lines(struct splices *s, const struct mtree_entry *e)
{
    add(s, e->start, e->end - e->start, NULL);
    if (e->up.n) {
        add(s, e->up.at, e->up.n, NULL);
    }
}

/* `goes`: which entries' lines go. A name whose directory goes has nothing to stand in. */
static void change_lines(struct splices *s, const struct mtree *m, const struct sim_result *r,
                         bool *goes, struct verdict *v)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct mtree_entry *e = &m->entries[i];
        const struct sim_node *node = result_node(r, e->path);
        unsigned differs = node ? mtree_differs(e, node) : 0;
        goes[i] = (e->parent && goes[e->parent - 1]) ||
                  (node ? must_move(e, differs, node) : !mtree_may_miss(m, r, e, v));
        if (goes[i]) {
            remove_lines(s, e);
            continue;
        }
        for (enum mtree_keyword k = MTREE_TYPE; k < MTREE_COMPARED; k++) {
            if (differs & 1u << k) {
                set_keyword(s, m, e, k, node);
            }
        }
    }
}

/* ---- new lines ------------------------------------------------------------------------------ */

/* `flags`: of a line that it takes the place of. */
static char *new_line(struct splices *s, const struct mtree *m, const struct sim_node *node,
                      unsigned flags)
{
    struct str line, value;
    str_init(&line, s->d);
    if (!m->path_last) {
        str_addc(&line, '.');
        mtree_escape(&line, node->path);
    }
    for (enum mtree_keyword k = MTREE_TYPE; k < MTREE_COMPARED; k++) {
        str_init(&value, s->d);
        if ((m->keywords & 1u << k) && mtree_value(&value, k, node)) {
            str_addf(&line, "%s%s=%s", line.n ? " " : "", mtree_keyword_name(k), str_get(&value));
        }
        str_release(&value);
    }
    for (enum mtree_keyword k = MTREE_OPTIONAL; k <= MTREE_IGNORE; k++) {
        if (flags & 1u << k) {
            str_addf(&line, "%s%s", line.n ? " " : "", mtree_keyword_name(k));
        }
    }
    if (m->path_last) {
        str_add(&line, line.n ? " ." : ".");
        mtree_escape(&line, node->path);
    }
    str_addc(&line, '\n');
    char *text = str_take(&line);
    str_release(&line);
    return text;
}

/* Behind the line of the last path before it; behind all when names are relative. */
static size_t place_of(const struct mtree *m, const bool *goes, size_t sorted, bool relative)
{
    while (!relative && sorted > 0) {
        const struct mtree_entry *e = m->sorted[--sorted];
        if (!goes[e - m->entries]) {
            return e->end;
        }
    }
    return m->n_bytes;
}

static void add_lines(struct splices *s, const struct mtree *m, const struct sim_result *r,
                      const bool *goes, struct verdict *v)
{
    bool relative = false;
    size_t i = 0;
    for (size_t k = 0; k < m->n; k++) {
        relative |= m->entries[k].relative;
    }
    for (size_t j = 0; j < r->n_nodes; j++) {
        const struct sim_node *node = &r->nodes[j];
        while (i < m->n && strcmp(m->sorted[i]->path, node->path) < 0) {
            i++;
        }
        const struct mtree_entry *e =
            i < m->n && strcmp(m->sorted[i]->path, node->path) == 0 ? m->sorted[i] : NULL;
        bool named = e && !goes[e - m->entries];
        if (!named && mtree_wants_line(m, r, node, v)) {
            add(s, place_of(m, goes, i, relative), 0, new_line(s, m, node, e ? e->own : 0));
        }
    }
}

static void put_together(struct str *out, const struct mtree *m, struct splices *s)
{
    size_t at = 0;
    if (s->n) {
        qsort(s->v, s->n, sizeof(*s->v), in_order);
    }
    for (size_t i = 0; i < s->n; i++) {
        struct splice *p = &s->v[i];
        if (p->at < at) { /* neighbours that share the blanks between them */
            p->n = p->at + p->n > at ? p->at + p->n - at : 0;
            p->at = at;
        }
        str_addn(out, m->bytes + at, p->at - at);
        bool open_line = out->n && out->p[out->n - 1] != '\n';
        if (p->text && p->at == m->n_bytes && open_line && !p->n && strchr(p->text, '\n')) {
            str_addc(out, '\n');
        }
        str_add(out, p->text ? p->text : "");
        at = p->at + p->n;
    }
    str_addn(out, m->bytes + at, m->n_bytes - at);
}

int update_mtree(struct str *out, const struct mtree *m, const struct sim_result *r)
{
    struct splices s = {.d = out->d};
    struct verdict v;
    bool *goes = mem_resize(out->d, NULL, 0, m->n + 1, sizeof(*goes), "manifest");
    if (!goes) {
        return CODE_FATE;
    }
    verdict_init(&v, out->d);
    change_lines(&s, m, r, goes, &v);
    add_lines(&s, m, r, goes, &v);
    put_together(out, m, &s);
    for (size_t i = 0; i < s.n; i++) {
        mem_free(s.v[i].text);
    }
    mem_free(s.v);
    mem_free(goes);
    verdict_release(&v);
    return domain_dead(out->d) ? CODE_FATE : 0;
}

/* ---- a new manifest ------------------------------------------------------------------------- */

static int write_str(void *arg, const char *data, size_t size)
{
    struct str *out = arg;
    str_addn(out, data, size);
    return domain_dead(out->d) ? -ENOMEM : 0;
}

int update_new_mtree(struct str *out, const struct sim_result *r)
{
    struct rep_node *nodes =
        mem_resize(out->d, NULL, 0, r->n_nodes + 1, sizeof(*nodes), "manifest");
    if (!nodes) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < r->n_nodes; i++) { /* what a manifest, or its comments, tell of a node */
        const struct sim_node *n = &r->nodes[i];
        nodes[i] = (struct rep_node){
            .path = n->path,
            .type = n->type,
            .mode = n->mode,
            .rdev = n->rdev,
            .target = n->target,
            .fs = n->fs,
            .flags = n->flags,
            .error = n->error,
            .size = n->size,
            .nlink = n->nlink,
            .uid = n->uid,
            .gid = n->gid,
            .mountpoint = n->mountpoint,
        };
    }
    struct rep_sink sink = {.write = write_str, .arg = out};
    int code = rep_mtree_write(nodes, r->n_nodes, &sink);
    mem_free(nodes);
    return domain_dead(out->d) ? CODE_FATE : code;
}
