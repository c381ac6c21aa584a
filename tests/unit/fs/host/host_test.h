/* What the tests of fs/host share: a host with a small tree at /h, and a world that has
 * whitelistfs. */
#ifndef SIMRUN_HOST_FS_TEST_H
#define SIMRUN_HOST_FS_TEST_H

#include "fs_test.h"

#include <ftw.h>
#include <simrun/fs/host.h>
#include <unistd.h>

struct host_world {
    struct domain hd; /* where the host's tree lives */
    struct host *h;
    struct world w;
    char tmp[32]; /* a real directory below, or "" */
};

static const struct host_entry host_entries[] = {
    {.path = "dir", .type = HOST_DIR},
    {.path = "dir/b", .type = HOST_FILE, .content = "bee", .content_n = 3},
    {.path = "dir/a",
     .type = HOST_FILE,
     .content = "hello",
     .content_n = 5,
     .has_mode = true,
     .mode = 04750,
     .has_uid = true,
     .uid = 7,
     .has_gid = true,
     .gid = 8},
    {.path = "dir/link", .type = HOST_SYMLINK, .target = "a"},
    {.path = "dir/sub", .type = HOST_DIR, .has_mode = true, .mode = 01777},
    {.path = "hard", .type = HOST_HARDLINK, .target = "dir/a"},
    {.path = "fifo", .type = HOST_FIFO},
    {.path = "sock", .type = HOST_SOCK},
};
static const struct host_entry device_entries[] = {
    {.path = "null", .type = HOST_CHR, .major = 1, .minor = 3},
    {.path = "tty", .type = HOST_CHR, .major = 5, .minor = 0},
    {.path = "loop", .type = HOST_BLK, .major = 7, .minor = 0},
};

static inline void host_world_fill(struct host_world *p, enum profile profile)
{
    const struct host_manifest m = {host_entries, ARRAY_LEN(host_entries)};
    assert_int_equal(host_add_tree(p->h, "/h", &m), 0);
    world_open(&p->w, profile);
    assert_int_equal(fs_host_register(&p->w.s, p->h), 0);
}

static inline void host_world_open_as(struct host_world *p, enum profile profile)
{
    *p = (struct host_world){.tmp = ""};
    domain_init(&p->hd, "host", profile);
    assert_int_equal(host_mem_new(&p->hd, &p->h), 0);
    host_world_fill(p, profile);
    const struct host_manifest devices = {device_entries, ARRAY_LEN(device_entries)};
    assert_int_equal(host_add_tree(p->h, "/d", &devices), 0);
}

static inline void host_world_open(struct host_world *p)
{
    host_world_open_as(p, PROFILE_GVISOR_2018_08_14);
}

/* The same on a real directory, without devices. */
static inline void host_world_open_dir(struct host_world *p)
{
    *p = (struct host_world){.tmp = "/tmp/fs_host.XXXXXX"};
    assert_non_null(mkdtemp(p->tmp));
    domain_init(&p->hd, "host", PROFILE_GVISOR_2018_08_14);
    int fd = open(p->tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(host_dir_new(&p->hd, fd, &p->h), 0);
    close(fd);
    host_world_fill(p, PROFILE_GVISOR_2018_08_14);
}

static inline int host_remove_one(const char *path, const struct stat *st, int type,
                                  struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline void host_world_close(struct host_world *p)
{
    world_close(&p->w);
    host_free(p->h);
    assert_int_equal(domain_close(&p->hd, world_report, NULL), 0);
    if (p->tmp[0]) {
        assert_int_equal(nftw(p->tmp, host_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    }
}

/* Runs the test on a host in memory and, for those who may give files away, on a real directory. */
static inline void on_both(void (*test)(struct host_world *p))
{
    struct host_world p;
    host_world_open(&p);
    test(&p);
    host_world_close(&p);
    if (geteuid() == 0) {
        host_world_open_dir(&p);
        test(&p);
        host_world_close(&p);
    }
}

static inline struct inode *host_mounted(struct host_world *p, const char *data)
{
    return world_mount(&p->w, "whitelistfs", data);
}

#define AS_PIPELINE(path) "root=" path ",dont_translate_ownership=true"

/* Content of a file, in pieces of `chunk`: a string to mem_free. */
static inline char *host_content(struct host_world *p, struct inode *inode, size_t chunk)
{
    struct file *f = opened(&p->w, inode);
    struct str s;
    str_init(&s, &p->w.s.d);
    str_add(&s, "");
    char buf[64];
    for (;;) {
        size_t n = 0;
        assert_int_equal(file_pread(&p->w.c, f, (int64_t)s.n, buf, chunk, &n), 0);
        if (n == 0) {
            break;
        }
        str_addn(&s, buf, n);
    }
    file_put(f);
    return str_take(&s);
}

#endif
