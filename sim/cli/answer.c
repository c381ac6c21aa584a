/* One spec on one screen: what the container gets, and all that was ignored, hidden or made. */
#include "cli.h"

#include <cjson/cJSON.h>

enum {
    COLUMN_DESTINATION = 26,
    COLUMN_FS = 10,
    COLUMN_FROM = 8,
    COLUMN_FLAGS = 12,
    COLUMN_SOURCE = 17,
    SECTION_LINES = 12, /* of one section; the rest is counted */
};

/* A section whose title comes with its first line. */
struct section {
    const struct cli *c;
    FILE *out;
    const char *title;
    size_t lines;
};

/* Ready for one more line? Past the bound it is only counted. */
static bool section_line(struct section *s)
{
    if (s->lines++ == 0) {
        (void)fprintf(s->out, "\n%s%s%s\n", shade(s->c, SHADE_BOLD), s->title,
                      shade(s->c, SHADE_OFF));
    }
    return s->lines <= SECTION_LINES;
}

/* Where all of it stands. */
static const char *whole_story(const struct cli *c)
{
    return c->o.no_db ? "--format jsonl" : "simrun show";
}

static void section_end(const struct section *s)
{
    if (s->lines > SECTION_LINES) {
        (void)fprintf(s->out, "  and %zu more (see `%s`)\n", s->lines - SECTION_LINES,
                      whole_story(s->c));
    }
}

static void section_text(struct section *s, const char *text)
{
    if (section_line(s)) {
        print_wrapped(s->c, s->out, text);
    }
}

/* ------------------------------------------------------------------------------------- mounts */

static void from_text(const struct sim_mount *m, size_t i, char *ret, size_t n)
{
    if (m->spec_index >= 0) {
        (void)snprintf(ret, n, "spec[%d]", m->spec_index);
    } else {
        (void)snprintf(ret, n, "%s", i == 0 ? "root" : "default");
    }
}

static void print_mount(const struct cli *c, FILE *out, const struct sim_mount *m, size_t i)
{
    char from[32], flags[64];
    from_text(m, i, from, sizeof(from));
    (void)snprintf(flags, sizeof(flags), "%.40s%s%s", m->flags, m->overlay && *m->flags ? "," : "",
                   m->overlay ? "overlay" : "");
    bool done = m->fs && strcmp(m->state, "done") == 0;
    const char *colour = done ? "" : shade(c, SHADE_DIM);
    (void)fprintf(out, "%s", colour);
    print_cell(out, m->destination, COLUMN_DESTINATION);
    (void)fputc(' ', out);
    print_cell(out, done ? m->fs : m->state, COLUMN_FS);
    (void)fputc(' ', out);
    print_cell(out, from, COLUMN_FROM);
    (void)fputc(' ', out);
    print_cell(out, flags, COLUMN_FLAGS);
    (void)fputc(' ', out);
    print_cut(out, m->source, COLUMN_SOURCE);
    (void)fprintf(out, "%s\n", *colour ? SHADE_OFF : "");
}

static void print_mounts(const struct cli *c, FILE *out, const struct sim_result *r)
{
    if (!r->n_mounts) {
        return;
    }
    (void)fprintf(out, "\n%s%-*s %-*s %-*s %-*s %s%s\n", shade(c, SHADE_BOLD), COLUMN_DESTINATION,
                  "MOUNTED AT", COLUMN_FS, "AS", COLUMN_FROM, "FROM", COLUMN_FLAGS, "FLAGS",
                  "SOURCE", shade(c, SHADE_OFF));
    for (size_t i = 0; i < r->n_mounts; i++) {
        print_mount(c, out, &r->mounts[i], i);
    }
}

/* ------------------------------------------------------------------------------------ ignored */

/* "/dev/shm (spec[3]): WHAT", with the rows of the contract that say so. */
static void mount_line(struct section *s, const struct sim_mount *m, size_t i, const char *what,
                       const char *detail)
{
    char from[32];
    if (!section_line(s)) {
        return;
    }
    from_text(m, i, from, sizeof(from));
    char *text = mem_printf(s->c->d, "%s (%s): %s%s%s%s%s", m->destination, from, what, detail,
                            *m->rules ? " [" : "", m->rules, *m->rules ? "]" : "");
    print_wrapped(s->c, s->out, text ? text : "");
    mem_free(text);
}

static bool is_dropped(const struct sim_mount *m)
{
    return strcmp(m->state, "dropped") == 0;
}

/* Mounts of the spec that are not even in the compiled list, and why. */
static void left_out(struct section *s, const struct sim_result *r)
{
    for (size_t i = 0; i < r->n_mounts; i++) {
        const struct sim_mount *m = &r->mounts[i];
        if (is_dropped(m)) {
            cJSON *reasons = m->reasons ? cJSON_Parse(m->reasons) : NULL;
            const cJSON *first = cJSON_GetArrayItem(reasons, 0);
            const char *why = cJSON_GetStringValue(cJSON_GetObjectItem(first, "text"));
            mount_line(s, m, i, why ? "left out: " : "left out", why ? why : "");
            cJSON_Delete(reasons);
        }
    }
}

static void print_ignored(const struct cli *c, FILE *out, const struct run_record *record)
{
    const struct sim_result *r = record->result;
    struct section s = {c, out, "IGNORED", 0};
    for (size_t i = 0; i < r->n_mounts; i++) {
        if (strcmp(r->mounts[i].state, "skipped") == 0) {
            mount_line(&s, &r->mounts[i], i, "not mounted, type ", r->mounts[i].type);
        }
    }
    left_out(&s, r);
    for (size_t i = 0; i < r->n_mounts; i++) {
        const struct sim_mount *m = &r->mounts[i];
        if (*m->ignored && strcmp(m->state, "skipped") != 0 && !is_dropped(m)) {
            mount_line(&s, m, i, "options without effect: ", m->ignored);
        }
    }
    section_end(&s);
}

static void print_shadowed(const struct cli *c, FILE *out, const struct sim_result *r)
{
    struct section s = {c, out, "HIDDEN BY A LATER MOUNT", 0};
    for (size_t i = 0; i < r->n_mounts; i++) {
        int by = r->mounts[i].shadowed_by;
        if (by >= 0 && (size_t)by < r->n_mounts) {
            mount_line(&s, &r->mounts[i], i, "under ", r->mounts[by].destination);
        }
    }
    section_end(&s);
}

static void print_created(const struct cli *c, FILE *out, const struct sim_result *r)
{
    struct section s = {c, out, "CREATED", 0};
    for (size_t i = 0; i < r->n_mounts; i++) {
        const struct sim_mount *m = &r->mounts[i];
        if (*m->created) {
            mount_line(&s, m, i, "made on the file system below: ", m->created);
        }
        if (m->stubs) {
            mount_line(&s, m, i, "stub directories in an overlay for mounts below it", "");
        }
    }
    for (size_t i = 0; i < r->host_diff.n; i++) {
        section_text(&s, r->host_diff.v[i]);
    }
    section_end(&s);
}

/* What the runtime would log. Of a good end only the number: the sections above say it in order. */
static void print_warnings(const struct cli *c, FILE *out, const struct sim_result *r)
{
    struct section s = {c, out, "WARNINGS OF THE RUNTIME", 0};
    size_t n = 0;
    for (size_t i = 0; i < r->log.n; i++) {
        bool warning = strncmp(r->log.v[i], "W ", 2) == 0;
        n += warning;
        if (warning && r->outcome != OUTCOME_OK) {
            section_text(&s, r->log.v[i] + 2);
        }
    }
    section_end(&s);
    if (n && r->outcome == OUTCOME_OK) {
        (void)fprintf(out, "\n%zu warning%s in the log of the runtime (see `%s`)\n", n,
                      n == 1 ? "" : "s", whole_story(c));
    }
}

static void print_findings(const struct cli *c, FILE *out, const struct run_record *record)
{
    const struct sim_result *r = record->result;
    struct section s = {c, out, "FINDINGS", 0};
    for (size_t i = 0; i < r->n_findings; i++) {
        section_text(&s, r->findings[i].text);
    }
    section_end(&s);
    print_warnings(c, out, r);
    struct section d = {c, out, "NOT AS EXPECTED", 0};
    /* What is wrong with an input was told as its error. */
    size_t n = r->outcome == OUTCOME_UNSUPPORTED ? 0 : record->verdict->differences.n;
    for (size_t i = 0; i < n; i++) {
        section_text(&d, record->verdict->differences.p[i]);
    }
    section_end(&d);
}

/* Where an error stopped it: the first mount that failed. */
static void print_step(FILE *out, const struct sim_result *r)
{
    for (size_t i = 0; i < r->n_mounts; i++) {
        const struct sim_mount *m = &r->mounts[i];
        char from[32];
        if (strcmp(m->state, "failed") != 0) {
            continue;
        }
        from_text(m, i, from, sizeof(from));
        (void)fputs("  at the mount of ", out);
        print_escaped(out, m->destination);
        (void)fprintf(out, " (%s), type ", from);
        print_escaped(out, m->type);
        (void)fputc('\n', out);
        return;
    }
    if (r->outcome == OUTCOME_ERROR) {
        (void)fputs(r->n_mounts ? "  after reading the spec\n" : "  before any mount\n", out);
    }
}

void answer_print(const struct cli *c, FILE *out, const struct run_record *record,
                  const char *profile)
{
    const struct sim_result *r = record->result;
    const char *colour = shade(c, r->outcome == OUTCOME_OK ? SHADE_GREEN : SHADE_RED);
    print_escaped(out, r->name);
    (void)fprintf(out, ": %s%s%s (%s)\n", colour, sim_outcome_name(r->outcome),
                  *colour ? SHADE_OFF : "", profile);
    if (r->error[0]) {
        print_wrapped(c, out, r->error);
        print_step(out, r);
    }
    print_mounts(c, out, r);
    print_ignored(c, out, record);
    print_shadowed(c, out, r);
    print_created(c, out, r);
    print_findings(c, out, record);
    answer_tree(out, r);
}
