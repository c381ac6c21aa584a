/* A client's bytes into a whole gofer on a memory host: no byte may end it otherwise than well,
 * nothing may be left, and nothing beside the attach point may change (invariants 6, 7, 10 and 11
 * of contract 15.3). */
#include <simrun/gofer.h>
#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const struct host_entry entries[] = {
    {.path = "file", .type = HOST_FILE, .content = "hello", .content_n = 5},
    {.path = "dir/x", .type = HOST_FILE},
    {.path = "dir/sub", .type = HOST_DIR},
    {.path = "link", .type = HOST_SYMLINK, .target = "../beside"},
    {.path = "pipe", .type = HOST_FIFO},
    {.path = "null", .type = HOST_CHR, .major = 1, .minor = 3},
};

static struct host *make_host(struct domain *d)
{
    const struct host_manifest root = {.entries = entries, .n = ARRAY_LEN(entries)};
    struct host *h;
    require(host_mem_new(d, &h) == 0);
    require(host_add_tree(h, "/h/root", &root) == 0);
    require(host_add_tree(h, "/h/beside", &root) == 0);
    return h;
}

static void drain(int fd)
{
    uint8_t sink[1 << 16];
    while (recv(fd, sink, sizeof(sink), MSG_DONTWAIT) > 0) {
    }
}

/* The first byte: read-only, lazy, personality, size of the pieces. */
static void feed(struct gofer *g, int fd, uint8_t how, const uint8_t *data, size_t size)
{
    size_t piece = how >> 4 ? (size_t)(how >> 4) * 7 : size;
    for (size_t at = 0; at < size; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        (void)send(fd, data + at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        while (gofer_pump(g) == P9_PUMP_PROGRESS) {
            drain(fd);
        }
        drain(fd);
    }
}

static void check_changes(struct host_snapshot *s, struct domain *d)
{
    struct ptrvec lines;
    ptrvec_init(&lines, d);
    require(host_diff(s, &lines) == 0 && lines.n == 0);
    ptrvec_release(&lines);
    host_snapshot_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct domain host_domain, d;
    struct gofer *g;
    struct gofer_point *point = NULL;
    struct gofer_channel *channel;
    struct owned_fd *ours, *theirs;
    struct host_snapshot *s;
    if (size < 1 || size > 1 << 14) {
        return 0;
    }
    domain_init(&host_domain, "host", PROFILE_GVISOR_2018_08_14);
    /* strict: the hang of a FIFO is no finding */
    domain_init(&d, "gofer", data[0] & 8 ? PROFILE_STRICT : PROFILE_GVISOR_2018_08_14);
    struct host *h = make_host(&host_domain);
    const struct gofer_attach conf = {
        .prefix = "/h/root", .ro_mount = data[0] & 1, .lazy_open_for_write = (data[0] & 3) == 2};
    const struct host_label labels[] = {{"@beside", "/h/beside"}, {"@root", "/h/root"}};
    require(host_snapshot_new(h, &host_domain, labels, conf.ro_mount ? 2 : 1, &s) == 0);
    require(gofer_new(&d, h, &g) == 0 && gofer_point_new(g, &conf, &point) == 0);
    require(p9_socketpair(&host_domain, &d, &ours, &theirs) == 0);
    require(gofer_serve(point, theirs, &channel) == 0);
    p9_server_set_personality(gofer_channel_server(channel), data[0] & 4 ? P9_AUTO : P9_GV);
    feed(g, ours->fd, data[0], data + 1, size - 1);
    owned_fd_free(ours);
    while (gofer_pump(g) == P9_PUMP_PROGRESS) {
    }
    require(!domain_dead(&d) || d.fate == FATE_HANG);
    bool dead = domain_dead(&d);
    gofer_free(g);
    require(domain_close(&d, NULL, NULL) == 0 || dead);
    check_changes(s, &host_domain);
    host_free(h);
    require(domain_close(&host_domain, NULL, NULL) == 0);
    return 0;
}
