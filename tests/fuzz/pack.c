/*
 * What the parent reads of a worker: packed results, frames and results as flat bytes, as they were
 * made, cut, changed, in another order, or not at all. In their order they are recorded whole. What
 * was damaged on the way is refused with a text; what a wrong packer sealed is, or leaves a sound
 * database, whose readers return.
 */
#include "support/records.h"

#include "frame.h"
#include "pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4 << 10, STEPS_MAX = 16 };

#define CHECK_DB(db, condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s\n", rep_error_text(db));                                           \
            CHECK(condition);                                                                      \
        }                                                                                          \
    } while (0)

/* ---- bytes ---------------------------------------------------------------------------------- */

/* A copy with its own end, so that reading behind it shows. */
static char *copy_of(const void *p, size_t n)
{
    char *copy = malloc(n ? n : 1);
    CHECK(copy);
    memcpy(copy, p, n);
    return copy;
}

/* Changes or cuts the copy; false: it is as it was. */
static bool damage(struct bytes *b, char *p, size_t *n)
{
    size_t kind = take_below(b, 6), size = *n;
    if (kind < 3 || size == 0) {
        return false;
    }
    if (kind == 3) {
        *n = take_u16(b) % size;
        return true;
    }
    char *before = copy_of(p, size);
    for (size_t i = take_below(b, 4) + 1; i > 0; i--) {
        size_t at = take_u16(b) % size;
        p[at] = (char)take_byte(b);
    }
    bool changed = memcmp(before, p, size) != 0;
    free(before);
    return changed;
}

/* ---- packs ---------------------------------------------------------------------------------- */

struct packs {
    struct made_records m;
    struct rep_bytes v[RECORDS_MAX]; /* owned */
    struct rep_db *db;
    struct rep_run *run;
    size_t recorded;
    int failed;
    bool sound; /* nothing damaged was taken */
    bool whole; /* and all came in order */
};

static void pack_all(struct packs *p)
{
    struct rep_packer *packer;
    CHECK(rep_packer_new(&packer) == 0);
    for (size_t i = 0; i < p->m.n; i++) {
        struct rep_bytes made;
        struct rep_error err = {0};
        CHECK(rep_pack(packer, &p->m.views[i].result, &err, &made) == 0);
        p->v[i] = (struct rep_bytes){copy_of(made.data, made.size), made.size};
    }
    rep_packer_free(packer);
}

/* As a packer that is wrong would do it. */
static void seal(char *bytes, size_t n)
{
    struct rep_hash hash;
    if (n >= sizeof(hash.byte)) {
        hash = rep_hash_of(bytes, n - sizeof(hash.byte));
        memcpy(bytes + n - sizeof(hash.byte), hash.byte, sizeof(hash.byte));
    }
}

static void deliver(struct packs *p, struct bytes *b, size_t i)
{
    size_t n = p->v[i].size;
    char *bytes = copy_of(p->v[i].data, n);
    bool damaged = damage(b, bytes, &n), sealed = damaged && take_bit(b);
    if (sealed) {
        seal(bytes, n);
    }
    char *exact = copy_of(bytes, n);
    p->whole = p->whole && !damaged && i == p->recorded;
    int code = rep_record_packed(p->run, &(struct rep_bytes){exact, n});
    free(exact);
    free(bytes);
    CHECK(!damaged || sealed || code == -EBADMSG || p->failed);
    CHECK(code <= 0 && !(code && p->whole));
    CHECK(!p->failed || code == p->failed);
    CHECK(code == 0 || rep_error_text(p->db)[0]);
    p->sound = p->sound && !(damaged && (code == 0 || code == -EEXIST));
    p->recorded += code == 0;
    p->failed = code && code != -EEXIST ? code : 0;
}

static int count_result(void *arg, const struct rep_result *result)
{
    CHECK(result->name && result->result);
    ++*(size_t *)arg;
    return 0;
}

static int64_t ask(struct rep_db *db, const char *sql)
{
    int64_t value = -1;
    CHECK(rep_sql_int(db, sql, &value) == 0);
    return value;
}

static void check_database(struct packs *p)
{
    size_t found = 0;
    CHECK(ask(p->db, "SELECT count(*) FROM pragma_foreign_key_check") == 0);
    CHECK(ask(p->db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") ==
          0);
    int code = rep_read_run(p->db, "latest", NULL, 0, true, count_result, &found);
    CHECK(code == 0 || rep_error_text(p->db)[0]);
    if (p->sound) {
        /* the run itself goes with the batch that failed */
        CHECK(code == 0 || (code == -ENOENT && p->failed));
        CHECK_DB(p->db, rep_trees_check(p->db) == 0);
        CHECK(p->failed || found == p->recorded);
    }
    if (p->whole) {
        CHECK(!p->failed && found == p->recorded);
    }
}

/* To make a file takes longer than to use it: one is kept and emptied. */
static struct rep_db *empty_database(void)
{
    static struct rep_db *kept;
    static const char empty[] =
        "PRAGMA foreign_keys = OFF; BEGIN; DELETE FROM attempt; DELETE FROM finding; DELETE FROM "
        "result; DELETE FROM plan; DELETE FROM run; DELETE FROM mount_item; DELETE FROM "
        "mount_list; "
        "DELETE FROM mount_row; DELETE FROM node; DELETE FROM dir; DELETE FROM input; DELETE FROM "
        "blob; DELETE FROM search_item; INSERT INTO search(search) VALUES('delete-all'); UPDATE "
        "search_state SET result = 0; COMMIT; PRAGMA foreign_keys = ON";
    if (!kept) {
        CHECK(rep_open_memory(NULL, &kept) == 0);
    }
    CHECK_DB(kept, rep_sql_exec(kept, empty, "empty") == 0);
    rep_forget_caches(kept);
    kept->error = (struct rep_error){0};
    return kept;
}

static void run_packs(struct bytes *b)
{
    struct packs p = {.sound = true, .whole = true};
    struct rep_run_options options = {.subject = "model", .started = "now", .batch = 1};
    make_records(&p.m, b);
    pack_all(&p);
    options.batch = 1 + (unsigned)take_below(b, 4);
    p.db = empty_database();
    CHECK(rep_run_begin(p.db, &options, &p.run) == 0);
    size_t steps = take_below(b, STEPS_MAX);
    for (size_t i = 0; i < steps; i++) {
        /* mostly the next one */
        uint8_t which = take_byte(b);
        deliver(&p, b, which < 192 ? p.recorded % p.m.n : which % p.m.n);
    }
    int code = rep_run_end(p.run, REP_FINISHED, "then", NULL);
    CHECK(code == 0 || p.failed);
    check_database(&p);
    for (size_t i = 0; i < p.m.n; i++) {
        free((void *)(uintptr_t)p.v[i].data);
    }
    made_records_release(&p.m);
}

/* Bytes that no packer made, alone in a database. */
static void run_raw_pack(struct bytes *b)
{
    struct packs p = {.sound = false};
    struct rep_run_options options = {.subject = "model", .started = "now"};
    p.db = empty_database();
    CHECK(rep_run_begin(p.db, &options, &p.run) == 0);
    char *exact = copy_of(b->p, b->n);
    seal(exact, b->n);
    p.failed = rep_record_packed(p.run, &(struct rep_bytes){exact, b->n});
    free(exact);
    CHECK(p.failed == 0 || rep_error_text(p.db)[0]);
    int code = rep_run_end(p.run, REP_FINISHED, "then", NULL);
    CHECK(code == 0 || p.failed);
    check_database(&p);
}

/* ---- frames --------------------------------------------------------------------------------- */

static void check_same(struct domain *d, const struct sim_result *a, const struct sim_result *b)
{
    struct str x, y;
    str_init(&x, d);
    str_init(&y, d);
    CHECK(sim_result_encode(a, &x) == 0 && sim_result_encode(b, &y) == 0);
    CHECK(x.n == y.n && memcmp(str_get(&x), str_get(&y), x.n) == 0);
    str_release(&x);
    str_release(&y);
}

/* What was taken for a result can be written, and packed or refused. */
static void use(struct domain *d, const struct frame_result *f)
{
    struct run_record record = {.info = {.name = f->result->name, .file = "f"},
                                .key = f->key,
                                .result = f->result,
                                .verdict = &f->verdict};
    struct record_view view;
    struct rep_packer *packer;
    struct rep_bytes packed;
    struct rep_error err = {0};
    struct str line;
    str_init(&line, d);
    CHECK(sim_result_line(f->result, &line) == 0);
    str_release(&line);
    CHECK(record_open(&view, &record) == 0 && rep_packer_new(&packer) == 0);
    CHECK(rep_pack(packer, &view.result, &err, &packed) == 0 || err.text[0]);
    rep_packer_free(packer);
    record_close(&view);
}

static void read_frame(struct domain *d, const char *p, size_t n, const struct frame_result *same)
{
    struct frame_brief brief;
    struct frame_result f;
    char *exact = copy_of(p, n);
    int code = frame_get_brief(exact, n, &brief);
    CHECK(code == 0 || !same);
    code = frame_get_result(d, exact, n, &f);
    CHECK(code == 0 || (code == -EBADMSG && !same));
    if (code == 0 && same) {
        CHECK(f.verdict.status == same->verdict.status &&
              f.verdict.differences.n == same->verdict.differences.n);
        CHECK(f.packed.size == same->packed.size);
        if (!f.packed.data) {
            check_same(d, f.result, same->result);
        }
    }
    if (code == 0) {
        if (!f.packed.data) {
            use(d, &f);
        }
        verdict_release(&f.verdict);
        sim_result_free(f.result);
    }
    free(exact);
}

static void run_frame(struct domain *d, struct bytes *b, bool packed)
{
    struct packs p = {0};
    make_records(&p.m, b);
    pack_all(&p);
    struct frame_result f = {.key = p.m.records[0].key,
                             .packed = packed ? p.v[0] : (struct rep_bytes){0},
                             .verdict = p.m.verdicts[0],
                             .result = &p.m.made[0].r};
    f.result->command = "";
    struct str text;
    str_init(&text, d);
    CHECK(frame_put_result(&text, &f, take_bit(b)) == 0);
    size_t n = text.n;
    char *copy = copy_of(str_get(&text), n);
    bool damaged = damage(b, copy, &n);
    read_frame(d, copy, n, damaged ? NULL : &f);
    free(copy);
    str_release(&text);
    for (size_t i = 0; i < p.m.n; i++) {
        free((void *)(uintptr_t)p.v[i].data);
    }
    made_records_release(&p.m);
}

static void run_codec(struct domain *d, struct bytes *b)
{
    struct sim_result *r;
    char *exact = copy_of(b->p, b->n);
    if (sim_result_decode(d, exact, b->n, &r) == 0) {
        struct str again;
        str_init(&again, d);
        CHECK(sim_result_encode(r, &again) == 0);
        struct sim_result *twice;
        CHECK(sim_result_decode(d, str_get(&again), again.n, &twice) == 0);
        check_same(d, r, twice);
        sim_result_free(twice);
        str_release(&again);
        sim_result_free(r);
    }
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > INPUT_MAX) {
        return 0;
    }
    struct domain d;
    struct bytes b = {data, size};
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    uint8_t how = take_byte(&b);
    switch (how % 8) {
    case 0:
        run_frame(&d, &b, how & 8);
        break;
    case 1:
        run_codec(&d, &b);
        break;
    case 2:
        read_frame(&d, (const char *)b.p, b.n, NULL);
        break;
    case 3:
        run_raw_pack(&b);
        break;
    default:
        run_packs(&b);
    }
    CHECK(domain_close(&d, NULL, NULL) == 0);
    return 0;
}
