/*
 * expect: what a case should come to, and how its result differs from that.
 *
 *   1. verdict   status and differences of one case
 *   2. set       the files of result lines beside the suites of a source, indexed once
 *   3. reader    judges cases; each worker has its own
 *   4. update    expectations rewritten to what came out, every other byte kept
 *
 * Where an expectation comes from, first found first taken:
 *   - the case: `expect`, an object of result fields, holds in every profile; the members of
 *     `expect_profile.NAME` override it in profile NAME (a null member takes one away, `null` in
 *     place of the object takes the whole expectation away). Only fields that are present count.
 *     `nodes_include` is a list of nodes, by path, of which only the given fields count (null =
 *     absent). `mounts` is the list of mounts and `mounts_include` some of them, by
 *     destination, as simrun's own result lines tell them; of each only the given fields count.
 *     Other members, but for `comment` and `mtree`, are a difference.
 *   - a file of result lines beside the suite: X.jsonl[.gz] has X.expected.jsonl[.gz] for the
 *     default profile and X.expected.PROFILE.jsonl[.gz] for another one. All fields count.
 *   - an mtree(5) manifest, for the tree alone: `mtree` of an expectation names one, relative to
 *     the folder of the suite or spec. A spec or bundle that says neither `mtree` nor
 *     `"mtree": null`
 *     has the one beside its file, when it is there: X.json has X.mtree for the default profile
 *     and X.PROFILE.mtree for another one (a bundle so has config.mtree). What counts in it stands
 *     in sim/expect/mtree.h. A wanted result other than ok that holds needs no tree.
 * In result lines a node may be `{"path": P, "subtree": NAME}`, which stands for the nodes of NAME
 * in `subtrees.json` of the suite's folder, below P.
 *
 * The rules are those of the recorded cases: of a panic only result and error count, of a hang only
 * the result; a field that is absent equals one that is empty; `*` as value of an operation stands
 * for any text.
 */
#ifndef SIMRUN_SIM_EXPECT_H
#define SIMRUN_SIM_EXPECT_H

#include <simrun/sim/case.h>
#include <simrun/sim/result.h>

enum {
    LIMIT_DIFFERENCES = 200,      /* kept of one case; the last one tells how many more */
    LIMIT_DIFFERENCE_VALUE = 400, /* bytes shown of one value */
};

/* ------------------------------------------------------------------------------------ 1. verdict
 */

enum verdict_status {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_XFAIL,    /* fails, as xfail says */
    VERDICT_XPASS,    /* passes, though xfail says otherwise */
    VERDICT_RECORDED, /* no expectation */
    VERDICT_STATUSES
};
const char *verdict_status_name(enum verdict_status s); /* "pass", ...; static */

struct verdict {
    struct domain *d;
    enum verdict_status status;
    char *reason;              /* of the xfail, owned; NULL = none */
    struct ptrvec differences; /* owned texts: "nodes /etc/hosts: nlink want 2 got 1" */
    size_t more;               /* differences that were not kept */
};
void verdict_init(struct verdict *v, struct domain *d);
void verdict_release(struct verdict *v);
/* Add a difference; past the bound it is only counted. After a fate of the domain: nothing. */
void verdict_add(struct verdict *v, const char *fmt, ...) SIMRUN_PRINTF(2, 3);
/* Status from what was found: `judged` = there was an expectation; `xfail` may be NULL. */
int verdict_settle(struct verdict *v, bool judged, const char *xfail);

/* ---------------------------------------------------------------------------------------- 2. set
 */

struct expect_set;

/*
 * Looks beside every suite of the source (which must outlive the set) for what counts in `profile`
 * (borrowed). A broken file is an error that names file and line.
 */
int expect_open(struct domain *d, const struct case_source *s, const char *profile,
                struct expect_set **ret, struct error *err);
void expect_free(struct expect_set *set); /* takes NULL */

/* ------------------------------------------------------------------------------------- 3. reader
 */

struct expect_reader;

/* Opens nothing before the first case, so that it may be made before a fork. */
int expect_reader_new(struct domain *d, const struct expect_set *set, struct expect_reader **ret);
void expect_reader_free(struct expect_reader *r); /* takes NULL */

/*
 * Compare a result with what the case expects, in `v` (initialised). What a world left behind in
 * its ledger, and a finding of severity "error", fail the case whatever is expected. 0 or
 * CODE_FATE.
 */
int expect_judge(struct expect_reader *r, const struct sim_case *c, const struct sim_result *result,
                 struct verdict *v);

/* ---------------------------------------------------------------------------------------- 4.
 * update
 */

struct expect_update;

enum {
    LIMIT_UPDATE_BYTES = 1 << 30, /* of all that one run rewrites */
};

/* One place that is to change. Texts belong to the update. */
struct expect_edit {
    const char *name, *file; /* of the case; to write */
    uint64_t line;           /* where the case or its expectation stands; 0 = a file of its own */
    bool append;             /* behind the end of the file, which may not be there yet */
    uint64_t offset;         /* else: of `old` in the file */
    const char *old, *new;
    size_t n_old, n_new;
    const char *before, *after; /* for people: the expectation, a line for each part */
};

/* `all`: cases without an expectation get one. Set and strings are borrowed. */
int expect_update_new(struct domain *d, const struct expect_set *set, bool all,
                      struct expect_update **ret);
void expect_update_free(struct expect_update *u); /* takes NULL */

/*
 * Work out what has to be written so that this result is what the case expects: in the expectation
 * itself (for a profile other than the default: in `expect_profile` or its annotation), in the
 * file of result lines, in the manifest. What holds stays as it is, byte for byte. With `all`, a
 * suite's case gets a line in X.expected[.PROFILE].jsonl, a spec or bundle a manifest, or an
 * annotation when it has no tree.
 * 1: something is to be written; 0: nothing is; -EPERM: it is not to be updated, `why` says why;
 * or a code of reading, with `why`. CODE_FATE.
 */
int expect_update_case(struct expect_update *u, const struct case_info *info,
                       const struct sim_case *c, const struct sim_result *r, struct error *why);

/* What is to be written, in the order of finding; two places never overlap. Nothing is written
 * here. */
size_t expect_update_edits(const struct expect_update *u, const struct expect_edit **ret);

#endif
