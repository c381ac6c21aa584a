#include "draft.h"

void gen_draft_init(struct gen_draft *c, struct domain *d, const char *family, uint64_t seed,
                    uint64_t index)
{
    static const char *const accesses[] = {"proxy", "proxy-exclusive", "direct"};
    memset(c, 0, sizeof *c);
    c->d = d;
    ptrvec_init(&c->texts, d);
    gen_random_init(&c->r, family, seed, index);
    c->file_access = GEN_PICK(c, accesses);
    c->overlay = gen_random_chance(&c->r, 35);
    /* PQ-02: proxy with overlay is mostly a panic; a few such cases are enough. */
    if (c->overlay && strcmp(c->file_access, "proxy") == 0 && gen_random_chance(&c->r, 80)) {
        c->file_access = "proxy-exclusive";
    }
    c->readonly = gen_random_chance(&c->r, 30);
    c->root = (enum gen_root)gen_random_below(&c->r, GEN_ROOTS);
}

void gen_draft_release(struct gen_draft *c)
{
    for (size_t i = 0; i < c->texts.n; i++) {
        mem_free(c->texts.p[i]);
    }
    ptrvec_release(&c->texts);
}

const char *gen_text(struct gen_draft *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(c->d, fmt, ap);
    va_end(ap);
    if (!text || ptrvec_push(&c->texts, text)) {
        mem_free(text);
        return "";
    }
    return text;
}

struct gen_mount *gen_add_mount(struct gen_draft *c, const char *destination, const char *type,
                                const char *source)
{
    if (c->n_mounts < GEN_MOUNTS) {
        c->n_mounts++;
    }
    struct gen_mount *m = &c->mounts[c->n_mounts - 1];
    *m = (struct gen_mount){.destination = destination, .type = type, .source = source};
    return m;
}

void gen_add_option(struct gen_mount *m, const char *option)
{
    if (m->n_options < GEN_OPTIONS) {
        m->options[m->n_options++] = option;
    }
}

const char *gen_any_source(struct gen_draft *c)
{
    static const char *const usual[] = {"@dir0",  "@dir1",  "@empty",
                                        "@file0", "@file1", "@dir0/sub"};
    static const char *const rare[] = {"@dir1/n/m", "@dir0/a",  "@dir0/l",        "@dir0/away",
                                       "@missing",  "@dir0/no", "@dir0/sub/../a", ""};
    return gen_random_chance(&c->r, 85) ? GEN_PICK(c, usual) : GEN_PICK(c, rare);
}

struct gen_mount *gen_add_any(struct gen_draft *c, const char *destination)
{
    static const char *const pseudo[] = {"proc", "sysfs", "devpts", "devtmpfs", "none"};
    static const char *const unknown[] = {"",      "cgroup",  "mqueue", "ext4",  "TMPFS",
                                          "bind ", "overlay", "ramfs",  "rbind", "9p"};
    size_t draw = gen_random_below(&c->r, 100);
    if (draw < 50) {
        return gen_add_mount(c, destination, "bind", gen_any_source(c));
    }
    if (draw < 80) {
        return gen_add_mount(c, destination, "tmpfs", "tmpfs");
    }
    if (draw < 90) {
        return gen_add_mount(c, destination, GEN_PICK(c, pseudo), NULL);
    }
    return gen_add_mount(c, destination, GEN_PICK(c, unknown), "none");
}

void gen_add_flags(struct gen_draft *c, struct gen_mount *m)
{
    static const char *const flags[] = {"ro",       "rw",     "rbind",   "bind",    "noatime",
                                        "rprivate", "nosuid", "noexec",  "nodev",   "relatime",
                                        "rslave",   "sync",   "private", "rshared", "strictatime"};
    for (size_t n = 1 + gen_random_below(&c->r, 3); n > 0; n--) {
        gen_add_option(m, GEN_PICK(c, flags));
    }
}

void gen_shuffle_mounts(struct gen_draft *c)
{
    for (size_t i = c->n_mounts; i > 1; i--) {
        size_t k = gen_random_below(&c->r, i);
        struct gen_mount t = c->mounts[i - 1];
        c->mounts[i - 1] = c->mounts[k];
        c->mounts[k] = t;
    }
}

void gen_add_op(struct gen_draft *c, size_t n, const char *const *words, size_t number_from)
{
    if (c->n_ops == GEN_OPS) {
        return;
    }
    struct gen_op *op = &c->ops[c->n_ops++];
    op->n = n < GEN_OP_WORDS ? n : GEN_OP_WORDS;
    for (size_t i = 0; i < op->n; i++) {
        op->word[i] = words[i];
        op->number[i] = i >= number_from;
    }
}

/* ------------------------------------------------------------------------------------- writing */

static void write_mount(struct gen_write *w, const struct gen_mount *m)
{
    gen_write_open(w, '{');
    gen_write_field(w, "destination", m->destination);
    if (m->type) {
        gen_write_field(w, "type", m->type);
    }
    if (m->source) {
        gen_write_field(w, "source", m->source);
    }
    if (m->n_options) {
        gen_write_key(w, "options");
        gen_write_open(w, '[');
        for (size_t i = 0; i < m->n_options; i++) {
            gen_write_text(w, m->options[i]);
        }
        gen_write_close(w, ']');
    }
    gen_write_close(w, '}');
}

static void write_process(struct gen_write *w)
{
    gen_write_field(w, "ociVersion", "1.0.2");
    gen_write_key(w, "process");
    gen_write_open(w, '{');
    gen_write_key(w, "args");
    gen_write_open(w, '[');
    gen_write_text(w, "/bin/true");
    gen_write_close(w, ']');
    gen_write_field(w, "cwd", "/");
    gen_write_close(w, '}');
}

static void write_spec(struct gen_write *w, const struct gen_draft *c)
{
    gen_write_open(w, '{');
    if (c->process) {
        write_process(w);
    }
    gen_write_key(w, "root");
    gen_write_open(w, '{');
    gen_write_field(w, "path", "@rootfs");
    gen_write_key(w, "readonly");
    gen_write_bool(w, c->readonly);
    gen_write_close(w, '}');
    gen_write_key(w, "mounts");
    gen_write_open(w, '[');
    for (size_t i = 0; i < c->n_mounts; i++) {
        write_mount(w, &c->mounts[i]);
    }
    gen_write_close(w, ']');
    gen_write_close(w, '}');
}

static void write_ops(struct gen_write *w, const struct gen_draft *c)
{
    gen_write_open(w, '[');
    for (size_t i = 0; i < c->n_ops; i++) {
        const struct gen_op *op = &c->ops[i];
        gen_write_open(w, '[');
        for (size_t k = 0; k < op->n; k++) {
            if (op->number[k]) {
                gen_write_number(w, strtoll(op->word[k], NULL, 10));
            } else {
                gen_write_text(w, op->word[k]);
            }
        }
        gen_write_close(w, ']');
    }
    gen_write_close(w, ']');
}

void gen_draft_write(const struct gen_draft *c, struct gen_write *w, const char *id,
                     const char *comment)
{
    gen_write_open(w, '{');
    gen_write_field(w, "id", id);
    if (comment) {
        gen_write_field(w, "comment", comment);
    }
    gen_write_key(w, "conf");
    gen_write_open(w, '{');
    gen_write_field(w, "file_access", c->file_access);
    gen_write_key(w, "overlay");
    gen_write_bool(w, c->overlay);
    gen_write_close(w, '}');
    gen_write_key(w, "rootfs");
    gen_tree_write(w, gen_tree_root(c->root));
    gen_write_key(w, "sources");
    gen_tree_write_sources(w);
    gen_write_key(w, "spec");
    write_spec(w, c);
    if (c->n_ops) {
        gen_write_key(w, "ops");
        write_ops(w, c);
    }
    if (c->restore) {
        gen_write_key(w, "restore");
        gen_write_bool(w, true);
    }
    gen_write_close(w, '}');
}
