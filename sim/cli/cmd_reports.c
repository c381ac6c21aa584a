/* simrun show, tree, query: reading the database. */
#include "cli.h"

typedef int case_fn(struct rep_db *db, const char *ref, const char *name,
                    const struct rep_sink *sink);

static int print_case(struct cli *c, case_fn *print)
{
    struct rep_db *db;
    int code = open_records(c, c->o.db, REP_READ, &db);
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
    int code = open_records(c, c->o.db, REP_READ, &db);
    if (code) {
        return code;
    }
    struct rep_sink sink = cli_sink(c->env->out, c->env->width, c->colour);
    return settle(c, db, rep_query(db, c->o.words.p[0], &sink, output_format(c)));
}
