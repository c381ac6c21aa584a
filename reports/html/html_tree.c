#include "html/html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool html_store_is_full(struct html_store *store)
{
    store->full = store->full || html_size(store->html) >= store->html->max_details;
    return store->full;
}

int html_store_string(struct html_store *store, const char *text, size_t size,
                      const struct rep_hash *hash, uint32_t *number)
{
    struct rep_out *out = &store->html->out;
    uint32_t known = html_map_get(&store->text, hash);
    if (!known && !html_store_is_full(store)) {
        if (size > store->html->max_details - html_size(store->html)) {
            store->full = true;
        } else {
            known = html_map_add(&store->text, hash);
            rep_out_raw(out, ",\n[\"text\",");
            html_json_bytes(out, text, size);
            rep_out_raw(out, "]");
            if (!known) {
                return rep_fail_memory(store->html->db);
            }
        }
    }
    *number = known;
    return 0;
}

int html_store_text(struct html_store *store, struct rep_db *db, const struct rep_hash *hash,
                    uint32_t *number)
{
    uint32_t known = html_map_get(&store->text, hash);
    if (known || html_store_is_full(store)) {
        *number = known;
        return 0;
    }
    struct rep_buf text = {0};
    int code = rep_blob_load(db, hash, &text);
    if (code == 0) {
        code = html_store_string(store, text.data ? text.data : "", text.size, hash, number);
    }
    rep_buf_release(&text);
    return code;
}

/* ---- Trees -------------------------------------------------------------------------------------
 */

/* Directories are written after their children. */
struct writing {
    struct html_store *store;
    struct rep_walk walk;
    struct rep_arena arena; /* of the names on the way */
};

static void add_member(struct rep_buf *buf, const char *key, const char *text)
{
    if (text) {
        rep_buf_fmt(buf, ",\"%s\":", key);
        rep_buf_json_script(buf, text, strlen(text));
    }
}

/* All of a node but its name and what is below it. Nearly all nodes share them with others. */
static void add_attributes(struct rep_buf *buf, const struct rep_node *node)
{
    rep_buf_fmt(buf, "{\"uid\":%u,\"gid\":%u,\"nlink\":%llu", node->uid, node->gid,
                (unsigned long long)node->nlink);
    add_member(buf, "type", node->type);
    add_member(buf, "mode", node->mode);
    if (node->size >= 0) {
        rep_buf_fmt(buf, ",\"size\":%lld", (long long)node->size);
    }
    add_member(buf, "rdev", node->rdev);
    add_member(buf, "target", node->target);
    add_member(buf, "fs", node->fs);
    add_member(buf, "flags", node->flags && node->flags[0] ? node->flags : NULL);
    add_member(buf, "upper", node->upper);
    add_member(buf, "lower", node->lower);
    add_member(buf, "layers", node->layers);
    add_member(buf, "error", node->error);
    rep_buf_str(buf, node->mountpoint ? ",\"mountpoint\":true" : "");
    rep_buf_str(buf, node->overlay ? ",\"overlay\":true" : "");
    rep_buf_str(buf, node->special ? ",\"special\":true" : "");
    rep_buf_str(buf, node->readdir ? "" : ",\"unlisted\":true");
    rep_buf_str(buf, "}");
}

static int store_attributes(struct writing *writing, const struct rep_node *node, uint32_t *number)
{
    struct html_store *store = writing->store;
    struct rep_buf text = {0};
    int code = 0;
    add_attributes(&text, node);
    struct rep_hash hash = rep_hash_of(text.data, text.size);
    uint32_t known = text.failed ? 0 : html_map_get(&store->attributes, &hash);
    if (!known && !text.failed) {
        known = html_map_add(&store->attributes, &hash);
        rep_out_raw(&store->html->out, ",\n[\"node\",");
        rep_out_raw(&store->html->out, text.data);
        rep_out_raw(&store->html->out, "]");
    }
    code = known ? 0 : rep_fail_memory(writing->walk.db);
    rep_buf_release(&text);
    *number = known;
    return code;
}

/* A directory whose children are all written: name, attributes, child (0 = nothing), and so on. */
static int store_dir(struct writing *writing, const struct rep_level *level)
{
    struct html_store *store = writing->store;
    struct rep_out *out = &store->html->out;
    struct rep_buf line = {0};
    int code = 0;
    for (size_t i = 0; i < level->list.count && code == 0; i++) {
        const struct rep_dir_entry *entry = &level->list.entry[i];
        uint32_t attributes = 0;
        code = store_attributes(writing, &entry->node, &attributes);
        rep_buf_str(&line, i ? "," : "");
        rep_buf_json_script(&line, entry->node.path, strlen(entry->node.path));
        rep_buf_fmt(&line, ",%u,%u", attributes,
                    entry->has_child ? html_map_get(&store->dirs, &entry->child) : 0);
    }
    if (code == 0 && (line.failed || !html_map_add(&store->dirs, rep_walk_dir(&writing->walk)))) {
        code = rep_fail_memory(writing->walk.db);
    }
    if (code == 0) {
        rep_out_raw(out, ",\n[\"dir\",");
        rep_out_raw(out, line.data ? line.data : "");
        rep_out_raw(out, "]");
    }
    rep_buf_release(&line);
    return code;
}

static int step(struct writing *writing)
{
    struct rep_level *level = &writing->walk.level[writing->walk.depth - 1];
    while (level->next < level->list.count) {
        const struct rep_dir_entry *entry = &level->list.entry[level->next++];
        if (entry->has_child && !html_map_get(&writing->store->dirs, &entry->child)) {
            return rep_walk_enter(&writing->walk, &entry->child);
        }
    }
    int code = store_dir(writing, level);
    rep_walk_leave(&writing->walk);
    return code;
}

int html_store_tree(struct html_store *store, struct rep_db *db, const struct rep_hash *root,
                    uint32_t *number)
{
    struct writing writing = {.store = store, .walk = {.db = db}};
    writing.walk.arena = &writing.arena;
    uint32_t known = html_map_get(&store->dirs, root);
    if (known || html_store_is_full(store)) {
        *number = known;
        return 0;
    }
    int code = rep_walk_enter(&writing.walk, root);
    while (code == 0 && writing.walk.depth > 0 && !html_store_is_full(store)) {
        code = step(&writing);
    }
    rep_walk_release(&writing.walk);
    rep_arena_release(&writing.arena);
    if (code == 0) {
        *number = html_map_get(&store->dirs, root);
    }
    return code;
}
