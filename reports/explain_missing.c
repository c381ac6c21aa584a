/* Why a path is not there. */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

/* The path of the first name that is missing. */
static const char *missing_path(struct explain *x)
{
    return explain_text(x, "%s/%s", x->last->path[1] ? x->last->path : "", x->missing);
}

/* A mount above the path may hide what was below it, also one that is hidden itself. */
static void tell_cover(struct explain *x, size_t index, const char *path)
{
    const struct rep_mount *m = &x->result->mounts[index];
    struct explain_hidden h;
    if (!explain_hidden(x, m, &h)) {
        return;
    }
    const char *rest = path + strlen(m->place) + 1;
    size_t size = strcspn(rest, "/");
    bool had = false;
    for (size_t i = 0; i < h.names && !had; i++) {
        had = strlen(h.name[i]) == size && memcmp(h.name[i], rest, size) == 0;
    }
    const char *name = explain_mount_name(x, index);
    if (had) {
        explain_add(x, "hides", NULL, "%s hides a directory on %s that has %.*s", name, h.fs,
                    (int)size, rest);
    } else if (h.entries >= 0 && (size_t)h.entries <= h.names && m->seen_at) {
        explain_add(x, "hides", NULL, "the directory under %s does not have %.*s either", name,
                    (int)size, rest);
    } else if (h.entries < 0 && strcmp(h.type, "dir") == 0 && strcmp(h.fs, "stub") != 0 &&
               !h.root) {
        explain_add(x, "hides", NULL, "what %s hides is not recorded name by name", name);
    }
    explain_hidden_release(&h);
}

static void tell_covers(struct explain *x, const char *path)
{
    for (size_t i = 1; i < x->result->n_mounts; i++) {
        const struct rep_mount *m = &x->result->mounts[i];
        if (!m->place || strcmp(m->place, path) == 0 || !explain_within(path, m->place)) {
            continue;
        }
        if (!m->seen_at) {
            explain_unseen_mount(x, i, path);
        }
        tell_cover(x, i, path);
    }
}

/* Whose directory does not have the name. */
static void tell_place(struct explain *x)
{
    const struct rep_mount *m = x->mount >= 0 ? &x->result->mounts[x->mount] : NULL;
    if (strcmp(x->last->type, "dir") != 0) {
        return; /* the way says it */
    }
    if (x->last->error) {
        explain_add(x, "why", NULL, "%s cannot be read: %s", x->last->path, x->last->error);
    } else if (m) {
        bool source = m->source && m->source[0];
        explain_add(x, "mount", NULL, "%s is part of %s, mounted as %s%s%s, which has no %s there",
                    x->last->path, explain_mount_name(x, (size_t)x->mount), m->fs ? m->fs : "-",
                    source ? ", source " : "", source ? m->source : "", x->missing);
    }
}

/* A stub of a mount that lies in a directory which is not merged with stubs. */
static void tell_lost_stub(struct explain *x, const char *path)
{
    const struct rep_mount *m = x->mount >= 0 ? &x->result->mounts[x->mount] : NULL;
    if (!m || !m->layers || !explain_has_word(m->layers, "stub") || !x->last->overlay ||
        strcmp(x->last->type, "dir") != 0 || explain_has_word(explain_layers(x, x->last), "stub")) {
        return;
    }
    for (size_t i = 1; i < x->result->n_mounts; i++) {
        const char *where = x->result->mounts[i].destination;
        if ((int)i != x->mount && where && explain_within(explain_clean(x, where), path)) {
            explain_add(x, "layer", NULL,
                        "a stub directory was made for %s, but it does not show: %s itself has the "
                        "directory %s, which is not merged with the stubs",
                        explain_mount_name(x, i), explain_source(m), x->last->path);
            return;
        }
    }
}

/* ---- Names that are there ---------------------------------------------------------------------
 */

static bool is_child(const char *path, const char *dir)
{
    size_t size = dir[1] ? strlen(dir) : 0;
    return strncmp(path, dir, size) == 0 && path[size] == '/' && path[size + 1] &&
           !strchr(path + size + 1, '/');
}

static void tell_near(struct explain *x)
{
    const char **name = NULL;
    size_t count = 0;
    size_t room = 0;
    for (size_t i = 0; i < x->tree.count && x->code == 0; i++) {
        const struct rep_node *node = &x->tree.node[i].node;
        if (!node->type || !is_child(node->path, x->last->path)) {
            continue;
        }
        const char **grown = rep_grow(name, &room, count + 1, sizeof *name);
        if (!grown) {
            x->code = rep_fail_memory(x->db);
            break;
        }
        name = grown;
        name[count++] = strrchr(node->path, '/') + 1;
    }
    for (size_t i = 0; i < EXPLAIN_NEAR && x->code == 0 && count > 0; i++) {
        const char *best = rep_nearest(x->missing, name, count);
        if (!best) {
            break;
        }
        explain_add(x, "near", NULL, "%s/%s is there", x->last->path[1] ? x->last->path : "", best);
        for (size_t k = 0; k < count; k++) {
            if (name[k] == best) {
                name[k] = name[--count];
                break;
            }
        }
    }
    free(name);
}

void explain_missing(struct explain *x)
{
    const char *path = missing_path(x);
    bool deeper = strcmp(path, x->path) != 0;
    explain_add(x, "node", NULL, "%s is not there%s%s", x->path, deeper ? ": there is no " : "",
                deeper ? path : "");
    tell_place(x);
    tell_lost_stub(x, path);
    tell_covers(x, path);
    size_t unseen = explain_unseen(x, path);
    explain_operations(x, path);
    if (deeper) {
        explain_operations(x, x->path);
    }
    if (unseen == 0) {
        tell_near(x);
    }
}
