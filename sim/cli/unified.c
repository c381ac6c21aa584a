/* A unified diff of two texts for a terminal. */
#include "update.h"

enum {
    CONTEXT = 2,         /* equal lines around a change */
    MAX_CELLS = 4000000, /* of the table; larger texts are told apart less well */
    MAX_SHOWN = 400,     /* changed lines of one text */
};

struct line {
    const char *p;
    size_t n;
};
struct text {
    struct line *v; /* owned */
    size_t n;
};

static bool split(struct domain *d, const char *s, struct text *ret)
{
    size_t n = 0;
    for (const char *p = s; *p; p += strcspn(p, "\n"), p += *p == '\n') {
        n++;
    }
    *ret = (struct text){.v = mem_resize(d, NULL, 0, n + 1, sizeof(struct line), "diff")};
    for (const char *p = s; ret->v && *p; p += *p == '\n') {
        ret->v[ret->n++] = (struct line){p, strcspn(p, "\n")};
        p += strcspn(p, "\n");
    }
    return ret->v != NULL;
}

static bool same(const struct line *a, const struct line *b)
{
    return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

/* Two texts with their equal ends; between, `keep` tells the lines that both have in order. */
struct diff {
    struct domain *d;
    struct text a, b;
    size_t head, tail;
    bool *keep_a, *keep_b; /* owned */
};

/* Longest common subsequence of what lies between the ends. */
static bool match(struct diff *f)
{
    size_t n = f->a.n - f->head - f->tail, m = f->b.n - f->head - f->tail;
    const struct line *a = f->a.v + f->head, *b = f->b.v + f->head;
    if (n == 0 || m == 0 || n > MAX_CELLS / m) {
        return true;
    }
    uint32_t *longest = mem_resize(f->d, NULL, 0, (n + 1) * (m + 1), sizeof(*longest), "diff");
    if (!longest) {
        return false;
    }
#define AT(i, j) longest[(i) * (m + 1) + (j)]
    for (size_t i = n; i-- > 0;) {
        for (size_t j = m; j-- > 0;) {
            AT(i, j) = same(&a[i], &b[j])            ? AT(i + 1, j + 1) + 1
                       : AT(i + 1, j) > AT(i, j + 1) ? AT(i + 1, j)
                                                     : AT(i, j + 1);
        }
    }
    for (size_t i = 0, j = 0; i < n && j < m;) {
        if (same(&a[i], &b[j])) {
            f->keep_a[f->head + i++] = f->keep_b[f->head + j++] = true;
        } else if (AT(i + 1, j) >= AT(i, j + 1)) {
            i++;
        } else {
            j++;
        }
    }
#undef AT
    mem_free(longest);
    return true;
}

static bool compare(struct diff *f, const char *old, const char *new)
{
    if (!split(f->d, old, &f->a) || !split(f->d, new, &f->b)) {
        return false;
    }
    size_t n = f->a.n < f->b.n ? f->a.n : f->b.n;
    while (f->head < n && same(&f->a.v[f->head], &f->b.v[f->head])) {
        f->head++;
    }
    while (f->tail < n - f->head &&
           same(&f->a.v[f->a.n - 1 - f->tail], &f->b.v[f->b.n - 1 - f->tail])) {
        f->tail++;
    }
    f->keep_a = mem_resize(f->d, NULL, 0, f->a.n + 1, sizeof(bool), "diff");
    f->keep_b = mem_resize(f->d, NULL, 0, f->b.n + 1, sizeof(bool), "diff");
    for (size_t i = 0; f->keep_a && f->keep_b && i < f->a.n; i++) {
        f->keep_a[i] = i < f->head || i >= f->a.n - f->tail;
    }
    for (size_t i = 0; f->keep_a && f->keep_b && i < f->b.n; i++) {
        f->keep_b[i] = i < f->head || i >= f->b.n - f->tail;
    }
    return f->keep_a && f->keep_b && match(f);
}

/* ---- printing ------------------------------------------------------------------------------- */

static int add_to_str(void *arg, const char *data, size_t size)
{
    str_addn(arg, data, size);
    return 0;
}

/* The sign stands on the first line; those that it is broken into are indented. */
static void print_line(const struct cli *c, FILE *out, char sign, const struct line *l)
{
    struct str s;
    size_t width = c->env->width ? c->env->width : 80;
    const char *colour = sign == '-' ? SHADE_RED : sign == '+' ? SHADE_GREEN : "";
    str_init(&s, c->d);
    struct rep_sink sink = {.write = add_to_str, .arg = &s};
    (void)rep_escape(&sink, l->p, l->n);
    const char *p = str_get(&s);
    size_t indent = 1;
    do {
        size_t n = fitting(p, width > indent + 8 ? width - indent : 8);
        (void)fprintf(out, "%s%c%*s%.*s%s\n", shade(c, colour), sign, (int)indent - 1, "", (int)n,
                      p, shade(c, *colour ? SHADE_OFF : ""));
        p += n;
        p += strspn(p, " ");
        indent = 5;
    } while (*p);
    str_release(&s);
}

/* Is there a change among the next (or last) lines around a kept one? */
static bool near_change(const bool *keep, size_t n, size_t at)
{
    size_t from = at < CONTEXT ? 0 : at - CONTEXT, to = at + CONTEXT < n ? at + CONTEXT : n - 1;
    for (size_t i = from; n && i <= to; i++) {
        if (!keep[i]) {
            return true;
        }
    }
    return false;
}

static void print(const struct cli *c, FILE *out, const struct diff *f)
{
    size_t i = 0, j = 0, changed = 0;
    bool gap = true;
    while (i < f->a.n || j < f->b.n) {
        char sign = i < f->a.n && !f->keep_a[i] ? '-' : j < f->b.n && !f->keep_b[j] ? '+' : ' ';
        size_t old_line = i + 1, new_line = j + 1;
        bool shown =
            sign != ' ' || near_change(f->keep_a, f->a.n, i) || near_change(f->keep_b, f->b.n, j);
        const struct line *l = sign == '+' ? &f->b.v[j] : &f->a.v[i];
        i += sign != '+';
        j += sign != '-';
        changed += sign != ' ' ? 1 : 0;
        if (shown && gap && changed <= MAX_SHOWN) {
            (void)fprintf(out, "@@ -%zu +%zu @@\n", old_line, new_line);
        }
        gap = !shown;
        if (shown && changed <= MAX_SHOWN) {
            print_line(c, out, sign, l);
        }
    }
    if (changed > MAX_SHOWN) {
        (void)fprintf(out, "and %zu more lines that change\n", changed - MAX_SHOWN);
    }
}

int unified_print(const struct cli *c, FILE *out, const char *old, const char *new)
{
    struct diff f = {.d = c->d};
    bool done = compare(&f, old, new);
    if (done) {
        print(c, out, &f);
    }
    mem_free(f.a.v);
    mem_free(f.b.v);
    mem_free(f.keep_a);
    mem_free(f.keep_b);
    return done ? 0 : CODE_FATE;
}
