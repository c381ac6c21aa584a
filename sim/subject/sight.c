/* Which mounts can be seen once all is mounted, and what became of the others. */
#include "provenance.h"

int provenance_index(const struct sim_result *r, uint64_t mount_id)
{
    for (size_t i = 0; mount_id && i < r->n_mounts; i++) {
        if (r->mounts[i].mount_id == mount_id) {
            return (int)i;
        }
    }
    return -1;
}

void provenance_seen(struct sim_result *r, uint64_t mount_id, const char *path)
{
    int i = provenance_index(r, mount_id);
    if (i >= 0 && !r->mounts[i].seen_at) {
        r->mounts[i].seen_at = path;
    }
}

/* ---------------------------------------------------------------------------------------- layers
 */

static void add_layers(struct str *s, const struct inode *inode)
{
    if (!inode) {
        return;
    }
    if (inode->overlay) {
        add_layers(s, inode->overlay->upper);
        add_layers(s, inode->overlay->lower);
        return;
    }
    str_add(s, s->n ? " " : "");
    str_add(s, inode->ms->fs ? inode->ms->fs->name : "stub");
}

int provenance_layers(struct sim_result *r, const struct inode *inode, const char **ret)
{
    struct str s;
    if (!inode->overlay) {
        *ret = NULL;
        return 0;
    }
    str_init(&s, r->d);
    add_layers(&s, inode);
    *ret = sim_result_dup(r, str_get(&s));
    str_release(&s);
    return *ret ? 0 : CODE_FATE;
}

/* ----------------------------------------------------------------------------------------- sight
 */

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

/* Why nobody finds a mount that no other one hides. */
static int explain_loss(struct sim_result *r, struct sim_mount *m, const struct dirent *d)
{
    while (d->parent && d->hashed) {
        d = d->parent;
    }
    if (!d->parent && !d->deleted) {
        return provenance_add_reason(r, m, NULL,
                                     "it is mounted, but the tree could not be read up to it");
    }
    char *line =
        d->deleted
            ? mem_printf(r->d, "an operation removed the directory %s with the mount in it",
                         d->name)
            : mem_printf(r->d,
                         "the directory %s was looked up anew, which makes another node of it; "
                         "the mount hangs at the old one, which no path leads to",
                         d->name);
    int code = line ? provenance_add_reason(r, m, d->deleted ? "VQ-08" : "VQ-09", line) : CODE_FATE;
    mem_free(line);
    return code;
}

static int look_at(struct sim_result *r, struct mount_source *ms, bool captured)
{
    int i = provenance_index(r, ms->id);
    struct sim_mount *m = i < 0 ? NULL : &r->mounts[i];
    int code = 0;
    if (m && ms->root) {
        uint64_t by = hidden_by(ms->root);
        m->shadowed_by = by ? provenance_index(r, by) : -1;
        code = m->layers ? 0 : provenance_layers(r, ms->root->inode, &m->layers);
        if (code == 0 && captured && !by && !m->seen_at) {
            code = explain_loss(r, m, ms->root);
        }
    }
    list_for_each(it, &ms->children)
    {
        code =
            code ? code : look_at(r, container_of(it, struct mount_source, child_link), captured);
    }
    return code;
}

int provenance_sight(struct mount_ns *ns, struct sim_result *r, bool captured)
{
    return look_at(r, ns->root->inode->ms, captured);
}

/* ------------------------------------------------------------------------------------ operations
 */

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

int provenance_op_mount(struct mount_ns *ns, const struct sim_op *op, int index,
                        struct sim_result *r)
{
    uint64_t id = ns->next_id - 1;
    struct mount_source *ms = find_source(ns->root->inode->ms, id);
    bool reachable = false;
    char *place = NULL;
    if (!ms || provenance_index(r, id) >= 0) {
        return 0; /* a remount, or nothing at all */
    }
    struct sim_mount *grown = mem_resize(r->d, r->mounts, r->n_mounts, r->n_mounts + 1,
                                         sizeof(*grown), "mount provenance");
    if (!grown || dirent_full_name(ms->root, ns->root, &place, &reachable)) {
        return CODE_FATE;
    }
    r->mounts = grown;
    struct sim_mount *m = &grown[r->n_mounts++];
    *m = sim_mount_absent;
    m->destination = sim_result_dup(r, op->arg[1]);
    m->type = sim_result_dup(r, op->arg[2]);
    m->source = sim_result_dup(r, op->arg[0]);
    m->fs = sim_result_dup(r, ms->fs ? ms->fs->name : "");
    m->state = "done";
    m->flags = mount_flags_text(ms->flags);
    m->data = sim_result_dup(r, op->n_args > 4 ? op->arg[4] : "");
    m->mount_id = id;
    m->op = index;
    m->place = sim_result_dup(r, place);
    mem_free(place);
    return domain_dead(r->d) ? CODE_FATE : 0;
}

int provenance_op_umount(struct mount_ns *ns, int index, struct sim_result *r)
{
    for (size_t i = 1; i < r->n_mounts; i++) {
        struct sim_mount *m = &r->mounts[i];
        if (strcmp(m->state, "done") != 0 || find_source(ns->root->inode->ms, m->mount_id)) {
            continue;
        }
        char *text = mem_printf(r->d, "operation %d unmounted it", index);
        int code = text ? provenance_add_reason(r, m, NULL, text) : CODE_FATE;
        mem_free(text);
        if (code) {
            return code;
        }
        m->state = "unmounted";
        m->shadowed_by = -1;
    }
    return 0;
}
