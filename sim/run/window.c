#include "window.h"

int window_init(struct window *w, struct domain *d, size_t n)
{
    *w = (struct window){.d = d, .n = n};
    w->v = mem_resize(d, NULL, 0, n, sizeof(*w->v), "result window");
    for (size_t i = 0; w->v && i < n; i++) {
        attempts_init(&w->v[i].attempts, d);
    }
    return w->v ? 0 : CODE_FATE;
}

static void clear(struct window *w, struct window_slot *s)
{
    w->bytes -= s->attempts.bytes;
    attempts_clear(&s->attempts);
    s->key = (struct rep_input_key){.present = {false}};
    s->done = s->dropped = false;
}

void window_release(struct window *w)
{
    for (size_t i = 0; w->v && i < w->n; i++) {
        clear(w, &w->v[i]);
        attempts_release(&w->v[i].attempts);
    }
    mem_free(w->v);
    *w = (struct window){0};
}

bool window_has_room(const struct window *w, size_t position)
{
    return position == w->first || (position - w->first < w->n && w->bytes < LIMIT_WINDOW_BYTES);
}

static struct window_slot *slot(const struct window *w, size_t position)
{
    return &w->v[position % w->n];
}

int window_put_result(struct window *w, size_t position, const char *bytes, size_t n)
{
    struct attempts *a = &slot(w, position)->attempts;
    size_t held = a->bytes;
    int code = attempts_add_result(a, bytes, n);
    w->bytes += a->bytes - held;
    return code;
}

int window_put_lost(struct window *w, size_t position, enum sim_outcome outcome, const char *text,
                    const struct rep_input_key *key)
{
    struct attempts *a = &slot(w, position)->attempts;
    size_t held = a->bytes;
    slot(w, position)->key = *key;
    int code = attempts_add_lost(a, outcome, text);
    w->bytes += a->bytes - held;
    return code;
}

const struct attempts *window_attempts(const struct window *w, size_t position)
{
    return &slot(w, position)->attempts;
}

void window_done(struct window *w, size_t position)
{
    slot(w, position)->done = true;
}

void window_drop(struct window *w, size_t position)
{
    struct window_slot *s = slot(w, position);
    s->done = s->dropped = true;
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
