/* A client's bytes into a server: invariants 1, 5, 6, 9 and 12 of contract 15.3. */
#include <simrun/p9.h>
#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* ------------------------------------------------------------- a backend that checks its caller */

struct tree {
    struct domain *d;
    size_t live;
};

struct node {
    struct p9_node node;
    struct tree *tree;
    bool opened;
};

static const struct p9_backend_ops ops;

static struct node *node_of(struct p9_node *node)
{
    return container_of(node, struct node, node);
}

static int node_new(struct tree *tree, bool opened, struct p9_node **ret)
{
    struct node *n = MEM_NEW(tree->d, struct node);
    require(n != NULL);
    p9_node_init(&n->node, &ops);
    n->tree = tree;
    n->opened = opened;
    tree->live++;
    *ret = &n->node;
    return 0;
}

static void node_close(struct p9_node *node)
{
    struct node *n = node_of(node);
    n->tree->live--;
    mem_free(n);
}

static int tree_attach(void *arg, const char *aname, struct p9_node **ret, struct p9_qid *ret_qid)
{
    (void)aname;
    *ret_qid = (struct p9_qid){.type = P9_QTDIR};
    return node_new(arg, false, ret);
}

static int node_walk(struct p9_node *node, const char *const *names, size_t n, struct p9_qid *qids,
                     size_t *ret_nqids, struct p9_node **ret)
{
    for (size_t i = 0; i < n; i++) {
        require(name_is_safe(names[i]));
        qids[i] = (struct p9_qid){.path = i};
    }
    *ret_nqids = n;
    return node_new(node_of(node)->tree, false, ret);
}

static int node_getattr(struct p9_node *node, uint64_t mask, struct p9_qid *ret_qid,
                        uint64_t *ret_valid, struct p9_attr *ret)
{
    (void)node;
    *ret_qid = (struct p9_qid){0};
    *ret_valid = mask;
    *ret = (struct p9_attr){0};
    return mask & P9_ATTR_GEN && mask != P9_ATTR_ALL ? -EACCES : 0;
}

static int node_open(struct p9_node *node, uint32_t flags, struct p9_qid *ret_qid,
                     uint32_t *ret_iounit, struct owned_fd **ret_fd)
{
    (void)ret_fd;
    require(!node_of(node)->opened);
    *ret_qid = (struct p9_qid){0};
    *ret_iounit = 0;
    node_of(node)->opened = flags < 8;
    return flags < 8 ? 0 : -EACCES;
}

static int node_create(struct p9_node *dir, const char *name, uint32_t flags, uint32_t mode,
                       uint32_t uid, uint32_t gid, struct p9_qid *ret_qid, uint32_t *ret_iounit,
                       struct owned_fd **ret_fd, struct p9_node **ret)
{
    (void)flags, (void)mode, (void)uid, (void)gid, (void)ret_fd;
    require(name_is_safe(name));
    *ret_qid = (struct p9_qid){0};
    *ret_iounit = 0;
    return node_new(node_of(dir)->tree, true, ret);
}

static int node_mkdir(struct p9_node *dir, const char *name, uint32_t mode, uint32_t uid,
                      uint32_t gid, struct p9_qid *ret)
{
    (void)dir, (void)mode, (void)uid, (void)gid;
    require(name_is_safe(name));
    *ret = (struct p9_qid){0};
    return 0;
}

static int node_renameat(struct p9_node *old_dir, const char *old_name, struct p9_node *new_dir,
                         const char *new_name)
{
    require(old_dir->refs == 1 && new_dir->refs == 1);
    require(name_is_safe(old_name) && name_is_safe(new_name));
    return 0;
}

static int node_read(struct p9_node *node, void *buf, size_t n, uint64_t offset, size_t *ret)
{
    require(node_of(node)->opened && n <= P9_FRAME_MAX);
    *ret = offset < 1000 ? n : n / 2;
    memset(buf, 'r', *ret);
    return 0;
}

static int node_readdir(struct p9_node *node, uint64_t offset, struct p9_dirsink *sink)
{
    const struct p9_qid qid = {0};
    require(node_of(node)->opened);
    while (offset < 20 && p9_dirsink_add(sink, &qid, offset + 1, 0, "an-entry")) {
        offset++;
    }
    return 0;
}

static int node_readlink(struct p9_node *node, struct str *ret)
{
    (void)node;
    str_add(ret, "target");
    return 0;
}

static int node_fsync(struct p9_node *node)
{
    require(node_of(node)->opened);
    return 0;
}

static const struct p9_backend_ops ops = {
    .walk = node_walk,
    .getattr = node_getattr,
    .open = node_open,
    .create = node_create,
    .mkdir = node_mkdir,
    .renameat = node_renameat,
    .read = node_read,
    .readdir = node_readdir,
    .readlink = node_readlink,
    .fsync = node_fsync,
    .close = node_close,
};

/* ------------------------------------------------------------------------------------- driving */

/* Take what the server sent and count whole frames; `carry` is what is missing of the last one. */
static void drain(int fd, uint8_t *held, size_t *held_n, size_t *skip, uint64_t *replies)
{
    static uint8_t buf[1 << 16];
    ssize_t got;
    while ((got = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
        for (size_t at = 0; at < (size_t)got;) {
            if (*skip > 0) {
                size_t n = (size_t)got - at < *skip ? (size_t)got - at : *skip;
                at += n;
                *skip -= n;
                continue;
            }
            held[(*held_n)++] = buf[at++];
            if (*held_n == P9_HEADER) {
                size_t size = (size_t)held[0] | (size_t)held[1] << 8 | (size_t)held[2] << 16 |
                              (size_t)held[3] << 24;
                require(size >= P9_HEADER && size <= P9_FRAME_MAX);
                require(held[4] % 2 == 1 && p9_type_name(held[4]));
                *skip = size - P9_HEADER;
                *held_n = 0;
                ++*replies;
            }
        }
    }
}

static void check(const struct p9_server *s, const struct tree *tree)
{
    struct p9_server_info info = p9_server_info(s);
    require(info.fids == info.fid_inserts - info.fid_deletes - info.fid_replaced);
    require(info.fids == tree->live);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct domain d;
    struct tree tree = {.d = &d};
    struct p9_attach_point point = {.attach = tree_attach, .arg = &tree};
    struct owned_fd *a, *b;
    struct p9_server *s = NULL;
    uint8_t held[P9_HEADER];
    size_t held_n = 0, skip = 0;
    uint64_t replies = 0;
    if (size < 1 || size > 1 << 14) {
        return 0;
    }
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    require(p9_socketpair(&d, &d, &a, &b) == 0 && p9_server_new(&d, a, &point, &s) == 0);
    p9_server_set_personality(s, data[0] & 1 ? P9_STD : P9_GV);
    size_t chunk = (size_t)(data[0] >> 1) + 1;
    for (size_t at = 1; at < size; at += chunk) {
        size_t n = size - at < chunk ? size - at : chunk;
        send(b->fd, data + at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        while (p9_server_serve_some(s) == P9_PUMP_PROGRESS) {
            drain(b->fd, held, &held_n, &skip, &replies);
        }
        drain(b->fd, held, &held_n, &skip, &replies);
        check(s, &tree);
    }
    if (!p9_server_info(s).ended) {
        require(replies == p9_server_info(s).requests && held_n == 0 && skip == 0);
    }
    owned_fd_free(b);
    while (p9_server_serve_some(s) == P9_PUMP_PROGRESS) {
    }
    require(p9_server_info(s).ended && p9_server_info(s).fids == 0 && tree.live == 0);
    p9_server_free(s);
    require(domain_close(&d, NULL, NULL) == 0);
    return 0;
}
