#include "p9_test.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

size_t unhex(const char *hex, uint8_t *ret)
{
    size_t n = 0;
    for (; *hex; hex++) {
        if (*hex != ' ') {
            ret[n++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
            hex++;
        }
    }
    return n;
}

static void print_leftover(void *arg, const char *kind, size_t size)
{
    (void)arg;
    print_error("left in the ledger: %s, %zu bytes\n", kind, size);
}

static size_t end_domain(struct domain *d)
{
    bool dead = domain_dead(d);
    size_t left = domain_close(d, dead ? NULL : print_leftover, NULL);
    return dead ? 0 : left;
}

int open_domain(void **state)
{
    struct domain *d = malloc(sizeof(*d));
    if (!d) {
        return -1;
    }
    domain_init(d, "test", PROFILE_GVISOR_2018_08_14);
    *state = d;
    return 0;
}

int close_domain(void **state)
{
    struct domain *d = *state;
    size_t left = end_domain(d);
    free(d);
    return left > 0 ? -1 : 0;
}

void session_domains(struct session *s)
{
    *s = (struct session){0};
    domain_init(&s->server_domain, "server", PROFILE_GVISOR_2018_08_14);
    domain_init(&s->client_domain, "client", PROFILE_GVISOR_2018_08_14);
}

int session_start(struct session *s)
{
    struct owned_fd *end;
    mock_init(&s->mock, &s->server_domain);
    int code = p9_socketpair(&s->server_domain, &s->client_domain, &end, &s->raw);
    return code ? code : p9_server_new(&s->server_domain, end, &s->mock.attach, &s->server);
}

int session_open(struct session *s)
{
    session_domains(s);
    return session_start(s);
}

int session_connect(struct session *s, uint32_t msize, const char *version)
{
    struct owned_fd *end = s->raw;
    s->raw = NULL;
    s->pump = (struct p9_pump){.run = p9_server_pump, .arg = s->server};
    return p9_client_new(&s->client_domain, end, msize, version, &s->pump, NULL, &s->client);
}

size_t session_close(struct session *s)
{
    if (s->client) {
        p9_client_free(s->client);
    }
    if (s->raw && !domain_dead(&s->client_domain)) {
        owned_fd_free(s->raw);
    }
    if (s->server) {
        p9_server_free(s->server);
    }
    size_t nodes = domain_dead(&s->server_domain) ? 0 : s->mock.live;
    return nodes + end_domain(&s->client_domain) + end_domain(&s->server_domain);
}

int session_setup(void **state)
{
    struct session *s = malloc(sizeof(*s));
    *state = s;
    return s ? session_open(s) : -1;
}

int session_connected(void **state)
{
    int code = session_setup(state);
    return code ? code : session_connect(*state, P9_MSIZE_DEFAULT, "9P2000.L.Google.6");
}

int session_teardown(void **state)
{
    struct session *s = *state;
    size_t left = session_close(s);
    free(s);
    return left > 0 ? -1 : 0;
}

/* ---------------------------------------------------------------------------------- raw peers */

void raw_send(int fd, const void *bytes, size_t n)
{
    assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), n);
}

void raw_send_hex(int fd, const char *hex)
{
    uint8_t bytes[512];
    raw_send(fd, bytes, unhex(hex, bytes));
}

void raw_send_fds(int fd, const void *bytes, size_t n, const int *fds, size_t fds_n)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(253 * sizeof(int))];
    } control = {0};
    struct iovec iov = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = n};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = control.bytes,
                         .msg_controllen = CMSG_SPACE(fds_n * sizeof(int))};
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(fds_n * sizeof(int));
    memcpy(CMSG_DATA(c), fds, fds_n * sizeof(int));
    assert_int_equal(sendmsg(fd, &msg, MSG_NOSIGNAL), n);
}

void raw_send_msg(int fd, const struct p9_msg *m)
{
    size_t n = p9_msg_bound(m);
    uint8_t *buf = malloc(n);
    assert_non_null(buf);
    assert_int_equal(p9_encode(m, P9_CODEC_FULL_MODES, buf, n, &n), 0);
    raw_send(fd, buf, n);
    free(buf);
}

int raw_receive(int fd, uint8_t *buf, size_t cap, struct p9_msg *m)
{
    ssize_t got = recv(fd, buf, 4, MSG_PEEK | MSG_DONTWAIT);
    if (got <= 0) {
        return got == 0 || errno != EAGAIN ? -1 : 0;
    }
    size_t n = (size_t)buf[0] | (size_t)buf[1] << 8 | (size_t)buf[2] << 16 | (size_t)buf[3] << 24;
    assert_true(n <= cap);
    assert_int_equal(recv(fd, buf, n, MSG_DONTWAIT | MSG_WAITALL), n);
    assert_int_equal(p9_decode(buf, n, 0, m), 0);
    return (int)n;
}

struct p9_msg raw_call(struct session *s, const struct p9_msg *m)
{
    static uint8_t buf[70000];
    struct p9_msg r = {0};
    raw_send_msg(s->raw->fd, m);
    while (p9_server_serve_some(s->server) == P9_PUMP_PROGRESS) {
    }
    assert_true(raw_receive(s->raw->fd, buf, sizeof(buf), &r) > 0);
    assert_int_equal(r.tag, m->tag);
    return r;
}

int raw_errno(struct session *s, const struct p9_msg *m)
{
    struct p9_msg r = raw_call(s, m);
    if (r.type == P9_RLERROR) {
        return (int)r.ecode;
    }
    assert_int_equal(r.type, m->type + 1);
    return 0;
}

/* ------------------------------------------------------------------------------ mock backend */

struct mock_node {
    struct p9_node node;
    struct mock *m;
};

static struct mock *mock_of(struct p9_node *node)
{
    return container_of(node, struct mock_node, node)->m;
}

/* Every call comes through here: remember it, and fail when told to. */
static int record(struct mock *m, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(m->last, sizeof(m->last), fmt, ap);
    va_end(ap);
    m->calls++;
    if (m->fail && m->fail_later > 0) {
        m->fail_later--;
        return 0;
    }
    int code = m->fail;
    m->fail = 0;
    return code;
}

static const struct p9_backend_ops mock_ops;

static int new_node(struct mock *m, struct p9_node **ret)
{
    struct mock_node *n = MEM_NEW(m->d, struct mock_node);
    if (!n) {
        return CODE_FATE;
    }
    p9_node_init(&n->node, &mock_ops);
    n->m = m;
    m->live++;
    *ret = &n->node;
    return 0;
}

static void mock_close(struct p9_node *node)
{
    struct mock *m = mock_of(node);
    m->closes++;
    m->live--;
    mem_free(container_of(node, struct mock_node, node));
}

static int mock_attach(void *arg, const char *aname, struct p9_node **ret, struct p9_qid *ret_qid)
{
    struct mock *m = arg;
    int code = record(m, "attach %s", aname);
    if (!code) {
        *ret_qid = (struct p9_qid){.type = P9_QTDIR, .path = 1};
    }
    return code ? code : new_node(m, ret);
}

static int walk_names(struct mock *m, const char *const *names, size_t n, struct p9_qid *qids,
                      size_t *ret_nqids, struct p9_node **ret)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], "missing") == 0) {
            return -ENOENT;
        }
    }
    int code = new_node(m, ret);
    if (code) {
        return code;
    }
    *ret_nqids = n;
    if (n == 0 && !m->no_clone_qid) {
        *ret_nqids = 1;
    }
    for (size_t i = 0; i < *ret_nqids; i++) {
        qids[i] = (struct p9_qid){.type = P9_QTDIR, .path = 100 + i};
    }
    return 0;
}

static int mock_walk(struct p9_node *node, const char *const *names, size_t n, struct p9_qid *qids,
                     size_t *ret_nqids, struct p9_node **ret)
{
    struct mock *m = mock_of(node);
    int code = record(m, "walk %zu %s", n, n ? names[n - 1] : "");
    return code ? code : walk_names(m, names, n, qids, ret_nqids, ret);
}

static const struct p9_attr mock_attr = {
    .mode = 0100644, .uid = 1, .gid = 2, .nlink = 3, .size = 4, .blksize = 4096};

static int mock_walkgetattr(struct p9_node *node, const char *const *names, size_t n,
                            struct p9_qid *qids, size_t *ret_nqids, uint64_t *ret_valid,
                            struct p9_attr *ret_attr, struct p9_node **ret)
{
    struct mock *m = mock_of(node);
    if (m->no_walkgetattr) {
        return -ENOSYS;
    }
    int code = record(m, "walkgetattr %zu %s", n, n ? names[n - 1] : "");
    if (!code) {
        code = walk_names(m, names, n, qids, ret_nqids, ret);
    }
    if (!code) {
        *ret_valid = P9_ATTR_STAT;
        *ret_attr = mock_attr;
    }
    return code;
}

static int mock_statfs(struct p9_node *node, struct p9_fsstat *ret)
{
    int code = record(mock_of(node), "statfs");
    if (!code) {
        *ret = (struct p9_fsstat){.type = 1, .bsize = 2, .blocks = 3, .namelen = 255};
    }
    return code;
}

static int mock_getattr(struct p9_node *node, uint64_t mask, struct p9_qid *ret_qid,
                        uint64_t *ret_valid, struct p9_attr *ret)
{
    int code = record(mock_of(node), "getattr %llx", (unsigned long long)mask);
    if (!code) {
        *ret_qid = (struct p9_qid){.type = P9_QTDIR, .path = 7};
        *ret_valid = P9_ATTR_STAT;
        *ret = mock_attr;
    }
    return code;
}

static int mock_setattr(struct p9_node *node, uint32_t valid, const struct p9_setattr *attr)
{
    return record(mock_of(node), "setattr %x %o %u %u %llu", valid, attr->mode, attr->uid,
                  attr->gid, (unsigned long long)attr->size);
}

static int give_fd(struct mock *m, struct owned_fd **ret_fd)
{
    if (!m->donate) {
        return 0;
    }
    return owned_fd_new(m->d, memfd_create("mock", MFD_CLOEXEC), "mock file", ret_fd);
}

static int mock_open(struct p9_node *node, uint32_t flags, struct p9_qid *ret_qid,
                     uint32_t *ret_iounit, struct owned_fd **ret_fd)
{
    struct mock *m = mock_of(node);
    int code = record(m, "open %x", flags);
    if (!code) {
        *ret_qid = (struct p9_qid){.path = 8};
        *ret_iounit = 9;
        code = give_fd(m, ret_fd);
    }
    return code;
}

static int mock_create(struct p9_node *dir, const char *name, uint32_t flags, uint32_t mode,
                       uint32_t uid, uint32_t gid, struct p9_qid *ret_qid, uint32_t *ret_iounit,
                       struct owned_fd **ret_fd, struct p9_node **ret)
{
    struct mock *m = mock_of(dir);
    int code = record(m, "create %s %x %o %d %d", name, flags, mode, (int)uid, (int)gid);
    if (code) {
        return code;
    }
    *ret_qid = (struct p9_qid){.path = 10};
    *ret_iounit = 0;
    code = give_fd(m, ret_fd);
    return code ? code : new_node(m, ret);
}

static int made(int code, struct p9_qid *ret)
{
    if (!code) {
        *ret = (struct p9_qid){.path = 11};
    }
    return code;
}

static int mock_mkdir(struct p9_node *dir, const char *name, uint32_t mode, uint32_t uid,
                      uint32_t gid, struct p9_qid *ret)
{
    return made(record(mock_of(dir), "mkdir %s %o %d %d", name, mode, (int)uid, (int)gid), ret);
}

static int mock_symlink(struct p9_node *dir, const char *name, const char *target, uint32_t uid,
                        uint32_t gid, struct p9_qid *ret)
{
    return made(record(mock_of(dir), "symlink %s %s %d %d", name, target, (int)uid, (int)gid), ret);
}

static int mock_mknod(struct p9_node *dir, const char *name, uint32_t mode, uint32_t major,
                      uint32_t minor, uint32_t uid, uint32_t gid, struct p9_qid *ret)
{
    return made(record(mock_of(dir), "mknod %s %o %u %u %d %d", name, mode, major, minor, (int)uid,
                       (int)gid),
                ret);
}

static int mock_link(struct p9_node *dir, struct p9_node *target, const char *name)
{
    return record(mock_of(dir), "link %s %s", name, dir == target ? "self" : "other");
}

static int mock_rename(struct p9_node *node, struct p9_node *dir, const char *name)
{
    return record(mock_of(node), "rename %s %s", name, dir == node ? "self" : "other");
}

static int mock_renameat(struct p9_node *old_dir, const char *old_name, struct p9_node *new_dir,
                         const char *new_name)
{
    return record(mock_of(old_dir), "renameat %s %s %s", old_name, new_name,
                  old_dir == new_dir ? "self" : "other");
}

static int mock_unlinkat(struct p9_node *dir, const char *name, uint32_t flags)
{
    return record(mock_of(dir), "unlinkat %s %x", name, flags);
}

static int mock_readlink(struct p9_node *node, struct str *ret)
{
    struct mock *m = mock_of(node);
    int code = record(m, "readlink");
    for (size_t i = 0; !code && i < m->link_n; i++) {
        str_addc(ret, 't');
    }
    return code;
}

static int mock_fsync(struct p9_node *node)
{
    return record(mock_of(node), "fsync");
}

static int mock_read(struct p9_node *node, void *buf, size_t n, uint64_t offset, size_t *ret)
{
    struct mock *m = mock_of(node);
    int code = record(m, "read %zu %llu", n, (unsigned long long)offset);
    size_t done = 0;
    for (; !code && done < n && offset + done < m->file_size; done++) {
        ((uint8_t *)buf)[done] = (uint8_t)(offset + done);
    }
    if (!code) {
        *ret = done;
    }
    return code;
}

static int mock_write(struct p9_node *node, const void *buf, size_t n, uint64_t offset, size_t *ret)
{
    struct mock *m = mock_of(node);
    (void)buf;
    int code = record(m, "write %zu %llu", n, (unsigned long long)offset);
    if (!code) {
        m->written += n;
        *ret = n;
    }
    return code;
}

static int mock_readdir(struct p9_node *node, uint64_t offset, struct p9_dirsink *sink)
{
    struct mock *m = mock_of(node);
    int code = record(m, "readdir %llu", (unsigned long long)offset);
    char name[32];
    for (uint64_t i = offset; !code && i < m->entries; i++) {
        snprintf(name, sizeof(name), "e%llu", (unsigned long long)i);
        struct p9_qid qid = {.type = P9_QTFILE, .path = 1000 + i};
        if (!p9_dirsink_add(sink, &qid, i + 1, P9_QTFILE, name)) {
            break;
        }
    }
    return code;
}

static int mock_flush(struct p9_node *node)
{
    return record(mock_of(node), "flush");
}

static int mock_connect(struct p9_node *node, uint32_t flags, struct owned_fd **ret_fd)
{
    struct mock *m = mock_of(node);
    int code = record(m, "connect %u", flags);
    return code ? code : give_fd(m, ret_fd);
}

static int mock_remove(struct p9_node *node)
{
    return record(mock_of(node), "remove");
}

static const struct p9_backend_ops mock_ops = {
    .walk = mock_walk,
    .walkgetattr = mock_walkgetattr,
    .statfs = mock_statfs,
    .getattr = mock_getattr,
    .setattr = mock_setattr,
    .open = mock_open,
    .create = mock_create,
    .mkdir = mock_mkdir,
    .symlink = mock_symlink,
    .mknod = mock_mknod,
    .link = mock_link,
    .rename = mock_rename,
    .renameat = mock_renameat,
    .unlinkat = mock_unlinkat,
    .readlink = mock_readlink,
    .fsync = mock_fsync,
    .read = mock_read,
    .write = mock_write,
    .readdir = mock_readdir,
    .flush = mock_flush,
    .connect = mock_connect,
    .remove = mock_remove,
    .close = mock_close,
};

void mock_init(struct mock *m, struct domain *d)
{
    *m = (struct mock){.d = d, .file_size = 1 << 20, .entries = 3, .link_n = 5};
    m->attach = (struct p9_attach_point){.attach = mock_attach, .arg = m};
}
