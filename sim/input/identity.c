#include "identity.h"

#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* What is hashed of one entry, with its path behind it; zeroed, so that padding counts not. */
struct entry {
    uint32_t type_and_mode, uid, gid, error;
    uint64_t nlink, rdev, size;
    int64_t seconds, nanoseconds; /* of a file that counts by them */
    XXH128_hash_t content;        /* of a file that counts by its bytes, or of a link's target */
};

/* Entries come in no order that could be relied on: their hashes are added. */
static void add(struct identity *id, const struct entry *e, const char *path)
{
    XXH128_hash_t h = XXH3_128bits_withSeed(path, strlen(path), XXH3_64bits(e, sizeof(*e)));
    id->low += h.low64;
    id->high += h.high64;
}

static bool read_content(const char *path, struct entry *e)
{
    char bytes[IDENTITY_CONTENT];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return false;
    }
    size_t n = 0;
    ssize_t got = 0;
    while (n < sizeof(bytes) && (got = read(fd, bytes + n, sizeof(bytes) - n)) > 0) {
        n += (size_t)got;
    }
    close(fd);
    e->content = XXH3_128bits(bytes, n);
    return got >= 0;
}

static void look_at_file(const FTSENT *f, struct entry *e)
{
    const struct stat *st = f->fts_statp;
    e->size = (uint64_t)st->st_size;
    if (st->st_size <= IDENTITY_CONTENT && read_content(f->fts_accpath, e)) {
        return;
    }
    e->seconds = st->st_mtim.tv_sec;
    e->nanoseconds = st->st_mtim.tv_nsec;
}

static void look_at_link(const FTSENT *f, struct entry *e)
{
    char target[PATH_MAX];
    ssize_t n = readlink(f->fts_accpath, target, sizeof(target));
    e->size = n < 0 ? 0 : (uint64_t)n;
    e->content = XXH3_128bits(target, (size_t)e->size);
}

static void look_at(const FTSENT *f, struct entry *e)
{
    const struct stat *st = f->fts_statp;
    memset(e, 0, sizeof(*e));
    if (f->fts_info == FTS_NS || f->fts_info == FTS_ERR) {
        e->error = (uint32_t)f->fts_errno;
        return;
    }
    e->error = f->fts_info == FTS_DNR ? (uint32_t)f->fts_errno : 0;
    e->type_and_mode = st->st_mode;
    e->uid = st->st_uid;
    e->gid = st->st_gid;
    if (!S_ISDIR(st->st_mode)) {
        e->nlink = st->st_nlink; /* of a directory it depends on the file system */
    }
    if (S_ISREG(st->st_mode)) {
        look_at_file(f, e);
    } else if (S_ISLNK(st->st_mode)) {
        look_at_link(f, e);
    } else if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) {
        e->rdev = st->st_rdev;
    }
}

int identity_of(const char *path, struct identity *ret)
{
    struct identity id = {.whole = true};
    size_t skip = strlen(path);
    char *copy = strdup(path);
    char *const paths[] = {copy, NULL};
    FTS *fts = copy ? fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL) : NULL;
    if (!fts) {
        int code = errno ? -errno : -ENOMEM;
        free(copy);
        return code;
    }
    errno = 0;
    for (FTSENT *f; (f = fts_read(fts)) != NULL;) {
        struct entry e;
        if (f->fts_info == FTS_DP) {
            continue;
        }
        if (id.entries++ >= LIMIT_IDENTITY_ENTRIES) {
            id.whole = false;
            break;
        }
        look_at(f, &e);
        add(&id, &e, f->fts_path + skip);
        errno = 0;
    }
    int code = errno && id.whole ? -errno : 0;
    fts_close(fts);
    free(copy);
    if (code == 0) {
        *ret = id;
    }
    return code;
}
