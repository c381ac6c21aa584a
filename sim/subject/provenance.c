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

const char *result_shown_text(struct sim_result *r, const struct sim_case *c, const char *text)
{
    char *mapped = case_shown_text(c, r->d, text ? text : "");
    const char *copy = mapped ? sim_result_dup(r, mapped) : NULL;
    mem_free(mapped);
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

static int keep_compiled(const struct boot_mounts *mounts, const struct sim_case *c,
                         struct sim_result *r)
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
        out->source = result_shown_text(r, c, m->source);
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

static int keep_mount(const struct boot_provenance *p, const struct spec_mount *m, int spec_index,
                      const struct sim_case *c, struct sim_result *r, struct sim_mount *out)
{
    bool has_fs = p->fs && p->fs[0] && p->state != BOOT_MOUNT_PENDING;
    int shadowed = out->shadowed_by;
    *out = (struct sim_mount){
        .destination = sim_result_dup(r, m->destination),
        .type = sim_result_dup(r, m->type),
        .source = result_shown_text(r, c, m->source),
        .fs = has_fs ? sim_result_dup(r, p->fs) : NULL,
        .state = state_names[p->state],
        .flags = mount_flags_text(p->flags),
        .data = result_shown_text(r, c, p->data),
        .rules = joined(r, &p->rules, " "),
        .ignored = joined(r, &p->ignored, ","),
        .created = joined(r, &p->created, " "),
        .spec_index = spec_index,
        .shadowed_by = shadowed,
        .mount_id = p->mount_id,
        .overlay = p->overlay,
        .stubs = p->submount_overlay,
    };
    return domain_dead(r->d) ? CODE_FATE : 0;
}

/* Room for the root and every compiled mount; nothing is shadowed yet. */
static int make_mounts(const struct boot_record *rec, struct sim_result *r)
{
    if (r->mounts) {
        return 0;
    }
    size_t n = rec->compiled.n + 1;
    r->mounts = mem_resize(r->d, NULL, 0, n, sizeof(*r->mounts), "mount provenance");
    if (!r->mounts) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < n; i++) {
        r->mounts[i].shadowed_by = -1;
    }
    r->n_mounts = n;
    return 0;
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
    int code = keep_compiled(&mounts, c, r);
    code = code ? code : make_mounts(rec, r);
    struct spec_mount root = {.destination = "/", .type = "root", .source = c->real.root_path};
    code = code ? code : keep_mount(&rec->root, &root, -1, c, r, &r->mounts[0]);
    for (size_t i = 0; i < rec->compiled.n && code == 0; i++) {
        const struct boot_mount *m = &rec->compiled.v[i];
        code = keep_mount(&rec->mounts[i], &m->m, m->spec_index, c, r, &r->mounts[i + 1]);
    }
    if (mounts.v != rec->compiled.v) {
        boot_mounts_release(&mounts);
    }
    domain_close(&scratch, NULL, NULL);
    return code;
}

/* -------------------------------------------------------------------------------------------------
 * shadows */

/* The mount source of an id, from the root down. */
static struct mount_source *find_source(struct mount_source *ms, uint64_t id)
{
    if (ms->id == id) {
        return ms;
    }
    list_for_each(it, &ms->children)
    {
        struct mount_source *found =
            find_source(container_of(it, struct mount_source, child_link), id);
        if (found) {
            return found;
        }
    }
    return NULL;
}

/* The mount that took the place of a directory or mount that is no longer listed by its parent: 0 =
 * it is in sight. */
static uint64_t hidden_by(const struct dirent *d)
{
    for (; d->parent; d = d->parent) {
        if (d->hashed) {
            continue;
        }
        struct namenode *n = namemap_find(&d->parent->children, d->name);
        const struct dirent *shown_now = n ? container_of(n, struct dirent, child_node) : NULL;
        if (shown_now && shown_now->mounted) {
            return shown_now->inode->ms->id;
        }
    }
    return 0;
}

static int index_of_id(const struct boot_record *rec, uint64_t id)
{
    for (size_t i = 0; i < rec->compiled.n; i++) {
        if (rec->mounts[i].mount_id == id) {
            return (int)i + 1;
        }
    }
    return -1;
}

int provenance_shadows(struct mount_ns *ns, const struct boot_record *rec, struct sim_result *r)
{
    int code = make_mounts(rec, r);
    for (size_t i = 0; i < rec->compiled.n && code == 0; i++) {
        uint64_t id = rec->mounts[i].mount_id;
        struct mount_source *ms = id ? find_source(ns->root->inode->ms, id) : NULL;
        uint64_t by = ms && ms->root ? hidden_by(ms->root) : 0;
        if (by) {
            r->mounts[i + 1].shadowed_by = index_of_id(rec, by);
        }
    }
    return code;
}
