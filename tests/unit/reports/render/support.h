/* What the tests of renderers share: a run, ready-made results, a whole document in one call. */
#ifndef TEST_REPORTS_RENDER_SUPPORT_H
#define TEST_REPORTS_RENDER_SUPPORT_H

#include "../support.h"

#include "render/internal.h"

/* A name that acts on terminals, pages and parsers; and how rep_escape shows it. */
#define HOSTILE       "a\x1b[2J#\\\"<&>'%,:\xe2\x80\xae\xff\n\tz"
#define HOSTILE_SHOWN "a\\x1b[2J#\\\\\"<&>'%,:\\u{202e}\\xff\\n\\tz"

extern const struct rep_run_options test_run;

/* A result that passed: ok, without anything. */
struct rep_result fine(const char *name);
/* One that failed: two differences, a warning, from suite.jsonl, line 3. */
struct rep_result failed(const char *name);

/* The document of these results, in scratch->text. `complete` as in the tail; one more case than
 * there are is planned when it is false. */
const char *document(struct scratch *scratch, const char *renderer,
                     const struct rep_result *results, size_t n, bool complete);
/* The same with everything given. */
const char *document_with(struct scratch *scratch, const char *renderer,
                          const struct rep_report_head *head, const struct rep_result *results,
                          size_t n, bool complete);
/* No byte that acts on a terminal, but for line breaks. */
void assert_plain(const char *text);

#endif
