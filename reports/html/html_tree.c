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

/* A directory on the way down; its children are written before it. */
struct level {
    struct rep_hash dir;
    struct rep_dir_list list;
    size_t next; /* entry whose child comes next */
};

struct walk {
    struct html_store *store;
    struct rep_db *db;
    struct level *level; /* owned */
    size_t depth;
    size_t room;
    struct rep_way way;
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

static int store_attributes(struct walk *walk, const struct rep_node *node, uint32_t *number)
{
    struct html_store *store = walk->store;
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
    code = known ? 0 : rep_fail_memory(walk->db);
    rep_buf_release(&text);
    *number = known;
    return code;
}

/* A directory whose children are all written: name, attributes, child (0 = nothing), and so on. */
static int store_dir(struct walk *walk, const struct level *level)
{
    struct html_store *store = walk->store;
    struct rep_out *out = &store->html->out;
    struct rep_buf line = {0};
    int code = 0;
    for (size_t i = 0; i < level->list.count && code == 0; i++) {
        const struct rep_dir_entry *entry = &level->list.entry[i];
        uint32_t attributes = 0;
        code = store_attributes(walk, &entry->node, &attributes);
        rep_buf_str(&line, i ? "," : "");
        rep_buf_json_script(&line, entry->node.path, strlen(entry->node.path));
        rep_buf_fmt(&line, ",%u,%u", attributes,
                    entry->has_child ? html_map_get(&store->dirs, &entry->child) : 0);
    }
    if (code == 0 && (line.failed || !html_map_add(&store->dirs, &level->dir))) {
        code = rep_fail_memory(walk->db);
    }
    if (code == 0) {
        rep_out_raw(out, ",\n[\"dir\",");
        rep_out_raw(out, line.data ? line.data : "");
        rep_out_raw(out, "]");
    }
    rep_buf_release(&line);
    return code;
}

static int enter(struct walk *walk, const struct rep_hash *dir)
{
    int code = rep_way_enter(walk->db, &walk->way, walk->depth, dir);
    if (code < 0) {
        return code;
    }
    struct level *level = rep_grow(walk->level, &walk->room, walk->depth + 1, sizeof *level);
    if (!level) {
        return rep_fail_memory(walk->db);
    }
    walk->level = level;
    level[walk->depth] = (struct level){.dir = *dir};
    return rep_dir_load(walk->db, dir, &walk->arena, &level[walk->depth++].list);
}

static int step(struct walk *walk)
{
    struct level *level = &walk->level[walk->depth - 1];
    while (level->next < level->list.count) {
        const struct rep_dir_entry *entry = &level->list.entry[level->next++];
        if (entry->has_child && !html_map_get(&walk->store->dirs, &entry->child)) {
            return enter(walk, &entry->child);
        }
    }
    int code = store_dir(walk, level);
    free(level->list.entry);
    walk->depth--;
    return code;
}

int html_store_tree(struct html_store *store, struct rep_db *db, const struct rep_hash *root,
                    uint32_t *number)
{
    struct walk walk = {.store = store, .db = db};
    uint32_t known = html_map_get(&store->dirs, root);
    if (known || html_store_is_full(store)) {
        *number = known;
        return 0;
    }
    int code = enter(&walk, root);
    while (code == 0 && walk.depth > 0 && !html_store_is_full(store)) {
        code = step(&walk);
    }
    while (walk.depth > 0) {
        free(walk.level[--walk.depth].list.entry);
    }
    free(walk.level);
    rep_way_release(&walk.way);
    rep_arena_release(&walk.arena);
    if (code == 0) {
        *number = html_map_get(&store->dirs, root);
    }
    return code;
}
