/* Where each mount came from and what became of it. */
#include "provenance.h"

static const char *const state_names[] = {
    [BOOT_MOUNT_PENDING] = "pending",
    [BOOT_MOUNT_DONE] = "done",
    [BOOT_MOUNT_SKIPPED] = "skipped",
    [BOOT_MOUNT_FAILED] = "failed",
};

const char *mount_flags_text(struct mount_flags f)
{
    return f.read_only ? f.no_atime ? "ro,noatime" : "ro" : f.no_atime ? "noatime" : "";
}

const char *result_shown_text(struct sim_result *r, const char *text)
{
    if (!text || case_text_is_shown(text)) {
        return sim_result_dup(r, text ? text : "");
    }
    struct str s;
    str_init(&s, r->d);
    case_show_text(&s, text);
    const char *copy = domain_dead(r->d) ? NULL : sim_result_dupn(r, str_get(&s), s.n);
    str_release(&s);
    return copy;
}

static const char *joined(struct sim_result *r, const struct ptrvec *v, const char *separator)
{
    struct str s;
    str_init(&s, r->d);
    for (size_t i = 0; i < v->n; i++) {
        str_add(&s, i ? separator : "");
        str_add(&s, v->p[i]);
    }
    const char *text = sim_result_dup(r, str_get(&s));
    str_release(&s);
    return text;
}

/* ------------------------------------------------------------------------------------------
 * compiled list */

static int keep_compiled(const struct boot_mounts *mounts, struct sim_result *r)
{
    r->compiled = mem_resize(r->d, NULL, 0, mounts->n + 1, sizeof(*r->compiled), "compiled list");
    if (!r->compiled) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < mounts->n; i++) {
        const struct spec_mount *m = &mounts->v[i].m;
        struct sim_compiled *out = &r->compiled[i];
        out->destination = sim_result_dup(r, m->destination);
        out->type = sim_result_dup(r, m->type);
        out->source = result_shown_text(r, m->source);
        out->options.v = sim_result_alloc(r, (m->n_options + 1) * sizeof(char *));
        if (!out->destination || !out->type || !out->source || !out->options.v) {
            return CODE_FATE;
        }
        for (size_t k = 0; k < m->n_options; k++) {
            out->options.v[out->options.n++] = sim_result_dup(r, m->options[k]);
        }
        r->n_compiled++;
    }
    r->has_compiled = true;
    return domain_dead(r->d) ? CODE_FATE : 0;
}

/* ----------------------------------------------------------------------------------------------
 * provenance */

void provenance_member(struct str *s, const char *key, const char *text)
{
    bool first = s->n == 0 || s->p[s->n - 1] == '{';
    str_add(s, first ? "\"" : ",\"");
    str_add(s, key);
    str_add(s, "\":");
    sim_json_text(s, text, strlen(text));
}

/* The text of a JSON value that was written to `s`, which is released. */
static const char *take_json(struct sim_result *r, struct str *s)
{
    const char *text = sim_result_dup(r, str_get(s));
    str_release(s);
    return text;
}

static const char *options_json(const struct config *conf, const struct spec_mount *m,
                                const struct boot_provenance *p, struct sim_result *r)
{
    static const char *const effects[] = {
        [BOOT_OPTION_APPLIED] = "applied",
        [BOOT_OPTION_OVERRIDDEN] = "overridden",
        [BOOT_OPTION_IGNORED] = "ignored",
        [BOOT_OPTION_REFUSED] = "refused",
    };
    struct str s;
    str_init(&s, r->d);
    str_addc(&s, '[');
    for (size_t i = 0; i < m->n_options; i++) {
        struct boot_option o;
        boot_option_effect(conf, m, p, i, &o);
        str_add(&s, i ? ",{" : "{");
        provenance_member(&s, "option", m->options[i]);
        provenance_member(&s, "effect", effects[o.effect]);
        if (o.why) {
            provenance_member(&s, "text", o.why);
        }
        if (o.rule) {
            provenance_member(&s, "rule", o.rule);
        }
        str_addc(&s, '}');
    }
    str_addc(&s, ']');
    return take_json(r, &s);
}

static const char *made_json(const struct boot_provenance *p, struct sim_result *r)
{
    struct str s;
    str_init(&s, r->d);
    str_addc(&s, '[');
    for (size_t i = 0; i < p->created.n; i++) {
        str_add(&s, i ? ",{" : "{");
        provenance_member(&s, "path", p->created.p[i]);
        provenance_member(&s, "fs", p->created_on.p[i]);
        str_addc(&s, '}');
    }
    str_addc(&s, ']');
    return take_json(r, &s);
}

/* Lines of the world's log as the result has them: without those for debugging. */
static int64_t shown_lines(const struct domain *d, size_t from, size_t to)
{
    int64_t n = 0;
    for (size_t i = from; i < to && i < d->log_n; i++) {
        n += d->log[i].level != LOG_DEBUG;
    }
    return n;
}

static int keep_mount(const struct boot_record *rec, int i, const struct sim_case *c,
                      struct sim_result *r, struct sim_mount *out)
{
    const struct spec_mount root = {
        .destination = "/", .type = "root", .source = c->real.root_path};
    const struct boot_provenance *p = i < 0 ? &rec->root : &rec->mounts[i];
    const struct spec_mount *m = i < 0 ? &root : &rec->compiled.v[i].m;
    bool reached = p->state != BOOT_MOUNT_PENDING;
    bool has_fs = p->fs && p->fs[0] && reached;
    *out = sim_mount_absent;
    out->destination = sim_result_dup(r, m->destination);
    out->type = sim_result_dup(r, m->type);
    out->source = result_shown_text(r, m->source);
    out->fs = has_fs ? sim_result_dup(r, p->fs) : NULL;
    out->state = state_names[p->state];
    out->flags = mount_flags_text(p->flags);
    out->data = result_shown_text(r, p->data);
    out->rules = joined(r, &p->rules, " ");
    out->ignored = joined(r, &p->ignored, ",");
    out->created = joined(r, &p->created, " ");
    out->spec_index = i < 0 ? -1 : rec->compiled.v[i].spec_index;
    out->mount_id = p->mount_id;
    out->overlay = p->overlay;
    out->stubs = p->submount_overlay;
    if (p->mount_id) {
        out->place = sim_result_dup(r, p->place ? p->place : "/");
    }
    if (reached) {
        out->options = m->n_options ? options_json(&c->config, m, p, r) : NULL;
        out->made = p->created.n ? made_json(p, r) : NULL;
        out->log_first = shown_lines(rec->d, 0, p->log_first);
        out->log_lines = shown_lines(rec->d, p->log_first, p->log_end);
    }
    out->reasons = provenance_reasons(rec, i, out, r);
    return domain_dead(r->d) ? CODE_FATE : 0;
}

/* Which entries of the spec are in the compiled list; in the domain of the result. */
static bool *compiled_entries(const struct boot_record *rec, const struct spec *spec,
                              struct domain *d)
{
    bool *is_in = mem_new(d, spec->n_mounts + 1, "compiled entries");
    for (size_t i = 0; is_in && i < rec->compiled.n; i++) {
        if (rec->compiled.v[i].spec_index >= 0) {
            is_in[rec->compiled.v[i].spec_index] = true;
        }
    }
    return is_in;
}

static int keep_dropped(const struct boot_record *rec, const struct sim_case *c, size_t index,
                        int64_t line, struct sim_result *r, struct sim_mount *out)
{
    const struct spec_mount *m = &c->real.mounts[index];
    *out = sim_mount_absent;
    out->destination = sim_result_dup(r, m->destination);
    out->type = sim_result_dup(r, m->type);
    out->source = result_shown_text(r, m->source);
    out->state = "dropped";
    out->spec_index = (int)index;
    if (rec->root.state == BOOT_MOUNT_DONE) { /* then the lines about dropped entries came */
        out->log_first = line;
        out->log_lines = 1;
    }
    return provenance_add_reason(r, out, NULL, "the pipeline brings its own devices below /dev");
}

/* The root, the compiled list, what was left out of it. */
static int keep_mounts(const struct boot_record *rec, const struct sim_case *c,
                       struct sim_result *r)
{
    const struct spec *spec = &c->real;
    size_t most = 1 + rec->compiled.n + spec->n_mounts;
    bool *is_in = compiled_entries(rec, spec, r->d);
    r->mounts = mem_resize(r->d, NULL, 0, most, sizeof(*r->mounts), "mount provenance");
    int code = is_in && r->mounts ? 0 : CODE_FATE;
    for (int i = -1; i < (int)rec->compiled.n && code == 0; i++) {
        code = keep_mount(rec, i, c, r, &r->mounts[r->n_mounts++]);
    }
    int64_t line = shown_lines(rec->d, 0, rec->log_dropped);
    for (size_t i = 0; i < spec->n_mounts && rec->compiled.n && code == 0; i++) {
        if (!is_in[i]) {
            code = keep_dropped(rec, c, i, line++, r, &r->mounts[r->n_mounts++]);
        }
    }
    mem_free(is_in);
    return code ? code : provenance_hidden(rec, c, r);
}

int provenance_keep(const struct boot_record *rec, const struct sim_case *c, struct sim_result *r)
{
    if (!c->real.has_root) {
        return 0;
    }
    struct boot_mounts mounts = rec->compiled;
    struct domain scratch;
    domain_init(&scratch, "compiled list", PROFILE_GVISOR_2018_08_14);
    if (mounts.n == 0) {
        /* The pipeline stopped before compiling: the list is told all the same, without its log
         * lines. */
        int code = boot_compile(&scratch, &c->real, &mounts);
        if (code) {
            domain_close(&scratch, NULL, NULL);
            return domain_oom(r->d);
        }
    }
    int code = keep_compiled(&mounts, r);
    code = code ? code : keep_mounts(rec, c, r);
    if (mounts.v != rec->compiled.v) {
        boot_mounts_release(&mounts);
    }
    domain_close(&scratch, NULL, NULL);
    return code;
}
