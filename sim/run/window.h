/* window: results that came before their turn, by position in the selection. */
#ifndef SIMRUN_SIM_RUN_WINDOW_H
#define SIMRUN_SIM_RUN_WINDOW_H

#include "attempts.h"

struct window_slot {
    bool done;
    bool dropped;             /* done, and nothing is to be told of it */
    struct rep_input_key key; /* of a case that was lost */
    struct attempts attempts;
};
struct window {
    struct domain *d;
    struct window_slot *v; /* owned; position p stands at p % n */
    size_t n;
    size_t first; /* whose turn it is */
    size_t bytes; /* held */
};
int window_init(struct window *w, struct domain *d, size_t n);
void window_release(struct window *w);
/* May this position be handed out? Always the next in turn; else within the bounds. */
bool window_has_room(const struct window *w, size_t position);
/* What a worker answered is copied. 0, -EBADMSG or CODE_FATE. */
int window_put_result(struct window *w, size_t position, const char *bytes, size_t n);
/* `key`: what decides the case, as far as it was read. */
int window_put_lost(struct window *w, size_t position, enum sim_outcome outcome, const char *text,
                    const struct rep_input_key *key);
/* The attempts of a position so far. */
const struct attempts *window_attempts(const struct window *w, size_t position);
/* No further attempt will come. */
void window_done(struct window *w, size_t position);
/* The same for one that needed another: its turn passes without a record. */
void window_drop(struct window *w, size_t position);
/* The slot whose turn it is, when it is done; else NULL. */
const struct window_slot *window_turn(const struct window *w);
/* Empty it; the next one's turn. */
void window_advance(struct window *w);

#endif
