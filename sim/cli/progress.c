/* A line on a terminal's standard error, drawn again ten times a second at most. */
#include "cli.h"

enum { BAR = 24, INTERVAL_NS = 100 * 1000 * 1000 };

void progress_init(struct progress *p, const struct cli *c, size_t total)
{
    *p = (struct progress){.env = c->env, .total = total};
    p->on = c->env->err_tty && !c->o.quiet && !c->o.ci && total > 1;
    p->start = p->last = c->env->now(c->env->arg);
}

static void draw(const struct progress *p, int64_t now)
{
    FILE *out = p->env->err;
    double seconds = (double)(now - p->start) / 1e9;
    double rate = seconds > 0 ? (double)p->done / seconds : 0;
    size_t filled = p->done * BAR / p->total;
    (void)fputs("\r[", out);
    for (size_t i = 0; i < BAR; i++) {
        (void)fputc(i < filled ? '#' : '.', out);
    }
    (void)fprintf(out, "] %zu/%zu  %.0f/s", p->done, p->total, rate);
    if (p->failed) {
        (void)fprintf(out, "  %zu failed", p->failed);
    }
    if (rate > 0) {
        (void)fprintf(out, "  %.0f s left", (double)(p->total - p->done) / rate);
    }
    (void)fputs("\033[K", out);
    (void)fflush(out);
}

void progress_step(struct progress *p, bool failed)
{
    p->done++;
    p->failed += failed;
    if (!p->on) {
        return;
    }
    int64_t now = p->env->now(p->env->arg);
    if (now - p->last >= INTERVAL_NS) {
        draw(p, now);
        p->last = now;
    }
}

void progress_clear(struct progress *p)
{
    if (p->on) {
        (void)fputs("\r\033[K", p->env->err);
        (void)fflush(p->env->err);
    }
}
