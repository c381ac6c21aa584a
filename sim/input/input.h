/*
 * What the files of the input side share. Order of the work on one case: json_parse, spec_read and
 * the readers of the parts, then (plain specs) annotations, then trees: root file system and
 * sources, then the `real` spec.
 */
#ifndef SIMRUN_SIM_INPUT_INPUT_H
#define SIMRUN_SIM_INPUT_INPUT_H

#include "arena.h"

#include <simrun/sim/case.h>

/* ------------------------------------------------------------------------------------------- parts
 * of a case */

/* The contract's fields of an OCI spec (pipeline 1). Strings belong to the document. */
int spec_read(struct json_doc *doc, const struct json *v, struct spec *ret, struct error *err);

/* A manifest: a list of entries, or one entry without a path. It belongs to the document. */
int manifest_read(struct json_doc *doc, const struct json *v, const struct host_manifest **ret,
                  struct error *err);

/* The operations; NULL and JSON null give none. They belong to the document. */
int ops_read(struct json_doc *doc, const struct json *v, struct sim_op **ret, size_t *ret_n,
             struct error *err);

/* The members of `object` by the places of their keys in the NULL terminated list: those that are
 * absent stay as they are in `ret`. Other keys are a warning. */
void members_read(struct json_doc *doc, const struct json *object, const char *const *known,
                  const struct json **ret);

int entry_parse(const char *text, enum case_entry *ret); /* 0 or -EINVAL */

/* ----------------------------------------------------------------------------------- shared root
 * file systems */

/* A root file system that cases share; memory of whoever loaded it. */
struct rootfs {
    struct rootfs *next;
    const char *where; /* as loaded: "default", or a path */
    enum tree_kind kind;
    const char *host_path;
    const struct host_manifest *manifest;
    struct text_range identity; /* what tells it from others in a hash of the input */
    bool partly;                /* a directory with more entries than its identity sees */
    struct json_doc doc;        /* manifests */
    struct arena *arena;        /* tar archives */
};

/*
 * A cache of them, in one domain. `no_files`: only the built-in one.
 */
struct rootfs_cache {
    struct domain *d;
    bool no_files;
    struct rootfs *list; /* owned */
};
/* "default" or the path of a directory, a manifest (*.json) or a tar archive. The error lives in
 * `ed`. */
int rootfs_get(struct rootfs_cache *cache, const char *where, struct domain *ed,
               const struct rootfs **ret, struct error *err);
void rootfs_cache_release(struct rootfs_cache *cache);

/* The entries of a tar archive. */
int tar_read(struct arena *a, const char *path, const struct host_manifest **ret,
             struct error *err);

/* The identity of what stands at `path` on the real machine (identity.h), as a text in `a`; also
 * when it cannot be read. *whole: all of it was looked at. NULL = fate oom. */
const char *host_identity(struct arena *a, const char *path, bool *whole);

/* A whole regular file, at most LIMIT_CASE_BYTES: memory of `d`, NUL terminated, mem_free it. */
int file_read(struct domain *d, const char *path, char **ret, size_t *ret_n, struct error *err);
/* `file` relative to the folder of `beside`, unless absolute. A new string in the arena. */
char *path_beside(struct arena *a, const char *beside, const char *file);

/* ----------------------------------------------------------------------------------------------
 * making a case */

struct case_context {
    const struct case_options *opt;
    struct rootfs_cache *rootfs;
    struct domain *d; /* of the case */
    struct error *err;
};

/* What a plain spec says about how to run it, besides what it says in config and xfail. */
struct steering {
    const char *rootfs; /* NULL: nothing said */
    enum case_sources sources;
};

/* A suite line. */
int case_from_line(struct case_context *cx, const char *file, uint64_t line, const char *bytes,
                   size_t n, struct sim_case **ret);
/* A plain spec. `dir`: the bundle's directory on the real machine; NULL for a bare spec. */
int case_from_spec(struct case_context *cx, enum case_kind kind, const char *name, const char *file,
                   const char *dir, const char *bytes, size_t n, struct sim_case **ret);

/* An empty case with the options' defaults; it takes `doc` over (also on failure). NULL = fate oom.
 */
struct sim_case *case_new(struct case_context *cx, enum case_kind kind, const char *name,
                          const char *file, uint64_t line, struct json_doc *doc);
int file_access_from(const char *text, int *ret); /* 0 or -EINVAL */

/* dev.simrun.* (case.h): fills config, entry, restore, ops, xfail and expectations of the case, and
 * `ret`. */
int annotations_read(struct sim_case *c, struct steering *ret, struct error *err);
/* `expect`: an object; as cJSON. Absent or null: *ret stays. */
int expectation_read(struct json_doc *doc, const struct json *v, struct cJSON **ret,
                     struct error *err);

/* Trees, findings and warnings of a case; texts must live as long as it. 0 or CODE_FATE. */
int case_add_tree(struct sim_case *c, const struct sim_tree *tree);
int case_add_finding(struct sim_case *c, enum finding_kind kind, int spec_mount, const char *fmt,
                     ...) SIMRUN_PRINTF(4, 5);
/* The root file system as tree 0. */
int case_set_rootfs(struct sim_case *c, const struct rootfs *r);
int case_add_warning(struct sim_case *c, const char *text);
/* That the identity of a tree of the real machine does not cover all of it. */
int case_warn_partly(struct sim_case *c, const char *path);
int case_take_warnings(struct sim_case *c, const struct json_doc *doc);

/* Bind sources of a plain spec: invent them, or take them from the real machine (`dir`: where
 * relative ones start). */
int sources_make_up(struct sim_case *c);
int sources_from_host(struct sim_case *c, const char *dir);
/* Fill c->real from c->spec. */
int case_make_real(struct sim_case *c);

/* The path of a bind source on the model's host side (case.h, 3), in the case's arena. NULL = fate
 * oom. */
char *case_source_path(struct sim_case *c, const char *source);
/* Is the mount a bind mount with a source, so that something must stand at the source's path? */
bool mount_has_source(const struct spec_mount *m);

#endif
