/*
 * case: from paths on the command line to cases that can be run.
 *
 *   1. options     what the command line says about reading
 *   2. case        one thing to replay: spec, config, trees of the host side, operations,
 * expectation
 *   3. names       `@rootfs` and `@NAME` against absolute paths of the model's host side
 *   4. source      discovery: which cases there are, in which order, by name; nothing is parsed
 * here
 *   5. reader      case number n, parsed; each worker has its own
 *   6. bytes       one case from memory
 *
 * Errors are texts that name the file, the place and the rule. Codes: -EINVAL a broken or wrong
 * input, -E2BIG past a bound, -ENOENT and others of the system for files, -EEXIST a name used
 * twice, CODE_FATE.
 */
#ifndef SIMRUN_SIM_CASE_H
#define SIMRUN_SIM_CASE_H

#include <simrun/boot.h>
#include <simrun/core.h>
#include <simrun/host.h>
#include <simrun/sim/json.h>

struct cJSON;
struct rootfs;

enum {
    LIMIT_CASE_BYTES = LIMIT_JSON_BYTES, /* one suite line, one config.json, one manifest */
    LIMIT_CASES = 10000000,              /* cases of one run */
    LIMIT_CASE_NAME = 4096,              /* bytes of a case's name */
    LIMIT_CASE_OPS = 100000,             /* operations of one case */
    LIMIT_CASE_SOURCES = 10000,          /* named sources of one case */
    LIMIT_FOLDER_DEPTH = 64,             /* folders below a PATH */
    LIMIT_TAR_BYTES = 1 << 30,           /* contents of a tar archive used as root file system */
};

/* ------------------------------------------------------------ 1. options */

enum case_entry {
    ENTRY_DEFAULT,  /* suites: pipeline; bundles and bare specs: runsc */
    ENTRY_PIPELINE, /* from createMountNamespace on */
    ENTRY_RUNSC,    /* reading, validation, flag check, gofer plan first */
};

/* Where bind sources that are no `@NAME` come from. */
enum case_sources {
    SOURCES_DEFAULT, /* bundles: host; bare specs: made up; suites: none (they do not exist) */
    SOURCES_MADE_UP, /* bundles and bare specs: made up */
    SOURCES_HOST, /* bundles and bare specs: the real ones, read only, behind a copy-on-write tree
                   */
};

/* Zero-initialised is fine: but set `file_access`, see CASE_OPTIONS_INIT. All pointers borrowed,
 * must outlive the source. */
struct case_options {
    struct config config; /* for cases that do not say otherwise */
    enum case_entry
        entry; /* ENTRY_DEFAULT: by kind; else for all cases that do not say otherwise */
    enum case_sources sources;
    const char
        *rootfs;   /* --rootfs DIR|TAR|MANIFEST for cases without one; NULL: the built-in default */
    int in_fd;     /* what `-` reads; 0 = standard input */
    bool no_files; /* open no file beside the case itself (fuzzing): naming one is an error */
};
/* The command line default of the original: proxy-exclusive (contract pipeline 4.1). */
#define CASE_OPTIONS_INIT                                                                          \
    {                                                                                              \
        .config = {.file_access = ACCESS_PROXY_EXCLUSIVE }                                         \
    }

/* ------------------------------------------------------------ 2. case */

enum case_kind { CASE_SUITE, CASE_BUNDLE, CASE_SPEC };

/* One tree of the model's host side: the root file system or a bind source. */
enum tree_kind {
    TREE_MANIFEST, /* `manifest`, for host_add_tree */
    TREE_HOST,     /* `host_path`, a real directory or file, for host_add_lower; never written */
};
struct sim_tree {
    const char *name; /* as results show it: "@rootfs", "@NAME"; the path itself for sources of
                         plain specs */
    const char *path; /* absolute path on the model's host side */
    enum tree_kind kind;
    const struct host_manifest *manifest;
    const char *host_path;
    bool made_up; /* invented by us; there is a finding that says so */
};

enum op_kind {
    OP_MKDIR,
    OP_CREATE,
    OP_CREATE_EXCL,
    OP_WRITE,
    OP_APPEND,
    OP_READ,
    OP_UNLINK,
    OP_RMDIR,
    OP_RENAME,
    OP_SYMLINK,
    OP_LINK,
    OP_CHMOD,
    OP_CHOWN,
    OP_LCHOWN,
    OP_TRUNCATE,
    OP_MKNOD_FIFO,
    OP_MKNOD_FILE,
    OP_MKNOD_CHR,
    OP_ACCESS,
    OP_CHDIR,
    OP_STAT,
    OP_LSTAT,
    OP_LOOKUP,
    OP_READLINK,
    OP_READDIR,
    OP_GETXATTR,
    OP_LISTXATTR,
    OP_SETXATTR,
    OP_MOUNT,
    OP_UMOUNT,
    OP_KINDS
};
enum { OP_ARGS = 5 };
/* One operation (golden/README.md). Argument i (from 0, without the word) is text in `arg`, and
 * also a number where it is one. */
struct sim_op {
    enum op_kind kind;
    size_t n_args;
    const char *arg[OP_ARGS];
    int64_t num[OP_ARGS];   /* modes (octal text), ids, sizes, masks, flags; 0 for texts */
    const struct json *raw; /* the array as given, for results */
};
const char *op_name(enum op_kind kind);

/* Something that whoever reads the result should know. */
enum finding_kind {
    FINDING_SOURCE_MADE_UP, /* a bind source was invented: `text` says as what */
    FINDING_SOURCE_MISSING, /* a bind source could not be taken from the host, or not be made up */
    FINDING_ROOT_MADE_UP,   /* the root file system is not the one that the spec names */
};
struct case_finding {
    enum finding_kind kind;
    int spec_mount; /* index in spec.mounts, or -1 */
    const char *text;
};

struct text_range {
    const char *p; /* not NUL terminated */
    size_t n;
};

/* Everything belongs to the case, but for manifests that a reader shares: those live as long as the
 * reader. */
struct sim_case {
    struct domain *d;
    const char *name;
    size_t index; /* number in the source; 0 for case_from_bytes */
    enum case_kind kind;
    const char *file;      /* origin; "-" for standard input */
    uint64_t line;         /* of the suite, from 1; 1 for whole files */
    enum case_entry entry; /* never ENTRY_DEFAULT */
    struct config config;

    struct spec spec;   /* as written, with `@` names */
    struct spec real;   /* for the model: root.path and bind sources are absolute paths of the host
                           side (3) */
    const char *bundle; /* directory that relative paths start from, for boot_gofer_plan:
                           "/.simrun/bundle" */

    struct sim_tree *trees; /* [0] is the root file system, when has_rootfs */
    size_t n_trees;
    bool has_rootfs; /* false: a bundle whose root directory is not there */

    struct sim_op *ops;
    size_t n_ops;
    bool restore;

    struct cJSON *expect;         /* owned; NULL = no expectation */
    struct cJSON *expect_profile; /* owned; object of overrides by profile name, or NULL */
    const char *xfail;            /* reason, or NULL */

    struct case_finding *findings;
    size_t n_findings;
    const char **warnings; /* duplicate keys, unknown keys, annotations of ours that nobody knows */
    size_t n_warnings;

    /* What the input is, byte for byte, for hashes; empty where absent. `rootfs_text` of a shared
     * root is the manifest's text, "tar:" with a hash of an archive's contents, or "host:" with the
     * identity of a real directory, as for the root of a bundle. `sources_text` of sources from the
     * host is a list of such. */
    struct text_range spec_text, conf_text, rootfs_text, sources_text, ops_text;

    struct json_doc doc;     /* the parsed line or file */
    struct json_doc ops_doc; /* operations that came in an annotation; else empty */
    struct arena *arena;
    struct rootfs *own_rootfs;                    /* private; what case_from_bytes loaded */
    size_t cap_trees, cap_findings, cap_warnings; /* private */
};

/* Takes NULL. Call it also after a fate of the case's domain, but before domain_close. */
void case_free(struct sim_case *c);

/*
 * Put the trees of a case on a host side. 0, a code of host_add_tree or host_add_lower with `err`
 * filled. Host paths (TREE_HOST) need a mem host.
 */
int case_place(const struct sim_case *c, struct host *h, struct error *err);
/* Labels for host_snapshot_new, one for each tree: `ret` has room for n_trees. */
void case_labels(const struct sim_case *c, struct host_label *ret);

/* ------------------------------------------------------------ 3. names */

/*
 * `@rootfs[/x]` is /.simrun/rootfs[/x], `@NAME[/x]` is /.simrun/src/NAME[/x] for the sources that
 * the case defines; an undefined name stays the text that it is (contract pipeline 24). In bundles
 * and bare specs root.path, whatever it says, is /.simrun/rootfs; absolute sources stay as they
 * are, relative ones start at /.simrun/bundle. The root of a bundle so reads the same on every
 * machine.
 */
#define CASE_ROOTFS_PATH "/.simrun/rootfs"
#define CASE_SOURCE_PATH "/.simrun/src/" /* followed by NAME */
#define CASE_BUNDLE_PATH "/.simrun/bundle"

/* The path that `text` stands for: a new string in `d`, equal to `text` when it is no defined name.
 * NULL = fate oom. */
char *case_real_path(const struct sim_case *c, struct domain *d, const char *text);
/* Append any text with the paths above turned back into `@` names (bundle: `@bundle`). */
void case_show_text(struct str *s, const char *text);
/* Is the text as case_show_text would write it for want of any path of the host side? */
bool case_text_is_shown(const char *text);

/* ------------------------------------------------------------ 4. source */

/*
 * PATH is: a bundle (a directory with `config.json` and the root that it names, or `rootfs`), a
 * bare spec (`*.json` with `ociVersion` or `mounts`), a suite
 * (`*.jsonl`, `*.jsonl.gz`), a folder of these (all levels, entries in byte order; symbolic links
 * to directories are not followed, a bundle is not descended into), or `-` (suite lines). What is
 * no case is skipped with a note in a folder, and an error when named.
 *
 * Names: the suite's id; the path below the folder; the path as given (cleaned) for one that was
 * named itself. A name used twice is an error that tells both places.
 *
 * `xfail.txt` in a folder holds lines `GLOB REASON` (`#` comments) for the cases that come from
 * files of that folder.
 *
 * Annotations in a plain spec, all optional:
 *   dev.simrun.file-access  proxy | proxy-exclusive | direct
 *   dev.simrun.overlay      true | false
 *   dev.simrun.entry        pipeline | runsc
 *   dev.simrun.restore      true | false
 *   dev.simrun.rootfs       "default", or a directory, tar archive or manifest, relative to the
 * spec's folder dev.simrun.sources      host | made-up dev.simrun.ops          operations: JSON
 * text of the suite key dev.simrun.expect       expectation: JSON text of the suite key
 *   dev.simrun.expect-profile.NAME  the same for one profile
 *   dev.simrun.xfail        reason
 * Others below `dev.simrun.` are a warning.
 *
 * Keys of a suite line beside those of golden/README.md: `conf.entry`, `expect`, `expect_profile`,
 * `xfail` (reason), `comment`, `proves` (rows of the
 * contract, for ./dev contract); `rootfs` may also be a text as in dev.simrun.rootfs. Others are a
 * warning.
 */
struct case_source;

/* One case as discovery knows it. Texts belong to the source. */
struct case_info {
    const char *name;
    const char *file;
    enum case_kind kind;
    uint64_t line,
        offset; /* of the suite line (offset: in the unpacked bytes); 1 and 0 for whole files */
    const char *xfail; /* reason from xfail.txt, or NULL */
};

int case_source_open(struct domain *d, const struct case_options *opt, const char *const *paths,
                     size_t n_paths, struct case_source **ret, struct error *err);
void case_source_free(struct case_source *s); /* takes NULL */
size_t case_source_count(const struct case_source *s);
void case_source_info(const struct case_source *s, size_t index, struct case_info *ret);
/* The number of the case of this name; false = there is none. */
bool case_source_find(const struct case_source *s, const char *name, size_t *ret);
/* What was skipped and why, one text each. */
size_t case_source_notes(const struct case_source *s, const char *const **ret);

/* ------------------------------------------------------------ 5. reader */

/*
 * Reads cases by number. A worker makes its own after the fork; it opens the files anew and shares
 * no offset with anyone. Going forward is cheap in packed suites, going back starts them again.
 */
struct case_reader;

/* The source must outlive the reader. Loads the shared root file system (--rootfs) at once. */
int case_reader_new(struct domain *d, const struct case_source *s, struct case_reader **ret,
                    struct error *err);
/* Takes NULL. Call it also after a fate of its domain (it holds an open file), but before
 * domain_close. */
void case_reader_free(struct case_reader *r);
/* Case number `index`, in `d` (with its error). */
int case_read(struct case_reader *r, size_t index, struct domain *d, struct sim_case **ret,
              struct error *err);
/* The next one: 1 and a case, 0 at the end, or a negative code (the one after it can still be
 * read). */
int case_source_next(struct case_reader *r, struct domain *d, struct sim_case **ret,
                     struct error *err);

/* ------------------------------------------------------------ 6. bytes */

/* A suite line (CASE_SUITE) or a bare spec (CASE_SPEC) from memory. `name` counts for specs; suites
 * bring their id. */
int case_from_bytes(struct domain *d, const struct case_options *opt, enum case_kind kind,
                    const char *name, const char *bytes, size_t n, struct sim_case **ret,
                    struct error *err);

/* The built-in default root file system: text of corpus/rootfs/default.json. */
extern const char case_default_rootfs[];
extern const size_t case_default_rootfs_n;

#endif
