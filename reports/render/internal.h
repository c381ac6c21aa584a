/* Shared by the renderers and their tests; nobody else includes it. */
#ifndef SIMRUN_REPORTS_RENDER_INTERNAL_H
#define SIMRUN_REPORTS_RENDER_INTERNAL_H

#include "../private.h"

#include <simrun/render.h>

#include <stdio.h>

struct rep_report {
    const struct rep_renderer *renderer;
    struct rep_report_head head;
    struct rep_sink sink;
    struct rep_out out; /* sticky: the first failure stays in out.code */
    int64_t cases;
    int64_t failed;
    void *state; /* of the renderer: zeroed, state_size bytes */
    bool ended;
};

/* What a renderer does; each but `result` may be NULL. They write to report->out, whose code is
 * looked at after each call. */
struct rep_render_ops {
    size_t state_size;
    void (*begin)(struct rep_report *report);
    void (*result)(struct rep_report *report, const struct rep_result *result);
    void (*end)(struct rep_report *report, const struct rep_report_tail *tail);
    void (*release)(struct rep_report *report); /* what the state owns */
    bool needs_records;                         /* `end` does it all, from tail->records */
};

extern const struct rep_render_ops rep_render_csv, rep_render_dot, rep_render_github,
    rep_render_html, rep_render_jsonl, rep_render_junit, rep_render_mtree, rep_render_sarif,
    rep_render_tap, rep_render_text;

/* ---- judge.c: what a case came to, the same in every format -------------------------------------
 */

enum rep_judgement {
    REP_JUDGED_FINE,
    REP_JUDGED_FAILED,  /* not as expected */
    REP_JUDGED_BROKEN,  /* crash, timeout, oom: no answer at all */
    REP_JUDGED_XFAIL,   /* fails, as announced */
    REP_JUDGED_SKIPPED, /* unsupported, and nothing was expected */
};

enum rep_judgement rep_judge(const struct rep_report *report, const struct rep_result *result);
bool rep_judged_bad(enum rep_judgement judgement);

/* One line for each thing that is wrong, the most telling first: differences, other findings of
 * severity error, the error text, the reason of an xpass. At least one for a bad case. Texts are
 * not escaped. */
struct rep_reasons {
    const char **line; /* owned array of texts that belong to the result or to `arena` */
    size_t count;
    size_t room;
    struct rep_arena arena;
    bool failed; /* out of memory */
};
void rep_reasons_find(const struct rep_report *report, const struct rep_result *result,
                      struct rep_reasons *reasons);
void rep_reasons_release(struct rep_reasons *reasons);

/* Is it a difference from the expectation? */
bool rep_is_difference(const struct rep_finding *finding);

/* ---- spool.c -----------------------------------------------------------------------------------
 */

struct rep_spool {
    struct rep_buf buf; /* append here, then settle */
    FILE *file;         /* owned; what came before buf; NULL while all fits in memory */
};
/* Bounds what is in memory. -ENOMEM or what writing gave. */
int rep_spool_settle(struct rep_spool *spool);
/* Everything, in order, to `out`. */
int rep_spool_drain(struct rep_spool *spool, struct rep_out *out);
void rep_spool_release(struct rep_spool *spool);

/* ---- json_strings.c ----------------------------------------------------------------------------
 */

/* The next string of a JSON array of strings, decoded, into `buf`; `*json` moves behind it. False
 * at the end. Texts are what a recorder made: broken ones give some text, never a read past the
 * end. */
bool rep_json_next_string(const char **json, struct rep_buf *buf);

/* ---- json_check.c ------------------------------------------------------------------------------
 */

/* Is the text one JSON value? Bytes that are not UTF-8 may stand in its strings. */
bool rep_is_json(const char *text);

/* ---- replay.c ----------------------------------------------------------------------------------
 */

/* As rep_replay, without escapes for terminals: what such text would need is quoted for the shell
 * as $'\xNN'. */
void rep_add_replay(struct rep_buf *buf, const char *name, const char *file,
                    const char *const *options);

/* ---- words.c: texts as the formats quote them ---------------------------------------------------
 */

/* NULL adds nothing, in all of these. */
void rep_add_escaped(struct rep_buf *buf, const char *text); /* as rep_escape */
/* Escaped, then &<>"' as entities: for texts and attributes. */
void rep_add_xml(struct rep_buf *buf, const char *text);
/* Only the entities, for text that is safe already. */
void rep_add_xml_raw(struct rep_buf *buf, const char *text);
/* Escaped, then within "..." with \ and " behind a backslash: YAML and JSON read back the escaped
 * text. */
void rep_add_quoted(struct rep_buf *buf, const char *text);
void rep_add_in_quotes(struct rep_buf *buf, const char *text); /* a part, the quotes are there */

#endif
