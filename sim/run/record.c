#include <simrun/sim/record.h>

static const enum rep_status statuses[VERDICT_STATUSES] = {
    [VERDICT_PASS] = REP_PASS,   [VERDICT_FAIL] = REP_FAIL,         [VERDICT_XFAIL] = REP_XFAIL,
    [VERDICT_XPASS] = REP_XPASS, [VERDICT_RECORDED] = REP_RECORDED,
};

static void *array(struct record_view *s, size_t n, size_t elem)
{
    return mem_resize(&s->d, NULL, 0, n + 1, elem, "record");
}

static int fill_nodes(struct record_view *s, const struct sim_result *r)
{
    s->nodes = array(s, r->n_nodes, sizeof(*s->nodes));
    for (size_t i = 0; s->nodes && i < r->n_nodes; i++) {
        const struct sim_node *n = &r->nodes[i];
        s->nodes[i] = (struct rep_node){
            .path = n->path,
            .type = n->type,
            .mode = n->mode,
            .rdev = n->rdev,
            .target = n->target,
            .fs = n->fs,
            .flags = n->flags,
            .upper = n->upper,
            .lower = n->lower,
            .layers = n->layers,
            .error = n->error,
            .size = n->size,
            .nlink = n->nlink,
            .uid = n->uid,
            .gid = n->gid,
            .mountpoint = n->mountpoint,
            .overlay = n->overlay,
            .special = n->special,
            .readdir = n->readdir,
        };
    }
    s->result.nodes = s->nodes;
    s->result.n_nodes = r->n_nodes;
    return s->nodes ? 0 : CODE_FATE;
}

static bool is_made(const struct sim_mount *m)
{
    return strcmp(m->state, "done") == 0 || strcmp(m->state, "unmounted") == 0;
}

static int fill_mounts(struct record_view *s, const struct sim_result *r)
{
    s->mounts = array(s, r->n_mounts, sizeof(*s->mounts));
    for (size_t i = 0; s->mounts && i < r->n_mounts; i++) {
        const struct sim_mount *m = &r->mounts[i];
        s->mounts[i] = (struct rep_mount){
            .destination = m->destination,
            .type = m->type,
            .source = m->source,
            .fs = is_made(m) ? m->fs : NULL,
            .flags = m->flags,
            .rules = m->rules,
            .ignored = m->ignored,
            .created = m->created,
            .spec_index = m->spec_index,
            .shadowed_by = m->shadowed_by,
            .state = m->state,
            .place = m->place,
            .seen_at = m->seen_at,
            .layers = m->layers,
            .data = m->fs ? m->data : NULL,
            .hides = m->hides,
            .options = m->options,
            .reasons = m->reasons,
            .made = m->made,
            .mount_id = m->mount_id ? (int64_t)m->mount_id : -1,
            .log_first = m->log_first,
            .log_lines = m->log_lines,
            .op = m->op,
        };
    }
    s->result.mounts = s->mounts;
    s->result.n_mounts = r->n_mounts;
    return s->mounts ? 0 : CODE_FATE;
}

static int fill_findings(struct record_view *s, const struct sim_result *r, const struct verdict *v)
{
    size_t n = r->n_findings + v->differences.n + r->ledger.n;
    s->findings = array(s, n, sizeof(*s->findings));
    if (!s->findings) {
        return CODE_FATE;
    }
    struct rep_finding *out = s->findings;
    for (size_t i = 0; i < r->n_findings; i++) {
        const struct sim_finding *f = &r->findings[i];
        *out++ = (struct rep_finding){f->severity, f->code, f->text};
    }
    for (size_t i = 0; i < r->ledger.n; i++) {
        *out++ = (struct rep_finding){"error", "ledger", r->ledger.v[i]};
    }
    const char *severity = v->status == VERDICT_FAIL ? "error" : "info";
    for (size_t i = 0; i < v->differences.n; i++) {
        *out++ = (struct rep_finding){severity, "expect", v->differences.p[i]};
    }
    s->result.findings = s->findings;
    s->result.n_findings = n;
    return 0;
}

static int fill_attempts(struct record_view *s, const struct run_record *record)
{
    size_t n = record->n_attempts;
    s->attempts = array(s, n, sizeof(*s->attempts));
    for (size_t i = 0; s->attempts && i < n; i++) {
        const struct run_attempt *a = &record->attempts[i];
        s->attempts[i] = (struct rep_attempt){.result = sim_outcome_name(a->outcome),
                                              .error = a->error,
                                              .status = statuses[a->status],
                                              .same_as = a->same_as,
                                              .duration_ns = a->duration_ns};
    }
    s->result.attempts = s->attempts;
    s->result.n_attempts = n;
    s->result.flaky = record->flaky;
    return s->attempts ? 0 : CODE_FATE;
}

/* Members of the result line, as JSON texts. */
static int fill_texts(struct record_view *s, const struct sim_result *r)
{
    static const enum sim_result_part parts[REP_TEXTS] = {
        [REP_LOG] = RESULT_LOG,
        [REP_COMPILED] = RESULT_COMPILED,
        [REP_OPS_TEXT] = RESULT_OPS,
        [REP_RESTORE] = RESULT_RESTORE,
        [REP_HOST_DIFF] = RESULT_HOST_DIFF,
    };
    for (size_t i = 0; i < REP_TEXTS; i++) {
        if (sim_result_has(r, parts[i])) {
            struct str text;
            str_init(&text, &s->d);
            sim_result_part(r, parts[i], &text);
            s->result.text[i] = str_take(&text);
        }
    }
    return domain_dead(&s->d) ? CODE_FATE : 0;
}

static int fill(struct record_view *s, const struct run_record *record)
{
    const struct sim_result *r = record->result;
    s->result = (struct rep_result){
        .name = record->info.name,
        .key = &record->key,
        .result = sim_outcome_name(r->outcome),
        .status = statuses[record->verdict->status],
        .error = r->error,
        .file = record->info.file,
        .line = (int64_t)record->info.line,
        .reason = record->verdict->reason,
        .fds_left = r->fds_left,
        .leaks = (int64_t)r->leaks,
        .duration_ns = r->duration_ns,
    };
    int code = fill_texts(s, r);
    code = code ? code : fill_mounts(s, r);
    code = code ? code : fill_findings(s, r, record->verdict);
    code = code ? code : fill_attempts(s, record);
    return code ? code : fill_nodes(s, r);
}

int record_open(struct record_view *view, const struct run_record *record)
{
    *view = (struct record_view){0};
    domain_init(&view->d, "record", PROFILE_GVISOR_2018_08_14);
    int code = fill(view, record);
    if (code) {
        record_close(view);
    }
    return code;
}

void record_close(struct record_view *view)
{
    domain_close(&view->d, NULL, NULL);
}
