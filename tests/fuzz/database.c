/*
 * A file of records that a stranger made: a small real one whose rows or pages the bytes change.
 * Every reader returns: with output that keeps the rules of its form, or with a text that names the
 * file.
 */
#include "support/output.h"
#include "support/stranger.h"

#include "private.h"

#include <simrun/render.h>

#include <cjson/cJSON.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 2 << 10, READERS_MAX = 4 };

static const char *path; /* of the file */

/* A failure names the file, on one line. */
static void check_error(int code, const char *text)
{
    CHECK(code <= 0 && code > -4096);
    if (code && !strstr(text, path)) {
        fprintf(stderr, "%d %s\n", code, text);
    }
    CHECK(code == 0 || strstr(text, path));
    for (const char *p = text; *p; p++) {
        CHECK(*p != '\n');
    }
}

/* ---- readers -------------------------------------------------------------------------------- */

struct reading {
    struct rep_db *db;
    struct output out;
    struct rep_sink sink;
    char names[3][64];
    uint8_t choice;
};

static int keep_name(void *arg, const struct rep_outcome *outcome)
{
    struct reading *r = arg;
    for (size_t i = 0; i < ARRAY_LEN(r->names); i++) {
        if (!r->names[i][0] && outcome->name) {
            (void)snprintf(r->names[i], sizeof(r->names[i]), "%s", outcome->name);
            return 0;
        }
    }
    return 0;
}

static const char *name_of(const struct reading *r)
{
    const char *name = r->names[r->choice % ARRAY_LEN(r->names)];
    return name[0] ? name : "a";
}

static const char *run_of(const struct reading *r)
{
    static const char *const refs[] = {"latest", "latest~1", "1", "night", "profile:strict"};
    return refs[r->choice / 3 % ARRAY_LEN(refs)];
}

static int read_show(struct reading *r)
{
    int code = rep_show(r->db, run_of(r), name_of(r), &r->sink);
    output_is_plain(&r->out);
    return code;
}

static int read_drawing(struct reading *r)
{
    int code = rep_tree(r->db, run_of(r), name_of(r), &r->sink);
    output_is_plain(&r->out);
    return code;
}

static int read_query(struct reading *r)
{
    const struct rep_query_info *all = rep_queries();
    size_t n = 0;
    while (all[n].name) {
        n++;
    }
    enum rep_format format = r->choice % 3;
    int code = rep_query(r->db, all[r->choice / 3 % n].name, NULL, &r->sink, format);
    if (code == 0) {
        void (*const check[])(const struct output *) = {output_is_plain, output_is_csv,
                                                        output_is_json_lines};
        check[format](&r->out);
    }
    return code;
}

static int read_search(struct reading *r)
{
    static const char *const found[] = {"a", "log", "line", "b*", "w"};
    const char *words[] = {found[r->choice / 2 % ARRAY_LEN(found)]};
    bool lines = r->choice % 2;
    int code = rep_search(r->db, r->choice & 64 ? "latest" : NULL, words, 1, &r->sink,
                          lines ? REP_FORMAT_JSONL : REP_FORMAT_TEXT, NULL);
    if (code == 0) {
        (lines ? output_is_json_lines : output_is_plain)(&r->out);
    }
    return code;
}

static int read_explain(struct reading *r)
{
    static const char *const paths[] = {"/", "/a", "/a/b/c", "/x", "/a/b/../c/"};
    struct rep_explain what = {
        .run = run_of(r), .name = name_of(r), .path = paths[r->choice / 15 % ARRAY_LEN(paths)]};
    bool lines = r->choice & 1;
    int code = rep_explain(r->db, &what, &r->sink, lines ? REP_FORMAT_JSONL : REP_FORMAT_TEXT);
    if (code == 0) {
        (lines ? output_is_json_lines : output_is_plain)(&r->out);
    }
    return code;
}

static int read_diff(struct reading *r)
{
    bool lines = r->choice & 1, cases = r->choice & 2;
    struct rep_diff_side a = {r->db, "latest~1", cases ? r->names[0] : NULL};
    struct rep_diff_side b = {r->db, run_of(r), cases ? name_of(r) : NULL};
    struct rep_diff_counts counts;
    int code = rep_diff(&a, &b, &r->sink, lines ? REP_FORMAT_JSONL : REP_FORMAT_TEXT, &counts);
    if (code == 0) {
        (lines ? output_is_json_lines : output_is_plain)(&r->out);
    }
    return code;
}

static int read_html(struct reading *r)
{
    int code = rep_html(r->db, run_of(r), NULL, &r->sink);
    output_is_html(&r->out, STRANGER_TAG);
    return code;
}

static int read_history(struct reading *r)
{
    bool lines = r->choice & 1, bad;
    int code = rep_history(r->db, NULL, name_of(r), &r->sink,
                           lines ? REP_FORMAT_JSONL : REP_FORMAT_TEXT, &bad);
    if (code == 0) {
        (lines ? output_is_json_lines : output_is_plain)(&r->out);
    }
    return code;
}

static int read_first_bad(struct reading *r)
{
    bool lines = r->choice & 1;
    size_t count;
    int code = rep_first_bad(r->db, run_of(r), &r->sink, lines ? REP_FORMAT_JSONL : REP_FORMAT_TEXT,
                             &count);
    if (code == 0) {
        (lines ? output_is_json_lines : output_is_plain)(&r->out);
    }
    return code;
}

static int push(void *arg, const struct rep_result *result)
{
    int code = rep_report_result(arg, result);
    return code == -E2BIG || code == -EINVAL ? 0 : code;
}

static void check_document(const char *name, const struct output *o)
{
    if (strcmp(name, "junit") == 0) {
        output_is_xml(o);
    } else if (strcmp(name, "html") == 0) {
        output_is_html(o, STRANGER_TAG);
    } else if (strcmp(name, "csv") == 0) {
        output_is_csv(o);
    } else if (strcmp(name, "jsonl") == 0) {
        output_is_json_lines(o);
    } else {
        output_is_plain(o);
    }
    if (strcmp(name, "sarif") == 0) {
        cJSON *json = cJSON_Parse(o->p);
        CHECK(cJSON_IsObject(json));
        cJSON_Delete(json);
    }
}

/* A report of a run that is there, and whole, however its cases are. */
static int read_report(struct reading *r)
{
    const struct rep_renderer *all = rep_renderers();
    size_t n = 0;
    while (all[n].name) {
        n++;
    }
    const struct rep_renderer *renderer = &all[r->choice % n];
    const struct rep_run_options run = {.subject = "model", .started = "now"};
    const struct rep_report_head head = {.run = &run, .id = 1, .planned = 3};
    const struct rep_report_records records = {.db = r->db, .run = "latest"};
    const struct rep_report_tail tail = {.ended = "then", .complete = true, .records = &records};
    struct rep_report *report;
    CHECK(rep_report_begin(renderer, &head, &r->sink, &report) == 0);
    int code = rep_read_run(r->db, "latest", NULL, 0, renderer->nodes, push, report);
    int end = rep_report_end(report, &tail);
    rep_report_free(report);
    if (code == 0 && end == 0) {
        check_document(renderer->name, &r->out);
    }
    return code ? code : strcmp(renderer->name, "html") == 0 ? end : 0;
}

static int look_at(void *arg, const struct rep_result *result)
{
    (void)arg;
    CHECK(result->name && result->result);
    CHECK((unsigned)result->status < REP_STATUSES);
    return 0;
}

static int look_at_plan(void *arg, const char *name, bool recorded)
{
    (void)arg;
    (void)recorded;
    CHECK(name);
    return 0;
}

static int read_records(struct reading *r)
{
    struct rep_run_info info;
    int code = rep_run_find(r->db, run_of(r), &info);
    if (code == 0) {
        CHECK(info.state && info.started && info.argv && info.subject && info.options);
        rep_run_info_release(&info);
    }
    code = code ? code : rep_read_results(r->db, run_of(r), look_at, NULL);
    code = code ? code : rep_read_plan(r->db, run_of(r), look_at_plan, NULL);
    code = code ? code : rep_read_case(r->db, run_of(r), name_of(r), look_at, NULL);
    return code;
}

static int read_merged(struct reading *r)
{
    const char *const paths[] = {path};
    struct rep_db *into;
    CHECK(rep_open_memory(NULL, &into) == 0);
    int code = rep_merge(into, paths, 1, r->choice & 1, &r->sink, NULL);
    check_error(code, rep_error_text(into));
    output_is_plain(&r->out);
    if (code == 0) {
        int64_t wrong = -1;
        CHECK(rep_sql_int(into, "SELECT count(*) FROM pragma_foreign_key_check", &wrong) == 0 &&
              wrong == 0);
        CHECK(rep_trees_check(into) == 0);
    }
    CHECK(rep_close(into) == 0);
    return 0;
}

static int (*const readers[])(struct reading *) = {
    read_show, read_drawing, read_query,     read_search, read_explain, read_diff,
    read_html, read_history, read_first_bad, read_report, read_records, read_merged,
};

static void read_some(struct bytes *b)
{
    struct reading r = {.choice = 0};
    struct rep_error error = {0};
    int code = rep_open(path, REP_READ, &error, &r.db);
    check_error(code, error.text);
    if (code) {
        return;
    }
    (void)rep_read_outcomes(r.db, "latest", keep_name, &r);
    for (size_t n = 1 + take_below(b, READERS_MAX); n > 0; n--) {
        size_t which = take_below(b, ARRAY_LEN(readers));
        r.choice = take_byte(b);
        r.sink = output_sink(&r.out);
        code = readers[which](&r);
        check_error(code, rep_error_text(r.db));
        output_release(&r.out);
    }
    CHECK(rep_close(r.db) == 0);
}

/* ---- writers -------------------------------------------------------------------------------- */

static int resume(struct rep_db *db)
{
    struct rep_run *run;
    bool recorded;
    int code = rep_run_resume(db, "night", 0, &run);
    if (code) {
        return code;
    }
    code = rep_recorded(run, "never run", NULL, &recorded);
    const struct rep_result result = {.name = "never run", .result = "ok", .status = REP_PASS};
    code = code || recorded ? code : rep_record(run, &result);
    int end = rep_run_end(run, REP_FINISHED, "then", NULL);
    return code ? code : end;
}

static void write_some(struct bytes *b)
{
    struct rep_error error = {0};
    struct rep_db *db;
    int code = rep_open(path, REP_WRITE, &error, &db);
    check_error(code, error.text);
    if (code) {
        return;
    }
    uint8_t how = take_byte(b);
    code = how & 1 ? resume(db) : rep_prune(db, how >> 1 & 1, how & 4, NULL, NULL, NULL);
    check_error(code, rep_error_text(db));
    (void)rep_close(db);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > INPUT_MAX) {
        return 0;
    }
    struct bytes b = {data, size};
    uint8_t how = take_byte(&b);
    path = how & 1 ? stranger_pages(&b) : stranger_rows(&b);
    if (how & 2) {
        write_some(&b);
    }
    read_some(&b);
    return 0;
}
