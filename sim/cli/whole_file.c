/* A file that appears whole: written beside its place, renamed at the end. */
#include "cli.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The mode of a new file when there was none. */
static mode_t default_mode(void)
{
    mode_t mask = umask(0);
    (void)umask(mask);
    return 0666 & ~mask;
}

/* What `path` leads to: a symbolic link stays one. */
static char *place_of(struct domain *d, const char *path, const struct stat *st)
{
    char *real = S_ISLNK(st->st_mode) ? realpath(path, NULL) : NULL;
    char *place = mem_dup(d, real ? real : path);
    free(real);
    return place;
}

static int open_temporary(struct whole_file *f, struct domain *d, const char *path, mode_t mode)
{
    f->temporary = mem_printf(d, "%s.XXXXXX", path);
    if (!f->temporary) {
        return CODE_FATE;
    }
    int fd = mkostemp(f->temporary, O_CLOEXEC);
    if (fd < 0) {
        int code = -errno;
        mem_free(f->temporary);
        f->temporary = NULL;
        return code;
    }
    f->out = fchmod(fd, mode) == 0 ? fdopen(fd, "w") : NULL;
    if (!f->out) {
        int code = -errno;
        (void)close(fd);
        return code;
    }
    return 0;
}

int whole_file_open(struct whole_file *f, struct domain *d, const char *path)
{
    struct stat link, st;
    *f = (struct whole_file){0};
    bool there = stat(path, &st) == 0;
    int code = 0;
    if (there && !S_ISREG(st.st_mode)) {
        f->out = S_ISDIR(st.st_mode) ? NULL : fopen(path, "we");
        return f->out ? 0 : S_ISDIR(st.st_mode) ? -EISDIR : -errno;
    }
    if (lstat(path, &link) || !there) {
        link.st_mode = S_IFREG;
    }
    f->place = place_of(d, path, &link);
    code = f->place ? open_temporary(f, d, f->place, there ? st.st_mode & 07777 : default_mode())
                    : CODE_FATE;
    if (code) {
        whole_file_abandon(f);
    }
    return code;
}

static int write_out(FILE *out)
{
    errno = 0;
    bool failed = ferror(out) || fflush(out) != 0;
    return failed ? (errno ? -errno : -EIO) : 0;
}

int whole_file_commit(struct whole_file *f)
{
    int code = write_out(f->out);
    if (code == 0 && f->place && fsync(fileno(f->out))) {
        code = -errno;
    }
    if (fclose(f->out) && code == 0) {
        code = -errno;
    }
    f->out = NULL;
    if (code == 0 && f->place && rename(f->temporary, f->place)) {
        code = -errno;
    }
    if (code == 0) {
        mem_free(f->temporary);
        f->temporary = NULL;
    }
    whole_file_abandon(f);
    return code;
}

void whole_file_abandon(struct whole_file *f)
{
    if (f->out) {
        (void)fclose(f->out);
    }
    if (f->temporary) {
        (void)unlink(f->temporary);
    }
    mem_free(f->temporary);
    mem_free(f->place);
    *f = (struct whole_file){0};
}
