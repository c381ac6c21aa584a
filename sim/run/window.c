#include "window.h"

int window_init(struct window *w, struct domain *d, size_t n)
{
    *w = (struct window){.d = d, .n = n};
    w->v = mem_resize(d, NULL, 0, n, sizeof(*w->v), "result window");
    return w->v ? 0 : CODE_FATE;
}

static void clear(struct window *w, struct window_slot *s)
{
    w->bytes -= s->input_n + s->result_n;
    mem_free(s->input);
    mem_free(s->result);
    *s = (struct window_slot){0};
}

void window_release(struct window *w)
{
    for (size_t i = 0; w->v && i < w->n; i++) {
        clear(w, &w->v[i]);
    }
    mem_free(w->v);
    *w = (struct window){0};
}

bool window_has_room(const struct window *w, size_t position)
{
    return position == w->first || (position - w->first < w->n && w->bytes < LIMIT_WINDOW_BYTES);
}

static int keep(struct window *w, char **p, size_t *p_n, const char *bytes, size_t n)
{
    char *copy = mem_new(w->d, n + 1, "waiting result");
    if (!copy) {
        return CODE_FATE;
    }
    memcpy(copy, bytes, n);
    mem_free(*p);
    w->bytes += n - *p_n;
    *p = copy;
    *p_n = n;
    return 0;
}

int window_put_input(struct window *w, size_t position, const char *bytes, size_t n)
{
    struct window_slot *s = &w->v[position % w->n];
    return keep(w, &s->input, &s->input_n, bytes, n);
}

int window_put_result(struct window *w, size_t position, const char *bytes, size_t n)
{
    struct window_slot *s = &w->v[position % w->n];
    s->done = true;
    s->lost = OUTCOME_OK;
    return keep(w, &s->result, &s->result_n, bytes, n);
}

int window_put_lost(struct window *w, size_t position, enum sim_outcome outcome, const char *text)
{
    struct window_slot *s = &w->v[position % w->n];
    s->done = true;
    s->lost = outcome;
    return keep(w, &s->result, &s->result_n, text, strlen(text));
}

const struct window_slot *window_turn(const struct window *w)
{
    const struct window_slot *s = &w->v[w->first % w->n];
    return s->done ? s : NULL;
}

void window_advance(struct window *w)
{
    clear(w, &w->v[w->first % w->n]);
    w->first++;
}
