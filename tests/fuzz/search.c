/*
 * Words to search for, any bytes: found or not, or refused with a text that says which word; never
 * a failure of the index, and what is shown cannot act on a terminal. A word that is a whole text
 * of the records finds that text.
 */
#include "support/output.h"

#include "private.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 10, WORDS_MAX = 8 };

static struct rep_db *make_database(void)
{
    static const char *const errors[] = {"no such file", "a\"b AND c*",   "NEAR(x, 2) \xc3\xa4",
                                         "resolv.conf^", "col:text -not", "\x1b[1m\xff"};
    struct rep_run_options options = {.subject = "model", .started = "now"};
    struct rep_db *db;
    struct rep_run *run;
    CHECK(rep_open_memory(NULL, &db) == 0 && rep_run_begin(db, &options, &run) == 0);
    for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
        const struct rep_node nodes[] = {{.path = "/etc/resolv.conf", .type = "file", .size = -1}};
        const char name[] = {'c', (char)('0' + i), '\0'};
        const struct rep_result result = {.name = name,
                                          .result = "error",
                                          .error = errors[i],
                                          .text = {[REP_LOG] = "[\"W line\", \"I \\\"x\\\"\"]"},
                                          .nodes = nodes,
                                          .n_nodes = 1};
        CHECK(rep_record(run, &result) == 0);
    }
    CHECK(rep_run_end(run, REP_FINISHED, "then", NULL) == 0);
    return db;
}

static bool has_letter(const char *word)
{
    for (; *word; word++) {
        if ((*word | 32) >= 'a' && (*word | 32) <= 'z') {
            return true;
        }
    }
    return false;
}

static size_t search(struct rep_db *db, const char *const *words, size_t n, enum rep_format format)
{
    struct output out = {0};
    struct rep_sink sink = output_sink(&out);
    size_t matches = 0;
    int code = rep_search(db, NULL, words, n, &sink, format, &matches);
    CHECK(code == 0 || code == -EINVAL);
    if (code) {
        CHECK(rep_error_text(db)[0] && !strstr(rep_error_text(db), "fts5"));
        CHECK(n == 0 || !has_letter(words[0]) || n > 1);
    } else {
        (format == REP_FORMAT_JSONL ? output_is_json_lines : output_is_plain)(&out);
    }
    output_release(&out);
    return matches;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rep_db *db;
    char text[INPUT_MAX + 1];
    const char *words[WORDS_MAX];
    size_t n = 0;
    if (size > INPUT_MAX || size == 0) {
        return 0;
    }
    if (!db) {
        db = make_database();
    }
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    for (char *p = text; n < WORDS_MAX && p < text + size; p += strlen(p) + 1) {
        words[n++] = p;
    }
    size_t found = search(db, words, n, data[0] & 1 ? REP_FORMAT_JSONL : REP_FORMAT_TEXT);
    /* one more word never finds more */
    CHECK(n < 2 || search(db, words, n - 1, REP_FORMAT_JSONL) >= found);
    return 0;
}
