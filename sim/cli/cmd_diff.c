/* simrun diff: runs with runs, cases with cases. Exit codes as those of diff(1). */
#include "cli.h"

/* A and B, with the files that they brought; both closed by release(). */
struct sides {
    struct run_ref ref[2];
    struct rep_db *own; /* of --db; NULL = not needed */
    struct rep_diff_side side[2];
};

static void release(struct sides *s)
{
    run_ref_release(&s->ref[0]);
    run_ref_release(&s->ref[1]);
    (void)rep_close(s->own);
}

/* Nothing said: the newest run with the one before it. One run: the newest against that. */
static int find_sides(struct cli *c, struct sides *s)
{
    const struct ptrvec *words = &c->o.words, *cases = &c->o.cases;
    const char *first = cases->n == 2 ? "latest" : "latest~1";
    const char *run[] = {words->n > 0 ? words->p[0] : first, words->n > 1 ? words->p[1] : "latest"};
    if (cases->n > 2) {
        return complain(c, EXIT_USAGE, "--case: two at most, the second is that of B");
    }
    for (int i = 0; i < 2; i++) {
        int code = run_ref_init(&s->ref[i], c, run[i]);
        if (!code && !s->ref[i].db && !s->own) {
            code = open_records(c, c->o.db, REP_READ, &s->own);
        }
        if (code) {
            return code;
        }
        const char *name = cases->n ? cases->p[i < (int)cases->n ? i : 0] : NULL;
        s->side[i] =
            (struct rep_diff_side){s->ref[i].db ? s->ref[i].db : s->own, s->ref[i].run, name};
    }
    return EXIT_FINE;
}

int cmd_diff(struct cli *c)
{
    struct sides s = {0};
    struct rep_diff_counts counts = {0};
    int code = find_sides(c, &s);
    if (code == EXIT_FINE) {
        struct rep_sink sink = cli_sink(c->env->out, c->env->width, c->colour);
        code =
            rep_diff(&s.side[0], &s.side[1], c->o.quiet ? NULL : &sink, output_format(c), &counts);
        code = settle_open(c, s.side[0].db, code);
        code = code ? code : rep_diff_is_equal(&counts) ? EXIT_FINE : EXIT_FAILED;
    }
    release(&s);
    return code;
}
