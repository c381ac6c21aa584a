/* The end of a gofer that runs apart: its clients must see it. */
#include <sys/socket.h>

#include "gofer_impl.h"

void gofer_hang_up(struct gofer *g)
{
    list_for_each(it, &g->channels)
    {
        const struct gofer_channel *c = container_of(it, struct gofer_channel, link);
        int fd = c->server ? p9_server_fd(c->server) : -1;
        if (fd >= 0) {
            (void)shutdown(fd, SHUT_RDWR); /* a peer that has gone already needs no telling */
        }
    }
}
