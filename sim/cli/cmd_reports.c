/* simrun show, tree, diff, query: reading the database. */
#include "cli.h"

static int open_db(struct cli *c, struct rep_db **ret)
{
    struct rep_error error;
    const char *path = c->o.db ? c->o.db : "simrun.db";
    if (rep_open(path, REP_READ, &error, ret)) {
        return complain(c, EXIT_USAGE, "%s", error.text);
    }
    return EXIT_FINE;
}

/* What a reading function gave, as an exit code. */
static int settle(struct cli *c, struct rep_db *db, int code)
{
    if (code == -EPIPE) {
        code = EXIT_PIPE;
    } else if (code == -ENOENT || code == -EINVAL || code == -EPERM || code == -E2BIG) {
        code = complain(c, EXIT_USAGE, "%s", rep_error_text(db));
    } else if (code) {
        code = complain(c, EXIT_HARNESS, "%s", rep_error_text(db));
    }
    (void)rep_close(db);
    return code ? code : finish_output(c);
}

typedef int case_fn(struct rep_db *db, const char *ref, const char *name,
                    const struct rep_sink *sink);

static int print_case(struct cli *c, case_fn *print)
{
    struct rep_db *db;
    int code = open_db(c, &db);
    if (code) {
        return code;
    }
    struct rep_sink sink = cli_sink(c->env->out, c->env->width, c->colour);
    return settle(c, db, print(db, c->o.run ? c->o.run : "latest", c->o.words.p[0], &sink));
}

int cmd_show(struct cli *c)
{
    return print_case(c, rep_show);
}

int cmd_tree(struct cli *c)
{
    return print_case(c, rep_tree);
}

int cmd_diff(struct cli *c)
{
    struct rep_db *db;
    int code = open_db(c, &db);
    if (code) {
        return code;
    }
    struct rep_sink sink = cli_sink(c->env->out, c->env->width, c->colour);
    const struct rep_diff_side a = {db, c->o.words.p[0], NULL}, b = {db, c->o.words.p[1], NULL};
    return settle(c, db, rep_diff(&a, &b, &sink, REP_FORMAT_TEXT, NULL));
}

static int list_queries(struct cli *c)
{
    for (const struct rep_query_info *q = rep_queries(); q->name; q++) {
        (void)fprintf(c->env->out, "%-18s %s\n", q->name, q->about);
    }
    return finish_output(c);
}

int cmd_query(struct cli *c)
{
    struct rep_db *db;
    if (c->o.words.n == 0) {
        return list_queries(c);
    }
    int code = open_db(c, &db);
    if (code) {
        return code;
    }
    const char *format = c->o.format ? c->o.format : "text";
    enum rep_format how = strcmp(format, "csv") == 0     ? REP_FORMAT_CSV
                          : strcmp(format, "jsonl") == 0 ? REP_FORMAT_JSONL
                                                         : REP_FORMAT_TEXT;
    struct rep_sink sink = cli_sink(c->env->out, c->env->width, c->colour);
    return settle(c, db, rep_query(db, c->o.words.p[0], &sink, how));
}
