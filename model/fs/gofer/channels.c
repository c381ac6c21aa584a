/* The connections that mounts may take. */
#include "internal.h"

void gofer_channels_init(struct gofer_channels *ch, struct domain *d)
{
    *ch = (struct gofer_channels){.d = d};
}

static int channels_grow(struct gofer_channels *ch)
{
    if (ch->n < ch->cap) {
        return 0;
    }
    size_t cap = ch->cap ? 2 * ch->cap : 4;
    struct gofer_channels_entry *v =
        mem_resize(ch->d, ch->v, ch->cap, cap, sizeof(*v), "gofer channels");
    if (!v) {
        return CODE_FATE;
    }
    ch->v = v;
    ch->cap = cap;
    return 0;
}

static struct gofer_channels_entry *channels_find(const struct gofer_channels *ch, int64_t number)
{
    for (size_t i = 0; i < ch->n; i++) {
        if (ch->v[i].number == number) {
            return &ch->v[i];
        }
    }
    return NULL;
}

int gofer_channels_add(struct gofer_channels *ch, int number, struct owned_fd *sock,
                       const struct p9_pump *pump)
{
    int r = channels_find(ch, number) ? -EEXIST : channels_grow(ch);
    if (r) {
        owned_fd_free(sock);
        return r;
    }
    ch->v[ch->n++] = (struct gofer_channels_entry){
        .number = number,
        .sock = sock,
        .pump = pump ? *pump : (struct p9_pump){0},
    };
    return 0;
}

int gfs_channels_take(struct gofer_channels *ch, int64_t number, struct owned_fd **ret,
                      struct p9_pump *ret_pump)
{
    struct gofer_channels_entry *found = channels_find(ch, number);
    if (!found || !found->sock) {
        return -EBADF;
    }
    *ret = found->sock;
    *ret_pump = found->pump;
    found->sock = NULL;
    return 0;
}

void gofer_channels_release(struct gofer_channels *ch)
{
    for (size_t i = 0; i < ch->n; i++) {
        owned_fd_free(ch->v[i].sock);
    }
    mem_free(ch->v);
    *ch = (struct gofer_channels){.d = ch->d};
}
