/* Lines of a manifest: where names and keywords stand. */
#include "mtree.h"

/* What a line says, or what /set said. */
struct said {
    unsigned has;
    struct span value[MTREE_COMPARED];
};

struct scan {
    struct mtree *m;
    struct str *plain;
    struct error *err;
    size_t at;     /* next byte */
    uint32_t line; /* that it stands on */
    uint32_t from; /* line on which the entry began */
    size_t begin;  /* and its first byte */
    struct said set;
    size_t *open; /* owned: entries of the directories that are open */
    size_t n_open, cap_open;
    bool decided; /* where paths stand */
};

static int fail(struct scan *s, int code, const char *fmt, ...) SIMRUN_PRINTF(3, 4);
static int fail(struct scan *s, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(s->m->d, fmt, ap);
    va_end(ap);
    if (!text) {
        return CODE_FATE;
    }
    code = error_set(s->m->d, s->err, code, "%s:%u: %s", s->m->file, s->from, text);
    mem_free(text);
    return code;
}

/* ---- tokens --------------------------------------------------------------------------------- */

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* At a backslash that ends the physical line? Then its length with the line end. */
static size_t continuation(const struct scan *s, size_t at)
{
    const char *p = s->m->bytes + at, *end = s->m->bytes + s->m->n_bytes;
    if (p >= end || *p != '\\') {
        return 0;
    }
    size_t n = p + 1 < end && p[1] == '\r' ? 2 : 1;
    return p + n < end && p[n] == '\n' ? n + 1 : 0;
}

/* The next token of the logical line, in *ret; 0 at its end, which is then taken. */
static int token(struct scan *s, struct span *ret)
{
    const char *bytes = s->m->bytes;
    size_t n = s->m->n_bytes;
    for (;;) {
        size_t more = continuation(s, s->at);
        if (more) {
            s->at += more;
            s->line++;
            if (s->at == n) {
                return fail(s, -EINVAL, "the line goes on, but the file ends");
            }
        } else if (s->at < n && blank(bytes[s->at])) {
            s->at++;
        } else {
            break;
        }
    }
    if (s->at >= n || bytes[s->at] == '\n') {
        s->line += s->at < n;
        s->at += s->at < n;
        return 0;
    }
    size_t start = s->at;
    while (s->at < n && bytes[s->at] != '\n' && !blank(bytes[s->at])) {
        if (continuation(s, s->at)) {
            break;
        }
        if ((unsigned char)bytes[s->at] < 0x20 || bytes[s->at] == 0x7f) {
            return fail(s, -EINVAL, "byte 0x%02x: write it as \\%03o",
                        (unsigned)(unsigned char)bytes[s->at],
                        (unsigned)(unsigned char)bytes[s->at]);
        }
        if (bytes[s->at] == '\\' && s->at + 1 == n) {
            return fail(s, -EINVAL, "the line goes on, but the file ends");
        }
        s->at += bytes[s->at] == '\\' && s->at + 1 < n && bytes[s->at + 1] > ' ' ? 2 : 1;
    }
    *ret = (struct span){start, s->at - start};
    return 1;
}

/* Only what libarchive decodes to exactly one byte that is not NUL. */
static int check_escapes(struct scan *s, struct span t)
{
    const char *p = s->m->bytes + t.at, *end = p + t.n;
    for (; p < end; p++) {
        if (*p != '\\') {
            continue;
        }
        const char *q = p + 1;
        bool octal = end - q >= 3 && q[0] >= '0' && q[0] <= '3' && q[1] >= '0' && q[1] <= '7' &&
                     q[2] >= '0' && q[2] <= '7';
        if (octal && memcmp(q, "000", 3) != 0) {
            p += 3;
        } else if (!octal && q < end && strchr("abfnrstv\\", *q)) {
            p++;
        } else {
            return fail(s, -EINVAL,
                        "\"%.*s\": \\ begins \\NNN (octal, not 000) or one of "
                        "\\a \\b \\f \\n \\r \\s \\t \\v \\\\",
                        (int)(t.n < 80 ? t.n : 80), s->m->bytes + t.at);
        }
    }
    return 0;
}

/* ---- keywords ------------------------------------------------------------------------------- */

static int check_value(struct scan *s, enum mtree_keyword k, struct span v)
{
    const char *p = s->m->bytes + v.at;
    if (k == MTREE_LINK) {
        return check_escapes(s, v);
    }
    const char *want = mtree_keyword_check(k, p, v.n);
    return !want ? 0
                 : fail(s, -EINVAL, "%s \"%.*s\" is not %s", mtree_keyword_name(k),
                        (int)(v.n < 80 ? v.n : 80), p, want);
}

static size_t key_length(const struct scan *s, struct span t)
{
    const char *equals = memchr(s->m->bytes + t.at, '=', t.n);
    return equals ? (size_t)(equals - s->m->bytes) - t.at : t.n;
}

static enum mtree_keyword find_keyword(const struct scan *s, struct span t)
{
    return mtree_keyword_find(s->m->bytes + t.at, key_length(s, t));
}

static int add_keyword(struct scan *s, struct span t, struct said *said)
{
    enum mtree_keyword k = find_keyword(s, t);
    size_t n = key_length(s, t);
    if (k == MTREE_KEYWORDS) {
        return fail(s, -EINVAL, "\"%.*s\" is no keyword", (int)(t.n < 80 ? t.n : 80),
                    s->m->bytes + t.at);
    }
    if (k < MTREE_COMPARED && n + 1 >= t.n) {
        return fail(s, -EINVAL, "%s needs a value", mtree_keyword_name(k));
    }
    if (said != &s->set && k < MTREE_COMPARED && (said->has & 1u << k)) {
        return fail(s, -EINVAL, "%s stands twice in the line", mtree_keyword_name(k));
    }
    said->has |= 1u << k;
    s->m->keywords |= 1u << k;
    if (k >= MTREE_COMPARED) {
        return 0;
    }
    said->value[k] = (struct span){t.at + n + 1, t.n - n - 1};
    return check_value(s, k, said->value[k]);
}

static int add_keywords(struct scan *s, struct said *said)
{
    struct span t = {0};
    int got;
    while ((got = token(s, &t)) == 1) {
        int code = add_keyword(s, t, said);
        if (code) {
            return code;
        }
    }
    return got;
}

static int unset(struct scan *s)
{
    struct span t = {0};
    int got;
    while ((got = token(s, &t)) == 1) {
        enum mtree_keyword k = find_keyword(s, t);
        bool all = t.n == 3 && memcmp(s->m->bytes + t.at, "all", 3) == 0;
        if (!all && (k == MTREE_KEYWORDS || key_length(s, t) != t.n)) {
            return fail(s, -EINVAL, "/unset: \"%.*s\" is no keyword", (int)(t.n < 80 ? t.n : 80),
                        s->m->bytes + t.at);
        }
        s->set.has &= all ? 0 : ~(1u << k);
    }
    return got;
}

/* ---- entries -------------------------------------------------------------------------------- */

/* For libarchive, with its path from the root. */
static int add_plain(struct scan *s, const struct mtree_entry *e)
{
    size_t before = s->plain->n;
    mtree_plain(s->plain, s->m, e, s->open, e->relative ? s->n_open : 0);
    if (s->plain->n - before > LIMIT_MTREE_LINE) {
        return fail(s, -E2BIG, "more than %d bytes with the path (LIMIT_MTREE_LINE)",
                    LIMIT_MTREE_LINE);
    }
    if (s->plain->n > LIMIT_MTREE_TEXT) {
        return fail(s, -E2BIG, "more than %d bytes of lines and paths (LIMIT_MTREE_TEXT)",
                    LIMIT_MTREE_TEXT);
    }
    return 0;
}

static int push_entry(struct mtree *m, const struct mtree_entry *e)
{
    if (m->n == m->cap) {
        size_t cap = m->cap ? 2 * m->cap : 256;
        struct mtree_entry *v = mem_resize(m->d, m->entries, m->n, cap, sizeof(*v), "manifest");
        if (!v) {
            return CODE_FATE;
        }
        m->entries = v;
        m->cap = cap;
    }
    m->entries[m->n++] = *e;
    return 0;
}

static int open_directory(struct scan *s)
{
    if (s->n_open == LIMIT_MTREE_DEPTH) {
        return fail(s, -E2BIG, "more than %d directories deep (LIMIT_MTREE_DEPTH)",
                    LIMIT_MTREE_DEPTH);
    }
    if (s->n_open == s->cap_open) {
        size_t cap = s->cap_open ? 2 * s->cap_open : 32;
        size_t *v = mem_resize(s->m->d, s->open, s->n_open, cap, sizeof(*v), "manifest");
        if (!v) {
            return CODE_FATE;
        }
        s->open = v;
        s->cap_open = cap;
    }
    s->open[s->n_open++] = s->m->n - 1;
    return 0;
}

static bool is_dir(const struct scan *s, const struct said *said)
{
    struct span v = said->value[MTREE_TYPE];
    return (said->has & 1u << MTREE_TYPE) && v.n == 3 && !memcmp(s->m->bytes + v.at, "dir", 3);
}

static int finish_entry(struct scan *s, struct mtree_entry *e, const struct said *own)
{
    struct said all = s->set;
    for (size_t k = 0; k < MTREE_COMPARED; k++) {
        all.value[k] = own->has & 1u << k ? own->value[k] : all.value[k];
    }
    all.has |= own->has;
    e->own = own->has;
    e->has = all.has;
    e->line = s->from;
    e->start = s->begin;
    e->end = s->at;
    memcpy(e->value, all.value, sizeof(e->value));
    const char *name = s->m->bytes + e->name.at;
    e->relative = !memchr(name, '/', e->name.n) && !(e->name.n == 1 && *name == '.');
    e->parent = e->relative && s->n_open ? s->open[s->n_open - 1] + 1 : 0;
    int code =
        s->m->n == LIMIT_MTREE_ENTRIES
            ? fail(s, -E2BIG, "more than %d entries (LIMIT_MTREE_ENTRIES)", LIMIT_MTREE_ENTRIES)
            : check_escapes(s, e->name);
    code = code ? code : add_plain(s, e);
    code = code ? code : push_entry(s->m, e);
    return code || !e->relative || !is_dir(s, &all) ? code : open_directory(s);
}

/* `mtree -D` puts the path behind the keywords; a `=` in a name is always escaped. */
static bool begins_with_keyword(const struct scan *s, struct span t)
{
    return memchr(s->m->bytes + t.at, '=', t.n) && find_keyword(s, t) != MTREE_KEYWORDS;
}

static int entry_path_last(struct scan *s, struct span t)
{
    struct said own = {0};
    struct mtree_entry e = {0};
    struct span next = {0};
    int got, code = 0;
    while (code == 0 && (got = token(s, &next)) == 1) {
        code = add_keyword(s, t, &own);
        t = next;
    }
    if (code == 0 && got < 0) {
        code = got;
    }
    e.name = t;
    const char *name = s->m->bytes + t.at;
    if (code == 0 && !memchr(name, '/', t.n) && !(t.n == 1 && *name == '.')) {
        return fail(s, -EINVAL, "no path at the end of the line: \"%.*s\" has no `/`",
                    (int)(t.n < 80 ? t.n : 80), name);
    }
    return code ? code : finish_entry(s, &e, &own);
}

/* A line of a path alone is the same in both dialects, and decides nothing. */
static int entry(struct scan *s, struct span t)
{
    if (!s->decided && begins_with_keyword(s, t)) {
        s->decided = s->m->path_last = true;
    }
    if (s->m->path_last) {
        return entry_path_last(s, t);
    }
    if (begins_with_keyword(s, t)) {
        return fail(s, -EINVAL, "a path is expected first, as above: \"%.*s\"",
                    (int)(t.n < 80 ? t.n : 80), s->m->bytes + t.at);
    }
    struct said own = {0};
    struct mtree_entry e = {.name = t};
    int code = add_keywords(s, &own);
    s->decided |= own.has != 0;
    return code ? code : finish_entry(s, &e, &own);
}

/* `..`: back to the directory around. Of the root's own there is nothing to leave. */
static int up(struct scan *s)
{
    struct span t = {0};
    int got = token(s, &t);
    if (got) {
        return got < 0 ? got : fail(s, -EINVAL, "nothing may stand behind `..`");
    }
    if (s->n_open) {
        s->m->entries[s->open[--s->n_open]].up = (struct span){s->begin, s->at - s->begin};
    }
    return 0;
}

static bool token_is(const struct scan *s, struct span t, const char *text)
{
    return strlen(text) == t.n && memcmp(s->m->bytes + t.at, text, t.n) == 0;
}

static int line(struct scan *s)
{
    const char *bytes = s->m->bytes;
    struct span t = {0};
    s->from = s->line;
    s->begin = s->at;
    while (s->at < s->m->n_bytes && blank(bytes[s->at])) {
        s->at++;
    }
    if (s->at < s->m->n_bytes && bytes[s->at] == '#') {
        const char *newline = memchr(bytes + s->at, '\n', s->m->n_bytes - s->at);
        s->at = newline ? (size_t)(newline - bytes) + 1 : s->m->n_bytes;
        s->line++;
        return 0;
    }
    int got = token(s, &t);
    if (got != 1) {
        return got;
    }
    if (token_is(s, t, "/set")) {
        return add_keywords(s, &s->set);
    }
    if (token_is(s, t, "/unset")) {
        return unset(s);
    }
    if (bytes[t.at] == '/') {
        return fail(s, -EINVAL, "\"%.*s\" is neither /set nor /unset; a path begins with ./",
                    (int)(t.n < 80 ? t.n : 80), bytes + t.at);
    }
    return token_is(s, t, "..") ? up(s) : entry(s, t);
}

int mtree_scan(struct mtree *m, struct str *plain, struct error *err)
{
    struct scan s = {.m = m, .plain = plain, .err = err, .line = 1};
    int code = 0;
    str_add(plain, "#mtree\n");
    while (code == 0 && s.at < m->n_bytes && !domain_dead(m->d)) {
        code = line(&s);
    }
    mem_free(s.open);
    return domain_dead(m->d) ? CODE_FATE : code;
}
