/* Whole files, and paths beside them. */
#include "identity.h"
#include "input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_fd(struct domain *d, int fd, const char *path, char **ret, size_t *ret_n,
                   struct error *err)
{
    struct stat st;
    if (fstat(fd, &st)) {
        return error_set(d, err, -errno, "%s: %s", path, code_text(-errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return error_set(d, err, -EINVAL, "%s: not a regular file", path);
    }
    if (st.st_size > LIMIT_CASE_BYTES) {
        return error_set(d, err, -E2BIG, "%s: more than %d bytes (LIMIT_CASE_BYTES)", path,
                         LIMIT_CASE_BYTES);
    }
    size_t room = (size_t)st.st_size, n = 0;
    char *bytes = mem_new(d, room + 1, "file");
    if (!bytes) {
        return CODE_FATE;
    }
    while (n < room) {
        ssize_t got = read(fd, bytes + n, room - n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            int code = -errno;
            mem_free(bytes);
            return error_set(d, err, code, "%s: %s", path, code_text(code));
        }
        if (!got) {
            break;
        }
        n += (size_t)got;
    }
    *ret = bytes;
    *ret_n = n;
    return 0;
}

int file_read(struct domain *d, const char *path, char **ret, size_t *ret_n, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        int code = -errno;
        return error_set(d, err, code, "%s: %s", path, code_text(code));
    }
    int rc = read_fd(d, fd, path, ret, ret_n, err);
    close(fd);
    return rc;
}

char *path_beside(struct arena *a, const char *beside, const char *file)
{
    const char *slash = strrchr(beside, '/');
    if (file[0] == '/' || !slash) {
        return arena_dup(a, file, strlen(file));
    }
    return arena_printf(a, "%.*s%s", (int)(slash - beside + 1), beside, file);
}

const char *host_identity(struct arena *a, const char *path, bool *whole)
{
    struct identity id;
    int code = identity_of(path, &id);
    *whole = code || id.whole;
    return code ? arena_printf(a, "host:%s", code_text(code))
                : arena_printf(a, "host:%016llx%016llx:%zu", (unsigned long long)id.high,
                               (unsigned long long)id.low, id.entries);
}
