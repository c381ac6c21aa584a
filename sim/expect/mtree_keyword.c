/* Keywords of manifests, and what their values may be. */
#include "mtree.h"

static const struct {
    const char *name;
    enum mtree_keyword keyword;
} keywords[] = {
    {"type", MTREE_TYPE},
    {"mode", MTREE_MODE},
    {"uid", MTREE_UID},
    {"gid", MTREE_GID},
    {"size", MTREE_SIZE},
    {"nlink", MTREE_NLINK},
    {"link", MTREE_LINK},
    {"device", MTREE_DEVICE},
    {"optional", MTREE_OPTIONAL},
    {"nochange", MTREE_NOCHANGE},
    {"ignore", MTREE_IGNORE},
    {"cksum", MTREE_OTHER},
    {"content", MTREE_OTHER},
    {"contents", MTREE_OTHER},
    {"flags", MTREE_OTHER},
    {"gname", MTREE_OTHER},
    {"inode", MTREE_OTHER},
    {"md5", MTREE_OTHER},
    {"md5digest", MTREE_OTHER},
    {"resdevice", MTREE_OTHER},
    {"ripemd160digest", MTREE_OTHER},
    {"rmd160", MTREE_OTHER},
    {"rmd160digest", MTREE_OTHER},
    {"sha1", MTREE_OTHER},
    {"sha1digest", MTREE_OTHER},
    {"sha256", MTREE_OTHER},
    {"sha256digest", MTREE_OTHER},
    {"sha384", MTREE_OTHER},
    {"sha384digest", MTREE_OTHER},
    {"sha512", MTREE_OTHER},
    {"sha512digest", MTREE_OTHER},
    {"tags", MTREE_OTHER},
    {"time", MTREE_OTHER},
    {"uname", MTREE_OTHER},
};

const char *mtree_keyword_name(enum mtree_keyword k)
{
    return keywords[k].name; /* the first stand in order */
}

/* Digits from 0 to `last`. */
static bool is_number(const char *p, size_t n, char last, uint64_t max)
{
    uint64_t value = 0, base = (uint64_t)(last - '0') + 1;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > last || value > (max - (uint64_t)(p[i] - '0')) / base) {
            return false;
        }
        value = value * base + (uint64_t)(p[i] - '0');
    }
    return n > 0;
}

/* FORMAT,MAJOR,MINOR; what a bare number means depends on the system that wrote it. */
static bool is_device(const char *p, size_t n)
{
    const char *end = p + n, *comma = memchr(p, ',', n);
    const char *second = comma ? memchr(comma + 1, ',', (size_t)(end - comma - 1)) : NULL;
    return second && is_number(comma + 1, (size_t)(second - comma - 1), '9', 0xfff) &&
           is_number(second + 1, (size_t)(end - second - 1), '9', 0xfffff);
}

static bool is_type(const char *p, size_t n)
{
    static const char *const types[] = {"file", "dir", "link", "fifo", "socket", "char", "block"};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (strlen(types[i]) == n && memcmp(types[i], p, n) == 0) {
            return true;
        }
    }
    return false;
}

enum mtree_keyword mtree_keyword_find(const char *p, size_t n)
{
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        if (strlen(keywords[i].name) == n && memcmp(keywords[i].name, p, n) == 0) {
            return keywords[i].keyword;
        }
    }
    return MTREE_KEYWORDS;
}

const char *mtree_keyword_check(enum mtree_keyword k, const char *p, size_t n)
{
    switch (k) {
    case MTREE_TYPE:
        return is_type(p, n) ? NULL : "file, dir, link, fifo, socket, char or block";
    case MTREE_MODE:
        return is_number(p, n, '7', 07777) ? NULL : "octal digits up to 7777";
    case MTREE_DEVICE:
        return is_device(p, n) ? NULL : "FORMAT,MAJOR,MINOR up to 4095 and 1048575";
    case MTREE_SIZE:
        return is_number(p, n, '9', INT64_MAX) ? NULL : "a number of bytes";
    case MTREE_UID:
    case MTREE_GID:
    case MTREE_NLINK:
        return is_number(p, n, '9', UINT32_MAX) ? NULL : "a number up to 4294967295";
    default:
        return NULL;
    }
}
