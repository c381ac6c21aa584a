/* Shared by the source files of reports/html/ and by their tests. */
#ifndef SIMRUN_REPORTS_HTML_H
#define SIMRUN_REPORTS_HTML_H

#include "private.h"

/*
 * One document in this order: the overview as plain HTML, which needs no script; the list of cases
 * (JSON, small, read at once); the details (JSON, large, read when the first case is opened); the
 * script. Equal texts, attributes, directories and lists of mounts are written once, so the size
 * goes with what differs.
 */

/* ---- Assets: made by CMake from report.html, report.css and js/ --------------------------------
 */

extern const char html_page[];       /* with slots: {{name}} */
extern const char html_style[];      /* the text of <style> */
extern const char html_script[];     /* the text of <script> */
extern const char html_style_hash[]; /* sha256-..., as the page's policy names them */
extern const char html_script_hash[];

/* ---- html_rows.c: the results of both runs -----------------------------------------------------
 */

enum html_change {
    HTML_REGRESSION = 1,
    HTML_FIXED = 2,
    HTML_FLIP = 4,
    HTML_ERROR = 8,
    HTML_TEXT = 16,
    HTML_TREE = 32,
    HTML_INPUT = 64, /* another input: not compared */
    HTML_NEW = 128,
    HTML_MOUNTS = 256,
};

enum html_part {
    HTML_PART_INPUT,
    HTML_PART_ERROR,
    HTML_PART_MOUNTS,
    HTML_PART_TREE,
    HTML_PART_TEXT, /* HTML_PART_TEXT + enum rep_text */
    HTML_PARTS = HTML_PART_TEXT + REP_TEXTS
};

struct html_row {
    int64_t id; /* result.id */
    const char *name;
    const char *result;
    const char *status;
    const char *error;           /* its first HTML_ERROR_BYTES; NULL = none */
    const struct html_row *base; /* the same case in the baseline; NULL = none */
    struct rep_hash part[HTML_PARTS];
    bool has[HTML_PARTS];
    bool bad;
    bool flaky;
    int64_t nodes;
    int64_t fds_left;
    int64_t leaks;
    int64_t duration_ns;
    unsigned changes; /* enum html_change */
};

#define HTML_ERROR_BYTES 1000

struct html_rows {
    struct html_row *row; /* owned; in the order of recording */
    size_t count;
    size_t room;
    struct rep_arena arena; /* of the texts */
};

int html_rows_load(struct rep_db *db, int64_t run, struct html_rows *rows);
void html_rows_release(struct html_rows *rows);
/* Pairs `rows` with the rows of the baseline, which are sorted by name, and notes what changed. */
void html_rows_compare(struct html_rows *rows, struct html_rows *base);

/* ---- html_map.c: which number something of this hash was given ---------------------------------
 */

struct html_map {
    struct rep_hash *key; /* owned */
    uint32_t *value;      /* owned; 0 = free */
    size_t room;          /* a power of two */
    size_t used;
};

void html_map_release(struct html_map *map);
/* 0 when it is not there; numbers begin with 1. */
uint32_t html_map_get(const struct html_map *map, const struct rep_hash *hash);
/* Gives it the next number, which is returned; 0 when memory is out. */
uint32_t html_map_add(struct html_map *map, const struct rep_hash *hash);

/* ---- html.c ------------------------------------------------------------------------------------
 */

struct html {
    struct rep_db *db;
    struct rep_db *base_db; /* of the baseline; NULL = no baseline */
    struct rep_run_info run;
    struct rep_run_info base;
    char run_ref[24];
    char base_ref[24];
    struct html_rows rows;
    struct html_rows base_rows;
    struct rep_diff_counts counts;
    struct rep_out out;
    const struct rep_sink *sink; /* the caller's */
    uint64_t written;            /* bytes given to it */
    uint64_t max_details;        /* bytes */
    size_t detailed;             /* cases with details */
    size_t cut;                  /* of them, cases of which a part was left out */
};

/* Bytes of the document so far. */
uint64_t html_size(const struct html *html);

/* ---- html_text.c -------------------------------------------------------------------------------
 */

/* What cannot be seen is escaped as in rep_escape, then what HTML reads is. NULL writes nothing. */
void html_text(struct rep_out *out, const char *text);
/* The same, in a fragment (#case=...). */
void html_fragment(struct rep_out *out, const char *text);
/* A JSON string for a <script>: no '<' in it. Bytes that are not UTF-8 become lone surrogates, from
 * which the page makes \xNN again; so different names stay different. NULL writes null. */
void html_json(struct rep_out *out, const char *text);
void html_json_bytes(struct rep_out *out, const char *text, size_t size);
/* 1234567 as "1,234,567". */
void html_count(struct rep_out *out, int64_t count);
/* Nanoseconds as people read them: 830 ns, 12.3 µs, 5.23 ms, 12.3 s. */
void html_duration(struct rep_out *out, int64_t ns);

/* ---- html_overview.c, html_charts.c ------------------------------------------------------------
 */

int html_headline(struct html *html);
int html_overview(struct html *html);
void html_charts(struct html *html);
int html_footnote(struct html *html);

/* ---- html_list.c, html_details.c, html_tree.c --------------------------------------------------
 */

int html_list(struct html *html);
int html_details(struct html *html);

/* What was written already, for html_details and html_tree. */
struct html_store {
    struct html *html;
    struct html_map text;
    struct html_map attributes;
    struct html_map dirs;
    struct html_map mounts;
    bool full; /* the bound is reached: nothing more is written */
};

/* Each gives the number under which the page finds it; 0 = absent, or left out because of the bound
 * (`full` is then set). */
int html_store_string(struct html_store *store, const char *text, size_t size,
                      const struct rep_hash *hash, uint32_t *number);
int html_store_text(struct html_store *store, struct rep_db *db, const struct rep_hash *hash,
                    uint32_t *number);
int html_store_tree(struct html_store *store, struct rep_db *db, const struct rep_hash *root,
                    uint32_t *number);
bool html_store_is_full(struct html_store *store);

#endif
