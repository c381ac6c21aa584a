#include "reports.h"

#include <limits.h>
#include <simrun/contract.h>
#include <sys/stat.h>

static int trouble(struct report_target *t, const char *path, int code)
{
    t->failed = true;
    const char *where = t->kind == TARGET_OUT ? "standard output" : path;
    if (code == CODE_FATE || code == -ENOMEM) {
        return complain(t->c, EXIT_HARNESS, "the %s report: out of memory", t->renderer->name);
    }
    const char *text = t->db ? rep_error_text(t->db) : "";
    return complain(t->c, EXIT_HARNESS, "%s: the %s report: %s", where, t->renderer->name,
                    text[0] ? text : code_text(code));
}

static int unknown_format(struct cli *c, const char *format)
{
    const char *names[32];
    size_t n = 0;
    struct str known;
    str_init(&known, c->d);
    for (const struct rep_renderer *r = rep_renderers(); r->name && n < ARRAY_LEN(names); r++) {
        str_addf(&known, " %s", r->name);
        names[n++] = r->name;
    }
    const char *hint = rep_nearest(format, names, n);
    int code =
        complain(c, EXIT_USAGE, "no report \"%s\"%s%s%s; there are:%s", format,
                 hint ? "; did you mean " : "", hint ? hint : "", hint ? "?" : "", str_get(&known));
    str_release(&known);
    return code;
}

int target_init(struct report_target *t, struct cli *c, const char *format, const char *path)
{
    const struct rep_renderer *renderer = rep_renderer_find(format);
    if (!renderer) {
        return unknown_format(c, format);
    }
    bool out = !path || strcmp(path, "-") == 0;
    size_t n = out ? 0 : strlen(path);
    if (!out && n == 0) {
        return complain(c, EXIT_USAGE, "the %s report needs the name of a file", format);
    }
    bool folder = n && path[n - 1] == '/';
    if (folder && !renderer->one_case) {
        return complain(c, EXIT_USAGE,
                        "%s: all cases stand in one %s report: name a file, not a "
                        "folder",
                        path, format);
    }
    if (rep_renderer_needs_records(renderer) && c->o.no_db) {
        return complain(c, EXIT_USAGE, "the %s report is made from the database: no --no-db",
                        format);
    }
    *t = (struct report_target){.c = c,
                                .renderer = renderer,
                                .path = path,
                                .kind = out      ? TARGET_OUT
                                        : folder ? TARGET_FOLDER
                                                 : TARGET_FILE};
    return EXIT_FINE;
}

/* What is not there yet is known by its name alone. */
static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (stat(a, &x) || stat(b, &y)) {
        return strcmp(a, b) == 0;
    }
    return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int target_spare(const struct report_target *t, const char *path, const char *what)
{
    if (t->kind != TARGET_FILE || !is_same_file(t->path, path)) {
        return EXIT_FINE;
    }
    return complain(t->c, EXIT_USAGE, "the %s report would replace %s: %s", t->renderer->name, what,
                    path);
}

/* ---- one document ---- */

static int open_file(struct report_target *t, const char *path)
{
    return t->kind == TARGET_OUT ? 0 : whole_file_open(&t->file, t->c->d, path);
}

static int begin_document(struct report_target *t)
{
    bool on_screen = t->kind == TARGET_OUT;
    FILE *out = on_screen ? t->c->env->out : t->file.out;
    t->sink = cli_sink(out, on_screen ? t->c->env->width : 0, on_screen && t->c->colour);
    return rep_report_begin(t->renderer, &t->head, &t->sink, &t->report);
}

static int close_document(struct report_target *t, const struct rep_report_tail *tail)
{
    int code = rep_report_end(t->report, tail);
    rep_report_free(t->report);
    t->report = NULL;
    if (t->kind == TARGET_OUT) {
        return code;
    }
    if (code) {
        whole_file_abandon(&t->file);
        return code;
    }
    return whole_file_commit(&t->file);
}

static int make_folder(const char *path)
{
    struct stat st;
    if (mkdir(path, 0777) == 0 ||
        (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))) {
        return 0;
    }
    return -errno;
}

/* What a row of the contract says. */
static const char *rule_text(const char *id)
{
    struct contract_row row;
    return contract_row_find(id, &row) == 0 ? row.subject : NULL;
}

int target_open(struct report_target *t, int64_t planned)
{
    if (t->renderer->one_case && planned > 1 && t->kind != TARGET_FOLDER) {
        return complain(t->c, EXIT_USAGE,
                        "a %s report shows one case, and there are %lld: end its FILE with / for a "
                        "folder with a file each",
                        t->renderer->name, (long long)planned);
    }
    int code = t->kind == TARGET_FOLDER ? make_folder(t->path) : open_file(t, t->path);
    return code ? trouble(t, t->path, code) : EXIT_FINE;
}

int target_begin(struct report_target *t, const struct rep_report_head *head)
{
    t->head = *head;
    t->head.rule = rule_text;
    int code = t->kind == TARGET_FOLDER ? 0 : begin_document(t);
    return code ? trouble(t, t->path, code) : EXIT_FINE;
}

/* ---- a file each ---- */

static int write_case(struct report_target *t, const struct rep_result *result, const char *path)
{
    static const struct rep_report_tail tail = {.complete = true};
    t->head.planned = 1;
    int code = open_file(t, path);
    code = code ? code : begin_document(t);
    if (code == 0) {
        code = rep_report_result(t->report, result);
        int ended = close_document(t, &tail);
        code = code ? code : ended;
    }
    return code;
}

static int add_file(struct report_target *t, const struct rep_result *result)
{
    char *name = rep_file_name(result->name, t->renderer->suffix);
    char *path = name ? mem_printf(t->c->d, "%s%s", t->path, name) : NULL;
    int code = path ? write_case(t, result, path) : -ENOMEM;
    if (code) {
        (void)trouble(t, path ? path : t->path, code);
    }
    mem_free(path);
    free(name);
    return code;
}

bool target_result(struct report_target *t, const struct rep_result *result)
{
    if (t->failed) {
        return true;
    }
    if (t->kind == TARGET_FOLDER) {
        (void)add_file(t, result);
        return true;
    }
    int code = rep_report_result(t->report, result);
    if (code == 0) {
        return true;
    }
    if (t->kind != TARGET_OUT) {
        (void)trouble(t, t->path, code);
        return true;
    }
    /* finish_output tells what became of standard output. */
    if (!ferror(t->c->env->out)) {
        (void)trouble(t, NULL, code);
    }
    t->failed = true;
    return false;
}

int target_end(struct report_target *t, const struct rep_report_tail *tail)
{
    if (t->failed) {
        return EXIT_HARNESS;
    }
    if (tail->records && rep_renderer_needs_records(t->renderer)) {
        t->db = tail->records->db;
    }
    int code = t->report ? close_document(t, tail) : 0;
    if (code && t->kind == TARGET_OUT && ferror(t->c->env->out)) {
        t->failed = true;
        return EXIT_HARNESS;
    }
    return code ? trouble(t, t->path, code) : EXIT_FINE;
}

void target_release(struct report_target *t)
{
    rep_report_free(t->report);
    whole_file_abandon(&t->file);
    t->report = NULL;
}
