/*
 * boot: the OCI mount pipeline (contract pipeline): from a spec and a config to a mount namespace.
 *
 *   1. spec and config        plain data, filled by whoever reads JSON (sim), never changed here
 *   2. validation             ValidateSpec, flag check (contract pipeline 4, 5)
 *   3. compiled mounts        compileMounts (10), subtargets (13)
 *   4. gofer plan             which channels exist, in which order (7)
 *   5. mount namespace        createMountNamespace (9, 11, 12)
 *   6. restore environment    createRestoreEnvironment (15)
 *   7. kernel stub            what one sandbox may be given once: namespace, restore environment
 * (14, 15)
 *
 * Everything that belongs to a result stands in a `struct boot_record`: it is filled as far as the
 * pipeline came, also on errors. Texts of errors and log lines are exact (they are compared with
 * the recorded system).
 */
#ifndef SIMRUN_BOOT_H
#define SIMRUN_BOOT_H

#include <simrun/core.h>
#include <simrun/vfs.h>

/* --------------------------------------------------------------------------- 1. spec and config */

enum {
    LIMIT_SPEC_MOUNTS = 10000,   /* mounts of one spec */
    LIMIT_MOUNT_OPTIONS = 10000, /* options of one mount */
};

struct spec_mount {
    const char *destination, *type, *source; /* "" when missing; never NULL */
    const char **options;
    size_t n_options;
};

/* Strings and arrays belong to whoever filled the struct, and live longer than every use here. */
struct spec {
    bool has_root;
    const char *root_path; /* "" when missing */
    bool root_readonly;

    struct spec_mount *mounts; /* order is significant */
    size_t n_mounts;

    bool has_process;
    const char **args, **env;
    size_t n_args, n_env;
    const char *cwd, *selinux_label, *apparmor_profile; /* "" when missing */

    const char *(*annotations)[2]; /* key, value; keys are unique */
    size_t n_annotations;

    bool has_seccomp, has_solaris, has_windows;
};

enum file_access { ACCESS_PROXY = 0, ACCESS_PROXY_EXCLUSIVE = 1, ACCESS_DIRECT = 2 };

struct config {
    int file_access; /* enum file_access; other values are reported as the original does */
    bool overlay;
    /*
     * Directory that relative bind sources start from; not owned, NULL = unknown. Asked only by
     * direct access, and only where PQ-05 is off: the original leaves such sources as written.
     */
    const char *bundle;
};

/* "proxy", ...; other values "unknown(<v>)": a new string, NULL = fate oom. */
char *file_access_text(struct domain *d, int access);
/* 0, or -EINVAL with `invalid file access type <q>` (PQ-01: "proxy-shared" is refused). */
int file_access_parse(struct domain *d, const char *text, int *ret, struct error *err);

/* -------------------------------------------------------------------------------- 2. validation */

/* ValidateSpec (contract pipeline 5), first failure wins; warnings go to the log. The dump part of
 * the texts is left out after ": ". */
int spec_validate(struct domain *d, const struct spec *spec, struct error *err);
/* The rule of 4.1: overlay with proxy is refused before anything starts (-EINVAL; the original's
 * exit status is 128). */
int config_check(struct domain *d, const struct config *conf, struct error *err);
/* -E2BIG with a text that names the bound (LIMIT_SPEC_MOUNTS, LIMIT_MOUNT_OPTIONS). The pipeline
 * asks this itself. */
int spec_check_limits(struct domain *d, const struct spec *spec, struct error *err);

/* The value of an annotation (borrowed), or NULL when it is absent. */
const char *spec_annotation(const struct spec *spec, const char *key);
/* Does this spec start a sandbox of its own (true), or join one (false)? */
bool spec_should_create_sandbox(const struct spec *spec);
/* The sandbox id (borrowed, "" counts as present: PQ-03), or NULL. */
const char *spec_sandbox_id(const struct spec *spec);

/*
 * GetExecutablePath (5): where `exec` is found in the PATH of `env`, below `root`. `exists` answers
 * for lstat (PQ-04: the tree of the root file system, without mounts, without following links).
 * Returns a new string, NULL = fate oom.
 */
char *boot_executable_path(struct domain *d, const char *exec, const char *root,
                           const char *const *env, size_t n_env,
                           bool (*exists)(void *arg, const char *path), void *arg);

/* --------------------------------------------------------------------------- 3. compiled mounts */

/* One entry of the compiled list; borrows the spec's strings. */
struct boot_mount {
    struct spec_mount m;
    int spec_index; /* in spec.mounts; -1 for the added ones */
};

struct boot_mounts {
    struct boot_mount *v; /* owned */
    size_t n;
};

bool mount_is_supported_dev(struct domain *d,
                            const struct spec_mount *m);        /* IsSupportedDevMount, 6 */
bool mount_is_9p(struct domain *d, const struct spec_mount *m); /* Is9PMount, 6 */

/* compileMounts (10): logs `ignoring dev mount at <q>` for each dropped one. */
int boot_compile(struct domain *d, const struct spec *spec, struct boot_mounts *ret);
void boot_mounts_release(struct boot_mounts *m);

/* subtargets(root, mounts) (13) over raw destinations: new strings in `ret` (mem_free each); `ret`
 * is initialised by the caller. */
int boot_subtargets(struct domain *d, const char *root, const char *const *destinations, size_t n,
                    struct ptrvec *ret);
/*
 * parseAndFilterOptions (11.2): kept options (borrowed) in `ret`, which the caller initialised;
 * `allowed` ends with NULL. Warnings go to the log. -EINVAL: `invalid option <q>`; then `ret` holds
 * nothing more than before.
 */
int boot_filter_options(struct domain *d, const char *const *options, size_t n,
                        const char *const *allowed, struct ptrvec *ret, struct error *err);
/* mountFlags (11.4), with its warnings. */
void boot_mount_flags(struct domain *d, const char *const *options, size_t n,
                      struct mount_flags *ret);

/* -------------------------------------------------------------------------------- 4. gofer plan */

/* One channel of the gofer process: what its attach point is (contract pipeline 7). */
struct boot_attach {
    char *path; /* owned; abs(bundle, root.path) or abs(bundle, source) */
    bool read_only, lazy_open;
    int spec_index; /* -1 = root */
};
struct boot_plan {
    struct boot_attach *v; /* owned; empty for direct access */
    size_t n;
};
/* `bundle` is the directory that relative paths start from. */
int boot_gofer_plan(struct domain *d, const struct spec *spec, const struct config *conf,
                    const char *bundle, struct boot_plan *ret);
void boot_plan_release(struct boot_plan *p);
/*
 * What the gofer command says when it starts to serve `fds` (7, steps 4 to 6): one line for each
 * channel in the log of `d`, the gofer's own domain. -EINVAL with the fatal text when there are too
 * few or too many descriptors.
 */
int boot_plan_announce(struct domain *d, const struct spec *spec, const struct boot_plan *plan,
                       const int *fds, size_t n_fds, struct error *err);
/* One value of the repeated flag --io-fds: -EINVAL with the flag's text; 0 is accepted (PQ-07). */
int boot_parse_fd_flag(struct domain *d, const char *text, int *ret, struct error *err);

/* --------------------------------------------------------------------------- 5. mount namespace */

/* What happened to one compiled mount; for people who ask why. Indexes are those of the compiled
 * list. */
enum boot_mount_state {
    BOOT_MOUNT_PENDING, /* the pipeline did not come so far */
    BOOT_MOUNT_DONE,
    BOOT_MOUNT_SKIPPED, /* unknown type: only a stub directory stays */
    BOOT_MOUNT_FAILED,
};
/* The node that was the mount point, before it was one. */
struct boot_hidden {
    enum inode_type type;
    const char *fs;    /* that holds it: static name, "" = the stub tree */
    uint64_t mount_id; /* of the mount that it belongs to; 0 = nothing was mounted over anything */
    bool root;         /* it was that mount's root */
};
struct boot_provenance {
    enum boot_mount_state state;
    const char *fs;           /* filesystem name, static; "" when skipped */
    struct mount_flags flags; /* as mounted */
    char *data;               /* owned; the data string */
    int fd;                   /* descriptor taken, or -1 */
    uint64_t mount_id;        /* 0 when not mounted */
    bool overlay, submount_overlay;
    struct ptrvec ignored; /* options that nothing used: borrowed from the spec */
    struct ptrvec created; /* directories that mkdirAll made for the mount point: owned paths */
    struct ptrvec
        created_on;      /* for each of `created` the filesystem that got it ("9p"): static names */
    struct ptrvec rules; /* contract rows that acted ("PQ-12"): static strings */
    char *place;         /* owned: path of the mount point, links followed; NULL when not mounted */
    struct boot_hidden hidden;
    size_t log_first, log_end; /* lines of the domain's log that belong to it: [first, end) */
};

/* What one option of a mount did. */
enum boot_effect {
    BOOT_OPTION_APPLIED,
    BOOT_OPTION_OVERRIDDEN, /* a later one counts */
    BOOT_OPTION_IGNORED,
    BOOT_OPTION_REFUSED, /* it ended the pipeline */
};
struct boot_option {
    enum boot_effect effect;
    const char *rule; /* contract row that acted, or NULL; static */
    const char *why;  /* static; NULL = nothing more to say: it is a flag that works as everywhere,
                         or no option that the pipeline knows */
};
/* Of option `i` of `m`, whose provenance is `p`; nothing is stored. */
void boot_option_effect(const struct config *conf, const struct spec_mount *m,
                        const struct boot_provenance *p, size_t i, struct boot_option *ret);

struct boot_record {
    struct domain *d;
    struct boot_mounts compiled; /* known from the start, also when the root mount fails */
    struct boot_provenance root;
    struct boot_provenance *mounts; /* owned; one for each of `compiled` */
    size_t fds_left;                /* on every exit path */
    size_t log_dropped; /* first line of the domain's log about an entry that is not in the list */
};
void boot_record_init(struct boot_record *r, struct domain *d);
void boot_record_release(struct boot_record *r);

/*
 * createMountNamespace. `fds` are the numbers of the fd list, in order; their owner is whoever
 * answers behind the filesystem that takes them, entries not used stay the caller's. `c` is the
 * root context (9). `rec` is initialised and empty. Returns 0 and the namespace (one reference), a
 * negative code with `err` filled, or CODE_FATE (a panic of the original: PP-01 ...). Nothing of a
 * failed run stays but the record.
 */
int boot_mount_namespace(struct ctx *c, const struct spec *spec, const struct config *conf,
                         const int *fds, size_t n_fds, struct boot_record *rec,
                         struct mount_ns **ret, struct error *err);

/* ----------------------------------------------------------------------- 6. restore environment */

struct restore_mount {
    char *fs, *dev, *data; /* owned */
    struct mount_flags flags;
};
/* In the order of addition; grouping by filesystem name is up to the reader. */
struct restore_env {
    struct restore_mount *v; /* owned */
    size_t n;
    size_t fds_left;
};
/*
 * createRestoreEnvironment. *ret is written on every path: on failure it has no entries, but
 * `fds_left` says how many descriptors were left. Texts come without the caller's "error creating
 * RestoreEnvironment: ". A panic (PP-01) is the fate of `d`, which therefore best is a domain of
 * its own.
 */
int boot_restore_env(struct domain *d, const struct spec *spec, const struct config *conf,
                     const int *fds, size_t n_fds, struct restore_env *ret, struct error *err);
void restore_env_release(struct restore_env *e);

/* ------------------------------------------------------------------------------- 7. kernel stub */

/* What the kernel of a sandbox holds of the pipeline's results. */
struct boot_kernel {
    struct mount_ns *root_ns; /* one reference, or NULL before the first process */
    struct restore_env restore;
    bool has_restore;
};
void boot_kernel_init(struct boot_kernel *k);
void boot_kernel_release(struct boot_kernel *k);
/*
 * setFileSystemForProcess (14) as far as it is pipeline: the first process gets its namespace; for
 * every later one the descriptors and mounts are ignored (PQ-25) and `rec` only says how many
 * descriptors were left. Errors: `error creating mounts: <e>`.
 */
int boot_set_process_filesystem(struct ctx *c, struct boot_kernel *k, const struct spec *spec,
                                const struct config *conf, const int *fds, size_t n_fds,
                                struct boot_record *rec, struct error *err);
/* Takes over `env` on success (it is then empty). A second time: PP-03. */
int boot_set_restore_env(struct domain *d, struct boot_kernel *k, struct restore_env *env,
                         struct error *err);

#endif
