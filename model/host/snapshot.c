/* Lines of host_diff, and the snapshot calls that are the same for all backends. */
#include <sys/stat.h>

#include "host_impl.h"

/* Go's %q over bytes that may hold NULs: core quotes strings, so the pieces between NULs are quoted
 * one by one. */
static void add_quoted(struct str *s, const uint8_t *bytes, size_t n)
{
    char piece[DIFF_HEAD + 1];
    size_t at = 0;
    str_addc(s, '"');
    while (at < n) {
        size_t len = strnlen((const char *)bytes + at, n - at);
        memcpy(piece, bytes + at, len);
        piece[len] = '\0';
        char *quoted = go_quote(s->d, piece);
        if (!quoted) {
            return;
        }
        str_addn(s, quoted + 1, strlen(quoted) - 2);
        mem_free(quoted);
        at += len;
        if (at < n) {
            str_add(s, "\\x00");
            at++;
        }
    }
    str_addc(s, '"');
}

char *diff_text(struct domain *d, const struct diff_node *n)
{
    struct str s;
    str_init(&s, d);
    str_addf(&s, "%06o %u:%u", n->mode, n->uid, n->gid);
    if ((n->mode & S_IFMT) == S_IFREG) {
        str_addf(&s, " %llu ", (unsigned long long)n->size);
        add_quoted(&s, n->head, n->head_n);
    } else if ((n->mode & S_IFMT) == S_IFLNK) {
        str_addf(&s, " -> %s", n->target);
    }
    char *text = domain_dead(d) ? NULL : str_take(&s);
    str_release(&s);
    return text;
}

char *diff_child_path(struct domain *d, const char *dir, const char *name)
{
    return mem_join(d, dir, "/", name, NULL);
}

/* Until diff_finish an entry is "<sign>\0path\0text"-like: a struct would cost an allocation more.
 */
struct diff_entry {
    char *line; /* owned */
    size_t path_n;
};

int diff_add(struct ptrvec *out, char sign, const char *path, const char *text)
{
    struct diff_entry *e = mem_new(out->d, sizeof(*e), "diff_entry");
    if (!e) {
        return CODE_FATE;
    }
    e->path_n = strlen(path);
    e->line = text ? mem_printf(out->d, "%c %s %s", sign, path, text)
                   : mem_printf(out->d, "%c %s", sign, path);
    return e->line ? ptrvec_push(out, e) : CODE_FATE;
}

static int entry_order(const void *a, const void *b)
{
    const struct diff_entry *x = *(struct diff_entry *const *)a;
    const struct diff_entry *y = *(struct diff_entry *const *)b;
    size_t n = x->path_n < y->path_n ? x->path_n : y->path_n;
    int order = memcmp(x->line + 2, y->line + 2, n); /* the paths stand behind "+ " */
    return order != 0 ? order : (x->path_n > y->path_n) - (x->path_n < y->path_n);
}

int diff_finish(struct ptrvec *out)
{
    if (out->n > 1) {
        qsort(out->p, out->n, sizeof(out->p[0]), entry_order);
    }
    for (size_t i = 0; i < out->n; i++) {
        struct diff_entry *e = out->p[i];
        out->p[i] = e->line;
        mem_free(e);
    }
    return 0;
}

static int labels_copy(struct host_snapshot *s, const struct host_label *labels, size_t n)
{
    s->labels = mem_new(s->d, (n + 1) * sizeof(*s->labels), "snapshot labels");
    if (!s->labels) {
        return CODE_FATE;
    }
    for (; s->n < n; s->n++) {
        char *label = mem_dup(s->d, labels[s->n].label);
        char *path = mem_dup(s->d, labels[s->n].path);
        if (!label || !path) {
            return CODE_FATE;
        }
        s->labels[s->n] = (struct snapshot_label){.label = label, .path = path};
    }
    return 0;
}

int host_snapshot_new(struct host *h, struct domain *d, const struct host_label *labels, size_t n,
                      struct host_snapshot **ret)
{
    int rc = domain_check(d);
    if (rc < 0) {
        return rc;
    }
    struct host_snapshot *s = MEM_NEW(d, struct host_snapshot);
    if (!s) {
        return CODE_FATE;
    }
    s->host = h;
    s->d = d;
    ptrvec_init(&s->lines, d);
    rc = labels_copy(s, labels, n);
    if (rc == 0) {
        rc = h->ops->snapshot(s);
    }
    if (rc < 0) {
        host_snapshot_free(s);
        return rc == CODE_FATE ? domain_oom(d) : rc;
    }
    *ret = s;
    return 0;
}

void host_snapshot_free(struct host_snapshot *s)
{
    if (!s || domain_dead(s->d)) {
        return;
    }
    s->host->ops->snapshot_drop(s);
    for (size_t i = 0; i < s->n; i++) {
        mem_free(s->labels[i].label);
        mem_free(s->labels[i].path);
    }
    mem_free(s->labels);
    mem_free(s);
}

int host_diff(struct host_snapshot *s, struct ptrvec *ret)
{
    int rc = domain_check(ret->d);
    if (rc == 0) {
        rc = s->host->ops->diff(s, ret);
    }
    if (rc == 0) {
        return diff_finish(ret);
    }
    for (size_t i = 0; i < ret->n; i++) {
        mem_free(((struct diff_entry *)ret->p[i])->line);
        mem_free(ret->p[i]);
    }
    ret->n = 0;
    return rc == CODE_FATE ? domain_oom(ret->d) : rc;
}
