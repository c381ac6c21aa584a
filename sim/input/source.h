/* What discovery collects: files, and the names of the cases in them. */
#ifndef SIMRUN_SIM_INPUT_SOURCE_H
#define SIMRUN_SIM_INPUT_SOURCE_H

#include "input.h"

/* Lines of one xfail.txt. */
struct xfail_rule {
    struct xfail_rule *next;
    const char *glob, *reason;
};
struct xfail_set {
    struct xfail_set *next;
    const char *folder;
    struct xfail_rule *rules; /* in the order of the file; the first that matches counts */
};

/* A suite, a bare spec, or the config.json of a bundle. Texts live in the source's arena. */
struct source_file {
    enum case_kind kind;
    const char *shown; /* for people */
    const char *path;  /* to open; "/proc/self/fd/N" for what was spooled */
    const char *dir;   /* bundles: their directory */
    const struct xfail_set *xfail;
};

struct index_entry {
    uint64_t name;   /* offset in `names` */
    uint64_t offset; /* of the line */
    uint32_t file, line;
};

struct case_source {
    struct domain *d;
    struct arena *arena;
    struct case_options opt;

    struct source_file *files; /* owned array */
    size_t n_files, cap_files;
    struct index_entry *cases; /* owned array */
    size_t n_cases, cap_cases;
    char *names; /* owned; NUL terminated names, one behind the other */
    size_t n_names, cap_names;
    uint32_t *table; /* owned; open addressing over the names: number of a case + 1 */
    size_t n_table;

    struct ptrvec notes;
    struct xfail_set *xfail;
    struct owned_fd *spool; /* standard input */
};

/* A file; its number in *ret. `f` is copied. */
int source_add_file(struct case_source *s, const struct source_file *f, uint32_t *ret);
/* A case; -EEXIST when the name is there already. */
int source_add_case(struct case_source *s, const char *name, size_t n, uint32_t file, uint64_t line,
                    uint64_t offset, struct error *err);
const char *source_name(const struct case_source *s, size_t index);
/* Index a suite. `named`: being no suite is an error, else a note. */
int source_add_suite(struct case_source *s, const struct source_file *f, bool named,
                     struct error *err);
int source_note(struct case_source *s, const char *fmt, ...) SIMRUN_PRINTF(2, 3);

/* Copy a stream to a file without a name (one a source); *path opens it, with an offset of its own
 * each time. */
int spool(struct case_source *s, int fd, const char *shown, const char **path, struct error *err);

/* The rules of FOLDER/xfail.txt; NULL in *ret when there is none. */
int xfail_load(struct case_source *s, const char *folder, const struct xfail_set **ret,
               struct error *err);
const char *xfail_match(const struct xfail_set *set, const char *name);

/* One PATH of the command line. */
int discover(struct case_source *s, const char *path, struct error *err);

#endif
