/* Why a node is there and what it is. */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

static const char *type_text(struct explain *x, const struct rep_node *node)
{
    bool device = strcmp(node->type, "chr") == 0 || strcmp(node->type, "blk") == 0;
    return device && node->rdev ? explain_text(x, "%s %s", explain_type(node->type), node->rdev)
                                : explain_type(node->type);
}

static bool is_text(const char *text)
{
    return text && text[0];
}

static void tell_node(struct explain *x)
{
    const struct rep_node *node = x->node;
    const char *target = node->target ? explain_text(x, " to %s", node->target) : "";
    const char *size = node->size >= 0 && !node->target
                           ? explain_text(x, " of %lld bytes", (long long)node->size)
                           : "";
    explain_add(x, "node", NULL, "%s is %s%s%s, mode %s, owner %u:%u%s%s%s", node->path,
                type_text(x, node), target, size, is_text(node->mode) ? node->mode : "-", node->uid,
                node->gid, is_text(node->flags) ? ", mounted " : "",
                is_text(node->flags) ? node->flags : "",
                node->readdir ? "" : ", not listed by its directory");
    if (node->error) {
        explain_add(x, "node", NULL, "it cannot be looked at: %s", node->error);
    }
}

/* ---- The mount that it belongs to -------------------------------------------------------------
 */

/* Data strings for the host's file server are about descriptors, of no use to people. */
static const char *data_text(struct explain *x, const struct rep_mount *m)
{
    bool host = m->fs && (strcmp(m->fs, "9p") == 0 || strcmp(m->fs, "whitelistfs") == 0);
    return is_text(m->data) && !host ? explain_text(x, ", data \"%s\"", m->data) : "";
}

static void tell_mount(struct explain *x)
{
    if (x->mount < 0) {
        explain_add(x, "mount", NULL, "which mount it belongs to is not recorded");
        return;
    }
    const struct rep_mount *m = &x->result->mounts[x->mount];
    bool root = explain_is_root(x);
    const char *source = is_text(m->source) ? explain_text(x, ", source %s", m->source) : "";
    explain_add(x, "mount", NULL, "%s%s, mounted as %s%s%s",
                x->mount == 0 ? root ? "" : "part of "
                : root        ? "the root of "
                              : "part of ",
                explain_mount_name(x, (size_t)x->mount), m->fs ? m->fs : "-", source,
                data_text(x, m));
    const char *clean = explain_clean(x, m->destination ? m->destination : "/");
    if (m->place && strcmp(clean, m->place) != 0) {
        explain_add(x, "mount", NULL, "its destination %s leads to %s over links", clean, m->place);
    }
    if (m->place && m->seen_at && strcmp(m->place, m->seen_at) != 0) {
        explain_add(x, "mount", NULL, "it was mounted at %s and moved with its directory",
                    m->place);
    }
}

/* ---- Layers -----------------------------------------------------------------------------------
 */

/* The stub directories are made for what is mounted at or below them. */
static void tell_stub_users(struct explain *x)
{
    size_t found = 0;
    for (size_t i = 1; i < x->result->n_mounts; i++) {
        const struct rep_mount *m = &x->result->mounts[i];
        const char *where = m->destination ? explain_clean(x, m->destination) : "";
        if ((int)i != x->mount && where[0] && explain_within(where, x->node->path) &&
            found++ < EXPLAIN_OTHER) {
            explain_add(x, "layer", NULL, "the stub is there for %s", explain_mount_name(x, i));
        }
    }
}

/* Which layers of its mount have a node; `top` bytes of `layers` name the first. */
struct place {
    bool upper; /* the writable overlay */
    bool own;   /* the mount's file system */
    bool stub;
};

static struct place place_of(const struct rep_mount *m, const char *layers)
{
    struct place place = {.stub = explain_has_word(layers, "stub")};
    size_t top = strcspn(layers, " ");
    bool writable = m->layers && m->fs && strncmp(m->layers, m->fs, strlen(m->fs)) != 0;
    place.upper = writable && strncmp(layers, m->layers, top) == 0 && m->layers[top] == ' ';
    place.own = m->fs && explain_has_word(place.upper ? layers + top : layers, m->fs);
    return place;
}

static const char *upper_text(struct explain *x, struct place place, const char *source)
{
    if (place.own && strcmp(x->node->type, "dir") == 0) {
        return explain_text(x, "in the writable overlay, merged with what %s has%s", source,
                            place.stub ? " and a stub directory" : "");
    }
    if (place.own) {
        return explain_text(
            x, "copied up: %s has it too, but the copy in the writable overlay counts", source);
    }
    return place.stub ? "in the writable overlay, over a stub directory"
                      : "only in the writable overlay: it was made after the mount";
}

static const char *lower_text(struct explain *x, struct place place, const char *source, bool root)
{
    if (place.own && place.stub && root) {
        return explain_text(x, "%s, with stub directories for what is mounted below", source);
    }
    if (place.own && place.stub) {
        return explain_text(x, "%s has it; a stub directory of its name is merged with it", source);
    }
    return place.own
               ? explain_text(x, "%s has it", source)
               : explain_text(x,
                              "%s does not have it: it is a stub directory, which the pipeline "
                              "made as a place to mount",
                              source);
}

static void tell_layers(struct explain *x)
{
    const struct rep_mount *m = x->mount >= 0 ? &x->result->mounts[x->mount] : NULL;
    if (!x->node->overlay || !m) {
        return;
    }
    const char *layers = explain_layers(x, x->node);
    struct place place = place_of(m, layers);
    bool root = explain_is_root(x);
    if (!place.upper && !place.own && !place.stub) {
        explain_add(x, "layer", NULL, "%s", layers);
    } else if (place.upper) {
        explain_add(x, "layer", NULL, "%s", upper_text(x, place, explain_source(m)));
    } else {
        explain_add(x, "layer", NULL, "%s", lower_text(x, place, explain_source(m), root));
    }
    if (place.stub && !root) {
        tell_stub_users(x);
    }
}

/* ---- Made on the way --------------------------------------------------------------------------
 */

static void tell_made(struct explain *x, sqlite3_stmt *stmt, void *arg)
{
    const size_t *mount = arg;
    const char *path = explain_column(x, stmt, 0);
    const char *fs = explain_column(x, stmt, 1);
    bool on_host = fs && (strcmp(fs, "9p") == 0 || strcmp(fs, "whitelistfs") == 0);
    if (path && strcmp(path, x->node->path) == 0) {
        explain_add(x, "made", on_host ? "PQ-19" : NULL,
                    "it was made on %s as a mount point for %s", fs ? fs : "-",
                    explain_mount_name(x, *mount));
    }
}

/* Another mount may have its own node of this name by now: its root was not made. */
static void tell_makers(struct explain *x)
{
    const char *sql = "SELECT value ->> '$.path', value ->> '$.fs' FROM json_each(?1)";
    for (size_t i = 1; i < x->result->n_mounts && !x->node->mountpoint; i++) {
        explain_each(x, sql, x->result->mounts[i].made, tell_made, &i);
    }
}

/* ---- What a mount above hides of the same name ------------------------------------------------
 */

static void tell_same_name(struct explain *x)
{
    const struct rep_mount *m = &x->result->mounts[x->mount];
    struct explain_hidden h;
    if (x->mount == 0 || !m->seen_at || !explain_hidden(x, m, &h)) {
        return;
    }
    const char *rest = x->node->path + strlen(m->seen_at) + 1;
    size_t size = strcspn(rest, "/");
    for (size_t i = 0; i < h.names; i++) {
        if (strlen(h.name[i]) == size && memcmp(h.name[i], rest, size) == 0) {
            explain_add(x, "hides", NULL, "what lies under %s has the name %s too",
                        explain_mount_name(x, (size_t)x->mount), h.name[i]);
        }
    }
    explain_hidden_release(&h);
}

static void tell_link(struct explain *x)
{
    struct rep_explain what = *x->what;
    struct explain to = {
        .db = x->db, .what = &what, .result = x->result, .tree = x->tree, .mount = -1};
    if (!x->node->target) {
        return;
    }
    what.path = explain_text(x, "%s/", x->node->path);
    explain_walk(&to);
    if (to.node && to.code == 0) {
        explain_add(x, "node", NULL, "it leads to %s", to.node->path);
    } else if (to.code == 0) {
        explain_add(x, "node", NULL, "it leads nowhere: %s is not there", to.path);
    }
    x->code = x->code < 0 ? x->code : to.code;
    rep_arena_release(&to.arena);
    free(to.fact);
}

void explain_node(struct explain *x)
{
    tell_node(x);
    tell_link(x);
    tell_mount(x);
    tell_layers(x);
    tell_makers(x);
    if (x->mount >= 0 && !explain_is_root(x)) {
        tell_same_name(x);
    }
    if (x->mount >= 0) {
        explain_mount(x, (size_t)x->mount);
    }
    (void)explain_unseen(x, x->node->path);
    explain_operations(x, x->node->path);
}
