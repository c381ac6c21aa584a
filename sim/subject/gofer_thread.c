/* Mode thread: nothing is shared but the sockets, the hang descriptor and the word `ended`. */
#include "gofer_task.h"

static void *serve(void *task)
{
    struct gofer_task *t = task;
    bool silent = gofer_run(t->gofer) == CODE_FATE && t->gofer_d->fate == FATE_HANG;
    struct gofer *end = silent ? NULL : t->gofer;
    /* before the clients feel it: who sees the end of file also sees the fate */
    atomic_store_explicit(&t->ended, true, memory_order_release);
    if (end) {
        gofer_hang_up(end);
    }
    return NULL;
}

int gofer_thread_start(struct gofer_task *t)
{
    return -pthread_create(&t->thread, NULL, serve, t);
}

void gofer_thread_join(struct gofer_task *t)
{
    pthread_join(t->thread, NULL);
}
