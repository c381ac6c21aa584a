/*
 * The only process of the guest of guest.sh: loads the modules of /modules in their order, joins a
 * virtio port with v9fs through a socketpair (v9fs takes no character device), mounts, and works on
 * the tree as a user would. Prints "ok WHAT" or "FAIL WHAT: why" for each operation, then "done N"
 * and powers off.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned operations, failures;

static void check(int holds, const char *what)
{
    operations++;
    if (holds) {
        printf("ok %s\n", what);
    } else {
        failures++;
        printf("FAIL %s: %s\n", what, strerror(errno));
    }
}

#define CHECK(expression) check((expression), #expression)

static void load_modules(void)
{
    char line[256];
    FILE *list = fopen("/modules", "r");
    while (list && fgets(line, sizeof(line), list)) {
        line[strcspn(line, "\n")] = '\0';
        int fd = open(line, O_RDONLY | O_CLOEXEC);
        if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST) {
            printf("FAIL module %s: %s\n", line, strerror(errno));
        }
        close(fd);
    }
}

static int open_port(void)
{
    for (int i = 0; i < 500; i++) {
        DIR *dev = opendir("/dev");
        struct dirent *e;
        while ((e = readdir(dev))) {
            if (strncmp(e->d_name, "vport", 5) == 0) {
                char path[300];
                snprintf(path, sizeof(path), "/dev/%s", e->d_name);
                closedir(dev);
                return open(path, O_RDWR | O_CLOEXEC);
            }
        }
        closedir(dev);
        usleep(10000);
    }
    return -1;
}

static int copy(int from, int to)
{
    static char buf[65536];
    ssize_t n = read(from, buf, sizeof(buf));
    for (ssize_t done = 0; done < n;) {
        ssize_t put = write(to, buf + done, (size_t)(n - done));
        if (put < 0) {
            return -1;
        }
        done += put;
    }
    return n > 0 ? 0 : -1;
}

/* Between the port and one end of a socketpair, until either ends. */
static void pump(int port, int sock)
{
    struct pollfd fds[2] = {{.fd = port, .events = POLLIN}, {.fd = sock, .events = POLLIN}};
    while (poll(fds, 2, -1) >= 0) {
        if ((fds[0].revents & POLLIN && copy(port, sock)) ||
            (fds[1].revents & POLLIN && copy(sock, port)) || fds[1].revents & POLLHUP) {
            break;
        }
    }
}

static int mount_tree(const char *options)
{
    char text[256];
    int ends[2], port = open_port();
    if (port < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) {
        return -1;
    }
    if (fork() == 0) {
        close(ends[0]);
        pump(port, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    snprintf(text, sizeof(text), "trans=fd,rfdno=%d,wfdno=%d,version=9p2000.L,%s", ends[0], ends[0],
             options);
    return mount("9p", "/mnt", "9p", 0, text);
}

static int write_all(const char *path, const char *text, int flags, mode_t mode)
{
    int fd = open(path, O_WRONLY | flags, mode);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    return fd >= 0 && close(fd) == 0 && n == (ssize_t)strlen(text);
}

static int has_text(const char *path, const char *text)
{
    char buf[256] = {0};
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);
    close(fd);
    return n >= 0 && strcmp(buf, text) == 0;
}

static int count_entries(const char *path, int unlink_them)
{
    char name[600];
    int n = 0;
    DIR *dir = opendir(path);
    struct dirent *e;
    while (dir && (e = readdir(dir))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
            continue;
        }
        snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
        n += !unlink_them || unlink(name) == 0;
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}

static void names(void)
{
    struct stat st;
    char target[64] = {0};
    CHECK(mkdir("/mnt/new", 0755) == 0);
    CHECK(mkdir("/mnt/new", 0755) < 0 && errno == EEXIST);
    CHECK(write_all("/mnt/new/a", "first", O_CREAT | O_EXCL, 0640));
    CHECK(write_all("/mnt/new/a", "x", O_CREAT | O_EXCL, 0640) == 0 && errno == EEXIST);
    CHECK(stat("/mnt/new/a", &st) == 0 && st.st_mode == (S_IFREG | 0640) && st.st_size == 5);
    CHECK(link("/mnt/new/a", "/mnt/new/b") == 0);
    CHECK(stat("/mnt/new/a", &st) == 0 && st.st_nlink == 2);
    CHECK(rename("/mnt/new/b", "/mnt/moved") == 0);
    CHECK(stat("/mnt/new/b", &st) < 0 && errno == ENOENT);
    CHECK(has_text("/mnt/moved", "first"));
    CHECK(symlink("a", "/mnt/new/s") == 0 && readlink("/mnt/new/s", target, 63) == 1);
    CHECK(has_text("/mnt/new/s", "first"));
    CHECK(mknod("/mnt/new/fifo", S_IFIFO | 0600, 0) == 0);
    CHECK(lstat("/mnt/new/fifo", &st) == 0 && S_ISFIFO(st.st_mode));
    CHECK(mknod("/mnt/new/null", S_IFCHR | 0600, 0x103) < 0 && errno == EPERM);
    CHECK(unlink("/mnt/new/fifo") == 0 && unlink("/mnt/new/s") == 0);
    CHECK(rmdir("/mnt/new") < 0 && errno == ENOTEMPTY);
    CHECK(rename("/mnt/new", "/mnt/newer") == 0 && has_text("/mnt/newer/a", "first"));
}

static void attributes(void)
{
    struct stat st;
    struct statfs fs;
    const struct timespec times[2] = {{.tv_sec = 1000000}, {.tv_sec = 2000000}};
    CHECK(chmod("/mnt/newer/a", 04711) == 0);
    CHECK(stat("/mnt/newer/a", &st) == 0 && (st.st_mode & 07777) == 04711);
    CHECK(chown("/mnt/newer/a", 7, 8) == 0);
    CHECK(stat("/mnt/newer/a", &st) == 0 && st.st_uid == 7 && st.st_gid == 8);
    CHECK(truncate("/mnt/newer/a", 2) == 0 && has_text("/mnt/newer/a", "fi"));
    CHECK(utimensat(AT_FDCWD, "/mnt/newer/a", times, 0) == 0);
    CHECK(stat("/mnt/newer/a", &st) == 0 && st.st_mtime == 2000000 && st.st_atime == 1000000);
    CHECK(statfs("/mnt", &fs) == 0 && fs.f_namelen > 0);
    CHECK(write_all("/mnt/newer/a", "+", O_APPEND, 0) && has_text("/mnt/newer/a", "fi+"));
    CHECK(write_all("/mnt/newer/a", "new", O_TRUNC, 0) && has_text("/mnt/newer/a", "new"));
}

static void contents(void)
{
    static char out[1 << 20], in[1 << 20];
    for (size_t i = 0; i < sizeof(out); i++) {
        out[i] = (char)(i * 7 + i / 4096);
    }
    int fd = open("/mnt/large", O_RDWR | O_CREAT, 0644);
    CHECK(fd >= 0 && write(fd, out, sizeof(out)) == sizeof(out));
    CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
    CHECK(pread(fd, in, sizeof(in), 0) == sizeof(in) && memcmp(in, out, sizeof(in)) == 0);
    CHECK(pread(fd, in, 10, sizeof(out) + 5) == 0);
    CHECK(pwrite(fd, "end", 3, 3 << 20) == 3 && lseek(fd, 0, SEEK_END) == (3 << 20) + 3);
    CHECK(unlink("/mnt/large") == 0);
    CHECK(pread(fd, in, 3, 3 << 20) == 3 && memcmp(in, "end", 3) == 0); /* unlinked, still open */
    close(fd);
}

static void directories(void)
{
    char name[300], long_name[256];
    int made = 0;
    memset(long_name, 'n', 200);
    long_name[200] = '\0';
    CHECK(mkdir("/mnt/wide", 0755) == 0);
    for (int i = 0; i < 400; i++) {
        snprintf(name, sizeof(name), "/mnt/wide/%s-%d", long_name, i);
        made += write_all(name, "", O_CREAT, 0644);
    }
    CHECK(made == 400);
    CHECK(count_entries("/mnt/wide", 0) == 400);
    CHECK(count_entries("/mnt/wide", 1) == 400); /* unlinked while the listing goes on */
    CHECK(count_entries("/mnt/wide", 0) == 0);
    CHECK(rmdir("/mnt/wide") == 0);
}

static void what_was_there(void)
{
    struct stat st;
    CHECK(count_entries("/mnt", 0) == 4);
    CHECK(has_text("/mnt/file", "hello\n"));
    CHECK(has_text("/mnt/dir/sub/deep", "deep\n"));
    CHECK(open("/mnt/none", O_RDONLY) < 0 && errno == ENOENT);
    CHECK(lstat("/mnt/escape", &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(open("/mnt/escape/secret", O_RDONLY) < 0); /* leads into the guest, not to the host */
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkdir("/mnt", 0755);
    mkdir("/dev", 0755);
    mount("dev", "/dev", "devtmpfs", 0, NULL);
    load_modules();
    check(mount_tree("msize=65536,cache=none,aname=,uname=guest") == 0, "mount");
    what_was_there();
    names();
    attributes();
    contents();
    directories();
    CHECK(umount("/mnt") == 0);
    printf("done %u operations, %u failures\n", operations, failures);
    sync();
    usleep(100000);
    reboot(RB_POWER_OFF);
}
