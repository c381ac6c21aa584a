/* The command line that runs one case again. */
#include "internal.h"

#include <string.h>

/* A backslash before what --filter would take as a pattern. */
static void add_glob(struct rep_buf *buf, const char *name)
{
    for (; *name; name++) {
        rep_buf_str(buf, strchr("*?[\\", *name) ? "\\" : "");
        rep_buf_add(buf, name, 1);
    }
}

static bool is_plain(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789/._+:@%,=-";
    return *text && text[strspn(text, plain)] == '\0';
}

/* Would a terminal show other bytes than these? A backslash alone is shown as it is. */
static bool needs_escapes(const char *text)
{
    struct rep_buf escaped = {0};
    size_t backslashes = 0;
    rep_add_escaped(&escaped, text);
    for (const char *p = text; *p; p++) {
        backslashes += *p == '\\';
    }
    bool differs = escaped.size != strlen(text) + backslashes;
    rep_buf_release(&escaped);
    return differs;
}

static void add_word(struct rep_buf *buf, const char *text)
{
    if (is_plain(text)) {
        rep_buf_str(buf, text);
        return;
    }
    bool escapes = needs_escapes(text);
    rep_buf_str(buf, escapes ? "$'" : "'");
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (escapes && (c < 0x20 || c >= 0x7f)) {
            rep_buf_fmt(buf, "\\x%02x", c);
        } else if (escapes && (c == '\'' || c == '\\')) {
            rep_buf_fmt(buf, "\\%c", c);
        } else if (c == '\'') {
            rep_buf_str(buf, "'\\''");
        } else {
            rep_buf_add(buf, p, 1);
        }
    }
    rep_buf_str(buf, "'");
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* The PATH: of a bundle, whose case is not named after its config.json, the directory. */
static void add_path(struct rep_buf *buf, const char *name, const char *file)
{
    static const char config[] = "config.json";
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    if (strcmp(base, config) != 0 || ends_with(name, config)) {
        add_word(buf, file);
        return;
    }
    struct rep_buf dir = {0};
    rep_buf_add(&dir, slash ? file : ".", slash > file ? (size_t)(slash - file) : 1);
    add_word(buf, dir.data ? dir.data : "");
    buf->failed = buf->failed || dir.failed;
    rep_buf_release(&dir);
}

void rep_add_replay(struct rep_buf *buf, const char *name, const char *file,
                    const char *const *options)
{
    struct rep_buf glob = {0};
    if (!file || strcmp(file, "-") == 0) {
        return;
    }
    rep_buf_str(buf, "simrun -j0");
    for (size_t i = 0; options && options[i]; i++) {
        rep_buf_str(buf, " ");
        add_word(buf, options[i]);
    }
    if (!ends_with(file, ".json")) { /* a suite; others hold one case */
        add_glob(&glob, name);
        rep_buf_str(buf, " --filter ");
        add_word(buf, glob.data ? glob.data : "");
    }
    rep_buf_str(buf, file[0] == '-' ? " -- " : " ");
    add_path(buf, name, file);
    buf->failed = buf->failed || glob.failed;
    rep_buf_release(&glob);
}

int rep_replay(const struct rep_sink *sink, const char *name, const char *file,
               const char *const *options)
{
    struct rep_out out;
    rep_out_init(&out, sink);
    rep_add_replay(&out.line, name, file, options);
    return rep_out_finish(&out);
}
