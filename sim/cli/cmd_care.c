/* simrun merge, prune: looking after the database. */
#include "cli.h"

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

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
                      "%lld file%s: %lld new run%s, %lld shard%s joined, %lld run%s known before",
                      (long long)counts.files, plural(counts.files), (long long)counts.runs,
                      plural(counts.runs), (long long)counts.joined, plural(counts.joined),
                      (long long)counts.already, plural(counts.already));
        if (counts.same) {
            (void)fprintf(c->env->out, "; %lld case%s in several shards, all alike",
                          (long long)counts.same, plural(counts.same));
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
                  c->o.dry_run ? "would go:" : "goes:", (long long)info->id);
    print_escaped(c->env->out, info->started);
    (void)fprintf(c->env->out, "  %lld result%s\n", (long long)info->counts.recorded,
                  plural(info->counts.recorded));
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
        (void)fprintf(c->env->out, "%lld run%s, %lld result%s, %.1f MB %s\n",
                      (long long)counts.runs, plural(counts.runs), (long long)counts.results,
                      plural(counts.results), (double)counts.bytes / 1e6,
                      c->o.dry_run ? "would go" : "gone");
    }
    return settle(c, db, code);
}
