#include "pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int pack_fail(struct rep_packer *packer, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(packer->error.text, sizeof packer->error.text, format, args);
    va_end(args);
    packer->error.code = code;
    return code;
}

int pack_fail_memory(struct rep_packer *packer)
{
    return pack_fail(packer, -ENOMEM, "out of memory");
}

int rep_packer_new(struct rep_packer **packer)
{
    struct rep_packer *made = calloc(1, sizeof *made);
    if (!made) {
        return -ENOMEM;
    }
    *packer = made;
    return 0;
}

void rep_packer_forget(struct rep_packer *packer)
{
    rep_hash_set_release(&packer->inputs);
    rep_hash_set_release(&packer->texts);
    rep_hash_set_release(&packer->lines);
    rep_hash_set_release(&packer->dirs);
    rep_hash_set_release(&packer->paths);
    rep_hash_set_release(&packer->lists);
    rep_hash_set_release(&packer->mounts);
}

void rep_packer_free(struct rep_packer *packer)
{
    if (packer) {
        rep_packer_forget(packer);
        pack_tree_release(&packer->tree);
        rep_buf_release(&packer->out);
        rep_buf_release(&packer->scratch);
        rep_buf_release(&packer->list);
        free(packer);
    }
}

/* ---- What is refused ---------------------------------------------------------------------------
 */

static int check_text(struct rep_packer *packer, const char *name, const char *text,
                      const char *what)
{
    if (text && strlen(text) > REP_MAX_TEXT) {
        return pack_fail(packer, -E2BIG, "the %s of the case %.400s is longer than %u bytes", what,
                         name, REP_MAX_TEXT);
    }
    return 0;
}

static int check_texts(struct rep_packer *packer, const struct rep_result *result)
{
    int code = check_text(packer, result->name, result->error, "error");
    code = code ? code : check_text(packer, result->name, result->file, "file");
    code = code ? code : check_text(packer, result->name, result->reason, "reason");
    for (size_t i = 0; i < REP_TEXTS && code == 0; i++) {
        code = check_text(packer, result->name, result->text[i], rep_text_names[i]);
    }
    return code;
}

static int check_attempts(struct rep_packer *packer, const struct rep_result *result)
{
    if (result->n_attempts > REP_MAX_ATTEMPTS) {
        return pack_fail(packer, -E2BIG, "the case %.400s has more than %u attempts", result->name,
                         REP_MAX_ATTEMPTS);
    }
    for (size_t i = 0; i < result->n_attempts; i++) {
        const struct rep_attempt *a = &result->attempts[i];
        if (!a->result || (unsigned)a->status >= REP_STATUSES || a->same_as < 1 ||
            a->same_as > i + 1) {
            return pack_fail(packer, -EINVAL, "attempt %zu of the case %.400s is not well formed",
                             i + 1, result->name);
        }
    }
    return 0;
}

static int check_result(struct rep_packer *packer, const struct rep_result *result)
{
    if (!result->name || result->name[0] == '\0' || !result->result ||
        (unsigned)result->status >= REP_STATUSES) {
        return pack_fail(packer, -EINVAL,
                         "a result needs the name of a case, a result and a status");
    }
    if (strlen(result->name) > REP_MAX_NAME) {
        return pack_fail(packer, -E2BIG, "the case name %.60s... is longer than %d bytes",
                         result->name, REP_MAX_NAME);
    }
    if (result->n_mounts > REP_MAX_MOUNTS) {
        return pack_fail(packer, -E2BIG, "the case %.400s has more than %u mounts", result->name,
                         REP_MAX_MOUNTS);
    }
    for (size_t i = 0; i < result->n_findings; i++) {
        const struct rep_finding *finding = &result->findings[i];
        if (!finding->severity || !finding->code || !finding->text) {
            return pack_fail(packer, -EINVAL, "a finding of the case %.400s lacks a field",
                             result->name);
        }
    }
    int code = check_attempts(packer, result);
    return code ? code : check_texts(packer, result);
}

/* ---- Packing -----------------------------------------------------------------------------------
 */

static void put_head(struct rep_buf *out, const struct rep_result *result)
{
    pack_put_text(out, result->name);
    pack_put_text(out, result->result);
    pack_put(out, result->status);
    pack_put(out, (uint64_t)result->fds_left);
    pack_put(out, (uint64_t)result->leaks);
    pack_put(out, (uint64_t)result->duration_ns);
    pack_put(out, (uint64_t)result->line);
    pack_put(out, result->flaky);
}

static void put_input(struct rep_packer *packer, const struct rep_result *result)
{
    struct rep_input_key made;
    const struct rep_input_key *key = result->key;
    if (!key && !result->input) {
        pack_put(&packer->out, PACK_NONE);
        return;
    }
    if (!key) {
        rep_input_key(result->input, &made);
        key = &made;
    }
    struct rep_hash whole = rep_input_key_hash(key);
    bool seen = pack_seen(&packer->inputs, &whole);
    pack_put(&packer->out, seen ? PACK_HASH : PACK_WHOLE);
    pack_put_hash(&packer->out, &whole);
    for (size_t i = 0; i < REP_PARTS && !seen; i++) {
        pack_put(&packer->out, key->present[i]);
        if (key->present[i]) {
            pack_put_hash(&packer->out, &key->part[i]);
        }
    }
}

static void put_text(struct rep_packer *packer, const char *text)
{
    if (!text) {
        pack_put(&packer->out, PACK_NONE);
        return;
    }
    size_t size = strlen(text);
    struct rep_hash hash = rep_hash_of(text, size);
    bool seen = pack_seen(&packer->texts, &hash);
    pack_put(&packer->out, seen ? PACK_HASH : PACK_WHOLE);
    pack_put_hash(&packer->out, &hash);
    if (!seen) {
        pack_put_bytes(&packer->out, text, size);
    }
}

static void put_texts(struct rep_packer *packer, const struct rep_result *result)
{
    put_text(packer, result->error);
    for (size_t i = 0; i < REP_TEXTS; i++) {
        put_text(packer, result->text[i]);
    }
    put_text(packer, result->file);
    put_text(packer, result->reason);
    if (result->text[REP_LOG]) {
        pack_lines(packer, result->text[REP_LOG]);
    }
    pack_put(&packer->out, PACK_NONE);
}

static void put_findings(struct rep_buf *out, const struct rep_result *result)
{
    pack_put(out, result->n_findings);
    for (size_t i = 0; i < result->n_findings; i++) {
        pack_put_text(out, result->findings[i].severity);
        pack_put_text(out, result->findings[i].code);
        pack_put_text(out, result->findings[i].text);
    }
}

static void put_attempts(struct rep_buf *out, const struct rep_result *result)
{
    pack_put(out, result->n_attempts);
    for (size_t i = 0; i < result->n_attempts; i++) {
        const struct rep_attempt *a = &result->attempts[i];
        pack_put_text(out, a->result);
        pack_put(out, a->status);
        pack_put_text(out, a->error);
        pack_put(out, a->same_as);
        pack_put(out, (uint64_t)a->duration_ns);
    }
}

static void put_all(struct rep_packer *packer, const struct rep_result *result)
{
    rep_buf_clear(&packer->out);
    put_head(&packer->out, result);
    put_input(packer, result);
    put_texts(packer, result);
    if (result->n_nodes > 0) {
        pack_tree(packer);
    } else {
        pack_put(&packer->out, PACK_NONE);
    }
    if (result->n_mounts > 0) {
        pack_mounts(packer, result);
    } else {
        pack_put(&packer->out, PACK_NONE);
    }
    put_findings(&packer->out, result);
    put_attempts(&packer->out, result);
    pack_put_seal(&packer->out);
}

static int pack(struct rep_packer *packer, const struct rep_result *result)
{
    struct rep_hash root;
    /* All that can be refused is refused before anything counts as packed. */
    int code = check_result(packer, result);
    if (code == 0 && result->n_nodes > 0) {
        code = pack_tree_prepare(packer, result->nodes, result->n_nodes, &root);
    }
    if (code < 0) {
        return code;
    }
    put_all(packer, result);
    if (packer->out.failed || packer->scratch.failed || packer->list.failed) {
        rep_packer_forget(packer);
        rep_buf_release(&packer->out);
        rep_buf_release(&packer->scratch);
        rep_buf_release(&packer->list);
        return pack_fail_memory(packer);
    }
    return 0;
}

int rep_pack(struct rep_packer *packer, const struct rep_result *result, struct rep_error *error,
             struct rep_bytes *packed)
{
    int code = pack(packer, result);
    if (code == 0) {
        *packed = (struct rep_bytes){packer->out.data, packer->out.size};
    } else if (error) {
        *error = packer->error;
    }
    return code;
}
