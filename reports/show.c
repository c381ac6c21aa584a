#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct show {
    struct rep_db *db;
    struct rep_out out;
    const struct rep_run_info *run;
};

static void heading(struct show *show, const char *text)
{
    rep_out_raw(&show->out, "\n");
    rep_out_colour(&show->out, REP_BOLD);
    rep_out_raw(&show->out, text);
    rep_out_colour(&show->out, REP_PLAIN);
    rep_out_raw(&show->out, "\n");
}

static void show_field(struct show *show, const char *label, const char *text)
{
    char first[32];
    if (text) {
        (void)snprintf(first, sizeof first, "%-10s", label);
        rep_out_wrap(&show->out, first, 11, text);
    }
}

static void show_run(struct show *show)
{
    struct rep_buf text = {0};
    rep_buf_fmt(&text, "%lld, %s, started %s", (long long)show->run->id, show->run->state,
                show->run->started);
    if (show->run->label) {
        rep_buf_fmt(&text, ", label %s", show->run->label);
    }
    show_field(show, "run", text.failed ? NULL : text.data);
    rep_buf_clear(&text);
    rep_buf_str(&text, show->run->subject);
    if (show->run->subject_version) {
        rep_buf_fmt(&text, " %s", show->run->subject_version);
    }
    show_field(show, "subject", text.failed ? NULL : text.data);
    show_field(show, "profile", show->run->profile);
    rep_buf_release(&text);
}

static void show_outcome(struct show *show, const struct rep_result *result)
{
    struct rep_buf text = {0};
    bool fine = result->status == REP_PASS || result->status == REP_XFAIL ||
                (result->status == REP_RECORDED && strcmp(result->result, "ok") == 0);
    rep_buf_fmt(&text, "%s (%s)", result->result, rep_status_name(result->status));
    rep_out_colour(&show->out, fine ? REP_GREEN : REP_RED);
    show_field(show, "result", text.failed ? NULL : text.data);
    rep_out_colour(&show->out, REP_PLAIN);
    if (result->error && result->error[0]) {
        show_field(show, "error", result->error);
    }
    show_field(show, "xfail", result->reason);
    rep_buf_clear(&text);
    rep_buf_fmt(&text, "%lld nodes, %lld descriptors left, %lld leaks, %.3f ms",
                (long long)result->n_nodes, (long long)result->fds_left, (long long)result->leaks,
                (double)result->duration_ns / 1e6);
    show_field(show, "counts", text.failed ? NULL : text.data);
    rep_buf_release(&text);
}

static void show_attempts(struct show *show, const struct rep_result *result)
{
    struct rep_buf text = {0};
    for (size_t i = 0; i < result->n_attempts; i++) {
        const struct rep_attempt *a = &result->attempts[i];
        rep_buf_clear(&text);
        rep_buf_fmt(&text, "%zu: %s (%s), %.3f ms", i + 1, a->result, rep_status_name(a->status),
                    (double)a->duration_ns / 1e6);
        if (a->same_as <= i) {
            rep_buf_fmt(&text, ", the same as %u", a->same_as);
        } else if (a->error && a->error[0]) {
            rep_buf_fmt(&text, ": %s", a->error);
        }
        rep_out_wrap(&show->out, "  ", 4, text.failed ? "" : text.data);
    }
    rep_buf_release(&text);
}

/* Where the case stands. */
static void show_place(struct show *show, const struct rep_result *result)
{
    struct rep_buf text = {0};
    if (result->file) {
        rep_buf_str(&text, result->file);
        if (result->line > 0) {
            rep_buf_fmt(&text, ", line %lld", (long long)result->line);
        }
        show_field(show, "from", text.failed ? result->file : text.data);
    }
    rep_buf_release(&text);
}

static void add_detail(struct rep_buf *text, const char *label, const char *value)
{
    if (value && value[0]) {
        rep_buf_fmt(text, "%s%s %s", text->size ? "; " : "", label, value);
    }
}

static void show_mount(struct show *show, size_t index, const struct rep_mount *mount)
{
    struct rep_buf text = {0};
    char first[32];
    (void)snprintf(first, sizeof first, "%4zu ", index);
    rep_buf_fmt(&text, "%s  %s%s%s  fs %s", mount->destination ? mount->destination : "-",
                mount->type ? mount->type : "-", mount->source && mount->source[0] ? " from " : "",
                mount->source ? mount->source : "", mount->fs ? mount->fs : "none: not mounted");
    rep_out_colour(&show->out, mount->fs ? REP_PLAIN : REP_YELLOW);
    rep_out_wrap(&show->out, first, 5, text.failed ? "" : text.data);
    rep_out_colour(&show->out, REP_PLAIN);
    rep_buf_clear(&text);
    if (mount->spec_index >= 0) {
        rep_buf_fmt(&text, "spec mount %d", mount->spec_index);
    } else {
        rep_buf_str(&text, "made by the pipeline");
    }
    add_detail(&text, "flags", mount->flags);
    add_detail(&text, "rules", mount->rules);
    add_detail(&text, "ignored options", mount->ignored);
    add_detail(&text, "created", mount->created);
    if (mount->shadowed_by >= 0) {
        rep_buf_fmt(&text, "; hidden by mount %d", mount->shadowed_by);
    }
    rep_out_colour(&show->out, REP_DIM);
    rep_out_wrap(&show->out, "", 7, text.failed ? "" : text.data);
    rep_out_colour(&show->out, REP_PLAIN);
    show->out.line.failed = show->out.line.failed || text.failed;
    rep_buf_release(&text);
}

static int show_element(void *arg, const char *text, size_t size)
{
    struct show *show = arg;
    (void)size;
    rep_out_wrap(&show->out, "  ", 4, text);
    return show->out.code;
}

static int show_text(struct show *show, enum rep_text which, const char *text)
{
    static const char *const titles[REP_TEXTS] = {
        [REP_LOG] = "Log",
        [REP_COMPILED] = "Compiled mounts",
        [REP_OPS_TEXT] = "Operations",
        [REP_RESTORE] = "Restore environment",
        [REP_HOST_DIFF] = "Changes on the host",
    };
    if (!text || strcmp(text, "[]") == 0 || strcmp(text, "null") == 0 || text[0] == '\0') {
        return 0;
    }
    heading(show, titles[which]);
    return rep_json_elements(show->db, text, strlen(text), show_element, show);
}

static int show_result(void *arg, const struct rep_result *result)
{
    struct show *show = arg;
    int code = 0;
    rep_out_colour(&show->out, REP_BOLD);
    show_field(show, "case", result->name);
    rep_out_colour(&show->out, REP_PLAIN);
    show_place(show, result);
    show_run(show);
    show_outcome(show, result);
    if (result->n_attempts > 0) {
        heading(show, result->flaky ? "Attempts: flaky" : "Attempts");
        show_attempts(show, result);
    }
    if (result->n_findings > 0) {
        heading(show, "Findings");
    }
    for (size_t i = 0; i < result->n_findings; i++) {
        struct rep_buf text = {0};
        const struct rep_finding *finding = &result->findings[i];
        rep_buf_fmt(&text, "%s %s: %s", finding->severity, finding->code, finding->text);
        rep_out_wrap(&show->out, "  ", 4, text.failed ? "" : text.data);
        rep_buf_release(&text);
    }
    if (result->n_mounts > 0) {
        heading(show, "Mounts");
    }
    for (size_t i = 0; i < result->n_mounts; i++) {
        show_mount(show, i, &result->mounts[i]);
    }
    for (unsigned i = 0; i < REP_TEXTS && code == 0; i++) {
        code = show_text(show, (enum rep_text)i, result->text[i]);
    }
    return code;
}

int rep_show(struct rep_db *db, const char *ref, const char *name, const struct rep_sink *sink)
{
    struct rep_run_info run;
    int code = rep_run_find(db, ref, &run);
    if (code < 0) {
        return code;
    }
    struct show show = {.db = db, .run = &run};
    rep_out_init(&show.out, sink);
    code = rep_read_case(db, ref, name, show_result, &show);
    int written = rep_out_finish(&show.out);
    rep_run_info_release(&run);
    return code == 0 && written < 0 ? rep_fail(db, written, "cannot write the case") : code;
}
