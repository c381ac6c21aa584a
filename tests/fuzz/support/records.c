#include "records.h"

static const char *const names[RECORDS_MAX] = {
    "a", "suite/b", "c\x1b[31m", "</script><b>", "\xff\n\"", "=1+1,'",
};

/* Bytes of one result, changed from those of the one before. */
static void next_bytes(struct bytes *b, uint8_t *of)
{
    for (size_t n = take_below(b, 5); n > 0; n--) {
        size_t at = take_below(b, RESULT_BYTES);
        of[at] = take_byte(b);
    }
}

static void make_verdict(struct made_records *m, size_t i, struct bytes *b)
{
    struct verdict *v = &m->verdicts[i];
    verdict_init(v, &m->d);
    uint8_t how = take_byte(b);
    v->status = (enum verdict_status)(how % VERDICT_STATUSES);
    if (how & 8) {
        verdict_add(v, "nodes /a: mode want \"%s\" got 1", how & 16 ? "\x1b]0;x\a" : "</td>&'");
    }
    v->reason = v->status == VERDICT_XFAIL ? mem_dup(&m->d, "why\n") : NULL;
}

static void make_key(struct run_record *r, uint8_t seed)
{
    for (size_t i = 0; i < REP_PARTS; i++) {
        r->key.present[i] = seed >> i & 1;
        memset(r->key.part[i].byte, r->key.present[i] ? seed : 0, sizeof(r->key.part[i].byte));
    }
}

void make_records(struct made_records *m, struct bytes *b)
{
    uint8_t of[RESULT_BYTES] = {0};
    struct bytes first = take_slice(b, RESULT_BYTES);
    memcpy(of, first.p, first.n);
    domain_init(&m->d, "records", PROFILE_GVISOR_2018_08_14);
    m->n = 1 + take_below(b, RECORDS_MAX);
    m->attempts[0] = (struct run_attempt){OUTCOME_CRASH, VERDICT_FAIL, "a\tb", 1, 5};
    m->attempts[1] = (struct run_attempt){OUTCOME_OK, VERDICT_PASS, "", 2, 7};
    for (size_t i = 0; i < m->n; i++) {
        make_result(&m->made[i], (struct bytes){of, sizeof(of)});
        make_verdict(m, i, b);
        uint8_t how = take_byte(b);
        struct run_record *r = &m->records[i];
        *r = (struct run_record){.index = i,
                                 .info = {.name = names[i], .file = "f.jsonl", .line = i + 1},
                                 .result = &m->made[i].r,
                                 .verdict = &m->verdicts[i],
                                 .flaky = how & 1,
                                 .attempts = m->attempts,
                                 .n_attempts = how & 1 ? 2 : 0};
        make_key(r, how >> 1);
        CHECK(record_open(&m->views[i], r) == 0);
        next_bytes(b, of);
    }
}

void made_records_release(struct made_records *m)
{
    for (size_t i = 0; i < m->n; i++) {
        record_close(&m->views[i]);
        verdict_release(&m->verdicts[i]);
    }
    CHECK(domain_close(&m->d, NULL, NULL) == 0);
}
