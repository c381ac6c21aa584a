/*
 * Shared by the files of boot: the fd list, one run of the pipeline, and helpers for texts.
 */
#ifndef SIMRUN_BOOT_INTERNAL_H
#define SIMRUN_BOOT_INTERNAL_H

#include <simrun/boot.h>

/* ------------------------------------------------------------------------------------------------
 * fds.c */

/* The fd dispenser (contract pipeline 8): a queue over the caller's numbers. Closes nothing. */
struct fd_list {
    const int *v;
    size_t n, next;
};
/* The first entry. Empty: PP-01, a panic, or where that is off -EINVAL with the same text. */
int fd_list_take(struct domain *d, struct fd_list *l, int *ret, struct error *err);
size_t fd_list_left(const struct fd_list *l);
/* -EINVAL with the text of step 5 (contract pipeline 9) when entries are left. */
int fd_list_check_empty(struct domain *d, const struct fd_list *l, struct error *err);

/* ------------------------------------------------------------------------------------------- one
 * run */

struct pipeline {
    struct ctx *c;
    struct domain *d;
    const struct spec *spec;
    const struct config *conf;
    struct fd_list fds;
    struct boot_record *rec;
    char **clean; /* owned: the clean destination of each compiled mount */
    struct mount_ns *ns;
};

/* -----------------------------------------------------------------------------------------
 * compile.c */

/* compileMounts without its log lines, and the lines alone. */
int compile_list(struct domain *d, const struct spec *spec, struct boot_mounts *ret);
int compile_log(struct domain *d, const struct spec *spec);
/* Does `p` lie below the directory `dir`? Both clean; "/" is above every absolute path but itself.
 */
bool path_is_below(const char *p, const char *dir);

/* -------------------------------------------------------------------------------------------
 * stubs.c */

/* subtargets over destinations that are clean already: `ret` gets pointers into them. */
int stub_list(struct domain *d, const char *root, char *const *clean, size_t n, struct ptrvec *ret);
/* Replaces *inode by a submount overlay of it over stub directories. On failure *inode is
 * unchanged, the text complete. */
int stub_overlay(struct ctx *c, struct inode **inode, const struct ptrvec *paths,
                 struct error *err);

/* -------------------------------------------------------------------------------------------
 * mount.c */

/* What the type table (contract pipeline 11.1) says about one mount. */
struct mount_choice {
    const char *fs; /* static; NULL = the entry is skipped */
    char *data;     /* owned; NULL when skipped */
    bool use_overlay;
    int fd; /* -1 = none taken */
};
/* `prov` may be NULL. */
int mount_choose(struct domain *d, const struct config *conf, const struct spec_mount *m,
                 struct fd_list *fds, struct boot_provenance *prov, struct mount_choice *ret,
                 struct error *err);
/* p9MountOptions (11.3) joined: a new string, NULL = fate oom. */
char *mount_9p_data(struct domain *d, const struct config *conf, int fd);
/* The options of direct access to what stands at `root` (11.3): a new string, NULL = fate oom. */
char *mount_direct_data(struct domain *d, const char *root);
/* mountDevice (11.6): a new string, NULL = fate oom. */
char *mount_device(struct domain *d, const struct spec_mount *m);
bool mount_is_bind(const struct spec_mount *m);
/* The filesystem of a type, "9p" for every bind; NULL = unknown, the entry is skipped. Static. */
const char *mount_type_fs(const char *type);
/* Keys of options that reach tmpfs (11.2); ends with NULL. */
extern const char *const mount_tmpfs_options[];
/* The source as direct access uses it (PQ-05): a new string, NULL = fate oom. */
char *mount_direct_source(struct domain *d, const struct config *conf, const char *source);
/* mountSubmount (11.5) of entry `i`. */
int mount_entry(struct pipeline *p, size_t i, struct error *err);
/* 0 and the registered filesystem (borrowed); else PP-02. */
int mount_find_filesystem(struct ctx *c, const char *name, struct filesystem **ret,
                          struct error *err);

/* -------------------------------------------------------------------------------------------
 * mkdir.c */

/* mkdirAll (11.7) with its texts. */
int mkdir_all(struct pipeline *p, const char *path, struct boot_provenance *prov,
              struct error *err);

/* -----------------------------------------------------------------------------------------
 * overlay.c */

/* addOverlay (12.3): replaces *inode. On failure *inode is unchanged. */
int overlay_add(struct ctx *c, struct inode **inode, const char *name, struct mount_flags flags,
                struct error *err);

/* --------------------------------------------------------------------------------------------
 * root.c */

/* PP-05: 0 when the spec has a root; a panic, or validation text 3. */
int root_require(struct domain *d, const struct spec *spec, struct error *err);
/* createRootMount (12.1): one reference of the root inode. */
int root_mount(struct pipeline *p, struct inode **ret, struct error *err);

/* ------------------------------------------------------------------------------------------
 * record.c */

void provenance_init(struct boot_provenance *p, struct domain *d);
void provenance_release(struct boot_provenance *p);
/* Room for one provenance for each compiled mount. */
int record_mounts(struct boot_record *rec);
/* `row` acted (static text); once is enough. `p` may be NULL. */
int provenance_rule(struct boot_provenance *p, const char *row);
/* The rows that the order and the destinations of the list decide by themselves. */
int provenance_list_rules(struct boot_record *rec, char *const *clean);
/* The rows that the options and source of one mount decide, once its type table was asked. */
int provenance_mount_rules(struct boot_provenance *p, const struct config *conf,
                           const struct spec_mount *m, const struct mount_choice *choice);
bool option_is_flag(const char *option);  /* read as a flag of the mount (11.4) */
bool option_is_tmpfs(const char *option); /* tmpfs would get it (11.2) */
/* Remember which options of `m` nothing used; `fs` NULL = the mount was skipped. */
int provenance_ignored(struct boot_provenance *p, const struct spec_mount *m, const char *fs);
/* `target` is about to be mounted over. */
int provenance_place(struct boot_provenance *p, struct dirent *target, struct dirent *root);
/* mkdirAll made `d`. */
int provenance_created(struct boot_provenance *p, struct dirent *d, struct dirent *root);

/* --------------------------------------------------------------------------------------------
 * text.c */

/* What a Go program says when it follows a nil pointer. */
#define NIL_DEREFERENCE "runtime error: invalid memory address or nil pointer dereference"

/*
 * Make `code` an error with a context before what it says: "<prefix><quoted q>: <e>". `err` may
 * hold the text of the failure already, else the code's own is taken. NULL for `q` leaves it out.
 * Returns the code; CODE_FATE passes unchanged.
 */
int fail_q(struct domain *d, struct error *err, int code, const char *prefix, const char *q);
static inline int fail_with(struct domain *d, struct error *err, int code, const char *context)
{
    return fail_q(d, err, code, context, NULL);
}
/* A line "<prefix><quoted q><suffix>". 0 or CODE_FATE. */
int log_q(struct domain *d, enum log_level level, const char *prefix, const char *q,
          const char *suffix);
void ptrvec_release_owned(struct ptrvec *v);

#endif
