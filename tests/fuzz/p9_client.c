/* A hostile server's bytes into a client that uses every call: it must end, with codes, and leave
 * nothing behind. */
#include <simrun/p9.h>
#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* What is left of the input; each turn of the peer sends the next piece of it. */
struct input {
    const uint8_t *p;
    size_t n;
    int fd;
};

static uint8_t next_byte(struct input *in)
{
    if (in->n == 0) {
        return 0;
    }
    in->n--;
    return *in->p++;
}

/* One byte tells how long the piece is; the requests are thrown away. */
static int hostile_turn(void *arg)
{
    struct input *in = arg;
    uint8_t sink[4096];
    while (recv(in->fd, sink, sizeof(sink), MSG_DONTWAIT) > 0) {
    }
    size_t n = next_byte(in);
    n = n < in->n ? n : in->n;
    if (n == 0) {
        return in->n > 0 ? P9_PUMP_PROGRESS : P9_PUMP_IDLE;
    }
    ssize_t sent = send(in->fd, in->p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0) {
        return P9_PUMP_DEAD;
    }
    in->p += sent;
    in->n -= (size_t)sent;
    return P9_PUMP_PROGRESS;
}

static void check_code(int code)
{
    require(code == 0 || (code < 0 && code >= -4095));
}

static void read_directory(struct p9_file *f, uint64_t offset)
{
    const uint8_t *entries;
    size_t n, cursor = 0;
    struct p9_dirent e;
    int code = p9_readdir(f, offset, 4096, &entries, &n);
    check_code(code);
    while (!code && p9_dirent_next(entries, n, &cursor, &e)) {
        require(cursor <= n);
    }
}

static void read_and_write(struct p9_file *f, uint8_t choice)
{
    static uint8_t buf[4096];
    size_t n = (size_t)choice * 16, done;
    memset(buf, 0xee, sizeof(buf));
    check_code(p9_read(f, buf, n, 0, &done));
    require(done <= n && (n == sizeof(buf) || buf[n] == 0xee));
    check_code(p9_write(f, buf, n, 0, &done));
    require(done <= n);
}

static void walk(struct p9_file *f, uint8_t choice)
{
    static const char *const names[] = {"a", "b", "c"};
    struct p9_qid qids[3];
    struct p9_attr attr;
    uint64_t valid;
    struct p9_file to;
    int code = choice & 1 ? p9_walk(f, names, choice % 4U, qids, &to)
                          : p9_walkgetattr(f, names, choice % 4U, qids, &valid, &attr, &to);
    check_code(code);
    if (!code) {
        check_code(choice & 2 ? p9_clunk(&to) : p9_remove(&to));
    }
}

static void use(struct p9_client *c, struct p9_file *f, uint8_t choice)
{
    struct owned_fd *fd;
    struct p9_fsstat fsstat;
    char *target;
    (void)c;
    switch (choice % 8) {
    case 0:
        walk(f, choice / 8);
        break;
    case 1:
        read_and_write(f, choice / 8);
        break;
    case 2:
        read_directory(f, choice);
        break;
    case 3:
        if (p9_readlink(f, &target) == 0) {
            require(strlen(target) > 0);
            mem_free(target);
        }
        break;
    case 4:
        if (p9_lopen(f, 0, NULL, NULL, &fd) == 0) {
            require(fd == NULL);
        }
        break;
    case 5:
        check_code(p9_statfs(f, &fsstat));
        break;
    case 6:
        check_code(p9_mkdir(f, "d", 0755, 0, 0, NULL));
        break;
    case 7:
        check_code(p9_fsync(f));
        break;
    }
}

/* Two requests at once, collected in the other order. */
static void pipeline(struct p9_client *c)
{
    const struct p9_msg t = {.type = P9_TGETATTR, .fid = 1};
    struct p9_msg r;
    uint16_t a, b;
    if (p9_submit(c, &t, &a) == 0) {
        if (p9_submit(c, &t, &b) == 0) {
            check_code(p9_wait(c, b, &r, NULL));
        }
        check_code(p9_wait(c, a, &r, NULL));
    }
    require(p9_client_info(c).pending == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t welcome[] = "\x1e\0\0\0\x65\xff\xff\0\x20\0\0\x11\0"
                                     "9P2000.L.Google.6";
    struct domain d;
    struct owned_fd *a, *b;
    struct p9_client *c = NULL;
    if (size < 2 || size > 1 << 14) {
        return 0;
    }
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    require(p9_socketpair(&d, &d, &a, &b) == 0);
    struct input in = {.p = data, .n = size, .fd = b->fd};
    struct p9_pump pump = {.run = hostile_turn, .arg = &in};
    if (next_byte(&in) % 8) { /* mostly past the negotiation */
        send(b->fd, welcome, sizeof(welcome) - 1, MSG_NOSIGNAL);
    }
    check_code(p9_client_new(&d, a, 8192, "9P2000.L.Google.6", &pump, NULL, &c));
    struct p9_file f = {.client = c, .fid = 1};
    for (unsigned i = 0; c && i < 16 && !p9_client_info(c).dead; i++) {
        use(c, &f, next_byte(&in));
        pipeline(c);
    }
    if (c && p9_client_info(c).dead) {
        uint32_t sent = p9_client_sent(c)[P9_TFSYNC];
        require(p9_fsync(&f) == -EIO && p9_client_sent(c)[P9_TFSYNC] == sent); /* QI-15 */
    }
    p9_client_free(c);
    owned_fd_free(b);
    require(domain_close(&d, NULL, NULL) == 0);
    return 0;
}
