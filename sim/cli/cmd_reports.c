/* simrun show, tree: one recorded case. */
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
