#include "peers.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const struct host_entry entries[] = {
    {.path = "file", .type = HOST_FILE, .content = "hello", .content_n = 5},
};

static int open_host(struct peers *p, const char *dir)
{
    int rc;
    if (dir) {
        int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
        rc = fd < 0 ? -errno : host_dir_new(&p->host_d, fd, &p->host);
        if (fd >= 0) {
            close(fd);
        }
    } else {
        rc = host_mem_new(&p->host_d, &p->host);
    }
    const struct host_manifest m = {.entries = entries, .n = ARRAY_LEN(entries)};
    return rc ? rc : host_add_tree(p->host, "/root", &m);
}

static void *serve(void *gofer)
{
    (void)gofer_run(gofer);
    gofer_hang_up(gofer); /* so that a client sees it whatever ended it */
    return NULL;
}

static int start_thread(struct peers *p)
{
    int rc = -pthread_create(&p->thread, NULL, serve, p->gofer);
    p->threaded = rc == 0;
    return rc;
}

static int connect_client(struct peers *p, bool threaded)
{
    struct gofer_attach attach = {.prefix = "/root", .lazy_open_for_write = true};
    struct owned_fd *ours, *theirs;
    struct gofer_point *point;
    int rc = p9_socketpair(&p->d, &p->gofer_d, &ours, &theirs);
    if (rc) {
        return rc;
    }
    rc = gofer_new(&p->gofer_d, p->host, &p->gofer);
    rc = rc ? rc : gofer_point_new(p->gofer, &attach, &point);
    rc = rc ? rc : gofer_serve(point, theirs, &p->channel);
    rc = rc || !threaded ? rc : start_thread(p);
    if (rc) {
        return rc; /* the domains close what is left */
    }
    struct p9_pump pump = {.run = gofer_channel_pump, .arg = p->channel};
    /* threaded: no pump, the client polls its socket */
    rc = p9_client_new(&p->d, ours, P9_MSIZE_DEFAULT, "9P2000.L.Google.6", threaded ? NULL : &pump,
                       NULL, &p->client);
    return rc ? rc : p9_attach(p->client, "/", &p->root);
}

int peers_open(struct peers *p, const char *dir, bool threaded)
{
    memset(p, 0, sizeof *p);
    domain_init(&p->host_d, "host", PROFILE_GVISOR_2018_08_14);
    domain_init(&p->gofer_d, "gofer", PROFILE_GVISOR_2018_08_14);
    domain_init(&p->d, "client", PROFILE_GVISOR_2018_08_14);
    int rc = open_host(p, dir);
    return rc ? rc : connect_client(p, threaded);
}

void peers_close(struct peers *p)
{
    if (p->root.client) {
        p9_clunk(&p->root);
    }
    p9_client_free(p->client);
    if (p->threaded) {
        pthread_join(p->thread, NULL);
    }
    if (p->gofer) {
        gofer_pump(p->gofer);
        gofer_free(p->gofer);
    }
    domain_close(&p->d, NULL, NULL);
    domain_close(&p->gofer_d, NULL, NULL);
    host_free(p->host);
    domain_close(&p->host_d, NULL, NULL);
}
