/* Opening, contents and listing through 9P (contract ninep 9.1 to 9.4, 9.6; the list of section
 * 12). */
#include <unistd.h>

#include "fixture.h"
#include "gofer_impl.h"

static const char *const names[] = {"file", "dir", "link"};

static void test_walk(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, RW, false, NULL);
    fixture_attach(&f);
    struct p9_file file;
    struct p9_qid qids[2];
    const char *two[] = {"dir", "x"};
    assert_int_equal(walk1(&f.root, "none", &file), -ENOENT);
    assert_int_equal(p9_walk(&f.root, two, 2, qids, &file), 0);
    assert_int_equal(qids[0].type, P9_QTDIR);
    assert_int_equal(qids[1].type, P9_QTFILE);
    assert_int_equal(p9_clunk(&file), 0);
    const char *through_file[] = {"file", "x"};
    const char *through_link[] = {"link", "x"};
    assert_int_equal(p9_walk(&f.root, through_file, 2, qids, &file), -ENOTDIR);
    assert_int_equal(p9_walk(&f.root, through_link, 2, qids, &file), -ENOTDIR);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct p9_file one = walk_to(&f, names[i]);
        struct p9_file copy = clone_of(&one);
        assert_int_equal(attr_of(&one).mode, attr_of(&copy).mode);
        assert_int_equal(p9_clunk(&one), 0);
        assert_int_equal(p9_clunk(&copy), 0);
    }
    fixture_close(&f);
}

static void special_files(bool dir)
{
    struct fixture f;
    struct p9_file file, special;
    fixture_open(&f, RW, dir, NULL);
    fixture_attach(&f);
    assert_int_equal(walk1(&f.root, "pipe", &file), -EINVAL);
    assert_int_equal(walk1(&f.root, "sock", &file), -EINVAL);
    if (!dir || can_mknod()) {
        special = walk_to(&f, "special");
        assert_int_equal(walk1(&special, "null", &file), -EINVAL);
        assert_int_equal(walk1(&special, "tty", &file), -EINVAL);
        assert_int_equal(walk1(&special, "loop", &file), -EINVAL);
        assert_int_equal(p9_clunk(&special), 0);
    }
    fixture_close(&f);
}

/* proves: Q-39 Q-40 */
static void test_special_files(void **state)
{
    (void)state;
    special_files(false);
    special_files(true);
    for (int dir = 0; dir < 2; dir++) {
        for (int conf = RO; conf <= LAZY; conf++) {
            struct fixture f;
            struct p9_file file;
            fixture_open(&f, conf, dir, NULL);
            fixture_attach(&f);
            assert_int_equal(walk1(&f.root, "pipe", &file), CODE_FATE);
            assert_int_equal(f.d.fate, FATE_HANG);
            fixture_abandon(&f);

            static const char *const off[] = {"Q-39", NULL};
            fixture_open(&f, conf, dir, off);
            fixture_attach(&f);
            assert_int_equal(walk1(&f.root, "pipe", &file), -EINVAL);
            fixture_close(&f);
        }
    }
}

static int try_read(const struct p9_file *file)
{
    char buf[16];
    size_t n;
    return p9_read(file, buf, sizeof(buf), 0, &n);
}

static int try_write(const struct p9_file *file)
{
    size_t n;
    return p9_write(file, "J", 1, 0, &n);
}

/* Test ReadWrite of the original: what each open mode lets through. The checks of the server come
 * first: EPERM. */
static void test_read_write(void **state)
{
    (void)state;
    for (int dir = 0; dir < 2; dir++) {
        for (int conf = RW; conf <= LAZY; conf += LAZY) {
            struct fixture f;
            fixture_open(&f, conf, dir, NULL);
            fixture_attach(&f);
            static const int reads[] = {0, -EPERM, 0}, writes[] = {-EPERM, 0, 0};
            for (uint32_t flags = 0; flags < 3; flags++) {
                struct p9_file file = open_at(&f, "file", flags);
                assert_int_equal(try_read(&file), reads[flags]);
                assert_int_equal(try_write(&file), writes[flags]);
                assert_int_equal(p9_fsync(&file), 0);
                assert_int_equal(p9_clunk(&file), 0);
            }
            struct p9_file file = open_at(&f, "file", 0);
            char buf[8];
            size_t n;
            assert_int_equal(p9_read(&file, buf, sizeof(buf), 0, &n), 0);
            assert_int_equal(n, 5);
            assert_memory_equal(buf, "Jello", 5);
            assert_int_equal(p9_read(&file, buf, 4, UINT64_MAX, &n), -EIO);
            assert_int_equal(p9_clunk(&file), 0);
            fixture_close(&f);
        }
    }
}

/* Donated descriptors: what they are opened for. */
/* proves: Q-44 */
static void test_donation(void **state)
{
    (void)state;
    static const char *const off[] = {"Q-44", NULL};
    static const struct {
        int conf;
        const char *const *off;
        uint32_t flags;
        int want;
    } table[] = {
        {RW, NULL, 0, O_RDWR},     {RW, off, 0, O_RDONLY},    {RW, NULL, 1, O_RDWR},
        {RO, NULL, 0, O_RDONLY},   {RO, NULL, 2, O_RDONLY}, /* */
        {LAZY, NULL, 0, O_RDONLY}, {LAZY, NULL, 1, O_WRONLY}, {LAZY, NULL, 2, O_RDWR},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        for (int dir = 0; dir < 2; dir++) {
            struct fixture f;
            struct owned_fd *fd = NULL;
            fixture_open(&f, table[i].conf, dir, table[i].off);
            fixture_attach(&f);
            struct p9_file file = walk_to(&f, "file");
            assert_int_equal(p9_lopen(&file, table[i].flags, NULL, NULL, &fd), 0);
            assert_non_null(fd);
            assert_int_equal(fcntl(fd->fd, F_GETFL) & O_ACCMODE, table[i].want);
            assert_true(fcntl(fd->fd, F_GETFL) & O_NONBLOCK);
            owned_fd_free(fd);
            assert_int_equal(p9_clunk(&file), 0);
            fixture_close(&f);
        }
    }
}

/* proves: Q-43 Q-45 */
static void test_open_never_fails(void **state)
{
    (void)state;
    struct fixture f;
    struct owned_fd *fd = NULL;
    fixture_open(&f, RW, false, NULL);
    fixture_attach(&f);
    /* a directory opens read/write, a link opens and every I/O is EBADF */
    struct p9_file file = open_at(&f, "dir", 2);
    assert_int_equal(try_read(&file), -EISDIR);
    assert_int_equal(try_write(&file), -EBADF);
    assert_int_equal(p9_clunk(&file), 0);
    file = walk_to(&f, "link");
    assert_int_equal(p9_lopen(&file, 0, NULL, NULL, &fd), 0);
    assert_null(fd);
    assert_int_equal(try_read(&file), -EBADF);
    assert_int_equal(p9_clunk(&file), 0);
    /* any further bit, or 3, shuts everything out */
    static const uint32_t odd[] = {3, 2 | 0100000, 0 | 01000};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        file = open_at(&f, "file", odd[i]);
        assert_int_equal(try_read(&file), -EBADF);
        assert_int_equal(p9_clunk(&file), 0);
    }
    fixture_close(&f);
    static const char *const off[] = {"Q-45", NULL};
    fixture_open(&f, LAZY, false, off);
    fixture_attach(&f);
    file = open_at(&f, "file", 0100002);
    assert_int_equal(try_read(&file), 0);
    assert_int_equal(try_write(&file), 0);
    assert_int_equal(p9_clunk(&file), 0);
    file = open_at(&f, "file", 0100000);
    assert_int_equal(try_read(&file), 0);
    assert_int_equal(p9_clunk(&file), 0);
    fixture_close(&f);
}

/* proves: Q-46 QI-10 */
static void test_read_only_lazy(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, RO | LAZY, false, NULL);
    fixture_attach(&f);
    struct p9_file file = open_at(&f, "file", 2);
    assert_int_equal(try_write(&file), 0); /* the mount is not protected */
    assert_int_equal(p9_clunk(&file), 0);
    fixture_close(&f);

    static const char *const off[] = {"Q-46", NULL};
    fixture_open(&f, RO | LAZY, false, off);
    fixture_attach(&f);
    file = walk_to(&f, "file");
    assert_int_equal(p9_lopen(&file, 1, NULL, NULL, NULL), -EBADF);
    assert_int_equal(p9_clunk(&file), 0);
    fixture_close(&f);

    fixture_open(&f, RO, false, NULL);
    fixture_attach(&f);
    file = open_at(&f, "file", 2);
    assert_int_equal(try_write(&file), -EBADF);
    assert_int_equal(p9_clunk(&file), 0);
    fixture_close(&f);
}

/* Lazy opens go by path. */
/* proves: Q-47 */
static void test_lazy_reopen(void **state)
{
    (void)state;
    static const char *const off[] = {"Q-47", NULL};
    for (int fixed = 0; fixed < 2; fixed++) {
        struct fixture f;
        fixture_open(&f, LAZY, false, fixed ? off : NULL);
        fixture_attach(&f);
        struct p9_file dir = walk_to(&f, "dir");
        struct p9_file file;
        assert_int_equal(walk1(&dir, "x", &file), 0);
        assert_int_equal(p9_rename(&dir, &f.root, "moved"), 0);
        struct p9_file read = clone_of(&file);
        assert_int_equal(p9_lopen(&read, 0, NULL, NULL, NULL), 0);
        assert_int_equal(p9_lopen(&file, 2, NULL, NULL, NULL), fixed ? 0 : -ENOENT);
        assert_int_equal(p9_clunk(&read), 0);
        assert_int_equal(p9_clunk(&file), 0);
        assert_int_equal(p9_clunk(&dir), 0);
        fixture_close(&f);
    }
}

static size_t list(const struct p9_file *dir, uint64_t offset, uint32_t count, char *out,
                   uint8_t *types)
{
    const uint8_t *data = NULL;
    size_t n = 0, cursor = 0, found = 0;
    struct p9_dirent e;
    assert_int_equal(p9_readdir(dir, offset, count, &data, &n), 0);
    char *at = out;
    *at = '\0';
    while (p9_dirent_next(data, n, &cursor, &e)) {
        memcpy(at, e.name.p, e.name.n);
        at += e.name.n;
        *at++ = ' ';
        *at = '\0';
        types[found++] = e.type;
        assert_int_equal(e.offset, offset + found);
        assert_int_equal(e.type, e.qid.type);
    }
    return found;
}

/* proves: Q-50 */
static void test_readdir(void **state)
{
    (void)state;
    for (int dir = 0; dir < 2; dir++) {
        struct fixture f;
        char text[256];
        uint8_t types[16] = {0};
        fixture_open(&f, LAZY, dir, NULL);
        fixture_attach(&f);
        struct p9_file file = open_at(&f, "dir", 0);
        assert_int_equal(list(&file, 0, 8192, text, types), 2);
        assert_string_equal(text, "sub x ");
        assert_int_equal(types[0], P9_QTDIR);
        assert_int_equal(types[1], P9_QTFILE);
        assert_int_equal(list(&file, 1, 8192, text, types), 1);
        assert_string_equal(text, "x ");
        assert_int_equal(list(&file, 2, 8192, text, types), 0);
        assert_int_equal(list(&file, UINT64_MAX, 8192, text, types), 0);
        assert_int_equal(p9_clunk(&file), 0);
        /* what cannot be walked to is listed, and listing opens nothing */
        file = clone_of(&f.root);
        assert_int_equal(p9_lopen(&file, 0, NULL, NULL, NULL), 0);
        assert_int_equal(list(&file, 0, 8192, text, types), dir && !can_mknod() ? 5 : 6);
        assert_non_null(strstr(text, "pipe sock "));
        assert_int_equal(p9_clunk(&file), 0);
        const uint8_t *data = NULL;
        size_t n = 0;
        file = open_at(&f, "file", 0);
        assert_int_equal(p9_readdir(&file, 0, 100, &data, &n), -ENOTDIR);
        assert_int_equal(p9_clunk(&file), 0);
        fixture_close(&f);
    }
}

/* Unopened of the original's tests: EBADF of the file itself, EINVAL of the server before it. */
/* proves: QI-09 P-02 */
static void test_unopened(void **state)
{
    (void)state;
    struct fixture f;
    struct gofer_point *point;
    struct p9_node *node;
    struct p9_qid qid;
    size_t n;
    char c = 0;
    fixture_open(&f, RW, false, NULL);
    fixture_attach(&f);
    struct p9_file file = walk_to(&f, "file");
    assert_int_equal(try_read(&file), -EINVAL);
    assert_int_equal(try_write(&file), -EINVAL);
    assert_int_equal(p9_fsync(&file), -EINVAL);
    assert_int_equal(p9_flush(&file), 0);
    assert_int_equal(p9_lconnect(&file, 0, NULL), -ECONNREFUSED);
    assert_int_equal(p9_clunk(&file), 0);

    const struct gofer_attach conf = {.prefix = "/h/root/file"};
    assert_int_equal(gofer_point_new(f.g, &conf, &point), 0);
    assert_int_equal(served_attach_hook(point, "/", &node, &qid), 0);
    assert_int_equal(node->ops->read(node, &c, 1, 0, &n), -EBADF);
    assert_int_equal(node->ops->write(node, &c, 1, 0, &n), -EBADF);
    assert_int_equal(node->ops->readdir(node, 0, NULL), -EBADF);
    assert_int_equal(node->ops->fsync(node), -EBADF);
    p9_node_put(node);
    fixture_close(&f);
}

/* How many qids a clone has, and what a qid is made of, without the wire. */
/* proves: Q-41 Q-54 */
static void test_qids(void **state)
{
    (void)state;
    static const char *const off[] = {"Q-41", "Q-54", NULL};
    for (int fixed = 0; fixed < 2; fixed++) {
        struct fixture f;
        struct gofer_point *point;
        struct p9_node *node, *clone;
        struct p9_qid qid, qids[1];
        size_t n = 7;
        fixture_open(&f, RW, false, fixed ? off : NULL);
        const struct gofer_attach conf = {.prefix = "/h/root"};
        assert_int_equal(gofer_point_new(f.g, &conf, &point), 0);
        assert_int_equal(served_attach_hook(point, "/", &node, &qid), 0);
        assert_int_equal(qid.type, P9_QTDIR);
        assert_int_equal(node->ops->walk(node, NULL, 0, qids, &n, &clone), 0);
        assert_int_equal(n, fixed ? 0 : 1);
        const struct stat here = {.st_dev = point->devices[0], .st_ino = 5};
        const struct stat there = {.st_dev = point->devices[0] + 1, .st_ino = 5};
        assert_int_equal(served_qid(point, &here).path, 5);
        assert_int_equal(served_qid(point, &there).path == 5, !fixed);
        assert_int_equal(served_qid(point, &there).path, served_qid(point, &there).path);
        p9_node_put(clone);
        p9_node_put(node);
        fixture_close(&f);
    }
}

static void test_questions(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, RW, false, NULL);
    fixture_attach(&f);
    char *target = NULL;
    struct p9_fsstat fs;
    struct p9_file link = walk_to(&f, "link");
    struct p9_file file = walk_to(&f, "file");
    assert_int_equal(p9_readlink(&link, &target), 0);
    assert_string_equal(target, "file");
    mem_free(target);
    assert_int_equal(p9_readlink(&file, &target), -ENOENT);
    assert_int_equal(p9_statfs(&file, &fs), 0);
    assert_int_equal(fs.namelen, 255);
    assert_int_equal(fs.fsid, 0);
    assert_int_equal(attr_of(&file).size, 5);
    assert_int_equal(attr_of(&link).mode, 0120777);
    assert_int_equal(p9_mknod(&f.root, "m", 0644, 0, 0, 0, 0, &(struct p9_qid){0}), -ENOSYS);
    assert_int_equal(p9_renameat(&f.root, "file", &f.root, "g"), -ENOSYS);
    assert_int_equal(p9_remove(&link), -ENOSYS);
    assert_int_equal(p9_clunk(&file), 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_special_files),
        cmocka_unit_test(test_read_write),
        cmocka_unit_test(test_donation),
        cmocka_unit_test(test_open_never_fails),
        cmocka_unit_test(test_read_only_lazy),
        cmocka_unit_test(test_lazy_reopen),
        cmocka_unit_test(test_readdir),
        cmocka_unit_test(test_unopened),
        cmocka_unit_test(test_qids),
        cmocka_unit_test(test_questions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
