#include "result.h"

static const char *const words[] = {
    "",
    "a",
    "9p",
    "/a",
    "\"",
    "\\",
    "a\"b\\",
    "a\nb\tc",
    "\x01",
    "\x1f\r",
    "*",
    "\xc3\xa4",
    "{",
    "[1, 2",
    "\xf0\x9f\x98\x80",
    "I log line",
    "W x",
    "0755",
    "u\\n",
    "\xe2\x80\xae",
    "a,b",
    "null",
    "12345678\"",
    "1234567890123456",
};

/* Sorted by bytes, as paths of a result are. */
static const char *const paths[RESULT_NODES] = {
    "/", "/\x01", "/ ", "/\"q", "/*", "/a", "/a/\n", "/a/b", "/a/b/c", "/a\\", "/ab", "/\xc3\xa4",
};

static const char *const operations[] = {
    "[\"stat\", \"/a\"]",
    "[ \"write\",\"/a b\" , \"\\u0041\\\"\"]",
    "[\"read\",\"/\"]",
    "[\"chmod\", \"/a\", \"0644\"]",
};

static const char *const values[] = {
    NULL,    "\"data\"", "420", "[\"a\", \"b \"]", "\"\"", "{\"mode\": \"0755\", \"size\": 3}",
    "\"*\"", "[]",
};

static const char *word(struct bytes *b)
{
    return words[take_below(b, ARRAY_LEN(words))];
}

static const char *word_or_none(struct bytes *b)
{
    size_t which = take_below(b, ARRAY_LEN(words) + 1);
    return which ? words[which - 1] : NULL;
}

static struct sim_texts list(struct made_result *m, struct bytes *b)
{
    const char **v = m->texts[m->n_texts++ % ARRAY_LEN(m->texts)];
    struct sim_texts made = {v, take_below(b, RESULT_ITEMS)};
    for (size_t i = 0; i < made.n; i++) {
        v[i] = word(b);
    }
    return made;
}

static void make_nodes(struct made_result *m, struct bytes *b)
{
    size_t without = take_u16(b);
    m->r.has_nodes = !take_bit(b);
    m->r.nodes = m->nodes;
    for (size_t i = 0; i < RESULT_NODES && m->r.has_nodes; i++) {
        if (!(without >> i & 1)) {
            m->nodes[m->r.n_nodes++] = (struct sim_node){.path = paths[i],
                                                         .type = "dir",
                                                         .mode = "0755",
                                                         .size = -1,
                                                         .nlink = 1,
                                                         .fs = "9p",
                                                         .flags = "",
                                                         .readdir = i > 0};
        }
    }
    if (m->r.n_nodes == 0) {
        return;
    }
    for (size_t n = take_below(b, 3); n > 0; n--) {
        struct sim_node *node = &m->nodes[take_below(b, m->r.n_nodes)];
        uint8_t bits = take_byte(b);
        node->type = bits & 1 ? "file" : "?";
        node->size = bits & 1 ? (int64_t)take_u16(b) : -1;
        node->mode = bits & 2 ? "" : "0644";
        node->uid = bits & 4 ? 4294967295u : 0;
        node->nlink = take_byte(b);
        node->target = word_or_none(b);
        node->rdev = word_or_none(b);
        node->fs = word(b);
        node->upper = word_or_none(b);
        node->lower = word_or_none(b);
        node->error = word_or_none(b);
        node->mountpoint = bits & 8;
        node->overlay = bits & 16;
        node->special = bits & 32;
    }
}

static void make_restore(struct made_result *m, struct bytes *b)
{
    size_t kind = take_below(b, 4);
    if (kind == 0) {
        return;
    }
    m->restore = (struct sim_restore){.error = kind == 1 ? word(b) : "",
                                      .fds_left = (int64_t)take_below(b, 3) - 1,
                                      .log = list(m, b),
                                      .mounts = m->restore_mounts,
                                      .n_mounts = take_below(b, RESULT_ITEMS)};
    for (size_t i = 0; i < m->restore.n_mounts; i++) {
        m->restore_mounts[i] = (struct sim_restore_mount){
            .fs = take_bit(b) ? "9p" : "tmpfs", .dev = word(b), .flags = word(b), .data = word(b)};
    }
    m->r.restore = &m->restore;
}

static void make_mounts(struct made_result *m, struct bytes *b)
{
    m->r.mounts = m->mounts;
    m->r.n_mounts = take_below(b, RESULT_ITEMS + 1);
    for (size_t i = 0; i < m->r.n_mounts; i++) {
        struct sim_mount *mount = &m->mounts[i];
        *mount = sim_mount_absent;
        mount->destination = i == 0 ? "/" : take_bit(b) ? "/a" : word(b);
        mount->fs = word_or_none(b);
        mount->flags = word(b);
        mount->spec_index = (int)i - 1;
        mount->hides = values[take_below(b, ARRAY_LEN(values))];
    }
}

void make_result(struct made_result *m, struct bytes b)
{
    *m = (struct made_result){0};
    struct sim_result *r = &m->r;
    r->name = "c";
    r->outcome = (enum sim_outcome)take_below(&b, OUTCOME_HANG + 1);
    r->error = r->outcome == OUTCOME_OK ? "" : word(&b);
    make_nodes(m, &b);
    r->has_compiled = take_bit(&b);
    r->compiled = m->compiled;
    r->n_compiled = r->has_compiled ? take_below(&b, RESULT_ITEMS) : 0;
    for (size_t i = 0; i < r->n_compiled; i++) {
        m->compiled[i] = (struct sim_compiled){word(&b), word(&b), word(&b), list(m, &b)};
    }
    r->log = list(m, &b);
    r->fds_left = (int64_t)take_below(&b, 3) - 1;
    r->ops = m->ops;
    r->n_ops = take_below(&b, RESULT_ITEMS);
    for (size_t i = 0; i < r->n_ops; i++) {
        m->ops[i] = (struct sim_op_result){operations[take_below(&b, ARRAY_LEN(operations))],
                                           take_bit(&b) ? "ENOENT" : "",
                                           values[take_below(&b, ARRAY_LEN(values))]};
    }
    make_restore(m, &b);
    r->host_diff = list(m, &b);
    make_mounts(m, &b);
}
