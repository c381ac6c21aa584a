/* simrun first-bad: which run turned a case, or every case, bad. */
#include "cli.h"

int cmd_first_bad(struct cli *c)
{
    struct rep_db *db;
    bool bad = false;
    size_t count = 0;
    if (c->o.all_cases == (c->o.words.n > 0)) {
        return complain(c, EXIT_USAGE, "which case? one CASE, or --all");
    }
    int code = open_records(c, c->o.db, REP_READ, &db);
    if (code) {
        return code;
    }
    struct rep_sink sink = cli_sink(c->env->out, c->env->width, c->colour);
    if (c->o.all_cases) {
        code = rep_first_bad(db, c->o.run ? c->o.run : "latest", &sink, output_format(c), &count);
    } else {
        code = rep_history(db, c->o.run, c->o.words.p[0], &sink, output_format(c), &bad);
    }
    code = settle(c, db, code);
    return code ? code : bad || count ? EXIT_FAILED : EXIT_FINE;
}
