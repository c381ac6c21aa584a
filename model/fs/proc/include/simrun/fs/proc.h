/*
 * fs/proc: procfs, and the stub of the kernel that it shows (contract filesystems 7).
 *
 *   1. kernel stub    what proc needs to know of the system and of its processes (7.10)
 *   2. registration
 *
 * A kernel and everything it points to is plain data of the caller: proc reads it when somebody
 * reads a file, and writes only `net` (tcp_rmem, tcp_wmem, tcp_sack). It must outlive every inode
 * of a proc mount; a task that goes away stays allocated and is marked `exited`.
 */
#ifndef SIMRUN_FS_PROC_H
#define SIMRUN_FS_PROC_H

#include <simrun/save.h>
#include <simrun/vfs.h>

/* ---------------------------------------------------------------------------------------- 1.
 * kernel stub */

enum task_state {
    TASK_RUNNING,
    TASK_SLEEPING,
    TASK_DISK_SLEEP,
    TASK_STOPPED,
    TASK_TRACING_STOP,
    TASK_ZOMBIE,
    TASK_DEAD,
};

/* One mapped area of a process: a line of maps. Areas stand in increasing order. */
struct memory_area {
    uint64_t start, end; /* addresses */
    bool read, write, execute, shared;
    uint64_t offset;        /* in the file */
    uint64_t device, inode; /* of the file; device = major << 20 | minor */
    const char *name;       /* file or hint; NULL = none */
};

struct aux_entry {
    uint64_t key, value;
};

struct task_memory {
    uint64_t vss, rss; /* bytes */
    const char *argv;  /* strings with their NUL, one after the other */
    size_t argv_n;     /* bytes */
    const char *envv;
    size_t envv_n;
    const struct aux_entry *aux;
    size_t aux_n;
    struct dirent *executable; /* borrowed; NULL = none */
    const struct memory_area *areas;
    size_t areas_n;
    uint64_t generation; /* the caller counts it up when areas change; starts at 1 */
};

struct task_fd {
    uint32_t fd;
    struct file *file; /* borrowed while it stands in the table */
    bool close_on_exec;
};

struct task_times { /* nanoseconds */
    int64_t user, system;
};

struct task_io {
    uint64_t rchar, wchar, syscr, syscw, read_bytes, write_bytes, cancelled_write_bytes;
};

/* A line of uid_map or gid_map. */
struct id_range {
    uint32_t first, first_parent, length;
};

struct task {
    int32_t id;     /* thread id, as seen in the PID namespace of the mount */
    int32_t own_id; /* leaders: id of the group in its own PID namespace, the one that is listed
                       (FQ-37) */
    struct task *leader;          /* of the thread group; itself for a leader */
    struct task *parent, *tracer; /* NULL = none */
    const char *name;
    enum task_state state;
    bool exited; /* memory, files and root are gone: ESRCH from the files that show memory */

    struct creds creds; /* the current ones; owner of the nodes that stand for this task */
    uint64_t caps_inheritable, caps_permitted, caps_bounding;
    const struct id_range *uid_map, *gid_map;
    size_t uid_map_n, gid_map_n;

    struct dirent *root;        /* borrowed; NULL = none (not yet started, or gone) */
    struct task_memory *memory; /* NULL = a task without memory */
    const struct task_fd *fds;  /* in increasing order of `fd` */
    size_t fds_n;

    struct task_times times, joined_times; /* joined: of waited-for children, of the group */
    struct task_io io;                     /* of the group, read at the leader */
    int32_t process_group, session;
    int exit_signal;    /* leaders */
    int priority, nice; /* priority = 20 + nice */
    int seccomp;
};

struct cpu_description {
    unsigned n;
    const char *vendor;
    unsigned family, model;
    double mhz;
    const char *flags; /* NULL: no feature set, cpuinfo is empty (FP-12) */
};

struct memory_usage { /* bytes */
    uint64_t total, anonymous, tmpfs, page_cache, mapped;
};

struct inet6_address {
    uint8_t bytes[16];
    uint8_t prefix, flags;
};

struct net_interface {
    const char *name;
    uint32_t index;
    const struct inet6_address *addresses;
    size_t addresses_n;
};

struct tcp_buffer {
    int32_t min, def, max; /* bytes */
};

struct net_stack {
    bool ipv6; /* without it /proc/net is empty */
    const struct net_interface *interfaces;
    size_t interfaces_n;
    bool has_receive, has_send; /* tcp_rmem, tcp_wmem exist */
    struct tcp_buffer receive, send;
    bool sack;
};

struct kernel {
    struct task *
        *tasks; /* all threads of the PID namespace, in the order of thread lists; borrowed */
    size_t tasks_n;
    bool pid_namespace; /* false: mounting proc is refused */

    struct cpu_description cpu;
    struct memory_usage memory;
    uint64_t min_user_address;
    const char *sysname, *release, *version; /* of uname */
    int64_t boot_time;                       /* seconds since the epoch */
    const char *host_name;                   /* NULL: no UTS namespace, an empty name (FP-11) */
    bool has_net;
    struct net_stack net;
};

/*
 * A system as the recorded one: two CPUs, 2 GiB, a network stack with IPv6 and the interface lo, no
 * tasks. Owns nothing.
 */
void kernel_init(struct kernel *k);
/* The one process of a sandbox: id 1, leader, root with all capabilities, running, without root,
 * memory and files. */
void task_init(struct task *t, const char *name);

/* The task with thread id `id`, or NULL. Borrowed. */
struct task *kernel_find_task(const struct kernel *k, int32_t id);
/* May the process that acts trace `target`? Never without one (7.10). */
bool kernel_may_trace(const struct ctx *c, const struct task *target);

/* --------------------------------------------------------------------------------------- 2.
 * registration */

/*
 * Registers "proc". `k` is borrowed and may be NULL: then mounting gives "procfs requires a
 * kernel". Returns 0, -EEXIST or CODE_FATE.
 */
int fs_proc_register(struct sentry *s, struct kernel *k);
/* The static tree is saved with its attributes and names; what stands for tasks is made anew. */
extern const struct save_fs fs_proc_save;

#endif
