/* simrun merge, prune: looking after the database. */
#include "cli.h"

int cmd_merge(struct cli *c)
{
    struct rep_db *db;
    struct rep_merge_counts counts = {0};
    int code = open_records(c, c->o.db, REP_CREATE, &db);
    if (code) {
        return code;
    }
    struct rep_sink sink = cli_sink(c->env->out, c->env->width, c->colour);
    code = rep_merge(db, (const char *const *)c->o.words.p, c->o.words.n, c->o.separate,
                     c->o.quiet ? NULL : &sink, &counts);
    if (!code && !c->o.quiet) {
        (void)fprintf(c->env->out,
                      "%lld file%s: %lld new runs, %lld shards joined, %lld runs known before",
                      (long long)counts.files, counts.files == 1 ? "" : "s", (long long)counts.runs,
                      (long long)counts.joined, (long long)counts.already);
        if (counts.same) {
            (void)fprintf(c->env->out, "; %lld cases in several shards, all alike",
                          (long long)counts.same);
        }
        (void)fputc('\n', c->env->out);
    }
    code = settle(c, db, code);
    return code ? code : counts.incomplete ? EXIT_FAILED : EXIT_FINE;
}

static int name_run(void *arg, const struct rep_run_info *info)
{
    struct cli *c = arg;
    (void)fprintf(c->env->out, "%s run %lld  ",
                  c->o.dry_run ? "would go:" : "gone:", (long long)info->id);
    print_escaped(c->env->out, info->started);
    (void)fprintf(c->env->out, "  %lld results\n", (long long)info->counts.recorded);
    return 0;
}

int cmd_prune(struct cli *c)
{
    struct rep_db *db;
    struct rep_prune_counts counts = {0};
    if (c->o.keep < 0) {
        return complain(c, EXIT_USAGE, "how many runs stay? --keep N (labelled ones always do)");
    }
    int code = open_records(c, c->o.db, REP_WRITE, &db);
    if (code) {
        return code;
    }
    code =
        rep_prune(db, (unsigned)c->o.keep, c->o.dry_run, c->o.quiet ? NULL : name_run, c, &counts);
    if (!code) {
        (void)fprintf(c->env->out, "%lld runs, %lld results, %.1f MB %s\n", (long long)counts.runs,
                      (long long)counts.results, (double)counts.bytes / 1e6,
                      c->o.dry_run ? "would go" : "gone");
    }
    return settle(c, db, code);
}
