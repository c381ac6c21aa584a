/* Why a path of a case is what it is. */
#include "explain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *make_text(struct explain *x, const char *format, va_list args)
{
    char *made = NULL;
    int size = vasprintf(&made, format, args);
    const char *kept = size < 0 ? NULL : rep_arena_copy(&x->arena, made, (size_t)size);
    if (size >= 0) {
        free(made);
    }
    if (!kept && x->code == 0) {
        x->code = rep_fail_memory(x->db);
    }
    return kept ? kept : "";
}

const char *explain_text(struct explain *x, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = make_text(x, format, args);
    va_end(args);
    return text;
}

static bool is_told(const struct explain *x, const char *kind, const char *text)
{
    for (size_t i = 0; i < x->facts; i++) {
        if (strcmp(x->fact[i].kind, kind) == 0 && strcmp(x->fact[i].text, text) == 0) {
            return true;
        }
    }
    return false;
}

/* What was told already is not told again: a path may lead over one mount twice. */
void explain_add(struct explain *x, const char *kind, const char *rule, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = make_text(x, format, args);
    va_end(args);
    if (strcmp(kind, "log") != 0 && is_told(x, kind, text)) {
        return;
    }
    if (x->code < 0) {
        return;
    }
    struct explain_fact *fact = rep_grow(x->fact, &x->fact_room, x->facts + 1, sizeof *fact);
    if (!fact) {
        x->code = rep_fail_memory(x->db);
        return;
    }
    x->fact = fact;
    fact[x->facts++] = (struct explain_fact){kind, rule, text};
}

const char *explain_mount_name(struct explain *x, size_t index)
{
    const struct rep_mount *m = &x->result->mounts[index];
    const char *where = m->destination ? m->destination : "-";
    const char *type = m->type ? m->type : "-";
    if (index == 0) {
        return "the root mount";
    }
    if (m->spec_index >= 0) {
        return explain_text(x, "spec[%d] %s (%s)", m->spec_index, where, type);
    }
    return m->op >= 0 ? explain_text(x, "%s (%s) of operation %d", where, type, m->op)
                      : explain_text(x, "the default %s (%s)", where, type);
}

const char *explain_type(const char *type)
{
    static const char *const names[][2] = {
        {"dir", "a directory"},    {"file", "a file"},   {"symlink", "a link"},
        {"fifo", "a FIFO"},        {"sock", "a socket"}, {"chr", "a character device"},
        {"blk", "a block device"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(type, names[i][0]) == 0) {
            return names[i][1];
        }
    }
    return "listed by its directory";
}

static bool is_host(const struct rep_mount *m)
{
    return m->fs && (strcmp(m->fs, "9p") == 0 || strcmp(m->fs, "whitelistfs") == 0);
}

const char *explain_source(const struct rep_mount *mount)
{
    bool named = is_host(mount) && mount->source && mount->source[0];
    return named ? mount->source : mount->fs ? mount->fs : "the file system";
}

const char *explain_layers(struct explain *x, const struct rep_node *node)
{
    const char *fs = node->fs && node->fs[0] ? node->fs : "stub";
    if (node->layers || !node->overlay) {
        return node->layers ? node->layers : fs;
    }
    const char *upper = node->upper ? node->upper[0] ? node->upper : "stub" : NULL;
    const char *lower = node->lower ? node->lower[0] ? node->lower : "stub" : NULL;
    return explain_text(x, "%s%s%s", upper ? upper : "", upper && lower ? " " : "",
                        lower ? lower : "");
}

bool explain_has_word(const char *words, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = words; *at;) {
        size_t n = strcspn(at, " ");
        if (n == size && memcmp(at, word, n) == 0) {
            return true;
        }
        at += n + strspn(at + n, " ");
    }
    return false;
}

bool explain_is_root(const struct explain *x)
{
    const char *seen = x->mount >= 0 ? x->result->mounts[x->mount].seen_at : NULL;
    return seen && x->node && strcmp(seen, x->node->path) == 0;
}

bool explain_within(const char *path, const char *dir)
{
    size_t size = dir[1] == '\0' ? 0 : strlen(dir);
    return strncmp(path, dir, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

const char *explain_clean(struct explain *x, const char *path)
{
    struct rep_buf clean = {0};
    for (const char *name = path; *name;) {
        size_t size = strcspn(name, "/");
        if (size == 2 && name[0] == '.' && name[1] == '.') {
            while (clean.size > 0 && clean.data[--clean.size] != '/') {
            }
        } else if (size > 0 && !(size == 1 && name[0] == '.')) {
            rep_buf_str(&clean, "/");
            rep_buf_add(&clean, name, size);
        }
        name += size + (name[size] == '/');
    }
    const char *text = explain_text(x, "%.*s", (int)clean.size, clean.size ? clean.data : "");
    rep_buf_release(&clean);
    return text[0] ? text : "/";
}

/* What the answer is about when the case never got so far. */
static void explain_no_tree(struct explain *x)
{
    const struct rep_result *r = x->result;
    x->path = explain_clean(x, x->what->path);
    if (strcmp(r->result, "ok") == 0) {
        explain_add(x, "node", NULL, "%s: no tree of the case is recorded", x->path);
    } else {
        explain_add(x, "node", NULL, "%s: the case ended with %s before there was a tree", x->path,
                    r->result);
    }
    if (r->error && r->error[0]) {
        explain_add(x, "case", NULL, "%s", r->error);
    }
    for (size_t i = 0; i < r->n_mounts; i++) {
        if (r->mounts[i].state && strcmp(r->mounts[i].state, "failed") == 0) {
            explain_add(x, "case", NULL, "it ended at the mount of %s", explain_mount_name(x, i));
            explain_mount(x, i);
        }
    }
    (void)explain_unseen(x, x->path);
}

static int explain_case(void *arg, const struct rep_result *result)
{
    struct explain *x = arg;
    struct rep_hash root;
    bool has_tree = false;
    x->result = result;
    x->code = rep_case_tree(x->db, x->what->run, x->what->name, &root, &has_tree);
    if (x->code == 0 && has_tree) {
        x->code = rep_tree_load(x->db, &root, &x->tree);
    }
    if (x->code == 0 && x->tree.count == 0) {
        explain_no_tree(x);
    } else if (x->code == 0) {
        explain_walk(x);
        if (x->node) {
            explain_node(x);
        } else {
            explain_missing(x);
        }
    }
    return x->code;
}

struct telling {
    struct explain x;
    struct rep_out out;
    enum rep_format format;
};

/* Everything that a result lends is gone when this returns. */
static int tell(void *arg, const struct rep_result *result)
{
    struct telling *t = arg;
    int code = explain_case(&t->x, result);
    if (code == 0 && t->format == REP_FORMAT_JSONL) {
        explain_print_json(&t->x, &t->out);
    } else if (code == 0) {
        explain_print_text(&t->x, &t->out);
    }
    return code ? code : t->x.code;
}

int rep_explain(struct rep_db *db, const struct rep_explain *what, const struct rep_sink *sink,
                enum rep_format format)
{
    struct telling t = {.x = {.db = db, .what = what, .mount = -1}, .format = format};
    if (format == REP_FORMAT_CSV) {
        return rep_fail(db, -EINVAL, "an explanation is no table: text or JSON lines");
    }
    if (strlen(what->path) > REP_MAX_PATH) {
        return rep_fail(db, -E2BIG, "the path is longer than %u bytes", REP_MAX_PATH);
    }
    rep_out_init(&t.out, sink);
    int code = rep_read_case(db, what->run, what->name, tell, &t);
    int written = rep_out_finish(&t.out);
    rep_tree_release(&t.x.tree);
    rep_arena_release(&t.x.arena);
    free(t.x.fact);
    return code == 0 && written < 0 ? rep_fail(db, written, "cannot write the explanation") : code;
}
