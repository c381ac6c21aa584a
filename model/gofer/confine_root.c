/*
 * A root of one's own: a mount namespace with an empty read-only file system, in which only
 * /proc/self/fd of this process can be found (the host side opens descriptors again by it).
 *
 * What is served is not mounted anywhere: each directory is cloned as a detached mount, which takes
 * the place of the old descriptor. Its top is the end of every "..", absolute names lead to the
 * empty root, and no descriptor of the old tree is left.
 */
#include "confine.h"

#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char new_root[] = "/proc"; /* wherever there is a /proc, this can be hidden */
static const char fd_place[] = "/proc/proc/self/fd"; /* of the old /proc/self/fd in it */

/* Before the namespace changes: only mounts of the own one can be cloned. */
static int detach_directories(const int *keep, size_t n, bool *ret_any)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        struct stat st;
        if (fstat(keep[i], &st) < 0 || !S_ISDIR(st.st_mode)) {
            continue;
        }
        any = true;
        int tree = open_tree(keep[i], "",
                             OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
        if (tree < 0 || dup3(tree, keep[i], O_CLOEXEC) < 0) {
            return -errno;
        }
        (void)close(tree);
    }
    *ret_any = any;
    return 0;
}

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    ssize_t n = write(fd, text, strlen(text));
    int rc = n < 0 ? -errno : 0;
    (void)close(fd);
    return rc;
}

static int map_ids(uid_t uid, gid_t gid)
{
    char text[64];
    (void)snprintf(text, sizeof(text), "%u %u 1", uid, uid);
    int rc = write_file("/proc/self/uid_map", text);
    rc = rc ? rc : write_file("/proc/self/setgroups", "deny");
    (void)snprintf(text, sizeof(text), "%u %u 1", gid, gid);
    return rc ? rc : write_file("/proc/self/gid_map", text);
}

/* Without privilege by way of a user namespace; not where real files are served, for their owners
 * would look different from inside. */
static int new_namespace(bool real_files)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (unshare(CLONE_NEWNS) == 0) {
        return 0;
    }
    int rc = -errno;
    if (rc != -EPERM || real_files) {
        return rc;
    }
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ? -errno : map_ids(uid, gid);
}

static int sys(long result)
{
    return result < 0 ? -errno : 0;
}

static const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

static int fill_root(int fds)
{
    int rc = sys(mkdir("/proc/proc", 0555));
    rc = rc ? rc : sys(mkdir("/proc/proc/self", 0555));
    rc = rc ? rc : sys(mkdir(fd_place, 0555));
    rc = rc ? rc : sys(move_mount(fds, "", AT_FDCWD, fd_place, MOVE_MOUNT_F_EMPTY_PATH));
    return rc ? rc
              : sys(mount(NULL, new_root, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL));
}

static int enter_root(void)
{
    int rc = sys(chdir(new_root));
    if (rc == 0 && syscall(SYS_pivot_root, ".", ".") == 0) {
        rc = sys(umount2(".", MNT_DETACH));
    } else if (rc == 0) {
        rc = sys(chroot(".")); /* the root of a machine or of a chroot cannot be pivoted */
    }
    return rc ? rc : sys(chdir("/"));
}

static int change_root(int fds)
{
    int rc = sys(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
    rc = rc ? rc : sys(mount("gofer", new_root, "tmpfs", flags, "size=4k,nr_inodes=8,mode=0555"));
    if (rc) {
        return rc;
    }
    rc = fill_root(fds);
    rc = rc ? rc : enter_root();
    if (rc) {
        (void)umount2(new_root, MNT_DETACH); /* it serves all the same, by the old /proc/self/fd */
    }
    return rc;
}

int confine_root(const int *keep, size_t n)
{
    bool any = false;
    int rc = detach_directories(keep, n, &any);
    rc = rc ? rc : new_namespace(any);
    if (rc) {
        return rc;
    }
    int fds = open_tree(AT_FDCWD, "/proc/self/fd", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (fds < 0) {
        return -errno;
    }
    rc = change_root(fds);
    (void)close(fds);
    return rc;
}
