/* simrun query, search: asking the database. */
#include "cli.h"

#include <cjson/cJSON.h>

/* Wide enough for any line. */
#define NO_WIDTH (1u << 20)

static struct rep_sink answer_sink(const struct cli *c)
{
    return cli_sink(c->env->out, c->o.wide ? NO_WIDTH : c->env->width, c->colour);
}

static int list_as_text(struct cli *c)
{
    for (const struct rep_query_info *q = rep_queries(); q->name; q++) {
        (void)fprintf(c->env->out, "%s%s%s - %s\n%s", shade(c, SHADE_BOLD), q->name,
                      shade(c, SHADE_OFF), q->about, shade(c, SHADE_DIM));
        print_wrapped(c, c->env->out, q->columns);
        (void)fputs(shade(c, SHADE_OFF), c->env->out);
    }
    return finish_output(c);
}

static int list_as_json(struct cli *c)
{
    for (const struct rep_query_info *q = rep_queries(); q->name; q++) {
        cJSON *line = cJSON_CreateObject();
        bool made = cJSON_AddStringToObject(line, "name", q->name) &&
                    cJSON_AddStringToObject(line, "about", q->about) &&
                    cJSON_AddStringToObject(line, "columns", q->columns) &&
                    cJSON_AddStringToObject(line, "sql", q->sql);
        char *text = made ? cJSON_PrintUnformatted(line) : NULL;
        cJSON_Delete(line);
        if (!text) {
            return complain(c, EXIT_HARNESS, "out of memory");
        }
        (void)fprintf(c->env->out, "%s\n", text);
        cJSON_free(text);
    }
    return finish_output(c);
}

int cmd_query(struct cli *c)
{
    struct rep_db *db;
    if (c->o.words.n == 0) {
        return output_format(c) == REP_FORMAT_JSONL ? list_as_json(c) : list_as_text(c);
    }
    int code = open_records(c, c->o.db, REP_READ, &db);
    if (code) {
        return code;
    }
    struct rep_sink sink = answer_sink(c);
    return settle(c, db, rep_query(db, c->o.words.p[0], c->o.run, &sink, output_format(c)));
}

int cmd_search(struct cli *c)
{
    struct rep_db *db;
    size_t matches = 0;
    if (c->o.run && c->o.all_runs) {
        return complain(c, EXIT_USAGE, "--run and --all-runs exclude each other");
    }
    int code = open_records(c, c->o.db, REP_READ, &db);
    if (code) {
        return code;
    }
    const char *ref = c->o.all_runs ? NULL : c->o.run ? c->o.run : "latest";
    struct rep_sink sink = answer_sink(c);
    code = rep_search(db, ref, (const char *const *)c->o.words.p, c->o.words.n, &sink,
                      output_format(c), &matches);
    code = settle(c, db, code);
    return code ? code : matches ? EXIT_FINE : EXIT_FAILED;
}
