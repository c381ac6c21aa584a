/*
 * subject: whatever turns a case into a result. The model under a profile is one; records, diff,
 * explain and reports do not know which it was.
 */
#ifndef SIMRUN_SIM_SUBJECT_H
#define SIMRUN_SIM_SUBJECT_H

#include <simrun/sim/case.h>
#include <simrun/sim/result.h>

/* Where the gofer of a world runs: in its waiting client, in a thread, in a confined process. The
 * results are the same. */
enum gofer_mode { GOFER_INLINE, GOFER_THREAD, GOFER_PROCESS };
enum host_backend { HOST_BACKEND_MEM, HOST_BACKEND_DIR };

struct p9_pairs; /* <simrun/p9.h> */

/* How the model is to run a case. */
struct model_options {
    enum profile profile;
    const struct quirk_setting { /* --quirk ID=VALUE, applied on top of the profile */
        enum quirk quirk;
        bool value;
    } * quirks;
    size_t n_quirks;
    enum gofer_mode gofer;
    enum host_backend host;
    bool restore_check;     /* also save the namespace, restore it into a fresh world and compare
                               (trip.h) */
    struct p9_pairs *pairs; /* GOFER_INLINE: its sockets, kept from case to case; NULL: not kept */
    const char *scratch;    /* HOST_BACKEND_DIR: where temporary trees go; NULL = $TMPDIR or /tmp */
};

struct subject {
    const char *name;    /* "model" */
    const char *version; /* what a run records: profile and program version */
    /*
     * Run one case. The result lives in `d`. Returns 0 and a result (of any outcome), or CODE_FATE
     * when `d` itself ran out of memory. Opens and closes everything it needs; the process is as
     * before when it returns.
     */
    int (*run)(const struct subject *s, struct domain *d, const struct sim_case *c,
               struct sim_result **ret);
    const void *options;
};

/*
 * What a run in mode process tells once: "gofer: process, confined by: ...; not allowed here: ...",
 * found out by trying. A new text (mem_free), or NULL: for another mode, or when `d` is out of
 * memory.
 */
char *model_confinement(const struct model_options *options, struct domain *d);

/* The model. `options` and `version` are borrowed. */
struct subject subject_model(const struct model_options *options, const char *version);

#endif
