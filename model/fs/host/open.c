/* Opening host files, and the inodes made of them (contract filesystems 8.2, 8.3). */
#include "private.h"

int host_code(struct sentry *s, int rc)
{
    return rc == HOST_BLOCKS ? domain_hang(&s->d, "a host call waits for a peer") : rc;
}

/* The first mode that works decides, the error is that of the last. FQ-52: the host looks at the
 * type, no device is opened. */
int host_open_any(struct sentry *s, struct host *h, struct host_file *dir, const char *name,
                  struct host_file **ret)
{
    static const int modes[] = {O_RDWR, O_RDONLY, O_WRONLY, O_PATH};
    if (!dir && name[0] != '/') {
        return -EINVAL;
    }
    CLEANUP_MEM char *path = dir ? NULL : path_clean(&s->d, name);
    if (!dir && !path) {
        return CODE_FATE;
    }
    int rc = 0;
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        int flags = modes[i] | O_NOFOLLOW;
        rc = host_code(s, dir ? host_openat(dir, name, flags, 0, ret)
                              : host_open(h, &s->d, path, flags, ret));
        if (!rc || rc == CODE_FATE) {
            return rc;
        }
    }
    return rc;
}

enum inode_type host_inode_type(struct sentry *s, mode_t mode)
{
    static const enum inode_type types[] = {
        INODE_REGULAR, INODE_DIRECTORY, INODE_SYMLINK,  INODE_PIPE,
        INODE_SOCKET,  INODE_CHARDEV,   INODE_BLOCKDEV,
    };
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (inode_type_mode(types[i]) == (mode & S_IFMT)) {
            return types[i];
        }
    }
    log_line(&s->d, LOG_WARNING, "unknown host file type %u: assuming regular", mode & S_IFMT);
    return INODE_REGULAR;
}

static int new_inode(struct mount_source *ms, struct host_file *file, struct inode **ret)
{
    struct sentry *s = ms->s;
    struct stat st;
    int rc = host_code(s, host_fstat(file, &st));
    if (rc) {
        return rc;
    }
    struct stable_attr stable = {
        .type = host_inode_type(s, st.st_mode),
        .device_id = DEVICE_HOST_FILE,
        .block_size = st.st_blksize,
        /* FQ-10: no device number */
    };
    if (host_type_streams(stable.type) && host_file_flags(file) == O_PATH) {
        return -EBADF; /* FQ-51, FQ-74: it cannot be made non-blocking */
    }
    rc = device_map_inode(s, DEVICE_HOST_FILE, st.st_dev, "", st.st_ino, &stable.inode_id);
    return rc ? rc : inode_new(ms, &host_inode_ops, file, stable, ret);
}

int host_inode_new(struct mount_source *ms, struct host_file *file, struct inode **ret)
{
    int rc = new_inode(ms, file, ret);
    if (rc) {
        host_file_put(file);
    }
    return rc;
}
