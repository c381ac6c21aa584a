/* References to runs, of this database or another. */
#include "cli.h"

#include <sys/stat.h>

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* The size of the file name in FILE or FILE:RUN; 0 when the word names no file that exists. */
static int file_part(struct cli *c, const char *word, size_t *ret)
{
    *ret = is_file(word) ? strlen(word) : 0;
    for (const char *colon = word; *ret == 0 && (colon = strchr(colon, ':')); colon++) {
        char *path = mem_printf(c->d, "%.*s", (int)(colon - word), word);
        if (!path) {
            return -ENOMEM;
        }
        *ret = is_file(path) ? (size_t)(colon - word) : 0;
        mem_free(path);
    }
    return 0;
}

const char *cli_db(const struct cli *c)
{
    return c->o.db ? c->o.db : DEFAULT_DB;
}

int open_records(struct cli *c, const char *path, enum rep_mode mode, struct rep_db **ret)
{
    struct rep_error error;
    if (rep_open(path ? path : DEFAULT_DB, mode, &error, ret)) {
        return complain(c, EXIT_USAGE, "%s", error.text);
    }
    return EXIT_FINE;
}

int run_ref_init(struct run_ref *r, struct cli *c, const char *word)
{
    size_t size;
    *r = (struct run_ref){.run = word};
    if (file_part(c, word, &size)) {
        return complain(c, EXIT_HARNESS, "out of memory");
    }
    if (size == 0) {
        return EXIT_FINE;
    }
    r->run = word[size] ? word + size + 1 : "latest";
    r->file = mem_printf(c->d, "%.*s", (int)size, word);
    return r->file ? open_records(c, r->file, REP_READ, &r->db)
                   : complain(c, EXIT_HARNESS, "out of memory");
}

void run_ref_release(struct run_ref *r)
{
    (void)rep_close(r->db);
    mem_free(r->file);
    *r = (struct run_ref){0};
}

int settle_open(struct cli *c, struct rep_db *db, int code)
{
    if (code == -EPIPE) {
        code = EXIT_PIPE;
    } else if (code == -ENOENT || code == -EINVAL || code == -EPERM || code == -E2BIG ||
               code == -EEXIST) {
        code = complain(c, EXIT_USAGE, "%s", rep_error_text(db));
    } else if (code) {
        code = complain(c, EXIT_HARNESS, "%s", rep_error_text(db));
    }
    return code ? code : finish_output(c);
}

int settle(struct cli *c, struct rep_db *db, int code)
{
    code = settle_open(c, db, code);
    (void)rep_close(db);
    return code;
}

enum rep_format output_format(const struct cli *c)
{
    const char *format = c->o.format ? c->o.format : "text";
    return strcmp(format, "csv") == 0     ? REP_FORMAT_CSV
           : strcmp(format, "jsonl") == 0 ? REP_FORMAT_JSONL
                                          : REP_FORMAT_TEXT;
}
