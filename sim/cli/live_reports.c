#include "reports.h"

/* ---- from the command line ---- */

static int add(struct live_reports *l, const char *format, const char *path)
{
    if (l->n == LIMIT_REPORTS) {
        return complain(l->c, EXIT_USAGE, "--report: more than %d reports (LIMIT_REPORTS)",
                        LIMIT_REPORTS);
    }
    struct report_target *t = &l->target[l->n];
    int code = target_init(t, l->c, format, path);
    if (code) {
        return code;
    }
    for (size_t i = 0; i < l->n; i++) {
        const struct report_target *other = &l->target[i];
        bool same =
            other->kind == t->kind && (t->kind == TARGET_OUT || strcmp(other->path, t->path) == 0);
        if (same && (t->kind != TARGET_FOLDER || other->renderer == t->renderer)) {
            return complain(l->c, EXIT_USAGE, "two reports (%s, %s) go to %s",
                            other->renderer->name, format,
                            t->kind == TARGET_OUT ? "standard output" : t->path);
        }
    }
    l->on_out = l->on_out || t->kind == TARGET_OUT;
    l->n++;
    return EXIT_FINE;
}

/* FORMAT=FILE */
static int add_option(struct live_reports *l, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals) {
        return complain(l->c, EXIT_USAGE, "--report: \"%s\" is not FORMAT=FILE", text);
    }
    char *format = mem_dupn(l->c->d, text, (size_t)(equals - text));
    if (!format) {
        return complain(l->c, EXIT_HARNESS, "out of memory");
    }
    int code = add(l, format, equals + 1);
    mem_free(format);
    return code;
}

/* Bazel's name of the file where it wants JUnit XML. */
static int add_environment(struct live_reports *l)
{
    const char *path = cli_variable(l->c, "XML_OUTPUT_FILE");
    for (size_t i = 0; path && i < l->n; i++) {
        const struct report_target *t = &l->target[i];
        if (t->kind == TARGET_FILE && strcmp(t->path, path) == 0) {
            return EXIT_FINE;
        }
    }
    return path ? add(l, "junit", path) : EXIT_FINE;
}

int live_reports_init(struct live_reports *l, struct cli *c)
{
    const char *format = c->o.format;
    *l = (struct live_reports){.c = c};
    int code = format && strcmp(format, "text") != 0 ? add(l, format, NULL) : EXIT_FINE;
    for (size_t i = 0; i < c->o.report.n && code == EXIT_FINE; i++) {
        code = add_option(l, c->o.report.p[i]);
    }
    return code ? code : add_environment(l);
}

/* ---- a run ---- */

/* Files in the order of discovery: many cases in a row stand in one. */
static int spare_cases(const struct report_target *t, const struct case_source *source)
{
    const char *last = NULL;
    int code = EXIT_FINE;
    for (size_t i = 0; i < case_source_count(source) && code == EXIT_FINE; i++) {
        struct case_info info;
        case_source_info(source, i, &info);
        if (info.file != last) {
            code = target_spare(t, info.file, "what cases are read from");
        }
        last = info.file;
    }
    return code;
}

int live_reports_spare(const struct live_reports *l, const struct case_source *source,
                       const char *db)
{
    int code = EXIT_FINE;
    for (size_t i = 0; i < l->n && code == EXIT_FINE; i++) {
        code = db ? target_spare(&l->target[i], db, "the database") : EXIT_FINE;
        code = code ? code : spare_cases(&l->target[i], source);
    }
    return code;
}

int live_reports_open(struct live_reports *l, int64_t planned)
{
    int code = EXIT_FINE;
    for (size_t i = 0; i < l->n && code == EXIT_FINE; i++) {
        code = target_open(&l->target[i], planned);
    }
    return code;
}

int live_reports_begin(struct live_reports *l, const struct rep_report_head *head)
{
    for (size_t i = 0; i < l->n; i++) {
        int code = target_begin(&l->target[i], head);
        if (code) {
            return code;
        }
    }
    return EXIT_FINE;
}

bool live_reports_result(struct live_reports *l, const struct rep_result *result)
{
    bool all = true;
    for (size_t i = 0; i < l->n; i++) {
        all = target_result(&l->target[i], result) && all;
    }
    return all;
}

static int give_earlier(void *arg, const struct rep_result *result)
{
    return live_reports_result(arg, result) ? 0 : 1;
}

int live_reports_earlier(struct live_reports *l, struct rep_db *db, const char *run)
{
    bool nodes = false;
    for (size_t i = 0; i < l->n; i++) {
        nodes = nodes || l->target[i].renderer->nodes;
    }
    int code = l->n ? rep_read_run(db, run, NULL, 0, nodes, give_earlier, l) : 0;
    return code < 0 ? complain(l->c, EXIT_HARNESS, "%s", rep_error_text(db)) : EXIT_FINE;
}

int live_reports_end(struct live_reports *l, const struct rep_report_tail *tail)
{
    int code = EXIT_FINE;
    for (size_t i = 0; i < l->n; i++) {
        int ended = target_end(&l->target[i], tail);
        code = code ? code : ended;
    }
    return code;
}

void live_reports_release(struct live_reports *l)
{
    for (size_t i = 0; i < l->n; i++) {
        target_release(&l->target[i]);
    }
    l->n = 0;
}
